"""Why something could not be used: a code with its values for programs and other languages, and the English sentence.

Each English sentence is written once, here; `reports/reasons.csv` has the others.
"""

from enum import StrEnum
from typing import Any, NamedTuple


class Why(StrEnum):
    """What may be wrong: its code (`rejected_record.reason_code`), and its sentence (`reason`).

    A sentence has its values by place in braces, and `{why}` where another one says what is behind it.
    """

    sentence: str

    # Of an item number, or of a piece of pasted text
    BLANK = "blank", "the item number is blank"
    TOO_LONG = "too_long", "the item number has {0} characters, more than {1}"
    CHARACTERS = "characters", "the item number has characters outside A-Z and 0-9"
    NO_DIGIT = "no_digit", "there is no digit in it: a word and no item number"
    NO_DIGITS = "no_digits", "there is no digit in it: words and no item number"
    UNCLEAR = (
        "unclear",
        "no item number comes of these pieces: write it without blanks, one number a line",
    )
    NOT_A_NUMBER = (
        "not_a_number",
        "no item has this number and no order this reference; it cannot be asked about, because it has not the form"
        " of an item number (RB123456785HK)",
    )
    NOT_ASKED = "not_asked", "not asked: {why}"

    # Of a row of the business
    NOT_UTF8 = "not_utf8", "it must be a text in UTF-8"
    NOT_TEXT = "not_text", "it must be a text, and is a {0}"
    TEXT_TOO_LONG = "text_too_long", "it has {0} characters, more than {1}"
    NUL = "nul", "it must be a text without the character U+0000"
    NOT_COUNTRY = "not_country", "it must be a country: an ISO 3166 code, or its name"
    NOT_WHOLE = "not_whole", "it must be a whole number"
    OUT_OF_RANGE = "out_of_range", "it must be a whole number between {0} and {1}"
    NOT_ISO_TIME = "not_iso_time", "it must be a timestamp or an ISO 8601 text"
    NOT_TIME = "not_time", "it must be a timestamp, and is a {0}"
    NO_SUCH_YEAR = "no_such_year", "it must be a time in the years 1970 to 2199"
    ACCOUNT_UNREADABLE = "account_unreadable", "not registered, for its account: {why}"
    REGISTERED_WITHOUT = "registered_without", "registered without its {0}: {why}"
    REGISTERED_NOW = "registered_now", "registered now: its registered_at is not between 1970 and 2199"
    NOT_REGISTERED = "not_registered", "not registered: {0}"
    ROW_UNREADABLE = "row_unreadable", "a row of open_items_sql cannot be read: {0}"

    # Of a request
    REQUEST_INPUT_REFUSED = "request_input_refused", "{0}"
    REQUEST_STATUS_UNKNOWN = "request_status_unknown", "{0}"

    # Of an answer
    ITEM_COUNT = "item_count", "itemCount says {0}, and the answer has {1} items"
    OF_NO_ITEM = "of_no_item", "the answer does not say of which item this is"
    NOT_ASKED_FOR = "not_asked_for", "the answer has an item that was not asked for"
    ANSWERED_TWICE = "answered_twice", "the answer has the item more than once, differently"
    CONTRADICTION = "contradiction", "the answer contradicts itself: {0}"
    STATUS_AND_HISTORY = "status_and_history", "the answer contradicts itself: status {0}, and a history"
    NO_STATUS = "no_status", "the item has no status"
    STATUS_UNREADABLE = "status_unreadable", "the item's status is {0}"
    STATUS_UNKNOWN = "status_unknown", "the item's status is {0} (not in the specification)"
    SAYS_NOTHING = "says_nothing", "{why}, and there is neither an event nor a milestone"
    READ_AS_SUCCESS = "read_as_success", "{why}: read as 0, because there is a history"
    ITEM_REFUSED = "item_refused", "the service refuses the item: {0}"
    NO_LONGER_TRACKED = "no_longer_tracked", "the item is no longer in mail_item"
    POSTING_TIME = "posting_time", "the posting time is not DD-MM-YYYY HH24:MI"
    ORIGIN = "origin", "the country of origin is not known"
    DESTINATION = "destination", "the country of destination is not known"
    MILESTONE_WORDING = "milestone_wording", "the wording of the milestone is unclassified"
    EVENT_TIME = "event_time", "the time of an event is not DD-MM-YYYY HH24:MI"
    NO_EVENT_TIME = "no_event_time", "an event has no time"
    EVENT_COUNTRY = "event_country", "the country of an event's place is not known"
    EVENT_WORDING = "event_wording", "the wording of an event is unclassified"
    ANSWER_UNREADABLE = "answer_unreadable", "the archived answer cannot be read: {0}"
    # The alert `set_aside` looks for what these two begin with.
    SET_ASIDE = "set_aside", "set aside, could not be loaded: {0}"
    NOT_REPLAYED = "not_replayed", "set aside, could not be replayed: {0}"
    FURTHER_ONES = "further_ones", "{why} (further ones of the same answer)"

    def __new__(cls, code: str, sentence: str = "") -> "Why":
        """Make a member that is its code and carries its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member


class Reason(NamedTuple):
    """Why something could not be used: what is wrong, its values, and the reason behind it where there is one."""

    why: Why
    values: tuple[str, ...] = ()
    cause: "Reason | None" = None

    def __str__(self) -> str:
        """The sentence in English: `rejected_record.reason`."""
        return self.why.sentence.format(*self.values, why=self.cause or "")

    @property
    def all_values(self) -> tuple[str, ...]:
        """Its own values, then the code and the values of the reason behind it: `rejected_record.reason_values`."""
        return (*self.values, self.cause.why.value, *self.cause.all_values) if self.cause else self.values

    def columns(self) -> dict[str, Any]:
        """What `rejected_record` keeps of it."""
        return {"reason": str(self), "reason_code": self.why.value, "reason_values": list(self.all_values)}
