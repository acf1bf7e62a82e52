"""Counts the write boundaries of a process as it meets them, and can strike at one.

A boundary is the moment just before or just after something is written: a statement that writes, a COPY, a
COMMIT, a request that leaves, an answer that comes. None is listed here: what the code sends is looked at on its
way to the driver, so that a new statement is a new boundary by itself.
"""

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import sqlalchemy as sa

import hkpost.dispatch.attempt as attempt
import hkpost.warehouse.statements as statements
from hkpost.dispatch.rate_limiter import SendPermit

FOLDER = Path(statements.__file__).parent
STATEMENTS = {
    file.relative_to(FOLDER).with_suffix("").as_posix(): file
    for file in FOLDER.rglob("*.sql")
    if not {"baseline", "migrations", "views", "functions"} & set(file.parts)
}
"""The files of statements, by the names that they are asked for."""
COMMENT = re.compile(r"--[^\n]*")
WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE|COPY|CREATE|DROP|ALTER|TRUNCATE)\b|hkpost\.\w+\(", re.I)
BEGINNING = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \S+|.{,60}")
HEARTBEAT = "requests/renew_lease"
"""How often the lease is renewed depends on the time alone, so it is no part of a moment's number."""

Reach = Callable[[str, str], None]


class Boundaries:
    """The boundaries that this process has met, in their order, as (what, before or after).

    Args:
        strike: what happens there: the process is killed, or stopped, or its database breaks off.
        at: the (what, phase, occurrence) to strike at, if any.
        number: the number of the boundary to strike at, counted from 1 without heartbeats, if any.
    """

    def __init__(
        self,
        strike: Callable[[], None],
        at: tuple[str, str, int] | None = None,
        number: int | None = None,
    ) -> None:
        self.met: list[tuple[str, str]] = []
        self._strike = strike
        self._at = at
        self._number = number
        self._counted = 0
        self._lock = threading.Lock()

    def reach(self, what: str, phase: str) -> None:
        """Note a boundary, and strike where it is time to."""
        with self._lock:
            self.met.append((what, phase))
            self._counted += HEARTBEAT not in what
            is_named = self._at is not None and (what, phase, self.met.count((what, phase))) == self._at
            if is_named or self._counted == self._number:
                self._strike()


def moments(met: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The boundaries that differ, each where it is first met.

    After one and before the next, nothing is written between: one strike there is enough.
    """
    first = {boundary: met.index(boundary) for boundary in met}
    return [
        boundary
        for boundary, place in first.items()
        if boundary[1] == "before" or not any(at == place + 1 and b[1] == "before" for b, at in first.items())
    ]


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def cut_off(warehouse: str) -> None:
    """End every session that this database has, as a restarted server does."""
    url = sa.make_url(warehouse).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def beginning(statement: str) -> str:
    """What a statement that is in no file of its own writes to, or how it begins."""
    found = BEGINNING.match(" ".join(statement.split()))
    return found[0] if found else ""


def watch(reach: Reach) -> None:
    """Let `reach` know of every boundary of this process, for as long as it lives."""
    _watch_sql(reach)
    _watch_http(reach)


def _watch_sql(reach: Reach) -> None:
    files = {id(statements.statement(name)): name for name in STATEMENTS}
    scripts = {file.read_text(encoding="utf-8"): name for name, file in STATEMENTS.items()}
    last_writes: WeakKeyDictionary[psycopg.Connection[Any], str] = WeakKeyDictionary()

    def name(text: str, context: Any) -> str | None:
        bare = COMMENT.sub("", text)
        if not WRITES.search(bare):
            return None
        invoked = getattr(context, "invoked_statement", None)
        return files.get(id(invoked)) or scripts.get(text) or beginning(bare)

    def before(connection: Any, cursor: Any, text: str, parameters: Any, context: Any, many: bool) -> None:
        if what := name(text, context):
            reach(what, "before")
            last_writes[cursor.connection] = what

    def after(connection: Any, cursor: Any, text: str, parameters: Any, context: Any, many: bool) -> None:
        if what := name(text, context):
            reach(what, "after")

    sa.event.listen(sa.Engine, "before_cursor_execute", before)
    sa.event.listen(sa.Engine, "after_cursor_execute", after)
    copy, commit, rollback = psycopg.Cursor.copy, psycopg.Connection.commit, psycopg.Connection.rollback

    @contextmanager
    def watched_copy(self: Any, text: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        what = str(text).split("(")[0].strip()
        reach(what, "before")
        last_writes[self.connection] = what
        with copy(self, text, *arguments, **options) as rows:
            yield rows
        reach(what, "after")

    def watched_commit(self: Any) -> None:
        if what := last_writes.pop(self, None):
            reach(f"COMMIT ({what})", "before")
        commit(self)
        if what:
            reach(f"COMMIT ({what})", "after")

    def watched_rollback(self: Any) -> None:
        last_writes.pop(self, None)
        rollback(self)

    psycopg.Cursor.copy = watched_copy  # type: ignore[method-assign, assignment]
    psycopg.Connection.commit = watched_commit  # type: ignore[method-assign]
    psycopg.Connection.rollback = watched_rollback  # type: ignore[method-assign]


def _watch_http(reach: Reach) -> None:
    acquire, mark_sent, post = SendPermit.acquire, SendPermit.mark_sent, attempt.post  # type: ignore[attr-defined]

    async def watched_acquire(self: SendPermit) -> None:
        await acquire(self)
        reach("request leaves", "before")

    def watched_mark_sent(self: SendPermit) -> None:
        if self.sent_at is None:
            reach("request leaves", "after")
        mark_sent(self)

    async def watched_post(*arguments: Any, **options: Any) -> Any:
        answer = await post(*arguments, **options)
        reach("answer comes", "after")
        return answer

    SendPermit.acquire = watched_acquire  # type: ignore[method-assign]
    SendPermit.mark_sent = watched_mark_sent  # type: ignore[method-assign]
    attempt.post = watched_post  # type: ignore[attr-defined]
