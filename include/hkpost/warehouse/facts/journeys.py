"""The table `item_journey`: one row an item, which each load keeps in step with the facts.

What a journey is made of is said by one statement, `merge_journeys.sql`, for some items or for all.
"""

from pathlib import Path

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement

DERIVATION = (
    Path(__file__).with_name("merge_journeys.sql"),
    Path(__file__).parents[2] / "seeds" / "event_type.csv",
)
"""The files that say what a journey is: when one of them changes, `migrate` makes all journeys again."""


def rebuild_journeys(connection: Connection) -> int:
    """Make the journeys of all items from the facts, in the caller's transaction; no load runs meanwhile.

    Returns how many rows were written. Reads every event: a minute or so for ten million.
    """
    connection.execute(statement("archive/lock_load"))
    connection.execute(statement("facts/stage_all_journeys"))
    written = connection.execute(statement("facts/merge_journeys")).rowcount
    connection.execute(statement("facts/drop_all_journeys"))
    return written
