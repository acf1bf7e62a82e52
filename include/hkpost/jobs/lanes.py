"""What a run learns from the lanes at its end: their curves now and then, and forecasts of what has news."""

from sqlalchemy import Engine

from hkpost.jobs.asking import AskingRules, next_polls, read_teaching, teach
from hkpost.lanes.classes import DAYS, WAITED
from hkpost.lanes.curves import Curves, learn
from hkpost.lanes.forecast import forecast
from hkpost.warehouse.lanes.forecasts import (
    add_forecasts,
    count_risk,
    due_forecasts,
    merge_forecasts,
    stage_forecasts,
)
from hkpost.warehouse.lanes.frame import frame
from hkpost.warehouse.lanes.kept_curves import (
    count_stays,
    curves_age,
    lock_curves,
    read_curves,
    refresh_quality,
    replace_curves,
    silent_lanes,
)
from hkpost.warehouse.setting import number

AT_ONCE = 100_000
"""Items in memory at a time: some tens of megabytes."""
JUDGED = 50_000
"""With more open items than this, forecasts of a sample are judged: of one item in (open items / `JUDGED`)."""


def refresh_forecasts(engine: Engine, *, at_once: int = AT_ONCE) -> int:
    """Make the curves again when they are old or much was learned since, and the forecasts that are due.

    Items that were answered since are asked again when that pays (`mail_item.next_poll_at`).

    One transaction. Returns how many forecasts are new.
    """
    minimum = int(number(engine, "minimum_items_of_a_share"))
    rules = AskingRules.read(engine)
    with engine.begin() as connection:
        lock_curves(connection)
        now, made_at, is_outdated = curves_age(connection)
        if made_at is None or is_outdated:
            made_at = now
            counts = count_stays(connection, WAITED.tolist(), DAYS.tolist())
            silent = silent_lanes(connection)
            curves = learn(counts, silent, minimum)
            replace_curves(connection, curves.rows(), now)
            teach(connection, rules, silent, minimum, now, at_once)
            [(items, _)] = frame(connection, "lanes/open_items").itertuples(index=False)
            refresh_quality(connection, max(1, int(items) // JUDGED))
        else:
            curves = Curves.from_rows(read_curves(connection))
        teaching = read_teaching(connection)
        stage_forecasts(connection)
        for items in due_forecasts(connection, made_at, at_once):
            made = forecast(items, curves, now, minimum)
            polls = next_polls(items, made["share_by_promise"], teaching, rules)
            add_forecasts(connection, made.join(items[["promised_until", "known_until"]]).join(polls))
        new = merge_forecasts(connection)
        if made_at == now:
            count_risk(connection)
        return new
