"""One row of `mail_item` while an answer is laid upon it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import Connection

from hkpost.parse.rows import Texts
from hkpost.warehouse.load.stage import copy_rows
from hkpost.warehouse.statements import statement


@dataclass(slots=True)
class Item:
    """The columns of `mail_item` that loading reads or sets; the table's comments say what each is."""

    item_no: str
    account: str
    registered_at: datetime | None
    state: str
    is_open: bool
    closed_at: datetime | None
    close_reason: str | None
    api_status: int | None
    api_message: str | None
    milestone_code: str | None
    milestone_e: str | None
    milestone_c: str | None
    milestone_s: str | None
    posted_at_local: datetime | None
    drop_off_point_e: str | None
    drop_off_point_c: str | None
    drop_off_point_s: str | None
    origin_country: str | None
    origin_iso: str | None
    destination_country: str | None
    destination_iso: str | None
    first_event_at: datetime | None
    last_event_at: datetime | None
    event_count: int
    delivered_at: datetime | None
    last_polled_at: datetime | None
    last_answered_at: datetime | None
    last_changed_at: datetime | None
    poll_count: int
    content_hash: str | None
    next_poll_at: datetime | None = None
    """Set anew by every answer; the old one (infinity while an answer waits) is not read."""

    @property
    def milestone(self) -> Texts:
        """The milestone's texts, '' where there is none."""
        return Texts(self.milestone_e or "", self.milestone_c or "", self.milestone_s or "")

    @milestone.setter
    def milestone(self, texts: Texts) -> None:
        self.milestone_e, self.milestone_c, self.milestone_s = (text or None for text in texts)

    @property
    def drop_off_point(self) -> Texts:
        """The drop-off point's texts, '' where there is none."""
        return Texts(self.drop_off_point_e or "", self.drop_off_point_c or "", self.drop_off_point_s or "")

    @drop_off_point.setter
    def drop_off_point(self, texts: Texts) -> None:
        self.drop_off_point_e, self.drop_off_point_c, self.drop_off_point_s = (text or None for text in texts)


_COLUMNS = tuple(field.name for field in fields(Item))
_values = attrgetter(*_COLUMNS)


def asked_items(connection: Connection, item_nos: Sequence[str]) -> Mapping[str, Item]:
    """Read and lock the items that were asked about; by item number."""
    rows = connection.execute(statement("asked_items"), {"item_nos": list(item_nos)})
    return {row.item_no: Item(*row) for row in rows}


def merge_items(connection: Connection, items: Iterable[Item]) -> None:
    """Write items back; none of them has an answer waiting any more."""
    copy_items(connection, items)
    connection.execute(statement("merge_items"))


def copy_items(connection: Connection, items: Iterable[Item]) -> None:
    """Put items where their merge finds them."""
    copy_rows(connection, "loaded_item", _COLUMNS, map(_values, items))
