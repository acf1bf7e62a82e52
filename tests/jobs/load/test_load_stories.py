"""Whatever a service answers about items, in one run or several: what the tables say after each load."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hkpost.history.observation import time_key
from hkpost.warehouse.items.terminal import mark_terminal
from hkpost.warehouse.watch.quality import INVARIANTS, check_quality
from tests.helpers.answers_by_hand import LoadedWarehouse, answer_xml
from tests.helpers.histories import KnownFact, Story, assert_complete, assert_current, known_fact, stories

FACTS = """
SELECT item_no, event_key, event_time_local, event_time_text, location_code, retracted_at IS NULL AS is_current,
       location_e, location_c, location_s, hkpost.fill_template(message_e, text_params) AS message_e,
       hkpost.fill_template(message_c, text_params) AS message_c,
       hkpost.fill_template(message_s, text_params) AS message_s
  FROM hkpost.fact_tracking_event
  LEFT JOIN (SELECT place_id, location_e, location_c, location_s FROM hkpost.dim_place) AS p USING (place_id)
  LEFT JOIN hkpost.dim_event_text USING (text_id)
"""
EVER = "SELECT item_no, event_key FROM hkpost.fact_tracking_event WHERE item_no = ANY(:nos)"
SNAPSHOT = "SELECT f::text FROM hkpost.fact_tracking_event f WHERE item_no = ANY(:nos) ORDER BY 1"


def facts(warehouse: LoadedWarehouse, number: str) -> list[KnownFact]:
    return [
        known_fact(
            str(row["event_key"]),
            time_key(row["event_time_local"], row["event_time_text"] or ""),
            row["location_code"],
            [row[f"location_{lang}"] or "" for lang in "ecs"],
            [row[f"message_{lang}"] for lang in "ecs"],
            is_current=row["is_current"],
        )
        for row in warehouse.rows(f"{FACTS} WHERE item_no = :no", no=number)
    ]


def ever_reported(warehouse: LoadedWarehouse, numbers: Iterable[str]) -> set[tuple[str, str]]:
    """Every event of some items that any answer has shown, current or not, by its key."""
    return {(row["item_no"], row["event_key"]) for row in warehouse.rows(EVER, nos=list(numbers))}


def archive(warehouse: LoadedWarehouse, asked: dict[str, Story], turn: int) -> dict[str, Story]:
    """One request about the items whose stories have as many answers; returns those."""
    here = {number: story for number, story in asked.items() if turn < len(story.answers)}
    items = [replace(story.answers[turn].answer, item_no=number) for number, story in here.items()]
    if here:
        warehouse.archive(list(here), answer_xml(items))
    return here


def test_property_the_tables_after_each_load(warehouse: LoadedWarehouse) -> None:
    """Items with a story each; half of them are loaded answer by answer, half all answers at once."""
    batches = iter(range(1_000))

    # Not shrunk: each try is a few loads. The pure functions' test finds the smallest example.
    @settings(
        max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.lists(stories(), min_size=10, max_size=16))
    def run(drawn: Sequence[Story]) -> None:
        batch = next(batches)
        stepwise = {f"A{batch:05d}{n:03d}": story for n, story in enumerate(drawn)}
        at_once = {f"B{batch:05d}{n:03d}": story for n, story in enumerate(drawn)}
        warehouse.register(*stepwise, *at_once)
        ever: set[tuple[str, str]] = set()
        for turn in range(max(len(story.answers) for story in drawn)):
            silent = [
                no for no, s in stepwise.items() if turn < len(s.answers) and not s.answers[turn].is_good
            ]
            before = warehouse.rows(SNAPSHOT, nos=silent)
            here = archive(warehouse, stepwise, turn)
            warehouse.load()
            assert warehouse.rows(SNAPSHOT, nos=silent) == before, (
                "errors and empty answers take away nothing"
            )
            ever_before, ever = ever, ever_reported(warehouse, stepwise)
            assert ever_before <= ever, "every event ever reported stays"
            for number, story in here.items():
                assert_story(warehouse, number, story, turn)
        for turn in range(max(len(story.answers) for story in drawn)):
            archive(warehouse, at_once, turn)
        warehouse.load()
        for number, story in at_once.items():
            assert_story(warehouse, number, story, len(story.answers) - 1)
            twin = facts(warehouse, number.replace("B", "A", 1))
            assert sorted(fact[1:] for fact in facts(warehouse, number)) == sorted(fact[1:] for fact in twin)
        mark_terminal(warehouse.engine)
        found = broken(warehouse)
        assert found == []

    run()


def assert_story(warehouse: LoadedWarehouse, number: str, story: Story, turn: int) -> None:
    """What the tables must say of an item after this turn's answer."""
    known = facts(warehouse, number)
    good = [answer for answer in story.answers[: turn + 1] if answer.is_good]
    assert warehouse.item(number)["event_count"] == sum(fact.is_current for fact in known)
    if good:
        assert_current(good[-1], known)
    if story.is_decidable:
        assert_complete(story, good, known)


def broken(warehouse: LoadedWarehouse) -> list[object]:
    """The promises of the tables that are broken: every change has its place in the story of its event."""
    found = [finding.name for finding in check_quality(warehouse.engine, INVARIANTS)]
    odd = warehouse.rows(
        """
        SELECT item_no, event_key, array_agg(change ORDER BY changed_at, change) AS changes
          FROM hkpost.tracking_event_change GROUP BY item_no, event_key
        EXCEPT
        SELECT item_no, event_key, array_agg(change ORDER BY changed_at, change)
          FROM hkpost.tracking_event_change
         GROUP BY item_no, event_key
        HAVING string_agg(change, ' ' ORDER BY changed_at, change)
               ~ '^appeared( retracted returned)*( retracted)?$'
        """
    )
    return [*found, *odd]
