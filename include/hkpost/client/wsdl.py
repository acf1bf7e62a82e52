"""Loads a WSDL with zeep and finds `getItemDeliveryStatus` in it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding, SoapBinding

from hkpost import contract
from hkpost.client.documents import Documents, is_remote
from hkpost.client.headers import without_login
from hkpost.client.http import same_host
from hkpost.client.settings import AccountSettings, SettingsError
from hkpost.contract.limits import OPERATION

BUNDLED_WSDL = Path(contract.__file__).with_name("tracking.wsdl")


@dataclass(frozen=True, slots=True)
class TrackingOperation:
    """`getItemDeliveryStatus` as a WSDL binds it: zeep's binding, its input type and the address."""

    client: zeep.Client
    binding: SoapBinding
    input_type: Any
    name: str
    address: str


def load_operation(settings: AccountSettings) -> TrackingOperation:
    """Load the connection's WSDL (the bundled one when it names none) and bind to the operation.

    Raises:
        SettingsError: the WSDL cannot be read, or has no such operation; the message lists what it has.
    """
    source = settings.wsdl or str(BUNDLED_WSDL)
    client = _load(source, settings)
    found: list[str] = []
    bound: list[TrackingOperation] = []
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            for name, operation in port.binding._operations.items():
                found.append(name)
                if name.lower() == OPERATION.lower() and isinstance(port.binding, SoapBinding):
                    address = (port.binding_options.get("address") or "").strip()
                    bound.append(
                        TrackingOperation(client, port.binding, operation.input.body.type, name, address)
                    )
    if not bound:
        has = ", ".join(sorted(set(found))) or "no operation at all"
        raise SettingsError(
            f"connection {settings.account}: wsdl {without_login(source)} has no SOAP operation {OPERATION}; "
            f"it has {has}"
        )
    return max(bound, key=lambda one: (isinstance(one.binding, Soap11Binding), is_own(source, one.address)))


def is_own(source: str, address: str) -> bool:
    """Whether a WSDL may say by itself that requests go to an address: a file may, a URL on its own host alone."""
    return not is_remote(source) or same_host(source, address)


def _load(source: str, settings: AccountSettings) -> zeep.Client:
    strict = zeep.Settings(forbid_dtd=True, forbid_entities=True)
    logging.getLogger("zeep").setLevel(logging.WARNING)
    try:
        return zeep.Client(source, transport=Documents(source, settings), settings=strict)
    except SettingsError:
        raise
    except OSError as error:
        words = str(error) if is_remote(source) else f"{error}; is the path right?"
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        etree.LxmlError,
        zeep.exceptions.Error,
    ) as error:
        words = (
            f"{type(error).__name__}: {str(error)[:200]}; what is there is no WSDL that can be read: save the one "
            "Hongkong Post gave as a file and put its path into wsdl, or leave wsdl blank"
        )
    raise SettingsError(
        f"connection {settings.account}: wsdl {without_login(source)} cannot be read: {words}"
    )
