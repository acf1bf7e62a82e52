"""The fourteen status codes (specification page 6, appendix A) and what each one asks of us."""

from enum import IntEnum


class StatusCode(IntEnum):
    """A status of the request or of one item.

    `StatusCode(code)` raises ValueError for a code that the specification does not have.
    """

    meaning: str
    advice: str

    SUCCESS = 0, "Success", "nothing to do"
    UNKNOWN_ITEM = 1001, "item number does not exist", "asked again ever more rarely while the item is young"
    INVALID_ITEM_FORMAT = 1002, "Invalid item number format", "correct the number at its source"
    EXPIRED = 1003, "Tracking period has been expired", "the service keeps no history for it any more"
    NOT_PERMITTED = (
        1004,
        "Item no not allowed to enquiry",
        "only the sender may ask: associate the EC-Ship/MySpeedPost account with the API account",
    )
    TOO_FREQUENT = 9991, "Exceed API request frequency", "wait, widen the gap and send again"
    INVALID_CREDENTIAL = 9992, "Invalid Credential", "correct login and password of the connection"
    INVALID_API_FORMAT = 9993, "Invalid API format", "the request does not fit the service: check the WSDL"
    QUOTA_EXCEEDED = 9994, "Exceed API request limit", "no more requests today"
    TOO_MANY_ITEMS = 9995, "Exceed the max. enquiry items", "send fewer items a request"
    INVALID_LANGUAGE = 9996, "Invalid Language", "set lang of the connection to A, E, C or S"
    EMPTY_ITEM_ARRAY = (
        9997,
        "Empty item number array",
        "an empty request was sent: check the WSDL",
    )
    INVALID_INPUT = 9998, "Invalid input", "one of the item numbers is refused: find it by halving the batch"
    UNAVAILABLE = 9999, "Service temporary unavailable", "try again later"

    def __new__(cls, code: int, meaning: str = "", advice: str = "") -> "StatusCode":
        """Make a member that is its code and carries the specification's words and our answer to them."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        member.advice = advice
        return member

    @property
    def closes_item(self) -> bool:
        """Whether the code, said of one item, ends its tracking at once (1002, 1003, 1004)."""
        return self in (
            StatusCode.INVALID_ITEM_FORMAT,
            StatusCode.EXPIRED,
            StatusCode.NOT_PERMITTED,
        )

    @property
    def is_about_an_item(self) -> bool:
        """Whether the code is a verdict on an item (1001 to 1004) rather than on a request."""
        return StatusCode.UNKNOWN_ITEM <= self <= StatusCode.NOT_PERMITTED


def describe(code: int) -> str:
    """Return `"<code> <meaning>"`, also for a code that the specification does not have."""
    try:
        status = StatusCode(code)
    except ValueError:
        return f"{code} (not in the specification)"
    return f"{int(status)} {status.meaning}"
