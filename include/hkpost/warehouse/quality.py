"""Checks after each load that the tables keep their promises."""

from dataclasses import dataclass

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


@dataclass(frozen=True, slots=True)
class Finding:
    """One check that found something; `look_with` is the query that shows it."""

    name: str
    is_broken: bool
    found: int
    meaning: str
    look_with: str

    def line(self) -> str:
        """The finding in one line."""
        word = "BROKEN" if self.is_broken else "warning"
        return f"{word} {self.name}: {self.found:,} {self.meaning}; look with: {self.look_with}"


def check_quality(engine: Engine) -> list[Finding]:
    """Run the checks of `check_quality.sql` and return those that found something."""
    with engine.connect() as connection:
        return [
            Finding(row.name, row.is_broken, row.found, row.meaning, row.look_with)
            for row in connection.execute(statement("check_quality"))
            if row.found
        ]
