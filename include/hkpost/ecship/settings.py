"""What a connection says about one API account, checked field by field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hkpost.ecship import limits

WSSE_MODES = ("digest", "text", "none")
SMALL_QUOTA = 10_000
"""A daily quota under this keeps nothing in reserve unless the connection says so."""
DEFAULT_RESERVE = 1_000


class SettingsError(ValueError):
    """A field of the connection is missing or cannot be; the message names the field and the fix."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """One API account of the service, as its connection describes it.

    Times are in the unit of their names; `host` blank means the address in the WSDL, `wsdl` blank the
    bundled one. The credential is left out of `repr`.
    """

    account: str
    login: str
    password: str = field(repr=False)
    host: str = ""
    wsdl: str = ""
    lang: str = "A"
    wsse: str = "digest"
    min_interval_ms: float = limits.MIN_INTERVAL_MS
    pace_margin_ms: float = 5
    max_in_flight: int = 16
    daily_quota: int = limits.DAILY_QUOTA
    quota_reserve: int = DEFAULT_RESERVE
    quota_timezone: str = "Asia/Hong_Kong"
    timeout_s: float = 30
    verify_tls: bool = True
    ca_bundle: str = ""
    proxy: str = field(default="", repr=False)
    max_body_mb: float = 16

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen: the credential, and the proxy's password where there is one."""
        proxy_password = unquote(urlsplit(self.proxy).password or "")
        return tuple(secret for secret in (self.password, proxy_password) if secret)

    @property
    def max_body_bytes(self) -> int:
        """Bytes of an answer, unpacked, beyond which it is given up."""
        return int(self.max_body_mb * 1_000_000)

    @property
    def scheduled_quota(self) -> int:
        """Requests a day that scheduled runs may use: the quota less the reserve, never below 0."""
        return max(self.daily_quota - self.quota_reserve, 0)


def account_settings(
    account: str, host: str | None, login: str | None, password: str | None, extra: Mapping[str, object]
) -> AccountSettings:
    """Read the fields of an Airflow connection of type `hkpost`.

    Args:
        account: the connection's id, which is the name of the account everywhere.
        host: the URL to POST to; blank for the WSDL's own address.
        login: the API username (specification page 3: up to 20 characters).
        password: the API credential.
        extra: the optional fields; unknown names are refused, since a misspelt one would be lost.

    Raises:
        SettingsError: a field is missing, unknown or out of its range.
    """
    read = _Fields(account, extra)
    if not (login or "").strip():
        raise read.error("login", "is empty: give the EC-Ship API username")
    if not password:
        raise read.error("password", "is empty: give the EC-Ship API credential")
    gap = limits.MIN_INTERVAL_MS
    daily_quota = read.integer("daily_quota", limits.DAILY_QUOTA, at_least=1)
    settings = AccountSettings(
        account=account,
        login=(login or "").strip(),
        password=password,
        host=read.url(host),
        wsdl=read.text("wsdl", ""),
        lang=read.choice("lang", limits.LANGUAGES, str.upper),
        wsse=read.choice("wsse", WSSE_MODES, str.lower, default="digest"),
        min_interval_ms=read.number("min_interval_ms", gap, at_least=gap),
        pace_margin_ms=read.number("pace_margin_ms", 5, at_least=0),
        max_in_flight=read.integer("max_in_flight", 16, at_least=1),
        daily_quota=daily_quota,
        quota_reserve=read.integer(
            "quota_reserve", 0 if daily_quota < SMALL_QUOTA else DEFAULT_RESERVE, at_least=0
        ),
        quota_timezone=read.zone("quota_timezone", "Asia/Hong_Kong"),
        timeout_s=read.number("timeout_s", 30, at_least=0.1),
        verify_tls=read.boolean("verify_tls", True),
        ca_bundle=read.text("ca_bundle", ""),
        proxy=read.text("proxy", ""),
        max_body_mb=read.number("max_body_mb", 16, at_least=0.001),
    )
    read.refuse_unknown()
    return settings


class _Fields:
    """Reads the extra fields of one connection; blank values count as not given."""

    def __init__(self, account: str, extra: Mapping[str, object]) -> None:
        self._account = account
        self._extra = {name: value for name, value in extra.items() if value is not None and value != ""}

    def error(self, name: str, problem: str) -> SettingsError:
        return SettingsError(f"connection {self._account}: {name} {problem}")

    def refuse_unknown(self) -> None:
        known = {f.name for f in fields(AccountSettings)} - {"account", "login", "password", "host"}
        unknown = sorted(set(self._extra) - known)
        if unknown:
            raise self.error(
                "extra",
                f"has no field {', '.join(unknown)}: remove it, or use one of {', '.join(sorted(known))}",
            )

    def text(self, name: str, default: str) -> str:
        return str(self._extra.get(name, default)).strip()

    def choice(
        self, name: str, allowed: tuple[str, ...], fold: Callable[[str], str], default: str = ""
    ) -> str:
        value = fold(self.text(name, default or allowed[0]))
        if value not in allowed:
            raise self.error(name, f"is {value!r}: use one of {', '.join(allowed)}")
        return value

    def number(self, name: str, default: float, *, at_least: float) -> float:
        text = self.text(name, str(default))
        try:
            value = float(text)
        except ValueError:
            raise self.error(name, f"is {text!r}: give a number") from None
        if not at_least <= value < float("inf"):
            raise self.error(name, f"is {text}: the least that is allowed is {at_least:g}")
        return value

    def integer(self, name: str, default: int, *, at_least: int) -> int:
        value = self.number(name, default, at_least=at_least)
        if value != int(value):
            raise self.error(name, f"is {value}: give a whole number")
        return int(value)

    def boolean(self, name: str, default: bool) -> bool:
        text = self.text(name, str(default)).lower()
        if text in ("true", "1", "yes", "on"):
            return True
        if text in ("false", "0", "no", "off"):
            return False
        raise self.error(name, f"is {text!r}: use true or false")

    def zone(self, name: str, default: str) -> str:
        text = self.text(name, default)
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError):
            raise self.error(name, f"is {text!r}: give a time zone such as Asia/Hong_Kong") from None
        return text

    def url(self, host: str | None) -> str:
        text = (host or "").strip()
        if text and urlsplit(text).scheme not in ("http", "https"):
            raise self.error(
                "host", f"is {text!r}: give the whole URL to POST to, with https://, or leave it blank"
            )
        return text
