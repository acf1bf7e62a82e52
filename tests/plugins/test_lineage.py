"""OpenLineage gets the tables that each operator really reads and writes, by their real names.

Every operator of the DAGs runs once, in their order. What it reads is taken from the statements that it sends, views
with what they are made of; what it writes is noted by triggers on every table.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from airflow.dag_processing.dagbag import DagBag
from airflow.providers.openlineage.extractors.base import DefaultExtractor
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseOperator
from airflow.sdk.execution_time.context import OutletEventAccessors
from psycopg.sql import Composable

from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.operators.alert import HkpostAlertOperator
from hkpost_airflow.operators.answer import HkpostAnswerOperator
from hkpost_airflow.operators.export import HkpostExportOperator
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.fetch_now import HkpostFetchNowOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.maintenance import (
    HkpostPartitionsOperator,
    HkpostRetentionOperator,
    HkpostSizesOperator,
    HkpostStatisticsOperator,
)
from hkpost_airflow.operators.mark_urgent import HkpostMarkUrgentOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.replay import HkpostReplayOperator, HkpostReplayPlanOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.operators.watch import HkpostWatchOperator
from tests.helpers.connection import connection
from tests.helpers.scripted_service import Items, Reply, ScriptedService, code, envelope, item
from tests.helpers.task_context import task_context

DAGS = Path(__file__).resolve().parents[2] / "dags"
CULPRITS = {"RB000000002HK", "EA000000002HK"}
OPEN_ITEMS = "SELECT unnest(ARRAY['RB000000001HK', 'RB000000002HK', 'no item number']) AS item_no"
PASTED = "EA999580311HK EA000000002HK RB12345678*HK"
COMMENT, LITERAL = re.compile(r"--[^\n]*"), re.compile(r"'(?:[^']|'')*'")
TAKEN = re.compile(r"\s*DELETE FROM hkpost\.(\w+)\b.*\bRETURNING\b", re.DOTALL)
"""What a statement reads and deletes at once."""
READ = re.compile(r"(?<!DELETE )(?:\bFROM|\bJOIN|\bUSING|,)\s+hkpost\.(\w+)\b(?!\()")
NOTE_WRITES = """
CREATE TABLE public.written (name text);
CREATE FUNCTION public.note_write() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.written
    SELECT coalesce((SELECT inhparent FROM pg_inherits WHERE inhrelid = TG_RELID), TG_RELID)::regclass;
    RETURN NULL;
END $$;
DO $$
DECLARE a_table regclass;
BEGIN
    FOR a_table IN
        SELECT oid FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('r', 'p')
    LOOP
        EXECUTE 'CREATE TRIGGER note_write AFTER INSERT OR UPDATE OR DELETE ON ' || a_table
            || ' FOR EACH STATEMENT EXECUTE FUNCTION public.note_write()';
    END LOOP;
END $$;
"""
MADE_OF = """
WITH RECURSIVE made_of (name) AS (
    SELECT unnest(CAST(:names AS text[])) COLLATE "C"
    UNION
    SELECT part.table_name::text COLLATE "C"
      FROM made_of
      JOIN information_schema.view_table_usage AS part
        ON part.view_schema = 'hkpost' AND part.view_name = made_of.name AND part.table_schema = 'hkpost'
)
SELECT coalesce((SELECT parent.relname FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent
                  WHERE inhrelid = to_regclass('hkpost.' || name)), name)
  FROM made_of
"""
DUE = "UPDATE hkpost.mail_item SET next_poll_at = now() WHERE is_open"
LOSE = """
TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change, hkpost.item_state_change, hkpost.rejected_record;
UPDATE hkpost.mail_item SET event_count = 0;
DELETE FROM hkpost.dim_wording WHERE NOT in_ledger;
"""
AHEAD = """
SELECT max(oid::regclass::text) FROM pg_class JOIN pg_inherits ON inhrelid = oid
 WHERE relnamespace = 'hkpost'::regnamespace AND relkind = 'r' AND relname !~ '_default$'
 GROUP BY inhparent
