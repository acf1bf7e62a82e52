"""Answers inside something else: MIME messages, texts, attributes, references, SOAP 1.2."""

from html import escape

import pytest

from hkpost.ecship import Answer, ReportedEvent, Texts, UnreadableAnswer
from hkpost.ecship.soap.wire import SoapWire

parse_answer = SoapWire.answer

EVENT = "<e><eventDateTime>01-03-2017 11:00</eventDateTime><eventMsg_c>成功派遞</eventMsg_c></e>"
RESULT = (
    f"<r><status>0</status><itemCount>1</itemCount><i><itemNo>A</itemNo><status>0</status>{EVENT}</i></r>"
)
ENVELOPE = f"<Envelope><Body>{RESULT}</Body></Envelope>"
READ = parse_answer(ENVELOPE.encode())


def test_the_answer_that_is_wrapped_below() -> None:
    assert READ.items[0].events == (ReportedEvent("01-03-2017 11:00", message=Texts("", "成功派遞")),)


class TestMultipart:
    """SOAP with attachments (Axis) and MTOM (CXF)."""

    def message(self, part: bytes, headers: str, *others: bytes) -> bytes:
        parts = [headers.encode() + b"\r\n\r\n" + part, *others]
        return b"".join(b"\r\n--uuid:0ca0e16e\r\n" + p for p in parts) + b"\r\n--uuid:0ca0e16e--\r\n"

    @pytest.mark.parametrize(
        ("encoding", "headers"),
        [
            pytest.param(
                "utf-8", 'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"', id="MTOM"
            ),
            pytest.param("utf-8", "content-type: text/xml\r\nContent-Transfer-Encoding: binary", id="SwA"),
            pytest.param("big5", "Content-Type: text/xml; charset=Big5", id="in Big5"),
        ],
    )
    def test_the_xml_part_is_read(self, encoding: str, headers: str) -> None:
        body = self.message(ENVELOPE.encode(encoding), headers)
        assert parse_answer(body, 'multipart/related; boundary="uuid:0ca0e16e"') == READ
        assert parse_answer(body) == READ, "the archive need not know the header"

    @pytest.mark.parametrize(
        "preamble",
        [
            b"This is a multi-part message in MIME format.\r\n",
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=uuid:0ca0e16e\r\n\r\n",
            b"-- \r\nAxis 1.4\r\n\r\n--- a line of it ---\r\n",
            b"\r\n\r\n",
        ],
        ids=["words", "headers of its own", "lines like a boundary", "empty lines"],
    )
    def test_what_stands_before_the_first_part_is_passed_over(self, preamble: bytes) -> None:
        body = preamble + self.message(ENVELOPE.encode(), "Content-Type: text/xml")
        assert parse_answer(body, "multipart/related; boundary=uuid:0ca0e16e; type=text/xml") == READ
        assert parse_answer(body) == READ, "the archive need not know the header"
        assert parse_answer(body, "text/xml") == READ
        assert parse_answer(body, "multipart/related; boundary=another") == READ

    def test_markup_before_the_first_part_is_passed_over_where_the_header_says_where_it_begins(self) -> None:
        body = b"<!-- Axis -->\r\n" + self.message(ENVELOPE.encode(), "Content-Type: text/xml")
        assert parse_answer(body, 'Multipart/Related; Boundary="uuid:0ca0e16e"') == READ

    def test_the_header_may_name_the_part_that_is_the_answer(self) -> None:
        other = b"Content-Type: text/xml\r\nContent-ID: <a>\r\n\r\n<r><status>9994</status></r>"
        root = b"Content-Type: text/xml\r\nContent-ID: <b>\r\n\r\n" + ENVELOPE.encode()
        body = b"".join(b"\r\n--x\r\n" + part for part in (other, root)) + b"\r\n--x--"
        assert parse_answer(body, 'multipart/related; boundary=x; start="<b>"') == READ
        assert parse_answer(body, "multipart/related; boundary=x").status == 9994

    def test_xml_under_a_wrong_header_is_xml(self) -> None:
        for boundary in ("", "; boundary=x", '; boundary="'):
            assert parse_answer(ENVELOPE.encode(), f"multipart/related{boundary}") == READ

    def test_attachments_are_not(self) -> None:
        attachment = b"Content-Type: text/plain\r\n\r\n<r><status>9994</status></r>"
        body = self.message(ENVELOPE.encode(), "Content-Type: text/xml", attachment)
        assert parse_answer(body) == READ

    @pytest.mark.parametrize(
        ("part", "headers", "kind"),
        [
            (ENVELOPE.encode()[:-30], "Content-Type: text/xml", "incomplete"),
            (b"sorry", "Content-Type: text/plain", "not_xml"),
        ],
    )
    def test_a_message_without_a_whole_xml_part_is_unreadable(
        self, part: bytes, headers: str, kind: str
    ) -> None:
        with pytest.raises(UnreadableAnswer) as caught:
            parse_answer(self.message(part, headers))
        assert caught.value.kind == kind


