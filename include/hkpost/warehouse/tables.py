"""The tables that are written from files, as SQLAlchemy Core describes them to `seed` and `migrate`.

All others are read and written by `.sql` files alone. The migrations make the tables and say what each column means.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

SCHEMA = "hkpost"
_METADATA = sa.MetaData(schema=SCHEMA)


def _table(table: str, /, **columns: TypeEngine[Any] | type[TypeEngine[Any]]) -> sa.Table:
    return sa.Table(table, _METADATA, *(sa.Column(column, kind) for column, kind in columns.items()))


dim_state = _table(
    "dim_state",
    state=sa.Text,
    state_rank=sa.Integer,
    is_open=sa.Boolean,
    is_terminal=sa.Boolean,
    stage=sa.Text,
    tone=sa.Text,
    name_e=sa.Text,
    name_c=sa.Text,
    name_s=sa.Text,
    note=sa.Text,
)
dim_event_type = _table(
    "dim_event_type",
    event_type=sa.Text,
    stage=sa.Text,
    stage_rank=sa.Integer,
    state=sa.Text,
    is_terminal=sa.Boolean,
    name_e=sa.Text,
    name_c=sa.Text,
    name_s=sa.Text,
    emsevt=sa.Boolean,
    note=sa.Text,
)
dim_wording = _table(
    "dim_wording",
    wording_id=sa.BigInteger,
    kind=sa.Text,
    lang=sa.Text,
    template=sa.Text,
    event_type=sa.Text,
    source=sa.Text,
    note=sa.Text,
    in_ledger=sa.Boolean,
)
dim_country = _table(
    "dim_country",
    country_code=sa.Text,
    alpha_3=sa.Text,
    name_e=sa.Text,
    name_c=sa.Text,
    name_s=sa.Text,
    time_zones=ARRAY(sa.Text),
    principal_zone=sa.Text,
    single_zone=sa.Boolean,
)
dim_calendar = _table(
    "dim_calendar",
    country=sa.Text,
    weekend=ARRAY(sa.Integer),
    holidays_from=sa.Date,
    holidays_until=sa.Date,
)
dim_holiday = _table("dim_holiday", country=sa.Text, day=sa.Date, holiday=sa.Text)
dim_country_alias = _table("dim_country_alias", alias=sa.Text, country_code=sa.Text, source=sa.Text)
setting = _table(
    "setting",
    name=sa.Text,
    value=sa.Text,
    comment=sa.Text,
    default_value=sa.Text,
    is_edited=sa.Boolean,
)
poll_policy = _table(
    "poll_policy",
    state=sa.Text,
    poll_after=sa.Interval,
    silence_share=sa.Numeric,
    poll_at_most=sa.Interval,
    poll_at_least=sa.Interval,
    comment=sa.Text,
    default_poll_after=sa.Interval,
    default_silence_share=sa.Numeric,
    default_poll_at_most=sa.Interval,
    default_poll_at_least=sa.Interval,
    is_edited=sa.Boolean,
)
applied_file = _table("applied_file", name=sa.Text, digest=sa.Text, applied_at=sa.DateTime(timezone=True))
