"""A rebuilt history merged with the stored one: nothing that is known is lost, no decision overruled."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Final, NamedTuple

from hkpost.ecship.rows import Texts
from hkpost.enums import Change
from hkpost.history.event import Event, EventChange, current_events
from hkpost.history.fold import (
    History,
    Rules,
    StateChange,
    in_sequence,
    reported_state,
    summarise,
    was_reopened,
)
from hkpost.history.item import Item
from hkpost.history.normaliser import Normaliser
from hkpost.history.observation import Observation, comparison_key
from hkpost.history.rebuild import ArchivedAnswer, ArchivedReject, Rebuilt, Record
from hkpost.history.state import delivered_at, is_changed_by_any_answer, is_open

CAUSE: Final = "replay"
"""Cause of a change of state that a replay made."""


class Merged(NamedTuple):
    """The history as it is from now on, and what is to be noted; a change of state without a time is made now."""

    history: History
    event_changes: Sequence[EventChange]
    states: Sequence[tuple[datetime | None, StateChange]]
    rejects: Sequence[ArchivedReject]


def merge(record: Record, rebuilt: Rebuilt, rules: Rules) -> Merged:
    """Merge what the archive gives with what is stored.

    All texts and times are normalised again, by the rules as they are now.
    """
    polled = rebuilt.history.item
    if not record.reports:
        rebuilt = Rebuilt(record.stored, (), (), ())
    events, changes = _merge_events(record, rebuilt, rules.normaliser)
    events = in_sequence(
        {k: e._replace(observation=rules.normaliser.renew(e.observation)) for k, e in events.items()}
    )
    item = _merge_item(record, rebuilt, events, rules)
    if record.answers and record.stored.item.last_polled_at is None:
        _restore_polls(item, polled)
    # An incomplete archive is folded upon texts that came later: its trouble may be of our own making.
    rejects = rebuilt.rejects if _is_complete(record) else ()
    return Merged(History(item, events), changes, list(_states(record, rebuilt, item)), rejects)


def _merge_events(
    record: Record, rebuilt: Rebuilt, normaliser: Normaliser
) -> tuple[dict[str, Event], list[EventChange]]:
    """The stored events with what the archive says of them.

    A stored event keeps its key, its date and how it first came; its texts are completed. Whether it is
    current follows the last answer, unless an answer that is no longer there came after that. What is noted
    of an event's coming and going stays; an event of which nothing is noted gets its notes.
    """
    stored, found = record.stored.events, rebuilt.history.events
    noted = {change.event_key for change in record.event_changes}
    if not _is_complete(record):
        return _fill_events(stored, found, noted, normaliser), []
    last = _last_history(record)
    events: dict[str, Event] = {}
    changes: list[EventChange] = []
    for key, event in stored.items():
        again = found.get(key)
        if again is not None:
            event = event._replace(observation=normaliser.merge(event.observation, again.observation))
        is_current = again is not None and again.retracted_at is None
        if last is not None and is_current != (event.retracted_at is None):
            at, call_id = last.answered.received_at, last.answered.call_id
            event = event._replace(retracted_at=None if is_current else at)
            word = Change.RETURNED if is_current else Change.RETRACTED
            item_no = record.stored.item.item_no
            changes.append(EventChange(item_no, key, event.event_date, at, word, call_id))
        events[key] = event
    events.update((key, event) for key, event in found.items() if key not in stored)
    changes += [change for change in rebuilt.event_changes if change.event_key not in noted]
    return events, changes


def _fill_events(
    stored: Mapping[str, Event], found: Mapping[str, Event], noted: Set[str], normaliser: Normaliser
) -> dict[str, Event]:
    """Where answers are missing, what they decided stands: events, their status and their texts.

    What the archive still says fills what is empty, and brings back events that are noted and gone. Where it
    says others, it was folded upon texts that came later: then nothing of it is taken.
    """
    if found.keys() - stored.keys() - noted:
        return dict(stored)
    events = {
        key: event._replace(observation=_filled(event.observation, found[key].observation, normaliser))
        if key in found
        else event
        for key, event in stored.items()
    }
    return events | {key: event for key, event in found.items() if key not in stored}


def _filled(stored: Observation, found: Observation, normaliser: Normaliser) -> Observation:
    """The stored observation; what is empty in it is as found."""
    merged = normaliser.merge(found, stored)
    return merged._replace(time_text=stored.time_text, code=stored.code)


def _merge_item(record: Record, rebuilt: Rebuilt, events: Mapping[str, Event], rules: Rules) -> Item:
    """The item as it is from now on.

    It follows the archive; where an answer that is no longer there came last, what the item says stays, and
    only its state follows a wording that means something else now.
    """
    before, again = record.stored.item, rebuilt.history.item
    is_reported, current = _has_last_report(record), current_events(events.values())
    observed = [event.observation for event in current]
    item = (again if is_reported else before).copy()
    _keep_polls(item, before)
    is_known_delivered = item.delivered_at is not None
    if is_reported:
        item.milestone = _with_languages(before.milestone, again.milestone)
        item.drop_off_point = _with_languages(before.drop_off_point, again.drop_off_point)
    item.content_hash = before.content_hash
    if _is_unnoted(record):
        item.state = before.state
    elif is_reported:
        unknown = not record.state_changes and again.state == "registered"
        item.state = before.state if unknown else again.state
        item.content_hash = again.content_hash
    else:
        item.state = _remembered_state(record, current, rules)
    summarise(item, observed)
    if item.state == before.state:
        if item.state == "delivered" and not is_known_delivered:
            item.delivered_at = None  # a person said so, no event
        elif item.state != "delivered" and before.delivered_at is not None:
            # A person opened it again: the delivery is known until an answer says otherwise.
            item.delivered_at = delivered_at(observed)
    item.closed_at, item.close_reason = before.closed_at, before.close_reason
    if item.state != before.state:
        item.closed_at = item.close_reason = None
        if not (is_open(item.state) and is_open(before.state)):
            # Opened, it is due at once; closed, it is not asked about any more.
            item.next_poll_at = None
    item.last_changed_at = before.last_changed_at or again.last_changed_at
    return item


def _keep_polls(item: Item, before: Item) -> None:
    item.poll_count, item.last_polled_at = before.poll_count, before.last_polled_at
    item.last_answered_at = before.last_answered_at
    item.api_status, item.api_message = before.api_status, before.api_message
    item.next_poll_at, item.pending_call_id = before.next_poll_at, before.pending_call_id


def _restore_polls(item: Item, polled: Item) -> None:
    """Give an item that has lost how it was asked about (restored from the business's table, say) what the
    archive has of that."""
    item.poll_count = max(item.poll_count, polled.poll_count)
    item.last_polled_at = polled.last_polled_at
    item.last_answered_at = item.last_answered_at or polled.last_answered_at
    item.api_status, item.api_message = polled.api_status, polled.api_message


def _states(record: Record, rebuilt: Rebuilt, item: Item) -> Iterator[tuple[datetime | None, StateChange]]:
    """The changes of state that are to be noted.

    What is noted stays: only an item of which nothing is noted gets the changes that its answers made.
    """
    before = record.stored.item
    if not record.state_changes and rebuilt.states:
        yield from rebuilt.states
    elif item.state != before.state:
        call_id = record.reports[-1].answered.call_id if record.reports else None
        yield None, StateChange(item.item_no, before.state, item.state, CAUSE, call_id)


def _with_languages(stored: Texts, found: Texts) -> Texts:
    """The found text; in a language that it leaves out, the stored one, where a shared language says the same.

    An answer that is no longer there may have given it in more languages.
    """
    if not any(found):
        return stored
    pairs = list(zip(stored, found, strict=True))
    is_same = any(old and comparison_key(old) == comparison_key(new) for old, new in pairs)
    return Texts(*(new or old for old, new in pairs)) if is_same else found


def _is_complete(record: Record) -> bool:
    """Whether every answer that made the item's events is there."""
    readable = sum(not one.is_damaged for one in record.answers)
    reports = {one.answered.call_id for one in record.reports}
    return readable >= record.stored.item.poll_count and all(
        event.call_id in reports for event in record.stored.events.values()
    )


def _last_history(record: Record) -> ArchivedAnswer | None:
    """The last answer that says which events are current; None when a later one is not there any more."""
    if not _has_last_report(record):
        return None
    with_events = (one for one in reversed(record.reports) if (a := one.answered.result.answer) and a.events)
    return next(with_events, None)


def _has_last_report(record: Record) -> bool:
    """Whether the archive has the item's last good answer."""
    known, reports = record.stored.item.last_answered_at, record.reports
    return bool(reports) and (known is None or reports[-1].answered.received_at >= known)


def _is_unnoted(record: Record) -> bool:
    """Whether somebody set the item's state and the pipeline has not noted it yet: it is theirs."""
    item = record.stored.item
    if was_reopened(item):
        return True
    if record.state_changes:
        return record.state_changes[-1].to_state != item.state
    return not is_changed_by_any_answer(item.state)


def _remembered_state(record: Record, current: Sequence[Event], rules: Rules) -> str:
    """The state where no answer can be folded again: it follows wordings that mean something else now."""
    item = record.stored.item
    decided = record.state_changes and record.state_changes[-1].cause not in ("answer", CAUSE)
    if decided or not is_changed_by_any_answer(item.state):
        return item.state
    were = {e.event_key: e for e in record.stored.events.values() if e.retracted_at is None}
    is_remapped = any(event.event_type != were[event.event_key].event_type for event in current)
    observed_then = [event.observation for event in were.values()]
    if not is_remapped and reported_state(item, None, observed_then, item.last_polled_at) != item.state:
        return item.state
    milestone = rules.normaliser.ledger.milestone(item.milestone).event_type
    observed_now = [event.observation for event in current]
    return reported_state(item, milestone, observed_now, item.last_polled_at) or item.state
