"""Where the planner needs a hint about what it cannot know."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

_SEQSCAN = "SELECT set_config('enable_seqscan', %s, true)"


@contextmanager
def seqscan_disabled(connection: Connection) -> Iterator[None]:
    """What is asked inside reaches its rows by index, in each partition.

    An item's rows lie in one or two partitions, and the planner takes them to lie in all: from some millions of
    events on it would rather read every one of them, for each chunk of a load. And it takes what never goes together
    (open, and closed at some time) to be as common as chance would have it.
    """
    connection.exec_driver_sql(_SEQSCAN, ("off",))
    yield
    # Not after an error: that ends the transaction, and the setting with it.
    connection.exec_driver_sql(_SEQSCAN, ("on",))
