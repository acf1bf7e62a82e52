"""What cannot be loaded is set aside: it holds nothing else up, its reason is noted, its items are due again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Engine

from hkpost.history.item_result import Reject
from hkpost.jobs.chunk import Memory, load_answers
from hkpost.jobs.summary import LoadSummary
from hkpost.reasons import Reason, Why
from hkpost.warehouse.archive.pending import PendingAnswer, mark_loaded, next_chunk
from hkpost.warehouse.errors import concerns_warehouse, in_words
from hkpost.warehouse.facts.rejects import note_rejects, rejected
from hkpost.warehouse.facts.store import make_stage
from hkpost.warehouse.statements import statement

NO_ACCIDENT: Final = 10
"""Where this number of answers wait and none can be loaded, the cause is not in the answers."""
_ON_TRIAL: Final = Reason(Why.SET_ASIDE, ("",))
"""Of items that are left out of a trial, of which nothing stays."""


def load_one_by_one(engine: Engine, summary: LoadSummary, report: Callable[[str], None]) -> bool:
    """Load the oldest answers, which failed together, each in its own transaction; False when none waits.

    One that fails is loaded without the items that cannot be loaded; where none can, it is set aside whole. Both
    count as loaded from then on: only a replay tries them again. Raises what went wrong where no answer is to
    blame: nothing of `NO_ACCIDENT` answers can be loaded, or no item may be written at all.
    """
    with engine.connect() as connection:
        call_ids = [answer.call_id for answer in next_chunk(connection)]
    left: list[tuple[int, Exception, Mapping[str, Reason]]] = []
    for call_id in call_ids:
        error = _load(engine, call_id, {}, summary)
        if error is None:
            continue
        culprits, is_any_good = _culprits(engine, call_id)
        if not is_any_good or not _loaded_without(engine, call_id, culprits, summary, report):
            left.append((call_id, error, culprits))
    if len(left) == len(call_ids) >= NO_ACCIDENT:
        raise left[0][1]
    for call_id, error, culprits in left:
        if not culprits or not _loaded_without(engine, call_id, culprits, summary, report):
            _set_aside(engine, call_id, error, summary, report, even_asleep=len(left) < len(call_ids))
    return bool(call_ids)


def _loaded_without(
    engine: Engine,
    call_id: int,
    culprits: Mapping[str, Reason],
    summary: LoadSummary,
    report: Callable[[str], None],
) -> bool:
    if _load(engine, call_id, culprits, summary) is not None:
        return False
    for item_no, reason in culprits.items():
        report(f"{item_no} (answer {call_id}): {reason}")
    return True


def _load(
    engine: Engine, call_id: int, set_aside: Mapping[str, Reason], summary: LoadSummary
) -> Exception | None:
    """Load one answer without some of its items, which are due again; the error, if it is the answer's."""
    own = LoadSummary()
    try:
        with engine.begin() as connection:
            connection.execute(statement("archive/lock_load"))
            answers = next_chunk(connection, call_id)
            for answer in answers:  # unless another load took it meanwhile
                load_answers(connection, answers, Memory(), own, set_aside)
                _release(connection, call_id, set_aside, may_stay=len(answer.item_nos) - 1)
    except Exception as error:  # whatever an answer raises, it is its own
        if concerns_warehouse(error):
            raise
        return error
    summary.add(own)
    return None


def _culprits(engine: Engine, call_id: int) -> tuple[Mapping[str, Reason], bool]:
    """The items of an answer that cannot be loaded, each with the reason, and whether any other can be.

    Without culprits, it is the answer itself. Each item is tried alone, and nothing of that stays. Raises what
    went wrong where not even nothing can be loaded: then no answer is to blame.
    """
    with engine.connect() as connection:
        connection.execute(statement("archive/lock_load"))
        answers = next_chunk(connection, call_id)
        if (error := _trial(connection, [], ())) is not None:
            raise error
        item_nos = [item_no for answer in answers for item_no in answer.item_nos]
        if _trial(connection, answers, item_nos) is not None:
            return {}, False
        tried = {
            item_no: _trial(connection, answers, [other for other in item_nos if other != item_no])
            for item_no in item_nos
        }
    culprits = {
        item_no: Reason(Why.SET_ASIDE, (in_words(error),)) for item_no, error in tried.items() if error
    }
    return culprits, 0 < len(culprits) < len(item_nos)


def _trial(
    connection: Connection, answers: Sequence[PendingAnswer], without: Iterable[str]
) -> Exception | None:
    """Load and take it back; what went wrong, if it is the answers'."""
    savepoint = connection.begin_nested()
    try:
        load_answers(connection, answers, Memory(), LoadSummary(), dict.fromkeys(without, _ON_TRIAL))
        # What waits for the end of the transaction, too.
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    except Exception as error:  # whatever an item raises, it is its own
        if concerns_warehouse(error):
            raise
        return error
    else:
        return None
    finally:
        savepoint.rollback()


def _set_aside(
    engine: Engine,
    call_id: int,
    error: Exception,
    summary: LoadSummary,
    report: Callable[[str], None],
    *,
    even_asleep: bool,
) -> None:
    """Set an answer aside with all its items, unless another load took it.

    Raises the error, and does nothing, when none of them can be made due, unless they may stay asleep.
    """
    reason = Reason(Why.SET_ASIDE, (in_words(error),))
    with engine.begin() as connection:
        connection.execute(statement("archive/lock_load"))
        answers = next_chunk(connection, call_id)
        make_stage(connection)
        for answer in answers:
            note_rejects(connection, [rejected(answer.account, call_id, Reject(None, reason))])
            may_stay = len(answer.item_nos) - (not even_asleep)
            try:
                _release(connection, call_id, answer.item_nos, may_stay=may_stay)
            except _AsleepError:
                raise error from None
        mark_loaded(connection, answers, connection.execute(statement("archive/clock")).scalar_one())
    for answer in answers:
        summary.answers += 1
        summary.rejected += 1
        summary.set_aside += len(answer.item_nos)
        report(f"answer {call_id}, all its items: {reason}")


class _AsleepError(Exception):
    """No item of an answer can be made due again."""


def _release(connection: Connection, call_id: int, item_nos: Iterable[str], *, may_stay: int) -> None:
    """Make items due that wait for an answer in vain; `check_quality` names those whose row may not be changed.

    Raises _AsleepError when these are more than `may_stay`.
    """
    refused = 0
    for item_no in item_nos:
        savepoint = connection.begin_nested()
        try:
            connection.execute(statement("items/release_item"), {"call_id": call_id, "item_no": item_no})
        except Exception as error:  # a trigger of the owner may refuse with any error
            savepoint.rollback()
            if concerns_warehouse(error):
                raise
            refused += 1
        else:
            savepoint.commit()
    if refused and refused > may_stay:
        raise _AsleepError
