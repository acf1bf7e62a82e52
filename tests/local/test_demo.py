import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hkpost.commands.show import console, print_query, query
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local import shop
from hkpost_local.airflow_api import readable
from hkpost_local.airflow_settings import OPEN_ITEMS_SQL, AirflowSettings
from hkpost_local.demo import RESULTS, agrees
from hkpost_local.lock import BusyError, exclusive
from hkpost_local.paths import SQL, WAREHOUSE
from hkpost_local.secrets_file import secrets_of
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.simulated import SimulatedWorld, keep_world, known_world, new_world
from tests.helpers.command_line import Run, processes_about, read_until
from tests.helpers.replaying import fingerprint, replay

CONTENTS = """
    SELECT (SELECT count(*) FROM hkpost.mail_item WHERE is_open) AS open_items,
           (SELECT count(*) FROM hkpost.stuck_item) AS stuck,
           (SELECT count(*) FROM hkpost.tracking_event WHERE event_time > now() - interval '3 hours') AS fresh_events,
           (SELECT count(*) FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL) AS retractions,
           (SELECT count(*) FROM hkpost.item_state_change JOIN hkpost.mail_item USING (item_no)
             WHERE from_state = 'delivered' AND is_open) AS reopened,
           (SELECT count(*) FROM (SELECT 1 FROM hkpost.fact_tracking_event WHERE retracted_at IS NULL
             GROUP BY item_no, event_time_text, text_id, place_id HAVING count(*) > 1) AS twice) AS events_twice,
           (SELECT count(*) FROM (SELECT 1 FROM shop.shipment
             GROUP BY upper(btrim(item_no)) HAVING count(*) > 1) AS twice) AS numbers_twice,
           (SELECT count(*) FROM (SELECT 1 FROM hkpost.mail_item
             GROUP BY source_ref HAVING count(*) > 1) AS order_of_several) AS orders_of_several_pieces,
           (SELECT count(DISTINCT status) - 3 FROM hkpost.item_promise) AS kinds_of_promises,
           (SELECT count(*) FROM hkpost.tracking_event WHERE event_type = 'EME') AS held_by_customs,
           (SELECT count(*) FROM hkpost.tracking_event WHERE message_c = 'ENTREGADO') AS in_a_carriers_language
"""


@pytest.mark.parametrize(
    ("state", "code", "truth", "is_so"),
    [
        ("delivered", 0, {"state": "delivered", "status": 0}, True),
        ("in_transit", 0, {"state": "delivered", "status": 0}, False),
        ("registered", 1001, {"state": "registered", "status": 1001}, True),
        ("not_found", 1001, {"state": "registered", "status": 1001}, True),
        ("not_found", 1001, {"state": "in_transit", "status": 0}, False),
        ("expired", 1003, {"state": "expired", "status": 1003}, True),
        ("registered", None, {"state": "registered", "status": 1001}, False),
    ],
)
def test_an_item_agrees_with_the_service_when_state_and_code_do(
    state: str, code: int | None, truth: dict[str, object], is_so: bool
) -> None:
    assert agrees({"state": state, "api_status": code}, truth) is is_so


def test_the_simulated_world_goes_on_from_where_it_was_left(tmp_path: Path) -> None:
    assert known_world(tmp_path) is None
    world = new_world()
    assert datetime.now(UTC) - datetime.fromisoformat(world.anchor) < timedelta(minutes=1), "it stands at now"
    keep_world(tmp_path, world)
    assert known_world(tmp_path) == world


def test_the_world_of_another_version_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "simulated_world.json").write_text(
        '{"seed": 1, "items": 3, "anchor": "2026-11-01", "clock": ""}'
    )
    with pytest.raises(RuntimeError, match=r"of another version.*remove that folder"):
        known_world(tmp_path)


