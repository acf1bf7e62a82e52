"""Whose a field is: an item's events are found wherever they stand, and never given to another."""

import pytest

from hkpost.ecship import Answer, ItemAnswer, ReportedEvent, Texts
from hkpost.ecship.soap.wire import SoapWire

parse_answer = SoapWire.answer

A = "<itemNo>A</itemNo><status>0</status><errMsg/>"
B = "<itemNo>B</itemNo><status>0</status><errMsg/>"
UNKNOWN = "<itemNo>C</itemNo><status>1001</status><errMsg>no such item</errMsg>"
POSTED = "<eventDateTime>27-02-2017 16:00</eventDateTime><eventMsg_e>Posted</eventMsg_e>"
LEFT = "<eventDateTime>28-02-2017 09:00</eventDateTime><eventMsg_e>Left</eventMsg_e>"
DELIVERED = "<eventDateTime>01-03-2017 11:00</eventDateTime><eventMsg_e>Delivered</eventMsg_e>"


def answer(content: str) -> Answer:
    return parse_answer(f"<Envelope><Body>{content}</Body></Envelope>".encode())


def messages(content: str) -> dict[str, list[str]]:
    """The messages of each item's events."""
    return {item.item_no: [event.message.e for event in item.events] for item in answer(content).items}


def requests(results: str, count: int | None = None) -> str:
    counted = "" if count is None else f"<itemCount>{count}</itemCount>"
    return f"<return><status>0</status><errMsg/>{counted}<list>{results}</list></return>"


class TestBesideTheHeader:
    """The item's own fields in one element, its events in others beside it."""

    @pytest.mark.parametrize(
        "shape",
        [
            pytest.param(
                "<result><item>{a}</item><events><e>{p}</e><e>{l}</e></events></result>", id="a list"
            ),
            pytest.param(
                "<result><item>{a}</item><event>{p}</event><event>{l}</event></result>", id="repeated"
            ),
            pytest.param(
                "<result><events><e>{p}</e><e>{l}</e></events><item>{a}</item></result>", id="before it"
            ),
            pytest.param("<result><x><y>{a}</y></x><u><v><e>{p}</e><e>{l}</e></v></u></result>", id="deeper"),
            pytest.param("<result><item>{a}</item>{p}{l}</result>", id="flat"),
            pytest.param("<result>{a}<events><e>{p}</e><e>{l}</e></events></result>", id="inside"),
        ],
    )
    def test_events_belong_to_the_item_they_stand_with(self, shape: str) -> None:
        results = shape.format(a=A, p=POSTED, l=LEFT) + shape.format(a=B, p=DELIVERED, l="")
        assert messages(requests(results, 2)) == {"A": ["Posted", "Left"], "B": ["Delivered"]}
        assert messages(requests(shape.format(a=A, p=POSTED, l=LEFT), 1)) == {"A": ["Posted", "Left"]}

    def test_other_fields_belong_to_the_item_they_stand_with(self) -> None:
        result = (
            "<result><item><itemNo>{}</itemNo></item><state><status>{}</status></state><way>{}</way></result>"
        )
        read = answer(
            requests(
                result.format("A", 0, "<milestone_e>Posted</milestone_e>")
                + result.format("B", 1003, "")
                + result.format("C", 0, f"<milestone_e>Delivered</milestone_e><e>{DELIVERED}</e>")
            )
        )
        assert [(item.item_no, item.status, item.milestone.e, len(item.events)) for item in read.items] == [
            ("A", 0, "Posted", 0),
            ("B", 1003, "", 0),
            ("C", 0, "Delivered", 1),
        ]
        assert read.status == 0

    def test_the_requests_status_is_never_an_items(self) -> None:
        read = answer(f"<return><status>9994</status><item><itemNo>A</itemNo></item><e>{POSTED}</e></return>")
        assert (read.status, read.items[0].status) == (9994, None)


