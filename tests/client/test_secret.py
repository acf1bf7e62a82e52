"""A secret that the service echoes is blanked in whatever spelling it comes back."""

import base64
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest

from hkpost.client.secret import BLANK, blanked

SECRET = "p<&s 'w\"rd-é"


@pytest.mark.parametrize(
    "echo",
    [
        SECRET.encode(),
        SECRET.encode("utf-16-le"),
        SECRET.encode("utf-16-be"),
        escape(SECRET).encode(),
        escape(SECRET, {"'": "&apos;", '"': "&quot;"}).encode(),
        escape(SECRET, {"'": "&#39;", '"': "&#34;"}).encode(),
        escape(escape(SECRET)).encode(),
        quote(SECRET).encode(),
        base64.b64encode(SECRET.encode()),
        "".join(f"&#{ord(character)};" for character in SECRET).encode(),
        "".join(f"&#x{ord(character):02X};" for character in SECRET).encode(),
        f"{escape(SECRET[:5])}&#x{ord(SECRET[5]):x};{escape(SECRET[6:])}".encode(),
    ],
)
def test_every_spelling_is_blanked_and_what_stands_around_it_is_kept(echo: bytes) -> None:
    body = b"<m>before " + echo + b" after</m>"
    assert blanked(body, [SECRET]) == b"<m>before " + BLANK + b" after</m>"


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_nothing_of_it_can_be_read_back_from_a_base64_text_that_holds_it(before: str) -> None:
    secret = "recognisable"
    text = base64.b64encode(f"{before}{secret}:after".encode())
    clean = blanked(text, [secret])
    assert BLANK in clean
    assert secret.encode() not in base64.b64decode(clean.replace(BLANK, b"A" * 16))


def test_text_that_holds_no_secret_is_left_as_it_is() -> None:
    body = "<m>&#39321;&#28207; 香港 &#x9999;&amp;</m>".encode()
    assert blanked(body, [SECRET, "recognisable"]) == body


def test_a_secret_too_short_to_tell_from_ordinary_text_is_left() -> None:
    assert blanked(b"abc", ["abc"]) == b"abc"
