"""Faults on demand: what a client must live through."""

import http.client
import time
import urllib.error

import pytest
from lxml import etree

from hkpost_simulator import Fault, Simulator
from hkpost_simulator.faults import FaultKind, FaultQueue
from tests.simulator.asking import ask, post, request, text

ITEM, OTHER = "RB999999990HK", "RB999999809HK"


def test_http_status(simulator: Simulator) -> None:
    simulator.fault("http", 503)
    http_status, body = post(simulator.url, request([ITEM]))
    assert (http_status, body) == (503, b"<html><body><h1>HTTP 503</h1></body></html>")
    assert simulator.requests()[-1].code is None


def test_truncated_xml_in_a_complete_response(simulator: Simulator) -> None:
    simulator.fault("truncate", 0.5)
    http_status, body = post(simulator.url, request([ITEM]))
    assert http_status == 200
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)


def test_reset_without_a_word(simulator: Simulator) -> None:
    simulator.fault("reset", 0)
    with pytest.raises((urllib.error.URLError, ConnectionError, http.client.RemoteDisconnected)):
        post(simulator.url, request([ITEM]))
    assert ask(simulator, ITEM).status == 0


def test_reset_in_the_middle(simulator: Simulator) -> None:
    simulator.fault("reset", 0.5)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        post(simulator.url, request([ITEM]))
    assert ask(simulator, ITEM).status == 0


def test_another_body(simulator: Simulator) -> None:
    simulator.fault("body", "<html>maintenance</html>")
    assert post(simulator.url, request([ITEM])) == (200, b"<html>maintenance</html>")


def test_soap_fault(simulator: Simulator) -> None:
    simulator.fault("soap_fault", "no <service>")
    http_status, body = post(simulator.url, request([ITEM]))
    assert http_status == 500
    assert etree.fromstring(body).findtext(".//faultstring") == "no <service>"


def test_latency_comes_on_top_of_another_fault(simulator: Simulator) -> None:
    simulator.fault("latency", 0.2)
    simulator.fault("code", 9999)
    began = time.monotonic()
    assert ask(simulator, ITEM).status == 9999
    assert time.monotonic() - began >= 0.2


def test_a_whole_request_may_be_answered_with_an_items_code(simulator: Simulator) -> None:
    simulator.fault("code", 1001)
    reply = ask(simulator, ITEM, OTHER)
    assert (reply.status, reply.items) == (1001, ())


@pytest.mark.parametrize(
    ("kind", "value", "expected", "count"),
    [
        ("omit_item", None, [ITEM], 1),
        ("double_item", None, [ITEM, OTHER, OTHER], 3),
        ("foreign_item", "CP889331175HK", [ITEM, OTHER, "CP889331175HK"], 3),
        ("item_count", 7, [ITEM, OTHER], 7),
    ],
)
def test_an_answer_that_does_not_fit_the_question(
    simulator: Simulator, kind: str, value: float | str | None, expected: list[str], count: int
) -> None:
    simulator.fault(kind, value, item=OTHER)
    reply = ask(simulator, ITEM, OTHER)
    assert [text(item, "itemNo") for item in reply.items] == expected
    assert reply.item_count == count


def test_a_code_that_is_not_in_the_specification(simulator: Simulator) -> None:
    simulator.fault("item_code", 4242, item=OTHER)
    reply = ask(simulator, ITEM, OTHER)
    assert [text(item, "status") for item in reply.items] == ["1001", "4242"]


def test_a_poisoned_item_fails_every_request_that_holds_it(simulator: Simulator) -> None:
    simulator.fault("code", 9998, item=OTHER, times=None)
    asked = [(ITEM, OTHER), (ITEM,), (OTHER,)]
    assert [ask(simulator, *item_nos).status for item_nos in asked] == [9998, 0, 9998]
    simulator.clear_faults()
    assert ask(simulator, OTHER).status == 0


def test_skip_lets_requests_pass_first() -> None:
    queue = FaultQueue()
    queue.add([Fault(FaultKind.CODE, 9999, times=2, skip=1), Fault(FaultKind.CODE, 9994)])
    met = [queue.take([ITEM])[0] for _ in range(4)]
    assert [fault and fault.value for fault in met] == [9994, 9999, 9999, None]
    assert queue.waiting() == ()
