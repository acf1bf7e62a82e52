"""The matrix of faults: what the service does to a run, and what the run must make of it.

Thirty-six items are due, asked about in two requests, one at a time. What is observed is written into
docs/faults.md (`make faults`).
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.helpers.scripted_service import Items, Reply, code, envelope, in_turn, item

Script = Callable[[Items], Reply]

NUMBERS = tuple(f"RB{number:09d}HK" for number in range(1, 37))
FIRST, SECOND, LAST = NUMBERS[0], NUMBERS[1], NUMBERS[-1]
OF_CODE = {1001: NUMBERS[6], 1002: NUMBERS[7], 1003: NUMBERS[8], 1004: NUMBERS[9]}
"""The items of which the service says so, whatever else is wrong with it."""
NOT_ASKED_FOR = "RB999999999HK"
SECRET = "s3cret-credential"

POSTED = ("27-02-2026 16:00", "HK", "Posted")
LEFT = ("28-02-2026 09:30", "HK", "Left for destination")
DELIVERED = ("05-03-2026 11:00", "SG", "Delivered")


def answer_about(number: str) -> str:
    """What the service knows of an item."""
    for status, which in OF_CODE.items():
        if number == which:
            return item(number, status)
    if int(number[2:11]) % 3 == 0:
        return item(number, 0, POSTED, LEFT, DELIVERED, milestone="Delivered")
    return item(number, 0, POSTED, LEFT)


def results(items: Items) -> str:
    """What the service knows of some items."""
    return "".join(answer_about(number) for number in items)


def healthy(items: Items) -> Reply:
    """The answer of a service that works."""
    return Reply(envelope(results(items)))


def once(reply: Reply) -> Callable[[], Script]:
    """The first request meets it, the others are answered."""
    return lambda: in_turn([reply], healthy)


def always(reply: Reply) -> Callable[[], Script]:
    """Every request meets it."""
    return lambda: lambda items: reply


def whenever(number: str, reply: Reply) -> Callable[[], Script]:
    """Every request about an item meets it."""
    return lambda: lambda items: reply if number in items else healthy(items)


def after_first(reply: Reply) -> Callable[[], Script]:
    """The first request is answered, all others meet it."""

    def script() -> Script:
        asked: list[Items] = []

        def reply_to(items: Items) -> Reply:
            asked.append(items)
            return healthy(items) if len(asked) == 1 else reply

        return reply_to

    return script


def first_says(change: Callable[[Items], bytes]) -> Callable[[], Script]:
    """The first answer is another one, the others are right."""

    def script() -> Script:
        asked: list[Items] = []

        def reply_to(items: Items) -> Reply:
            asked.append(items)
            return Reply(change(items)) if len(asked) == 1 else healthy(items)

        return reply_to

    return script


@dataclass(frozen=True)
class Fault:
    """One row of the matrix.

    Args:
        group, name: where it stands in the document.
        sentence: what the service, or what is before it, does.
        script: makes the service's behaviour for the run that meets the fault.
        outcomes: the ledger's rows after it.
        ends: what the run says at its end.
        fails: whether the run must be called failed.
        due: items that are due after it.
        rejected: rows of `rejected_record` after it.
        connection: fields of the connection that the fault needs; `{service}` is the service's address.
        host: where the run posts to, when it is not the service; `{untrusted}` is one with a certificate of its own.
        refuses_connect: what the service answers to a proxy's CONNECT.
    """

    group: str
    name: str
    sentence: str
    script: Callable[[], Script]
    outcomes: Mapping[str, int]
    ends: str = "nothing more is due"
    fails: bool = False
    due: int = 0
    rejected: int = 0
    connection: Mapping[str, Any] = field(default_factory=dict)
    host: str | None = None
    refuses_connect: int = 403


HTML = b"<html><body>Service under maintenance</body></html>"
SOAP_FAULT = (
    b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault>'
    b"<faultcode>e:Server</faultcode><faultstring>no database</faultstring></e:Fault></e:Body></e:Envelope>"
)
WHOLE = envelope(results(NUMBERS[:30]))
ALL, REST = len(NUMBERS), len(NUMBERS) - 30
TEN = "10 requests in a row failed, the last: "


def _page(status: int, **more: Any) -> Reply:
    return Reply(HTML, status, "text/html", **more)


def _after_a_failure(outcome: str) -> dict[str, int]:
    return {outcome: 1, "answered": 2}


def _failing_once(group: str, name: str, sentence: str, reply: Reply, outcome: str, **more: Any) -> Fault:
    return Fault(group, name, sentence, once(reply), _after_a_failure(outcome), **more)


def _refused(group: str, name: str, sentence: str, reply: Reply, outcome: str, ends: str) -> Fault:
    return Fault(group, name, sentence, always(reply), {outcome: 1}, ends, fails=True, due=ALL)


CODES = "Codes of the service"
HTTP = "HTTP"
BODY = "Bodies that are no answer"
WAY = "On the way"
CONTENT = "Answers that do not fit the question"

FAULTS: tuple[Fault, ...] = (
    Fault(
        CODES,
        "0",
        "None: the service answers, and says 1001, 1002, 1003 and 1004 each of one item.",
        lambda: healthy,
        {"answered": 2},
    ),
    *(
        Fault(
            CODES,
            f"{status} of a request",
            f"Whenever the item of which {status} is true is asked about, all that comes back is {status}.",
            whenever(OF_CODE[status], code(status)),
            {"bisected": 5, "answered": 7},
        )
        for status in OF_CODE
    ),
    _failing_once(CODES, "9991", "One request came too soon.", code(9991), "rate_limited"),
    Fault(
        CODES,
        "9991 without end",
        "Every request is said to come too soon.",
        always(code(9991)),
        {"rate_limited": 10},
        f"{TEN}rate_limited (9991 Exceed API request frequency",
        fails=True,
        due=ALL,
    ),
    _refused(CODES, "9992", "The credential is refused.", code(9992), "credential_refused", "9992"),
    _refused(CODES, "9993", "The request's form is refused.", code(9993), "request_refused", "9993"),
    Fault(
        CODES,
        "9994",
        "After the first request the day's quota is used up, by the service's word.",
        after_first(code(9994)),
        {"answered": 1, "quota_exhausted": 1},
        "the service says that the day's quota is used up (9994)",
        due=REST,
    ),
    Fault(
        CODES,
        "quota used up by our count",
        "The connection's daily quota is one request.",
        lambda: healthy,
        {"answered": 1},
        "the day's quota is used up by our count",
        due=REST,
        connection={"daily_quota": 1},
    ),
    Fault(
        CODES,
        "9995",
        "More than ten items in one request are too many.",
        lambda: lambda items: code(9995) if len(items) > 10 else healthy(items),
        {"too_many_items": 2, "answered": 7},
    ),
    Fault(
        CODES,
        "9995 of one item",
        "Even one item is too many.",
        always(code(9995)),
        {"too_many_items": 5},
        "9995 Exceed the max. enquiry items, said of one item",
        fails=True,
        due=ALL,
    ),
    _refused(CODES, "9996", "The language is refused.", code(9996), "request_refused", "9996"),
    _refused(CODES, "9997", "The request is said to be empty.", code(9997), "request_refused", "9997"),
    Fault(
        CODES,
        "9998",
        "One item is refused as input with whatever it is asked together.",
        whenever(SECOND, code(9998)),
        {"bisected": 5, "invalid_input": 1, "answered": 6},
        rejected=1,
    ),
    Fault(
        CODES,
        "9998 of two items",
        "Two items are refused as input.",
        lambda: lambda items: code(9998) if {SECOND, NUMBERS[20]} & set(items) else healthy(items),
        {"bisected": 9, "invalid_input": 2, "answered": 9},
        rejected=2,
    ),
    _failing_once(
        CODES, "9999", "One request meets a service that is unavailable.", code(9999), "unavailable"
    ),
    Fault(
        CODES,
        "9999 without end",
        "The service is unavailable.",
        always(code(9999)),
        {"unavailable": 10},
        f"{TEN}unavailable (9999 Service temporary unavailable",
        fails=True,
        due=ALL,
    ),
    Fault(
        CODES,
        "9999 because of one item",
        "The service fails whenever it is asked about one of the items.",
        whenever(FIRST, code(9999)),
        {"unavailable": 13, "answered": 5},
        due=1,
    ),
    Fault(
        CODES,
        "a code outside the specification",
        "The first request is answered with 4711.",
        once(code(4711, "what?")),
        {"unknown_status": 1, "answered": 1},
        due=30,
        rejected=1,
    ),
    Fault(
        CODES,
        "a code outside the specification of one item",
        "One item has the status 4711.",
        first_says(lambda items: envelope(results(items[1:]) + item(items[0], 4711))),
        {"answered": 2},
        rejected=1,
    ),
    Fault(
        CODES,
        "9998 of one item in an answer",
        "One item has the status 9998 in an answer that is otherwise good.",
        first_says(lambda items: envelope(results(items[1:]) + item(items[0], 9998))),
        {"answered": 2},
        rejected=1,
    ),
    Fault(
        CODES,
        "no code of the request",
        "The first answer has its items and no status of its own.",
        first_says(lambda items: envelope(results(items), status=None)),
        {"answered": 2},
    ),
    *(
        _refused(
            HTTP,
            f"HTTP {status}",
            sentence,
            _page(status, headers=headers),
            "http_refused",
            ends,
        )
        for status, sentence, headers, ends in (
            (
                302,
                "The service redirects to another host.",
                {"Location": "http://elsewhere.invalid/login?from=here"},
                "HTTP 302: the service redirects to http://elsewhere.invalid/login; the credential is sent to",
            ),
            (400, "The request is refused by the web server.", {}, "HTTP 400"),
            (401, "Credentials are asked for in front of SOAP.", {}, "HTTP 401"),
            (403, "The sender is not let in.", {}, "HTTP 403: usually this IP address is not authorised"),
            (404, "There is nothing at this address.", {}, "HTTP 404: usually the address is wrong"),
        )
    ),
    _failing_once(HTTP, "HTTP 429", "One request came too soon.", _page(429), "rate_limited"),
    _failing_once(
        HTTP,
        "HTTP 429 with Retry-After",
        "The service asks to be left alone for a second.",
        _page(429, headers={"Retry-After": "1"}),
        "rate_limited",
    ),
    Fault(
        HTTP,
        "HTTP 429 with a long Retry-After",
        "The service asks to be left alone for an hour.",
        always(_page(429, headers={"Retry-After": "3600"})),
        {"rate_limited": 1},
        "the service asks to come back in 3,600 s",
        fails=True,
        due=ALL,
    ),
    _failing_once(HTTP, "HTTP 500 with HTML", "An error page.", _page(500), "unavailable"),
    _failing_once(HTTP, "HTTP 500 with a SOAP fault", "A fault.", Reply(SOAP_FAULT, 500), "soap_fault"),
    _failing_once(HTTP, "HTTP 200 with a SOAP fault", "A fault.", Reply(SOAP_FAULT), "soap_fault"),
    _failing_once(HTTP, "HTTP 502", "A gateway's error page.", _page(502), "unavailable"),
    _failing_once(HTTP, "HTTP 503 without a body", "Nothing else is said.", Reply(b"", 503), "unavailable"),
    _failing_once(BODY, "HTML with HTTP 200", "A maintenance page.", _page(200), "not_xml"),
    _failing_once(BODY, "an empty body", "HTTP 200 and nothing else.", Reply(b""), "incomplete"),
    _failing_once(
        BODY, "text", "HTTP 200 and a line of text.", Reply(b"ORA-00942", 200, "text/plain"), "not_xml"
    ),
    _failing_once(
        BODY, "truncated XML", "The answer ends in its middle.", Reply(WHOLE[: len(WHOLE) // 2]), "incomplete"
    ),
    _failing_once(
        BODY,
        "wrong encoding",
        "The body is not in the encoding that it names.",
        Reply(WHOLE.replace(b"Posted", b"Post\xe9\xff\xfd")),
        "not_xml",
    ),
    _failing_once(
        BODY,
        "a DTD",
        "The body declares an entity that reads a file.",
        Reply(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><status>0</status><m>&x;</m></a>'),
        "not_xml",
    ),
    _failing_once(
        BODY,
        "too large",
        "The body is larger than max_body_mb.",
        Reply(b"<a>" + b"x" * 400_000 + b"</a>"),
        "too_large",
        connection={"max_body_mb": 0.3},
    ),
    _failing_once(
        BODY,
        "a gzip bomb",
        "A small packed body unpacks to a large one.",
        Reply(gzip.compress(bytes(20_000_000)), headers={"Content-Encoding": "gzip"}),
        "too_large",
        connection={"max_body_mb": 0.3},
    ),
    _failing_once(
        BODY,
        "gzip cut off",
        "A packed body ends in its middle.",
        Reply(gzip.compress(WHOLE)[:-200], headers={"Content-Encoding": "gzip"}),
        "incomplete",
    ),
    _failing_once(
        BODY,
        "a compression that was not asked for",
        "The body is packed with something other than gzip.",
        Reply(b"\x1b\x5f\x80\x00" * 9, headers={"Content-Encoding": "br"}),
        "not_xml",
    ),
    _failing_once(
        WAY, "reset", "The connection is reset before an answer.", Reply(reset=True), "interrupted"
    ),
    _failing_once(
        WAY,
        "half an answer",
        "The connection ends in the middle of the body.",
        Reply(WHOLE, cut_at=500),
        "interrupted",
    ),
    _failing_once(
        WAY,
        "slow headers",
        "No answer begins within timeout_s.",
        Reply(WHOLE, delay_s=60),
        "timeout",
        connection={"timeout_s": 2},
    ),
    _failing_once(
        WAY,
        "a body that never ends",
        "A byte now and then, for ever.",
        Reply(drip=True),
        "timeout",
        connection={"timeout_s": 2},
    ),
    *(
        Fault(
            WAY,
            name,
            sentence,
            lambda: healthy,
            {"unreachable": 10},
            f"{TEN}unreachable ({words}",
            fails=True,
            due=ALL,
            connection=connection,
            host=host,
            refuses_connect=refuses,
        )
        for name, sentence, words, host, connection, refuses in (
            (
                "connection refused",
                "No server listens at the address.",
                "127.0.0.1:9 could not",
                "http://127.0.0.1:9/x",
                {},
                0,
            ),
            (
                "no such host",
                "The name is not known.",
                "no.such.invalid could not",
                "http://no.such.invalid/x",
                {},
                0,
            ),
            (
                "a certificate that is not trusted",
                "The service shows a certificate that it signed itself.",
                "untrusted has a certificate that is not trusted: give its authority in ca_bundle",
                "{untrusted}/x",
                {},
                0,
            ),
            (
                "no proxy",
                "No server listens at the proxy's address.",
                "service.invalid could not be reached through the proxy http://127.0.0.1:9",
                "https://service.invalid/x",
                {"proxy": "http://127.0.0.1:9"},
                0,
            ),
            (
                "the proxy refuses",
                "The proxy answers 403 to CONNECT.",
                "the proxy http://service refused to connect to service.invalid",
                "https://service.invalid/x",
                {"proxy": "{service}"},
                403,
            ),
            (
                "the proxy asks for credentials",
                "The proxy answers 407 to CONNECT.",
                "the proxy http://service refused to connect to service.invalid",
                "https://service.invalid/x",
                {"proxy": "{service}"},
                407,
            ),
        )
    ),
    Fault(
        WAY,
        "a proxy for plain HTTP asks for credentials",
        "The proxy answers 407 to the request itself.",
        always(_page(407)),
        {"http_refused": 1},
        "HTTP 407: the proxy asks for credentials",
        fails=True,
        due=ALL,
        connection={"proxy": "{service}"},
        host="http://service.invalid/x",
    ),
    Fault(
        CONTENT,
        "an item is missing",
        "The first answer leaves one item out.",
        first_says(lambda items: envelope(results(items[1:]))),
        {"answered": 2},
        due=1,
    ),
    Fault(
        CONTENT,
        "no item at all",
        "The first answer has the status 0 and no item.",
        first_says(lambda items: envelope()),
        {"answered": 2},
        due=30,
    ),
    Fault(
        CONTENT,
        "a foreign item",
        "The first answer holds an item that was not asked for.",
        first_says(lambda items: envelope(results(items) + item(NOT_ASKED_FOR, 0, POSTED))),
        {"answered": 2},
        rejected=1,
    ),
    Fault(
        CONTENT,
        "an item twice",
        "The first answer holds one item twice, the same.",
        first_says(lambda items: envelope(results(items) + answer_about(items[0]))),
        {"answered": 2},
    ),
    Fault(
        CONTENT,
        "an item twice, differently",
        "The first answer holds one item twice, with different events.",
        first_says(lambda items: envelope(results(items) + item(items[0], 0, DELIVERED))),
        {"answered": 2},
        due=1,
        rejected=2,
    ),
    Fault(
        CONTENT,
        "a wrong itemCount",
        "The first answer says that it has seven items.",
        first_says(lambda items: envelope(results(items), count=7)),
        {"answered": 2},
        rejected=1,
    ),
    Fault(
        CONTENT,
        "an unreadable date",
        "One event of the first answer has a date that is none.",
        first_says(
            lambda items: envelope(results(items[1:]) + item(items[0], 0, ("tomorrow", "HK", "Posted"), LEFT))
        ),
        {"answered": 2},
        rejected=1,
    ),
    Fault(
        CONTENT,
        "the credential echoed",
        "The first answer names the credential.",
        first_says(lambda items: envelope(results(items), message=f"welcome {SECRET}")),
        {"answered": 2},
    ),
)
