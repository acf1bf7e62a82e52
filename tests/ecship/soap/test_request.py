"""The request is filled by field name wherever the WSDL has the fields (specification page 4)."""

import base64
import hashlib
from pathlib import Path

import pytest
from lxml import etree

from hkpost.ecship.settings import AccountSettings, SettingsError, account_settings
from hkpost.ecship.soap.wire import SoapWire

WSDL = """<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:other:ns" targetNamespace="urn:other:ns">
  <types><xsd:schema targetNamespace="urn:other:ns" elementFormDefault="{form}">
    {schema}
    <xsd:element name="reply" type="xsd:string"/>
  </xsd:schema></types>
  <message name="in">{parts}</message>
  <message name="out"><part name="out" {out}/></message>
  <portType name="P"><operation name="{operation}">
    <input message="t:in"/><output message="t:out"/></operation></portType>
  <binding name="B" type="t:P"><soap:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="{operation}"><soap:operation soapAction="urn:do"/>
      <input><soap:body use="literal" namespace="urn:other:ns"/></input>
      <output><soap:body use="literal" namespace="urn:other:ns"/></output></operation></binding>
  <service name="S"><port name="P" binding="t:B"><soap:address location="http://127.0.0.1:1/x"/></port></service>
</definitions>"""

NAME_AND_LANG = (
    '<xsd:element name="integratorUsername" type="xsd:string"/><xsd:element name="lang" type="xsd:string"/>'
)


def document(fields: str, extra: str = "", group: str = "sequence") -> dict[str, str]:
    schema = (
        f'<xsd:element name="request"><xsd:complexType><xsd:{group}>{fields}</xsd:{group}></xsd:complexType>'
        f"</xsd:element>{extra}"
    )
    return {
        "schema": schema,
        "parts": '<part name="p" element="t:request"/>',
        "style": "document",
        "out": 'element="t:reply"',
    }


def complex_type(name: str, fields: str) -> str:
    return f'<xsd:complexType name="{name}"><xsd:sequence>{fields}</xsd:sequence></xsd:complexType>'


ITEM = '<xsd:element name="itemNo" type="xsd:string" maxOccurs="30"/>'
REPEATED = NAME_AND_LANG + ITEM
AXIS = NAME_AND_LANG + '<xsd:element name="itemNo" type="t:ArrayOfString"/>'
AXIS_TYPE = complex_type(
    "ArrayOfString", '<xsd:element name="item" type="xsd:string" maxOccurs="unbounded"/>'
)
LISTED = NAME_AND_LANG + '<xsd:element name="itemNoList" type="t:Items"/>'
LISTED_TYPE = complex_type("Items", '<xsd:element name="itemNo" type="xsd:string" maxOccurs="unbounded"/>')
RECORDS = NAME_AND_LANG + '<xsd:element name="enquiry" maxOccurs="30" type="t:Enquiry"/>'
RECORD_TYPE = complex_type("Enquiry", '<xsd:element name="itemNo" type="xsd:string"/>')
XML_LIST = NAME_AND_LANG + '<xsd:element name="itemNo" type="t:Numbers"/>'
XML_LIST_TYPE = '<xsd:simpleType name="Numbers"><xsd:list itemType="xsd:string"/></xsd:simpleType>'

STRINGS_TYPE = complex_type(
    "ArrayOfString", '<xsd:element name="string" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/>'
)
ANY_TYPE = complex_type("ArrayOfString", '<xsd:any maxOccurs="unbounded" processContents="lax"/>')
EXTENDED_TYPE = (
    complex_type("Base", NAME_AND_LANG)
    + '<xsd:complexType name="Req"><xsd:complexContent><xsd:extension base="t:Base"><xsd:sequence>'
    '<xsd:element name="itemNo" type="xsd:string" maxOccurs="30"/>'
    "</xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"
)
ENCODED_ARRAY_TYPE = """
<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
<xsd:complexType name="ArrayOfString"><xsd:complexContent>
  <xsd:restriction base="e:Array" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/">
    <xsd:attribute ref="e:arrayType" w:arrayType="xsd:string[]" xmlns:w="http://schemas.xmlsoap.org/wsdl/"/>
  </xsd:restriction></xsd:complexContent></xsd:complexType>"""

