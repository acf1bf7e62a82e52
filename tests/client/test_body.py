"""A body is unpacked as it comes, and given up as soon as it is larger than allowed."""

import gzip
import tracemalloc

import pytest

from hkpost.client.body import BodyDamaged, BodyTooLarge, BoundedBody

TEXT = b"<answer>" + b"0123456789" * 1000 + b"</answer>"


def collected(packed: bytes, encoding: str, at_most: int = 1_000_000, piece: int = 100) -> bytes:
    body = BoundedBody(encoding, at_most)
    for start in range(0, len(packed), piece):
        body.feed(packed[start : start + piece])
    return body.whole()


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " GZip "),
        (gzip.compress(TEXT[:50]) + gzip.compress(TEXT[50:]), "gzip"),
    ],
)
@pytest.mark.parametrize("piece", [1, 100, 1_000_000])
def test_the_body_is_what_was_sent(packed: bytes, encoding: str, piece: int) -> None:
    assert collected(packed, encoding, piece=piece) == TEXT


def test_a_packing_that_was_not_asked_for_is_kept_as_it_came() -> None:
    assert collected(b"\x0b\x02\x80", "br") == b"\x0b\x02\x80"


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_body_may_be_as_large_as_allowed_and_not_a_byte_larger(encoding: str) -> None:
    packed = gzip.compress(TEXT) if encoding else TEXT
    assert collected(packed, encoding, at_most=len(TEXT)) == TEXT
    with pytest.raises(BodyTooLarge, match="larger than"):
        collected(packed, encoding, at_most=len(TEXT) - 1)


def test_a_gzip_bomb_is_given_up_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            collected(bomb, "gzip", at_most=1_000_000, piece=65_536)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize("damage", [lambda packed: packed[:-5], lambda packed: b"<html>" + packed])
def test_a_packed_body_that_is_cut_off_or_no_gzip_is_damaged(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(BodyDamaged):
        collected(damage(gzip.compress(TEXT)), "gzip")


def test_an_empty_body_is_empty_whatever_its_packing() -> None:
    assert collected(b"", "gzip") == b""
