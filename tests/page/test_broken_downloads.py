"""The page over HTTP, as Airflow serves it: a list that is not read to its end never looks complete."""

import csv
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import httpx
import pytest
from sqlalchemy import Engine, text

from bench.page import served
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.ports import free_port

ROWS = 50_000


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hkpost.rejected_record (source, item_no, reason)"
                " SELECT 'load', n, repeat('why ', 10) FROM generate_series(1, :rows) AS n"
            ),
            {"rows": ROWS},
        )
    yield engine
    engine.dispose()


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    with served(engine) as address:
        yield address


def test_a_list_of_any_length_is_downloaded_whole(address: str) -> None:
    answer = httpx.get(f"{address}/api/list/rejected/csv", timeout=120)
    assert answer.status_code == 200
    rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
    assert [row["Item number"] for row in rows] == [str(n) for n in range(ROWS, 0, -1)]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_list_whose_session_is_killed_midway_is_an_error_and_no_file(
    engine: Engine, address: str, encoding: str
) -> None:
    ended = threading.Event()
    killed: list[object] = []

    def kill() -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not ended.is_set() and not killed:
                killed.extend(
                    connection.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                            " AND pid <> pg_backend_pid() AND query ~ '^FETCH FORWARD'"
                        )
                    ).scalars()
                )

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(httpx.HTTPError):
            answer = httpx.get(
                f"{address}/api/list/rejected/csv", headers={"Accept-Encoding": encoding}, timeout=120
            )
            assert "the warehouse (connection hkpost_warehouse)" in answer.json()["detail"]
            answer.raise_for_status()
    finally:
        ended.set()
        killer.join()
    assert killed == [True]


def test_a_list_of_a_warehouse_that_is_down_is_an_error_and_no_empty_file(
    new_warehouse: Callable[[], AbstractContextManager[str]],
) -> None:
    with new_warehouse() as url:
        gone = warehouse_engine(url)
    with served(gone) as address:
        answer = httpx.get(f"{address}/api/list/rejected/csv", timeout=60)
    assert answer.status_code == 503
    detail = answer.json()["detail"]
    assert "does not exist" in detail
    assert str(gone.url.host) not in detail


def test_a_warehouse_that_cannot_be_reached_is_said_to_be_so_without_its_host() -> None:
    port = free_port()
    with served(warehouse_engine(f"postgresql+psycopg://me:secret@127.0.0.1:{port}/x")) as address:
        answer = httpx.get(f"{address}/api/states", timeout=60)
    assert answer.status_code == 503
    detail = answer.json()["detail"]
    assert "cannot be reached" in detail
    assert not {"127.0.0.1", str(port), "secret"} & set(detail.replace(":", " ").split())
