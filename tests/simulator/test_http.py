"""HTTP/1.1: keep-alive, the WSDL, other paths and methods."""

import http.client
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import zeep
from zeep.wsse.username import UsernameToken

from hkpost_simulator import Simulator
from tests.simulator.asking import PASSWORD, USER, ask, post, request

ITEM = "RB999999990HK"
HEADERS = {"Content-Type": "text/xml", "SOAPAction": '""'}


def _connection(simulator: Simulator) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=10)


def test_a_connection_is_kept_alive(simulator: Simulator) -> None:
    connection = _connection(simulator)
    ports = set()
    for _ in range(3):
        connection.request("POST", urlsplit(simulator.url).path, request([ITEM]), HEADERS)
        assert connection.getresponse().read()
        ports.add(connection.sock.getsockname())
    connection.close()
    assert len(ports) == 1


def test_many_connections_at_once(simulator: Simulator) -> None:
    simulator.service.latency_s = 0.2
    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(lambda _: ask(simulator, ITEM).status, range(16))) == {0}
    first, *_, last = sorted(record.arrival for record in simulator.requests())
    assert last - first < 16 * 0.2, "answers do not wait for each other"


def test_the_wsdl_has_the_services_own_address_and_zeep_can_use_it(simulator: Simulator) -> None:
    client = zeep.Client(
        simulator.wsdl_url,
        wsse=UsernameToken(USER, PASSWORD, use_digest=True),
        settings=zeep.Settings(forbid_dtd=True, forbid_entities=True),
    )
    (port,) = client.wsdl.services["HKP_MailTrack"].ports.values()
    assert port.binding_options["address"] == simulator.url
    answer = client.service.getItemDeliveryStatus(
        apiInput={"integratorUsername": USER, "lang": "A", "itemNo": {"item": [ITEM]}}
    )
    assert (answer.status, answer.itemCount) == (0, 1)
    (item,) = answer.deliveryResult.item
    assert (item.itemNo, item.status, item.errMsg) == (ITEM, 1001, "item number does not exist")


def test_any_service_name_will_do(simulator: Simulator) -> None:
    http_status, _ = post(f"{simulator.base_url}/HKP_MailTrack_API/services", request([ITEM]), HEADERS)
    assert http_status == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "http_status"),
    [
        ("GET", "/", {}, 404),
        ("GET", "/HKP_MailTrack_API/services/HKP_MailTrack", {}, 405),
        ("POST", "/elsewhere", HEADERS, 404),
        ("POST", "/HKP_MailTrack_API/services/HKP_MailTrack", {"Content-Type": "application/json"}, 415),
        ("DELETE", "/HKP_MailTrack_API/services/HKP_MailTrack", {}, 405),
    ],
)
def test_other_paths_and_methods(
    simulator: Simulator, method: str, path: str, headers: dict[str, str], http_status: int
) -> None:
    body = request([ITEM]) if method == "POST" else None
    call = urllib.request.Request(simulator.base_url + path, body, headers, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(call, timeout=10)
    refused.value.close()
    assert refused.value.code == http_status


def test_a_body_needs_its_length(simulator: Simulator) -> None:
    connection = _connection(simulator)
    connection.putrequest("POST", urlsplit(simulator.url).path)
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_stopping_ends_the_connections() -> None:
    with Simulator(items=10, users={USER: PASSWORD}) as simulator:
        connection = _connection(simulator)
        connection.request("POST", urlsplit(simulator.url).path, request([ITEM]), HEADERS)
        connection.getresponse().read()
    assert connection.sock.recv(1) == b""
    connection.close()
