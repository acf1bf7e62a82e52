"""The credential, and what it is signed with, is in no log, no table and no archive, however it is echoed."""

import base64
import gzip
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
from lxml import etree
from sqlalchemy import Engine, text

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.redact import redact
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.warehouse.engine import warehouse_engine
from tests.ecship.test_redact import ENCODINGS
from tests.helpers.scripted_service import Items, Reply, ScriptedService, Seen, envelope, item, posted

SECRET = "Re<cog&nis'able"
LIBRARIES = (
    "",
    "httpx",
    "httpcore",
    "httpcore.http11",
    "zeep",
    "urllib3",
    "requests",
    "asyncio",
    "sqlalchemy",
    "sqlalchemy.engine",
)
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


def signature(body: bytes) -> list[str]:
    """What a request was signed with: its digest (or the credential itself) and its nonce."""
    nodes = etree.fromstring(body).iter(f"{WSSE}Password", f"{WSSE}Nonce")
    return [node.text for node in nodes if node.text]


def _hexadecimal_bytes(signed: str) -> str:
    """A digest as other libraries write it."""
    return base64.b64decode(signed + "=" * (-len(signed) % 4)).hex() if signed != SECRET else signed


def spellings(signed: list[str]) -> list[str]:
    """The credential in the ways in which a service may write it."""
    once = {name: encode(SECRET) for name, encode in ENCODINGS.items()}
    twice = [
        ENCODINGS[name](once[inner])
        for inner, name in (("JSON as Gson writes it", "XML"), ("decimal", "JSON"), ("percent", "Base64"))
    ]
    written = [
        SECRET,
        *once.values(),
        *twice,
        *signed,
        *(encode(one) for one in signed for encode in _OF_DIGESTS),
    ]
    return [one for one in written if "\n" not in one]


_OF_DIGESTS = (quote, ENCODINGS["JSON as Gson writes it"], ENCODINGS["hexadecimal"], _hexadecimal_bytes)


def echoes(service: ScriptedService) -> Iterator[Reply]:
    """One answer after another that names what the request was signed with, in every place it can."""
    while True:
        for status, kind in ((200, "item"), (200, "code"), (500, "page"), (500, "fault"), (429, "page")):
            signed = signature(service.seen[-1].body)
            said = " ".join(escape(spelling) for spelling in spellings(signed))
            body = {
                "item": envelope(
                    "".join(
                        item(
                            number,
                            0,
                            ("27-02-2026 16:00", "HK", f"Posted {SECRET}"),
                            milestone=escape(SECRET),
                        )
                        for number in service.seen[-1].items
                    ),
                    message=f"welcome {SECRET}",
                ),
                "code": envelope(status=4711, message=f"unknown {SECRET}"),
                "page": f"<html>{said} {SECRET}</html>".encode(),
                "fault": (
                    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
                    f"<faultcode>e:Client</faultcode><faultstring>{said}</faultstring></e:Fault></e:Body></e:Envelope>"
                ).encode(),
            }[kind]
            one_line = " ".join(spellings(signed))
            yield Reply(
                body,
                status,
                f'text/xml; note="{one_line}"',
                headers={"X-Echo": one_line, "Set-Cookie": f"echo={quote(SECRET)}"},
                reason=f"said {one_line}",
            )


@pytest.fixture
def every_library_talks(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for library in LIBRARIES:
        caplog.set_level(logging.DEBUG, library)
    return caplog


def stored(engine: Engine) -> str:
    """All that all tables hold, the archive unpacked, as one text."""
    with engine.connect() as db:
        tables = db.execute(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace"
                " AND relkind IN ('r', 'p') AND NOT relispartition"
            )
        ).scalars()
        rows = [
            row
            for name in tables
            for row in db.execute(text(f'SELECT t::text FROM hkpost."{name}" t')).scalars()
        ]
        bodies = [
            gzip.decompress(body)
            for body in db.execute(text("SELECT body FROM hkpost.raw_response")).scalars()
        ]
    return "\n".join([*rows, *(body.decode("utf-8", "replace") for body in bodies)])


