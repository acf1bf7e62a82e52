"""The arguments of `python -m hkpost`."""

import argparse
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

_WAREHOUSE = """The warehouse, from the first of these that is there:
  --url-file FILE                a file with its URL, or with an Airflow connection
  HKPOST_WAREHOUSE_URL           postgresql://user:password@host:5432/database
  AIRFLOW_CONN_HKPOST_WAREHOUSE  Airflow's connection, as JSON or as a URI
No option takes a password: others could read it in the list of processes."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed (the reason is on standard error), 2 wrong arguments."""
    given = _parser().parse_args(arguments)
    # Not before: what only asks for help does not wait for the libraries.
    from hkpost.commands.run import run

    return run(given, environment)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hkpost",
        description="Hongkong Post tracking: what operations do with a warehouse.",
        epilog=_WAREHOUSE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"hkpost-tracking {version('hkpost-tracking')}"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=does,
            description=f"{does.capitalize()}.",
            epilog=_WAREHOUSE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.add_argument(
            "--url-file",
            type=Path,
            metavar="FILE",
            help="a file that holds the warehouse's URL (a mounted secret)",
        )
        return added

    command("migrate", "bring the warehouse to this version's schema and seed files")
    command("status", "show versions, open items, requests of the day, open alerts")
    where = command("where", "show one item: its state, events and requests")
    where.add_argument("item", metavar="ITEM", help="its number: RB123456785HK")
    replay = command("replay", "work events and states out again from the archive, without a request")
    replay.add_argument("--since", default="", metavar="INSTANT", help="only answers received from then on")
    replay.add_argument("--until", default="", metavar="INSTANT", help="only answers received up to then")
    replay.add_argument("--account", default="", help="only items of this account")
    replay.add_argument(
        "--item", default=[], dest="items", action="append", help="only this item; may be repeated"
    )
    export = command("export", "write the tables as Parquet files, of which only what changed is new")
    export.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where to; the files of the last export stay"
    )
    return parser
