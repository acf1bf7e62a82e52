"""`replay`: the archive folded again, bucket after bucket, in this process."""

from argparse import Namespace
from functools import partial

from sqlalchemy import URL

from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import selection_of
from hkpost.jobs.summary import ReplaySummary
from hkpost.warehouse.migrate import open_migrated


def command(url: URL, given: Namespace) -> int:
    """Replay what the arguments select and print the counts; returns the exit code, 1 when items were set aside.

    Raises:
        ValueError: an argument cannot be read; names it.
    """
    say = partial(print, flush=True)
    selection = selection_of(given.since, given.until, given.account, "\n".join(given.items))
    engine = open_migrated(url.render_as_string(hide_password=False))
    total = ReplaySummary()
    try:
        plan, read = plan_replay(engine, selection, report=say)
        for bucket in plan:
            total.add(replay_bucket(engine, bucket, report=say))
    finally:
        engine.dispose()
    print(f"{read.answers:,} answers read ({read.damaged:,} damaged, {read.orphaned:,} without a request)")
    print(f"{total.items:,} items, {total.items_changed:,} of them changed; {total.events_new:,} new events")
    if total.set_aside:
        print(f"{total.set_aside:,} items stay as they are: hkpost.rejected_record says why")
    return 1 if total.set_aside else 0
