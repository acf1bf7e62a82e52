"""One command, run: on the warehouse that is given, with a failure in words."""

import logging
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from importlib import import_module

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from hkpost.commands.warehouse_address import check_reachable, given_url


def run(given: Namespace, environment: Mapping[str, str]) -> int:
    """Run `given.command`, the function of that name in its module; returns the exit code, 1 after a failure."""
    logging.basicConfig(format="%(message)s")
    module = import_module(f"hkpost.commands.{given.command}")
    command: Callable[[URL, Namespace], int] = module.command
    try:
        url = given_url(given.url_file, environment)
        check_reachable(url)
        return command(url, given)
    except (RuntimeError, ValueError) as error:
        words = str(error)
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", None) or error).strip()
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return 130
    print(f"hkpost {given.command}: {words}", file=sys.stderr)
    return 1
