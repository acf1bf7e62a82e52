"""What each answer means for the request and the items, over real HTTP."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from hkpost.ecship.soap.wsdl import BUNDLED_WSDL
from hkpost.reports.overview import run_summaries
from hkpost.warehouse.requests.ledger import quota_use
from tests.dispatch.conftest import PASSWORD, FetchHarness
from tests.helpers.scripted_service import Items, Reply, answers, code, envelope, in_turn, item, posted

MakeDesk = Callable[..., FetchHarness]


def test_every_due_item_is_asked_once_and_its_answer_archived(harness: MakeDesk) -> None:
    d = harness()
    numbers = d.register(75)
    summary = d.fetch()
    assert summary.failure is None
    assert summary.items_answered == 75
    assert dict(d.service.asked) == dict.fromkeys(numbers, 1)
    assert sorted(len(seen.items) for seen in d.service.seen) == [15, 30, 30]
    [[bodies]] = d.rows("SELECT array_agg(body) FROM hkpost.raw_response WHERE loaded_at IS NULL")
    assert {gzip.decompress(body) for body in bodies} == {answers(seen.items).body for seen in d.service.seen}


def test_an_archived_item_is_not_claimed_before_it_is_loaded(harness: MakeDesk) -> None:
    d = harness()
    d.register(3)
    d.fetch()
    d.fetch()
    assert len(d.service.seen) == 1


def test_the_ledger_tells_which_request_asked_about_an_item(harness: MakeDesk) -> None:
    d = harness()
    d.register(31)
    d.fetch(run_id="scheduled__1")
    [row] = d.rows("SELECT * FROM hkpost.api_call WHERE 'RB000000031HK' = ANY(item_nos)")
    assert (row.item_count, row.item_nos, row.run_id) == (1, ["RB000000031HK"], "scheduled__1")
    assert (row.outcome, row.http_status, row.api_status) == ("answered", 200, 0)
    assert row.latency_ms >= 0


def test_urgent_items_are_asked_first(harness: MakeDesk) -> None:
    d = harness()
    d.register(40)
    d.register(2, priority=5, prefix="EA")
    d.fetch(max_in_flight=1)
    assert {"EA000000001HK", "EA000000002HK"} <= set(d.service.seen[0].items)


def test_requests_keep_the_gap_with_several_in_flight(harness: MakeDesk) -> None:
    def slow(items: Items) -> Reply:
        return Reply(answers(items).body, delay_s=0.5)

    d = harness(slow)
    d.register(600)
    summary = d.fetch()
    assert min(d.service.gaps_ms) >= 100
    assert summary.items_answered == 600
    most = max(sum(0 <= other.at - seen.at < 0.5 for other in d.service.seen) for seen in d.service.seen)
    assert most > 1, "several requests are under way at one time"


@pytest.mark.parametrize("status", [9991])
def test_9991_widens_the_gap_and_sends_again(harness: MakeDesk, status: int) -> None:
    d = harness(in_turn([code(status)]))
    d.register(90)
    assert d.fetch(max_in_flight=1).failure is None
    assert d.outcomes() == {"rate_limited": 1, "answered": 3}
    assert d.service.gaps_ms[1] >= 195


def test_http_429_is_as_9991(harness: MakeDesk) -> None:
    d = harness(in_turn([Reply(b"slow down", 429)]))
    d.register(5)
    assert d.fetch().failure is None
    assert d.outcomes() == {"rate_limited": 1, "answered": 1}


def test_a_code_about_the_request_is_one_though_it_is_said_of_its_items(harness: MakeDesk) -> None:
    def too_fast(items: Items) -> Reply:
        return Reply(envelope("".join(item(number, 9991) for number in items), status=None))

    first = [too_fast(("RB000000001HK", "RB000000002HK"))]
    d = harness(in_turn(first))
    d.register(2)
    assert d.fetch().failure is None
    assert d.outcomes() == {"rate_limited": 1, "answered": 1}


@pytest.mark.parametrize(
    ("status", "outcome", "failure"),
    [(9994, "quota_exhausted", None), (9992, "credential_refused", "correct login and password")],
)
def test_a_code_about_the_request_said_of_every_item_counts_though_the_request_says_0(
    harness: MakeDesk, status: int, outcome: str, failure: str | None
) -> None:
    d = harness(lambda items: Reply(envelope("".join(item(number, status) for number in items))))
    numbers = d.register(900)
    summary = d.fetch(max_in_flight=1)
    assert d.outcomes() == {outcome: 1}
    assert (summary.failure or "").count(failure or "") == 1 if failure else summary.failure is None
    assert d.due() == set(numbers)


@pytest.mark.parametrize("due", [1, 2])
@pytest.mark.parametrize(
    "reply",
    [
        code(9999),
        Reply(b"<html>down</html>", 503, "text/html"),
        Reply(b"<Map><status>503</status><error>Service Unavailable</error></Map>", 503),
        Reply(b"<html>moved</html>", 200, "text/html"),
    ],
)
def test_a_run_without_one_answer_whose_requests_failed_has_failed_however_few_they_were(
    harness: MakeDesk, reply: Reply, due: int
) -> None:
    d = harness(lambda items: reply)
    numbers = d.register(due)
    summary = d.fetch(breaker_limit=1_000, first_wait_s=0.001)
    assert "nothing was answered" in str(summary.failure)
    assert d.due() == set(numbers)
    assert d.rows("SELECT reason FROM hkpost.rejected_record") == []


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        (b"<Map><status>503</status><error>no</error></Map>", {"unavailable": 1, "answered": 1}),
        (b"<health><status>0</status></health>", {"unavailable": 1, "answered": 1}),
        (code(9991).body, {"rate_limited": 1, "answered": 1}),
    ],
)
def test_the_body_beside_an_http_5xx_counts_when_it_is_the_services_own(
    harness: MakeDesk, body: bytes, outcomes: dict[str, int]
) -> None:
    d = harness(in_turn([Reply(body, 503)]))
    d.register(5)
    assert d.fetch().failure is None
    assert d.outcomes() == outcomes


@pytest.mark.parametrize(
    ("reply", "outcome", "words"),
    [
        (code(9992), "credential_refused", "correct login and password"),
        (code(9993), "request_refused", "9993 Invalid API format"),
        (code(9996), "request_refused", "lang"),
        (code(9997), "request_refused", "9997"),
        (Reply(b"<html>no</html>", 403, "text/html"), "http_refused", "IP address is not authorised"),
        (Reply(b"", 401), "http_refused", "HTTP 401"),
        (Reply(b"", 404), "http_refused", "address is wrong"),
        (Reply(b"", 400), "http_refused", "HTTP 400"),
    ],
)
def test_a_refused_account_stops_at_once_and_its_items_stay_due(
    harness: MakeDesk, reply: Reply, outcome: str, words: str
) -> None:
    d = harness(lambda items: reply)
    numbers = d.register(900)
    summary = d.fetch(max_in_flight=2)
    assert words in str(summary.failure)
    assert set(d.outcomes()) <= {outcome, "not_sent"}
    assert len(d.service.seen) <= 2
    assert d.due() == set(numbers)
    assert "0 of 900 items answered" in summary.line()
    assert "900 left due" in summary.line(), "those that the run did not come to are due as well"


def test_what_a_stop_keeps_from_leaving_is_no_request(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9992))
    d.register(900)
    d.fetch()
    outcomes = d.outcomes()
    assert set(outcomes) == {"credential_refused", "not_sent"}, (
        "several were entered when the first was refused"
    )
    assert outcomes["credential_refused"] == len(d.service.seen)
    assert quota_use(d.engine, "hkpost_default", "Asia/Hong_Kong").used == len(d.service.seen)
    [summary] = run_summaries(d.engine, ["test-run"])
    assert summary["requests"] == len(d.service.seen)
    assert "9992" in summary["last_error"]


def test_items_that_an_answer_leaves_out_are_not_answered(harness: MakeDesk) -> None:
    d = harness(lambda items: Reply(envelope("".join(posted(number) for number in items[1:]))))
    d.register(60)
    summary = d.fetch()
    assert (summary.items_answered, summary.items_missing) == (58, 2)
    assert "58 of 60 items answered" in summary.line()
    assert "2 not in the answers and due again" in summary.line()
    assert d.rows("SELECT sum(item_count), sum(items_answered) FROM hkpost.api_call") == [(60, 58)]


def test_an_answer_with_an_empty_array_answers_nothing(harness: MakeDesk) -> None:
    d = harness(lambda items: Reply(envelope()))
    d.register(40)
    summary = d.fetch()
    assert (summary.items_answered, summary.items_missing) == (0, 40)
    assert {row.items_answered for row in d.rows("SELECT items_answered FROM hkpost.api_call")} == {0}


def test_9994_ends_the_day_and_the_run_succeeds_with_what_it_has(harness: MakeDesk) -> None:
    d = harness(in_turn([], lambda items: code(9994) if "RB000000031HK" in items else answers(items)))
    d.register(90)
    summary = d.fetch(max_in_flight=1)
    assert summary.failure is None
    assert "9994" in summary.ended
    assert d.outcomes() == {"answered": 1, "quota_exhausted": 1}


def test_after_a_9994_a_later_run_of_the_day_sends_one_request_to_see(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9994))
    d.register(300)
    d.fetch(max_in_flight=1)
    d.fetch()
    assert len(d.service.seen) == 2
    d.service.script = answers
    assert d.fetch().items_answered == 300


def test_9995_halves_the_batch_and_goes_on(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9995) if len(items) > 10 else answers(items))
    numbers = d.register(60)
    assert d.fetch(max_in_flight=1).failure is None
    assert [len(seen.items) for seen in d.service.seen][:3] == [30, 15, 7]
    assert all(len(seen.items) <= 7 for seen in d.service.seen[2:])
    assert d.due() == set()
    assert set(d.service.asked) == set(numbers)


def test_9998_is_narrowed_down_to_its_culprit_and_the_others_are_answered(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9998) if "RB000000017HK" in items else answers(items))
    numbers = d.register(30)
    summary = d.fetch()
    assert summary.failure is None
    assert summary.items_answered == 29
    [reject] = d.rows("SELECT * FROM hkpost.rejected_record")
    assert reject.item_no == "RB000000017HK"
    assert "9998 Invalid input" in reject.reason
    assert (reject.reason_code, reject.reason_values) == ("request_input_refused", [reject.reason])
    [culprit] = d.rows(
        "SELECT is_open, next_poll_at - now() BETWEEN '23 hours' AND '25 hours' AS tomorrow, pending_call_id"
        " FROM hkpost.mail_item WHERE item_no = 'RB000000017HK'"
    )
    assert (culprit.is_open, culprit.tomorrow, culprit.pending_call_id) == (True, True, None)
    took = len(d.service.seen)
    assert took <= 11, "bisection takes about 2 log2(30) requests"
    found = f"9998 Invalid input: RB000000017HK found among 30 items with {took} requests, the other 29 are answered"
    assert [line for line in d.said if "found among" in line] == [f"hkpost_default: {found}"]
    assert len(numbers) == 30


def test_several_culprits_of_a_9998_are_found_each(harness: MakeDesk) -> None:
    culprits = {"RB000000003HK", "RB000000004HK", "RB000000030HK"}
    d = harness(lambda items: code(9998) if culprits & set(items) else answers(items))
    d.register(60)
    assert d.fetch().items_answered == 57
    assert {row.item_no for row in d.rows("SELECT item_no FROM hkpost.rejected_record")} == culprits
    [found] = [line for line in d.said if "found among" in line]
    assert f"{', '.join(sorted(culprits))} found among 30 items" in found


def test_9995_said_of_a_single_item_means_that_our_request_is_wrong(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9995))
    numbers = d.register(4)
    summary = d.fetch(max_in_flight=1)
    assert "9995 Exceed the max. enquiry items, said of one item" in str(summary.failure)
    assert [len(seen.items) for seen in d.service.seen] == [4, 2, 1]
    assert d.due() == set(numbers)


def test_nothing_but_9998_ends_the_run_instead_of_burning_the_quota(harness: MakeDesk) -> None:
    d = harness(lambda items: code(9998))
    d.register(3000)
    summary = d.fetch()
    assert "our request is wrong" in str(summary.failure)
    assert len(d.service.seen) < 130


@pytest.mark.parametrize("status", [1001, 1002, 1003, 1004])
def test_an_item_code_said_of_a_whole_request_is_never_a_verdict_on_thirty(
    harness: MakeDesk, status: int
) -> None:
    d = harness(lambda items: code(status) if "RB000000004HK" in items else answers(items))
    d.register(8)
    assert d.fetch().items_answered == 8
    [row] = d.rows(
        f"SELECT item_nos FROM hkpost.api_call WHERE api_status = {status} AND outcome = 'answered'"
    )
    assert row.item_nos == ["RB000000004HK"]


def test_a_code_outside_the_specification_is_kept_and_reported_and_the_items_stay_due(
    harness: MakeDesk,
) -> None:
    d = harness(in_turn([code(4711, "what?")]))
    numbers = d.register(40)
    summary = d.fetch(max_in_flight=1)
    assert summary.failure is None
    assert d.outcomes() == {"unknown_status": 1, "answered": 1}
    [reject] = d.rows("SELECT * FROM hkpost.rejected_record")
    assert "4711" in reject.reason
    assert "what?" in reject.reason
    assert (reject.reason_code, reject.reason_values) == ("request_status_unknown", [reject.reason])
    assert d.due() == set(numbers[:30])


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (code(9999), "unavailable"),
        (Reply(b"<html>500</html>", 500, "text/html"), "unavailable"),
        (Reply(b"", 503), "unavailable"),
        (Reply(b"<html><body>maintenance</body></html>", 200, "text/html"), "not_xml"),
        (Reply(b""), "incomplete"),
        (Reply(b"\xff\xfe\x00garbage"), "not_xml"),
        (Reply(envelope(posted("RB000000001HK"))[:-40]), "incomplete"),
        (Reply(envelope(posted("RB000000001HK")), cut_at=100), "interrupted"),
        (
            Reply(
                b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
                b"<faultcode>e:Server</faultcode><faultstring>oops</faultstring></e:Fault></e:Body></e:Envelope>",
                500,
            ),
            "soap_fault",
        ),
        (Reply(reset=True), "interrupted"),
        (Reply(answers(("RB000000001HK",)).body, delay_s=30), "timeout"),
        (Reply(drip=True), "timeout"),
        (Reply(b"<a>" + b"x" * 200_000 + b"</a>"), "too_large"),
    ],
)
def test_what_is_no_answer_is_tried_again(harness: MakeDesk, reply: Reply, outcome: str) -> None:
    d = harness(in_turn([reply]))
    d.register(5)
    summary = d.fetch(timeout_s=0.5, max_body_mb=0.1)
    assert summary.failure is None
    assert set(d.outcomes()) == {outcome, "answered"}
    assert d.due() == set()


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "Mon, 01 Jan 99999999999 00:00:00 GMT"},
        {"Retry-After": "9" * 5000},
        {"Set-Cookie": "caf\xe9=1", "Content-Type": "text/\xff"},
        {"Location": "http://host:port/", "X-Note": "\xff\xfe"},
    ],
    ids=["a date beyond time", "a number beyond all", "bytes beyond ASCII", "an address that is none"],
)
def test_an_answered_request_is_never_lost_whatever_its_headers_are(
    harness: MakeDesk, headers: dict[str, str], status: int
) -> None:
    d = harness(lambda items: Reply(answers(items).body, status, headers=headers))
    d.register(90)
    summary = d.fetch(max_in_flight=1)
    assert summary.failure is None
    assert d.due() == set()
    assert d.outcomes() == {"answered": 3}
    [[archived]] = d.rows("SELECT count(*) FROM hkpost.raw_response")
    assert archived == 3


@pytest.mark.parametrize("location", ["http://host:port/", "http://xn--/", "\xff://", ""])
def test_a_redirect_to_no_address_is_a_redirect(harness: MakeDesk, location: str) -> None:
    d = harness(lambda items: Reply(b"moved", 302, headers={"Location": location}))
    d.register(2)
    assert "HTTP 302: the service redirects" in str(d.fetch().failure)
    assert d.outcomes() == {"http_refused": 1}
    assert len(d.rows("SELECT FROM hkpost.raw_response")) == 1


def test_no_cookie_is_kept(harness: MakeDesk) -> None:
    d = harness(lambda items: Reply(answers(items).body, headers={"Set-Cookie": "session=1; Path=/"}))
    d.register(60)
    d.fetch(max_in_flight=1)
    assert [seen.headers.get("Cookie") for seen in d.service.seen] == [None, None]


@pytest.mark.parametrize("poisoned", ["RB000000001HK", "RB000000030HK"])
@pytest.mark.parametrize("max_in_flight", [1, 16])
def test_an_item_on_which_the_service_fails_is_left_due_alone_and_the_run_goes_on(
    harness: MakeDesk, poisoned: str, max_in_flight: int
) -> None:
    d = harness(lambda items: code(9999) if poisoned in items else answers(items))
    d.register(30)
    summary = d.fetch(max_in_flight=max_in_flight, breaker_limit=10)
    assert summary.failure is None
    assert summary.items_answered == 29
    assert d.due() == {poisoned}
    assert any(f"{poisoned} found among 30 items with" in line for line in d.said)
    d.register(31, prefix="EA")
    before = len(d.service.seen)
    d.fetch(max_in_flight=1, breaker_limit=2)
    assert poisoned not in d.service.seen[before].items, "it comes last, so that it delays no other item"


def test_a_batch_too_slow_or_too_large_as_a_whole_is_answered_in_parts(harness: MakeDesk) -> None:
    d = harness(lambda items: Reply(b"<a/>" * 30_000) if len(items) > 15 else answers(items))
    d.register(30)
    summary = d.fetch(max_body_mb=0.1, breaker_limit=10)
    assert (summary.failure, summary.items_answered) == (None, 30)
    assert d.outcomes() == {"too_large": 5, "answered": 2}


@pytest.mark.parametrize("reply", [code(9999), code(9991), Reply(b"", 502)])
def test_many_failures_in_a_row_end_the_run_and_the_items_stay_due(harness: MakeDesk, reply: Reply) -> None:
    d = harness(lambda items: reply)
    numbers = d.register(300)
    summary = d.fetch()
    assert "4 requests in a row failed" in str(summary.failure)
    assert d.due() == set(numbers)


def test_a_refused_connection_never_reached_the_service_and_does_not_count(harness: MakeDesk) -> None:
    d = harness()
    d.register(5)
    summary = d.fetch(host="http://127.0.0.1:9/closed", breaker_limit=2)
    assert "127.0.0.1:9 could not be reached" in str(summary.failure)
    assert d.outcomes() == {"unreachable": 2}
    assert summary.quota_left == 99_000


def test_connections_that_are_refused_together_are_one_failure_and_are_backed_off_from(
    harness: MakeDesk,
) -> None:
    d = harness()
    d.register(900)
    summary = d.fetch(host="http://127.0.0.1:9/closed", breaker_limit=5, max_in_flight=16)
    assert "5 requests in a row failed" in str(summary.failure)
    assert 5 <= d.outcomes()["unreachable"] <= 7, "three set out together, then one at a time"
    waits = [float(line.split("waiting ")[1].split(" s")[0]) for line in d.said if "waiting" in line]
    assert len(waits) == 4


def test_a_warehouse_that_cannot_be_written_ends_the_run_and_what_is_in_flight_counts(
    harness: MakeDesk,
) -> None:
    d = harness()

    def break_the_warehouse(items: Items) -> Reply:
        if len(d.service.seen) == 1:
            return Reply(answers(items).body, delay_s=60)
        with d.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE hkpost.raw_response RENAME TO out_of_reach")
        return answers(items)

    d.service.script = break_the_warehouse
    d.register(60)
    with pytest.raises(ProgrammingError, match="raw_response"):
        d.fetch(timeout_s=60)
    assert d.outcomes() == {"lost": 2}
    [row] = d.rows("SELECT count(*) AS n FROM hkpost.api_call WHERE outcome <> 'unreachable'")
    assert row.n == len(d.service.seen)


def test_a_proxy_that_refuses_is_named(harness: MakeDesk) -> None:
    d = harness()
    d.register(5)
    summary = d.fetch(proxy="http://127.0.0.1:9", breaker_limit=2)
    assert "could not be reached through the proxy http://127.0.0.1:9" in str(summary.failure)
    assert d.service.seen == []


def test_the_quota_is_counted_in_the_ledger_and_the_run_stops_cleanly(harness: MakeDesk) -> None:
    d = harness()
    d.register(300)
    summary = d.fetch(daily_quota=4)
    assert summary.failure is None
    assert "quota" in summary.ended
    assert len(d.service.seen) == 4
    assert d.fetch(daily_quota=4).request_count == 0
    assert any("must wait for tomorrow" in line for line in d.said)
    assert d.fetch(daily_quota=6).request_count == 2


def test_a_run_ends_its_fetching_when_its_time_is_over(harness: MakeDesk) -> None:
    d = harness()
    d.register(3000)
    summary = d.fetch(max_run_s=1)
    assert summary.failure is None
    assert "max_run_minutes" in summary.ended
    assert 0 < summary.items_answered < 900
    assert "lost" not in d.outcomes()


def test_the_credential_is_in_no_table_and_in_no_word_that_is_said(harness: MakeDesk) -> None:
    def echo(items: Items) -> Reply:
        return Reply(envelope(item(items[0]), message=f"hello {PASSWORD}"))

    d = harness(in_turn([Reply(f"<html>{PASSWORD}</html>".encode(), 500), code(4711, PASSWORD)], echo))
    d.register(40)
    d.fetch(wsse="text")
    assert PASSWORD not in "\n".join(d.said)
    assert PASSWORD not in d.everything_stored()
    archive = d.rows("SELECT body, credential_blanked FROM hkpost.raw_response")
    assert len(archive) == 3
    for body, blanked in archive:
        assert PASSWORD.encode() not in gzip.decompress(body)
        assert blanked


def test_the_wsdl_is_fetched_once_a_run_and_never_in_the_middle_of_it(harness: MakeDesk) -> None:
    d = harness()
    d.register(90)
    d.service.wsdl = BUNDLED_WSDL.read_bytes()
    assert d.fetch(wsdl=f"{d.service.url}?wsdl", max_in_flight=1).items_answered == 90
    assert len(d.service.seen) == 3
    [fetched_at] = d.service.wsdl_fetched
    assert fetched_at < d.service.seen[0].at


def test_a_service_that_takes_fewer_items_a_request_is_asked_about_as_many(
    harness: MakeDesk, tmp_path: Path
) -> None:
    text = BUNDLED_WSDL.read_text()
    (tmp_path / "ten.wsdl").write_text(
        text.replace('type="obj:ItemNo" minOccurs="0" maxOccurs="30"', 'type="obj:ItemNo" maxOccurs="10"')
    )
    d = harness()
    d.register(25)
    assert d.fetch(wsdl=str(tmp_path / "ten.wsdl")).items_answered == 25
    assert sorted(len(seen.items) for seen in d.service.seen) == [5, 10, 10]
