"""How good forecasts were: what was forecast on past days, against what became of the items."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.jobs.lanes import refresh_forecasts
from hkpost.warehouse.engine import warehouse_engine

ITEMS = """
WITH item AS (
    SELECT number, lane.*, format('%sB%sHK', service, lpad(number::text, 9, '0')) AS item_no,
           date_trunc('day', now()) - interval '30 days' AS forecast_at
    FROM (VALUES ('JP', 'E', 8), ('US', 'L', 5)) AS lane (destination, service, of_ten)
    CROSS JOIN generate_series(1, 200) AS number
), told AS (
    SELECT item.*, forecast_at - interval '2 days' AS posted_at,
           -- of_ten in ten are delivered between p10 and p90; the others much later, one in twenty never.
           CASE WHEN number % 20 = 19 THEN NULL
                WHEN number % 10 < of_ten THEN forecast_at + interval '1 day' * (1 + number % 7)
                ELSE forecast_at + interval '15 days' END AS delivered_at
    FROM item
), made AS (
    INSERT INTO hkpost.mail_item (item_no, registered_at, state, closed_at, close_reason, last_answered_at)
    SELECT item_no, posted_at, CASE WHEN delivered_at IS NULL THEN 'returned' ELSE 'delivered' END,
           now() - interval '5 days', CASE WHEN delivered_at IS NULL THEN 'returned' ELSE 'delivered' END,
           now() - interval '5 days' FROM told
), journey AS (
    INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_at, posted_on,
                                     week_start, delivered_at)
    SELECT item_no, 'HK', destination, service, CASE WHEN delivered_at IS NULL THEN 'returned' ELSE 'delivered' END,
           posted_at, posted_at, posted_at::date, date_trunc('week', posted_at)::date, delivered_at FROM told
)
INSERT INTO hkpost.item_forecast_history (item_no, forecast_on, forecast_at, stage, p10_at, p50_at, p80_at, p90_at,
                                          share_by_promise, share_never, basis, basis_items, expects_report,
                                          promised_until)
SELECT item_no, forecast_at::date, forecast_at, 'transit', forecast_at + interval '12 hours',
       forecast_at + interval '4 days', forecast_at + interval '8 days', forecast_at + interval '9 days', 0.75, 0.05,
       'lane_stage', 99, true, forecast_at + interval '10 days'
FROM told
"""


def rows(engine: Engine, sql: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(sql)).mappings()]


@pytest.fixture(scope="module")
def judged(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        with engine.begin() as connection:
            connection.execute(text(ITEMS))
        refresh_forecasts(engine)
        yield engine
        engine.dispose()


def quality(engine: Engine, destination: str, decile: int) -> dict[str, Any]:
    [row] = rows(
        engine,
        f"SELECT * FROM hkpost.forecast_quality WHERE (destination, decile) = ('{destination}', {decile})",
    )
    return row


def test_of_each_decile_it_is_told_what_was_predicted_and_what_came(judged: Engine) -> None:
    japan = quality(judged, "JP", 8)
    assert japan["items"] == 200 and japan["predicted"] == pytest.approx(0.75)
    assert japan["actual"] == pytest.approx(0.8)
    both = quality(judged, "", 8)
    assert both["items"] == 400 and both["actual"] == pytest.approx(0.65)


def test_a_lane_whose_interval_holds_too_few_is_marked_and_a_check_says_so(judged: Engine) -> None:
    japan, america = quality(judged, "JP", 0), quality(judged, "US", 0)
    assert japan["coverage_80"] == pytest.approx(0.8) and japan["is_out_of_bounds"] is False
    assert america["coverage_80"] == pytest.approx(0.5) and america["is_out_of_bounds"] is True
    [check] = rows(judged, "SELECT * FROM hkpost.quality_check WHERE name = 'forecasts_out_of_bounds'")
    assert check["found"] == 1 and not check["is_invariant"]


def test_the_scores_are_those_of_the_forecasts(judged: Engine) -> None:
    japan = quality(judged, "JP", 0)
    assert japan["brier"] == pytest.approx(0.8 * 0.25**2 + 0.2 * 0.75**2)
    assert japan["pinball_days"] > 0
    assert japan["brier_median"] is None, "nothing was delivered on the lane before"


def test_what_is_not_over_yet_or_too_few_is_not_judged(judged: Engine) -> None:
    with judged.begin() as connection:
        connection.execute(
            text(
                "UPDATE hkpost.item_forecast_history SET promised_until = now(), p90_at = now()"
                " WHERE item_no LIKE 'EB%' AND item_no > 'EB000000020HK'"
            )
        )
        connection.execute(text("UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'"))
    refresh_forecasts(judged)
    japan = quality(judged, "JP", 0)
    assert japan["items"] == 20 and japan["items_covered"] == 20
    assert japan["actual"] is None and japan["coverage_80"] is None and japan["is_out_of_bounds"] is None
