"""Checks after each load that the tables keep their promises: the view `hkpost.quality_check`."""

from dataclasses import dataclass

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement

INVARIANTS = (
    "facts_without_item",
    "event_count_differs",
    "journey_differs",
    "answer_without_archive",
    "archive_without_request",
    "waits_for_no_answer",
    "closed_without_reason",
)
WARNINGS = (
    "events_in_the_future",
    "histories_that_shrink",
    "unclassified_events",
    "unclassified_wordings",
    "nothing_fresh",
    "forecasts_out_of_bounds",
    "accounts_never_asked",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check that found more than is allowed; `look_with` is the query that shows it."""

    name: str
    is_broken: bool
    found: int
    meaning: str
    look_with: str

    def line(self) -> str:
        """The finding in one line."""
        word = "BROKEN" if self.is_broken else "warning"
        return f"{word} {self.name}: {self.found:,} {self.meaning}; look with: {self.look_with}"


def check_quality(engine: Engine, names: tuple[str, ...] = (*INVARIANTS, *WARNINGS)) -> list[Finding]:
    """Run some checks and return those that found more than is allowed."""
    with engine.connect() as connection:
        rows = connection.execute(statement("watch/check_quality"), {"names": list(names)})
        return [Finding(*row) for row in rows]
