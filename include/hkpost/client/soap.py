"""The SOAP face of the service: zeep builds and signs the request, wherever the WSDL has the fields."""

from collections.abc import Iterator, Sequence
from typing import Any

import zeep.exceptions
from lxml import etree
from zeep import ns, xsd
from zeep.xsd.types.collection import ListType

from hkpost.client.documents import is_remote
from hkpost.client.headers import without_login
from hkpost.client.settings import AccountSettings, SettingsError
from hkpost.client.wire import WireRequest
from hkpost.client.wsdl import TrackingOperation, is_own, load_operation
from hkpost.contract.field_name import plain_name
from hkpost.contract.limits import MAX_ITEMS_PER_REQUEST, REQUEST_FIELDS

Path = tuple[Any, ...]
"""Elements of the schema from the operation's input down to a field."""

_MAX_DEPTH = 8
_USERNAME, _LANG, _ITEM_NO = REQUEST_FIELDS
_ORDINARY = 3
"""Characters of a username that may as well be an ordinary word of an answer."""
_EXAMPLE_ITEM = "RB000000010HK"
"""The specification's own example (page 4)."""


class SoapWire:
    """Builds signed `getItemDeliveryStatus` requests (specification page 4) for one account.

    The fields are found by name in the operation's input: flat, inside wrapper parts, `itemNo` repeated,
    as an XML list, inside a list element, or as an Axis array. `max_items` is 30, or what the WSDL allows
    if that is less.

    Raises:
        SettingsError: the WSDL cannot be read or its input lacks a field; the message lists what it has.
    """

    def __init__(self, settings: AccountSettings) -> None:
        self._settings = settings
        self._operation = load_operation(settings)
        self._paths = _field_paths(settings, self._operation)
        self.url = settings.host or _address(settings, self._operation.address)
        self.max_items = _most_items(self._paths[_ITEM_NO])
        self.request(
            [_EXAMPLE_ITEM] * self.max_items
        )  # a WSDL that wants more than three fields is refused now

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build and sign the request for 1 to `max_items` item numbers."""
        if not 1 <= len(item_nos) <= self.max_items:
            raise ValueError(f"a request asks about 1 to {self.max_items} items, not {len(item_nos)}")
        settings, operation = self._settings, self._operation
        arguments: dict[str, Any] = {}
        _put(arguments, self._paths[_USERNAME], settings.login)
        _put(arguments, self._paths[_LANG], settings.lang)
        _put_items(arguments, self._paths[_ITEM_NO], list(item_nos))
        try:
            envelope = operation.message(arguments)
        except (zeep.exceptions.Error, TypeError) as error:
            raise SettingsError(
                f"connection {settings.account}: wsdl: the input of {operation.name} cannot be filled with "
                f"{', '.join(REQUEST_FIELDS)} alone{self._wants_more()} ({error})"
            ) from None
        signed = envelope.iter(f"{{{ns.WSSE}}}Password", f"{{{ns.WSSE}}}Nonce")
        secrets = [*settings.secrets, *(node.text for node in signed if node.text)]
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        traces = ("UsernameToken", _USERNAME, *([settings.login] if len(settings.login) > _ORDINARY else []))
        return WireRequest(self.url, operation.headers, body, tuple(dict.fromkeys(secrets)), traces)

    def _wants_more(self) -> str:
        """What else the WSDL demands beside the fields, in words."""
        filled = {id(element): element for path in self._paths.values() for element in path}
        types = [
            self._operation.input_type,
            *(element.type for element in filled.values() if hasattr(element, "type")),
        ]
        beside = [child for type_ in types for child in _children(type_) if id(child) not in filled]
        wanted = [
            _name(child) for child in beside if not (child.is_optional or getattr(child, "nillable", False))
        ]
        return f": it also wants {', '.join(dict.fromkeys(wanted))}" if wanted else ""


def _address(settings: AccountSettings, address: str) -> str:
    """The address of the WSDL, where it may decide by itself where signed requests go."""
    if is_remote(address) and is_own(settings.wsdl, address):
        return address
    blank = f"connection {settings.account}: host is blank"
    if not is_remote(address):
        named = f"the address {address!r}, which is no URL" if address else "no address"
        raise SettingsError(f"{blank} and the WSDL has {named}: put the URL to POST to into host")
    raise SettingsError(
        f"{blank} and the WSDL at {without_login(settings.wsdl)} has an address on another host: if signed requests "
        f"are to go there, put {address} into host; if not, put the URL that Hongkong Post gave you"
    )


def _field_paths(settings: AccountSettings, operation: TrackingOperation) -> dict[str, Path]:
    paths = {name: _find(operation.input_type, name) for name in REQUEST_FIELDS}
    paths[_ITEM_NO] = paths[_ITEM_NO] or _find_list(operation.input_type, _ITEM_NO)
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        has = ", ".join(dict.fromkeys(_name(path[-1]) for path in _walk(operation.input_type))) or "no field"
        raise SettingsError(
            f"connection {settings.account}: wsdl: the input of {operation.name} lacks "
            f"{', '.join(missing)}; it has {has}"
        )
    return {name: path for name, path in paths.items() if path is not None}


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


_OF_AN_ARRAY = "_value_1"
"""What zeep calls the elements of an array whose schema does not name them."""


def _any_item(number: str) -> etree._Element:
    item = etree.Element("item")
    item.text = number
    return item
