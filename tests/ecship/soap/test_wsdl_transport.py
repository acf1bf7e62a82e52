"""Where a WSDL comes from, what it may import, and which of its ports is taken."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from hkpost.ecship.settings import SettingsError
from hkpost.ecship.soap.wire import SoapWire
from tests.ecship.soap.test_request import ITEMS, REPEATED, SHAPES, WSDL, document, settings, texts, write
from tests.helpers.scripted_service import ScriptedService
from tests.helpers.self_signed import self_signed

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


HOST = "http://127.0.0.1:1/x"
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
    wire = SoapWire(settings(f"{site.url}/services?wsdl", host=HOST))
    assert is_filled(wire)
    assert is_filled(wire)
    assert sorted(site.asked) == ["/services/any?xsd=1", "/services?wsdl"]


def test_what_is_imported_by_another_name_of_the_host_is_looked_for_at_its_own(site: Site) -> None:
    schema = '<xsd:include schemaLocation="https://internal.example:8443/services/any?xsd=1"/>'
    site.pages = {"/services?wsdl": wsdl(schema).encode(), "/services/any?xsd=1": SCHEMA.encode()}
    assert is_filled(SoapWire(settings(f"{site.url}/services?wsdl", host=HOST)))
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


def answered(status: int) -> Page:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()

    return page


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (None, r"HTTP 404: usually the address is wrong: a service has its WSDL at its own URL with \?wsdl"),
        (answered(403), "HTTP 403: usually this IP address is not authorised by Hongkong Post"),
        (answered(500), "HTTP 500: check wsdl"),
        (b"{}", "what is there is no WSDL that can be read"),
        (
            b"<!doctype html><html><title> Access denied\n</title><body>Welcome<br></body></html>",
            r"an HTML page \('Access denied'\) came and no WSDL: usually \?wsdl is missing at the end",
        ),
        (b"<html><body/></html>", "an HTML page came and no WSDL"),
        (b"", "cannot be read"),
        (b"x" * 2_000_000, "longer than 1 MB"),
    ],
)
def test_a_url_without_a_wsdl_says_so(site: Site, page: Page | None, words: str) -> None:
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


@pytest.mark.parametrize("proxy", ["", "http://user:hidden-word@127.0.0.1:9"])
def test_a_url_that_cannot_be_reached_says_why_and_shows_no_password(proxy: str) -> None:
    with pytest.raises(SettingsError) as error:
        SoapWire(settings("http://me:hidden-word@127.0.0.1:9/services?wsdl", proxy=proxy))
    through = "through the proxy http://127.0.0.1:9 " if proxy else ""
    assert (
        f"wsdl http://127.0.0.1:9/services?wsdl cannot be read: 127.0.0.1:9 could not be reached {through}"
        in str(error.value)
    )
    assert "check wsdl and proxy of the connection" in str(error.value)
    assert "hidden-word" not in str(error.value)


def moved(to: str, status: int = 302) -> Page:
    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", to)
        handler.end_headers()

    return page


class TestRedirects:
    def test_within_the_same_host_they_are_followed_for_the_wsdl_and_its_imports(self, site: Site) -> None:
        include = '<xsd:include schemaLocation="/input.xsd"/>'
        site.pages = {
            "/?wsdl": moved("/moved?wsdl", 301),
            "/moved?wsdl": moved(f"{site.url.replace('http', 'HTTP')}/there?wsdl", 308),
            "/there?wsdl": wsdl(include).encode(),
            "/input.xsd": moved("/schemas/input.xsd", 307),
            "/schemas/input.xsd": SCHEMA.encode(),
        }
        assert is_filled(SoapWire(settings(f"{site.url}/?wsdl", host=HOST)))

    @pytest.mark.parametrize("place", ["wsdl", "import"])
    @pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
    def test_to_another_host_or_port_they_are_not_followed(self, site: Site, place: str, name: str) -> None:
        with Site().running() as other:
            there = other.url.replace("127.0.0.1", name)
            other.pages = {"/?wsdl": wsdl().encode(), "/input.xsd": SCHEMA.encode()}
            include = '<xsd:include schemaLocation="/input.xsd"/>'
            site.pages = {
                "/?wsdl": moved(f"{there}/?wsdl") if place == "wsdl" else wsdl(include).encode(),
                "/input.xsd": moved(f"{there}/input.xsd"),
            }
            with pytest.raises(
                SettingsError, match=f"redirects to {there}/.*, which is another host"
            ) as error:
                SoapWire(settings(f"{site.url}/?wsdl", host=HOST))
            assert "put it into wsdl" in str(error.value)
            assert other.asked == []

    def test_in_a_circle_they_end(self, site: Site) -> None:
        site.pages = {"/?wsdl": moved("/?wsdl")}
        with pytest.raises(SettingsError, match="redirects more than 5 times"):
            SoapWire(settings(f"{site.url}/?wsdl"))
        assert len(site.asked) == 6


class TestAddress:
    """Where signed requests go is decided by the connection, or by a WSDL about its own host."""

    def wire(self, site: Site, address: str, host: str = "") -> SoapWire:
        text = wsdl().replace("http://127.0.0.1:1/x", address)
        site.pages = {"/?wsdl": text.encode()}
        return SoapWire(settings(f"{site.url}/?wsdl", host=host))

    def test_one_on_the_host_that_the_wsdl_was_asked_from_is_used(self, site: Site) -> None:
        assert self.wire(site, f"{site.url}/services/x").url == f"{site.url}/services/x"

    @pytest.mark.parametrize(
        "elsewhere",
        ["http://partner.example/x", "http://127.0.0.1:1/x", "http://127.0.0.1:PORT@evil.example/x"],
    )
    def test_one_on_another_host_is_used_only_when_host_names_it(self, site: Site, elsewhere: str) -> None:
        elsewhere = elsewhere.replace("PORT", site.url.rpartition(":")[2])
        with pytest.raises(SettingsError) as error:
            self.wire(site, elsewhere)
        assert f"put {elsewhere} into host" in str(error.value)
        assert self.wire(site, elsewhere, host=elsewhere).url == elsewhere

    def test_host_decides_whatever_the_wsdl_says(self, site: Site) -> None:
        assert (
            self.wire(site, f"{site.url}/x", host="https://proxy.example/y").url == "https://proxy.example/y"
        )

    @pytest.mark.parametrize("address", ["REPLACE_WITH_ACTUAL_URL", "/services/x", "ftp://127.0.0.1/x"])
    def test_one_that_is_no_url_is_told(self, site: Site, address: str) -> None:
        with pytest.raises(SettingsError, match=f"has the address '{address}', which is no URL"):
            self.wire(site, address)

    def test_of_a_file_it_counts_as_it_is(self, tmp_path: Path) -> None:
        path = write(tmp_path, SHAPES["flat, itemNo repeated"])
        assert SoapWire(settings(path)).url == "http://127.0.0.1:1/x"

    def test_of_several_ports_the_one_on_its_own_host_is_taken(self, site: Site) -> None:
        text = wsdl()
        port = text[text.index("<port name") : text.index("</port>") + 7]
        own = port.replace("http://127.0.0.1:1/x", f"{site.url}/own").replace('name="P"', 'name="Q"')
        site.pages = {"/?wsdl": text.replace(port, port + own).encode()}
        assert SoapWire(settings(f"{site.url}/?wsdl")).url == f"{site.url}/own"


def test_an_address_in_a_wsdl_that_came_by_https_is_spoken_to_by_https(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with ScriptedService(tls=certificate.server).running() as service:
        plain = service.address.replace("https", "http") + "/x"
        service.wsdl = wsdl().replace("http://127.0.0.1:1/x", plain).encode()
        wire = SoapWire(settings(f"{service.address}/?wsdl", ca_bundle=str(certificate.certificate)))
        assert wire.url == f"{service.address}/x"


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
