"""A short way of writing items and events into a warehouse, and of reading what it says of them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from hkpost.warehouse.facts.journeys import rebuild_journeys
from hkpost.warehouse.snapshots.lanes import refresh_lanes


@dataclass(frozen=True)
class Warehouse:
    """One connection with its transaction; what is written is gone when the test's database is."""

    connection: Connection

    def run(self, sql: str, **values: object) -> None:
        self.connection.execute(text(sql), values)

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self.connection.execute(text(sql), values).mappings()]

    def row(self, sql: str, **values: object) -> dict[str, Any]:
        return dict(self.connection.execute(text(sql), values).mappings().one())

    def value(self, sql: str, **values: object) -> Any:
        return self.connection.execute(text(sql), values).scalar_one()

    def item(self, item_no: str, **columns: object) -> None:
        """A row of mail_item; what is not given has its default."""
        self._insert("mail_item", {"item_no": item_no, **columns})

    def event(
        self,
        item_no: str,
        at: str,
        event_type: str,
        message: tuple[str, str, str] = ("", "", ""),
        place: tuple[str, str, str] | None = None,
        **columns: object,
    ) -> None:
        """An event at a local time of a place on UTC's clock."""
        text_id = self.value(
            "INSERT INTO hkpost.dim_event_text (message_e, message_c, message_s) VALUES (:e, :c, :s)"
            " ON CONFLICT (md5(message_e), md5(message_c), md5(message_s))"
            " DO UPDATE SET message_e = excluded.message_e RETURNING text_id",
            **dict(zip("ecs", message, strict=True)),
        )
        place_id = None
        if place is not None:
            place_id = self.value(
                "INSERT INTO hkpost.dim_place (location_e, location_c, location_s) VALUES (:e, :c, :s)"
                " RETURNING place_id",
                **dict(zip("ecs", place, strict=True)),
            )
        number = self.value("SELECT count(*) FROM hkpost.fact_tracking_event")
        self._insert(
            "fact_tracking_event",
            {
                "item_no": item_no,
                "event_key": f"{number:016x}",
                "event_date": at[:10],
                "event_time_local": at,
                "event_time": f"{at}+00",
                "time_precision": "zone",
                "event_type": event_type,
                "text_id": text_id,
                "place_id": place_id,
                **columns,
            },
        )

    def journeys(self) -> None:
        """Bring item_journey in step with the items and events written so far, and lane_history, as a run does."""
        rebuild_journeys(self.connection)
        refresh_lanes(self.connection)

    def _insert(self, table: str, columns: dict[str, object]) -> None:
        values = ", ".join(f":{name}" for name in columns)
        self.run(f"INSERT INTO hkpost.{table} ({', '.join(columns)}) VALUES ({values})", **columns)
