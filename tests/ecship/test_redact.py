"""A secret that the service echoes is in nothing that is kept, however it is encoded."""

import base64
import json
import quopri
import random
import time
from collections.abc import Callable
from html import unescape
from html.entities import codepoint2name
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hkpost.ecship.redact import BLANK, redact

SECRET = "p<&s 'w\"rd-é="
Encode = Callable[[str], str]


def mixed(secret: str) -> str:
    """References of all kinds, by turns, and a character as it is now and then."""
    kinds: list[Encode] = [
        lambda char: f"&#{ord(char)};",
        lambda char: f"&#x{ord(char):X};",
        lambda char: (
            f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name else f"&#000{ord(char)};"
        ),
        lambda char: escape(char, {'"': "&quot;"}),
    ]
    return "".join(kinds[place % 4](char) for place, char in enumerate(secret))


ENCODINGS: dict[str, Encode] = {
    "as it is": lambda secret: secret,
    "XML": escape,
    "XML with quotes": lambda secret: escape(secret, {"'": "&apos;", '"': "&quot;"}),
    "HTML with quotes": lambda secret: escape(secret, {"'": "&#39;", '"': "&#34;"}),
    "named": lambda secret: escape(secret, {"=": "&equals;", "/": "&sol;", "%": "&percnt;", "\\": "&bsol;"}),
    "decimal": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "hexadecimal references": lambda secret: "".join(f"&#x{ord(char):04x};" for char in secret),
    "references of all kinds": mixed,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON as Gson writes it": lambda secret: (
        json.dumps(secret)[1:-1].replace("=", "\\u003d").replace("<", "\\u003c").replace("&", "\\u0026")
    ),
    "JSON with slashes escaped": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1].replace(
        "/", "\\/"
    ),
    "JSON, every character": lambda secret: "".join(
        f"\\u{unit:04X}" for unit in memoryview(secret.encode("utf-16-le")).cast("H")
    ),
    "JavaScript": lambda secret: "".join(f"\\x{byte:02x}" for byte in secret.encode()),
    "percent": lambda secret: quote(secret, safe=""),
    "percent, a form's": quote_plus,
    "percent, every byte": lambda secret: "".join(f"%{byte:02x}" for byte in secret.encode()),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "HEXADECIMAL": lambda secret: secret.encode().hex().upper(),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "Base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "Base64 of more": lambda secret: base64.b64encode(f"user:{secret}, and more".encode()).decode(),
    "Base64 for URLs": lambda secret: base64.urlsafe_b64encode(f"u:{secret}".encode()).decode().rstrip("="),
    "Base64 in lines": lambda secret: base64.encodebytes(f"{'x' * 50} {secret}".encode()).decode().strip(),
    "quoted-printable": lambda secret: quopri.encodestring(f"{'x' * 70} {secret}".encode()).decode(),
    "in CDATA": lambda secret: secret[:2] + "<![CDATA[" + secret[2:] + "]]>",
    "around a comment": lambda secret: f"{secret[:1]}<!-- - -->{secret[1:]}",
}
CHARACTERS = st.sampled_from("abcXYZ0189%&\\/+=<>;#x\"'u é皇😀-_~ ") | st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs")
)
SECRETS = st.text(CHARACTERS, min_size=4, max_size=20).map(str.strip).filter(lambda secret: len(secret) >= 4)
SHORT_SECRETS = st.text(st.sampled_from("qxz7!é"), min_size=1, max_size=3)
NAMES = st.sampled_from(sorted(ENCODINGS))


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("secret", [SECRET, "dGhpcyBpcyBhIGRpZ2VzdA+/==", "a/b\\c%41&#65;"])
def test_nothing_of_it_is_left_and_what_stands_around_it_is_kept(name: str, secret: str) -> None:
    echo = ENCODINGS[name](secret)
    clean = redact(f"<m>before {echo} after</m>".encode(), [secret])
    assert clean is not None
    assert clean.startswith(b"<m>before ")
    assert clean.endswith(b" after</m>")
    assert BLANK in clean
    assert echo.encode() not in clean


@given(secret=SECRETS, first=NAMES, second=NAMES)
@example(secret="%41\\u0041&#65;", first="percent", second="XML")
@example(secret="&amp;lt;", first="XML", second="JSON")
@example(secret="a<b>c</d>", first="as it is", second="as it is")
@example(secret="****", first="as it is", second="as it is")
def test_a_secret_in_any_two_encodings_is_in_nothing_that_is_kept(
    secret: str, first: str, second: str
) -> None:
    echo = ENCODINGS[second](ENCODINGS[first](secret))
    body = f"<m>before {echo} after</m><n>Item posted &amp; processed</n>".encode()
    kept = redact(body, [secret])
    if kept is not None:
        assert BLANK in kept
        assert echo.encode() not in kept
        assert secret not in unescape(kept.decode())


