"""Signals through real receivers: a StatsD port, an SMTP server, a webhook."""

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.execution_time.context import OutletEventAccessors
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from hkpost.dispatch.summary import FetchSummary
from hkpost.jobs.summary import LoadSummary
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.watch.alerts import Alert, Freshness, sending
from hkpost_airflow import metrics
from hkpost_airflow.assets import NEWS
from hkpost_airflow.notifications.hkpost import NotifierError, notifiers_of
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.watch import HkpostWatchOperator
from tests.helpers.connection import connection

DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "signals.md"


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    account = {"conn_type": "hkpost", "login": "sender", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


# Metrics


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A StatsD port that Airflow sends to, tags in InfluxDB's form."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(120)
        for name, value in {
            "STATSD_ON": "True",
            "STATSD_HOST": "127.0.0.1",
            "STATSD_PORT": str(receiver.getsockname()[1]),
            "STATSD_PREFIX": "airflow",
            "STATSD_INFLUXDB_ENABLED": "True",
        }.items():
            monkeypatch.setenv(f"AIRFLOW__METRICS__{name}", value)
        stats.initialize(factory=get_stats_factory(), export_legacy_names=False)
        yield receiver
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=False)


def received(port: socket.socket, count: int) -> list[str]:
    return [port.recv(1000).decode() for _ in range(count)]


def test_a_run_is_told_in_metrics_with_their_tags(port: socket.socket) -> None:
    summary = FetchSummary("hkpost_b", items_answered=60, quota_left=970, seconds=1.5, gap_ms=105.0)
    summary.requests = Counter(answered=2, timeout=1)
    metrics.count_fetch(summary)
    assert received(port, 6) == [
        "airflow.hkpost.requests,account=hkpost_b,outcome=answered:2|c",
        "airflow.hkpost.requests,account=hkpost_b,outcome=timeout:1|c",
        "airflow.hkpost.items_answered,account=hkpost_b:60|c",
        "airflow.hkpost.fetch_seconds,account=hkpost_b:1500.000000|ms",
        "airflow.hkpost.gap_ms,account=hkpost_b:105.0|g",
        "airflow.hkpost.quota_left,account=hkpost_b:970|g",
    ]


def test_every_metric_that_is_sent_is_described_and_every_described_one_is_sent(port: socket.socket) -> None:
    metrics.count_fetch(FetchSummary("a", requests=Counter(answered=1), gap_ms=105))
    metrics.count_load(LoadSummary().counts())
    metrics.count_closed({"delivered": 1})
    metrics.report_backlog([Freshness("a", 3, 60.0)], [Alert("breaker_open", "a", "", "")])
    metrics.count_fetch(FetchSummary("end"))
    sent: set[tuple[str, str, tuple[str, ...]]] = set()
    kinds = {"c": "counter", "g": "gauge", "ms": "timer"}
    while "account=end" not in (line := port.recv(1000).decode()):
        found = re.fullmatch(r"airflow\.([a-z_.]+)((?:,[a-z]+=\w+)*):[0-9.]+\|(\w+)", line)
        assert found, line
        tags = tuple(sorted(tag.split("=")[0] for tag in found[2].split(",") if tag))
        sent.add((found[1], kinds[found[3]], tags))
    assert sent == {(metric.name, metric.kind, metric.tags) for metric in metrics.METRICS}


def test_the_documentation_has_the_table_of_metrics() -> None:
    rows = [f"| `{m.name}` | {m.kind} | {', '.join(m.tags)} | {m.meaning} |" for m in metrics.METRICS]
    assert "\n".join(rows) in DOCUMENTATION.read_text(encoding="utf-8")


# The asset


def test_the_assets_update_carries_the_counts_that_the_documentation_names(engine: Engine) -> None:
    counts = HkpostLoadOperator(task_id="load").execute(cast(Context, {})) | {"items_changed": 1}
    context = {"outlet_events": OutletEventAccessors()}
    HkpostQualityOperator(task_id="check_quality", counts=counts).execute(cast(Context, context))
    [update] = context["outlet_events"][NEWS].asset_alias_events
    assert update.extra == LoadSummary(items_changed=1).counts()
    documentation = DOCUMENTATION.read_text(encoding="utf-8")
    assert [name for name in update.extra if f"`{name}`" not in documentation] == []


# Notifiers


class Mailbox:
    """An SMTP server's handler that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=free, ready_timeout=120)
    server.start()
    smtp = {
        "conn_type": "smtp",
        "host": "127.0.0.1",
        "port": free,
        "extra": {"disable_ssl": True, "disable_tls": True, "from_email": "airflow@example.com"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(smtp))
    yield mailbox
    server.stop()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    hook = {"conn_type": "http", "host": "127.0.0.1", "port": server.server_port, "schema": "http"}
    monkeypatch.setenv("AIRFLOW_CONN_OPERATIONS_WEBHOOK", json.dumps(hook))
    yield posted
    server.shutdown()
    server.server_close()
    thread.join()


def documented_notifiers() -> str:
    """The Variable as docs/signals.md shows it, but for Slack's."""
    [block] = re.findall(r"```json\n(\[.*?\])\n```", DOCUMENTATION.read_text(encoding="utf-8"), re.DOTALL)
    return json.dumps([entry for entry in json.loads(block) if ".slack." not in entry["notifier"]])


