"""The whole way through Airflow: the tables agree with what the simulator holds, item by item."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hkpost_simulator.truth import ItemTruth
from tests.pipeline.conftest import OPEN_ITEMS, PASSWORD, Pipeline, left_by_airflow

NOT_FOUND = timedelta(days=30)
FACTS = "SELECT xmin::text, * FROM hkpost.fact_tracking_event ORDER BY item_no, event_key"

WRITTEN = """
    SELECT (SELECT count(*) FROM hkpost.freshness_snapshot),
           (SELECT string_agg(xmin::text, ',' ORDER BY item_no) FROM hkpost.mail_item),
           (SELECT string_agg(xmin::text, ',' ORDER BY item_no, event_key) FROM hkpost.fact_tracking_event)
"""


def expected_events(truth: ItemTruth) -> Counter[tuple[str, ...]]:
    """The events as answered; blanks around a text are no part of it."""
    return Counter(
        (event.event_date_time, event.location_code, *(text.strip() for text in event.message))
        for event in truth.events
    )


def kept_events(pipeline: Pipeline) -> dict[str, Counter[tuple[str, ...]]]:
    kept: dict[str, Counter[tuple[str, ...]]] = {}
    for row in pipeline.rows("SELECT * FROM hkpost.tracking_event"):
        event = (row.event_time_text, row.location_code, row.message_e, row.message_c, row.message_s)
        kept.setdefault(row.item_no, Counter())[tuple(text or "" for text in event)] += 1
    return kept


def differences(pipeline: Pipeline) -> dict[str, Any]:
    """Items whose state or events are not what the service would answer now."""
    states = {row.item_no: row.state for row in pipeline.rows("SELECT item_no, state FROM hkpost.mail_item")}
    kept = kept_events(pipeline)
    long_unknown = {
        s.item_no for s in pipeline.simulator.shipments() if s.shipped_at < datetime.now(UTC) - NOT_FOUND
    }
    found: dict[str, Any] = {}
    for number, truth in pipeline.simulator.truth().items():
        state = "not_found" if truth.status == 1001 and number in long_unknown else truth.state
        events = kept.get(number, Counter())
        if states.get(number) != state or events != expected_events(truth):
            found[number] = (state, states.get(number), expected_events(truth) - events)
    return found


def test_every_item_agrees_with_the_service_whatever_its_status_code(pipeline: Pipeline) -> None:
    # Each code that a run goes on after, in the middle of it; then the four codes of items are in the world itself.
    for skip, code in enumerate((9991, 9999, 9998, 1001, 1003)):
        pipeline.simulator.fault("code", code, skip=2 + skip)
    (Path(pipeline.environment["AIRFLOW_HOME"]) / "airflow.db").unlink()  # as where no run was ever made
    run = pipeline.once()
    assert run.returncode == 0, run.stdout + run.stderr
    assert differences(pipeline) == {}
    assert {row[0] for row in pipeline.rows("SELECT DISTINCT api_status FROM hkpost.mail_item")} >= {
        0,
        1001,
        1002,
        1003,
        1004,
    }
    assert PASSWORD not in run.stdout + run.stderr
    rendered, left = left_by_airflow(Path(pipeline.environment["AIRFLOW_HOME"]))
    steps = ("sync_open_items", "plan", "fetch", "load", "mark_terminal", "check_quality", "alert")
    assert rendered >= {("hkpost_tracking", step) for step in steps}
    assert OPEN_ITEMS.partition(" WHERE ")[0] in left, "what a template is rendered to is stored"
    assert PASSWORD not in left


def test_a_second_run_changes_no_fact_and_asks_no_closed_item_again(pipeline: Pipeline) -> None:
    assert pipeline.once().returncode == 0
    facts = pipeline.rows(FACTS)
    assert len(facts) > 1000
    closed = {row.item_no for row in pipeline.rows("SELECT item_no FROM hkpost.mail_item WHERE NOT is_open")}
    pipeline.execute("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open")
    requests = len(pipeline.simulator.requests())
    run = pipeline.once()
    assert run.returncode == 0, run.stdout + run.stderr
    asked = {number for record in pipeline.simulator.requests(after=requests) for number in record.item_nos}
    assert asked
    assert not asked & closed
    assert pipeline.rows(FACTS) == facts


def test_a_run_with_nothing_to_do_skips_its_later_steps_and_is_noted_as_one_that_ended_well(
    pipeline: Pipeline,
) -> None:
    assert pipeline.once().returncode == 0
    before = pipeline.rows(WRITTEN)
    requests = len(pipeline.simulator.requests())
    pipeline.execute("UPDATE hkpost.account_lease SET last_sent_at = now() - interval '1 hour'")
    run = pipeline.once()
    assert run.returncode == 0, run.stdout + run.stderr
    for step in ("fetch", "load", "mark_terminal", "check_quality"):
        assert f"] {step}\n" not in run.stdout
    assert "] alert: success\n" in run.stdout
    assert len(pipeline.simulator.requests()) == requests
    assert pipeline.rows(WRITTEN) == before
    [[ended]] = pipeline.rows(
        "SELECT count(*) FROM hkpost.run WHERE ended_at IS NOT NULL AND failed_tasks IS NULL"
    )
    assert ended == 2


@pytest.mark.parametrize(("code", "ends_well"), [(9992, False), (9994, True)])
def test_what_was_answered_before_the_service_refused_is_loaded(
    pipeline: Pipeline, code: int, ends_well: bool
) -> None:
    pipeline.simulator.fault("code", code, times=None, skip=4)
    run = pipeline.once()
    assert (run.returncode == 0) is ends_well, run.stdout + run.stderr
    [answered] = pipeline.rows("SELECT count(*) AS n FROM hkpost.mail_item WHERE last_polled_at IS NOT NULL")
    assert answered.n == 120
    kept = kept_events(pipeline)
    truth = pipeline.simulator.truth(kept)
    assert kept == {number: expected_events(item) for number, item in truth.items()}
    [due] = pipeline.rows(
        "SELECT count(*) AS n FROM hkpost.mail_item WHERE is_open AND coalesce(next_poll_at, now()) <= now()"
    )
    assert due.n >= 600 - 120


def test_a_run_whose_service_is_down_fails_and_leaves_everything_due(pipeline: Pipeline) -> None:
    pipeline.simulator.stop()
    run = pipeline.once()
    assert run.returncode != 0
    [items] = pipeline.rows(
        "SELECT count(*) AS n FROM hkpost.mail_item WHERE is_open AND next_poll_at IS NULL"
    )
    assert items.n == 600


def test_a_warehouse_that_is_down_is_named_and_its_password_is_not(pipeline: Pipeline) -> None:
    run = pipeline.once(AIRFLOW_CONN_HKPOST_WAREHOUSE="postgres://loader:hidden-word@127.0.0.1:9/warehouse")
    assert run.returncode != 0
    assert "127.0.0.1" in run.stdout + run.stderr
    assert "hidden-word" not in run.stdout + run.stderr
