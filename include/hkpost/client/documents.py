"""Loads a WSDL and the documents it imports: from one place, each once, within a time and a size."""

import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
import zeep

from hkpost import contract

_KNOWN: Final = {
    "http://schemas.xmlsoap.org/soap/encoding/": Path(contract.__file__).with_name("soap_encoding.xsd")
}
"""Schemas that a WSDL may refer to by their names alone; nobody is asked for them."""
_CHUNK: Final = 65_536


class Documents(zeep.Transport):
    """What zeep loads documents through.

    A WSDL by URL may import from its own host, one by path from other files; nothing else is fetched. What it
    imports by another host's name is looked for at its own: behind a proxy a service calls itself by other names.

    Args:
        source: path or URL of the WSDL.
        session: carries TLS settings and proxy.
        timeout_s: how long one document may take, all told.
        most_bytes: how long one document may be.
    """

    def __init__(self, source: str, session: requests.Session, timeout_s: float, most_bytes: int) -> None:
        super().__init__(session=session, timeout=timeout_s)  # type: ignore[no-untyped-call]
        self._home = _place(source)
        self._most_bytes = most_bytes
        self._loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        """Return a document's bytes.

        Raises:
            OSError: it cannot be read, is too long, or lies at another place (requests' errors are OSErrors).
        """
        known = _KNOWN.get(str(url))
        if known is not None:
            return known.read_bytes()
        at = self._at_home(str(url))
        if at not in self._loaded:
            try:
                content: bytes = super().load(at)  # type: ignore[no-untyped-call]
            except OSError as error:
                if at == url:
                    raise
                raise OSError(
                    f"it imports {url}, which was looked for at its own host and is not there ({error}): "
                    "save both as files beside each other"
                ) from error
            self._loaded[at] = content
        return self._loaded[at]

    def _at_home(self, url: str) -> str:
        if (place := _place(url)) == self._home:
            return url
        if not (place and self._home):
            raise OSError(
                f"it imports {url}, which is not where it is itself: save both as files beside each other"
            )
        return self._home + url[len(place) :]

    def _load_remote_data(self, url: str) -> bytes:
        gives_up_at = time.monotonic() + self.load_timeout
        content = bytearray()
        with self.session.get(url, timeout=self.load_timeout, stream=True) as response:
            response.raise_for_status()
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > self._most_bytes:
                    raise OSError(f"{url} is longer than {self._most_bytes / 1e6:g} MB")
                if time.monotonic() > gives_up_at:
                    raise OSError(f"{url} did not end within {self.load_timeout:g} s")
        return bytes(content)


def _place(url: str) -> str:
    """Where a document lies: its host, or '' for a file."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme in ("http", "https") else ""
