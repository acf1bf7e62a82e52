"""zeep as one would use it at first: a call for each request, begun no earlier than 100 ms after the last began."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import zeep
from zeep.wsse.username import UsernameToken

from bench.client.message import INPUT, LOGIN, PASSWORD
from hkpost.ecship.soap.wsdl import BUNDLED_WSDL

STEP_S = 0.1
THREADS = 8


def _token() -> UsernameToken:
    return UsernameToken(LOGIN, PASSWORD, use_digest=True)


class ZeepInSequence:
    """One client, one request after another."""

    def __init__(self, url: str) -> None:
        self._client = zeep.Client(str(BUNDLED_WSDL), wsse=_token())
        self._client.service._binding_options["address"] = url

    def call(self) -> None:
        """One request and its answer."""
        self._client.service.getItemDeliveryStatus(INPUT)

    def send(self, requests: int) -> None:
        """Send this number of requests."""
        due = time.monotonic()
        for _ in range(requests):
            time.sleep(max(due - time.monotonic(), 0))
            due = max(due, time.monotonic()) + STEP_S
            self.call()


class ZeepInThreads:
    """A pool of threads, each with a client of its own; one call is handed in every 100 ms."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(THREADS, initializer=self._begin)

    def _begin(self) -> None:
        self._own.client = ZeepInSequence(self._url)

    def _call(self) -> None:
        client: ZeepInSequence = self._own.client
        client.call()

    def send(self, requests: int) -> None:
        """Send this number of requests and wait for the last answer."""
        began = time.monotonic()
        calls = []
        for number in range(requests):
            time.sleep(max(began + number * STEP_S - time.monotonic(), 0))
            calls.append(self._pool.submit(self._call))
        for call in calls:
            call.result()


class ZeepAsync:
    """zeep's AsyncClient; one task is begun every 100 ms."""

    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, requests: int) -> None:
        """Send this number of requests and wait for the last answer."""
        asyncio.run(self._send(requests))

    async def _send(self, requests: int) -> None:
        async with zeep.AsyncClient(str(BUNDLED_WSDL), wsse=_token()) as client:
            client.service._binding_options["address"] = self._url
            loop = asyncio.get_running_loop()
            began = loop.time()
            async with asyncio.TaskGroup() as tasks:
                for number in range(requests):
                    await asyncio.sleep(max(began + number * STEP_S - loop.time(), 0))
                    tasks.create_task(client.service.getItemDeliveryStatus(INPUT))
