"""Where the input of an operation has the three fields of a request, found by their names, and how they are filled."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from lxml import etree
from zeep import xsd
from zeep.xsd.types.collection import ListType

from hkpost.ecship.fields import plain_name
from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST, REQUEST_FIELDS

Path = tuple[Any, ...]
"""Elements of the schema from the operation's input down to a field."""

_MAX_DEPTH: Final = 8
_USERNAME, _LANG, _ITEM_NO = REQUEST_FIELDS
_OF_AN_ARRAY: Final = "_value_1"
"""What zeep calls the elements of an array whose schema does not name them."""


class MissingFields(ValueError):
    """An input lacks fields of a request; the words say which, and what it has."""


class InputFields:
    """The fields of a request in an operation's input: flat, inside wrapper parts, `itemNo` repeated, as an XML list,
    inside a list element, or as an Axis array.

    Raises:
        MissingFields: there is no place for one of them.
    """

    def __init__(self, input_type: Any) -> None:
        self._input_type = input_type
        paths = {name: _find(input_type, name) for name in REQUEST_FIELDS}
        paths[_ITEM_NO] = paths[_ITEM_NO] or _find_list(input_type, _ITEM_NO)
        if missing := [name for name, path in paths.items() if path is None]:
            has = ", ".join(dict.fromkeys(_name(path[-1]) for path in _walk(input_type))) or "no field"
            raise MissingFields(f"lacks {', '.join(missing)}; it has {has}")
        self._paths = {name: path for name, path in paths.items() if path is not None}
        self.most_items = _most_items(self._paths[_ITEM_NO])

    def filled(self, username: str, lang: str, item_nos: Sequence[str]) -> dict[str, Any]:
        """The arguments of the operation."""
        arguments: dict[str, Any] = {}
        _put(arguments, self._paths[_USERNAME], username)
        _put(arguments, self._paths[_LANG], lang)
        _put_items(arguments, self._paths[_ITEM_NO], list(item_nos))
        return arguments

    def wants_more(self) -> str:
        """What else the WSDL demands beside the fields, in words."""
        filled = {id(element): element for path in self._paths.values() for element in path}
        types = [
            self._input_type,
            *(element.type for element in filled.values() if hasattr(element, "type")),
        ]
        beside = [child for type_ in types for child in _children(type_) if id(child) not in filled]
        missing = [
            _name(child) for child in beside if not (child.is_optional or getattr(child, "nillable", False))
        ]
        return f": it also asks for {', '.join(dict.fromkeys(missing))}" if missing else ""


def _children(type_: Any) -> list[Any]:
    return [element for _, element in getattr(type_, "elements", [])]


def _name(element: Any) -> str:
    if isinstance(element, xsd.Any):
        return _OF_AN_ARRAY
    return str(element.attr_name or element.name or "")


def _walk(type_: Any, path: Path = ()) -> Iterator[Path]:
    """Every element below a type, outer ones first."""
    if len(path) >= _MAX_DEPTH:
        return
    children = [child for child in _children(type_) if hasattr(child, "type")]
    for child in children:
        yield (*path, child)
    for child in children:
        yield from _walk(child.type, (*path, child))


def _find(type_: Any, name: str) -> Path | None:
    """The path to a field that can hold text, by its name; for an array, down to the repeated element."""
    for path in sorted(_walk(type_), key=len):
        if plain_name(_name(path[-1])) == plain_name(name):
            return _down_to_text(path)
    return None


def _find_list(type_: Any, name: str) -> Path | None:
    """The path to the repeated element inside a list that is called after a field: `itemNoList`, `itemNos`."""
    for path in sorted(_walk(type_), key=len):
        if plain_name(_name(path[-1])).startswith(plain_name(name)) and _most_items(_down_to_text(path)) > 1:
            return _down_to_text(path)
    return None


def _most_items(path: Path) -> int:
    """How many item numbers a path has room for, 30 at most (specification page 4)."""
    leaf = path[-1]
    if isinstance(leaf, xsd.Any) or isinstance(leaf.type, ListType):
        return MAX_ITEMS_PER_REQUEST
    repeats = [element.max_occurs for element in path if getattr(element, "accepts_multiple", False)]
    most = repeats[-1] if repeats else 1
    return MAX_ITEMS_PER_REQUEST if most == "unbounded" else min(int(most), MAX_ITEMS_PER_REQUEST)


def _down_to_text(path: Path) -> Path:
    children = _children(path[-1].type)
    if not children or len(path) >= _MAX_DEPTH:
        return path
    return _down_to_text((*path, children[0]))


def _put(arguments: dict[str, Any], path: Path, value: Any) -> None:
    """Set a field below nested wrappers, which other fields may share."""
    for element in path[:-1]:
        arguments = arguments.setdefault(_name(element), {})
    arguments[_name(path[-1])] = value


def _put_items(arguments: dict[str, Any], path: Path, item_nos: list[str]) -> None:
    """Set the item numbers at the innermost element of the path that may repeat."""
    repeats = [depth for depth, element in enumerate(path) if getattr(element, "accepts_multiple", False)]
    leaf = path[-1]
    if isinstance(leaf, xsd.Any):
        if getattr(path[-2].type, "_array_type", None) is not None:
            _put(arguments, path[:-1], item_nos)  # a SOAP-encoded array, whose elements zeep makes
        else:
            _put(arguments, path, [_any_item(number) for number in item_nos])
    elif isinstance(leaf.type, ListType):
        _put(arguments, path, item_nos)
    elif not repeats:
        _put(arguments, path, item_nos[0])
    else:
        depth = repeats[-1]
        _put(arguments, path[: depth + 1], [_nest(path[depth + 1 :], number) for number in item_nos])


def _nest(path: Path, value: Any) -> Any:
    for element in reversed(path):
        value = {_name(element): value}
    return value


def _any_item(number: str) -> etree._Element:
    item = etree.Element("item")
    item.text = number
    return item