def refuse(engine: Engine, account: str = "hkpost_default") -> None:
    with engine.begin() as db:
        db.execute(
            text("INSERT INTO hkpost.account_lease (account) VALUES (:a) ON CONFLICT DO NOTHING"),
            {"a": account},
        )
        db.execute(
            text(
                "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome, error)"
                " VALUES (:a, now(), current_date, 1, '{X1}', 'credential_refused', '9992 <Invalid> Credential')"
            ),
            {"a": account},
        )


def alert(notifiers: str) -> None:
    HkpostWatchOperator(task_id="watch", notifiers=notifiers).execute(cast(Context, {"run_id": "r"}))


def test_an_alert_reaches_people_as_the_documentation_shows_it_and_once(
    engine: Engine, mailbox: Mailbox, webhook: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {"conn_type": "hkpost", "login": "other", "password": "s3cret-2"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps(other))
    refuse(engine)
    refuse(engine, "hkpost_b")
    for _ in range(2):
        alert(documented_notifiers())
    subjects = ["HKPost account_refused (hkpost_b)", "HKPost account_refused (hkpost_default)"]
    assert [str(mail["subject"]) for mail in mailbox.mails] == subjects
    assert mailbox.mails[0]["to"] == "post@example.com"
    content = mailbox.mails[0].get_payload()[0].get_payload(decode=True).decode()
    assert "9992 &lt;Invalid&gt; Credential" in content
    assert [body["title"] for body in webhook] == subjects
    assert "9992 <Invalid> Credential" in webhook[0]["text"]
    assert "SELECT * FROM hkpost.api_call WHERE account = 'hkpost_b'" in webhook[0]["text"]


def test_a_notifier_that_fails_is_red_and_the_alert_is_told_the_next_time(
    engine: Engine, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(engine)
    working = documented_notifiers()
    nowhere = {"conn_type": "http", "host": "127.0.0.1", "port": 9, "schema": "http"}
    monkeypatch.setenv("AIRFLOW_CONN_OPERATIONS_WEBHOOK", json.dumps(nowhere))
    broken = json.dumps([entry for entry in json.loads(working) if ".http." in entry["notifier"]])
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        alert(broken)
    assert mailbox.mails == []
    alert(json.dumps([entry for entry in json.loads(working) if ".smtp." in entry["notifier"]]))
    assert len(mailbox.mails) == 1


def test_while_one_task_sends_the_alerts_another_does_not_send_them_too(
    engine: Engine, mailbox: Mailbox, webhook: list[Any]
) -> None:
    refuse(engine)
    with sending(engine) as are_ours:
        assert are_ours
        alert(documented_notifiers())
    assert mailbox.mails == []
    alert(documented_notifiers())
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("try_number", "before", "sent"),
    [(1, None, 0), (2, None, 1), (2, "success", 1), (2, "failed", 0)],
    ids=["it is tried again", "the first run", "it was well before", "it was sent before"],
)
def test_a_warehouse_that_cannot_be_reached_is_told_when_that_begins(
    mailbox: Mailbox,
    webhook: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    try_number: int,
    before: str | None,
    sent: int,
) -> None:
    nowhere = "postgres://loader:hidden-word@127.0.0.1:9/warehouse"
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", nowhere)
    previous = None if before is None else SimpleNamespace(state=before)
    ti = SimpleNamespace(try_number=try_number, max_tries=1, get_previous_dagrun=lambda: previous)
    watch = HkpostWatchOperator(task_id="watch", notifiers=documented_notifiers())
    with pytest.raises(OperationalError):
        watch.execute(cast(Context, {"run_id": "r", "ti": ti}))
    assert [str(mail["subject"]) for mail in mailbox.mails] == ["HKPost warehouse_unusable"] * sent
    for body in webhook:
        assert "127.0.0.1" in body["text"]
        assert "hidden-word" not in body["text"]


def test_without_notifiers_an_alert_waits_in_its_table(engine: Engine, mailbox: Mailbox) -> None:
    refuse(engine)
    alert("")
    with engine.connect() as db:
        [row] = db.execute(text("SELECT name, sent_at FROM hkpost.alert")).all()
    assert tuple(row) == ("account_refused", None)


@pytest.mark.parametrize(
    ("configured", "says"),
    [
        ("smtp", "is no JSON"),
        ('{"notifier": "x"}', "must be a JSON list of objects"),
        (
            '[{"notifier": "nowhere.to.be.Found"}]',
            "entry 1: notifier 'nowhere.to.be.Found' cannot be imported",
        ),
        ('[{"to": "me"}]', "entry 1: notifier '' cannot be imported"),
        ('[{"notifier": "subprocess.Popen", "args": "ls"}]', "entry 1: subprocess.Popen is no notifier"),
        ('[{"notifier": "airflow.providers.http.notifications.HttpNotifier", "no": 1}]', "entry 1: .*no"),
    ],
)
def test_what_is_no_notifier_is_named(configured: str, says: str) -> None:
    with pytest.raises(NotifierError, match=says):
        notifiers_of(configured)


def test_a_variable_that_cannot_be_read_fails_before_it_is_needed(engine: Engine) -> None:
    with pytest.raises(AirflowFailException, match="the Variable hkpost_notifiers is no JSON"):
        alert("smtp")
