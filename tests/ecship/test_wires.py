"""Which wire speaks for an account, and that another one takes part by one file of its own."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.dispatch.connection_test import probe
from hkpost.ecship.rows import Texts
from hkpost.ecship.settings import AccountSettings, account_settings
from hkpost.ecship.soap.wire import SoapWire
from hkpost.ecship.wires import WIRES, open_wire, wire_of
from hkpost.jobs.load import load_pending
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import canonicalise, register_rows
from hkpost.warehouse.items.terminal import mark_terminal
from tests.helpers import json_wire
from tests.helpers.json_wire import JsonWire
from tests.helpers.scripted_service import ScriptedService

CREDENTIAL = "s3cret-credential"
DELIVERED, POSTED, UNKNOWN, ODD = "RB123456785HK", "RB000000010HK", "RB000000023HK", "RB000000037HK"


def settings(url: str, **extra: object) -> AccountSettings:
    return account_settings("hkpost_default", url, "integrator", CREDENTIAL, extra)


def event(when: str, place: str, message: str) -> dict[str, str]:
    return {"eventDateTime": when, "eventLocation_code": place, "eventMsg_e": message, "eventMsg_c": ""}


RESULTS: dict[str, dict[str, Any]] = {
    DELIVERED: {
        "status": 0,
        "milestone_e": "Delivered",
        "events": [event("28-02-2026 10:30", "US", "Delivered"), event("27-02-2026 16:00", "HK", "Posted")],
    },
    POSTED: {"status": 0, "milestone_e": "", "events": [event("27-02-2026 16:00", "HK", "Posted")]},
    UNKNOWN: {"status": 1001, "errMsg": f"no such item, {CREDENTIAL}"},
    ODD: {"status": 1002, "errMsg": None, "events": []},
}


class JsonService:
    """Answers in JSON, as the results say."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.asked.append(question)
                service.tokens.add(self.headers[json_wire.TOKEN])
                results = [{"itemNo": number, **RESULTS[number]} for number in question["itemNo"]]
                said = {"status": 0, "errMsg": None, "itemCount": len(results), "results": results}
                body = json.dumps({"mailTrackingResponse": said}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}{json_wire.PATH}"

    @contextmanager
    def running(self) -> Iterator["JsonService"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@pytest.fixture
def json_is_a_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hkpost.ecship.wires.WIRES", [JsonWire, *WIRES])


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def test_soap_speaks_for_every_account_and_reads_every_answer() -> None:
    assert isinstance(open_wire(settings("https://partner.example/services/any")), SoapWire)
    for content_type in ("text/xml; charset=utf-8", "application/json", ""):
        assert wire_of(content_type) is SoapWire


@pytest.mark.usefixtures("json_is_a_wire")
def test_the_connection_says_which_wire_it_is() -> None:
    assert isinstance(open_wire(settings(f"https://partner.example{json_wire.PATH}")), JsonWire)
    assert isinstance(open_wire(settings("https://partner.example/services/any")), SoapWire)
    assert wire_of("application/json; charset=utf-8") is JsonWire
    assert wire_of("text/xml") is SoapWire


@pytest.mark.usefixtures("json_is_a_wire")
def test_another_wire_runs_the_whole_pipeline_and_all_that_it_needs_is_in_its_file(engine: Engine) -> None:
    register_rows(engine, ["item_no"], [[[number] for number in RESULTS]])
    canonicalise(engine)
    with JsonService().running() as service:
        job = FetchJob(settings(service.url), "run", max_run_s=60)
        summary = fetch_account(engine, job, lambda line: None)
        assert probe(None, settings(service.url), is_in_use=False).works
    assert (summary.failure, summary.items_answered) == (None, 4)
    assert load_pending(engine, report=lambda line: None).items == 4
    mark_terminal(engine)
    with engine.connect() as db:
        items = db.execute(text("SELECT item_no, state, event_count, is_open FROM hkpost.mail_item")).all()
        events = db.execute(
            text(
                "SELECT message_e, event_type FROM hkpost.tracking_event WHERE item_no = :no ORDER BY sequence_no"
            ),
            {"no": DELIVERED},
        ).all()
        [(body, blanked)] = db.execute(text("SELECT body, credential_blanked FROM hkpost.raw_response"))
    assert sorted(items) == [
        (POSTED, "accepted", 1, True),
        (UNKNOWN, "registered", 0, True),
        (ODD, "invalid_number", 0, False),
        (DELIVERED, "delivered", 2, False),
    ]
    assert [*events] == [("Posted", "EMA"), ("Delivered", "EMI")]
    assert blanked
    assert CREDENTIAL.encode() not in gzip.decompress(body)
    assert sorted(service.asked[0]["itemNo"]) == sorted(RESULTS)
    assert len(Path(json_wire.__file__).read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.usefixtures("json_is_a_wire")
def test_two_wires_fill_one_archive_and_each_answer_is_read_by_its_own(engine: Engine) -> None:
    with JsonService().running() as newer, ScriptedService().running() as soap:
        for number, url in ((DELIVERED, newer.url), ("EA123456785HK", soap.url)):
            register_rows(engine, ["item_no"], [[[number]]])
            fetch_account(engine, FetchJob(settings(url), "run", max_run_s=60), lambda line: None)
    summary = load_pending(engine, report=lambda line: None)
    assert (summary.answers, summary.items, summary.events_new, summary.rejected) == (2, 2, 3, 0)


class BrokenWire(SoapWire):
    """Its reader has a fault of its own."""

    @staticmethod
    def answer(body: bytes, content_type: str = "") -> Any:
        raise RecursionError("too deep")


def test_an_answer_that_its_wire_breaks_on_is_kept_and_the_run_goes_on(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hkpost.ecship.wires.WIRES", [BrokenWire])
    register_rows(engine, ["item_no"], [[[DELIVERED]]])
    with ScriptedService().running() as service:
        job = FetchJob(settings(service.url), "run", max_run_s=60, first_wait_s=0.01)
        summary = fetch_account(engine, job, lambda line: None)
    assert "it cannot be read (RecursionError: too deep)" in str(summary.failure)
    with engine.connect() as db:
        outcomes = db.execute(text("SELECT DISTINCT outcome FROM hkpost.api_call")).scalars().all()
        [archived, due] = db.execute(
            text(
                "SELECT (SELECT count(*) FROM hkpost.raw_response) > 0,"
                " (SELECT is_open AND pending_call_id IS NULL FROM hkpost.mail_item)"
            )
        ).one()
    assert (outcomes, archived, due) == (["not_xml"], True, True)


def test_a_json_answer_is_read_by_the_names_of_its_fields() -> None:
    body = json.dumps({"status": 0, "list": [{"itemNo": DELIVERED, **RESULTS[DELIVERED]}]}).encode()
    [item] = JsonWire.answer(body).items
    assert item.milestone == Texts("Delivered", "", "")
    assert [one.event_date_time for one in item.events] == ["28-02-2026 10:30", "27-02-2026 16:00"]
