"""Whatever a service answers about an item, one answer after another: what its known events are."""

import random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hkpost.history.event import Event
from hkpost.history.fold import Answered, History, Rules, apply
from hkpost.history.item import Item
from hkpost.history.item_result import ItemResult, ResultKind
from hkpost.history.normaliser import Normaliser
from hkpost.history.wordings import wording_ledger
from tests.helpers.histories import (
    ITEM,
    KnownFact,
    Reported,
    Story,
    assert_complete,
    assert_current,
    known_fact,
    shuffled,
    stories,
)
from tests.helpers.observations import T0

RULES = Rules(Normaliser(wording_ledger()), {})


def laid(known: list[Event], reported: Reported) -> list[Event]:
    """The item's events after one more answer."""
    history = History(Item(ITEM, "", None, "registered"), {event.event_key: event for event in known})
    result = ItemResult(ResultKind.ANSWERED, 0, "", reported.answer)
    after, _ = apply(history, Answered(1, T0, result), RULES)
    return list(after.events.values())


def facts(known: list[Event]) -> list[KnownFact]:
    return [
        known_fact(
            event.event_key,
            event.observation.time_key,
            event.observation.place.location_code,
            event.observation.place.location,
            event.observation.message.texts,
            is_current=event.retracted_at is None,
        )
        for event in known
    ]


@settings(max_examples=600)
@given(stories())
def test_property_the_facts_after_each_answer(story: Story) -> None:
    known: list[Event] = []
    for place, reported in enumerate(story.answers):
        before = known
        known = laid(known, reported)
        assert {event.event_key: event.observation.time_key for event in before}.items() <= {
            event.event_key: event.observation.time_key for event in known
        }.items(), "a key stays, and so does its minute"
        assert len({event.event_key for event in known}) == len(known)
        if not reported.is_good:
            assert facts(known) == facts(before), "errors and empty answers take away nothing"
            continue
        assert_current(reported, facts(known))
        assert sorted(facts(laid(known, reported))) == sorted(facts(known)), "an answer repeated adds nothing"
        if story.is_decidable:
            assert_complete(story, story.answers[: place + 1], facts(known))


@settings(max_examples=200)
@given(stories(), st.randoms(use_true_random=False))
def test_property_no_more_facts_than_events_were_told(story: Story, chance: random.Random) -> None:
    """No event is known twice, in whatever order it is reported, where no wording is corrected and no event can be
    taken for another of its minute for want of a shared language."""
    assume(story.shares_languages and not any(reported.is_corrected for reported in story.answers))
    known: list[Event] = []
    reported_of: set[int] = set()
    for reported in story.answers:
        known = laid(known, shuffled(reported, chance))
        reported_of.update(reported.numbers)
        assert len(known) <= len(reported_of)
