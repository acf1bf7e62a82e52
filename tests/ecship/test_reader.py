"""Answers read one after another: whatever is passed over or read by a layout is what reading in general gives."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hkpost.ecship import Answer, ItemAnswer, ReportedEvent, Texts, UnreadableAnswer
from hkpost.ecship.reader import AnswerReader
from hkpost.ecship.soap.wire import SoapWire
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERY,
    IN_TRANSIT,
    POSTING,
    answer_xml,
    event,
    item_answer,
)
from tests.helpers.answers_in_any_shape import Shape

parse_answer = SoapWire.answer

A, B, C = "RB123456785HK", "RB000000010HK", "EA999580311HK"
WORDS = st.text("abZ 9&<>'\"-:派递\r\x85é.", max_size=6)
TEXTS = st.builds(Texts, WORDS, WORDS, WORDS)
EVENTS = st.builds(
    ReportedEvent,
    event_date_time=st.sampled_from(("01-03-2017 11:00", " 27-02-2017 16:00 ", "")),
    location_code=st.sampled_from(("HK", "")),
    location=st.just(Texts("HONG KONG", "香港", "")) | TEXTS,
    message=st.just(Texts("Posted", "", "")) | TEXTS,
)
ITEMS = st.builds(
    ItemAnswer,
    st.sampled_from((A, B, C, f" {C}", "")),
    st.sampled_from((0, 0, 0, 1001)),
    err_msg=st.just("") | WORDS,
    milestone=st.just(Texts("In transit")) | TEXTS,
    events=st.lists(EVENTS, max_size=3).map(tuple),
)
BODIES = st.builds(
    answer_xml,
    st.lists(ITEMS, min_size=1, max_size=3),
    st.sampled_from((0, 0, 0, 1003)),
    st.sampled_from((None, 1, 30)),
)


def general(body: bytes) -> Answer | str:
    try:
        return parse_answer(body)
    except UnreadableAnswer as trouble:
        return str(trouble)


def alike(reader: AnswerReader, body: bytes) -> Answer | str:
    try:
        return reader.read(body)
    except UnreadableAnswer as trouble:
        return str(trouble)


@settings(max_examples=300)
@given(st.lists(BODIES, min_size=2, max_size=6))
def test_property_answers_read_one_after_another_give_what_each_gives_by_itself(bodies: list[bytes]) -> None:
    reader = AnswerReader()
    for body in bodies:
        assert alike(reader, body) == general(body)


@settings(max_examples=100)
@given(st.lists(ITEMS, min_size=1, max_size=3), st.integers(0, 2**32), st.data())
def test_property_in_any_shape_too_and_with_pieces_of_one_answer_in_another(
    items: list[ItemAnswer], seed: int, data: st.DataObject
) -> None:
    answer = Answer(0, "0", items=tuple(replace(item, status_text=str(item.status)) for item in items))
    reader = AnswerReader()
    body = Shape(Random(seed)).body(answer)
    for _ in range(3):
        assert alike(reader, body) == general(body)
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 20)))
        instead = data.draw(
            st.sampled_from((b"", b"<", b">", b"&", b"<a>", b"<!---->", b"</result>", b"\x00", b"x"))
        )
        body = body[:start] + instead + body[end:]


@settings(max_examples=200)
@given(BODIES, BODIES)
def test_property_a_part_that_was_read_before_says_what_it_said(first: bytes, second: bytes) -> None:
    """What is passed over for its fingerprint would have been read as the item was before."""
    reader = AnswerReader()
    before = alike(reader, first)
    whole = general(second)
    if isinstance(before, str) or isinstance(whole, str):
        return
    known = {item.item_no: item for item in before.items if item.fingerprint}

    def is_known(number: str, fingerprint: str) -> bool:
        return number in known and known[number].fingerprint == fingerprint

    read = reader.read(second, "", is_known)
    passed_over = [known[number] for number in read.unread]
    assert sorted([*read.items, *passed_over], key=repr) == sorted(whole.items, key=repr)
    assert replace(read, items=(), unread=()) == replace(whole, items=())


def test_an_item_that_is_written_as_before_is_not_read() -> None:
    reader = AnswerReader()
    items = [item_answer(A, POSTING, milestone=IN_TRANSIT), item_answer(B, POSTING, ARRIVAL)]
    known = {item.item_no: item.fingerprint for item in reader.read(answer_xml(items)).items}
    assert all(known.values())
    changed = answer_xml([items[0], item_answer(B, POSTING, ARRIVAL, DELIVERY)])
    read = reader.read(changed, "", lambda number, fingerprint: known.get(number) == fingerprint)
    assert (read.unread, [item.item_no for item in read.items]) == ((A,), [B])


def test_items_and_events_in_elements_of_one_name_are_told_apart() -> None:
    reader = AnswerReader()
    bodies = [
        answer_xml(
            [item_answer(A, POSTING, DELIVERY), item_answer(B, event(f"2{day}-02-2026 10:00", Texts("Seen")))]
        )
        .replace(b"result>", b"o:item>")
        .replace(b"event>", b"o:item>")
        .replace(b"<answer>", b'<answer xmlns:o="urn:o">')
        for day in (1, 2)
    ]
    assert [reader.read(body) for body in bodies] == [parse_answer(body) for body in bodies]
    assert reader.read(bodies[0], "", lambda number, fingerprint: True).unread == (A, B)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<result>", b"<result id='1'>"),
        (b"Item posted.", b"Item &amp; posted."),
        (b"Item posted.", b"Item<!-- --> posted."),
        (b"Item posted.", b"<![CDATA[Item posted.]]>"),
        (b"<event>", b"<event><status>1003</status>"),
        (b"</result>", b"<status>1003</status></result>"),
        (b"</result>", b"</result><event><eventMsg_e>Lost</eventMsg_e></event>"),
        (b"</answer>", b""),
        (b"Item posted.", b"\xff"),
        (b"<itemNo>RB123456785HK</itemNo>", b"<itemNo>RB000000010HK</itemNo>"),
    ],
)
def test_what_is_written_otherwise_is_read_in_general(old: bytes, new: bytes) -> None:
    reader = AnswerReader()
    body = answer_xml([item_answer(A, POSTING), item_answer(B, POSTING, ARRIVAL)])
    reader.read(body)
    other = body.replace(old, new, 1)
    assert other != body
    assert alike(reader, other) == general(other)
