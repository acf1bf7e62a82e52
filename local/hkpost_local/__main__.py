"""``python -m hkpost_local COMMAND``: what the Makefile's targets run."""

import sys
from collections.abc import Callable
from importlib import import_module

from hkpost_local.interruption import Interrupted, raise_when_asked_to_end

# Imported when chosen: a command that looks at one item does not wait for Airflow's imports.
COMMANDS = {
    "demo": "hkpost_local.demo:demo",
    "up": "hkpost_local.commands:up",
    "down": "hkpost_local.commands:down",
    "sql": "hkpost_local.psql:sql",
    "dbt": "hkpost_local.integrations:dbt",
    "migrate": "hkpost_local.commands:migrate",
    "where": "hkpost_local.commands:where",
    "status": "hkpost_local.commands:status",
    "compat": "hkpost_local.compat:compat",
    "once": "hkpost_local.once:once",
}


def command(name: str) -> Callable[..., int]:
    """The function behind a command's name."""
    module, _, function = COMMANDS[name].partition(":")
    found: Callable[..., int] = getattr(import_module(module), function)
    return found


def main(arguments: list[str]) -> int:
    """Run a command; returns the exit code: 1 for a failure, with its reason in words, 128 + n after signal n."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m hkpost_local {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    raise_when_asked_to_end()
    try:
        return command(arguments[0])(*arguments[1:])
    except Interrupted as interrupted:
        print(f"\nended by {interrupted}", file=sys.stderr)
        return 128 + interrupted.number
    except (RuntimeError, OSError) as error:
        print(f"make {arguments[0]}: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
