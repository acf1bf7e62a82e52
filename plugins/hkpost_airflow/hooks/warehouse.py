"""The warehouse, behind the Airflow connection `hkpost_warehouse` of type `postgres`."""

from airflow.providers.postgres.hooks.postgres import PostgresHook
from sqlalchemy import Engine

from hkpost.warehouse.engine import warehouse_engine

WAREHOUSE_CONN_ID = "hkpost_warehouse"


def warehouse_url(conn_id: str = WAREHOUSE_CONN_ID) -> str:
    """Return the connection as a URL, its extra fields (sslmode and the like) as the query; holds the password."""
    hook = PostgresHook(postgres_conn_id=conn_id)
    extra = {
        name: str(value)
        for name, value in hook.connection.extra_dejson.items()
        if name not in PostgresHook.ignored_extra_options
    }
    return hook.sqlalchemy_url.update_query_dict(extra).render_as_string(hide_password=False)


def open_warehouse(conn_id: str = WAREHOUSE_CONN_ID) -> Engine:
    """Open the warehouse of a connection."""
    return warehouse_engine(warehouse_url(conn_id))
