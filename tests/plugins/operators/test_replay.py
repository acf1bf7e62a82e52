"""The replay's operators: a line that somebody adds to the ledger of wordings comes as far as the facts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from airflow.sdk import BaseOperator, Context

from hkpost.ecship.rows import Texts
from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.operators.replay import HkpostReplayOperator, HkpostReplayPlanOperator
from tests.helpers.answers_by_hand import POSTING, LoadedWarehouse, event, item_answer
from tests.helpers.connection import connection
from tests.helpers.seed_files import editable_seed_files

ITEM = "RB123456785HK"
PUZZLE = event("26-02-2026 08:00", Texts("Handed to the neighbour"))
LINE = "event,e,Handed to the neighbour,EMI,a test,\n"


@pytest.fixture
def warehouse(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadedWarehouse]:
    """The warehouse behind `hkpost_warehouse`."""
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()


@pytest.fixture
def wording_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`include/hkpost/seeds/wording.csv` as a copy that a test may add to."""
    return editable_seed_files(tmp_path, monkeypatch) / "wording.csv"


def run(operator: BaseOperator) -> Any:
    return operator.execute(cast(Context, {}))


def replay() -> None:
    for selection in run(HkpostReplayPlanOperator(task_id="plan")):
        run(HkpostReplayOperator(task_id="replay", selection=selection))


def latest(warehouse: LoadedWarehouse) -> tuple[str, str, str]:
    """The type of the item's latest event, where the line that classified it is from, and the item's state."""
    row = warehouse.row(
        "SELECT fact.event_type, coalesce(line.source, '') AS source, item.state"
        "  FROM hkpost.fact_tracking_event AS fact"
        "  JOIN hkpost.mail_item AS item USING (item_no)"
        "  LEFT JOIN hkpost.dim_wording AS line USING (wording_id)"
        " WHERE item_no = :no AND retracted_at IS NULL ORDER BY sequence_no DESC LIMIT 1",
        no=ITEM,
    )
    return row["event_type"], row["source"], row["state"]


def test_a_line_added_to_the_ledger_says_what_past_events_mean_and_a_line_taken_out_no_longer_does(
    warehouse: LoadedWarehouse, wording_csv: Path
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    assert latest(warehouse) == ("unclassified", "an answer", "accepted")
    ledger = wording_csv.read_text(encoding="utf-8")
    wording_csv.write_text(ledger + LINE, encoding="utf-8")
    replay()
    assert latest(warehouse) == ("EMI", "a test", "delivered")
    before = warehouse.versions()
    replay()
    assert warehouse.versions() == before, "the same ledger says nothing new"
    wording_csv.write_text(ledger, encoding="utf-8")
    replay()
    assert latest(warehouse)[0] == "unclassified"
