"""The answer of `getItemDeliveryStatus` (specification, page 5), in whatever shape a service writes it."""

import pytest

from hkpost.ecship import Answer, ItemAnswer, ReportedEvent, Texts, UnreadableAnswer
from hkpost.ecship.soap.wire import SoapWire

parse_answer = SoapWire.answer

EVENT = """
<eventDateTime>01-03-2017 11:00</eventDateTime>
<eventLocation_code>HK</eventLocation_code><eventLocation_e>HONG KONG</eventLocation_e>
<eventLocation_c>香港</eventLocation_c><eventLocation_s>香港</eventLocation_s>
<eventMsg_e>Delivered</eventMsg_e><eventMsg_c>成功派遞</eventMsg_c><eventMsg_s>成功派递</eventMsg_s>
"""
POSTED = "<eventDateTime>27-02-2017 16:00</eventDateTime><eventMsg_e>Posted</eventMsg_e>"
ITEM_FIELDS = """
<itemNo>RB000000010HK</itemNo><status>0</status><errMsg/>
<postingDateTime>27-02-2017 16:00</postingDateTime>
<dropOffPoint_e>Queen's Road Post Office</dropOffPoint_e>
<dropOffPoint_c>皇后大道郵政局</dropOffPoint_c><dropOffPoint_s>皇后大道邮政局</dropOffPoint_s>
<orgCnty_code>HK</orgCnty_code><orgCnty_e>HONG KONG</orgCnty_e><orgCnty_c>香港</orgCnty_c>
<orgCnty_s>香港</orgCnty_s>
<destCnty_code>HK</destCnty_code><destCnty_e>HONG KONG</destCnty_e><destCnty_c>香港</destCnty_c>
<destCnty_s>香港</destCnty_s>
<milestone_e>Delivered</milestone_e><milestone_c>已成功派遞</milestone_c><milestone_s>已成功派递</milestone_s>
"""


def envelope(content: str, declaration: str = "") -> bytes:
    return (
        f'{declaration}<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ns1="http://object.integrator.hkpost.com">'
        f"<soapenv:Header/><soapenv:Body>{content}</soapenv:Body></soapenv:Envelope>"
    ).encode()


def answer(content: str) -> Answer:
    return parse_answer(envelope(content))


def items(content: str) -> dict[str, ItemAnswer]:
    return {item.item_no: item for item in answer(content).items}


def test_the_specifications_own_example_is_read_field_by_field() -> None:
    body = envelope(
        "<r><return><status>0</status><errMsg/><itemCount>1</itemCount>"
        f"<results><item>{ITEM_FIELDS}<events><event>{EVENT}</event></events></item></results></return></r>"
    )
    assert parse_answer(body) == SPECIFICATION_EXAMPLE


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            "<status>0</status><itemCount>1</itemCount><item>{item}{events}</item>", id="no containers"
        ),
        pytest.param(
            "<a><b><c><status>0</status><itemCount>1</itemCount><d><e>{item}<f><g/>{events}</f></e></d></c></b></a>",
            id="deep containers",
        ),
        pytest.param(
            "<ret><itemCount>1</itemCount><deliveryResult><itemNo><item>{item}{events}</item></itemNo>"
            "</deliveryResult><status>0</status></ret>",
            id="array named after the number, the request's status last",
        ),
        pytest.param(
            '<ret xmlns="urn:x"><status>0</status><itemCount>1</itemCount><item xmlns="">{item}{events}</item></ret>',
            id="a default namespace, and none",
        ),
    ],
)
def test_containers_and_namespaces_mean_nothing(content: str) -> None:
    read = answer(content.format(item=ITEM_FIELDS, events=f"<event>{EVENT}</event>"))
    assert read == SPECIFICATION_EXAMPLE


