"""Whatever the service says, in whatever order and language, a replay leaves what the loads made of it."""

import itertools

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from hkpost.ecship.rows import NO_TEXTS, ItemAnswer, ReportedEvent, Texts
from hkpost.jobs.selection import Selection
from tests.helpers.answers_by_hand import HK, US, LoadedWarehouse, event, in_language, item_answer
from tests.helpers.replaying import contents, replay

NUMBERS = itertools.count(1)
MESSAGES = (
    Texts("Item posted.", "已投寄", "已投寄"),
    Texts("In transit", "運送中", "运送中"),
    Texts("Delivered.", "成功派遞", "成功派递"),
    Texts("Something new", "新事物", "新事物"),
)
PLACES = (HK, US, ("", NO_TEXTS))

events = st.builds(
    lambda minute, message, place: event(f"20-02-2026 09:{minute:02}", message, place),
    st.sampled_from((0, 1)),
    st.sampled_from(MESSAGES),
    st.sampled_from(PLACES),
)


def as_told(item_no: str, reported: list[ReportedEvent], milestone: Texts, lang: str) -> ItemAnswer:
    item = item_answer(item_no, *reported, milestone=milestone)
    return item if lang == "A" else in_language(item, lang)


answers = st.tuples(
    st.lists(events, max_size=4), st.sampled_from((NO_TEXTS, *MESSAGES)), st.sampled_from("AECS")
)


NO_EVENTS: list[ReportedEvent] = []
IN_CHINESE = (NO_EVENTS, Texts("In transit", "運送中", "运送中"), "S")
POSTED_IT, MOVES, DELIVERED_IT = (event("20-02-2026 09:01", message) for message in MESSAGES[:3])
A_DELIVERY = ([event("20-02-2026 09:00", MESSAGES[2])], MESSAGES[2], "E")


@example([IN_CHINESE, A_DELIVERY], 0)
@example([([], NO_TEXTS, "A"), IN_CHINESE, A_DELIVERY], 1)
@example([([POSTED_IT], NO_TEXTS, "E"), ([MOVES], NO_TEXTS, "C"), ([POSTED_IT], NO_TEXTS, "A")], 1)
@example([([POSTED_IT], NO_TEXTS, "E"), ([POSTED_IT], NO_TEXTS, "E"), ([DELIVERED_IT], NO_TEXTS, "C")], 1)
@settings(
    derandomize=True,
    max_examples=15,
    deadline=None,
    phases=set(Phase) - {Phase.explain},
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(answers, min_size=1, max_size=5), st.integers(0, 4))
def test_a_replay_leaves_what_the_loads_made(
    warehouse: LoadedWarehouse, history: list[tuple[list[ReportedEvent], Texts, str]], dropped: int
) -> None:
    item_no = f"RB{next(NUMBERS):09}HK"
    for reported, milestone, lang in history:
        warehouse.answer(as_told(item_no, reported, milestone, lang))
    before = contents(warehouse.engine)
    only = Selection(item_nos=(item_no,))
    replay(warehouse.engine, only)
    assert contents(warehouse.engine) == before
    warehouse.run("DELETE FROM hkpost.fact_tracking_event WHERE item_no = :no", no=item_no)
    warehouse.run("DELETE FROM hkpost.tracking_event_change WHERE item_no = :no", no=item_no)
    replay(warehouse.engine, only)
    assert contents(warehouse.engine) == before
    warehouse.run(
        "DELETE FROM hkpost.raw_response WHERE call_id IN (SELECT call_id FROM hkpost.api_call"
        " WHERE :no = ANY(item_nos) ORDER BY call_id LIMIT :dropped)",
        no=item_no,
        dropped=dropped,
    )
    replay(warehouse.engine, only)
    assert contents(warehouse.engine) == before
