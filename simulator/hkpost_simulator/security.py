"""WS-Security UsernameToken: digest and text passwords, freshness, replays (specification page 3)."""

import base64
import binascii
import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from hkpost_simulator.envelope import SecurityToken

FRESH_FOR = timedelta(minutes=5)
"""How far `Created` may be from the server's own clock, either way."""


class Credentials:
    """The API users, and the memory of every nonce that is still fresh.

    Args:
        users: password by username.
        wall: the real time, UTC; the simulated clock has no say in authentication.
    """

    def __init__(
        self, users: Mapping[str, str], *, wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._users = dict(users)
        self._wall = wall
        self._seen: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    @property
    def usernames(self) -> tuple[str, ...]:
        """The names of the users, without their passwords."""
        return tuple(self._users)

    def set_user(self, username: str, password: str) -> None:
        """Add a user, or give one another password."""
        with self._lock:
            self._users = {**self._users, username: password}

    def remove_user(self, username: str) -> None:
        """Forget a user; no error when there is none of that name."""
        with self._lock:
            self._users = {name: password for name, password in self._users.items() if name != username}

    def refusal(self, token: SecurityToken | None, integrator_username: str) -> str | None:
        """Say why a request is not authentic (9992), or None when it is; a nonce is good for one request."""
        if token is None:
            return "no UsernameToken"
        if token.username != integrator_username:
            return "integratorUsername is not the token's user"
        expected = self._users.get(token.username)
        if expected is None:
            return "unknown user"
        if token.is_digest and (token.nonce is None or token.created is None):
            return "a digest needs Nonce and Created"
        if not _password_holds(token, expected):
            return "wrong password"
        if token.created is not None and not self._is_fresh(token.created):
            return f"Created {token.created} is not fresh"
        if token.nonce is not None and not self._is_first(token.username, token.nonce):
            return "replayed nonce"
        return None

    def _is_fresh(self, created: str) -> bool:
        try:
            instant = datetime.fromisoformat(created)
        except ValueError:
            return False
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        return abs(self._wall() - instant) <= FRESH_FOR

    def _is_first(self, username: str, nonce: str) -> bool:
        now = self._wall()
        with self._lock:
            while self._seen:  # oldest first: a dict keeps the order of insertion
                oldest = next(iter(self._seen))
                if now - self._seen[oldest] <= 2 * FRESH_FOR:
                    break
                del self._seen[oldest]
            if (username, nonce) in self._seen:
                return False
            self._seen[username, nonce] = now
            return True


def _password_holds(token: SecurityToken, expected: str) -> bool:
    if not token.is_digest:
        return hmac.compare_digest(token.password.encode(), expected.encode())
    try:
        nonce = base64.b64decode(token.nonce or "", validate=True)
    except binascii.Error:
        return False
    # SHA-1 is what the UsernameToken profile prescribes.
    digest = hashlib.sha1(nonce + (token.created or "").encode() + expected.encode()).digest()  # noqa: S324
    return hmac.compare_digest(token.password.encode(), base64.b64encode(digest))
