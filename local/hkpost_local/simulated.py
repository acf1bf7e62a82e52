"""The simulated EC-Ship service as a process, and its world, which goes on from one demo to the next."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

LOGIN = "demo"
FIRST_SEED = 20_260_101
ITEMS = 3_000


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """What a simulator must be started with to be the same world: `anchor` is ISO 8601. Its clock is the real one."""

    seed: int
    items: int
    anchor: str

    def arguments(self) -> list[str]:
        """The simulator's command line but for its clock."""
        options = {"--seed": self.seed, "--items": self.items, "--anchor": self.anchor}
        return [f"{name}={value}" for name, value in options.items()]


def known_world(folder: Path) -> SimulatedWorld | None:
    """The world that a former command kept in `folder`, None at the first.

    :raises RuntimeError: when it was kept by another version of the demo, whose items were others.
    """
    path = folder / "simulated_world.json"
    if not path.exists():
        return None
    try:
        return SimulatedWorld(**json.loads(path.read_text()))
    except TypeError:
        raise RuntimeError(
            f"{folder} holds the demo of another version, whose simulated items were others: "
            "remove that folder (the demo's own, nothing else is in it) to begin a new one"
        ) from None


def new_world() -> SimulatedWorld:
    """A world whose items have left the business in the last two months, until now."""
    return SimulatedWorld(FIRST_SEED, ITEMS, datetime.now(UTC).isoformat(timespec="seconds"))


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

    def set_clock(self, instant: datetime, *, is_frozen: bool) -> None:
        """Let the simulated clock stand at `instant`, or run on from there."""
        self._call("POST", "clock", {"freeze": instant.isoformat()})
        if not is_frozen:
            self._call("POST", "clock", {"resume": True})

    def truth(self) -> dict[str, dict[str, Any]]:
        """What the service would answer now, by item number."""
        return dict(self._call("GET", "truth")["items"])

    def _call(self, method: str, route: str, value: object | None = None) -> dict[str, Any]:
        answer = self._http.request(method, f"/_sim/{route}", json=value)
        answer.raise_for_status()
        return dict(answer.json()) if isinstance(answer.json(), dict) else {}
