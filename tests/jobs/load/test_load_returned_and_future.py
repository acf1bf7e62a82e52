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
    told,
)
from tests.helpers.replaying import contents, replay

ITEM, OTHER = "RB123456785HK", "RB000000010US"
SENT_BACK = event("26-02-2026 10:00", Texts("Returned to sender", "已退回寄件人", "已退回寄件人"), US)
AT_HOME = event("28-02-2026 10:00", DELIVERED, HK)


def test_a_delivery_in_the_country_of_origin_after_a_return_to_the_sender_is_returned(
    house: LoadedWarehouse,
) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL, SENT_BACK, AT_HOME, milestone=DELIVERED_MILESTONE))
    house.answer(told(OTHER, POSTING, ARRIVAL, SENT_BACK, AT_HOME))
    assert mark_terminal(house.engine) == {"returned": 1, "delivered": 1}
    item = house.item(ITEM)
    assert (item["state"], item["close_reason"], item["delivered_at"]) == ("returned", "returned", None)
    assert house.item(OTHER)["state"] == "delivered", "its number is of another country's post"
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before


def test_an_event_far_ahead_closes_no_item_before_its_time_has_come(house: LoadedWarehouse) -> None:
    day = T0 + timedelta(days=10)
    ahead = event(f"{day:%d-%m-%Y} 11:00", DELIVERED, HK)
    for _ in range(2):
        house.answer(told(ITEM, POSTING, ARRIVAL, ahead))
        assert (house.item(ITEM)["state"], house.item(ITEM)["is_open"]) == ("arrived", True)
        assert house.item(ITEM)["next_poll_at"] > house.at
    assert [e["event_type"] for e in house.events(ITEM)] == ["EMA", "EMD", "EMI"]
    assert mark_terminal(house.engine) == {}
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before
    for _ in range(24 * 11):
        next(house.hours)
    house.answer(told(ITEM, POSTING, ARRIVAL, ahead))
    assert house.item(ITEM)["state"] == "delivered"
    assert house.states(ITEM)[-1] == ("arrived", "delivered", "answer")
    mark_terminal(house.engine)
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before
