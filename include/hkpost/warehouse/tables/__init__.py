"""The tables of the schema `hkpost` as SQLAlchemy Core describes them to the code, a file a subject.

The migrations make the tables; what each column means is in their comments. A test compares the two.
"""

from hkpost.warehouse.tables.columns import SCHEMA, metadata
from hkpost.warehouse.tables.dimensions import (
    delivery_target,
    dim_country,
    dim_country_alias,
    dim_event_text,
    dim_event_type,
    dim_place,
    dim_wording,
)
from hkpost.warehouse.tables.events import fact_tracking_event, tracking_event_change
from hkpost.warehouse.tables.items import (
    backlog_snapshot,
    chart_series,
    freshness_snapshot,
    item_journey,
    item_state_change,
    lane_history,
    mail_item,
    wanted_item,
)
from hkpost.warehouse.tables.requests import (
    account_lease,
    api_call,
    raw_response,
    rejected_record,
    replay_answer,
    run,
)
from hkpost.warehouse.tables.settings import alert, applied_file, poll_policy, setting

__all__ = [
    "SCHEMA",
    "account_lease",
    "alert",
    "api_call",
    "applied_file",
    "backlog_snapshot",
    "chart_series",
    "delivery_target",
    "dim_country",
    "dim_country_alias",
    "dim_event_text",
    "dim_event_type",
    "dim_place",
    "dim_wording",
    "fact_tracking_event",
    "freshness_snapshot",
    "item_journey",
    "item_state_change",
    "lane_history",
    "mail_item",
    "metadata",
    "poll_policy",
    "raw_response",
    "rejected_record",
    "replay_answer",
    "run",
    "setting",
    "tracking_event_change",
    "wanted_item",
]