def test_names_are_compared_by_local_name_without_case_and_underscores() -> None:
    read = items(
        "<r><status>0</status><ns1:x><ns1:ITEMNO>RB1HK</ns1:ITEMNO><ns1:Status>0</ns1:Status>"
        "<ns1:milestonee>Posted</ns1:milestonee><ns1:EventMsgE>Posted</ns1:EventMsgE></ns1:x></r>"
    )
    assert read["RB1HK"].milestone == Texts("Posted")
    assert read["RB1HK"].events == (ReportedEvent(message=Texts("Posted")),)


def test_each_item_has_its_own_status_and_the_request_has_its_own() -> None:
    read = answer(
        "<r><status>0</status><i><itemNo>A</itemNo><status>1001</status><errMsg>no such item</errMsg></i>"
        "<i><itemNo>B</itemNo><status>0</status></i></r>"
    )
    assert (read.status, read.err_msg) == (0, "")
    assert [(item.item_no, item.status, item.err_msg) for item in read.items] == [
        ("A", 1001, "no such item"),
        ("B", 0, ""),
    ]


@pytest.mark.parametrize(
    "content",
    [
        '<r status="0"><i status="1001" errMsg="gone"><itemNo>A</itemNo></i><i status="0"><itemNo>B</itemNo></i></r>',
        '<r><status>0</status><i Status="1001" errMsg="gone"><itemNo>A</itemNo></i>'
        '<i status="0"><itemNo>B</itemNo></i></r>',
        '<r status="9"><status>0</status><i status="active"><itemNo>A</itemNo><status>1001</status>'
        "<errMsg>gone</errMsg></i>"
        "<i><itemNo>B</itemNo><status>0</status></i></r>",
        '<r><status>0</status><i status="active"><itemNo>A</itemNo><of><status>1001</status>'
        "<errMsg>gone</errMsg></of></i>"
        '<i status="active"><itemNo>B</itemNo><of><status>0</status></of></i></r>',
    ],
)
def test_a_status_may_be_an_attribute_where_no_element_gives_it(content: str) -> None:
    read = answer(content)
    assert read.status == 0
    assert [(item.item_no, item.status, item.err_msg) for item in read.items] == [
        ("A", 1001, "gone"),
        ("B", 0, ""),
    ]


def test_statuses_that_belong_to_no_item_are_told() -> None:
    read = answer("<r><status>0</status><d><itemNo/><status>1001</status><errMsg>gone</errMsg></d></r>")
    assert (read.status, read.items) == (0, ())
    assert read.unclaimed == (("status", "1001"),)


def test_an_item_without_a_status_has_none_and_does_not_take_the_requests() -> None:
    read = answer("<r><status>0</status><i><itemNo>A</itemNo><milestone_e>Posted</milestone_e></i></r>")
    assert (read.status, read.items[0].status, read.items[0].status_text) == (0, None, "")


def test_a_request_without_a_status_does_not_take_an_items() -> None:
    assert answer("<r><i><itemNo>A</itemNo><status>1001</status></i></r>").status is None


@pytest.mark.parametrize(
    ("text", "status"), [("0", 0), (" 1001 ", 1001), ("0000", 0), ("9994.0", 9994), ("OK", None), ("", None)]
)
def test_a_status_is_a_number_or_kept_as_text(text: str, status: int | None) -> None:
    read = items(
        f"<r><status>0</status><i><itemNo>A</itemNo><status>{text}</status><errMsg>x</errMsg></i></r>"
    )
    assert (read["A"].status, read["A"].status_text) == (status, text.strip())


def test_an_error_answer_has_a_status_and_no_items() -> None:
    read = answer(
        "<r><status>9991</status><errMsg>Exceed API request frequency</errMsg><itemCount/><list/></r>"
    )
    assert read == Answer(9991, "9991", "Exceed API request frequency")


def test_numbers_that_are_only_echoed_are_no_items() -> None:
    read = answer("<r><itemNo>A</itemNo><itemNo>B</itemNo><status>9994</status></r>")
    assert (read.status, read.items) == (9994, ())
    read = answer(
        "<r><status>0</status><asked><itemNo>A</itemNo></asked>"
        "<itemNo>A</itemNo><list><i><itemNo>A</itemNo><status>1001</status></i></list></r>"
    )
    assert [(item.item_no, item.status) for item in read.items] == [("A", 1001)]


