"""What a DAG of one's own may use beside the steps of ours: the sensor, a plan for one account, a stop, the link."""

import asyncio
import json
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import airflow
import pytest
from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException
from airflow.sdk import DAG
from airflow.sdk.exceptions import TaskDeferred
from jsonschema import validate
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.requests.lease import Lease, acquire
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID
from hkpost_airflow.links import HkpostPageLink
from hkpost_airflow.operators.answer import HkpostAnswerOperator
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.provider import provider_info
from hkpost_airflow.sensors.delivered import HkpostDeliveredSensor
from hkpost_airflow.triggers.delivered import HkpostDeliveredTrigger
from tests.helpers.awaiting import await_that
from tests.helpers.connection import connection
from tests.helpers.scripted_service import Items, Reply, ScriptedService, answers
from tests.helpers.task_context import task_context

ITEM = "RB123456785HK"


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    service = ScriptedService()
    with service.running():
        yield service


@pytest.fixture
def engine(warehouse_url: str, service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    account = {"conn_type": "hkpost", "host": service.url, "login": "sender", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps({**account, "login": "other"}))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as db:
        db.execute(
            text("INSERT INTO hkpost.mail_item (item_no, account) VALUES (:item, 'hkpost_default')"),
            {"item": ITEM},
        )
    yield engine
    engine.dispose()


def set_state(engine: Engine, state: str) -> None:
    with engine.begin() as db:
        db.execute(text("UPDATE hkpost.mail_item SET state = :state"), {"state": state})


def fired(trigger: HkpostDeliveredTrigger) -> object:
    async def first() -> object:
        return (await anext(aiter(trigger.run()))).payload

    return asyncio.run(first())


def test_the_sensor_waits_in_the_triggerer_until_the_item_is_delivered(engine: Engine) -> None:
    sensor = HkpostDeliveredSensor(
        task_id="wait", item_nos=f" {ITEM.lower()}", deferrable=True, poke_interval=0.01
    )
    with pytest.raises(TaskDeferred) as deferred:
        sensor.execute(task_context())
    path, arguments = deferred.value.trigger.serialize()
    module, _, name = path.rpartition(".")
    trigger = getattr(import_module(module), name)(**arguments)
    assert isinstance(trigger, HkpostDeliveredTrigger)
    later = threading.Timer(0.3, set_state, (engine, "delivered"))
    later.start()
    event = fired(trigger)
    later.join()
    sensor.execute_complete(task_context(), event)  # type: ignore[arg-type]
    sensor.execute(task_context())


def test_the_sensor_fails_for_what_never_will_be_delivered(engine: Engine) -> None:
    set_state(engine, "returned")
    event = fired(HkpostDeliveredTrigger([ITEM, "EA999580311HK"], WAREHOUSE_CONN_ID, 0.01))
    sensor = HkpostDeliveredSensor(task_id="wait", item_nos=[ITEM])
    words = "RB123456785HK is returned; EA999580311HK is not registered"
    with pytest.raises(AirflowFailException, match=words):
        sensor.execute_complete(task_context(), event)  # type: ignore[arg-type]
    with pytest.raises(AirflowFailException, match="RB123456785HK is returned"):
        sensor.poke(task_context())


def test_a_plan_may_be_of_one_account(engine: Engine) -> None:
    plan = HkpostPlanOperator(task_id="plan", account="hkpost_b")
    assert plan.execute(task_context()) == []
    plan = HkpostPlanOperator(task_id="plan", account="hkpost_default")
    assert [one["account"] for one in plan.execute(task_context())] == ["hkpost_default"]


def test_a_task_that_is_stopped_notes_what_had_left_and_frees_its_account(
    engine: Engine, service: ScriptedService
) -> None:
    def slow(asked: Items) -> Reply:
        reply = answers(asked)
        reply.delay_s = 20
        return reply

    service.script = slow
    operator = HkpostFetchOperator(task_id="fetch", plan={"account": "hkpost_default"})

    def stop() -> None:
        await_that(lambda: bool(service.seen))
        operator.on_kill()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(AirflowException, match="the account is free"):
        operator.execute(task_context())
    stopper.join()
    assert isinstance(acquire(engine, "hkpost_default", "the-next-run"), Lease)
    with engine.connect() as db:
        assert db.scalars(text("SELECT outcome FROM hkpost.api_call")).all() == ["lost"]


def test_each_of_our_tasks_leads_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example.com/team")
    with DAG("any"):
        operator = HkpostPlanOperator(task_id="plan")
    (link,) = operator.operator_extra_links
    assert isinstance(link, HkpostPageLink)
    assert link.name == "HKPost"
    page = "https://airflow.example.com/team/plugin/hkpost"
    assert link.get_link(operator, ti_key=None) == page
    for pasted, address in (
        ("rb 123 456 785 hk", f"{page}#/item/RB123456785HK"),
        ("RB123456785HK, RB000000010HK", f"{page}#/find?q=RB123456785HK%20RB000000010HK"),
        ("{{ params.item_nos }}", page),
    ):
        answer = HkpostAnswerOperator(task_id="answer", item_nos=pasted)
        assert link.get_link(answer, ti_key=None) == address


def test_the_providers_description_is_of_airflows_own_form_and_names_modules_that_are_there() -> None:
    schema = Path(airflow.__path__[0]) / "provider_info.schema.json"
    info = provider_info()
    validate(info, json.loads(schema.read_text()))
    for kind in ("hooks", "operators", "sensors", "triggers", "bundles"):
        for entry in info[kind]:
            for module in entry["python-modules"]:
                assert import_module(module)
