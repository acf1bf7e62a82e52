"""What becomes of an item once its story is told again: nothing that is known is lost, no decision overruled."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from hkpost.lifecycle.state import OPEN_STATES, delivered_at
from hkpost.normalise.happening import completed, plain
from hkpost.normalise.wordings import WordingLedger
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.content import content_hash
from hkpost.warehouse.load.events import Fact, StoredEvent
from hkpost.warehouse.load.history import EventChange
from hkpost.warehouse.load.item import Item
from hkpost.warehouse.load.update import FOLLOWS_ANSWERS, dated, state_told, summarise
from hkpost.warehouse.replay.recollection import Polled, Told
from hkpost.warehouse.replay.retelling import Retold, Story

CAUSE: Final = "replay"
"""Cause of a change of state that a replay made."""


class Settled(NamedTuple):
    """One item's events as they are from now on, and the changes that have to be noted.

    An event's fact says its key, its date, when it came and went; its texts and its time as received are to
    be normalised anew.
    """

    events: Sequence[StoredEvent]
    event_changes: Sequence[EventChange]


def settle_events(story: Story, retold: Retold) -> Settled:
    """Lay the story as it is told again upon the stored events.

    A stored event keeps its key, its date and how it first came; its texts are completed. Whether it is
    current follows the last answer, unless an answer that is no longer there came after that. What is noted
    of an event's coming and going stays; an event of which nothing is noted gets its notes.
    """
    stored = {event.fact.event_key: event for event in story.stored}
    noted = {change.event_key for change in story.event_changes}
    if not is_complete(story):
        return _settle_remembered(retold, stored, noted)
    last = _last_history(story)
    events, changes = [], []
    for key, event in stored.items():
        told = retold.events.get(key)
        settled = _completed(event, told)
        is_current = told is not None and told.fact.retracted_at is None
        if last is not None and is_current != (event.fact.retracted_at is None):
            settled = _with_status(settled, None if is_current else last.received_at)
            word = "returned" if is_current else "retracted"
            changes.append(_change(settled.fact, last.received_at, word, last.call_id))
        events.append(settled)
    events.extend(event for key, event in retold.events.items() if key not in stored)
    changes.extend(change for change in retold.event_changes if change.event_key not in noted)
    return Settled(events, changes)


def _settle_remembered(retold: Retold, stored: Mapping[str, StoredEvent], noted: Set[str]) -> Settled:
    """Where answers are missing, what they decided stands: events, their status and their texts.

    What the archive still tells fills what is empty, and brings back events that are noted and gone. Where it
    tells of others, it was laid upon texts that came later: then nothing of it is taken.
    """
    if retold.events.keys() - stored.keys() - noted:
        return Settled(list(stored.values()), [])
    events = [_filled(event, retold.events.get(key)) for key, event in stored.items()]
    events.extend(event for key, event in retold.events.items() if key not in stored)
    return Settled(events, [])


def settle_item(
    story: Story, retold: Retold, facts: Sequence[Fact], polled: Polled | None, ledger: WordingLedger
) -> Item:
    """The item as it is from now on; `facts` are all its events, normalised anew.

    It follows the story as it is told again; where an answer that is no longer there came last, what the item
    says stays, and only its state follows a wording that means something else now.
    """
    before, is_told, is_unnoted = story.item, _is_told(story), _is_unnoted(story)
    current = [fact for fact in facts if fact.retracted_at is None]
    item = replace(retold.item if is_told else before)
    is_known_delivered = item.delivered_at is not None
    if is_told:
        item.milestone = _with_languages(before.milestone, retold.item.milestone)
        item.drop_off_point = _with_languages(before.drop_off_point, retold.item.drop_off_point)
    item.content_hash = before.content_hash
    if is_unnoted:
        item.state = before.state
    elif is_told:
        unknown = not story.state_changes and retold.item.state == "registered"
        item.state = before.state if unknown else retold.item.state
        item.content_hash = None if retold.is_anew else content_hash(story.tellings[-1].answer, ledger.digest)
    else:
        item.state = _remembered_state(story, current, ledger)
    summarise(item, current)
    if item.state == before.state:
        if item.state == "delivered" and not is_known_delivered:
            item.delivered_at = None  # a person said so, no event
        elif item.state != "delivered" and before.delivered_at is not None:
            # A person opened it again: the delivery is known until an answer says otherwise.
            item.delivered_at = delivered_at(dated(current))
    item.closed_at, item.close_reason = before.closed_at, before.close_reason
    if item.state != before.state:
        item.closed_at = item.close_reason = None
        item.is_open = item.state in OPEN_STATES
    item.last_changed_at = before.last_changed_at or retold.item.last_changed_at
    if before.last_polled_at is None and polled is not None:
        _remember_polls(item, polled)
    return item


def state_rows(story: Story, retold: Retold, item: Item) -> Iterator[tuple[object, ...]]:
    """The rows of `item_state_change` that are missing; no time means now.

    What is noted stays: only an item of which nothing is noted gets the changes that its answers made.
    """
    if not story.state_changes and retold.state_changes:
        for at, change in retold.state_changes:
            yield (change.item_no, at, *change[1:])
    elif item.state != story.item.state:
        call_id = story.tellings[-1].call_id if story.tellings else None
        yield item.item_no, None, story.item.state, item.state, CAUSE, call_id


def _with_languages(stored: Texts, told: Texts) -> Texts:
    """The told text; in a language that it leaves out, the stored one, where a shared language says the same.

    An answer that is no longer there may have told it in more languages.
    """
    if not any(told):
        return stored
    is_same = any(old and plain(old) == plain(new) for old, new in zip(stored, told, strict=True))
    return Texts(*(new or old for old, new in zip(stored, told, strict=True))) if is_same else told


def _completed(stored: StoredEvent, told: StoredEvent | None) -> StoredEvent:
    """The stored event with what the story as it is told again adds or corrects."""
    if told is None or told is stored:
        return stored
    fact = stored.fact._replace(
        event_time_text=stored.fact.event_time_text or told.fact.event_time_text,
        event_code=told.fact.event_code or stored.fact.event_code,
    )
    known, again = stored.known.happening, told.known.happening
    if known != again:
        known = completed(known, again)
    return StoredEvent(fact, replace(stored.known, happening=known))


def _filled(stored: StoredEvent, told: StoredEvent | None) -> StoredEvent:
    """The stored event; what is empty in it is as told."""
    if told is None or told is stored:
        return stored
    known, again = stored.known.happening, told.known.happening
    happening = replace(completed(again, known), when=known.when, event_type=known.event_type)
    return StoredEvent(stored.fact, replace(stored.known, happening=happening))


def is_complete(story: Story) -> bool:
    """Whether every answer that made the item's events can be laid again."""
    laid = {told.call_id for told in story.tellings}
    return story.is_complete and all(event.fact.call_id in laid for event in story.stored)


