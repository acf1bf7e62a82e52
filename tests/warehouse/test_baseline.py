"""The baseline is what the revisions before it made of an empty database: a warehouse of theirs goes on from it."""

import csv
from hashlib import sha256
from pathlib import Path

from alembic import command
from sqlalchemy import text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.revision import alembic_config

HERE = Path(__file__).parent
BASELINE = "0018"


def test_the_baseline_makes_what_the_revisions_before_it_made(empty_database: str) -> None:
    engine = warehouse_engine(empty_database)
    config = alembic_config()
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA hkpost"))
        config.attributes["connection"] = connection
        command.upgrade(config, BASELINE)
        found = connection.execute(text((HERE / "catalogue.sql").read_text(encoding="utf-8"))).all()
    engine.dispose()
    with (HERE / "baseline.csv").open(encoding="utf-8", newline="") as file:
        known = {row["thing"]: row["digest"] for row in csv.DictReader(file)}
    assert {row.thing: sha256(row.properties.encode()).hexdigest()[:16] for row in found} == known