class TestByNumber:
    """Events that repeat the number of their item, wherever they stand."""

    @pytest.mark.parametrize(
        "shape",
        [
            pytest.param(
                "<i>{a}</i><i>{b}</i><e><itemNo>A</itemNo>{p}</e><e><itemNo>B</itemNo>{d}</e>", id="beside"
            ),
            pytest.param(
                "<e><itemNo>B</itemNo>{d}</e><e><itemNo>A</itemNo>{p}</e><i>{a}</i><i>{b}</i>", id="before"
            ),
            pytest.param(
                "<i>{a}<e><itemNo>A</itemNo>{p}</e></i><i>{b}<e><itemNo>B</itemNo>{d}</e></i>", id="inside"
            ),
            pytest.param(
                "<i>{a}<e><itemNo>B</itemNo>{d}</e></i><i>{b}<e><itemNo>A</itemNo>{p}</e></i>", id="crossed"
            ),
            pytest.param(
                "<i>{a}</i><i>{b}</i><l><itemNo>A</itemNo><e>{p}</e></l><l><itemNo>B</itemNo><e>{d}</e></l>",
                id="lists",
            ),
        ],
    )
    def test_they_belong_to_the_item_they_name(self, shape: str) -> None:
        content = requests(shape.format(a=A, b=B, p=POSTED, d=DELIVERED))
        assert messages(content) == {"A": ["Posted"], "B": ["Delivered"]}

    def test_an_item_that_is_nothing_but_events_is_one_item(self) -> None:
        content = f"<e><itemNo>A</itemNo>{POSTED}</e><e><itemNo>A</itemNo>{LEFT}</e><i>{B}</i>"
        assert messages(requests(content)) == {"B": [], "A": ["Posted", "Left"]}


class TestNobodys:
    """What could be of several items is of none, and is reported."""

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param("<i>{a}</i><i>{b}</i><e>{d}</e>", id="beside two"),
            pytest.param("<i>{a}</i><i>{b}</i><e>{d}</e><e>{d}</e>", id="parallel lists"),
            pytest.param("<i>{a}</i><e>{d}</e><i>{b}</i><e>{d}</e>", id="in turn"),
            pytest.param("<i>{a}</i><i><e>{d}</e></i>", id="a result that lost its number"),
            pytest.param("<r><i>{a}</i></r><r><e>{d}</e></r>", id="a result that lost its header"),
            pytest.param("<itemNo>A</itemNo><itemNo>B</itemNo><i>{a}</i><e>{d}</e>", id="two were asked"),
        ],
    )
    def test_events_that_stand_with_no_item_are_given_to_none(self, content: str) -> None:
        read = answer(requests(content.format(a=A, b=B, d=DELIVERED)))
        assert all(item.events == () for item in read.items)
        assert ("eventmsge", "Delivered") in read.unclaimed

    def test_an_answer_that_counts_more_items_gives_nothing_beside_them_away(self) -> None:
        content = f"<i>{A}</i><e>{DELIVERED}</e>"
        assert messages(requests(content, 1)) == {"A": ["Delivered"]}
        read = answer(requests(content, 2))
        assert read.items[0].events == ()
        assert ("eventmsge", "Delivered") in read.unclaimed

    def test_a_copy_of_an_event_beside_an_item_that_has_events_is_not_one_more(self) -> None:
        content = f"<i>{A}<e>{POSTED}</e><e>{DELIVERED}</e></i><latest>{DELIVERED}</latest>"
        assert messages(requests(content)) == {"A": ["Posted", "Delivered"]}

    def test_a_whole_answer_leaves_nothing_unclaimed(self) -> None:
        assert answer(requests(f"<i>{A}<e>{POSTED}</e></i><i>{UNKNOWN}</i>", 2)).unclaimed == ()