class TestXmlInAText:
    """A service that returns a string, which is XML."""

    @pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-16"?>\n'])
    def test_it_is_read(self, declaration: str) -> None:
        inner = declaration + RESULT
        for text in (escape(inner), f"<![CDATA[{inner}]]>"):
            body = f"<Envelope><Body><reply><return>{text}</return></reply></Body></Envelope>"
            assert parse_answer(body.encode()) == READ

    def test_beside_the_requests_own_status(self) -> None:
        items = RESULT.replace("<status>0</status><itemCount>", "<itemCount>", 1)
        assert parse_answer(f"<r><status>0</status><list>{escape(items)}</list></r>".encode()) == READ

    @pytest.mark.parametrize(
        ("inner", "kind"),
        [
            (RESULT[:-20], "incomplete"),
            (f'<!DOCTYPE r [<!ENTITY x "y">]>{RESULT}', "not_xml"),
            (
                "<Envelope><Body><Fault><faultstring>status</faultstring><status/></Fault></Body></Envelope>",
                "soap_fault",
            ),
            (f"<r>{escape(RESULT)}</r>", "incomplete"),
        ],
        ids=["cut off", "with a DTD", "a fault", "text in a text"],
    )
    def test_it_is_held_to_the_same_rules(self, inner: str, kind: str) -> None:
        with pytest.raises(UnreadableAnswer) as caught:
            parse_answer(f"<r><return>{escape(inner)}</return></r>".encode())
        assert caught.value.kind == kind

    def test_markup_in_a_message_is_a_text(self) -> None:
        page = escape('<div class="status"><br>no itemNo</div>')
        read = parse_answer(
            f"<r><status>9999</status><errMsg>{page}</errMsg><page>{page}</page></r>".encode()
        )
        assert (read.status, read.items) == (9999, ())
        assert read.err_msg.startswith("<div")


class TestAttributes:
    def test_fields_may_be_attributes(self) -> None:
        event = '<e eventDateTime="01-03-2017 11:00" eventMsg_c="成功派遞"/>'
        whole = f'<r status="0" itemCount="1"><i itemNo="A" status="0">{event}</i></r>'
        assert parse_answer(whole.encode()) == READ
        mixed = f"<r><status>0</status><itemCount>1</itemCount><i><itemNo>A</itemNo><status>0</status>{event}</i></r>"
        assert parse_answer(mixed.encode()) == READ

    def test_attributes_that_are_no_fields_mean_nothing(self) -> None:
        body = ENVELOPE.replace("<itemNo>", '<itemNo xmlns:x="u" x:type="string" length="1">')
        assert parse_answer(body.encode()) == READ


class TestReferences:
    def test_soap_1_2_refers_by_ref_and_reads_the_first_where_it_stands(self) -> None:
        body = (
            '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
            ' xmlns:enc="http://www.w3.org/2003/05/soap-encoding"><e:Body><r><status enc:id="s">0</status>'
            f'<itemCount>1</itemCount><i><itemNo>A</itemNo><status enc:ref="s"/>{EVENT}</i></r></e:Body></e:Envelope>'
        )
        assert parse_answer(body.encode()) == READ

    def test_a_long_chain_ends(self) -> None:
        chain = "".join(f'<multiRef id="n{n}"><a><b href="#n{n + 1}"/></a></multiRef>' for n in range(2000))
        assert unreadable(f'<r><status>0</status><x href="#n0"/></r>{chain}') == "not_xml"

    def test_a_large_value_referred_to_often_does_not_explode(self) -> None:
        value = f'<multiRef id="v">{"<status>0</status>" * 2000}</multiRef>'
        references = '<x href="#v"/>' * 2000
        assert unreadable(f"<r>{references}</r>{value}") == "not_xml"

    def test_a_reference_to_nothing_is_an_empty_value(self) -> None:
        body = (
            '<r><status>0</status><i><itemNo>A</itemNo><status href="#gone"/><errMsg href="cid:1"/></i></r>'
        )
        assert parse_answer(body.encode()).items[0].status_text == ""


def unreadable(content: str) -> str:
    with pytest.raises(UnreadableAnswer) as caught:
        parse_answer(f"<Envelope><Body>{content}</Body></Envelope>".encode())
    return caught.value.kind


def test_soap_1_2_is_read_as_1_1_is() -> None:
    body = f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{RESULT}</s:Body></s:Envelope>'
    read: Answer = parse_answer(body.encode(), "application/soap+xml; charset=utf-8")
    assert read == READ
