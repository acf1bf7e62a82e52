"""Loads a WSDL with zeep and finds `getItemDeliveryStatus` in it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zeep
import zeep.exceptions
from lxml import etree
from zeep.proxy import ServiceProxy
from zeep.wsdl.bindings.soap import Soap11Binding, SoapBinding
from zeep.wsse.username import UsernameToken

from hkpost.ecship.address import is_remote, same_host, without_login
from hkpost.ecship.limits import OPERATION
from hkpost.ecship.settings import AccountSettings, SettingsError
from hkpost.ecship.soap.wsdl_transport import WsdlTransport

BUNDLED_WSDL = Path(__file__).with_name("tracking.wsdl")


@dataclass(frozen=True, slots=True)
class TrackingOperation:
    """`getItemDeliveryStatus` at a port of a WSDL: its input type, a request's HTTP headers, its address."""

    client: zeep.Client
    port: ServiceProxy
    input_type: Any
    name: str
    headers: dict[str, str]
    address: str

    def message(self, arguments: dict[str, Any]) -> etree._Element:
        """The envelope for some arguments, signed if the client has something to sign with."""
        envelope: etree._Element = self.client.create_message(self.port, self.name, **arguments)
        return envelope


def load_operation(settings: AccountSettings) -> TrackingOperation:
    """Load the connection's WSDL (the bundled one when it names none) and bind to the operation.

    SOAP 1.1 is preferred to 1.2, and then an address to which the WSDL may send by itself.

    Raises:
        SettingsError: the WSDL cannot be read, or has no such operation; the message lists what it has.
    """
    source = settings.wsdl or str(BUNDLED_WSDL)
    client = _load(source, settings)
    found: list[str] = []
    bound: list[tuple[tuple[bool, bool], TrackingOperation]] = []
    for service_name, service in client.wsdl.services.items():
        for port_name, port in service.ports.items():
            for name, operation in port.binding.all().items():
                found.append(name)
                if name.lower() == OPERATION.lower() and isinstance(port.binding, SoapBinding):
                    address = (port.binding_options.get("address") or "").strip()
                    rank = isinstance(port.binding, Soap11Binding), is_own(source, address)
                    proxy = client.bind(service_name, port_name)
                    input_type = operation.input.body.type
                    headers = _headers(operation.soapaction or "", is_soap11=rank[0])
                    bound.append((rank, TrackingOperation(client, proxy, input_type, name, headers, address)))
    if not bound:
        has = ", ".join(sorted(set(found))) or "no operation at all"
        raise SettingsError(
            f"connection {settings.account}: wsdl {without_login(source)} has no SOAP operation {OPERATION}; "
            f"it has {has}"
        )
    return max(bound, key=lambda one: one[0])[1]


def _headers(action: str, *, is_soap11: bool) -> dict[str, str]:
    if is_soap11:
        return {"SOAPAction": f'"{action}"', "Content-Type": "text/xml; charset=utf-8"}
    return {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'}


def is_own(source: str, address: str) -> bool:
    """Whether a WSDL may say by itself that requests go to an address: a file may, a URL on its own host alone."""
    return not is_remote(source) or same_host(source, address)


def _load(source: str, settings: AccountSettings) -> zeep.Client:
    token = UsernameToken(
        settings.login, settings.password, use_digest=settings.wsse == "digest", zulu_timestamp=True
    )
    strict = zeep.Settings(forbid_dtd=True, forbid_entities=True)
    logging.getLogger("zeep").setLevel(logging.WARNING)
    try:
        return zeep.Client(
            source,
            wsse=None if settings.wsse == "none" else token,
            transport=WsdlTransport(source, settings),
            settings=strict,
        )
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