def test_the_shop_holds_the_services_items_among_others_and_filling_it_again_adds_nothing(
    empty_database: str,
) -> None:
    engine = create_engine(empty_database)
    world = SimulatedWorld(seed=7, items=300, anchor="2026-11-01T00:00:00+08:00")
    assert shop.fill_shop(engine, world) == shop.fill_shop(engine, world) == 402
    with engine.connect() as connection:
        open_items = connection.execute(text(OPEN_ITEMS_SQL)).all()
    engine.dispose()
    assert len(open_items) == 302, "two are there twice"
    assert len({row.item_no.strip().upper() for row in open_items}) == 300
    assert len({row.source_ref for row in open_items}) < 290, "some orders have several pieces"
    assert set(open_items[0]._fields) == {
        "item_no",
        "source_ref",
        "registered_at",
        "destination",
        "promised_on",
    }


@pytest.mark.parametrize("name", RESULTS)
def test_each_result_is_a_query_with_a_title(
    name: str, warehouse_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = create_engine(warehouse_url)
    with engine.connect() as connection:
        columns, _ = query(connection, SQL / f"{name}.sql")
        print_query(console(), connection, SQL / f"{name}.sql")
    engine.dispose()
    shown = capsys.readouterr().out
    assert (SQL / f"{name}.sql").read_text().splitlines()[0].removeprefix("-- ") in shown
    assert len(columns) >= 4


def test_a_second_command_is_told_which_one_is_at_work(state: Path) -> None:
    message = rf"make demo \(process {os.getpid()}\) is at work"
    with exclusive("demo"), pytest.raises(BusyError, match=message), exclusive("up"):
        raise AssertionError("both are in")
    with exclusive("up"):
        pass


def test_airflow_gets_nothing_of_another_airflows_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production")
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", "http://production")
    url = create_engine("postgresql+psycopg://u:p@127.0.0.1:5/x").url
    settings = AirflowSettings(
        home=tmp_path,
        metadata=url,
        warehouse=url,
        simulator_url="http://127.0.0.1:6/",
        simulator_login="demo",
        port=7,
        secrets=secrets_of(tmp_path),
        is_scheduled=False,
    )
    environment = settings.environment()
    assert "production" not in json.dumps(environment)
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert secrets_of(tmp_path) == settings.secrets


def test_a_log_entry_is_one_line_and_its_causes() -> None:
    entry = {
        "timestamp": "2026-11-24T01:02:03Z",
        "level": "error",
        "event": "Task failed",
        "error_detail": [{"exc_type": "ValueError", "exc_value": "no"}],
    }
    assert readable(entry) == "01:02:03 ERROR   Task failed\n         ValueError: no"


def test_the_demo_agrees_with_the_service_and_its_archive_replayed_twice_gives_the_same_tables(
    run: Run, state: Path
) -> None:
    process = run("demo", environment={"HKPOST_STATE": str(state)})
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert "3,000 of 3,000 items asked agree with what the service holds" in said
    assert processes_about(state) == []
    with running_postgres() as postgres:
        engine = warehouse_engine(postgres.url(WAREHOUSE).render_as_string(hide_password=False))
        with engine.connect() as connection:
            contents: dict[str, int] = connection.execute(text(CONTENTS)).one()._asdict()
        assert min(contents.values()) > 0, f"each thing that the field brings is there: {contents}"
        assert contents["stuck"] < 0.1 * contents["open_items"], "most open items move"
        live = fingerprint(engine)
        for buckets in (1, 3):
            assert sum(summary.items for summary in replay(engine, buckets=buckets)) == 3_000
            assert fingerprint(engine) == live
        with engine.begin() as connection:
            connection.execute(text("TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change"))
        replay(engine)
        assert fingerprint(engine) == live, "nor do the facts matter: the archive alone holds them"
        engine.dispose()


def test_a_demo_that_is_asked_to_end_leaves_no_process(run: Run, state: Path) -> None:
    process = run("demo", environment={"HKPOST_STATE": str(state)})
    read_until(process, "four services start")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=240) == 128 + signal.SIGTERM
    assert processes_about(state) == []
