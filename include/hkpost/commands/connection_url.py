"""An address of the warehouse, read as Airflow reads its connections, without Airflow."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sqlalchemy import URL

VARIABLE = "AIRFLOW_CONN_HKPOST_WAREHOUSE"
_AIRFLOWS_OWN = {
    "iam",
    "redshift",
    "redshift-serverless",
    "cursor",
    "cluster-identifier",
    "workgroup-name",
    "aws_conn_id",
}
"""Fields of a connection's extra that are Airflow's own and no parameters of libpq."""


class WarehouseAddressError(RuntimeError):
    """The warehouse's connection cannot be read or reached; the text never holds a password."""


def url_of_connection(value: str, source: str = VARIABLE) -> URL:
    """Read an Airflow connection, JSON or URI, or a plain URL as a database's URL; `source` says where it was found.

    Raises:
        WarehouseAddressError: it cannot be read; its value is not repeated.
    """
    try:
        fields = _json_fields(value) if value.lstrip().startswith("{") else _uri_fields(value)
        extra = fields.get("extra") or {}
        extra = json.loads(extra) if isinstance(extra, str) else extra
        return URL.create(
            "postgresql+psycopg",
            username=fields.get("login") or None,
            password=fields.get("password") or None,
            host=fields.get("host") or None,
            port=int(fields["port"]) if fields.get("port") else None,
            database=fields.get("schema") or None,
            query={name: str(part) for name, part in extra.items() if name not in _AIRFLOWS_OWN},
        )
    except (ValueError, TypeError, AttributeError):
        raise WarehouseAddressError(
            f"{source} cannot be read: it is an Airflow connection as JSON "
            '({"conn_type": "postgres", "host": …, "port": …, "login": …, "password": …, "schema": "<database>"}) '
            "or a URI (postgresql://login:password@host:port/database, special characters percent-encoded)"
        ) from None


def _json_fields(value: str) -> dict[str, Any]:
    return dict(json.loads(value))


def _uri_fields(value: str) -> dict[str, Any]:
    parts = urlsplit(value)
    if not parts.scheme or not parts.netloc:
        raise ValueError("no URI")
    extra = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": unquote(parts.hostname or ""),
        "port": parts.port,
        "schema": unquote(parts.path.removeprefix("/")),
        "extra": json.loads(extra["__extra__"]) if "__extra__" in extra else extra,
    }
