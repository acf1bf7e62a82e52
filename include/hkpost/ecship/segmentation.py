"""Which fields of an answer belong to which item.

Nothing here relies on a container's name, a namespace or an order, because the specification gives none
("An array of Delivery Result", "Event Detail"):

- A result is the innermost element that has an `itemNo` of its own and other fields of a result.
- What stands with one result alone, outside the element of its number, belongs to it as well.
- Events that name an item belong to the item they name, wherever they stand.
- What could belong to several items belongs to none, and is named.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hkpost.ecship.fields import EVENT_FIELDS, ITEM_FIELDS, STATUS_FIELDS
from hkpost.ecship.node import Field, Node

_OF_AN_ITEM: Final = EVENT_FIELDS | ITEM_FIELDS


@dataclass(slots=True)
class Result:
    """One item's part of an answer."""

    number: str
    fields: list[Field]
    beside: list[Field] = dataclasses.field(default_factory=list)
    """What stands with it alone, outside its element."""
    is_settled: bool = False
    """Whether the element around it is found, and with it what stands beside it."""


@dataclass(slots=True)
class Segmentation:
    """An answer, divided: the results, events that name their item, and what is left, nested as it was."""

    results: list[Result]
    named: list[Result]
    rest: list[Field]


def segment(document: Node) -> Segmentation:
    """Divide an answer among its items."""
    segmenter = _Segmenter(_status_level(document))
    results, rest = segmenter.segment(document, 0)
    return Segmentation(results, segmenter.named, rest)


def walk(fields: Iterable[Field], level: int = 0) -> Iterator[tuple[int, str, str]]:
    """Some fields and all below them, each with its level."""
    inside = [iter(fields)]
    while inside:
        for name, value in inside[-1]:
            if not isinstance(value, str):
                inside.append(iter(value.fields))
                break
            yield level + len(inside) - 1, name, value
        else:
            inside.pop()


def _status_level(document: Node) -> int:
    """The level of the outermost status, which is the request's."""
    level, nodes = 0, [document]
    while nodes and not any(name == "status" for node in nodes for name, _ in node.fields):
        nodes = [value for node in nodes for _, value in node.fields if isinstance(value, Node)]
        level += 1
    return level


class _Segmenter:
    def __init__(self, status_level: int) -> None:
        self._status_level = status_level
        self.named: list[Result] = []

    def segment(self, node: Node, level: int) -> tuple[list[Result], list[Field]]:
        """The results in a node, and what of it belongs to none."""
        if not node.numbers:
            return [], node.fields
        results: list[Result] = []
        rest: list[Field] = []
        branches: set[str] = set()
        for field in node.fields:
            name, value = field
            if isinstance(value, str):
                rest.append(field)
                continue
            inner, left = self.segment(value, level + 1)
            if inner:
                results += inner
                branches.add(value.tag)
            if left:
                rest.append(field if left is value.fields else (name, Node(value.tag, left, 0)))
        numbers = [value for name, value in rest if name == "itemno" and isinstance(value, str) and value]
        if results:
            if len(numbers) == 1 and any(name in _OF_AN_ITEM for name, _ in rest):
                return [*results, Result(numbers[0], rest)], []
            return results, self._beside(results, rest, branches, level)
        if numbers:
            return self._with_numbers(numbers, rest)
        if node.numbers > 1 and not self.named:
            return [], rest
        return self._apart(rest, level)

    def _with_numbers(self, numbers: Sequence[str], fields: list[Field]) -> tuple[list[Result], list[Field]]:
        """An element that has item numbers of its own: a result, several written flat, or an echo."""
        if len(numbers) > 1:
            return _written_flat(fields) or ([], fields)
        names = [name for name, _ in fields]
        if STATUS_FIELDS.isdisjoint(names) and ITEM_FIELDS.isdisjoint(names):
            others = {name for _, name, _ in walk(fields)} - {"itemno", "itemcount"}
            if not others:
                return [], fields
            if others <= EVENT_FIELDS:
                self.named.append(Result(numbers[0], fields))
                return [], []
        if "itemcount" in names or sum(name == "status" and value != "" for name, value in fields) > 1:
            return _written_flat(fields) or ([Result(numbers[0], fields)], [])
        return [Result(numbers[0], fields)], []

    def _apart(self, rest: list[Field], level: int) -> tuple[list[Result], list[Field]]:
        """An element whose only item number stands in an element of its own, apart from what it is about."""
        numbers = [value for _, name, value in walk(rest) if name == "itemno" and value]
        if len(numbers) == 1:
            claimed, left = self._claim(rest, level)
            if claimed:
                return [Result(numbers[0], claimed, is_settled=True)], left
        return [], rest

    def _beside(
        self, results: Sequence[Result], rest: list[Field], branches: set[str], level: int
    ) -> list[Field]:
        """Give what stands beside a single result to it; return what is left.

        An element of the same name as the result's is another result, though it lacks its number.
        """
        if len(results) > 1 or results[0].is_settled or not rest:
            return rest
        [result] = results
        result.is_settled = True
        if any(name == "itemno" and value not in ("", result.number) for _, name, value in walk(rest)):
            return rest
        akin = [field for field in rest if isinstance(field[1], Node) and field[1].tag in branches]
        claimed, left = self._claim([field for field in rest if field not in akin], level)
        if any(name in EVENT_FIELDS for _, name, _ in walk(result.fields)):
            left += [field for field in claimed if _has_any(field, EVENT_FIELDS)]
            claimed = [field for field in claimed if not _has_any(field, EVENT_FIELDS)]
        result.beside = claimed
        return left + akin

    def _claim(self, fields: Iterable[Field], level: int) -> tuple[list[Field], list[Field]]:
        """Part what may belong to an item from what is the request's or no item's."""
        claimed: list[Field] = []
        left: list[Field] = []
        for field in fields:
            inside = list(walk([field], level))
            is_requests = any(
                name == "itemcount" or (name in STATUS_FIELDS and at <= self._status_level)
                for at, name, _ in inside
            )
            says_anything = any(name != "itemno" for _, name, _ in inside)
            (claimed if says_anything and not is_requests else left).append(field)
        return claimed, left


def _has_any(field: Field, fields: frozenset[str]) -> bool:
    return any(name in fields for _, name, _ in walk([field]))


def _written_flat(fields: list[Field]) -> tuple[list[Result], list[Field]] | None:
    """Several results one after another in one element, each beginning with its number.

    None where they do not all read alike: then it is not known where one ends and the next begins.
    """
    starts = [place for place, (name, _) in enumerate(fields) if name == "itemno"]
    before = fields[: starts[0]]
    runs = [fields[a:b] for a, b in pairwise([*starts, len(fields)])]
    own = [name for name, value in before if value]
    is_clean = set(own) <= STATUS_FIELDS | {"itemcount"} and len(set(own)) == len(own)
    says_anything = all(any(name not in ("itemno", "itemcount") for _, name, _ in walk(run)) for run in runs)
    is_alike = len({frozenset(name for name, _ in run if name in STATUS_FIELDS) for run in runs}) == 1
    is_once = all(
        sum(name == field and value != "" for name, value in run) < 2
        for run in runs
        for field in STATUS_FIELDS
    )
    if not (is_clean and says_anything and is_alike and is_once):
        return None
    return [Result(str(run[0][1]), run) for run in runs], before
