"""Answers of the service written by hand, and a warehouse that they are archived into and loaded."""

import gzip
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from sqlalchemy import Engine, RowMapping, text

from hkpost.ecship.rows import NO_TEXTS, ItemAnswer, ReportedEvent, Texts
from hkpost.jobs.load import load_pending
from hkpost.jobs.summary import LoadSummary
from tests.helpers.reasons import sentence

T0 = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""When the first answer of a test is received."""

HK = ("HK", Texts("HONG KONG", "香港", "香港"))
US = ("US", Texts("UNITED STATES OF AMERICA", "美國", "美国"))
POSTED = Texts("Item posted.", "已投寄", "已投寄")
ARRIVED = Texts("Arrived and is being processed.", "已到達", "已到达")
DELIVERED = Texts("Delivered.", "成功派遞", "成功派递")
IN_TRANSIT = Texts("In transit", "運送中", "运送中")
DELIVERED_MILESTONE = Texts("Delivered", "已成功派遞", "已成功派递")


def event(when: str, message: Texts, place: tuple[str, Texts] = HK, code: str = "") -> ReportedEvent:
    return ReportedEvent(when, place[0], place[1], message, code)


POSTING = event("20-02-2026 09:30", POSTED)
ARRIVAL = event("25-02-2026 18:00", ARRIVED, US)
DELIVERY = event("27-02-2026 11:00", DELIVERED, US)


def item_answer(
    item_no: str, *events: ReportedEvent, milestone: Texts = NO_TEXTS, status: int | None = 0
) -> ItemAnswer:
    """What the service says of one item; `replace` gives it further fields."""
    return ItemAnswer(item_no, status=status, milestone=milestone, events=events)


def in_language(item: ItemAnswer, lang: str) -> ItemAnswer:
    """The item's answer as lang E, C or S gives it."""

    def only(texts: Texts) -> Texts:
        return Texts()._replace(**{lang.lower(): getattr(texts, lang.lower())})

    return replace(
        item,
        milestone=only(item.milestone),
        drop_off_point=only(item.drop_off_point),
        events=tuple(e._replace(location=only(e.location), message=only(e.message)) for e in item.events),
    )


def answer_xml(items: Sequence[ItemAnswer], status: int | str | None = 0, count: int | None = None) -> bytes:
    """The body of an answer, fields named as in the specification (page 5)."""
    parts = [_field("status", status), _field("itemCount", len(items) if count is None else count)]
    parts += [f"<result>{_item(item)}</result>" for item in items]
    return f"<answer>{''.join(parts)}</answer>".encode()


def _item(item: ItemAnswer) -> str:
    fields = [
        _field("itemNo", item.item_no),
        _field("status", item.status_text or item.status),
        _field("errMsg", item.err_msg),
        _field("postingDateTime", item.posting_date_time),
        *_texts("dropOffPoint", item.drop_off_point),
        _field("orgCnty_code", item.origin_code),
        *_texts("orgCnty", item.origin),
        _field("destCnty_code", item.destination_code),
        *_texts("destCnty", item.destination),
        _field("milestone_code", item.milestone_code),
        *_texts("milestone", item.milestone),
    ]
    for one in item.events:
        event_fields = [
            _field("eventDateTime", one.event_date_time),
            _field("eventLocation_code", one.location_code),
            *_texts("eventLocation", one.location),
            *_texts("eventMsg", one.message),
            _field("event_code", one.event_code),
        ]
        fields.append(f"<event>{''.join(event_fields)}</event>")
    return "".join(fields)


def _texts(name: str, texts: Texts) -> list[str]:
    return [_field(f"{name}_{lang}", value) for lang, value in zip("ecs", texts, strict=True)]


def _field(name: str, value: object) -> str:
    return "" if value is None else f"<{name}>{escape(str(value))}</{name}>"


