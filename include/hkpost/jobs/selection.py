"""Which items a replay goes over, and which of their answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import zip_longest

from sqlalchemy import Engine

from hkpost.ecship.pasted_numbers import pasted_numbers
from hkpost.warehouse.statements import statement

ITEMS_PER_BUCKET = 20_000


@dataclass(frozen=True, slots=True)
class Selection:
    """One bucket of a replay: the items whose numbers come behind `above`, up to `up_to` (None: to the end).

    Only answers received from `since` until `until` (both included; None: no bound) are folded again.
    `account` and `item_nos` limit the items; None and () mean all. `mark` is the instant up to which all
    answers are read out of the archive; None before that is done.
    """

    bucket: int = 0
    buckets: int = 1
    since: datetime | None = None
    until: datetime | None = None
    account: str | None = None
    item_nos: tuple[str, ...] = ()
    mark: datetime | None = None
    above: str = ""
    up_to: str | None = None

    @property
    def parameters(self) -> Mapping[str, object]:
        """For the statements that select."""
        return {**asdict(self), "item_nos": list(self.item_nos), "all_items": not self.item_nos}


def selection_of(since: str = "", until: str = "", account: str = "", item_nos: str = "") -> Selection:
    """Read what a person wrote: instants (ISO 8601, UTC where they say nothing), numbers pasted in any form.

    Raises:
        ValueError: one cannot be read; the message names it and says why.
    """
    return Selection(
        since=instant("since", since),
        until=instant("until", until),
        account=account.strip() or None,
        item_nos=_numbers(item_nos),
    )


def instant(name: str, text: str) -> datetime | None:
    """Read an instant that a person wrote; None where nothing is.

    Raises:
        ValueError: it cannot be read; the message begins with `name`.
    """
    if not text.strip():
        return None
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{name}: {text!r} is no instant; write it as 2026-03-01T00:00:00+08:00") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _numbers(text: str) -> tuple[str, ...]:
    pasted = pasted_numbers(text)
    if pasted.refused:
        refused = "; ".join(f"{piece.text!r}: {piece.reason}" for piece in pasted.refused)
        raise ValueError(f"item_nos: {refused}")
    return pasted.item_nos


def plan_buckets(engine: Engine, selection: Selection, buckets: int | None = None) -> list[Selection]:
    """Split a selection into buckets of as many items each: as many as are asked for, else one for each 20,000 items.

    Raises:
        ValueError: `buckets` is below 1.
    """
    if buckets is not None and buckets < 1:
        raise ValueError(f"a replay has at least 1 bucket, not {buckets}")
    with engine.connect() as connection:
        if buckets is None:
            count = connection.execute(statement("items/replay_count"), selection.parameters).scalar_one()
            buckets = max(1, -(-count // ITEMS_PER_BUCKET))
        found = connection.execute(
            statement("items/replay_buckets"), {**selection.parameters, "buckets": buckets}
        )
        bounds: list[str] = ["", *found.scalars()]
    # Where there are fewer items than buckets, some have none; the last one takes what is registered meanwhile.
    bounds = [*bounds, *bounds[-1:] * buckets][:buckets]
    return [
        replace(selection, bucket=bucket, buckets=buckets, above=above, up_to=up_to)
        for bucket, (above, up_to) in enumerate(zip_longest(bounds, bounds[1:]))
    ]


def selected_items(engine: Engine, selection: Selection) -> Sequence[str]:
    """The numbers of a bucket's items, in order."""
    with engine.connect() as connection:
        return connection.execute(statement("items/replay_items"), selection.parameters).scalars().all()
