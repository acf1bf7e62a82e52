"""One exchange over real HTTP: the body is what was sent, however it came, and never more than is allowed."""

import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from hkpost.ecship.exchange import HttpAnswer, TransportFault, post
from hkpost.ecship.http import async_client
from hkpost.ecship.settings import account_settings
from hkpost.ecship.wire import WireRequest
from tests.helpers.scripted_service import Reply, ScriptedService

TEXT = b"<answer>" + b"0123456789" * 1000 + b"</answer>"


class Permit:
    """The turn is always ours."""

    has_turn = False
    sent_at: float | None = None
    is_complete = False

    async def acquire(self) -> None:
        self.has_turn = True

    def mark_sent(self) -> None:
        self.sent_at = 0.0

    def complete(self) -> None:
        self.is_complete = True


def exchanged(reply: Reply, at_most: int = 1_000_000) -> tuple[HttpAnswer, ScriptedService]:
    service = ScriptedService(lambda items: reply)
    permit = Permit()

    async def exchange() -> HttpAnswer:
        settings = account_settings("hkpost_default", service.url, "integrator", "s3cret-word", {})
        request = WireRequest(service.url, {"Content-Type": "text/xml"}, b"<itemNo>1</itemNo>", ())
        async with async_client(settings) as http:
            return await post(http, request, permit, timeout_s=10, max_body_bytes=at_most)

    with service.running():
        try:
            return asyncio.run(exchange()), service
        finally:
            assert permit.is_complete
            assert permit.sent_at is not None


def fault(reply: Reply, at_most: int = 1_000_000) -> TransportFault:
    with pytest.raises(TransportFault) as caught:
        exchanged(reply, at_most)
    return caught.value


def packed(body: bytes, coding: str) -> Reply:
    return Reply(body, headers={"Content-Encoding": coding})


@pytest.mark.parametrize(
    "reply",
    [
        Reply(TEXT),
        packed(TEXT, "identity"),
        packed(gzip.compress(TEXT), "gzip"),
        packed(gzip.compress(TEXT), " GZip "),
        packed(zlib.compress(TEXT), "deflate"),
    ],
    ids=["plain", "identity", "gzip", "GZip", "deflate"],
)
def test_the_body_is_what_was_sent_and_no_packing_is_asked_for(reply: Reply) -> None:
    answer, service = exchanged(reply)
    assert (answer.status, answer.body) == (200, TEXT)
    assert service.seen[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("reply", [Reply(TEXT), packed(gzip.compress(TEXT), "gzip")], ids=["plain", "packed"])
def test_a_body_may_be_as_large_as_allowed_and_not_a_byte_larger(reply: Reply) -> None:
    assert exchanged(reply, len(TEXT))[0].body == TEXT
    assert fault(reply, len(TEXT) - 1).outcome == "too_large"


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "caf\xe9"])
def test_a_packing_that_cannot_be_looked_into_is_no_answer(coding: str) -> None:
    assert fault(packed(gzip.compress(gzip.compress(TEXT)), coding)).outcome == "not_xml"


def test_a_body_that_is_not_what_it_says_it_is_packed_as_is_incomplete() -> None:
    assert fault(packed(b"<html>" + gzip.compress(TEXT), "gzip")).outcome == "incomplete"


def test_a_packed_body_that_is_cut_off_ends_where_it_is_cut() -> None:
    answer, _ = exchanged(packed(gzip.compress(TEXT)[:-20], "gzip"))
    assert TEXT.startswith(answer.body)
    assert answer.body != TEXT


def test_an_empty_body_is_empty_whatever_its_packing() -> None:
    assert exchanged(packed(b"", "gzip"))[0].body == b""


def test_a_gzip_bomb_is_given_up_before_it_fills_the_memory() -> None:
    bomb = packed(gzip.compress(bytes(500_000_000)), "gzip")
    tracemalloc.start()
    try:
        assert fault(bomb).outcome == "too_large"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 200_000_000, "one piece of what arrives is unpacked at a time"
