"""Lists of items: filtered, sorted, page by page, with how many there are."""

from collections.abc import Iterator
from dataclasses import replace
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

from hkpost.reports.filters import ItemFilter, Listing, Order, listing
from hkpost.reports.paging import PAGE_ROWS, mark, no_mark, read_mark
from hkpost.reports.read_only import query, read_only, rows
from hkpost.warehouse.plans import seqscan_disabled

MOST_COUNTED: Final = 10_000
"""A list that is longer is not counted to its end, nor sorted in another order than its own."""
_AT_ONCE: Final = 5_000
_ITEM_NO: Final[ColumnElement[str]] = literal_column("listed.item_no", Text)


def page(engine: Engine, wanted: ItemFilter, after: str = "") -> dict[str, Any]:
    """Up to `PAGE_ROWS` items after the mark `after`, how many there are in all, and the mark of the next page.

    `total` stops at `MOST_COUNTED`: `total_is_at_least` says so. Of a longer queue or list of closed items in another
    order than its own, the first of its own order are sorted: `sorted_first` says how many. `next` is '' at the end.

    Raises:
        BadFilter: what is asked for is not there.
        UnknownPage: `after` is no mark of a page of this list.
    """
    # Each list is read from an index; the planner cannot know how many items are of a kind of service.
    with read_only(engine) as connection, seqscan_disabled(connection):
        asked = listing(connection, wanted)
        given = read_mark(after)
        total = connection.execute(_counted(asked), {**asked.values, "most": MOST_COUNTED + 1}).scalar_one()
        is_whole = asked.first is None or total <= MOST_COUNTED
        asked = replace(asked, first=None) if is_whole else asked
        values = {**asked.values, **(given or {}), "at_most": PAGE_ROWS + 1, "first": MOST_COUNTED}
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
            "sorted_first": None if is_whole else MOST_COUNTED,
            "next": mark(*found[PAGE_ROWS - 1]) if len(found) > PAGE_ROWS else "",
        }


def every_row(connection: Connection, wanted: ItemFilter, at_most: int) -> Iterator[dict[str, Any]]:
    """The items of a whole list, one after the other.

    Raises:
        BadFilter: what is asked for is not there.
    """
    asked = replace(listing(connection, wanted), first=None)
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
    """The items in order, each with the value that it stands at, `:at_most`; behind (`:value`, `:key`) if `after`.

    Where `first` is given, only the `:first` of that order are sorted.
    """
    listed: Subquery = _listed(asked)
    clauses = [text(clause) for clause in asked.clauses]
    if asked.first:
        some: Select[Any] = (
            select(literal_column("*")).select_from(listed).where(*clauses).order_by(*_places(asked.first))
        )
        listed, clauses = some.limit(_parameter("first")).subquery("listed"), []
    order = asked.order
    # Named: a column of the same name as the one that it is sorted by would be sorted in its place, as a text.
    value = cast(literal_column(order.by), Text).label("stands_at")
    ordered = select(_ITEM_NO.label("item_no"), value).select_from(listed).where(*clauses)
    if after:
        beyond = "<" if order.is_descending else ">"
        mark_of_page = f"(CAST(:value AS {order.kind}), CAST(:key AS text))"
        ordered = ordered.where(text(f"({order.by}, item_no) {beyond} {mark_of_page}"))
    return ordered.order_by(*_places(order)).limit(_parameter("at_most"))


def _places(order: Order) -> list[ColumnElement[Any]]:
    """What an order goes by; the number decides between equal ones."""
    places: list[ColumnElement[Any]] = [literal_column(order.by), _ITEM_NO]
    return [place.desc() if order.is_descending else place.asc() for place in places]


def _listed(asked: Listing) -> Subquery:
    """The query of the list's file."""
    return query(asked.base).columns(column("item_no", Text)).subquery("listed")


def _parameter(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)
