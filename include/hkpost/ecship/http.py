"""HTTP clients of one account: TLS and proxy of its connection, no redirects, no cookies, no talk."""

import logging
import ssl
from http.cookiejar import CookieJar
from typing import Final, TypedDict

import httpx

from hkpost.ecship.address import address
from hkpost.ecship.settings import AccountSettings, SettingsError

USUAL_CAUSE: Final = {
    401: "the service asks for other credentials in front of SOAP; ask Hongkong Post which",
    403: "usually this IP address is not authorised by Hongkong Post: give them the address requests leave from",
    404: "usually the address is wrong: check host of the connection against the WSDL's address",
    407: "the proxy asks for credentials: put them into proxy of the connection",
}
"""What an HTTP status usually means, and what to do."""
_TALKATIVE: Final = ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class _NoCookies(CookieJar):
    """Keeps none: the service needs none, and one beyond ASCII would make the next request impossible."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Read nothing."""


class _Options(TypedDict):
    verify: ssl.SSLContext | bool
    proxy: str | None
    timeout: httpx.Timeout
    cookies: CookieJar


def async_client(settings: AccountSettings) -> httpx.AsyncClient:
    """Make the client that posts requests: connections kept alive, TLS verified unless the connection says not.

    It follows no redirect: the credential goes to the address of the connection alone. It keeps no cookie. What
    httpx would log of each answer, reason phrase and headers included, may echo the credential, so it does not log.

    Raises:
        SettingsError: `ca_bundle` or `proxy` cannot be used.
    """
    options, most = _options(settings), settings.max_in_flight
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    try:
        return httpx.AsyncClient(**options, limits=limits, event_hooks={"response": [_set_location_aside]})
    except (ValueError, ImportError):
        raise _no_proxy(settings) from None


def document_client(settings: AccountSettings) -> httpx.Client:
    """Make the client that loads a WSDL, after the same rules.

    Raises:
        SettingsError: `ca_bundle` or `proxy` cannot be used.
    """
    try:
        return httpx.Client(**_options(settings), event_hooks={"response": [set_location_aside]})
    except (ValueError, ImportError):
        raise _no_proxy(settings) from None


def set_location_aside(response: httpx.Response) -> None:
    """Keep httpx from working out a redirect itself: it fails where the address is none."""
    response.extensions["location"] = response.headers.pop("location", "")


async def _set_location_aside(response: httpx.Response) -> None:
    set_location_aside(response)


def _options(settings: AccountSettings) -> _Options:
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    try:
        verify: ssl.SSLContext | bool = settings.verify_tls
        if settings.verify_tls and settings.ca_bundle:
            verify = ssl.create_default_context(cafile=settings.ca_bundle)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"connection {settings.account}: ca_bundle {settings.ca_bundle} cannot be read ({error})"
        ) from None
    return _Options(
        verify=verify,
        proxy=settings.proxy or None,
        timeout=httpx.Timeout(settings.timeout_s, pool=None),
        cookies=_NoCookies(),
    )


def _no_proxy(settings: AccountSettings) -> SettingsError:
    return SettingsError(
        f"connection {settings.account}: proxy is no URL of an HTTP proxy: use http://host:port"
    )


def why_not_reached(error: Exception, url: str, proxy: str) -> str:
    """Say why nothing could be sent to a URL, in words that name what to check; no secret is in them."""
    host = httpx.URL(address(url)).netloc.decode("ascii") or url
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        return f"{host} has a certificate that is not trusted: give its authority in ca_bundle ({reason})"
    if isinstance(error, httpx.ProxyError):
        return f"the proxy {address(proxy)} refused to connect to {host} ({reason})"
    if proxy:
        return f"{host} could not be reached through the proxy {address(proxy)} ({reason})"
    return f"{host} could not be reached ({reason})"
