"""The warehouse as a connection of Airflow."""

import json

from sqlalchemy import make_url


def connection(url: str) -> str:
    """A database URL as Airflow's JSON form of a connection."""
    parsed = make_url(url)
    return json.dumps(
        {
            "conn_type": "postgres",
            "host": parsed.host,
            "port": parsed.port,
            "login": parsed.username,
            "password": parsed.password,
            "schema": parsed.database,
        }
    )
