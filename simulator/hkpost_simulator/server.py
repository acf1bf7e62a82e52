"""`Simulator`: the whole service in this process, for tests and for the command line."""

import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from hkpost.ecship.limits import DAILY_QUOTA, MIN_INTERVAL_MS
from hkpost_simulator.answer_xml import Namespaces
from hkpost_simulator.catalogue import Catalogue, Shipment, shipments
from hkpost_simulator.clock import SimulatedClock
from hkpost_simulator.control import PREFIX
from hkpost_simulator.faults import Fault, FaultKind
from hkpost_simulator.http_server import ServiceServer
from hkpost_simulator.limits import Limits
from hkpost_simulator.request_log import RequestRecord
from hkpost_simulator.security import Credentials
from hkpost_simulator.service import Service
from hkpost_simulator.truth import ItemTruth
from hkpost_simulator.world import World
from hkpost_simulator.wsdl import SERVICE

DEFAULT_ITEMS = 3_000
DEFAULT_USERS = {"simulator": "simulator"}


class Simulator:
    """An EC-Ship Mail Tracking service; `with Simulator() as simulator:` serves from a thread.

    Args:
        seed: the same seed, items and anchor give the same world.
        items: how many items the catalogue holds.
        anchor: the instant that the items' ages count back from; default the last midnight in Hong Kong.
        start: the simulated instant at which the clock begins; default the real one.
        speed: simulated seconds in a real one.
        frozen: begin with the clock standing still.
        users: password by API username; default `simulator` with password `simulator`.
        gap_ms: least milliseconds between two arrivals of one user (9991); 0 lets everything through.
        daily_quota: requests of one user in a real Hong Kong day (9994).
        latency_s: seconds before each answer.
        newest_first: the order of events in an answer.
        namespaces: how the fields of an answer are qualified.
        host: address to listen on.
        port: 0 takes a free one.

    Raises:
        OSError: the address cannot be listened on.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        items: int = DEFAULT_ITEMS,
        anchor: datetime | None = None,
        start: datetime | None = None,
        speed: float = 1.0,
        frozen: bool = False,
        users: Mapping[str, str] | None = None,
        gap_ms: float = MIN_INTERVAL_MS,
        daily_quota: int = DAILY_QUOTA,
        latency_s: float = 0.0,
        newest_first: bool = True,
        namespaces: Namespaces = Namespaces.TWO,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.clock = SimulatedClock(start or datetime.now(UTC), speed=speed, frozen=frozen)
        self.catalogue = Catalogue(seed, items, anchor)
        self.world = World(self.catalogue, newest_first=newest_first)
        self.credentials = Credentials(DEFAULT_USERS if users is None else users)
        self.limits = Limits(gap_ms, daily_quota)
        self.service = Service(
            self.world,
            self.clock,
            self.credentials,
            self.limits,
            latency_s=latency_s,
            namespaces=namespaces,
        )
        self._server = ServiceServer((host, port), self.service)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve from a thread until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and end every connection."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.close_connections()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        """`http://host:port`, reachable from this machine."""
        return f"http://{self._server.authority}"

    @property
    def url(self) -> str:
        """The URL to POST to."""
        return f"{self.base_url}{SERVICE}"

    @property
    def wsdl_url(self) -> str:
        """The URL of the WSDL."""
        return f"{self.url}?wsdl"

    @property
    def control_url(self) -> str:
        """The URL of the control face, with a slash at its end."""
        return f"{self.base_url}{PREFIX}"

    def truth(self, item_nos: Iterable[str] | None = None) -> dict[str, ItemTruth]:
        """Return what would be answered now, by item number; for every item without an argument."""
        now = self.clock.now()
        return {
            item_no: self.world.truth(item_no, now)
            for item_no in (self.world.item_nos() if item_nos is None else item_nos)
        }

    def script(self, item: ItemTruth) -> None:
        """Answer exactly this for the item's number from now on."""
        self.world.script(item)

    def fault(
        self,
        kind: FaultKind | str,
        value: float | str | None = None,
        *,
        times: int | None = 1,
        item: str | None = None,
        skip: int = 0,
    ) -> None:
        """Queue a fault (see `FaultKind`); `times=None` stays until `clear_faults`."""
        self.service.faults.add([Fault(FaultKind(kind), value, times, item, skip)])

    def clear_faults(self) -> None:
        """Forget every fault."""
        self.service.faults.clear()

    def requests(self, after: int = 0) -> list[RequestRecord]:
        """Return the log of requests with a number above `after`."""
        return self.service.log.records(after)

    def stats(self) -> dict[str, Any]:
        """Return figures over the log: least gap, counts by code, items asked more than once."""
        return self.service.log.stats()

    def shipments(self) -> Iterable[Shipment]:
        """Give the sender's own rows for the items of this world."""
        return shipments(self.catalogue.seed, self.catalogue.count, self.catalogue.anchor)
