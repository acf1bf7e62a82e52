"""Loads a WSDL and the documents it imports: from one place, each once, within a time and a size."""

import time
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

import httpx
import zeep

from hkpost.ecship.address import address, is_remote, same_host
from hkpost.ecship.html import html_title
from hkpost.ecship.http import USUAL_CAUSE, document_client, why_not_reached
from hkpost.ecship.settings import AccountSettings

_KNOWN: Final = {"http://schemas.xmlsoap.org/soap/encoding/": Path(__file__).with_name("soap_encoding.xsd")}
"""Schemas that a WSDL may refer to by their names alone; they are never asked for."""
_MOST_REDIRECTS: Final = 5
_CAUSE: Final = USUAL_CAUSE | {
    404: "usually the address is wrong: a service has its WSDL at its own URL with ?wsdl at the end",
}


class WsdlTransport(zeep.Transport):
    """What zeep loads documents through.

    A WSDL by URL may import from its own host, one by path from other files; nothing else is fetched. What it
    imports by another host's name is looked for at its own: behind a proxy a service calls itself by other names.
    Redirects are followed to the same host only.

    Args:
        source: path or URL of the WSDL.
        settings: TLS, proxy, and how long one document may take and be.
    """

    def __init__(self, source: str, settings: AccountSettings) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._home = source if is_remote(source) else ""
        self._settings = settings
        self._loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        """Return a document's bytes.

        Raises:
            OSError: it cannot be read, is too long, or lies at another place; the message says what to do.
        """
        known = _KNOWN.get(str(url))
        if known is not None:
            return known.read_bytes()
        at = self._at_home(str(url))
        if at not in self._loaded:
            try:
                self._loaded[at] = self._fetch(at) if self._home else _read(at)
            except OSError as error:
                if at == url:
                    raise
                raise OSError(
                    f"it imports {url}, which was looked for at its own host and is not there ({error}): "
                    "save both as files beside each other"
                ) from error
        return self._loaded[at]

    def _at_home(self, url: str) -> str:
        if is_remote(url) != bool(self._home):
            raise OSError(
                f"it imports {url}, which is not where it is itself: save both as files beside each other"
            )
        if not self._home or same_host(self._home, url):
            return url
        path = urlsplit(url)._replace(scheme="", netloc="").geturl()
        return urljoin(self._home, path or "/")

    def _fetch(self, url: str) -> bytes:
        gives_up_at = time.monotonic() + self._settings.timeout_s
        asked = url
        with document_client(self._settings) as http:
            for _ in range(_MOST_REDIRECTS + 1):
                try:
                    content, location = self._get(http, asked, gives_up_at)
                except httpx.TimeoutException:
                    raise self._late(asked) from None
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    why = why_not_reached(error, asked, self._settings.proxy)
                    raise OSError(f"{why}; check wsdl and proxy of the connection") from None
                if not location:
                    return content
                asked = _redirected(asked, location)
        raise OSError(f"{address(url)} redirects more than {_MOST_REDIRECTS} times")

    def _get(self, http: httpx.Client, url: str, gives_up_at: float) -> tuple[bytes, str]:
        """A document, or the address to which its own redirects."""
        most = self._settings.max_body_bytes
        content = bytearray()
        with http.stream("GET", url) as response:
            location = str(response.extensions["location"])
            if 300 <= response.status_code < 400 and location:
                return b"", location
            if response.status_code != 200:
                cause = _CAUSE.get(response.status_code, "check wsdl of the connection")
                raise OSError(f"HTTP {response.status_code}: {cause}")
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > most:
                    raise OSError(f"{address(url)} is longer than {most / 1e6:g} MB")
                if time.monotonic() > gives_up_at:
                    raise self._late(url)
        title = html_title(content)
        if title is not None:
            raise OSError(
                f"an HTML page{title} came and no WSDL: usually ?wsdl is missing at the end of the URL, or a proxy or "
                "firewall answers in place of the service; open the URL on the machine that asks"
            )
        return bytes(content), ""

    def _late(self, url: str) -> OSError:
        return OSError(
            f"{address(url)} did not end within {self._settings.timeout_s:g} s: usually a firewall is in the way, or "
            "Hongkong Post does not know the IP address that requests leave from"
        )


def _redirected(url: str, location: str) -> str:
    target = urljoin(url, location)
    if not same_host(url, target):
        raise OSError(
            f"{address(url)} redirects to {address(target)}, which is another host or not by https as it is itself; if "
            "that is the right one, put it into wsdl"
        )
    return target


def _read(path: str) -> bytes:
    parts = urlsplit(path)
    return Path(url2pathname(parts.path) if parts.scheme == "file" else path).expanduser().read_bytes()
