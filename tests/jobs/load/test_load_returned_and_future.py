"""Returns and events that lie ahead, from the answer to the tables, and the same in a replay."""

from datetime import timedelta

from hkpost.ecship.rows import Texts
from hkpost.warehouse.items.terminal import mark_terminal
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED,
    DELIVERED_MILESTONE,
    HK,
    POSTING,
    T0,
    US,
    LoadedWarehouse,
    event,
    item_answer,
)
from tests.helpers.replaying import contents, replay

ITEM, OTHER = "RB123456785HK", "RB000000010US"
SENT_BACK = event("26-02-2026 10:00", Texts("Returned to sender", "已退回寄件人", "已退回寄件人"), US)
AT_HOME = event("28-02-2026 10:00", DELIVERED, HK)


def test_a_delivery_in_the_country_of_origin_after_a_return_to_the_sender_is_returned(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, SENT_BACK, AT_HOME, milestone=DELIVERED_MILESTONE))
    warehouse.answer(item_answer(OTHER, POSTING, ARRIVAL, SENT_BACK, AT_HOME))
    assert mark_terminal(warehouse.engine) == {"returned": 1, "delivered": 1}
    item = warehouse.item(ITEM)
    assert (item["state"], item["close_reason"], item["delivered_at"]) == ("returned", "returned", None)
    assert warehouse.item(OTHER)["state"] == "delivered", "its number is of another country's post"
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before


def test_an_event_far_ahead_closes_no_item_before_its_time_has_come(warehouse: LoadedWarehouse) -> None:
    day = T0 + timedelta(days=10)
    ahead = event(f"{day:%d-%m-%Y} 11:00", DELIVERED, HK)
    for _ in range(2):
        warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, ahead))
        assert (warehouse.item(ITEM)["state"], warehouse.item(ITEM)["is_open"]) == ("arrived", True)
        assert warehouse.item(ITEM)["next_poll_at"] > warehouse.at
    assert [e["event_type"] for e in warehouse.events(ITEM)] == ["EMA", "EMD", "EMI"]
    assert mark_terminal(warehouse.engine) == {}
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before
    for _ in range(24 * 11):
        next(warehouse.hours)
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, ahead))
    assert warehouse.item(ITEM)["state"] == "delivered"
    assert warehouse.states(ITEM)[-1] == ("arrived", "delivered", "answer")
    mark_terminal(warehouse.engine)
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before
