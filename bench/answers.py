"""The answer that every benchmark shares: 30 items of 8 events each, in three languages, as the simulator writes it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import cycle, islice

from hkpost_simulator.answer_xml import Answer, write_answer
from hkpost_simulator.catalogue import Catalogue, check_digit
from hkpost_simulator.truth import ItemTruth
from hkpost_simulator.world import World
from hkpost_simulator.world_files import Texts

ITEMS = 30
EVENTS = 8
_NUMBER = re.compile(rb"[A-Z]{2}[0-9]{9}HK")


def item_number(serial: int) -> str:
    """A well-formed item number (UPU S10) with that serial, up to 99,999,999; no number of the simulator's."""
    digits = f"{serial:08d}"
    return f"RY{digits}{check_digit(digits)}HK"


@cache
def histories() -> tuple[ItemTruth, ...]:
    """Thirty delivered items of the simulator's, cut or filled to eight events each."""
    anchor = datetime(2026, 3, 1, tzinfo=UTC)
    world = World(Catalogue(seed=7, count=2_000, anchor=anchor))
    truths = (world.truth(item.item_no, anchor) for item in world.catalogue if item.kind == "tracked")
    long_enough = (truth for truth in truths if truth.state == "delivered" and len(truth.events) >= EVENTS)
    return tuple(replace(truth, events=truth.events[:EVENTS]) for truth in islice(long_enough, ITEMS))


def answer_about(item_nos: Sequence[str], events: int | Sequence[int] = EVENTS) -> bytes:
    """An answer about these items: the histories in turn, under the items' own numbers.

    `events` below 8, of all items or of each, leaves the newest ones out, which the service gives first.
    """
    each = [events] * len(item_nos) if isinstance(events, int) else events
    items = [
        _under(truth, item_no, count)
        for item_no, truth, count in zip(item_nos, cycle(histories()), each, strict=False)
    ]
    return write_answer(Answer(0, items, len(items)), "A")


def _under(truth: ItemTruth, item_no: str, events: int) -> ItemTruth:
    """A history under another number, in its messages too."""
    parts = [
        replace(event, message=Texts(*(text.replace(truth.item_no, item_no) for text in event.message)))
        for event in truth.events[EVENTS - events :]
    ]
    return replace(truth, item_no=item_no, events=tuple(parts))


def numbers_in(request: bytes) -> list[bytes]:
    """The item numbers of a request, in their order."""
    return _NUMBER.findall(request)


class AnswerMould:
    """Casts answers quickly: everything but the numbers is ready."""

    def __init__(self) -> None:
        numbers = [item_number(serial) for serial in range(ITEMS)]
        self._parts = _NUMBER.split(answer_about(numbers))
        places = {number.encode(): place for place, number in enumerate(numbers)}
        self._places = [places[number] for number in numbers_in(answer_about(numbers))]

    def cast(self, item_nos: Sequence[bytes]) -> bytes:
        """The answer about exactly 30 items."""
        parts = [self._parts[0]]
        for place, part in zip(self._places, self._parts[1:], strict=True):
            parts += (item_nos[place], part)
        return b"".join(parts)
