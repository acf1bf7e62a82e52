"""Numbers that a person may change, what a person must act on, and what of the seed files is applied."""

import sqlalchemy as sa

from hkpost.warehouse.tables.columns import INSTANT, NOW, filled, key, metadata, null

setting = sa.Table(
    "setting",
    metadata,
    key("name"),
    filled("value"),
    filled("comment"),
    null("default_value"),
    sa.Column("is_edited", sa.Boolean, sa.Computed("value IS DISTINCT FROM default_value"), nullable=False),
)

poll_policy = sa.Table(
    "poll_policy",
    metadata,
    key("state"),
    filled("poll_after", sa.Interval()),
    filled("silence_share", sa.Numeric()),
    filled("poll_at_most", sa.Interval()),
    null("comment"),
    null("default_poll_after", sa.Interval()),
    null("default_silence_share", sa.Numeric()),
    null("default_poll_at_most", sa.Interval()),
    sa.Column("is_edited", sa.Boolean, sa.Computed("see the migration"), nullable=False),
)

alert = sa.Table(
    "alert",
    metadata,
    key("name"),
    sa.Column("account", sa.Text, primary_key=True, server_default=""),
    sa.Column("raised_at", INSTANT, primary_key=True, server_default=NOW),
    filled("message"),
    filled("look_with"),
    filled("seen_at", INSTANT, NOW),
    null("sent_at", INSTANT),
    null("ended_at", INSTANT),
)

applied_file = sa.Table(
    "applied_file",
    metadata,
    key("name"),
    filled("digest"),
    filled("applied_at", INSTANT, NOW),
)
