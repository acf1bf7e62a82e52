"""Figures as tables: on the screen, and as Markdown for the record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Section:
    """One part's figures; the first column names what was measured, `notes` say what was compared with what."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    plans: dict[str, str] = field(default_factory=dict)
    """What a reader of the record may need beside the table: query plans by name."""
    broken: Sequence[str] = ()
    """Promises of ours that the figures break, a line each."""


def show(console: Console, section: Section) -> None:
    """Print a section."""
    table = Table(
        title=section.title, title_justify="left", caption="\n".join(section.notes), caption_justify="left"
    )
    for place, column in enumerate(section.columns):
        table.add_column(column, justify="right" if place else "left")
    for row in section.rows:
        table.add_row(*row)
    console.print(table)


def markdown(section: Section) -> str:
    """A section as Markdown."""
    rule = ["---", *["---:"] * (len(section.columns) - 1)]
    lines = [_row(section.columns), _row(rule), *(_row(row) for row in section.rows)]
    parts = [f"## {section.title}", "\n".join(lines), *section.notes]
    for name, plan in section.plans.items():
        parts.append(f"<details><summary>Plan: {name}</summary>\n\n```\n{plan}\n```\n\n</details>")
    return "\n\n".join(parts) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '∣') for cell in cells)} |"
