"""The warehouse, behind the Airflow connection `hkpost_warehouse` of type `postgres`."""

from airflow.providers.common.compat.sdk import AirflowFailException
from sqlalchemy import Engine

from hkpost.warehouse.revision import UnfitDatabaseError

WAREHOUSE_CONN_ID = "hkpost_warehouse"


def warehouse_url(conn_id: str = WAREHOUSE_CONN_ID) -> str:
    """Return the connection as a URL, its extra fields (sslmode and the like) as the query; holds the password."""
    # Here: a DAG file that names an operator does not wait for it.
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    hook = PostgresHook(postgres_conn_id=conn_id)
    extra = {
        name: str(value)
        for name, value in hook.connection.extra_dejson.items()
        if name not in PostgresHook.ignored_extra_options
    }
    return hook.sqlalchemy_url.update_query_dict(extra).render_as_string(hide_password=False)


def open_warehouse(conn_id: str = WAREHOUSE_CONN_ID) -> Engine:
    """Open the warehouse of a connection to write into it; an older schema is migrated first, where the login may.

    Raises:
        AirflowFailException: schema and code do not go together; the message names both and the command.
    """
    from hkpost.warehouse.migrate import open_migrated

    try:
        return open_migrated(warehouse_url(conn_id))
    except UnfitDatabaseError as error:
        raise AirflowFailException(str(error)) from None


def migrate_warehouse(conn_id: str = WAREHOUSE_CONN_ID) -> list[str]:
    """Bring the warehouse of a connection to the newest schema and seeds; returns what was done, a line each.

    Raises:
        AirflowFailException: schema and code do not go together; the message names both and the command.
    """
    from hkpost.warehouse.migrate import migrate

    try:
        return migrate(warehouse_url(conn_id))
    except UnfitDatabaseError as error:
        raise AirflowFailException(str(error)) from None
