"""What a run learns from the lanes at its end: their curves now and then, and forecasts of what has news."""

from sqlalchemy import Engine

from hkpost.lanes.classes import DAYS, WAITED
from hkpost.lanes.curves import Curves, learn
from hkpost.lanes.forecast import forecast
from hkpost.warehouse.lanes.forecasts import add_forecasts, due_forecasts, merge_forecasts, stage_forecasts
from hkpost.warehouse.lanes.kept_curves import (
    count_stays,
    curves_age,
    lock_curves,
    read_curves,
    replace_curves,
    silent_lanes,
)
from hkpost.warehouse.setting import number

AT_ONCE = 100_000
"""Items in memory at a time: some tens of megabytes."""


def refresh_forecasts(engine: Engine, *, at_once: int = AT_ONCE) -> int:
    """Make the curves again when they are old or much was learned since, and the forecasts that are due.

    One transaction. Returns how many forecasts are new.
    """
    minimum = int(number(engine, "minimum_items_of_a_share"))
    with engine.begin() as connection:
        lock_curves(connection)
        now, made_at, is_outdated = curves_age(connection)
        if made_at is None or is_outdated:
            made_at = now
            counts = count_stays(connection, WAITED.tolist(), DAYS.tolist())
            curves = learn(counts, silent_lanes(connection), minimum)
            replace_curves(connection, curves.rows(), now)
        else:
            curves = Curves.from_rows(read_curves(connection))
        stage_forecasts(connection)
        for items in due_forecasts(connection, made_at, at_once):
            made = forecast(items, curves, now, minimum)
            add_forecasts(connection, made.join(items[["promised_until", "known_until"]]))
        return merge_forecasts(connection)