def test_an_item_twice_in_an_answer_is_reported_twice() -> None:
    read = answer(
        "<r><i><itemNo>A</itemNo><status>0</status></i><i><itemNo>A</itemNo><status>0</status></i></r>"
    )
    assert [item.item_no for item in read.items] == ["A", "A"]


def test_items_may_lie_flat_one_after_another() -> None:
    read = answer(
        f"<r><status>0</status><itemCount>2</itemCount><itemNo>A</itemNo><status>0</status>{POSTED}{EVENT}"
        "<itemNo>B</itemNo><status>1001</status></r>"
    )
    assert (read.status, read.item_count) == (0, 2)
    assert [(item.item_no, item.status, len(item.events)) for item in read.items] == [
        ("A", 0, 2),
        ("B", 1001, 0),
    ]


class TestEvents:
    @pytest.mark.parametrize(
        "events",
        [
            pytest.param("<events><event>{a}</event><event>{b}</event></events>", id="each in an element"),
            pytest.param(
                "<eventDetail>{a}</eventDetail><eventDetail>{b}</eventDetail>", id="repeated elements"
            ),
            pytest.param("<events>{a}{b}</events>", id="flat in a list"),
            pytest.param("{a}{b}", id="flat in the item"),
        ],
    )
    def test_a_repeated_field_starts_the_next_event(self, events: str) -> None:
        read = items(f"<r><i>{ITEM_FIELDS}{events.format(a=EVENT, b=POSTED)}</i></r>")
        assert read["RB000000010HK"].events == (DELIVERED, POSTED_EVENT)

    def test_their_order_is_the_answers(self) -> None:
        read = items(f"<r><i>{ITEM_FIELDS}<e>{POSTED}</e><e>{EVENT}</e></i></r>")
        assert read["RB000000010HK"].events == (POSTED_EVENT, DELIVERED)

    def test_two_events_that_lack_fields_are_not_mixed(self) -> None:
        only_time = "<e><eventDateTime>01-03-2017 11:00</eventDateTime></e>"
        only_text = "<e><eventMsg_e>Posted</eventMsg_e></e>"
        read = items(f"<r><i>{ITEM_FIELDS}{only_time}{only_text}</i></r>")
        assert len(read["RB000000010HK"].events) == 2

    def test_an_inner_element_completes_its_event(self) -> None:
        event = (
            "<e><eventDateTime>27-02-2017 16:00</eventDateTime><place><eventLocation_code>HK</eventLocation_code>"
            "</place><eventMsg_e>Posted</eventMsg_e></e>"
        )
        read = items(f"<r><i>{ITEM_FIELDS}{event}{event}</i></r>")
        whole = ReportedEvent("27-02-2017 16:00", "HK", message=Texts("Posted"))
        assert read["RB000000010HK"].events == (whole, whole)

    def test_an_event_may_repeat_the_number_of_its_item(self) -> None:
        read = items(f"<r><i>{ITEM_FIELDS}<e><itemNo>RB000000010HK</itemNo>{EVENT}</e></i></r>")
        assert read["RB000000010HK"].events == (DELIVERED,)
        assert read["RB000000010HK"].milestone.e == "Delivered"

    def test_one_without_any_content_is_none(self) -> None:
        empty = '<e><eventDateTime/><eventMsg_e xsi:nil="true"/></e>'
        assert items(f"<r><i>{ITEM_FIELDS}{empty}</i></r>")["RB000000010HK"].events == ()

    def test_the_codes_of_the_older_face_are_kept(self) -> None:
        fields = "<milestone_code>M3</milestone_code><e><event_code>EMI</event_code></e>"
        read = items(f"<r><i><itemNo>A</itemNo>{fields}</i></r>")["A"]
        assert (read.milestone_code, read.events[0].event_code) == ("M3", "EMI")


