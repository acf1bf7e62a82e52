"""The words that the tables keep for what came of a request, what an event did, and why an item was closed.

Each is written once, here. A test holds them to the tables' constraints and to what every `.sql` file names. The states
of an item are data: `seeds/state.csv`.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a request: `api_call.outcome`."""

    IN_FLIGHT = "in_flight"
    ANSWERED = "answered"
    BISECTED = "bisected"
    RATE_LIMITED = "rate_limited"
    CREDENTIAL_REFUSED = "credential_refused"
    REQUEST_REFUSED = "request_refused"
    QUOTA_EXHAUSTED = "quota_exhausted"
    TOO_MANY_ITEMS = "too_many_items"
    INVALID_INPUT = "invalid_input"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    UNREACHABLE = "unreachable"
    NOT_SENT = "not_sent"
    NOT_XML = "not_xml"
    INCOMPLETE = "incomplete"
    SOAP_FAULT = "soap_fault"
    HTTP_REFUSED = "http_refused"
    TOO_LARGE = "too_large"
    UNKNOWN_STATUS = "unknown_status"
    LOST = "lost"
    TESTED = "tested"
    TEST_FAILED = "test_failed"


class Change(StrEnum):
    """What an event did in an item's history: `tracking_event_change.change`."""

    APPEARED = "appeared"
    RETRACTED = "retracted"
    RETURNED = "returned"


class CloseReason(StrEnum):
    """Why an item was closed where its state does not say it; else `mail_item.close_reason` is the state."""

    MALFORMED = "malformed"
    DUPLICATE = "duplicate"
