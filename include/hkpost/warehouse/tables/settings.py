"""Numbers that a person may change, what a person must act on, and what of the seed files is applied."""

import sqlalchemy as sa

from hkpost.warehouse.tables.columns import INSTANT, NOW, filled, key, metadata, null

setting = sa.Table("setting", metadata, key("name"), filled("value"), filled("comment"))

poll_policy = sa.Table(
    "poll_policy",
    metadata,
    key("state"),
    filled("poll_after", sa.Interval()),
    filled("silence_share", sa.Numeric()),
    filled("poll_at_most", sa.Interval()),
    null("comment"),
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
