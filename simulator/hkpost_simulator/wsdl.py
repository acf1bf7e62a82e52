"""Serving the project's WSDL with the simulator's own address in it."""

from functools import cache
from importlib.resources import files

from lxml import etree

SERVICES = "/HKP_MailTrack_API/services"
"""Path of every service (specification page 3)."""

SERVICE = f"{SERVICES}/HKP_MailTrack"

_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"


@cache
def wsdl_for(address: str) -> bytes:
    """Return the WSDL with `address` as the service's location."""
    root = etree.fromstring((files("hkpost.ecship.soap") / "tracking.wsdl").read_bytes())
    for element in root.iter(_ADDRESS):
        element.set("location", address)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
