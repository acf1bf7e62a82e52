"""The answer's fields (specification page 5) and its languages (page 4)."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from hkpost_simulator import EventTruth, ItemTruth, Simulator
from hkpost_simulator.answer_xml import Namespaces
from hkpost_simulator.world_files import Texts
from tests.simulator.asking import PASSWORD, USER, ask, events, post, request, text

HONG_KONG = Texts("HONG KONG", "香港", "香港")
EXAMPLE = ItemTruth(
    "RB000000010HK",
    0,
    posting_date_time="27-02-2017 16:00",
    drop_off=Texts("Queen's Road Post Office", "皇后大道郵政局", "皇后大道邮政局"),
    origin_code="HK",
    origin=HONG_KONG,
    destination_code="HK",
    destination=HONG_KONG,
    milestone=Texts("Delivered", "已成功派遞", "已成功派递"),
    events=(
        EventTruth("01-03-2017 11:00", "HK", HONG_KONG, Texts("Delivered", "成功派遞", "成功派递")),
        EventTruth("27-02-2017 16:00", "HK", HONG_KONG, Texts("Posted & <weighed>", "已投寄", "已投寄")),
    ),
)


def test_the_specifications_own_example(simulator: Simulator) -> None:
    simulator.script(EXAMPLE)
    (item,) = ask(simulator, EXAMPLE.item_no).items
    fields = [(etree.QName(child).localname, child.text or "") for child in item][:-1]
    assert fields == [
        ("itemNo", "RB000000010HK"),
        ("status", "0"),
        ("errMsg", ""),
        ("postingDateTime", "27-02-2017 16:00"),
        ("dropOffPoint_e", "Queen's Road Post Office"),
        ("dropOffPoint_c", "皇后大道郵政局"),
        ("dropOffPoint_s", "皇后大道邮政局"),
        ("orgCnty_code", "HK"),
        ("orgCnty_e", "HONG KONG"),
        ("orgCnty_c", "香港"),
        ("orgCnty_s", "香港"),
        ("destCnty_code", "HK"),
        ("destCnty_e", "HONG KONG"),
        ("destCnty_c", "香港"),
        ("destCnty_s", "香港"),
        ("milestone_e", "Delivered"),
        ("milestone_c", "已成功派遞"),
        ("milestone_s", "已成功派递"),
    ]
    delivered, posted = events(item)
    assert [(etree.QName(child).localname, child.text) for child in delivered] == [
        ("eventDateTime", "01-03-2017 11:00"),
        ("eventLocation_code", "HK"),
        ("eventLocation_e", "HONG KONG"),
        ("eventLocation_c", "香港"),
        ("eventLocation_s", "香港"),
        ("eventMsg_e", "Delivered"),
        ("eventMsg_c", "成功派遞"),
        ("eventMsg_s", "成功派递"),
    ]
    assert text(posted, "eventMsg_e") == "Posted & <weighed>"


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("A", ["Delivered", "成功派遞", "成功派递"]),
        ("E", ["Delivered", "", ""]),
        ("C", ["", "成功派遞", ""]),
        ("S", ["", "", "成功派递"]),
    ],
)
def test_values_of_other_languages_are_empty(simulator: Simulator, lang: str, expected: list[str]) -> None:
    simulator.script(EXAMPLE)
    (item,) = ask(simulator, EXAMPLE.item_no, lang=lang).items
    event = events(item)[0]
    assert [text(event, f"eventMsg_{language}") for language in "ecs"] == expected
    for field in ("dropOffPoint", "orgCnty", "destCnty", "milestone"):
        assert [bool(text(item, f"{field}_{language}")) for language in "ecs"] == [bool(t) for t in expected]
    assert text(item, "postingDateTime") == "27-02-2017 16:00"


def _delivered(simulator: Simulator) -> ItemTruth:
    return next(item for item in simulator.truth().values() if item.state == "delivered")


def test_what_is_answered_is_what_the_truth_says(simulator: Simulator) -> None:
    truth = _delivered(simulator)
    (item,) = ask(simulator, truth.item_no).items
    assert text(item, "destCnty_code") == truth.destination_code
    assert [
        (text(event, "eventDateTime"), text(event, "eventLocation_code"), text(event, "eventMsg_c"))
        for event in events(item)
    ] == [(event.event_date_time, event.location_code, event.message.c) for event in truth.events]


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_order_of_the_events_can_be_chosen(newest_first: bool) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    simulator = Simulator(items=50, anchor=start, start=start, frozen=True, newest_first=newest_first)
    with simulator:
        instants = [event.at for event in _delivered(simulator).events]
    assert instants == sorted(instants, reverse=newest_first)


@pytest.mark.parametrize(
    ("namespaces", "expected"),
    [
        (Namespaces.TWO, "http://object.integrator.hkpost.com"),
        (Namespaces.ONE, "http://webservice.integrator.hkpost.com"),
        (Namespaces.UNQUALIFIED, None),
    ],
)
def test_fields_are_qualified_as_siblings_do_it(namespaces: Namespaces, expected: str | None) -> None:
    with Simulator(items=10, users={USER: PASSWORD}, namespaces=namespaces) as simulator:
        _, body = post(simulator.url, request([EXAMPLE.item_no]))
    (item_no,) = etree.fromstring(body).iter("{*}itemNo")
    assert etree.QName(item_no).namespace == expected