SHAPES = {
    "flat, itemNo repeated": document(REPEATED),
    "one wrapper part": document(
        '<xsd:element name="api11Req" type="t:Req"/>', complex_type("Req", REPEATED)
    ),
    "two wrappers": document(
        '<xsd:element name="a" type="t:A"/>',
        complex_type("A", '<xsd:element name="b" type="t:B"/>') + complex_type("B", REPEATED),
    ),
    "Axis array of item": document(AXIS, AXIS_TYPE),
    "wrapped Axis array": document(
        '<xsd:element name="apiInput" type="t:Req"/>', complex_type("Req", AXIS) + AXIS_TYPE
    ),
    "list element": document(LISTED.replace("itemNoList", "numbers"), LISTED_TYPE),
    "records": document(RECORDS, RECORD_TYPE),
    "XML list": document(XML_LIST, XML_LIST_TYPE),
    "rpc with a wrapper part": {
        "schema": complex_type("Req", REPEATED),
        "parts": '<part name="api11Req" type="t:Req"/>',
        "style": "rpc",
        "out": 'type="xsd:string"',
    },
    "rpc flat with an array": {
        "schema": AXIS_TYPE,
        "parts": '<part name="integratorUsername" type="xsd:string"/><part name="lang" type="xsd:string"/>'
        '<part name="itemNo" type="t:ArrayOfString"/>',
        "style": "rpc",
        "out": 'type="xsd:string"',
    },
    "rpc with a SOAP-encoded array": {
        "schema": ENCODED_ARRAY_TYPE,
        "parts": '<part name="integratorUsername" type="xsd:string"/><part name="lang" type="xsd:string"/>'
        '<part name="itemNo" type="t:ArrayOfString"/>',
        "style": "rpc",
        "out": 'type="xsd:string"',
    },
    "ArrayOfString of string": document(AXIS, STRINGS_TYPE),
    "array of anything": document(AXIS, ANY_TYPE),
    "list called itemNoList": document(
        AXIS.replace('"itemNo"', '"itemNoList"'), AXIS_TYPE.replace('"item"', '"value"')
    ),
    "type by extension": document('<xsd:element name="apiInput" type="t:Req"/>', EXTENDED_TYPE),
    "a choice": document(
        f"{NAME_AND_LANG}<xsd:choice>{ITEM}<xsd:element name='ref' type='xsd:int'/></xsd:choice>"
    ),
    "in any order": document(AXIS, AXIS_TYPE, "all"),
    "more fields, optional": document(
        REPEATED + '<xsd:element name="note" type="xsd:string" minOccurs="0"/>'
        '<xsd:element name="key" type="xsd:string" nillable="true"/>'
    ),
    "other spellings": document(
        REPEATED.replace("integratorUsername", "INTEGRATOR_USERNAME").replace("itemNo", "item-no")
    ),
}
ITEM_TAGS = ("itemNo", "item-no", "itemNoList")
ITEMS = ["RB000000010HK", "RB123456785HK", "EA999580311HK"]


def settings(wsdl: Path | str, host: str = "", **extra: object) -> AccountSettings:
    return account_settings("hkpost_default", host, "integrator", "s3cret-word", {"wsdl": str(wsdl), **extra})


def write(folder: Path, shape: dict[str, str], **change: str) -> Path:
    path = folder / "service.wsdl"
    values = {"form": "qualified", "operation": "getItemDeliveryStatus", **shape, **change}
    path.write_text(WSDL.format(**values))
    return path


def texts(body: bytes, *names: str) -> list[str]:
    """The texts below the elements of these local names, in order."""
    return [
        text.strip()
        for element in etree.fromstring(body).iter(*("{*}" + name for name in names))
        for text in map(str, element.itertext())
        if text.strip()
    ]