@given(secret=SHORT_SECRETS, first=NAMES, second=NAMES)
def test_of_a_body_that_has_a_short_one_as_a_word_in_any_two_encodings_nothing_is_kept(
    secret: str, first: str, second: str
) -> None:
    echo = ENCODINGS[second](ENCODINGS[first](secret))
    assert redact(f"<m>before {echo} after</m>".encode(), [secret]) is None


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["as it is", "XML", "decimal", "JSON", "Base64"])
def test_in_a_body_of_wide_characters_it_is_found_too(codec: str, name: str) -> None:
    body = f"<m>香港 {ENCODINGS[name](SECRET)} 香港</m>"
    clean = redact(body.encode(codec), [SECRET])
    assert clean == f"<m>香港 {BLANK.decode()} 香港</m>".encode(codec)


@pytest.mark.parametrize("codec", ["big5hkscs", "gb18030", "latin-1"])
def test_beyond_ascii_it_is_found_in_other_character_sets(codec: str) -> None:
    secret = "pässwörd" if codec == "latin-1" else "皇后大道"
    assert redact(f"<m>{secret}</m>".encode(codec), [secret]) == b"<m>" + BLANK + b"</m>"


def test_a_digest_is_found_as_the_bytes_that_it_stands_for() -> None:
    digest = bytes(range(160, 180))
    for echo in (digest.hex(), base64.b64encode(b"x" + digest).decode(), quote(digest)):
        assert (
            redact(f"<m>{echo}</m>".encode(), [base64.b64encode(digest).decode()])
            != f"<m>{echo}</m>".encode()
        )


def test_it_is_found_as_utf_16_in_base64() -> None:
    echo = base64.b64encode(f"user:{SECRET}".encode("utf-16-le"))
    assert BLANK in (redact(echo, [SECRET]) or b"")


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
def test_nothing_of_it_can_be_read_back_from_a_base64_text_that_holds_it(before: str) -> None:
    secret = "recognisable"
    text = base64.b64encode(f"{before}{secret}:after".encode())
    clean = redact(text, [secret]) or b""
    assert BLANK in clean
    for length in range(16, 20):
        filled = clean.replace(BLANK, b"A" * length)
        read = base64.b64decode(filled[: len(filled) // 4 * 4])
        assert not any(secret[start : start + 3].encode() in read for start in range(10))


def test_two_that_overlap_are_blanked_together() -> None:
    assert redact(b"say abcdefgh.", ["abcdef", "defgh"]) == b"say " + BLANK + b"."


@pytest.mark.parametrize("repeats", [1, 300])
def test_every_place_is_found_and_nothing_else_changes(repeats: int) -> None:
    echoes = "".join(f"<m>{name} {encode('s3cr=t/1')}</m><o>Posted</o>" for name, encode in ENCODINGS.items())
    clean = redact((echoes * repeats).encode(), ["s3cr=t/1"]) or b""
    assert clean.count(b"<o>Posted</o>") == repeats * len(ENCODINGS)
    assert clean.count(BLANK) == repeats * len(ENCODINGS)


def test_text_that_holds_no_secret_is_left_as_it_is() -> None:
    body = "<m>&#39321;&#28207; 香港 &#x9999;&amp;%41</m>".encode()
    assert redact(body, [SECRET, "recognisable"]) == body
    assert redact(b"", [SECRET]) == b""
    assert redact(body, []) == body


def test_a_short_one_inside_of_a_word_is_no_echo() -> None:
    body = b"<itemNo>RB123456785HK</itemNo><m>Posted at 16:45</m>"
    assert redact(body, ["123"]) == body
    assert redact(body, ["123"], ["integrator"]) == body
    assert redact(body + b"<m>integrator</m>", ["123"], ["integrator"]) is None
    assert redact(body + b"<m>&#105;ntegrator</m>", ["123"], ["integrator"]) is None


def test_a_body_that_is_encoded_over_and_over_is_given_up_and_not_kept() -> None:
    body = base64.b64encode(random.Random(1).randbytes(5_000_000))
    began = time.process_time()
    assert redact(body, ["s3cr=t/1"]) is None
    assert time.process_time() - began < 30