class TestFlat:
    """Results without elements of their own, one after another, each beginning with its number."""

    def test_the_requests_fields_stand_before_the_first(self) -> None:
        read = answer(f"<r><status>0</status><errMsg/><itemNo>A</itemNo><status>1003</status>{POSTED}</r>")
        assert (read.status, read.items[0].status) == (0, 1003)

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(
                "<status>0</status><itemNo>A</itemNo><status>1003</status><itemNo>B</itemNo><milestone_e>X</milestone_e>",
                id="a status before its number",
            ),
            pytest.param(
                "<status>0</status><milestone_e>Delivered</milestone_e><itemNo>A</itemNo>"
                "<milestone_e>X</milestone_e><itemNo>B</itemNo>",
                id="a milestone before its number",
            ),
            pytest.param(
                "<status>0</status><itemNo>A</itemNo><status>1003</status><errMsg>of B</errMsg>"
                "<itemNo>B</itemNo><status>1003</status>",
                id="fields that shift",
            ),
        ],
    )
    def test_results_that_do_not_read_alike_are_not_guessed_at(self, content: str) -> None:
        assert answer(f"<r><itemCount>2</itemCount>{content}</r>").items == ()

    def test_events_that_lack_fields_are_not_mixed(self) -> None:
        events = f"{POSTED}<eventMsg_e>No time</eventMsg_e>{DELIVERED}"
        assert messages(f"<r><i>{A}{events}</i></r>") == {"A": ["Posted", "No time", "Delivered"]}


class TestWithinAnEvent:
    def test_elements_of_different_names_tell_one_event_together(self) -> None:
        event = (
            "<e><when><eventDateTime>{}</eventDateTime></when><what><eventMsg_e>{}</eventMsg_e></what></e>"
        )
        events = event.format("27-02-2017 16:00", "Posted") + event.format("01-03-2017 11:00", "Delivered")
        for content in (f"<i>{A}{events}</i>", f"<i>{A}<l>{events}</l></i>"):
            [item] = answer(requests(content)).items
            assert item.events == (
                ReportedEvent("27-02-2017 16:00", message=Texts("Posted")),
                ReportedEvent("01-03-2017 11:00", message=Texts("Delivered")),
            )

    def test_an_events_own_status_is_not_its_items(self) -> None:
        content = f"<i><itemNo>A</itemNo><e>{POSTED}<status>1003</status></e></i>"
        assert answer(requests(content)).items[0].status is None


class TestContradictions:
    @pytest.mark.parametrize(
        "fields",
        [
            "<status>0</status><status>1003</status>",
            "<status>1003</status><x><milestone_e>Delivered</milestone_e></x><y><milestone_e>Posted</milestone_e></y>",
        ],
    )
    def test_a_field_told_twice_differently_is_told_as_such(self, fields: str) -> None:
        [item] = answer(requests(f"<i><itemNo>A</itemNo>{fields}</i>")).items
        assert item.contradictions

    def test_a_field_told_twice_alike_is_one(self) -> None:
        fields = "<itemNo>A</itemNo><status>0</status><status>0</status>"
        assert answer(requests(f"<i>{fields}</i>")).items == (ItemAnswer("A", 0, "0"),)

    def test_a_request_with_two_statuses_has_no_known_one(self) -> None:
        read = answer("<r><status>0</status><status>9992</status></r>")
        assert (read.status, read.status_text) == (None, "0 / 9992")

    def test_an_item_inside_another_is_an_item_too(self) -> None:
        content = f"<i>{A}<milestone_e>Posted</milestone_e><i>{B}<milestone_e>Delivered</milestone_e></i></i>"
        read = answer(requests(content))
        assert {item.item_no: item.milestone.e for item in read.items} == {"A": "Posted", "B": "Delivered"}


class TestNumbers:
    def test_an_empty_number_is_none(self) -> None:
        read = answer("<r><status>9994</status><errMsg>enough</errMsg><itemNo/></r>")
        assert (read.status, read.items) == (9994, ())

    def test_a_number_in_an_element_of_its_own(self) -> None:
        for number in ("<itemNo><value>A</value></itemNo>", "<itemNo><item>A</item></itemNo>"):
            content = requests(f"<i>{number}<status>0</status><e>{POSTED}</e></i>")
            assert messages(content) == {"A": ["Posted"]}

    def test_containers_may_be_named_as_fields_are(self) -> None:
        content = (
            f"<status><status>0</status></status><itemNo><item>{A}<milestone_e><eventMsg_e>{POSTED}</eventMsg_e>"
            f"</milestone_e></item><item>{UNKNOWN}</item></itemNo>"
        )
        read = answer(f"<errMsg>{content}</errMsg>")
        assert (read.status, [item.item_no for item in read.items]) == (0, ["A", "C"])
        assert [event.message.e for event in read.items[0].events] == ["Posted"]