@dataclass
class LoadedWarehouse:
    """A warehouse with items to ask about, whose answers come an hour apart."""

    engine: Engine
    at: datetime = T0
    hours: "itertools.count[int]" = field(default_factory=itertools.count)

    def run(self, sql: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(sql), values)

    def rows(self, sql: str, **values: object) -> list[RowMapping]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), values).mappings())

    def row(self, sql: str, **values: object) -> RowMapping:
        (row,) = self.rows(sql, **values)
        return row

    def value(self, sql: str, **values: object) -> Any:
        (value,) = self.row(sql, **values).values()
        return value

    def register(self, *item_nos: str) -> None:
        for item_no in item_nos:
            self.run(
                "INSERT INTO hkpost.mail_item (item_no, registered_at) VALUES (:no, :at) ON CONFLICT DO NOTHING",
                no=item_no,
                at=T0 - timedelta(days=20),
            )

    def archive(self, asked: Sequence[str], body: bytes) -> int:
        """What fetching leaves behind of an answered request; returns its call_id."""
        self.at = T0 + timedelta(hours=next(self.hours))
        with self.engine.begin() as connection:
            call_id: int = connection.execute(
                text(
                    "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome)"
                    " VALUES ('hkpost_default', :at, :day, :count, :nos, 'answered') RETURNING call_id"
                ),
                {"at": self.at, "day": self.at.date(), "count": len(asked), "nos": list(asked)},
            ).scalar_one()
            connection.execute(
                text(
                    "INSERT INTO hkpost.raw_response (call_id, received_at, account, body, body_size)"
                    " VALUES (:call_id, :at, 'hkpost_default', :body, :size)"
                ),
                {"call_id": call_id, "at": self.at, "body": gzip.compress(body), "size": len(body)},
            )
            connection.execute(
                text(
                    "UPDATE hkpost.mail_item SET pending_call_id = :call_id, next_poll_at = 'infinity'"
                    " WHERE item_no = ANY(:nos)"
                ),
                {"call_id": call_id, "nos": list(asked)},
            )
        return call_id

    def ask(self, asked: Sequence[str], *items: ItemAnswer, status: int | None = 0) -> LoadSummary:
        """Ask about some numbers, get this answer, load it."""
        self.register(*asked)
        self.archive(asked, answer_xml(items, status))
        return self.load()

    def load(self) -> LoadSummary:
        return load_pending(self.engine, report=lambda line: None)

    def answer(self, *items: ItemAnswer) -> LoadSummary:
        """Ask about these items, get this answer, load it."""
        return self.ask(list(dict.fromkeys(item.item_no for item in items)), *items)

    def reasons(self) -> list[str]:
        """What was rejected, in words; code and values say the same."""
        rows = self.rows("SELECT reason, reason_code, reason_values FROM hkpost.rejected_record")
        for row in rows:
            assert sentence(row["reason_code"], row["reason_values"]) == row["reason"]
        return [str(row["reason"]) for row in rows]

    def item(self, item_no: str) -> RowMapping:
        return self.row("SELECT * FROM hkpost.mail_item WHERE item_no = :no", no=item_no)

    def events(self, item_no: str) -> list[RowMapping]:
        """The current events as analysts see them, oldest first."""
        return self.rows(
            "SELECT * FROM hkpost.tracking_event WHERE item_no = :no ORDER BY sequence_no", no=item_no
        )

    def changes(self, item_no: str) -> list[tuple[str, str]]:
        """What appeared, went and came back, with the day of the event."""
        rows = self.rows(
            "SELECT change, event_date FROM hkpost.tracking_event_change WHERE item_no = :no"
            " ORDER BY changed_at, event_date, change",
            no=item_no,
        )
        return [(row["change"], f"{row['event_date']:%d-%m}") for row in rows]

    def states(self, item_no: str) -> list[tuple[str, str, str]]:
        rows = self.rows(
            "SELECT from_state, to_state, cause FROM hkpost.item_state_change WHERE item_no = :no"
            " ORDER BY changed_at",
            no=item_no,
        )
        return [(row["from_state"], row["to_state"], row["cause"]) for row in rows]

    def versions(self) -> list[tuple[object, ...]]:
        """The facts' row versions: unchanged as long as no fact row is written."""
        rows = self.rows(
            "SELECT item_no, event_key, xmin::text, ctid::text FROM hkpost.fact_tracking_event"
            " ORDER BY item_no, event_key"
        )
        return [tuple(row.values()) for row in rows]
