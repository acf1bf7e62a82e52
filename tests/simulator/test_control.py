"""The control face below /_sim/."""

import json
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hkpost_simulator import Simulator
from hkpost_simulator.http_server import is_loopback
from hkpost_simulator.truth import as_json
from tests.helpers.awaiting import await_that
from tests.simulator.asking import ask, control, numbers_of_kind

ITEM = "RB999999990HK"


def test_the_clock_over_http(simulator: Simulator) -> None:
    assert control(simulator, "clock") == {
        "now": "2026-03-02T16:00:00+00:00",
        "speed": 1.0,
        "is_frozen": True,
    }
    moved = control(simulator, "clock", {"set": "2026-03-05T00:00:00+08:00", "advance_s": 60, "speed": 3600})
    assert moved == {"now": "2026-03-04T16:01:00+00:00", "speed": 3600.0, "is_frozen": True}
    assert control(simulator, "clock", {"resume": True})["is_frozen"] is False
    assert control(simulator, "clock", {"freeze": True})["is_frozen"] is True


def test_ageing_over_http(simulator: Simulator) -> None:
    young = next(item for item in simulator.truth().values() if item.state == "accepted")
    control(simulator, "clock", {"advance_s": 40 * 86400})
    (now,) = control(simulator, f"truth?item={young.item_no}")["items"].values()
    assert len(now["events"]) > len(young.events)


def test_the_truth_of_some_and_of_all(simulator: Simulator) -> None:
    known = numbers_of_kind(simulator, "tracked")[0]
    some = control(simulator, f"truth?item={known}&item={ITEM}")
    assert some["now"] == "2026-03-02T16:00:00+00:00"
    assert some["items"][known] == json.loads(json.dumps(as_json(simulator.truth([known])[known])))
    assert some["items"][ITEM]["status"] == 1001
    assert len(control(simulator, "truth")["items"]) == 600


def test_an_item_can_be_scripted_and_given_back(simulator: Simulator) -> None:
    known = numbers_of_kind(simulator, "tracked")[0]
    before = control(simulator, f"truth?item={known}")["items"][known]
    event = {"event_date_time": "01-03-2026 10:00", "message": {"e": "Lost and found"}}
    control(simulator, "truth", {known: {"events": [event]}, ITEM: before | {"status": 1003}})
    scripted = control(simulator, f"truth?item={known}&item={ITEM}")["items"]
    assert scripted[known]["events"][0]["message"] == {"e": "Lost and found", "c": "", "s": ""}
    assert scripted[ITEM] == before | {
        "item_no": ITEM,
        "status": 1003,
        "err_msg": "Tracking period has been expired",
    }
    control(simulator, "truth", {known: None, ITEM: None})
    assert control(simulator, f"truth?item={known}")["items"][known] == before


def test_faults_are_queued_listed_and_cleared(simulator: Simulator) -> None:
    control(
        simulator, "faults", [{"kind": "code", "value": 9999, "times": None}, {"kind": "latency", "value": 0}]
    )
    assert ask(simulator, ITEM).status == 9999
    assert control(simulator, "faults") == [
        {"kind": "code", "value": 9999, "times": None, "item": None, "skip": 0}
    ]
    assert control(simulator, "faults", method="DELETE") == []
    assert ask(simulator, ITEM).status == 0


def test_requests_are_kept_in_flight_until_they_may_be_answered(simulator: Simulator) -> None:
    assert control(simulator, "hold", {"held": True}) == {"held": True}
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(ask, simulator, ITEM)
        await_that(lambda: len(simulator.requests()) == 1)
        assert not answer.done()
        assert control(simulator, "hold", {"held": False}) == control(simulator, "hold") == {"held": False}
        assert answer.result().status == 0


def test_the_log_and_its_figures(simulator: Simulator) -> None:
    ask(simulator, ITEM, "ABC")
    ask(simulator, ITEM, lang="X")
    first, second = control(simulator, "log")
    assert (first["number"], first["user"], first["item_nos"], first["code"]) == (
        1,
        "integrator",
        [ITEM, "ABC"],
        0,
    )
    assert (second["code"], second["reason"], second["lang"]) == (9996, "lang 'X'", "X")
    assert control(simulator, "log?after=1") == [second]
    assert control(simulator, "log?limit=1") == [first]
    stats = control(simulator, "stats")
    assert (stats["requests"], stats["by_code"]) == (2, {"0": 1, "9996": 1})
    assert (stats["items_asked_more_than_once"], stats["most_often_asked"][0]) == (1, [ITEM, 2])
    assert stats["min_gap_ms"] == second["gap_ms"]
    control(simulator, "log", method="DELETE")
    assert control(simulator, "stats")["requests"] == 0


def test_latency_limits_and_users(simulator: Simulator) -> None:
    assert control(simulator, "latency", {"seconds": 0.01}) == {"seconds": 0.01}
    limits = control(simulator, "limits", {"daily_quota": 5, "used": {"integrator": 5}})
    assert limits == {"gap_ms": 0.0, "daily_quota": 5, "used": {"integrator": 5}}
    assert ask(simulator, ITEM).status == 9994
    assert control(simulator, "users", {"integrator": None, "other": "secret"}) == ["other"]
    assert ask(simulator, ITEM).status == 9992


def test_the_senders_rows(simulator: Simulator) -> None:
    rows = control(simulator, "shipments")
    assert len(rows) == 600
    assert set(rows[0]) == {"order_ref", "carrier", "item_no", "shipped_at", "destination", "city"}


@pytest.mark.parametrize(
    ("route", "value", "http_status"),
    [
        ("nothing", None, 404),
        ("clock", {"set": "2026-01-01T00:00"}, 400),
        ("clock", {"speed": 0}, 400),
        ("clock", {"sped": 1}, 400),
        ("faults", {"kind": "sabotage"}, 400),
        ("faults", {"kind": "code", "value": "many"}, 400),
        ("truth", {"X": {"evnets": []}}, 400),
        ("latency", [], 400),
    ],
)
def test_a_bad_call_is_refused(simulator: Simulator, route: str, value: Any, http_status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        control(simulator, route, value)
    with refused.value as error:
        assert error.code == http_status
        assert json.load(error)["error"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.7", False)],
)
def test_only_this_machine_is_let_in(address: str, expected: bool) -> None:
    assert is_loopback(address) is expected
