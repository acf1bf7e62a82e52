"""Bodies that hold no answer, and bodies that lie about their encoding."""

import pytest

from hkpost.ecship import Texts, UnreadableAnswer
from hkpost.ecship.soap.wire import SoapWire

parse_answer = SoapWire.answer

ANSWER = "<r><status>0</status><i><itemNo>A</itemNo><status>0</status><milestone_c>已成功派遞</milestone_c></i></r>"


def kind_of(body: bytes) -> str:
    with pytest.raises(UnreadableAnswer) as caught:
        parse_answer(body)
    return caught.value.kind


@pytest.mark.parametrize("body", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_body_is_incomplete(body: bytes) -> None:
    assert kind_of(body) == "incomplete"


@pytest.mark.parametrize("length", range(5, len(ANSWER.encode()) - 1, 7))
def test_a_body_that_is_cut_off_is_unreadable_wherever_it_is_cut(length: int) -> None:
    assert kind_of(ANSWER.encode()[:length]) in ("incomplete", "not_xml")


def test_a_body_cut_between_two_elements_is_incomplete() -> None:
    assert kind_of(ANSWER.encode()[:-4]) == "incomplete"


@pytest.mark.parametrize("body", [b"<r><itemCount>0</itemCount></r>", b"<r/>"])
def test_xml_without_a_status_and_without_items_is_incomplete(body: bytes) -> None:
    assert kind_of(body) == "incomplete"


@pytest.mark.parametrize(
    "body",
    [
        b"503 Service Unavailable",
        b'{"status": 0}',
        b"<html><br></html>",
        b"<r><status>&nbsp;</status></r>",
        b"\x00\x01\x02\x03",
        b"<r>" * 300 + b"</r>" * 300,
    ],
)
def test_what_is_no_xml_is_told_as_such(body: bytes) -> None:
    assert kind_of(body) == "not_xml"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"<html><body>Sorry</body></html>", "an HTML page came and no answer: usually a proxy, a firewall"),
        (
            b"\xef\xbb\xbf\r\n<!-- 1 --><!DOCTYPE HTML PUBLIC ''><HTML><TITLE>\n503 Down </TITLE><br></HTML>",
            "an HTML page ('503 Down') came and no answer",
        ),
        (
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head/></html>",
            "an HTML page came",
        ),
    ],
)
def test_an_html_page_says_what_it_usually_means_and_what_to_do(page: bytes, words: str) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        parse_answer(page, "text/html")
    assert caught.value.kind == "not_xml"
    assert caught.value.detail.startswith(words)
    assert "check host and proxy of the connection" in caught.value.detail


def test_a_dtd_is_refused_before_it_can_do_anything() -> None:
    assert kind_of(b'<!DOCTYPE r [<!ENTITY x "y">]><r><status>&x;</status></r>') == "not_xml"
    assert kind_of(b'<!doctype r SYSTEM "file:///etc/passwd"><r><status>0</status></r>') == "not_xml"
    assert kind_of(b'<?xml version="1.0"?><!-- x --><!DOCTYPE r><r><status>0</status></r>') == "not_xml"


def test_the_words_of_a_dtd_inside_a_text_are_a_text() -> None:
    answer = parse_answer(b"<r><status>1</status><errMsg><![CDATA[<!DOCTYPE x>]]></errMsg></r>")
    assert answer.err_msg == "<!DOCTYPE x>"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            "<faultcode>soapenv:Server</faultcode><faultstring>no luck</faultstring>", id="SOAP 1.1"
        ),
        pytest.param(
            "<Code><Value>Server</Value></Code><Reason><Text>no luck</Text></Reason>", id="SOAP 1.2"
        ),
    ],
)
def test_a_soap_fault_is_told_with_its_text(fault: str) -> None:
    body = f'<e:Envelope xmlns:e="x"><e:Header/><e:Body><e:Fault>{fault}</e:Fault></e:Body></e:Envelope>'
    with pytest.raises(UnreadableAnswer, match="no luck") as caught:
        parse_answer(body.encode())
    assert caught.value.kind == "soap_fault"


def test_one_forbidden_character_does_not_cost_the_whole_answer() -> None:
    for character in ("\x1a", "&#26;", "&#x1F;", "\uffff"):
        body = ANSWER.replace("派遞", f"派{character}遞").encode()
        assert parse_answer(body).items[0].milestone.c == "已成功派\ufffd遞"


class TestEncodings:
    @pytest.mark.parametrize(
        "body",
        [
            pytest.param(ANSWER.encode(), id="UTF-8 without a declaration"),
            pytest.param(b"\xef\xbb\xbf" + ANSWER.encode(), id="UTF-8 with a mark"),
            pytest.param(b'\r\n <?xml version="1.0"?>' + ANSWER.encode(), id="blanks before the declaration"),
            pytest.param(f'<?xml version="1.0" encoding="UTF-16"?>{ANSWER}'.encode("utf-16"), id="UTF-16"),
            pytest.param(f'<?xml version="1.0"?>{ANSWER}'.encode("utf-16-be"), id="UTF-16 without a mark"),
            pytest.param(f'<?xml version="1.0" encoding="Big5"?>{ANSWER}'.encode("big5"), id="Big5"),
            pytest.param(
                f"<?xml version='1.0' encoding='gb18030'?>{ANSWER}".encode("gb18030"), id="GB 18030"
            ),
        ],
    )
    def test_the_declared_one_is_read(self, body: bytes) -> None:
        assert parse_answer(body).items[0].milestone == Texts("", "已成功派遞", "")

    @pytest.mark.parametrize("declared", ["ISO-8859-1", "UTF-16", "Big5", "us-ascii", "no-such-encoding"])
    def test_utf_8_under_a_wrong_name_is_read_as_utf_8(self, declared: str) -> None:
        body = f'<?xml version="1.0" encoding="{declared}"?>{ANSWER}'.encode()
        assert parse_answer(body).items[0].milestone.c == "已成功派遞"

    def test_bytes_that_are_not_what_is_declared_are_not_guessed_at(self) -> None:
        assert kind_of(f'<?xml version="1.0" encoding="UTF-8"?>{ANSWER}'.encode("big5")) == "not_xml"

    def test_the_http_header_names_one_too(self) -> None:
        body = ANSWER.encode("big5")
        assert parse_answer(body, "text/xml; charset=Big5").items[0].milestone.c == "已成功派遞"
        assert (
            parse_answer(ANSWER.encode(), 'text/xml;charset="iso-8859-1"').items[0].milestone.c
            == "已成功派遞"
        )

    def test_characters_of_hong_kong_are_read_under_the_name_big5(self) -> None:
        body = f'<?xml version="1.0" encoding="Big5"?>{ANSWER.replace("派遞", "鰂魚涌嘅")}'.encode(
            "big5hkscs"
        )
        assert parse_answer(body).items[0].milestone.c == "已成功鰂魚涌嘅"

    @pytest.mark.parametrize(
        "name", ["punycode", "idna", "hex", "rot13", "unicode_escape", "utf-7", "undefined"]
    )
    def test_what_is_no_character_set_is_not_tried(self, name: str) -> None:
        assert kind_of(f'<?xml version="1.0" encoding="{name}"?>{ANSWER}'.encode("big5")) == "not_xml"
