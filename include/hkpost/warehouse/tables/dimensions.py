"""What the codes and keys of the fact mean."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from hkpost.warehouse.tables.columns import CODE, INSTANT, NOW, TEXT, filled, identity, key, metadata, null

dim_place = sa.Table(
    "dim_place",
    metadata,
    identity("place_id"),
    filled("location_code", default=""),
    filled("location_e", default=""),
    filled("location_c", default=""),
    filled("location_s", default=""),
)

dim_event_text = sa.Table(
    "dim_event_text",
    metadata,
    identity("text_id"),
    filled("message_e", default=""),
    filled("message_c", default=""),
    filled("message_s", default=""),
)

dim_event_type = sa.Table(
    "dim_event_type",
    metadata,
    key("event_type"),
    null("stage"),
    null("stage_rank", sa.Integer()),
    null("state"),
    filled("is_terminal", sa.Boolean(), "false"),
    filled("name_e"),
    filled("name_c"),
    filled("name_s"),
    filled("emsevt", sa.Boolean(), "false"),
    null("note"),
)

dim_wording = sa.Table(
    "dim_wording",
    metadata,
    identity("wording_id"),
    filled("kind"),
    filled("lang"),
    filled("template"),
    filled("event_type", default="unclassified"),
    null("source"),
    null("note"),
    filled("in_ledger", sa.Boolean(), "false"),
    filled("first_seen_at", INSTANT, NOW),
)

dim_country = sa.Table(
    "dim_country",
    metadata,
    key("country_code"),
    null("alpha_3"),
    null("name_e"),
    null("name_c"),
    null("name_s"),
    null("time_zones", ARRAY(TEXT)),
    null("principal_zone"),
    null("single_zone", sa.Boolean()),
)

dim_country_alias = sa.Table(
    "dim_country_alias",
    metadata,
    key("alias"),
    filled("country_code"),
    null("source"),
)

delivery_target = sa.Table(
    "delivery_target",
    metadata,
    sa.Column("origin", CODE, primary_key=True, server_default=""),
    sa.Column("destination", CODE, primary_key=True, server_default=""),
    sa.Column("service", CODE, primary_key=True, server_default=""),
    sa.Column("valid_from", sa.Date, primary_key=True, server_default="2000-01-01"),
    filled("target_days", sa.Integer()),
    filled("source"),
)
