import json

import pytest
from sqlalchemy import make_url

from hkpost.commands.connection_url import WarehouseAddressError, url_of_connection
from hkpost.commands.warehouse_address import check_reachable
from hkpost_local.airflow_settings import connection_of

FIELDS = {
    "conn_type": "postgres",
    "host": "db",
    "port": 5433,
    "login": "u",
    "password": "p@ss/w",
    "schema": "wh",
}
URL = "postgresql+psycopg://u:p%40ss%2Fw@db:5433/wh"


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        (json.dumps(FIELDS), URL),
        (json.dumps(FIELDS | {"port": "5433"}), URL),
        (json.dumps(FIELDS | {"extra": {"sslmode": "require"}}), f"{URL}?sslmode=require"),
        (json.dumps(FIELDS | {"extra": '{"sslmode": "require", "iam": false}'}), f"{URL}?sslmode=require"),
        ('{"conn_type": "postgres", "host": "db"}', "postgresql+psycopg://db"),
        ("postgres://u:p%40ss%2Fw@db:5433/wh", URL),
        ("postgresql://u:p%40ss%2Fw@db:5433/wh?sslmode=require", f"{URL}?sslmode=require"),
        (
            "postgres://u:p%40ss%2Fw@db:5433/wh?__extra__=%7B%22sslmode%22%3A+%22require%22%7D",
            f"{URL}?sslmode=require",
        ),
    ],
)
def test_a_connection_is_read_as_airflow_reads_it(connection: str, expected: str) -> None:
    assert url_of_connection(connection) == make_url(expected)


@pytest.mark.parametrize(
    "connection", ["s3cret", "{s3cret", '["s3cret"]', '{"port": "s3cret"}', "postgres:s3cret"]
)
def test_what_cannot_be_read_is_told_without_repeating_it(connection: str) -> None:
    with pytest.raises(WarehouseAddressError, match="AIRFLOW_CONN_HKPOST_WAREHOUSE cannot be read") as error:
        url_of_connection(connection)
    assert "s3cret" not in str(error.value)


def test_a_url_becomes_a_connection_and_back() -> None:
    assert url_of_connection(json.dumps(connection_of(make_url(URL)))) == make_url(URL)


def test_a_warehouse_that_is_down_is_named_without_its_password() -> None:
    url = make_url("postgresql+psycopg://u:s3cret@127.0.0.1:1/wh")
    with pytest.raises(WarehouseAddressError, match=r"wh at 127\.0\.0\.1:1 cannot be reached") as error:
        check_reachable(url)
    assert "s3cret" not in str(error.value)


def test_a_refused_password_is_not_repeated(pg_url: str) -> None:
    with pytest.raises(WarehouseAddressError, match="cannot be reached") as error:
        check_reachable(make_url(pg_url).set(password="s3cret", username="nobody-here"))
    assert "s3cret" not in str(error.value)
