"""The fold: an answer laid upon a history, and an archive laid upon nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings

from hkpost.ecship.rows import Answer, ItemAnswer
from hkpost.history.fold import Answered, Changes, History, Rules, StateChange, apply
from hkpost.history.item import Item
from hkpost.history.item_result import ItemResult, ResultKind, match_items
from hkpost.history.merge import merge
from hkpost.history.normaliser import Normaliser
from hkpost.history.polling import PollPolicy
from hkpost.history.rebuild import ArchivedAnswer, Record, RecordedChange, RecordedState, rebuild
from hkpost.history.wordings import wording_ledger
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED_MILESTONE,
    DELIVERY,
    IN_TRANSIT,
    POSTING,
    item_answer,
)
from tests.helpers.histories import ITEM, Story, stories
from tests.helpers.observations import T0

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = Rules(
    Normaliser(wording_ledger()),
    {state: PollPolicy(6 * HOUR, 0.1, 4 * DAY) for state in ("registered", "in_transit", "accepted")},
)
NEW = History(Item(ITEM, "hkpost_default", T0 - DAY, "registered"))


def answered(number: int, answer: ItemAnswer) -> Answered:
    """The item's part of the answer to a request, an hour after the one before."""
    result = match_items((ITEM,), Answer(0, "0", items=(answer,))).results[ITEM]
    return Answered(number, T0 + number * HOUR, result)


def fold(*answers: ItemAnswer, history: History = NEW) -> tuple[History, list[Changes]]:
    """The history after some answers, one after another."""
    changes = []
    for number, answer in enumerate(answers, 1):
        history, changed = apply(history, answered(number, answer), RULES)
        changes.append(changed)
    return history, changes


def test_an_answer_gives_events_a_state_and_the_time_of_the_next_question() -> None:
    history, [changes] = fold(item_answer(ITEM, ARRIVAL, POSTING, milestone=IN_TRANSIT))
    events = sorted(history.events.values(), key=lambda event: event.sequence_no or 0)
    assert [(event.event_type, event.sequence_no) for event in events] == [("EMA", 1), ("EMD", 2)]
    assert changes.state == StateChange(ITEM, "registered", "in_transit", "answer", 1)
    assert [change.change for change in changes.events] == ["appeared", "appeared"]
    item = history.item
    assert (item.state, item.event_count, item.poll_count) == ("in_transit", 2, 1)
    assert item.next_poll_at == T0 + 7 * HOUR


def test_the_history_that_went_in_is_as_it_was() -> None:
    before, _ = fold(item_answer(ITEM, POSTING))
    item, events = before.item.copy(), dict(before.events)
    fold(item_answer(ITEM, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE), history=before)
    assert (before.item, before.events) == (item, events)


def test_an_answer_that_reads_as_the_one_before_only_moves_the_next_question() -> None:
    answer = item_answer(ITEM, POSTING, ARRIVAL)
    once, _ = fold(answer)
    twice, [_, changes] = fold(answer, answer)
    assert changes == Changes()
    assert twice.events == once.events
    assert (
        replace(
            twice.item,
            poll_count=1,
            last_polled_at=once.item.last_polled_at,
            last_answered_at=once.item.last_answered_at,
            next_poll_at=once.item.next_poll_at,
        )
        == once.item
    )


def test_one_about_an_item_that_a_person_reopened_is_read_again() -> None:
    answer = item_answer(ITEM, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE)
    history, _ = fold(answer)
    reopened = history._replace(item=replace(history.item, state="in_transit", closed_at=T0))
    after, changes = apply(reopened, answered(2, answer), RULES)
    assert (after.item.state, changes.state and changes.state.to_state) == ("delivered", "delivered")


def test_an_item_of_which_an_answer_says_nothing_is_due_at_once() -> None:
    before, _ = fold(item_answer(ITEM, POSTING))
    after, changes = apply(before, Answered(2, T0 + 2 * HOUR, ItemResult(ResultKind.UNANSWERED)), RULES)
    assert (changes, after.events) == (Changes(), before.events)
    assert after.item.next_poll_at == T0 + 2 * HOUR


def record(history: History, story: Sequence[Answered], changes: Sequence[Changes]) -> Record:
    """What the tables and the archive have after some answers."""
    return Record(
        history,
        [
            RecordedChange(change.event_key, change.changed_at, change.change, change.call_id)
            for changed in changes
            for change in changed.events
        ],
        [
            RecordedState(one.received_at, *changed.state[1:])
            for one, changed in zip(story, changes, strict=True)
            if changed.state
        ],
        [ArchivedAnswer(one, one.received_at, "hkpost_default") for one in story],
    )


@settings(max_examples=200)
@given(stories())
def test_property_an_archive_folded_from_nothing_is_the_history_that_was_lived(story: Story) -> None:
    answers = [one.answer for one in story.answers]
    history, changes = fold(*answers)
    lived = record(history, [answered(n, answer) for n, answer in enumerate(answers, 1)], changes)
    merged = merge(lived, rebuild(lived, RULES), RULES)
    assert (merged.history.item, merged.history.events) == (history.item, history.events)
    assert (list(merged.event_changes), list(merged.states)) == ([], [])


@settings(max_examples=200)
@given(stories())
def test_property_events_that_were_lost_come_back_under_their_keys(story: Story) -> None:
    answers = [one.answer for one in story.answers]
    history, changes = fold(*answers)
    lived = record(history, [answered(n, answer) for n, answer in enumerate(answers, 1)], changes)
    lost = lived._replace(stored=History(history.item), event_changes=[])
    merged = merge(lost, rebuild(lost, RULES), RULES)
    assert merged.history.events == history.events
    assert list(merged.event_changes) == [change for changed in changes for change in changed.events]


@settings(max_examples=200)
@given(stories())
def test_property_where_the_archive_begins_later_the_stored_history_stands(story: Story) -> None:
    """What is stored stays; of events that nothing distinguishes, what is empty in one may be filled from another, and
    the state follows that."""
    answers = [one.answer for one in story.answers]
    history, changes = fold(*answers)
    lived = record(history, [answered(n, answer) for n, answer in enumerate(answers, 1)], changes)
    for kept in range(len(answers)):
        rest = lived._replace(answers=lived.answers[len(answers) - kept :])
        merged = merge(rest, rebuild(rest, RULES), RULES)
        assert list(merged.event_changes) == []
        if merged.history.events == history.events:
            assert list(merged.states) == []
        assert {key: event.retracted_at for key, event in merged.history.events.items()} == {
            key: event.retracted_at for key, event in history.events.items()
        }
        for key, event in history.events.items():
            pairs = zip(
                event.observation.content, merged.history.events[key].observation.content, strict=True
            )
            assert all(after == before for before, after in pairs if before)
        if story.is_decidable:
            assert (merged.history.item, merged.history.events) == (history.item, history.events)
