"""Numbers that a person may change, and what of the seed files is applied."""

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

applied_file = sa.Table(
    "applied_file",
    metadata,
    key("name"),
    filled("digest"),
    filled("applied_at", INSTANT, NOW),
)
