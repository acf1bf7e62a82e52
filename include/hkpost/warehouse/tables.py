"""The tables of the schema `hkpost` as SQLAlchemy Core describes them to the code.

The migrations make the tables; what each column means is in their comments. A test compares the two.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.types import TypeEngine

from hkpost.lifecycle.state import CLOSED_STATES

SCHEMA = "hkpost"
metadata = sa.MetaData(schema=SCHEMA)

_TEXT = sa.Text()
_ITEM_NO = sa.String(13)
_INSTANT = TIMESTAMP(timezone=True)
_CLOCK = TIMESTAMP(timezone=False)
_NOW = sa.text("now()")
_IS_OPEN = f"state NOT IN ({', '.join(map(repr, CLOSED_STATES))})"


def _key(name: str, kind: TypeEngine[Any] = _TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _identity(name: str, *, primary_key: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.Identity(always=True), primary_key=primary_key, nullable=False)


def _null(name: str, kind: TypeEngine[Any] = _TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _set(
    name: str, kind: TypeEngine[Any] = _TEXT, default: str | sa.TextClause | None = None
) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=False, server_default=default)


mail_item = sa.Table(
    "mail_item",
    metadata,
    _key("item_no", _ITEM_NO),
    _set("account", default="hkpost_default"),
    _null("source_ref"),
    _set("registered_at", _INSTANT, _NOW),
    _set("priority", sa.Integer(), "0"),
    _set("state", default="registered"),
    sa.Column("is_open", sa.Boolean, sa.Computed(_IS_OPEN, persisted=True), nullable=False),
    _null("closed_at", _INSTANT),
    _null("close_reason"),
    _null("api_status", sa.Integer()),
    _null("api_message"),
    _null("milestone_code"),
    _null("milestone_e"),
    _null("milestone_c"),
    _null("milestone_s"),
    _null("posted_at_local", _CLOCK),
    _null("drop_off_point_e"),
    _null("drop_off_point_c"),
    _null("drop_off_point_s"),
    _null("origin_country"),
    _null("origin_iso"),
    _null("destination_country"),
    _null("destination_iso"),
    _null("first_event_at", _INSTANT),
    _null("last_event_at", _INSTANT),
    _set("event_count", sa.Integer(), "0"),
    _null("delivered_at", _INSTANT),
    _null("last_polled_at", _INSTANT),
    _null("last_answered_at", _INSTANT),
    _null("last_changed_at", _INSTANT),
    _null("next_poll_at", _INSTANT),
    _set("poll_count", sa.Integer(), "0"),
    _null("pending_call_id", sa.BigInteger()),
    _null("content_hash"),
)

item_state_change = sa.Table(
    "item_state_change",
    metadata,
    _key("item_no", _ITEM_NO),
    _key("changed_at", _INSTANT),
    _null("from_state"),
    _key("to_state"),
    _null("cause"),
    _null("call_id", sa.BigInteger()),
)

wanted_item = sa.Table(
    "wanted_item",
    metadata,
    _key("item_no", _ITEM_NO),
    _key("run_id"),
    _set("wanted_at", _INSTANT, _NOW),
)

fact_tracking_event = sa.Table(
    "fact_tracking_event",
    metadata,
    _key("item_no", _ITEM_NO),
    _key("event_key"),
    _key("event_date", sa.Date()),
    _null("event_time_local", _CLOCK),
    _null("event_time_text"),
    _null("event_time", _INSTANT),
    _null("time_zone"),
    _set("time_precision"),
    _null("location_code"),
    _null("country_iso"),
    _null("place_id", sa.BigInteger()),
    _null("text_id", sa.BigInteger()),
    _null("text_params", ARRAY(_TEXT)),
    _set("event_type", default="unclassified"),
    _null("wording_id", sa.BigInteger()),
    _null("event_code"),
    _null("sequence_no", sa.Integer()),
    _null("report_no", sa.Integer()),
    _set("first_seen_at", _INSTANT, _NOW),
    _null("retracted_at", _INSTANT),
    _null("call_id", sa.BigInteger()),
)

tracking_event_change = sa.Table(
    "tracking_event_change",
    metadata,
    _key("item_no", _ITEM_NO),
    _key("event_key"),
    _set("event_date", sa.Date()),
    _key("changed_at", _INSTANT),
    _key("change"),
    _null("call_id", sa.BigInteger()),
)

item_journey = sa.Table(
    "item_journey",
    metadata,
    _key("item_no", _ITEM_NO),
    _set("origin"),
    _set("destination"),
    _set("service"),
    _set("state"),
    sa.Column("is_open", sa.Boolean, sa.Computed(_IS_OPEN, persisted=True), nullable=False),
    _set("registered_at", _INSTANT),
    _null("posted_at", _INSTANT),
    _set("posted_on", sa.Date()),
    _set("week_start", sa.Date()),
    _null("furthest_rank", sa.SmallInteger()),
    _null("posting_at", _INSTANT),
    _null("first_scan_at", _INSTANT),
    _null("origin_at", _INSTANT),
    _null("departed_at", _INSTANT),
    _null("transit_at", _INSTANT),
    _null("destination_at", _INSTANT),
    _null("customs_at", _INSTANT),
    _null("customs_in_at", _INSTANT),
    _null("customs_out_at", _INSTANT),
    _null("delivery_at", _INSTANT),
    _null("out_for_delivery_at", _INSTANT),
    _null("first_attempt_at", _INSTANT),
    _set("failed_attempts", sa.SmallInteger(), "0"),
    _null("final_at", _INSTANT),
    _null("delivered_at", _INSTANT),
    _null("delivered_on", sa.Date()),
    _null("last_event_at", _INSTANT),
    _set("event_count", sa.Integer(), "0"),
)

delivery_target = sa.Table(
    "delivery_target",
    metadata,
    sa.Column("origin", _TEXT, primary_key=True, server_default=""),
    sa.Column("destination", _TEXT, primary_key=True, server_default=""),
    sa.Column("service", _TEXT, primary_key=True, server_default=""),
    sa.Column("valid_from", sa.Date, primary_key=True, server_default="2000-01-01"),
    _set("target_days", sa.Integer()),
    _set("source"),
)

dim_place = sa.Table(
    "dim_place",
    metadata,
    _identity("place_id"),
    _set("location_code", default=""),
    _set("location_e", default=""),
    _set("location_c", default=""),
    _set("location_s", default=""),
)

dim_event_text = sa.Table(
    "dim_event_text",
    metadata,
    _identity("text_id"),
    _set("message_e", default=""),
    _set("message_c", default=""),
    _set("message_s", default=""),
)

dim_event_type = sa.Table(
    "dim_event_type",
    metadata,
    _key("event_type"),
    _null("stage"),
    _null("stage_rank", sa.Integer()),
    _null("state"),
    _set("is_terminal", sa.Boolean(), "false"),
    _set("name_e"),
    _set("name_c"),
    _set("name_s"),
    _set("emsevt", sa.Boolean(), "false"),
    _null("note"),
)

dim_wording = sa.Table(
    "dim_wording",
    metadata,
    _identity("wording_id"),
    _set("kind"),
    _set("lang"),
    _set("template"),
    _set("event_type", default="unclassified"),
    _null("source"),
    _null("note"),
    _set("in_ledger", sa.Boolean(), "false"),
    _set("first_seen_at", _INSTANT, _NOW),
)

dim_country = sa.Table(
    "dim_country",
    metadata,
    _key("country_code"),
    _null("alpha_3"),
    _null("name_e"),
    _null("name_c"),
    _null("name_s"),
    _null("time_zones", ARRAY(_TEXT)),
    _null("principal_zone"),
    _null("single_zone", sa.Boolean()),
)

dim_country_alias = sa.Table(
    "dim_country_alias",
    metadata,
    _key("alias"),
    _set("country_code"),
    _null("source"),
)

api_call = sa.Table(
    "api_call",
    metadata,
    sa.Column(
        "call_id",
        sa.BigInteger,
        primary_key=True,
        server_default=sa.text("nextval('hkpost.api_call_id_seq')"),
    ),
    _set("account"),
    _null("run_id"),
    _key("sent_at", _INSTANT),
    _set("quota_day", sa.Date()),
    _null("lang"),
    _null("latency_ms", sa.Integer()),
    _set("item_count", sa.Integer()),
    _set("item_nos", ARRAY(_TEXT)),
    _null("http_status", sa.Integer()),
    _null("api_status", sa.Integer()),
    _set("outcome", default="in_flight"),
    _null("error"),
    _null("fence", sa.BigInteger()),
)

raw_response = sa.Table(
    "raw_response",
    metadata,
    _key("call_id", sa.BigInteger()),
    _key("received_at", _INSTANT),
    _set("account"),
    _null("lang"),
    _null("body", sa.LargeBinary()),
    _null("body_size", sa.Integer()),
    _null("content_type"),
    _set("credential_blanked", sa.Boolean(), "false"),
    _null("loaded_at", _INSTANT),
)

rejected_record = sa.Table(
    "rejected_record",
    metadata,
    _identity("rejected_id", primary_key=False),
    _set("rejected_at", _INSTANT, _NOW),
    _set("source"),
    _null("account"),
    _null("item_no"),
    _null("call_id", sa.BigInteger()),
    _set("reason"),
    _null("raw_fragment"),
)

account_lease = sa.Table(
    "account_lease",
    metadata,
    _key("account"),
    _set("fence", sa.BigInteger(), "0"),
    _null("holder"),
    _null("run_id"),
    _null("acquired_at", _INSTANT),
    _null("heartbeat_at", _INSTANT),
    _null("last_sent_at", _INSTANT),
    _null("gap_ms", sa.Numeric()),
)

setting = sa.Table("setting", metadata, _key("name"), _set("value"), _set("comment"))

poll_policy = sa.Table(
    "poll_policy",
    metadata,
    _key("state"),
    _set("poll_after", sa.Interval()),
    _set("silence_share", sa.Numeric()),
    _set("poll_at_most", sa.Interval()),
    _null("comment"),
)

applied_file = sa.Table(
    "applied_file",
    metadata,
    _key("name"),
    _set("digest"),
    _set("applied_at", _INSTANT, _NOW),
)

backlog_snapshot = sa.Table(
    "backlog_snapshot",
    metadata,
    _key("taken_at", _INSTANT),
    _key("account"),
    _key("state"),
    _set("items", sa.BigInteger()),
    _set("due_items", sa.BigInteger()),
)

freshness_snapshot = sa.Table(
    "freshness_snapshot",
    metadata,
    _key("taken_at", _INSTANT),
    _key("account"),
    _set("open_items", sa.BigInteger()),
    _set("due_items", sa.BigInteger()),
    _null("oldest_due_at", _INSTANT),
    _null("median_age_s", sa.Double()),
)
