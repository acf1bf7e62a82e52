"""The tables `queue_item` and `queue_day`: what needs a person, as of the end of a run."""

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement


def refresh_queue(connection: Connection) -> None:
    """Bring the queues in step with the journeys, lanes and forecasts, and count them, in the caller's transaction."""
    connection.execute(statement("snapshots/lock_queue"))
    connection.execute(statement("snapshots/refresh_queue"))
