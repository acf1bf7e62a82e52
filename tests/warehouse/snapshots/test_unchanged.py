"""What the end of a run computes is not computed again where nothing can have changed."""

from sqlalchemy import Engine, text

from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.snapshots.backlog import is_unchanged

ITEM = (
    "INSERT INTO hkpost.mail_item (item_no, next_poll_at) VALUES ('RB123456785HK', now() + interval '1 hour')"
)
ACCOUNT = (
    "INSERT INTO hkpost.account_lease (account, last_sent_at)"
    " VALUES ('hkpost_default', now() - interval '1 hour')"
)


def run(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def test_a_count_stands_while_it_is_young_and_nothing_was_asked_or_is_due(warehouse_url: str) -> None:
    engine = warehouse_engine(warehouse_url)
    run(engine, ITEM)
    run(engine, ACCOUNT)
    assert not is_unchanged(engine), "nothing was counted yet"
    refresh_snapshots(engine)
    assert is_unchanged(engine)
    for change, back in (
        (
            "UPDATE hkpost.mail_item SET next_poll_at = NULL",
            "UPDATE hkpost.mail_item SET next_poll_at = now() + interval '1 hour'",
        ),
        (
            "UPDATE hkpost.account_lease SET last_sent_at = now()",
            "UPDATE hkpost.account_lease SET last_sent_at = now() - interval '1 hour'",
        ),
        (
            "UPDATE hkpost.freshness_snapshot SET taken_at = taken_at - interval '31 minutes'",
            "UPDATE hkpost.freshness_snapshot SET taken_at = now()",
        ),
    ):
        run(engine, change)
        assert not is_unchanged(engine), change
        run(engine, back)
        assert is_unchanged(engine), back
    engine.dispose()
