"""TCP ports of 127.0.0.1: a free one, and the one that a service had before."""

import socket
from pathlib import Path

from hkpost_local.private_file import write_private


def free_port() -> int:
    """A port that no process listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def kept_port(file: Path) -> int:
    """The port that `file` names, so that addresses stay; a free one, kept from now on, where it cannot be had."""
    port = int(file.read_text()) if file.exists() else 0
    if not (port and _is_free(port)):
        port = free_port()
        write_private(file, str(port))
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that ended a moment ago do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