@pytest.mark.parametrize("wsse", ["digest", "text", "none"])
def test_a_search_of_logs_tables_and_archive_for_the_credential_finds_nothing(
    wsse: str,
    warehouse_url: str,
    every_library_talks: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    service = ScriptedService()
    replies = echoes(service)

    def script(items: Items) -> Reply:
        return next(replies) if len(service.seen) < 12 else Reply(f"<html>{SECRET}</html>".encode(), 403)

    service.script = script
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as db:
        db.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no) SELECT 'RB' || lpad(n::text, 9, '0') || 'HK'"
                " FROM generate_series(1, 300) n"
            )
        )
    said: list[str] = []
    with service.running():
        settings = account_settings(
            "hkpost_default", service.url, "integrator", SECRET, {"wsse": wsse, "max_in_flight": 2}
        )
        job = FetchJob(settings, "run", max_run_s=120, breaker_limit=99, first_wait_s=0.01)
        summary = fetch_account(engine, job, said.append)
    load_pending(engine, report=said.append)
    assert "HTTP 403" in str(summary.failure)

    tables = stored(engine)
    assert "4711" in tables, "the words around it are kept"
    printed = capfd.readouterr()
    places = {
        "tables": tables,
        "log": "\n".join(
            f"{record.getMessage()} {record.exc_text or ''}" for record in every_library_talks.records
        ),
        "said": "\n".join([*said, repr(summary), repr(settings), repr(job)]),
        "printed": printed.out + printed.err,
    }
    assert "HTTP" in places["said"]
    assert "INSERT INTO" in places["log"], "the libraries did talk"
    signed = [secret for seen in service.seen for secret in signature(seen.body)]
    found = {
        (place, spelling)
        for place, words in places.items()
        for spelling in spellings(signed)
        if spelling in words
    }
    assert found == set()
    with engine.connect() as db:
        blanked = db.execute(
            text("SELECT bool_and(credential_blanked) FROM hkpost.raw_response")
        ).scalar_one()
    assert blanked is True, "each answer that named it says so"
    engine.dispose()


SHORT = "x7k"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (
            lambda seen: Reply(envelope("".join(map(posted, seen.items)), message="for integrator")),
            "request_refused",
        ),
        (
            lambda seen: Reply(envelope("".join(map(posted, seen.items)), message=f"said {SHORT}")),
            "request_refused",
        ),
        (
            lambda seen: Reply(envelope(item(seen.items[0], 0, ("", "HK", f"Posted {SHORT}")))),
            "request_refused",
        ),
        (lambda seen: Reply(envelope(status=9992, message=escape(seen.body.decode()))), "credential_refused"),
        (lambda seen: Reply(envelope(status=4711, message="&#120;&#55;&#107;")), "unknown_status"),
        (lambda seen: Reply(seen.body.hex().encode(), 403), "http_refused"),
        (lambda seen: Reply(base64.b64encode(seen.body), 500), "unavailable"),
    ],
    ids=["answered", "said beside", "said of an item", "refused", "unknown", "forbidden", "an error page"],
)
def test_of_an_answer_that_echoes_a_request_with_a_short_credential_nothing_is_kept_and_the_row_says_so(
    reply: Callable[[Seen], Reply],
    outcome: str,
    warehouse_url: str,
    every_library_talks: pytest.LogCaptureFixture,
) -> None:
    service = ScriptedService()
    service.script = lambda items: reply(service.seen[-1])
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as db:
        db.execute(text("INSERT INTO hkpost.mail_item (item_no) VALUES ('RB000000001HK')"))
    said: list[str] = []
    with service.running():
        settings = account_settings(
            "hkpost_default", service.url, "integrator", SHORT, {"wsse": "text", "max_in_flight": 1}
        )
        job = FetchJob(settings, "run", max_run_s=120, breaker_limit=2, first_wait_s=0.01)
        summary = fetch_account(engine, job, said.append)
    load_pending(engine, report=said.append)
    assert "the credential has under four characters" in " ".join([str(summary.failure), *said])
    with engine.connect() as db:
        [row] = db.execute(text("SELECT DISTINCT outcome, error FROM hkpost.api_call"))
        bodies = db.execute(
            text("SELECT body, content_type, credential_blanked FROM hkpost.raw_response")
        ).all()
        [due] = db.execute(text("SELECT pending_call_id IS NULL AND is_open FROM hkpost.mail_item")).scalars()
    assert row.outcome == outcome
    assert "nothing that the service said is kept" in row.error
    assert {(gzip.decompress(body), kind, blanked) for body, kind, blanked in bodies} == {(b"", "", True)}
    assert due
    logged = "\n".join(
        f"{record.getMessage()} {record.exc_text or ''}" for record in every_library_talks.records
    )
    for words in (stored(engine), logged, "\n".join([*said, repr(summary), repr(settings), repr(job)])):
        assert redact(words.encode(), [SHORT]) is not None, words[:2000]
    engine.dispose()


def test_a_short_credential_that_is_not_echoed_costs_nothing(warehouse_url: str) -> None:
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as db:
        db.execute(text("INSERT INTO hkpost.mail_item (item_no) VALUES ('RX7K00001HK'), ('RB000000001HK')"))
    with ScriptedService().running() as service:
        settings = account_settings("hkpost_default", service.url, "integrator", SHORT, {})
        summary = fetch_account(engine, FetchJob(settings, "run", max_run_s=120), lambda line: None)
    assert summary.failure is None
    assert summary.items_answered == 2
    engine.dispose()
