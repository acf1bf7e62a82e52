"""Replay of what a service answered over weeks: a hash over facts, items and changes equals the live one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.settings import account_settings
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost_simulator import Simulator
from tests.helpers.answers_by_hand import LoadedWarehouse
from tests.helpers.replaying import fingerprint, replay

ITEMS = 240
DAYS_BETWEEN = (0, 4, 9, 3)
LANGUAGES = ("A", "E", "C", "A")


@pytest.fixture
def service() -> Iterator[Simulator]:
    with Simulator(items=ITEMS, seed=11, frozen=True, users={"sender": "credential"}) as simulator:
        yield simulator


def ask_all(warehouse: LoadedWarehouse, service: Simulator, lang: str) -> None:
    """A run, as the DAG does it, of everything that is open."""
    warehouse.run("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open")
    settings = account_settings(
        "hkpost_default", service.url, "sender", "credential", {"lang": lang, "pace_margin_ms": 20}
    )
    fetch_account(warehouse.engine, FetchJob(settings, "test", 120), lambda line: None)
    warehouse.load()
    mark_terminal(warehouse.engine)


def retract(service: Simulator) -> None:
    """The service forgets the newest event of every tenth item."""
    for item in list(service.truth().values())[::10]:
        service.script(replace(item, events=item.events[1:]))


def test_the_hash_over_facts_and_items_equals_the_live_one(
    warehouse: LoadedWarehouse, service: Simulator
) -> None:
    warehouse.register(*(shipment.item_no for shipment in service.shipments()))
    for number, (days, lang) in enumerate(zip(DAYS_BETWEEN, LANGUAGES, strict=True)):
        service.clock.advance(timedelta(days=days))
        if number == 2:
            retract(service)
            warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit' WHERE state = 'delivered'")
            reopen(warehouse.engine)
        ask_all(warehouse, service, lang)
    kinds = {
        row["change"] for row in warehouse.rows("SELECT DISTINCT change FROM hkpost.tracking_event_change")
    }
    assert {"appeared", "retracted"} <= kinds
    assert warehouse.value("SELECT count(*) FROM hkpost.item_state_change WHERE cause = 'person'")
    live = fingerprint(warehouse.engine)
    for _ in range(2):
        summaries = replay(warehouse.engine, buckets=3)
        assert sum(summary.items for summary in summaries) == warehouse.value(
            "SELECT count(*) FROM hkpost.mail_item WHERE item_no ~ '^[A-Z0-9]{1,13}$'"
        )
        assert fingerprint(warehouse.engine) == live
    warehouse.run("TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change")
    replay(warehouse.engine, buckets=2)
    assert fingerprint(warehouse.engine) == live
