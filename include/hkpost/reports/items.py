"""Lists of items: filtered, sorted, page by page, with how many there are."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.exc import DataError

from hkpost.reports.filters import ItemFilter, Listing, listing
from hkpost.reports.paging import PAGE_ROWS, mark, no_mark, read_mark
from hkpost.reports.read_only import query, read_only, rows

MOST_COUNTED: Final = 10_000
"""A list that is longer is not counted to its end."""
_AT_ONCE: Final = 5_000


def page(engine: Engine, wanted: ItemFilter, after: str = "") -> dict[str, Any]:
    """Up to `PAGE_ROWS` items after the mark `after`, how many there are in all, and the mark of the next page.

    `total` stops at `MOST_COUNTED`: `total_is_at_least` says so. `next` is '' at the end.

    Raises:
        BadFilter: what is asked for is not there.
        UnknownPage: `after` is no mark of a page of this list.
    """
    with read_only(engine) as connection:
        asked = listing(connection, wanted)
        given = read_mark(after)
        total = connection.execute(_counted(asked), {**asked.values, "most": MOST_COUNTED + 1}).scalar_one()
        values = {**asked.values, **(given or {}), "at_most": PAGE_ROWS + 1}
        try:
            found = (
                connection.execute(_ordered(asked, after=given is not None), values).all() if total else []
            )
        except DataError:
            raise no_mark(after) from None
        shown = [row.item_no for row in found[:PAGE_ROWS]]
        return {
            "rows": rows(connection, "items_rows", item_nos=shown),
            "total": min(total, MOST_COUNTED),
            "total_is_at_least": total > MOST_COUNTED,
            "next": mark(*found[PAGE_ROWS - 1]) if len(found) > PAGE_ROWS else "",
        }


def every_row(connection: Connection, wanted: ItemFilter, at_most: int) -> Iterator[dict[str, Any]]:
    """The items of a whole list, one after the other.

    Raises:
        BadFilter: what is asked for is not there.
    """
    asked = listing(connection, wanted)
    streamed = {"stream_results": True, "max_row_buffer": _AT_ONCE}
    values = {**asked.values, "at_most": at_most}
    found = connection.execute(_ordered(asked), values, execution_options=streamed).scalars()
    for some in found.partitions(_AT_ONCE):
        yield from rows(connection, "items_rows", item_nos=list(some))


def _counted(asked: Listing) -> Select[int]:
    """How many items there are, `:most` at most."""
    some = (
        select(text("1"))
        .select_from(_listed(asked))
        .where(*map(text, asked.clauses))
        .limit(_parameter("most"))
    )
    return select(func.count()).select_from(some.subquery())


def _ordered(asked: Listing, *, after: bool = False) -> Select[str, str]:
    """The items in order, each with the value that it stands at, `:at_most`; behind (`:value`, `:key`) if `after`."""
    listed = _listed(asked)
    order: ColumnElement[Any] = literal_column(asked.order)
    ordered = select(listed.c.item_no, cast(order, Text)).where(*map(text, asked.clauses))
    if after:
        beyond = "<" if asked.is_descending else ">"
        mark_of_page = f"(CAST(:value AS {asked.kind}), CAST(:key AS text))"
        ordered = ordered.where(text(f"({asked.order}, item_no) {beyond} {mark_of_page}"))
    places = (order, listed.c.item_no)
    ordered = ordered.order_by(*(place.desc() if asked.is_descending else place.asc() for place in places))
    return ordered.limit(_parameter("at_most"))


def _listed(asked: Listing) -> Subquery:
    """The query of the list's file."""
    return query(asked.base).columns(column("item_no", Text)).subquery("listed")


def _parameter(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)
