"""One row of the business's query, read as an item; what its columns cannot hold is named with the reason."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hkpost.ecship.item_number import canonical
from hkpost.ecship.limits import MAX_ITEM_NO_LENGTH
from hkpost.ecship.rows import NO_TEXTS
from hkpost.history.countries import resolve_country
from hkpost.reasons import Reason, Why

MAX_ACCOUNT_LENGTH = 250
"""Characters of the id of an Airflow connection."""
MAX_SOURCE_REF_LENGTH = 500
"""Characters that an index of PostgreSQL takes, whatever the alphabet."""
MAX_SERVICE_NAME_LENGTH = 100
"""Characters of what the business calls a service: a name, and not a text."""
_BUSINESS_ZONE = ZoneInfo("Asia/Hong_Kong")
"""A registration time without an offset is a Hong Kong wall clock: the senders are Hong Kong's."""
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
_LOWEST, _HIGHEST = -(2**31), 2**31 - 1
_BYTES = (bytes, bytearray, memoryview)
_NO_TEXT = (bool, Mapping, list, tuple, set, frozenset)


class NewItem(NamedTuple):
    """An item to register; None where the query says nothing."""

    item_no: str
    account: str | None
    source_ref: str | None
    registered_at: datetime | None
    priority: int | None
    destination_expected: str | None
    service_name: str | None
    promised_on: date | None
    pieces: int | None


class Rejected(NamedTuple):
    """A value that cannot be used, of which number and account, and the reason."""

    item_no: Any
    account: Any
    reason: Reason
    value: Any


class _Unreadable(ValueError):
    """A value that its column cannot hold; the reason says what it should be."""

    def __init__(self, why: Why, *values: str) -> None:
        self.reason = Reason(why, values)
        super().__init__(str(self.reason))


def read_row(row: Mapping[str, Any]) -> tuple[NewItem | None, list[Rejected]]:
    """Read a row (column to value, `item_no` among them) as an item, and name what is left out of it.

    A row without a number that can be stored is no item. Neither is one whose account cannot be stored: no other
    account may ask about it.
    """
    given, account = row["item_no"], row.get("account")
    try:
        item_no = _item_no(given)
    except _Unreadable as unreadable:
        return None, [Rejected(given, account, Reason(Why.NOT_ASKED, cause=unreadable.reason), given)]
    try:
        asked_with = _text(account, MAX_ACCOUNT_LENGTH)
    except _Unreadable as unreadable:
        return None, [
            Rejected(item_no, None, Reason(Why.ACCOUNT_UNREADABLE, cause=unreadable.reason), account)
        ]
    rejected: list[Rejected] = []

    def read(name: str, reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(row.get(name))
        except _Unreadable as unreadable:
            reason = Reason(Why.REGISTERED_WITHOUT, (name,), unreadable.reason)
            rejected.append(Rejected(item_no, asked_with, reason, row[name]))
            return None

    item = NewItem(
        item_no,
        asked_with,
        source_ref=read("source_ref", lambda value: _text(value, MAX_SOURCE_REF_LENGTH)),
        registered_at=read("registered_at", _instant),
        priority=read("priority", lambda value: _whole_number(value, _LOWEST)),
        destination_expected=read("destination", _country),
        service_name=read("service_name", lambda value: _text(value, MAX_SERVICE_NAME_LENGTH)),
        promised_on=read("promised_on", _day),
        pieces=read("pieces", lambda value: _whole_number(value, 1)),
    )
    return item, rejected


def is_time(value: Any) -> bool:
    """Whether a value is of a kind that a registration time may have, or none."""
    return value is None or isinstance(value, (date, str, *_BYTES))


def _given(value: Any) -> Any:
    """A value of the query, bytes as the text that they hold; a blank text and a NaN are none."""
    if isinstance(value, _BYTES):
        try:
            value = bytes(value).decode()
        except UnicodeDecodeError:
            raise _Unreadable(Why.NOT_UTF8) from None
    if isinstance(value, str):
        return value.strip() or None
    is_nan = value.is_nan() if isinstance(value, Decimal) else isinstance(value, float) and value != value
    return None if is_nan else value


def _text(value: Any, at_most: int) -> str | None:
    value = _given(value)
    if value is None:
        return None
    if isinstance(value, _NO_TEXT):
        raise _Unreadable(Why.NOT_TEXT, type(value).__name__)
    try:
        text = str(value)
        text.encode()
    except ValueError:
        raise _Unreadable(Why.NOT_UTF8) from None
    if len(text) > at_most:
        raise _Unreadable(Why.TEXT_TOO_LONG, f"{len(text):,}", str(at_most))
    if "\x00" in text:
        raise _Unreadable(Why.NUL)
    return text


def _item_no(value: Any) -> str:
    """A number that can be stored; whether it may be asked about is decided there, by its row."""
    item_no = canonical(_text(value, MAX_ITEM_NO_LENGTH) or "")
    if not item_no:
        raise _Unreadable(Why.BLANK)
    return item_no


def _country(value: Any) -> str | None:
    """The ISO alpha-2 code of a country, from that, from alpha-3 or from its name."""
    given = _text(value, MAX_SERVICE_NAME_LENGTH)
    if given is None:
        return None
    if code := resolve_country(given, NO_TEXTS):
        return code
    raise _Unreadable(Why.NOT_COUNTRY)


def _whole_number(value: Any, lowest: int) -> int | None:
    value = _given(value)
    if value is None:
        return None
    try:
        number = int(value) if isinstance(value, str) else value
        # The bounds go first: a Decimal may have more digits than memory has room for.
        if lowest <= number <= _HIGHEST and number == int(number):
            return int(number)
    except (TypeError, ValueError, ArithmeticError):
        raise _Unreadable(Why.NOT_WHOLE) from None
    raise _Unreadable(Why.OUT_OF_RANGE, str(lowest), str(_HIGHEST))


def _day(value: Any) -> date | None:
    """A day as it is written; of an instant with an offset, the day in Hong Kong."""
    instant = _instant(value)
    return None if instant is None else instant.astimezone(_BUSINESS_ZONE).date()


def _instant(value: Any) -> datetime | None:
    value = _given(value)
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _Unreadable(Why.NOT_ISO_TIME) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise _Unreadable(Why.NOT_TIME, type(value).__name__)
    try:
        instant = (value if value.tzinfo else value.replace(tzinfo=_BUSINESS_ZONE)).astimezone(UTC)
    except (OverflowError, ValueError):
        instant = datetime.max.replace(tzinfo=UTC)
    if not _EARLIEST <= instant <= _LATEST:
        raise _Unreadable(Why.NO_SUCH_YEAR)
    return instant
