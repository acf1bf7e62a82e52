"""Addresses: which host they lie on, and how they are shown without what may be secret in them."""

import re
from typing import Final
from urllib.parse import urlsplit

import httpx

_PORTS: Final = {"http": 80, "https": 443}


def address(url: str) -> str:
    """A URL without what may be secret in it: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}" if host else parts.path


def without_login(url: str) -> str:
    """A URL, or a path, without a user and password in it."""
    return re.sub(r"(?<=://)[^/?#]*@", "", url)


def is_remote(source: str) -> bool:
    """Whether a WSDL is a URL to be asked, and no file."""
    return urlsplit(source).scheme in ("http", "https")


def same_host(asked: str, other: str) -> bool:
    """Whether a URL lies on the host of the one that was asked, and is reached no less safely.

    The names are equal, case and a full stop at the end aside, and so are the ports, a scheme's own counting where none
    is written. From http to https both may be the schemes' own ports; from https to http never.
    """
    try:
        one, two = httpx.URL(asked.strip()), httpx.URL(other.strip())
    except httpx.InvalidURL:
        return False
    if {one.scheme, two.scheme} - set(_PORTS) or _name(one) != _name(two) or not _name(one):
        return False
    if (one.scheme, two.scheme) == ("https", "http"):
        return False
    if one.scheme != two.scheme and one.port is None and two.port is None:
        return True
    return _port(one) == _port(two)


def _name(url: httpx.URL) -> bytes:
    return url.raw_host.rstrip(b".")


def _port(url: httpx.URL) -> int:
    return url.port or _PORTS[url.scheme]
