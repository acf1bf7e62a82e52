"""Which members of an answer belong to which item.

Nothing here relies on a container's name, a namespace or an order, because the specification gives none
("An array of Delivery Result", "Event Detail"):

- A result is the innermost element that has an `itemNo` of its own and other fields of a result.
- What stands with one result alone, outside the element of its number, belongs to it as well.
- Events that name an item belong to the item they name, wherever they stand.
- What could belong to several items belongs to none, and is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from hkpost.parse.document import Group, Member
from hkpost.parse.fields import EVENT_FIELDS, ITEM_FIELDS, STATUS_FIELDS

_OF_AN_ITEM: Final = EVENT_FIELDS | ITEM_FIELDS


@dataclass(slots=True)
class Result:
    """One item's part of an answer."""

    number: str
    members: list[Member]
    beside: list[Member] = field(default_factory=list)
    """What stands with it alone, outside its element."""
    is_settled: bool = False
    """Whether the element around it is found, and with it what stands beside it."""


@dataclass(slots=True)
class Division:
    """An answer, divided: the results, events that name their item, and what is left, nested as it was."""

    results: list[Result]
    named: list[Result]
    rest: list[Member]


def divide(document: Group) -> Division:
    """Divide an answer among its items."""
    divider = _Divider(_status_level(document))
    results, rest = divider.divide(document, 0)
    return Division(results, divider.named, rest)


def flat(members: Iterable[Member], level: int = 0) -> Iterator[tuple[int, str, str]]:
    """The fields of some members and of all below them, with the level of each."""
    inside = [iter(members)]
    while inside:
        for name, value in inside[-1]:
            if not isinstance(value, str):
                inside.append(iter(value.members))
                break
            yield level + len(inside) - 1, name, value
        else:
            inside.pop()


def _status_level(document: Group) -> int:
    """The level of the outermost status, which is the request's."""
    level, groups = 0, [document]
    while groups and not any(name == "status" for group in groups for name, _ in group.members):
        groups = [value for group in groups for _, value in group.members if isinstance(value, Group)]
        level += 1
    return level


class _Divider:
    def __init__(self, status_level: int) -> None:
        self._status_level = status_level
        self.named: list[Result] = []

    def divide(self, group: Group, level: int) -> tuple[list[Result], list[Member]]:
        """The results in a group, and what of it belongs to none."""
        if not group.numbers:
            return [], group.members
        results: list[Result] = []
        rest: list[Member] = []
        branches: set[str] = set()
        for member in group.members:
            name, value = member
            if isinstance(value, str):
                rest.append(member)
                continue
            inner, left = self.divide(value, level + 1)
            if inner:
                results += inner
                branches.add(value.tag)
            if left:
                rest.append(member if left is value.members else (name, Group(value.tag, left, 0)))
        numbers = [value for name, value in rest if name == "itemno" and isinstance(value, str) and value]
        if results:
            if len(numbers) == 1 and any(name in _OF_AN_ITEM for name, _ in rest):
                return [*results, Result(numbers[0], rest)], []
            return results, self._beside(results, rest, branches, level)
        if numbers:
            return self._with_numbers(numbers, rest)
        if group.numbers > 1 and not self.named:
            return [], rest
        return self._apart(rest, level)

    def _with_numbers(
        self, numbers: Sequence[str], members: list[Member]
    ) -> tuple[list[Result], list[Member]]:
        """An element that has item numbers of its own: a result, several written flat, or an echo."""
        if len(numbers) > 1:
            return _written_flat(members) or ([], members)
        names = [name for name, _ in members]
        if STATUS_FIELDS.isdisjoint(names) and ITEM_FIELDS.isdisjoint(names):
            told = {name for _, name, _ in flat(members)} - {"itemno", "itemcount"}
            if not told:
                return [], members
            if told <= EVENT_FIELDS:
                self.named.append(Result(numbers[0], members))
                return [], []
        if "itemcount" in names or sum(name == "status" and value != "" for name, value in members) > 1:
            return _written_flat(members) or ([Result(numbers[0], members)], [])
        return [Result(numbers[0], members)], []

    def _apart(self, rest: list[Member], level: int) -> tuple[list[Result], list[Member]]:
        """An element whose only item number stands in an element of its own, apart from what it is about."""
        numbers = [value for _, name, value in flat(rest) if name == "itemno" and value]
        if len(numbers) == 1:
            claimed, left = self._claim(rest, level)
            if claimed:
                return [Result(numbers[0], claimed, is_settled=True)], left
        return [], rest

    def _beside(
        self, results: Sequence[Result], rest: list[Member], branches: set[str], level: int
    ) -> list[Member]:
        """Give what stands beside a single result to it; return what is left.

        An element of the same name as the result's is another result, though it lacks its number.
        """
        if len(results) > 1 or results[0].is_settled or not rest:
            return rest
        [result] = results
        result.is_settled = True
        if any(name == "itemno" and value not in ("", result.number) for _, name, value in flat(rest)):
            return rest
        akin = [member for member in rest if isinstance(member[1], Group) and member[1].tag in branches]
        claimed, left = self._claim([member for member in rest if member not in akin], level)
        if any(name in EVENT_FIELDS for _, name, _ in flat(result.members)):
            left += [member for member in claimed if _tells(member, EVENT_FIELDS)]
            claimed = [member for member in claimed if not _tells(member, EVENT_FIELDS)]
        result.beside = claimed
        return left + akin

    def _claim(self, members: Iterable[Member], level: int) -> tuple[list[Member], list[Member]]:
        """Part what may belong to an item from what is the request's or nobody's."""
        claimed: list[Member] = []
        left: list[Member] = []
        for member in members:
            told = list(flat([member], level))
            is_requests = any(
                name == "itemcount" or (name in STATUS_FIELDS and at <= self._status_level)
                for at, name, _ in told
            )
            is_told = any(name != "itemno" for _, name, _ in told)
            (claimed if is_told and not is_requests else left).append(member)
        return claimed, left


def _tells(member: Member, fields: frozenset[str]) -> bool:
    return any(name in fields for _, name, _ in flat([member]))


def _written_flat(members: list[Member]) -> tuple[list[Result], list[Member]] | None:
    """Several results one after another in one element, each beginning with its number.

    None where they do not all read alike: then it is not known where one ends and the next begins.
    """
    starts = [place for place, (name, _) in enumerate(members) if name == "itemno"]
    before = members[: starts[0]]
    runs = [members[a:b] for a, b in pairwise([*starts, len(members)])]
    own = [name for name, value in before if value]
    is_clean = set(own) <= STATUS_FIELDS | {"itemcount"} and len(set(own)) == len(own)
    is_told = all(any(name not in ("itemno", "itemcount") for _, name, _ in flat(run)) for run in runs)
    is_alike = len({frozenset(name for name, _ in run if name in STATUS_FIELDS) for run in runs}) == 1
    is_once = all(
        sum(name == field and value != "" for name, value in run) < 2
        for run in runs
        for field in STATUS_FIELDS
    )
    if not (is_clean and is_told and is_alike and is_once):
        return None
    return [Result(str(run[0][1]), run) for run in runs], before
