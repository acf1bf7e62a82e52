"""Whatever a service answers about an item, one answer after another: what its known events are."""

import random

from histories import (
    ITEM,
    KnownFact,
    Story,
    Told,
    assert_complete,
    assert_current,
    known_fact,
    shuffled,
    stories,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hkpost.normalise.happening import Happening, moment
from hkpost.normalise.reconcile import KnownEvent, reconcile
from hkpost.normalise.times import local_time
from hkpost.normalise.wordings import UNCLASSIFIED, wording_ledger


def laid(known: list[KnownEvent], told: Told) -> list[KnownEvent]:
    """The item's events after one more answer."""
    ledger = wording_ledger()
    reported = [
        Happening(
            moment(local_time(event.event_date_time), event.event_date_time),
            event.location_code,
            event.location,
            event.message,
            ledger.event(event.message).event_type.replace(UNCLASSIFIED, ""),
        )
        for event in told.answer.events
    ]
    decided = reconcile(known, reported, item_no=ITEM)
    after = {event.event_key: event for event in known}
    for key in decided.retracted:
        after[key] = KnownEvent(key, after[key].happening, after[key].report_no, retracted=True)
    for event in decided.events:
        report_no = event.known.report_no if event.known else event.report_no
        after[event.event_key] = KnownEvent(event.event_key, event.happening, report_no)
    return list(after.values())


def facts(known: list[KnownEvent]) -> list[KnownFact]:
    return [
        known_fact(
            event.event_key,
            event.happening.when,
            event.happening.location_code,
            event.happening.location,
            event.happening.message,
            is_current=not event.retracted,
        )
        for event in known
    ]


@settings(max_examples=6000)
@given(stories())
def test_property_the_facts_after_each_answer(story: Story) -> None:
    known: list[KnownEvent] = []
    for place, told in enumerate(story.answers):
        before = known
        known = laid(known, told)
        assert {event.event_key: event.happening.when for event in before}.items() <= {
            event.event_key: event.happening.when for event in known
        }.items(), "a key stays, and so does its minute"
        assert len({event.event_key for event in known}) == len(known)
        if not told.is_good:
            assert facts(known) == facts(before), "errors and empty answers take away nothing"
            continue
        assert_current(told, facts(known))
        assert sorted(facts(laid(known, told))) == sorted(facts(known)), "an answer repeated adds nothing"
        if story.is_decidable:
            assert_complete(story, story.answers[: place + 1], facts(known))


@settings(max_examples=8000)
@given(stories(), st.randoms(use_true_random=False))
def test_property_no_more_facts_than_events_were_told(story: Story, chance: random.Random) -> None:
    """Where no wording is corrected: no event is known twice, in whatever order and language it is told."""
    known: list[KnownEvent] = []
    told_of: set[int] = set()
    for told in story.answers:
        if told.is_corrected:
            return
        known = laid(known, shuffled(told, chance))
        told_of.update(told.numbers)
        assert len(known) <= len(told_of)
