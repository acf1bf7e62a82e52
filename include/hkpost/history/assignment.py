"""The best one-to-one assignment of two small groups: the Hungarian method, in whole numbers."""

from collections.abc import Sequence


def best_assignment(weights: Sequence[Sequence[int]]) -> list[int | None]:
    """Choose pairs of rows and columns with the greatest sum of weights.

    `weights[row][column]` is 0 where the two must not be paired, and positive otherwise. Returns each
    row's column, or None. The work grows with the cube of the larger side; equal sums are decided by the
    order of rows and columns, so callers that need an answer free of it sort them first.
    """
    rows, columns = len(weights), len(weights[0]) if weights else 0
    if rows > columns:
        turned = best_assignment([[line[column] for line in weights] for column in range(columns)])
        chosen: list[int | None] = [None] * rows
        for column, row in enumerate(turned):
            if row is not None:
                chosen[row] = column
        return chosen
    row_price, column_price = [0] * (rows + 1), [0] * (columns + 1)
    owner = [0] * (columns + 1)  # of each column: its row, counted from 1; 0 is none
    for row in range(1, rows + 1):
        _augment(row, weights, row_price, column_price, owner)
    chosen = [None] * rows
    for column in range(1, columns + 1):
        row = owner[column]
        if row and weights[row - 1][column - 1]:
            chosen[row - 1] = column - 1
    return chosen


def _augment(
    row: int,
    weights: Sequence[Sequence[int]],
    row_price: list[int],
    column_price: list[int],
    owner: list[int],
) -> None:
    """Give one more row a column along the cheapest path of exchanges (columns count from 1)."""
    columns = len(owner) - 1
    owner[0] = row
    slack: list[int | None] = [None] * (columns + 1)
    came_from = [0] * (columns + 1)
    visited = [False] * (columns + 1)
    at = 0
    while owner[at]:
        visited[at] = True
        here = owner[at]
        nearest, step = 0, None
        for column in range(1, columns + 1):
            if visited[column]:
                continue
            cost = -weights[here - 1][column - 1] - row_price[here] - column_price[column]
            known = slack[column]
            if known is None or cost < known:
                slack[column] = known = cost
                came_from[column] = at
            if step is None or known < step:
                nearest, step = column, known
        if step is None:  # no free column: cannot be, rows are never more than columns
            raise ValueError("more rows than columns")
        for column in range(columns + 1):
            left = slack[column]
            if visited[column]:
                row_price[owner[column]] += step
                column_price[column] -= step
            elif left is not None:
                slack[column] = left - step
        at = nearest
    while at:
        owner[at] = owner[came_from[at]]
        at = came_from[at]
