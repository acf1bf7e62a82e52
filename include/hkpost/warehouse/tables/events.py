"""Every event ever seen, and when each appeared, went and came back."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hkpost.warehouse.tables.columns import CLOCK, INSTANT, ITEM_NO, NOW, TEXT, filled, key, metadata, null

fact_tracking_event = sa.Table(
    "fact_tracking_event",
    metadata,
    key("item_no", ITEM_NO),
    key("event_key"),
    key("event_date", sa.Date()),
    null("event_time_local", CLOCK),
    null("event_time_text"),
    null("event_time", INSTANT),
    null("time_zone"),
    filled("time_precision"),
    null("location_code"),
    null("country_iso"),
    null("place_id", sa.BigInteger()),
    null("text_id", sa.BigInteger()),
    null("text_params", ARRAY(TEXT)),
    filled("event_type", default="unclassified"),
    null("wording_id", sa.BigInteger()),
    null("event_code"),
    null("sequence_no", sa.Integer()),
    null("report_no", sa.Integer()),
    filled("first_seen_at", INSTANT, NOW),
    null("retracted_at", INSTANT),
    null("call_id", sa.BigInteger()),
)

tracking_event_change = sa.Table(
    "tracking_event_change",
    metadata,
    key("item_no", ITEM_NO),
    key("event_key"),
    filled("event_date", sa.Date()),
    key("changed_at", INSTANT),
    key("change"),
    null("call_id", sa.BigInteger()),
)
