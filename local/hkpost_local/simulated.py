"""The simulated EC-Ship service as a process, and its world, which goes on from one demo to the next."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from hkpost_simulator.catalogue import today

LOGIN = "demo"
FIRST_SEED = 20_260_101
ITEMS = 3_000
BEHIND = timedelta(days=14)
"""The simulated clock starts that far back: days pass in it from demo to demo, and it stays in the past."""


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """What a simulator must be started with to be the same world: `anchor` and `clock` are ISO 8601."""

    seed: int
    items: int
    anchor: str
    clock: str

    def at(self, instant: datetime) -> "SimulatedWorld":
        """The same world, its clock set to `instant`."""
        return replace(self, clock=instant.isoformat())

    def later(self, step: timedelta) -> "SimulatedWorld":
        """The same world, its clock moved on."""
        return self.at(datetime.fromisoformat(self.clock) + step)

    def arguments(self) -> list[str]:
        """The simulator's command line, with the clock where it stands."""
        options = {"--seed": self.seed, "--items": self.items, "--anchor": self.anchor, "--start": self.clock}
        return [f"{name}={value}" for name, value in options.items()]


def known_world(folder: Path) -> SimulatedWorld | None:
    """The world that a former command kept in `folder`, None at the first."""
    path = folder / "simulated_world.json"
    return SimulatedWorld(**json.loads(path.read_text())) if path.exists() else None


def new_world() -> SimulatedWorld:
    """A world at its beginning."""
    anchor = today() - BEHIND
    return SimulatedWorld(FIRST_SEED, ITEMS, anchor.isoformat(), (anchor + timedelta(hours=12)).isoformat())


def keep_world(folder: Path, world: SimulatedWorld) -> None:
    """Write the world down for the next command."""
    (folder / "simulated_world.json").write_text(json.dumps(asdict(world)))


class SimulatorControl:
    """The running simulator's control face.

    :param address: ``http://host:port`` of the simulator.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return self._http.get("/_sim/clock").is_success
        except httpx.TransportError:
            return False

    def set_password(self, login: str, password: str) -> None:
        """Let an API user in. (On the simulator's command line everyone on the machine could read it.)"""
        self._call("POST", "users", {login: password})

    def clock(self) -> datetime:
        """The simulated instant."""
        return datetime.fromisoformat(self._call("GET", "clock")["now"])

    def truth(self) -> dict[str, dict[str, Any]]:
        """What the service would answer now, by item number."""
        return dict(self._call("GET", "truth")["items"])

    def _call(self, method: str, route: str, value: object | None = None) -> dict[str, Any]:
        answer = self._http.request(method, f"/_sim/{route}", json=value)
        answer.raise_for_status()
        return dict(answer.json()) if isinstance(answer.json(), dict) else {}
