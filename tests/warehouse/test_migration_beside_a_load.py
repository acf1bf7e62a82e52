"""A migration that changes seeds and journeys beside a load: one waits for the other, and both come through."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from hkpost.jobs.load import load_pending
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from tests.helpers.answers_by_hand import POSTING, LoadedWarehouse, answer_xml, item_answer
from tests.helpers.awaiting import await_that

ITEM = "RB123456785HK"


def test_a_load_and_a_migration_that_want_the_same_wording_do_not_wait_for_each_other(
    warehouse_url: str,
) -> None:
    engine = warehouse_engine(warehouse_url)
    warehouse = LoadedWarehouse(engine)
    warehouse.register(ITEM)
    warehouse.archive([ITEM], answer_xml([item_answer(ITEM, POSTING)]))
    # The wording of the answer is new to the warehouse, and the new seed has it.
    warehouse.run("DELETE FROM hkpost.dim_wording WHERE template = 'Item posted'")
    warehouse.run("DELETE FROM hkpost.applied_file")
    with ThreadPoolExecutor(2) as pool, engine.connect() as person:
        person.execute(text("SELECT FROM hkpost.mail_item FOR UPDATE"))
        load = pool.submit(load_pending, engine, report=lambda line: None)
        await_that(lambda: waiting(warehouse, "transactionid"))  # the load, for the item
        migration = pool.submit(migrate, warehouse_url)
        await_that(lambda: waiting(warehouse, "advisory"))  # the migration, for the load
        person.rollback()
        assert load.result().events_new == 1
        assert [line for line in migration.result() if "item_journey written" in line]
    assert (
        warehouse.value("SELECT event_type FROM hkpost.dim_wording WHERE template = 'Item posted'")
        != "unclassified"
    )
    engine.dispose()


def waiting(warehouse: LoadedWarehouse, kind: str) -> bool:
    """Whether somebody waits for a lock of a kind."""
    sql = "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND locktype = :kind"
    return bool(warehouse.value(sql, kind=kind))