def _last_history(story: Story) -> Told | None:
    """The last answer that says which events are current; None when a later one is not there any more."""
    if not _is_told(story):
        return None
    return next((told for told in reversed(story.tellings) if told.answer.events), None)


def _is_told(story: Story) -> bool:
    """Whether the archive has the item's last good answer."""
    known = story.item.last_answered_at
    return bool(story.tellings) and (known is None or story.tellings[-1].received_at >= known)


def _is_unnoted(story: Story) -> bool:
    """Whether somebody set the item's state and the pipeline has not noted it yet: it is theirs."""
    item = story.item
    if item.is_open and item.closed_at is not None:
        return True
    if story.state_changes:
        return story.state_changes[-1].to_state != item.state
    return item.state not in FOLLOWS_ANSWERS


def _remembered_state(story: Story, current: Sequence[Fact], ledger: WordingLedger) -> str:
    """The state where no answer can be laid again: it follows wordings that mean something else now."""
    item = story.item
    decided = story.state_changes and story.state_changes[-1].cause not in ("answer", CAUSE)
    if decided or item.state not in FOLLOWS_ANSWERS:
        return item.state
    were = {event.fact.event_key: event.fact for event in story.stored if event.fact.retracted_at is None}
    is_remapped = any(fact.event_type != were[fact.event_key].event_type for fact in current)
    told_at = item.last_polled_at
    if not is_remapped and state_told(item, None, list(were.values()), told_at) != item.state:
        return item.state
    milestone = ledger.milestone(item.milestone).event_type
    return state_told(item, milestone, current, told_at) or item.state


def _remember_polls(item: Item, polled: Polled) -> None:
    """An item that has lost how it was asked about (restored from the business's table, say) gets it back."""
    item.poll_count = max(item.poll_count, polled.count)
    item.last_polled_at = polled.last_at
    item.last_answered_at = item.last_answered_at or polled.answered_at
    if polled.verdict is not None and polled.verdict.code is not None:
        item.api_status, item.api_message = int(polled.verdict.code), polled.verdict.message or None


def _with_status(event: StoredEvent, retracted_at: datetime | None) -> StoredEvent:
    return event._replace(fact=event.fact._replace(retracted_at=retracted_at))


def _change(fact: Fact, at: datetime, word: str, call_id: int) -> EventChange:
    return EventChange(fact.item_no, fact.event_key, fact.event_date, at, word, call_id)
