"""Our client: the whole fetching of an account, with lease, ledger and archive in a real PostgreSQL."""

from sqlalchemy import text

from bench.answers import ITEMS, item_number
from bench.client.message import LOGIN, PASSWORD
from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.settings import account_settings
from hkpost.warehouse.engine import warehouse_engine

_REGISTER = "INSERT INTO hkpost.mail_item (item_no) SELECT unnest(CAST(:item_nos AS varchar[]))"
_FIRST_SERIAL = """
    SELECT coalesce(max(substr(item_no, 3, 8)::integer), 0) + 1 FROM hkpost.mail_item WHERE item_no LIKE 'RY%'
"""
_ALL_DAY_S = 86_400


class Ours:
    """Registers as many new items as the requests need, and asks about them as a run does.

    Args:
        url: where the service is.
        warehouse_url: a migrated warehouse.
    """

    def __init__(self, url: str, warehouse_url: str) -> None:
        self._engine = warehouse_engine(warehouse_url)
        self._settings = account_settings("hkpost_default", url, LOGIN, PASSWORD, {})
        self._registered = 0

    def register(self, requests: int) -> None:
        """Make items due for this number of requests."""
        with self._engine.begin() as connection:
            first = int(connection.execute(text(_FIRST_SERIAL)).scalar_one())
            numbers = [item_number(first + place) for place in range(requests * ITEMS)]
            connection.execute(text(_REGISTER), {"item_nos": numbers})
        self._registered = len(numbers)

    def send(self) -> None:
        """Ask about what is registered.

        Raises:
            RuntimeError: not every item was answered.
        """
        job = FetchJob(self._settings, "bench", max_run_s=_ALL_DAY_S)
        summary = fetch_account(self._engine, job, lambda line: None)
        if summary.failure or summary.items_answered != self._registered:
            raise RuntimeError(f"our client did not get through: {summary.line()}")
