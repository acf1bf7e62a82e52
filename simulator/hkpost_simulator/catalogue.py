"""The catalogue of mail items: numbers, orders, lanes and routes, all from one seed."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from hkpost_simulator.world_files import Lane, Texts, load_world

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
CARRIER = "HKPOST"

Kind = Literal["tracked", "unknown", "ill_formed", "expired", "not_permitted"]

_KINDS: tuple[tuple[Kind, float], ...] = (
    ("unknown", 0.010),
    ("ill_formed", 0.010),
    ("expired", 0.010),
    ("not_permitted", 0.010),
)
# (share, youngest, oldest) in days before the anchor: some new, most on their way, the rest at the end of it.
_AGES = ((0.10, 0.05, 1.6), (0.55, 1.6, 12.0), (0.35, 12.0, 60.0))
_EXPIRED_AGE = (400.0, 560.0)
_FURTHER_PIECES = 0.08  # this share of the items are another piece of the order before

_SERIALS = 10**8
_STRIDE = 48_271_003  # has no factor in common with 10**8, so that serials never repeat
_UNSTRIDE = pow(_STRIDE, -1, _SERIALS)
_NUMBER = re.compile(r"[A-Z]{2}([0-9]{8})[0-9]?HK")


@dataclass(frozen=True, slots=True)
class Item:
    """One mail item of the world; `shipped_at` (UTC) is when the sender's order left the warehouse.

    The pieces of an order share its reference, address and `shipped_at`; each goes its own way.
    """

    index: int
    item_no: str
    kind: Kind
    order_ref: str
    shipped_at: datetime
    office: Texts
    lane: Lane
    city: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shipment:
    """A row of a sender's own table of shipments; `destination` is an ISO alpha-2 country code."""

    order_ref: str
    carrier: str
    item_no: str
    shipped_at: datetime
    destination: str
    city: str


class Catalogue:
    """`count` items made from a seed, each on demand: item and number give each other without a table.

    Args:
        seed: the same seed gives the same items.
        count: how many, up to 10**8.
        anchor: the instant that ages count back from; the default is `today()`.
    """

    def __init__(self, seed: int, count: int, anchor: datetime | None = None) -> None:
        if not 0 <= count <= _SERIALS:
            raise ValueError(f"a catalogue holds 0 to {_SERIALS} items, not {count}")
        self.seed = seed
        self.count = count
        self.anchor = (anchor or today()).astimezone(UTC)
        self._offset = random.Random(f"{seed}/numbers").randrange(_SERIALS)  # noqa: S311
        self._item = lru_cache(maxsize=100_000)(self._make)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Item]:
        return (self._item(index) for index in range(self.count))

    def find(self, item_no: str) -> Item | None:
        """Return the item of that number, or None when the catalogue has none."""
        match = _NUMBER.fullmatch(item_no)
        if not match:
            return None
        index = (int(match[1]) - self._offset) * _UNSTRIDE % _SERIALS
        if index >= self.count:
            return None
        item = self._item(index)
        return item if item.item_no == item_no else None

    def _make(self, index: int) -> Item:
        world = load_world()
        dice = random.Random(f"{self.seed}/{index}")  # noqa: S311
        kind = _kind(dice.random())
        (lane,) = dice.choices(world.lanes, weights=[lane.weight for lane in world.lanes])
        first = self._first_piece(index, kind)
        lane = first.lane if first else lane
        shares = world.routes[lane.family]
        (route,) = dice.choices(shares, weights=[share for share, _ in shares])
        age = timedelta(days=dice.uniform(*_EXPIRED_AGE) if kind == "expired" else _age(dice))
        serial = f"{(index * _STRIDE + self._offset) % _SERIALS:08d}"
        # Hongkong Post, as simulated, takes a number without its check digit for an ill-formed one.
        digits = serial if kind == "ill_formed" else serial + check_digit(serial)
        item = Item(
            index=index,
            item_no=f"{dice.choice(lane.prefixes)}{digits}HK",
            kind=kind,
            order_ref=f"SO-{100_001 + index}",
            shipped_at=self.anchor - age,
            office=dice.choice(world.offices),
            lane=lane,
            city=dice.choice(lane.cities),
            segments=route[1],
        )
        if first is None:
            return item
        return replace(
            item,
            order_ref=first.order_ref,
            shipped_at=first.shipped_at,
            office=first.office,
            city=first.city,
        )

    def _first_piece(self, index: int, kind: Kind) -> Item | None:
        """Return an item of the order that this one is a further piece of; None when it has one of its own."""
        dice = random.Random(f"{self.seed}/{index}/order")  # noqa: S311
        if index == 0 or kind == "expired" or dice.random() >= _FURTHER_PIECES:
            return None
        before = self._item(index - 1)
        return None if before.kind == "expired" else before


def today() -> datetime:
    """Return the last midnight in Hong Kong."""
    return datetime.now(HONG_KONG).replace(hour=0, minute=0, second=0, microsecond=0)


def shipments(seed: int, count: int, anchor: datetime | None = None) -> Iterator[Shipment]:
    """Give the rows that a sender of the catalogue's items would have in its own table.

    A simulator started with the same seed, count and anchor answers for exactly these items.
    """
    places = load_world().places
    for item in Catalogue(seed, count, anchor):
        yield Shipment(
            order_ref=item.order_ref,
            carrier=CARRIER,
            item_no=item.item_no,
            shipped_at=item.shipped_at,
            destination=places[item.lane.destination].iso,
            city=item.city,
        )


def check_digit(serial: str) -> str:
    """Return the check digit of eight digits (UPU S10)."""
    remainder = sum(int(d) * w for d, w in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {0: "5", 1: "0"}.get(remainder, str(11 - remainder))


def _kind(draw: float) -> Kind:
    for kind, share in _KINDS:
        if draw < share:
            return kind
        draw -= share
    return "tracked"


def _age(dice: random.Random) -> float:
    (band,) = dice.choices(_AGES, weights=[share for share, _, _ in _AGES])
    return dice.uniform(*band[1:])
