"""Writes what was observed of each fault as docs/faults.md; the same observations give the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.dispatch.faults import NUMBERS, Fault

HEAD = f"""\
# Faults, and what becomes of them

This page is written by the tests (`make faults`) from what they observed over real HTTP and in a real PostgreSQL; a
test fails when it is not what they observe. In each row {len(NUMBERS)} items are due, asked about in two requests,
one at a time. *The run* says what came of its requests, in the words of `hkpost.api_call.outcome`, and how it ended.
*In the tables* is what fetching, loading and closing left: each item is answered, put off by a day, or still due.
*A day later* the service works: the tables must then be, item by item and event by event, those of a warehouse that
never met the fault.
"""


@dataclass(frozen=True)
class Observed:
    """What a fault did.

    `reached` counts the requests that the service saw; `is_clean` says that the credential is in no table,
    `healed` that the next run left the tables as if there had been no fault.
    """

    outcomes: dict[str, int]
    reached: int
    fails: bool
    ends: str
    answered: int
    due: int
    rejected: int
    is_clean: bool
    healed: bool = False


def document(rows: Sequence[tuple[Fault, Observed]]) -> str:
    """The whole page."""
    parts = [HEAD]
    for group, members in groupby(rows, key=lambda row: row[0].group):
        parts += [
            f"\n## {group}\n\n| fault | the run | in the tables | a day later |\n| --- | --- | --- | --- |\n"
        ]
        parts += [_row(fault, observed) for fault, observed in members]
    return "".join(parts)


def _row(fault: Fault, observed: Observed) -> str:
    cells = (
        f"**{fault.name}**: {fault.sentence}",
        f"{_requests(observed)}; {_end(observed)}",
        _tables(observed),
        "equal" if observed.healed else "DIFFERENT",
    )
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


def _requests(observed: Observed) -> str:
    return ", ".join(f"{count} `{outcome}`" for outcome, count in observed.outcomes.items())


def _end(observed: Observed) -> str:
    # What a library says in brackets differs between its versions.
    ends = re.sub(r" \(\w+(Error|Timeout)\b.*\)(?=\)$)", "", observed.ends)
    return f"**fails**: {ends}" if observed.fails else f"succeeds: {ends}"


def _tables(observed: Observed) -> str:
    said = [f"{observed.answered} items answered"]
    if put_off := len(NUMBERS) - observed.answered - observed.due:
        said.append(f"{put_off} put off")
    if observed.due:
        said.append(f"{observed.due} due")
    if observed.rejected:
        said.append(f"{observed.rejected} in `rejected_record`")
    return ", ".join(said)
