"""Loads a WSDL with zeep and finds `getItemDeliveryStatus` in it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import zeep
import zeep.exceptions
from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding, SoapBinding

from hkpost import contract
from hkpost.client.documents import Documents
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
    bound: list[tuple[bool, TrackingOperation]] = []
    for service in client.wsdl.services.values():
        for port in service.ports.values():
            for name, operation in port.binding._operations.items():
                found.append(name)
                if name.lower() == OPERATION.lower() and isinstance(port.binding, SoapBinding):
                    address = port.binding_options.get("address") or ""
                    bound.append(
                        (
                            isinstance(port.binding, Soap11Binding),
                            TrackingOperation(client, port.binding, operation.input.body.type, name, address),
                        )
                    )
    if not bound:
        has = ", ".join(sorted(set(found))) or "no operation at all"
        raise SettingsError(
            f"connection {settings.account}: wsdl {source} has no SOAP operation {OPERATION}; it has {has}"
        )
    return max(bound, key=lambda pair: pair[0])[1]


def _load(source: str, settings: AccountSettings) -> zeep.Client:
    remote = urlsplit(source).scheme in ("http", "https")
    with requests.Session() as session:
        session.verify = (settings.ca_bundle or True) if settings.verify_tls else False
        if settings.proxy:
            session.proxies = {"http": settings.proxy, "https": settings.proxy}
        transport = Documents(source, session, settings.timeout_s, int(settings.max_body_mb * 1_000_000))
        strict = zeep.Settings(forbid_dtd=True, forbid_entities=True)
        logging.getLogger("zeep").setLevel(logging.WARNING)
        try:
            return zeep.Client(source, transport=transport, settings=strict)
        except (
            OSError,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            etree.LxmlError,
            requests.RequestException,
            zeep.exceptions.Error,
        ) as error:
            hint = (
                "is the service's IP address list or the proxy in the way?"
                if remote
                else "is the path right?"
            )
            raise SettingsError(
                f"connection {settings.account}: wsdl {source} cannot be read "
                f"({type(error).__name__}: {str(error)[:200]}); {hint}"
            ) from None
