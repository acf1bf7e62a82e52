"""Where a WSDL comes from, what it may import, and which of its ports is taken."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from client.test_request_shapes import ITEMS, REPEATED, SHAPES, WSDL, document, settings, texts, write

from hkpost.client.settings import SettingsError
from hkpost.client.soap import SoapWire

Page = bytes | Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Serves documents, and keeps what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                page = site.pages.get(self.path)
                if callable(page):
                    page(self)
                    return
                self.send_response(404 if page is None else 200)
                self.end_headers()
                self.wfile.write(page or b"not here")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["Site"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site().running() as running:
        yield running


def wsdl(schema: str = "", **change: str) -> str:
    shape = {"form": "qualified", "operation": "getItemDeliveryStatus", **document(REPEATED)}
    text = WSDL.format(**{**shape, **change})
    return text if not schema else text.replace(document(REPEATED)["schema"], schema)


SCHEMA = (
    '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:other:ns" targetNamespace="urn:other:ns"'
    f' elementFormDefault="qualified">{document(REPEATED)["schema"]}</xsd:schema>'
)


def is_filled(wire: SoapWire) -> bool:
    return texts(wire.request(ITEMS).body, "itemNo") == ITEMS


def test_by_path_and_by_file_url(tmp_path: Path) -> None:
    path = write(tmp_path, SHAPES["flat, itemNo repeated"])
    assert is_filled(SoapWire(settings(path)))
    assert is_filled(SoapWire(settings(path.as_uri())))


def test_a_file_may_import_its_neighbours(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "input.xsd").write_text(SCHEMA)
    (tmp_path / "service.wsdl").write_text(wsdl('<xsd:include schemaLocation="schemas/input.xsd"/>'))
    for source in (tmp_path / "service.wsdl", (tmp_path / "service.wsdl").as_uri()):
        assert is_filled(SoapWire(settings(source)))


def test_over_http_with_relative_imports_each_document_is_fetched_once(site: Site) -> None:
    schema = '<xsd:include schemaLocation="services/any?xsd=1"/><xsd:include schemaLocation="./services/any?xsd=1"/>'
    site.pages = {"/services?wsdl": wsdl(schema).encode(), "/services/any?xsd=1": SCHEMA.encode()}
    wire = SoapWire(settings(f"{site.url}/services?wsdl"))
    assert is_filled(wire)
    assert is_filled(wire)
    assert sorted(site.asked) == ["/services/any?xsd=1", "/services?wsdl"]


def test_what_is_imported_by_another_name_of_the_host_is_looked_for_at_its_own(site: Site) -> None:
    schema = '<xsd:include schemaLocation="https://internal.example:8443/services/any?xsd=1"/>'
    site.pages = {"/services?wsdl": wsdl(schema).encode(), "/services/any?xsd=1": SCHEMA.encode()}
    assert is_filled(SoapWire(settings(f"{site.url}/services?wsdl")))
    assert sorted(site.asked) == ["/services/any?xsd=1", "/services?wsdl"]


@pytest.mark.parametrize(
    ("local", "words"),
    [
        (True, r"imports .*input.xsd, which is not where it is itself"),
        (False, r"imports .*input.xsd, which was looked for at its own host and is not there .*404"),
    ],
)
def test_nothing_is_fetched_from_another_place(site: Site, tmp_path: Path, local: bool, words: str) -> None:
    with Site().running() as other:
        text = wsdl(f'<xsd:include schemaLocation="{other.url}/input.xsd"/>')
        (tmp_path / "service.wsdl").write_text(text)
        site.pages = {"/?wsdl": text.encode()}
        source = str(tmp_path / "service.wsdl") if local else f"{site.url}/?wsdl"
        with pytest.raises(SettingsError, match=words):
            SoapWire(settings(source))
        assert other.asked == []


def test_a_remote_wsdl_may_not_read_files(site: Site, tmp_path: Path) -> None:
    (tmp_path / "input.xsd").write_text(SCHEMA)
    site.pages = {
        "/?wsdl": wsdl(f'<xsd:include schemaLocation="{(tmp_path / "input.xsd").as_uri()}"/>').encode()
    }
    with pytest.raises(SettingsError, match="not where it is itself"):
        SoapWire(settings(f"{site.url}/?wsdl"))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (None, "404"),
        (b"<html><body>Welcome<br></body></html>", "cannot be read"),
        (b"", "cannot be read"),
        (b"x" * 2_000_000, "longer than 1 MB"),
    ],
)
def test_a_url_without_a_wsdl_says_so(site: Site, page: bytes | None, words: str) -> None:
    site.pages = {} if page is None else {"/services": page}
    with pytest.raises(SettingsError, match=words) as error:
        SoapWire(settings(f"{site.url}/services", max_body_mb=1))
    assert "connection hkpost_default: wsdl" in str(error.value)


def test_a_wsdl_that_never_ends_is_given_up(site: Site) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.05):
            try:
                handler.wfile.write(b" " * 70_000)
            except OSError:
                return

    site.pages = {"/?wsdl": drip}
    try:
        with pytest.raises(SettingsError, match="did not end within"):
            SoapWire(settings(f"{site.url}/?wsdl", timeout_s=0.3))
    finally:
        stop.set()


class TestPorts:
    def several(self, ports: str, bindings: str = "") -> str:
        text = wsdl()
        start, end = text.index("<service"), text.index("</definitions>")
        return f"{text[:start]}{bindings}<service name='S'>{ports}</service>{text[end:]}"

    SOAP12 = """<binding name="B12" type="t:P" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/">
      <s12:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
      <operation name="getItemDeliveryStatus"><s12:operation soapAction="urn:do12"/>
        <input><s12:body use="literal"/></input><output><s12:body use="literal"/></output></operation></binding>"""
    PORT12 = (
        '<port name="P12" binding="t:B12" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/">'
        '<s12:address location="http://127.0.0.1:1/twelve"/></port>'
    )
    PORT11 = '<port name="P11" binding="t:B"><soap:address location="http://127.0.0.1:1/eleven"/></port>'

    def wire(self, tmp_path: Path, text: str) -> SoapWire:
        (tmp_path / "service.wsdl").write_text(text)
        return SoapWire(settings(tmp_path / "service.wsdl"))

    def test_soap_1_1_is_preferred_whichever_comes_first(self, tmp_path: Path) -> None:
        for ports in (self.PORT12 + self.PORT11, self.PORT11 + self.PORT12):
            wire = self.wire(tmp_path, self.several(ports, self.SOAP12))
            assert wire.url.endswith("/eleven")
            assert wire.request(ITEMS).headers["Content-Type"].startswith("text/xml")

    def test_soap_1_2_is_spoken_where_there_is_nothing_else(self, tmp_path: Path) -> None:
        wire = self.wire(tmp_path, self.several(self.PORT12, self.SOAP12))
        request = wire.request(ITEMS)
        assert wire.url.endswith("/twelve")
        assert request.headers["Content-Type"].startswith("application/soap+xml")
        assert b"http://www.w3.org/2003/05/soap-envelope" in request.body
        assert texts(request.body, "itemNo") == ITEMS

    def test_a_wsdl_without_an_address_wants_one_in_host(self, tmp_path: Path) -> None:
        port = '<port name="P11" binding="t:B"><soap:address location=""/></port>'
        with pytest.raises(SettingsError, match="host is blank and the WSDL has no address"):
            self.wire(tmp_path, self.several(port))

    def test_the_operation_is_found_whatever_its_case(self, tmp_path: Path) -> None:
        wire = self.wire(tmp_path, wsdl(operation="GetItemDeliveryStatus"))
        assert texts(wire.request(ITEMS).body, "itemNo") == ITEMS
