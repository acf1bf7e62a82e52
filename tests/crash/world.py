"""What the killed runs ask about: a few items in whose answers everything happens, in three generations.

The first two generations are loaded before anything is killed; the third is what the killed run is about.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tests.helpers.scripted_service import Items, Reply, code, envelope, item

Event = tuple[str, str, str]

POSTED = ("20-02-2026 09:30", "HK", "Item posted.")
LEFT = ("21-02-2026 22:10", "HK", "The item left Hong Kong for its destination on 22-Feb-2026")
ARRIVED = ("25-02-2026 18:00", "US", "Arrived and is being processed.")
ATTEMPTED = ("26-02-2026 10:00", "US", "Unsuccessful Delivery")
DELIVERED = ("27-02-2026 11:00", "US", "Delivered.")
UNHEARD_OF = ("26-02-2026 08:00", "US", "The item waits for its twin.")
UNREADABLE = ("soon", "US", "In transit.")

AT_ONCE = 6
"""The service of this world takes no more items in a request (9995)."""
CULPRIT = "RB000000001HK"
"""The item that makes a whole request invalid input (9998)."""

MOVING = "RB000000002HK"
RETRACTED = "RB000000003HK"
BACK_AGAIN = "RB000000004HK"
UNCHANGED = "RB000000005HK"
REOPENED = "RB000000006HK"
CONFIRMED = "RB000000007HK"
NEW_WORDING = "RB000000008HK"
NO_DATE = "RB000000009HK"
UNKNOWN = "RB000000010HK"
LONG_UNKNOWN = "RB000000011HK"
EXPIRED = "RB000000012HK"
NEWCOMER = "RB000000013HK"
URGENT = "RB000000014HK"
MALFORMED = "NOT A NUMBER AT ALL"
PASTED = f"{CONFIRMED} {MOVING} {URGENT} RB12345678*HK"
"""What a person pastes: an item that is delivered, one under way, one that is unknown yet, and no number."""
REFUSED_ACCOUNT = "hkpost_b"
"""Another account, whose latest request the service refused: there is an alert about it."""

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
OF_LATE, LONG_AGO = ((TODAY - timedelta(days=days)).isoformat() for days in (5, 500))
SHIPMENTS = [
    (CULPRIT, OF_LATE, 9),
    *((number, OF_LATE, 5) for number in (MOVING, RETRACTED, BACK_AGAIN, UNCHANGED, REOPENED, CONFIRMED)),
    *((number, OF_LATE, 1) for number in (NEW_WORDING, NO_DATE, UNKNOWN, EXPIRED)),
    (LONG_UNKNOWN, LONG_AGO, 1),
]
NEW_SHIPMENTS = [(NEWCOMER, OF_LATE, 0), (MALFORMED, OF_LATE, 0)]

Answers = Mapping[str, tuple[int, tuple[Event, ...], str]]
"""What is answered about each item: its status, its events, its milestone."""

_FIRST: Answers = {
    MOVING: (0, (POSTED,), ""),
    RETRACTED: (0, (POSTED, LEFT), ""),
    BACK_AGAIN: (0, (POSTED, ARRIVED), ""),
    UNCHANGED: (0, (POSTED, LEFT), ""),
    REOPENED: (0, (POSTED, DELIVERED), "Delivered"),
    CONFIRMED: (0, (POSTED, DELIVERED), "Delivered"),
    NEW_WORDING: (0, (POSTED,), ""),
    NO_DATE: (0, (POSTED,), ""),
    UNKNOWN: (1001, (), ""),
    LONG_UNKNOWN: (0, (POSTED,), ""),
    EXPIRED: (0, (POSTED,), ""),
}
_SECOND: Answers = {**_FIRST, BACK_AGAIN: (0, (POSTED,), "")}
_THIRD: Answers = {
    **_SECOND,
    MOVING: (0, (POSTED, LEFT, ARRIVED, DELIVERED), "Delivered"),
    RETRACTED: (0, (POSTED,), ""),
    BACK_AGAIN: (0, (POSTED, ARRIVED), ""),
    REOPENED: (0, (POSTED, ATTEMPTED), ""),
    NEW_WORDING: (0, (POSTED, UNHEARD_OF), ""),
    NO_DATE: (0, (POSTED, UNREADABLE), ""),
    LONG_UNKNOWN: (1001, (), ""),
    EXPIRED: (1003, (), ""),
    NEWCOMER: (0, (POSTED, LEFT), ""),
    URGENT: (0, (POSTED,), ""),
}
GENERATIONS = (_FIRST, _SECOND, _THIRD)


class World:
    """The script of a service that knows these items; `generation` is what it answers now."""

    def __init__(self, generation: int) -> None:
        self.generation = generation

    def __call__(self, items: Items) -> Reply:
        if len(items) > AT_ONCE:
            return code(9995)
        if CULPRIT in items:
            return code(9998)
        answers = GENERATIONS[self.generation]
        results = (
            item(number, answers[number][0], *answers[number][1], milestone=answers[number][2])
            for number in items
        )
        return Reply(envelope("".join(results)))
