"""Faults on demand: what the next requests meet instead of, or on top of, their answer."""

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong; `value` of a fault means what is said here."""

    CODE = "code"
    """The whole request is answered with this status and no item."""
    HTTP = "http"
    """This HTTP status with a short HTML page."""
    LATENCY = "latency"
    """The answer comes this number of seconds later; goes together with any other fault."""
    TRUNCATE = "truncate"
    """Only this fraction (0 to 1) of the answer is in a response that is complete as HTTP."""
    RESET = "reset"
    """The connection is reset after this fraction (0 to 1) of the response."""
    BODY = "body"
    """This text is the response's body, with HTTP 200."""
    SOAP_FAULT = "soap_fault"
    """HTTP 500 with a SOAP fault of this text."""
    ITEM_CODE = "item_code"
    """Items are answered with this status: all of them, or the fault's `item`."""
    OMIT_ITEM = "omit_item"
    """One item is missing from the answer: the first, or the fault's `item`. No value."""
    DOUBLE_ITEM = "double_item"
    """One item is answered twice: the first, or the fault's `item`. No value."""
    FOREIGN_ITEM = "foreign_item"
    """The answer also holds this number, which was not asked for."""
    ITEM_COUNT = "item_count"
    """itemCount says this number."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault waiting for requests.

    Args:
        kind: what goes wrong.
        value: see the kind.
        times: how many requests meet it; None means all until it is cleared.
        item: only requests that ask about this number meet it.
        skip: how many requests pass before the first that meets it.
    """

    kind: FaultKind
    value: float | str | None = None
    times: int | None = 1
    item: str | None = None
    skip: int = 0

    @property
    def number(self) -> float:
        """The value as a number.

        Raises:
            ValueError: it is none.
        """
        return float(self.value) if self.value is not None else 0.0

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Fault":
        """Read a fault from JSON with the keys of this class.

        Raises:
            ValueError: an unknown key or kind, or a value that does not fit.
        """
        try:
            fault = cls(**{**value, "kind": FaultKind(value.get("kind", ""))})
        except TypeError as error:
            raise ValueError(str(error)) from error
        if fault.kind not in _TEXT_KINDS:
            _ = fault.number
        return fault

    def as_json(self) -> dict[str, Any]:
        """Give the fault as JSON values."""
        return asdict(self)


_TEXT_KINDS = (FaultKind.BODY, FaultKind.SOAP_FAULT, FaultKind.FOREIGN_ITEM)


class FaultQueue:
    """Faults in the order in which they were queued.

    A request meets every waiting LATENCY and the first other fault that is meant for it.
    """

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, faults: Iterable[Fault]) -> None:
        """Queue faults behind those that wait already."""
        with self._lock:
            self._waiting += faults

    def clear(self) -> None:
        """Forget every fault."""
        with self._lock:
            self._waiting = []

    def waiting(self) -> tuple[Fault, ...]:
        """Return the faults that have not met all their requests yet."""
        return tuple(self._waiting)

    def take(self, item_nos: Iterable[str]) -> tuple[Fault | None, float]:
        """Count a request against the faults.

        Returns:
            The fault it meets, or None, and the extra seconds of latency.
        """
        asked = set(item_nos)
        met: Fault | None = None
        latency = 0.0
        left: list[Fault] = []
        with self._lock:
            for fault in self._waiting:
                is_meant = fault.item is None or fault.item in asked
                if not is_meant or (met is not None and fault.kind is not FaultKind.LATENCY):
                    left.append(fault)
                elif fault.skip:
                    left.append(replace(fault, skip=fault.skip - 1))
                else:
                    if fault.kind is FaultKind.LATENCY:
                        latency += fault.number
                    else:
                        met = fault
                    if fault.times is None:
                        left.append(fault)
                    elif fault.times > 1:
                        left.append(replace(fault, times=fault.times - 1))
            self._waiting = left
        return met, latency