@pytest.mark.parametrize("form", ["qualified", "unqualified"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_field_is_filled_wherever_the_wsdl_has_it(tmp_path: Path, shape: str, form: str) -> None:
    wire = SoapWire(settings(write(tmp_path, SHAPES[shape], form=form), lang="C"))
    body = wire.request(ITEMS).body
    assert texts(body, "integratorUsername", "INTEGRATOR_USERNAME") == ["integrator"]
    assert texts(body, "lang") == ["C"]
    assert " ".join(texts(body, *ITEM_TAGS)).split() == ITEMS


@pytest.mark.parametrize("shape", SHAPES)
def test_one_item_is_a_request_too(tmp_path: Path, shape: str) -> None:
    body = SoapWire(settings(write(tmp_path, SHAPES[shape]))).request(ITEMS[:1]).body
    assert texts(body, *ITEM_TAGS) == ITEMS[:1]


@pytest.mark.parametrize(("most", "size"), [("1", 1), ("10", 10), ("500", 30), ("unbounded", 30)])
def test_a_request_has_no_more_items_than_the_wsdl_and_the_specification_allow(
    tmp_path: Path, most: str, size: int
) -> None:
    wire = SoapWire(settings(write(tmp_path, document(REPEATED.replace('"30"', f'"{most}"')))))
    assert wire.max_items == size
    numbers = [f"RB{n:09d}HK" for n in range(size)]
    assert texts(wire.request(numbers).body, "itemNo") == numbers
    with pytest.raises(ValueError, match=f"1 to {size} items"):
        wire.request([*numbers, "RB999999999HK"])


def test_the_soap_action_is_the_wsdls(tmp_path: Path) -> None:
    request = SoapWire(settings(write(tmp_path, SHAPES["flat, itemNo repeated"]))).request(ITEMS)
    assert request.headers["SOAPAction"] == '"urn:do"'
    assert request.headers["Content-Type"] == "text/xml; charset=utf-8"


def test_the_bundled_wsdl_posts_to_production_unless_host_says_otherwise() -> None:
    assert SoapWire(settings("")).url.startswith("https://partner.hongkongpost.hk/HKP_MailTrack_API/services")
    other = account_settings("a", "https://elsewhere.example/x", "u", "p", {})
    assert SoapWire(other).url == "https://elsewhere.example/x"


def test_the_digest_is_sha1_of_nonce_created_and_password() -> None:
    request = SoapWire(settings("")).request(ITEMS)
    [digest], [nonce], [created] = (texts(request.body, name) for name in ("Password", "Nonce", "Created"))
    expected = hashlib.sha1(base64.b64decode(nonce) + created.encode() + b"s3cret-word").digest()
    assert digest == base64.b64encode(expected).decode()
    assert created.endswith("Z")
    assert b"s3cret-word" not in request.body


def test_every_request_has_a_nonce_of_its_own() -> None:
    wire = SoapWire(settings(""))
    assert texts(wire.request(ITEMS).body, "Nonce") != texts(wire.request(ITEMS).body, "Nonce")


def test_the_credential_can_be_sent_as_text_or_not_at_all() -> None:
    as_text = SoapWire(settings("", wsse="text")).request(ITEMS).body
    assert texts(as_text, "Password") == ["s3cret-word"]
    assert texts(SoapWire(settings("", wsse="none")).request(ITEMS).body, "Password") == []


def test_a_wsdl_without_the_operation_lists_what_it_has(tmp_path: Path) -> None:
    path = write(tmp_path, SHAPES["flat, itemNo repeated"], operation="getMTTInfo")
    with pytest.raises(
        SettingsError, match=r"wsdl .* no SOAP operation getItemDeliveryStatus; it has getMTTInfo"
    ):
        SoapWire(settings(path))


def test_a_wsdl_whose_input_lacks_a_field_says_which_and_lists_what_it_has(tmp_path: Path) -> None:
    shape = document(REPEATED.replace('name="lang"', 'name="language"'))
    with pytest.raises(SettingsError, match=r"lacks lang; it has integratorUsername, language, itemNo"):
        SoapWire(settings(write(tmp_path, shape)))


def test_a_wsdl_that_demands_more_than_the_three_fields_is_refused_with_their_names(tmp_path: Path) -> None:
    extra = '<xsd:element name="apiKey" type="xsd:string"/><xsd:element name="version" type="xsd:int"/>'
    shape = document(REPEATED + extra)
    with pytest.raises(SettingsError, match=r"also asks for apiKey, version"):
        SoapWire(settings(write(tmp_path, shape)))


@pytest.mark.parametrize(
    "content", ["<html>no</html>", "not xml", "", '<!DOCTYPE a [<!ENTITY b "c">]><definitions/>']
)
def test_an_unreadable_wsdl_names_the_field(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.wsdl"
    path.write_text(content)
    with pytest.raises(SettingsError, match="connection hkpost_default: wsdl"):
        SoapWire(settings(path))


def test_a_missing_wsdl_names_the_field(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"wsdl .*nowhere.wsdl cannot be read"):
        SoapWire(settings(tmp_path / "nowhere.wsdl"))


def test_neither_password_nor_digest_is_in_the_requests_repr() -> None:
    request = SoapWire(settings("")).request(ITEMS)
    for secret in request.secrets:
        assert secret not in repr(request)
        assert secret not in repr(settings(""))


def test_an_echoed_credential_is_blanked() -> None:
    request = SoapWire(settings("")).request(ITEMS)
    [digest] = texts(request.body, "Password")
    echoed = f"<fault>bad {digest} for s3cret-word</fault>".encode()
    assert request.redact(echoed) == b"<fault>bad ******** for ********</fault>"
    assert request.redact(base64.b64decode(digest).hex().encode()) == b"********"
    assert request.redact(b"<ok/>") == b"<ok/>"


def test_of_an_answer_that_echoes_the_request_nothing_is_kept_where_the_credential_is_too_short_to_be_found() -> (
    None
):
    account = account_settings("hkpost_default", "", "integrator", "x7k", {})
    request = SoapWire(account).request(ITEMS)
    assert request.redact(request.body) is None
    assert request.redact(b"<errMsg>integrator is not known</errMsg>") is None
    assert request.redact(b"<errMsg>not known: %78%37%6b</errMsg>") is None
    assert "cannot be distinguished from it" in request.redact_text("said x7k")
    answer = b"<itemNo>RX7K00001HK</itemNo><eventMsg_e>Posted at Ax7ks Office</eventMsg_e>"
    assert request.redact(answer) == answer
