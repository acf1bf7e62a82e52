"""The ledger of requests, the archive of answers, what could not be used, who may send, and the runs."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hkpost.warehouse.tables.columns import INSTANT, ITEM_NO, NOW, TEXT, filled, identity, key, metadata, null

api_call = sa.Table(
    "api_call",
    metadata,
    sa.Column(
        "call_id",
        sa.BigInteger,
        primary_key=True,
        server_default=sa.text("nextval('hkpost.api_call_id_seq')"),
    ),
    filled("account"),
    null("run_id"),
    key("sent_at", INSTANT),
    filled("quota_day", sa.Date()),
    null("lang"),
    null("latency_ms", sa.Integer()),
    filled("item_count", sa.Integer()),
    filled("item_nos", ARRAY(TEXT)),
    null("http_status", sa.Integer()),
    null("api_status", sa.Integer()),
    filled("outcome", default="in_flight"),
    null("error"),
    null("fence", sa.BigInteger()),
    null("items_answered", sa.Integer()),
)

raw_response = sa.Table(
    "raw_response",
    metadata,
    key("call_id", sa.BigInteger()),
    key("received_at", INSTANT),
    filled("account"),
    null("lang"),
    null("body", sa.LargeBinary()),
    null("body_size", sa.Integer()),
    null("content_type"),
    filled("credential_blanked", sa.Boolean(), "false"),
    null("loaded_at", INSTANT),
)

rejected_record = sa.Table(
    "rejected_record",
    metadata,
    identity("rejected_id", primary_key=False),
    filled("rejected_at", INSTANT, NOW),
    filled("source"),
    null("account"),
    null("item_no"),
    null("call_id", sa.BigInteger()),
    filled("reason"),
    null("raw_fragment"),
    filled("last_at", INSTANT, NOW),
    filled("times", sa.Integer(), "1"),
)

replay_answer = sa.Table(
    "replay_answer",
    metadata,
    key("item_no", ITEM_NO),
    key("received_at", INSTANT),
    key("call_id", sa.BigInteger()),
    filled("loaded_at", INSTANT),
    filled("account"),
    filled("kind"),
    null("code", sa.Integer()),
    filled("message"),
    null("said"),
    filled("is_damaged", sa.Boolean()),
)

account_lease = sa.Table(
    "account_lease",
    metadata,
    key("account"),
    filled("fence", sa.BigInteger(), "0"),
    null("holder"),
    null("run_id"),
    null("acquired_at", INSTANT),
    null("heartbeat_at", INSTANT),
    null("last_sent_at", INSTANT),
    null("gap_ms", sa.Numeric()),
    null("problem"),
    null("problem_at", INSTANT),
)

run = sa.Table(
    "run",
    metadata,
    key("dag_id"),
    key("run_id"),
    filled("started_at", INSTANT),
    null("ended_at", INSTANT),
    null("failed_tasks"),
)