class TestValues:
    def test_blanks_at_the_ends_are_stripped_and_those_inside_kept(self) -> None:
        read = items("<r><i><itemNo>\n A\u3000</itemNo><milestone_e> In  transit. </milestone_e></i></r>")
        assert read["A"].milestone.e == "In  transit."

    def test_nil_is_empty_whatever_is_inside(self) -> None:
        read = items('<r><i><itemNo>A</itemNo><milestone_e xsi:nil="true">null</milestone_e></i></r>')
        assert read["A"].milestone.e == ""

    def test_cdata_and_comments_are_xml_as_well(self) -> None:
        read = items(
            "<r><i><itemNo>A</itemNo><milestone_e><![CDATA[Held & <kept>]]><!-- x --> here</milestone_e></i></r>"
        )
        assert read["A"].milestone.e == "Held & <kept> here"

    def test_a_language_that_was_not_asked_for_is_empty(self) -> None:
        read = items("<r><i><itemNo>A</itemNo><milestone_c>已成功派遞</milestone_c><milestone_e/></i></r>")
        assert read["A"].milestone == Texts("", "已成功派遞", "")


class TestReferences:
    """SOAP 1.1 encoding (Axis 1): a value may stand elsewhere under an id."""

    def test_a_reference_is_where_it_is_referred_to(self) -> None:
        read = answer(
            '<r><return href="#id0"/></r>'
            '<multiRef id="id0"><status href="#id1"/><list><x href="#id2"/><x href="#id3"/></list></multiRef>'
            '<multiRef id="id1">0</multiRef>'
            '<multiRef id="id2"><itemNo>A</itemNo><status href="#id1"/><e href="#id4"/></multiRef>'
            '<multiRef id="id3"><itemNo>B</itemNo><status>1001</status></multiRef>'
            f'<multiRef id="id4">{EVENT}</multiRef>'
        )
        assert read.status == 0
        assert [(item.item_no, item.status, item.events) for item in read.items] == [
            ("A", 0, (DELIVERED,)),
            ("B", 1001, ()),
        ]

    def test_a_circle_ends(self) -> None:
        read = answer(
            '<r><status>0</status><x href="#a"/></r>'
            '<multiRef id="a"><itemNo>A</itemNo><status>0</status><y href="#a"/></multiRef>'
        )
        assert [item.item_no for item in read.items] == ["A"]

    def test_a_tree_of_references_does_not_explode(self) -> None:
        levels = "".join(
            f'<multiRef id="n{n}"><a href="#n{n + 1}"/><b href="#n{n + 1}"/></multiRef>' for n in range(40)
        )
        with pytest.raises(UnreadableAnswer, match="references"):
            answer(f'<r><status>0</status><x href="#n0"/></r>{levels}<multiRef id="n40"><c/></multiRef>')


DELIVERED = ReportedEvent(
    "01-03-2017 11:00", "HK", Texts("HONG KONG", "香港", "香港"), Texts("Delivered", "成功派遞", "成功派递")
)
POSTED_EVENT = ReportedEvent("27-02-2017 16:00", message=Texts("Posted"))
SPECIFICATION_EXAMPLE = Answer(
    status=0,
    status_text="0",
    item_count=1,
    items=(
        ItemAnswer(
            item_no="RB000000010HK",
            status=0,
            status_text="0",
            posting_date_time="27-02-2017 16:00",
            drop_off_point=Texts("Queen's Road Post Office", "皇后大道郵政局", "皇后大道邮政局"),
            origin_code="HK",
            origin=Texts("HONG KONG", "香港", "香港"),
            destination_code="HK",
            destination=Texts("HONG KONG", "香港", "香港"),
            milestone=Texts("Delivered", "已成功派遞", "已成功派递"),
            events=(DELIVERED,),
        ),
    ),
)