"""


@dataclass(frozen=True)
class Touched:
    """The tables and views of the schema that an operator read and wrote."""

    reads: frozenset[str]
    writes: frozenset[str]


@dataclass
class Observer:
    """Runs operators and looks at what they touch."""

    engine: sa.Engine
    seen: dict[type, tuple[BaseOperator, Touched]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)

    def run(self, operator: BaseOperator) -> Any:
        self.execute("TRUNCATE public.written")
        self.sent.clear()
        result = operator.execute(task_context(outlet_events=OutletEventAccessors()))
        bare = [LITERAL.sub("", COMMENT.sub("", sql)) for sql in self.sent]
        named = {name for sql in bare for name in READ.findall(sql)}
        named |= {taken[1] for sql in bare if (taken := TAKEN.match(sql))}
        # Which version the schema has is no data.
        reads = self.names(MADE_OF, names=sorted(named - {"alembic_version"}))
        writes = self.names("SELECT DISTINCT name FROM public.written")
        _, before = self.seen.get(type(operator), (operator, Touched(frozenset(), frozenset())))
        writes = frozenset(name.removeprefix("hkpost.") for name in writes)
        self.seen[type(operator)] = operator, Touched(before.reads | reads, before.writes | writes)
        return result

    def execute(self, sql: str) -> None:
        with self.engine.begin() as db:
            db.exec_driver_sql(sql)

    def names(self, sql: str, **values: object) -> frozenset[str]:
        with self.engine.connect() as db:
            return frozenset(db.execute(sa.text(sql), values).scalars())


def script(items: Items) -> Reply:
    """A service that refuses some items, and answers of the others with an unknown wording, a date that cannot be read,
    and an item that was not asked for.
    """
    if CULPRITS & set(items):
        return code(9998)
    events = (("27-02-2026 16:00", "HK", "The item waits for its twin."), ("soon", "HK", "Posted"))
    return Reply(envelope("".join(item(number, 0, *events) for number in (*items, "RB000000009HK"))))


@pytest.fixture(scope="module")
def observer(
    new_warehouse: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Observer]:
    """Has run every operator once."""
    service = ScriptedService(script)
    with service.running(), new_warehouse() as url, pytest.MonkeyPatch.context() as patch:
        account = {"conn_type": "hkpost", "host": service.url, "login": "sender", "password": "s3cret-1"}
        patch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
        patch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(url))
        # Bringing the schema to its newest is no step of the data's way.
        for module in ("sync", "mark_urgent", "replay"):
            patch.setattr(f"hkpost_airflow.operators.{module}.migrate_warehouse", lambda conn_id: [])
        engine = warehouse_engine(url)
        observer = Observer(engine)
        observer.execute(NOTE_WRITES)

        for cursor in (psycopg.Cursor, psycopg.ServerCursor):
            patch.setattr(cursor, "execute", noting(cursor.execute, observer.sent))
        try:
            run_all(observer)
            observer.run(
                HkpostExportOperator(task_id="export", folder=str(tmp_path_factory.mktemp("export")))
            )
            yield observer
        finally:
            engine.dispose()


def noting(execute: Any, sent: list[str]) -> Any:
    """A cursor's method that also notes the text of what it sends."""

    def noted(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        sent.append(query.as_string(self) if isinstance(query, Composable) else str(query))
        return execute(self, query, *arguments, **options)

    return noted


def run_all(observer: Observer) -> None:
    run = observer.run
    run(HkpostSyncOperator(task_id="sync", open_items_sql=OPEN_ITEMS))
    [plan] = run(HkpostPlanOperator(task_id="plan"))
    run(HkpostFetchOperator(task_id="fetch", plan=plan))
    counts = run(HkpostLoadOperator(task_id="load"))
    run(HkpostMarkTerminalOperator(task_id="mark_terminal"))
    run(HkpostQualityOperator(task_id="check_quality", counts=counts))
    run(HkpostAlertOperator(task_id="alert"))
    observer.execute("UPDATE hkpost.mail_item SET next_poll_at = now() + interval '1 hour'")
    run(HkpostPlanOperator(task_id="plan", skip_when_idle=["load"]))
    run(HkpostWatchOperator(task_id="watch"))
    [plan] = run(HkpostMarkUrgentOperator(task_id="mark_urgent", item_nos=PASTED, account="hkpost_default"))
    run(HkpostFetchNowOperator(task_id="fetch_now", plan=plan))
    run(HkpostLoadOperator(task_id="load"))
    run(HkpostAnswerOperator(task_id="answer", item_nos=PASTED))
    [selection] = run(HkpostReplayPlanOperator(task_id="replay_plan"))
    # An answer that is loaded after the archive was read.
    observer.execute(DUE)
    [plan] = run(HkpostPlanOperator(task_id="plan"))
    run(HkpostFetchOperator(task_id="fetch", plan=plan))
    run(HkpostLoadOperator(task_id="load"))
    observer.execute(LOSE)
    run(HkpostReplayOperator(task_id="replay", selection=selection))
    for partition in observer.names(AHEAD):
        observer.execute(f"DROP TABLE {partition}")
    run(HkpostPartitionsOperator(task_id="partitions"))
    run(HkpostRetentionOperator(task_id="retention"))
    run(HkpostStatisticsOperator(task_id="statistics"))
    run(HkpostSizesOperator(task_id="sizes"))


OPERATORS = (
    HkpostSyncOperator,
    HkpostPlanOperator,
    HkpostFetchOperator,
    HkpostLoadOperator,
    HkpostMarkTerminalOperator,
    HkpostQualityOperator,
    HkpostAlertOperator,
    HkpostWatchOperator,
    HkpostMarkUrgentOperator,
    HkpostFetchNowOperator,
    HkpostAnswerOperator,
    HkpostReplayPlanOperator,
    HkpostReplayOperator,
    HkpostPartitionsOperator,
    HkpostRetentionOperator,
    HkpostStatisticsOperator,
    HkpostSizesOperator,
    HkpostExportOperator,
)


def test_these_are_the_operators_of_the_dags() -> None:
    bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder", bundle_path=DAGS)
    kinds = {getattr(task, "operator_class", type(task)) for dag in bag.dags.values() for task in dag.tasks}
    assert kinds - {EmptyOperator} == set(OPERATORS)


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_an_operator_names_the_tables_that_it_reads_and_writes(
    kind: type[OpenLineageMixin], observer: Observer
) -> None:
    _, touched = observer.seen[kind]
    assert Touched(frozenset(kind.reads), frozenset(kind.writes)) == touched


@pytest.mark.parametrize("kind", OPERATORS, ids=lambda kind: kind.__name__)
def test_openlineage_is_told_them_by_their_real_names(
    kind: type[OpenLineageMixin], observer: Observer
) -> None:
    operator, touched = observer.seen[kind]
    lineage = DefaultExtractor(operator).extract_on_complete(None)
    assert lineage is not None
    url = observer.engine.url

    def datasets(tables: frozenset[str]) -> set[tuple[str, str]]:
        return {(f"postgres://{url.host}:{url.port}", f"{url.database}.hkpost.{table}") for table in tables}

    assert {(dataset.namespace, dataset.name) for dataset in lineage.inputs} == datasets(touched.reads)
    assert {(dataset.namespace, dataset.name) for dataset in lineage.outputs} == datasets(touched.writes)
