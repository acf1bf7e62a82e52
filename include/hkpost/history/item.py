"""The fields of an item that answers set; the comments of `mail_item` say what each column is."""

from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Self

from hkpost.ecship.rows import Texts


@dataclass(slots=True)
class Item:
    """The columns of `mail_item` that loading reads or sets, under their names."""

    item_no: str
    account: str
    registered_at: datetime | None
    state: str
    closed_at: datetime | None = None
    close_reason: str | None = None
    api_status: int | None = None
    api_message: str | None = None
    milestone_code: str | None = None
    milestone_e: str | None = None
    milestone_c: str | None = None
    milestone_s: str | None = None
    posted_at_local: datetime | None = None
    drop_off_point_e: str | None = None
    drop_off_point_c: str | None = None
    drop_off_point_s: str | None = None
    origin_country: str | None = None
    origin_iso: str | None = None
    destination_country: str | None = None
    destination_iso: str | None = None
    first_event_at: datetime | None = None
    last_event_at: datetime | None = None
    event_count: int = 0
    delivered_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_answered_at: datetime | None = None
    last_changed_at: datetime | None = None
    next_poll_at: datetime | None = None
    """Without meaning while an answer waits (`pending_call_id`)."""
    poll_count: int = 0
    pending_call_id: int | None = None
    content_hash: str | None = None

    def copy(self) -> Self:
        """The same item, to be changed."""
        return type(self)(*_values(self))

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


ITEM_COLUMNS = tuple(field.name for field in fields(Item))
_values = attrgetter(*ITEM_COLUMNS)


def item_values(item: Item) -> tuple[object, ...]:
    """An item's values, in the order of `ITEM_COLUMNS`."""
    values: tuple[object, ...] = _values(item)
    return values
