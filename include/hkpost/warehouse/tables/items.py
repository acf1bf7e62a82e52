"""What is tracked and how it went."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from hkpost.history.state import CLOSED_STATES
from hkpost.warehouse.tables.columns import CLOCK, CODE, INSTANT, ITEM_NO, NOW, filled, key, metadata, null

_IS_OPEN = f"state NOT IN ({', '.join(map(repr, CLOSED_STATES))})"

mail_item = sa.Table(
    "mail_item",
    metadata,
    key("item_no", ITEM_NO),
    filled("account", default="hkpost_default"),
    null("source_ref"),
    filled("registered_at", INSTANT, NOW),
    filled("priority", sa.Integer(), "0"),
    filled("state", default="registered"),
    sa.Column("is_open", sa.Boolean, sa.Computed(_IS_OPEN, persisted=True), nullable=False),
    null("closed_at", INSTANT),
    null("close_reason"),
    null("api_status", sa.Integer()),
    null("api_message"),
    null("milestone_code"),
    null("milestone_e"),
    null("milestone_c"),
    null("milestone_s"),
    null("posted_at_local", CLOCK),
    null("drop_off_point_e"),
    null("drop_off_point_c"),
    null("drop_off_point_s"),
    null("origin_country"),
    null("origin_iso"),
    null("destination_country"),
    null("destination_iso"),
    null("first_event_at", INSTANT),
    null("last_event_at", INSTANT),
    filled("event_count", sa.Integer(), "0"),
    null("delivered_at", INSTANT),
    null("last_polled_at", INSTANT),
    null("last_answered_at", INSTANT),
    null("last_changed_at", INSTANT),
    null("next_poll_at", INSTANT),
    filled("poll_count", sa.Integer(), "0"),
    null("pending_call_id", sa.BigInteger()),
    null("content_hash"),
)

item_state_change = sa.Table(
    "item_state_change",
    metadata,
    key("item_no", ITEM_NO),
    key("changed_at", INSTANT),
    null("from_state"),
    key("to_state"),
    null("cause"),
    null("call_id", sa.BigInteger()),
)

wanted_item = sa.Table(
    "wanted_item",
    metadata,
    key("item_no", ITEM_NO),
    key("run_id"),
    filled("wanted_at", INSTANT, NOW),
)

item_journey = sa.Table(
    "item_journey",
    metadata,
    key("item_no", ITEM_NO),
    filled("origin", CODE),
    filled("destination", CODE),
    filled("service", CODE),
    filled("state", CODE),
    sa.Column("is_open", sa.Boolean, sa.Computed(_IS_OPEN, persisted=True), nullable=False),
    filled("registered_at", INSTANT),
    null("posted_at", INSTANT),
    filled("posted_on", sa.Date()),
    filled("week_start", sa.Date()),
    null("furthest_rank", sa.SmallInteger()),
    null("posting_at", INSTANT),
    null("first_scan_at", INSTANT),
    null("origin_at", INSTANT),
    null("departed_at", INSTANT),
    null("transit_at", INSTANT),
    null("destination_at", INSTANT),
    null("customs_at", INSTANT),
    null("customs_in_at", INSTANT),
    null("customs_out_at", INSTANT),
    null("delivery_at", INSTANT),
    null("out_for_delivery_at", INSTANT),
    null("first_attempt_at", INSTANT),
    filled("failed_attempts", sa.SmallInteger(), "0"),
    null("final_at", INSTANT),
    null("delivered_at", INSTANT),
    null("delivered_on", sa.Date()),
    null("last_event_at", INSTANT),
    filled("event_count", sa.Integer(), "0"),
)

backlog_snapshot = sa.Table(
    "backlog_snapshot",
    metadata,
    key("taken_at", INSTANT),
    key("account"),
    key("state"),
    filled("items", sa.BigInteger()),
    filled("due_items", sa.BigInteger()),
)

freshness_snapshot = sa.Table(
    "freshness_snapshot",
    metadata,
    key("taken_at", INSTANT),
    key("account"),
    filled("open_items", sa.BigInteger()),
    filled("due_items", sa.BigInteger()),
    null("oldest_due_at", INSTANT),
    null("median_age_s", sa.Double()),
)

lane_history = sa.Table(
    "lane_history",
    metadata,
    key("origin", CODE),
    key("destination", CODE),
    key("service", CODE),
    filled("delivered_items", sa.BigInteger()),
    null("median_days", sa.Numeric()),
    null("p90_days", sa.Numeric()),
    filled("departed_items", sa.BigInteger()),
    filled("heard_items", sa.BigInteger()),
    filled("reckoned_at", INSTANT),
)

chart_series = sa.Table(
    "chart_series",
    metadata,
    key("chart"),
    filled("taken_at", INSTANT),
    filled("series", JSONB()),
)
