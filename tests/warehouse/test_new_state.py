"""What a new state costs: a line of state.csv, a line of its event type, and its wordings. Everything else follows."""

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from bench.page import served
from hkpost.ecship.rows import Texts
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.items.terminal import mark_terminal
from tests.helpers.answers_by_hand import ARRIVAL, DELIVERED, POSTING, US, event, item_answer
from tests.helpers.replaying import replay
from tests.helpers.seed_files import Seeds

ITEM = "RB123456785HK"
DESTROYED = event("27-02-2026 11:00", Texts("Item destroyed.", "郵件已銷毀", "邮件已销毁"), US)


@pytest.fixture
def taught(seeds: Seeds) -> Seeds:
    """The warehouse after a migration with the state `destroyed` in the seed files."""
    lines = {
        "event_type": "destroyed,final,96,destroyed,true,Item destroyed,郵件已銷毀,邮件已销毁,false,",
        "wording": "event,e,Item destroyed,destroyed,a test,\nevent,c,郵件已銷毀,destroyed,a test,\n"
        "event,s,邮件已销毁,destroyed,a test,",
    }
    for name, line in lines.items():
        with (seeds.files / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
    after = "returned,120,false,true,final,waiting,Returned,已退回,已退回,To the sender\n"
    seeds.edit("state", after, f"{after}destroyed,125,false,true,final,alarm,Destroyed,已銷毀,已销毁,\n")
    return seeds


@pytest.fixture
def ended(taught: Seeds) -> Seeds:
    """An item is destroyed, and the run that learned it has ended."""
    taught.warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DESTROYED))
    assert mark_terminal(taught.warehouse.engine) == {"destroyed": 1}
    refresh_snapshots(taught.warehouse.engine)
    return taught


def test_its_items_are_closed_and_asked_about_no_more(ended: Seeds) -> None:
    item = ended.warehouse.item(ITEM)
    assert (item["state"], item["is_open"], item["close_reason"]) == ("destroyed", False, "destroyed")
    assert item["closed_at"] is not None
    assert item["next_poll_at"] is None
    assert ended.warehouse.states(ITEM)[-1][1] == "destroyed"


def test_a_correction_opens_its_items_again_as_it_does_those_of_every_terminal_state(ended: Seeds) -> None:
    ended.warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    assert ended.warehouse.item(ITEM)["is_open"]
    ended.warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, event("28-02-2026 11:00", DELIVERED, US)))
    assert ended.warehouse.item(ITEM)["state"] == "delivered"


def test_a_person_sets_it_and_reopens_from_it(ended: Seeds) -> None:
    ended.warehouse.run("INSERT INTO hkpost.mail_item (item_no, state) VALUES ('RB000000010HK', 'destroyed')")
    assert not ended.warehouse.item("RB000000010HK")["is_open"]
    ended.warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit'")
    assert ended.warehouse.item(ITEM)["is_open"]


def test_the_views_know_it(ended: Seeds) -> None:
    status = ended.warehouse.row("SELECT * FROM hkpost.item_status")
    assert (status["state"], status["is_open"], status["silent_days"]) == ("destroyed", False, None)
    week = ended.warehouse.row("SELECT * FROM hkpost.on_time")
    assert (week["items_posted"], week["items_not_delivered"], week["items_unknown"]) == (1, 1, 0)
    [lane] = ended.warehouse.rows("SELECT * FROM hkpost.delivery_performance")
    assert (lane["items_delivered"], lane["items_open"]) == (0, 0)
    assert ended.warehouse.rows("SELECT * FROM hkpost.stuck_item") == []
    final = ended.warehouse.row("SELECT * FROM hkpost.milestone_funnel WHERE stage = 'final'")
    assert (final["items"], final["items_reached"]) == (1, 1)


def test_the_quality_checks_know_it(ended: Seeds) -> None:
    broken = "SELECT name FROM hkpost.quality_check WHERE found > allowed AND name <> 'nothing_fresh'"
    assert ended.warehouse.rows(broken) == []
    ended.warehouse.run("UPDATE hkpost.mail_item SET closed_at = NULL, close_reason = NULL")
    ended.warehouse.run("UPDATE hkpost.mail_item SET last_polled_at = now() - interval '2 hours'")
    assert [row["name"] for row in ended.warehouse.rows(broken)] == ["closed_without_reason"]


def test_analysts_read_its_names(ended: Seeds) -> None:
    with ended.warehouse.engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE hkpost_analyst")
        row = connection.exec_driver_sql(
            "SELECT named.name_e, named.name_c, named.name_s, named.is_terminal"
            " FROM hkpost.mail_item JOIN hkpost.dim_state AS named USING (state)"
        ).one()
    assert tuple(row) == ("Destroyed", "已銷毀", "已销毁", True)


def test_the_page_knows_it(ended: Seeds) -> None:
    with served(ended.warehouse.engine) as address:
        states = httpx.get(f"{address}/api/states").json()["rows"]
        today = httpx.get(f"{address}/api/overview").json()
        shown = httpx.get(f"{address}/api/item/{ITEM}").json()
    names = {state["state"]: (state["name_e"], state["name_c"], state["tone"]) for state in states}
    assert names["destroyed"] == ("Destroyed", "已銷毀", "alarm")
    order = [state["state"] for state in states]
    assert order.index("destroyed") == order.index("returned") + 1
    assert today["closed_today"] == [{"close_reason": "destroyed", "items": 1}]
    assert (shown["item"]["state"], shown["timeline"][0]["type_e"]) == ("destroyed", "Item destroyed")


def test_a_replay_works_it_out_for_the_past(seeds: Seeds, request: pytest.FixtureRequest) -> None:
    seeds.warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DESTROYED))
    assert seeds.warehouse.item(ITEM)["state"] == "arrived"
    request.getfixturevalue("taught")

    replay(seeds.warehouse.engine)
    assert seeds.warehouse.item(ITEM)["state"] == "destroyed"


def test_what_is_no_state_is_refused_as_ever(taught: Seeds) -> None:
    with pytest.raises(IntegrityError, match="mail_item_state_check"):
        taught.warehouse.run("INSERT INTO hkpost.mail_item (item_no, state) VALUES ('RB000000010HK', 'lost')")


def test_a_state_that_closes_from_now_on_closes_the_items_that_are_in_it(seeds: Seeds) -> None:
    seeds.warehouse.run(
        "INSERT INTO hkpost.mail_item (item_no, state) VALUES ('A', 'exception'), ('B', 'customs')"
    )
    seeds.edit("state", "exception,90,true,false,", "exception,90,false,false,")
    assert not seeds.warehouse.item("A")["is_open"]
    assert seeds.warehouse.item("B")["is_open"]
    seeds.edit("state", "exception,90,false,false,", "exception,90,true,false,")
    assert seeds.warehouse.item("A")["is_open"]
