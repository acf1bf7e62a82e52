"""Every one of the fourteen codes (specification page 6) over real HTTP."""

import pytest

from hkpost.ecship.status import StatusCode
from hkpost_simulator import Simulator
from tests.simulator.asking import (
    PASSWORD,
    USER,
    ask,
    digest_token,
    numbers_of_kind,
    post,
    read,
    request,
    text,
)

UNHEARD_OF = "RB999999990HK"


def test_0_success_answers_each_item_with_its_own_status(simulator: Simulator) -> None:
    known = numbers_of_kind(simulator, "tracked")[:29]
    reply = ask(simulator, *known, UNHEARD_OF)
    assert (reply.http_status, reply.status, reply.err_msg, reply.item_count) == (200, 0, "", 30)
    assert [text(item, "itemNo") for item in reply.items] == [*known, UNHEARD_OF]
    assert text(reply.items[-1], "status") == "1001"


@pytest.mark.parametrize(
    ("kind", "code"),
    [("unknown", 1001), ("ill_formed", 1002), ("expired", 1003), ("not_permitted", 1004)],
)
def test_1001_to_1004_are_said_of_items_of_the_catalogue(simulator: Simulator, kind: str, code: int) -> None:
    reply = ask(simulator, numbers_of_kind(simulator, kind)[0])
    assert (reply.status, text(reply.items[0], "status")) == (0, str(code))
    assert text(reply.items[0], "errMsg") == StatusCode(code).meaning


@pytest.mark.parametrize(
    ("item_no", "code"), [("RB000000010HK", 1001), ("ABC", 1002), ("1234567890123", 1002)]
)
def test_numbers_outside_the_catalogue(simulator: Simulator, item_no: str, code: int) -> None:
    assert text(ask(simulator, item_no).items[0], "status") == str(code)


def test_9991_a_second_request_too_soon() -> None:
    with Simulator(items=10, users={USER: PASSWORD}, gap_ms=3_600_000) as simulator:
        assert ask(simulator, UNHEARD_OF).status == 0
        refused = ask(simulator, UNHEARD_OF)
    assert (refused.status, refused.err_msg) == (9991, "Exceed API request frequency")
    assert (refused.item_count, refused.items) == (0, ())


def test_9992_wrong_password(simulator: Simulator) -> None:
    assert ask(simulator, UNHEARD_OF, token=digest_token(password="wrong")).status == 9992


@pytest.mark.parametrize(
    "body",
    [
        b"not xml",
        b"",
        b"<a/>",
        request([UNHEARD_OF]).replace(b"getItemDeliveryStatus", b"getSomethingElse"),
        request([UNHEARD_OF]).replace(b"o:lang>", b"o:language>"),
        request([UNHEARD_OF], extra='<!DOCTYPE x [<!ENTITY y "z">]>'),
    ],
    ids=["no XML", "empty", "no envelope", "another operation", "a field missing", "a document type"],
)
def test_9993_malformed_request(simulator: Simulator, body: bytes) -> None:
    assert read(*post(simulator.url, body)).status == 9993


def test_9993_no_soap_action(simulator: Simulator) -> None:
    http_status, body = post(simulator.url, request([UNHEARD_OF]), {"Content-Type": "text/xml"})
    assert read(http_status, body).status == 9993


def test_9994_the_quota_of_the_day() -> None:
    with Simulator(items=10, users={USER: PASSWORD}, gap_ms=0, daily_quota=2) as simulator:
        assert [ask(simulator, UNHEARD_OF).status for _ in range(4)] == [0, 0, 9994, 9994]


@pytest.mark.parametrize(("count", "code"), [(30, 0), (31, 9995)])
def test_9995_more_than_thirty_items(simulator: Simulator, count: int, code: int) -> None:
    assert ask(simulator, *[UNHEARD_OF] * count).status == code


@pytest.mark.parametrize("lang", ["", "a", "X", "EC"])
def test_9996_language(simulator: Simulator, lang: str) -> None:
    assert ask(simulator, UNHEARD_OF, lang=lang).status == 9996


def test_9997_empty_array(simulator: Simulator) -> None:
    assert ask(simulator).status == 9997


@pytest.mark.parametrize(
    "item_no", ["", " ", "RB1234567890HK", "RB12345678-HK", "rb123456785hk", "RB 12345678HK"]
)
def test_9998_one_bad_number_refuses_the_whole_request(simulator: Simulator, item_no: str) -> None:
    reply = ask(simulator, UNHEARD_OF, item_no)
    assert (reply.status, reply.items) == (9998, ())


def test_9999_on_demand(simulator: Simulator) -> None:
    simulator.fault("code", 9999, times=2)
    assert [ask(simulator, UNHEARD_OF).status for _ in range(3)] == [9999, 9999, 0]


def test_who_asks_is_checked_before_what_is_asked(simulator: Simulator) -> None:
    assert ask(simulator, *[""] * 31, lang="X", token=digest_token(password="wrong")).status == 9992
    assert ask(simulator, *[""] * 31, lang="X").status == 9996
    assert ask(simulator, *[""] * 31).status == 9995
