"""Answers that are cut off, spoilt or contradict themselves never crash the load and never close an item."""

import itertools
from collections.abc import Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from hkpost.warehouse.items.terminal import mark_terminal
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED_MILESTONE,
    DELIVERY,
    IN_TRANSIT,
    POSTING,
    LoadedWarehouse,
    answer_xml,
    item_answer,
)

_numbers = itertools.count(1)

CLOSING = (
    b"<i><status>1003</status><milestone_e>Delivered</milestone_e>"
    b"<event><eventMsg_e>Delivered.</eventMsg_e></event></i>"
)


def cut(body: bytes, random: Random) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def spoil(body: bytes, random: Random) -> bytes:
    start = random.randrange(len(body) + 1)
    return body[:start] + random.randbytes(random.randrange(4)) + body[start + random.randrange(9) :]


def lose(body: bytes, random: Random) -> bytes:
    """Without one element and all in it."""
    return _changed(body, random, lambda element: _parent(element).remove(element))


def double(body: bytes, random: Random) -> bytes:
    """With one element twice."""
    return _changed(body, random, lambda element: element.addnext(etree.fromstring(etree.tostring(element))))


def contradict(body: bytes, random: Random) -> bytes:
    """With another verdict beside one of the fields of an item."""
    field = etree.fromstring(
        random.choice((b"<status>1003</status>", b"<milestone_e>Delivered</milestone_e>"))
    )
    return _changed(body, random, lambda element: element.addprevious(field), field.tag, "result")


def orphan(body: bytes, random: Random) -> bytes:
    """With a closing result that does not say of which item it is."""
    return _changed(body, random, lambda element: element.addnext(etree.fromstring(CLOSING)), "result")


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def _changed(
    body: bytes, random: Random, change: Callable[[etree._Element], object], tag: str = "*", below: str = "*"
) -> bytes:
    try:
        root = etree.fromstring(body)
    except etree.XMLSyntaxError:
        return body
    elements = [element for element in root.iter(tag) if element.getparent() is not None]
    elements = [element for element in elements if below in ("*", _parent(element).tag)]
    if elements:
        change(random.choice(elements))
    return etree.tostring(root)


SPOILS = st.lists(st.sampled_from((cut, spoil, lose, double, contradict, orphan)), min_size=1, max_size=3)


@given(st.lists(st.tuples(SPOILS, st.integers(0, 2**32)), min_size=15, max_size=15))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_spoilt_answer_closes_an_item_or_stops_the_load(
    warehouse: LoadedWarehouse, cases: list[tuple[list[Callable[[bytes, Random], bytes]], int]]
) -> None:
    for spoils, seed in cases:
        random = Random(seed)
        travelling, silent, foreign, gone = (f"RB{next(_numbers):09d}HK" for _ in range(4))
        body = answer_xml(
            [
                item_answer(travelling, POSTING, ARRIVAL, milestone=IN_TRANSIT),
                item_answer(foreign, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE),
                item_answer(silent, milestone=IN_TRANSIT),
                item_answer(gone, status=1003),
            ]
        )
        # A contradiction comes last: with the true field lost after it, it would be the answer.
        for one in sorted(spoils, key=lambda spoil: spoil is contradict):
            body = one(body, random)
        warehouse.register(travelling, silent)
        warehouse.archive([travelling, silent], body)
    assert warehouse.load().answers == len(cases)
    mark_terminal(warehouse.engine)
    assert warehouse.rows("SELECT item_no, state, close_reason FROM hkpost.mail_item WHERE NOT is_open") == []
    assert warehouse.rows("SELECT call_id FROM hkpost.raw_response WHERE loaded_at IS NULL") == []
