"""Code and warehouse of different versions: who migrates, who gets a message, and that nothing is written before."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate, open_migrated
from hkpost.warehouse.revision import RELEASE, UnfitDatabaseError, alembic_config, known_revisions
from tests.helpers.other_code import NEXT, next_version


def value(url: str, sql: str) -> object:
    engine = warehouse_engine(url)
    with engine.begin() as connection:
        found = connection.execute(text(sql)).scalar()
    engine.dispose()
    return found


@pytest.mark.parametrize("go", [migrate, open_migrated])
def test_code_that_is_older_than_the_warehouse_writes_nothing_and_says_which_code_it_takes(
    warehouse_url: str, tmp_path: Path, go: object
) -> None:
    with next_version(tmp_path):
        migrate(warehouse_url)
    value(
        warehouse_url,
        "UPDATE hkpost.applied_file SET digest = 'hkpost-tracking 7.7.7' WHERE name = 'release' RETURNING 1",
    )
    with pytest.raises(UnfitDatabaseError) as refused:
        go(warehouse_url)  # type: ignore[operator]
    newest = known_revisions()[0]
    for words in (
        f"revision {NEXT}, made by hkpost-tracking 7.7.7",
        RELEASE,
        f"up to {newest}",
        "docs/upgrade.md",
    ):
        assert words in str(refused.value)


def test_code_that_is_newer_migrates_before_it_writes_where_the_login_may(
    warehouse_url: str, tmp_path: Path
) -> None:
    with next_version(tmp_path, "CREATE TABLE hkpost.next (n integer)"):
        open_migrated(warehouse_url).dispose()
    assert value(warehouse_url, "SELECT version_num FROM hkpost.alembic_version") == NEXT
    assert value(warehouse_url, "SELECT count(*) FROM hkpost.next") == 0


def test_a_warehouse_from_before_the_first_release_is_told_how_to_come_to_it(warehouse_url: str) -> None:
    value(warehouse_url, "UPDATE hkpost.alembic_version SET version_num = '0011' RETURNING 1")
    with pytest.raises(
        UnfitDatabaseError, match=r"at revision 0011, which no release had.* 0\.1\.0 \(0012\)"
    ):
        migrate(warehouse_url)


def test_the_files_of_the_revisions_are_named_as_alembic_orders_them() -> None:
    chain = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert known_revisions() == tuple(script.revision for script in chain)


def test_a_warehouse_that_is_not_there_yet_is_made(empty_database: str) -> None:
    open_migrated(empty_database).dispose()
    assert value(empty_database, "SELECT version_num FROM hkpost.alembic_version") == known_revisions()[0]


def test_the_views_know_what_a_migration_added_to_the_tables_that_they_read(
    warehouse_url: str, tmp_path: Path
) -> None:
    with next_version(tmp_path, "ALTER TABLE hkpost.item_journey ADD COLUMN pieces integer"):
        migrate(warehouse_url)
    assert value(warehouse_url, "SELECT count(pieces) FROM hkpost.journey") == 0
