"""Which wire speaks for an account, and which reads an answer: the one place that knows them all."""

from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.soap.wire import SoapWire
from hkpost.ecship.wire import Wire

WIRES: list[type[Wire]] = [SoapWire]
"""The first that says so takes an account, or an answer; the last takes all."""


def open_wire(settings: AccountSettings) -> Wire:
    """The wire of an account, by its connection.

    Raises:
        SettingsError: the connection cannot be used; the message names the field and the fix.
    """
    return next(wire for wire in WIRES if wire.serves(settings))(settings)


def wire_of(content_type: str) -> type[Wire]:
    """The wire that an archived answer came by."""
    return next(wire for wire in WIRES if wire.reads(content_type))
