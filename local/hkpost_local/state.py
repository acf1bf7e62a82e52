"""What `make up` leaves running: which processes, and where its UI and its simulator are."""

import json

from hkpost_local.paths import private_folder
from hkpost_local.private_file import write_private
from hkpost_local.processes import Processes


def registered_processes() -> Processes:
    """The processes of this project's system, whichever command started them."""
    return Processes(private_folder("run") / "processes.json", private_folder("logs"))


def save_addresses(ui: str, simulator: str) -> None:
    """Write down that the system stays up, with the addresses of its UI and of its simulator."""
    write_private(private_folder("run") / "addresses.json", json.dumps({"ui": ui, "simulator": simulator}))


def saved_addresses() -> dict[str, str] | None:
    """The addresses of the system that `make up` left running; None when none runs, after a reboot for example."""
    marker = private_folder("run") / "addresses.json"
    if not marker.exists() or not registered_processes().running():
        return None
    addresses: dict[str, str] = json.loads(marker.read_text())
    return addresses


def clear_addresses() -> None:
    """Write down that nothing stays up."""
    (private_folder("run") / "addresses.json").unlink(missing_ok=True)
