"""Items age: a history is a pure function of the item and the simulated instant."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hkpost_simulator.catalogue import Catalogue, Item, check_digit, shipments
from hkpost_simulator.clock import SimulatedClock
from hkpost_simulator.truth import ItemTruth
from hkpost_simulator.world import World
from hkpost_simulator.world_files import load_world

ANCHOR = datetime(2026, 3, 2, 16, tzinfo=UTC)
COUNT = 3000


@pytest.fixture(scope="module")
def world() -> World:
    return World(Catalogue(1, COUNT, ANCHOR))


def _truths(world: World, days: float) -> list[ItemTruth]:
    now = ANCHOR + timedelta(days=days)
    return [world.truth(item_no, now) for item_no in world.item_nos()]


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    again = World(Catalogue(1, COUNT, ANCHOR))
    for item_no in world.item_nos()[:200]:
        assert world.truth(item_no, ANCHOR) == again.truth(item_no, ANCHOR)
    assert world.item_nos() != World(Catalogue(2, COUNT, ANCHOR)).item_nos()


def test_a_smaller_catalogue_is_the_beginning_of_a_larger_one() -> None:
    assert list(Catalogue(1, 5, ANCHOR)) == list(Catalogue(1, 50, ANCHOR))[:5]


def test_item_numbers_are_distinct_s10_numbers_of_hong_kong(world: World) -> None:
    items = list(world.catalogue)
    assert len({item.item_no for item in items}) == COUNT
    for item in items:
        if item.kind == "ill_formed":
            assert len(item.item_no) == 12
        else:
            assert item.item_no[10] == check_digit(item.item_no[2:10])
        assert item.item_no.endswith("HK")


def test_the_check_digit_is_upu_s10s() -> None:
    assert (check_digit("12345678"), check_digit("99958031"), check_digit("88933117")) == ("5", "1", "5")


def test_the_senders_rows_are_the_catalogues_items(world: World) -> None:
    rows = list(shipments(1, COUNT, ANCHOR))
    assert [row.item_no for row in rows] == world.item_nos()
    assert {row.carrier for row in rows} == {"HKPOST"}
    assert all(row.shipped_at < ANCHOR and len(row.destination) == 2 and row.city for row in rows)


def test_the_pieces_of_an_order_leave_together_for_one_address_and_go_their_own_ways(world: World) -> None:
    orders: dict[str, list[Item]] = {}
    for item in world.catalogue:
        orders.setdefault(item.order_ref, []).append(item)
    pieces = Counter(len(items) for items in orders.values())
    assert pieces[2] > 100
    assert pieces[3] > 5
    assert pieces[1] > 0.8 * COUNT
    assert all(len({(i.shipped_at, i.lane, i.city) for i in items}) == 1 for items in orders.values())
    assert any(len({i.segments for i in items}) > 1 for items in orders.values())


def test_between_two_days_deliveries_and_misrouted_scans_are_taken_back(world: World) -> None:
    before, after = _truths(world, -2), _truths(world, 0)
    assert sum(a.state == "delivered" != b.state for a, b in zip(before, after, strict=True)) >= 1
    taken_back = [
        event.message.e
        for a, b in zip(before, after, strict=True)
        for event in set(a.events) - set(b.events)
        if event.at not in {other.at for other in b.events}
    ]
    assert taken_back.count("Arrived at processing centre") >= 2
    assert sum(len(set(item.events)) < len(item.events) for item in after) >= 2, "one scan reported twice"


@pytest.mark.parametrize("hours", [0, 12, 24])
def test_a_first_run_sees_a_rich_mix(world: World, hours: int) -> None:
    seen = Counter(
        item.state if item.status in (0, 1001) else item.status for item in _truths(world, hours / 24)
    )
    share = {key: count / COUNT for key, count in seen.items()}
    assert 0.40 <= share["delivered"] <= 0.52
    between = ("accepted", "in_transit", "customs", "arrived", "out_for_delivery", "delivery_attempted")
    assert all(share[state] > 0.002 for state in between)
    assert 0.35 <= sum(share[state] for state in (*between, "awaiting_collection")) <= 0.52
    assert all(0.005 <= share[code] <= 0.02 for code in (1002, 1003, 1004))
    assert 0.005 <= share["returned"] <= 0.02
    assert share["exception"] > 0
    assert share["registered"] > 0.005


def test_nothing_is_told_before_it_happens_and_everything_after(world: World) -> None:
    item = next(item for item in world.catalogue if item.kind == "tracked" and item.lane.family == "local")
    assert world.truth(item.item_no, item.shipped_at - timedelta(days=1)).status == 1001
    counts = [
        len(world.truth(item.item_no, item.shipped_at + timedelta(hours=hours)).events)
        for hours in range(0, 90, 3)
    ]
    assert counts == sorted(counts)
    assert world.truth(item.item_no, item.shipped_at + timedelta(days=30)).true_state in (
        "delivered",
        "returned",
    )
    assert world.truth(item.item_no, item.shipped_at + timedelta(days=366)).status == 1003


def test_traps_of_the_field_are_there(world: World) -> None:
    items = [item for item in _truths(world, 60) if item.status == 0]
    events = [event for item in items for event in item.events]
    local_times = [[event.event_date_time for event in item.events] for item in items]
    assert any(len(set(times)) < len(times) for times in local_times), "several events in one minute"
    assert {event.location_code for event in events if event.event_date_time.endswith(" 00:00")} >= {
        "NEW ZEALAND"
    }
    assert {"SGA", "MYA", "COLOMBIA"} <= {event.location_code for event in events}
    assert {"USA", "SGA"} <= {item.destination_code for item in items}
    assert any("  " in event.message.e for event in events), "doubled blanks"
    assert any(item.item_no in event.message.c for item in items for event in item.events)
    assert any(event.message.e == "DIGITALIZADO" and not event.event_type for event in events)
    silent = [
        item for item in items if item.destination_code in ("CA", "NL", "AU", "BR") and item.item_no[0] == "R"
    ]
    assert silent
    assert {item.events[0].event_type for item in silent} == {"EMC"}


def test_a_place_is_filled_in_later(world: World) -> None:
    before, after = _truths(world, 0), _truths(world, 2)
    known = {(item.item_no, event.at): event.location_code for item in after for event in item.events}
    empty = [(item.item_no, event.at) for item in before for event in item.events if not event.location_code]
    assert empty
    assert all(known[event] for event in empty)


def test_a_delivery_may_be_withdrawn(world: World) -> None:
    item = next(item for item in world.catalogue if "withdrawn" in item.segments and item.kind == "tracked")
    states = [
        world.truth(item.item_no, item.shipped_at + timedelta(hours=hours)).state
        for hours in range(0, 700, 2)
    ]
    changes = [state for state, before in zip(states[1:], states, strict=False) if state != before]
    assert changes.count("delivered") == 2


def test_an_unknown_language_leaves_the_reader_behind(world: World) -> None:
    differing = [item for item in _truths(world, 60) if item.status == 0 and item.state != item.true_state]
    assert {item.true_state for item in differing} == {"delivered"}
    assert not any(item.milestone.e == "Delivered" for item in differing)


def test_every_text_has_three_languages_and_every_route_is_known() -> None:
    world = load_world()
    for wording in (*world.wordings.values(), *world.milestones.values()):
        assert all(wording.texts)
        assert bool(wording.event_type) is wording.is_classified
    used: set[str] = set()
    for choices in world.routes.values():
        for _, segments in choices:
            for segment in segments:
                for step in world.segments[segment]:
                    assert step.place in ("GATE", "DEST") or step.place in world.places
                    used.update(step.wordings)
    assert used == set(world.wordings)
    assert {lane.family for lane in world.lanes} == set(world.routes)


def test_the_clock_runs_freezes_jumps_and_resumes() -> None:
    real = 100.0
    clock = SimulatedClock(ANCHOR, speed=60, monotonic=lambda: real)
    real += 2
    assert clock.now() == ANCHOR + timedelta(minutes=2)
    clock.freeze()
    real += 10
    assert clock.now() == ANCHOR + timedelta(minutes=2)
    clock.advance(timedelta(days=1))
    assert clock.now() == ANCHOR + timedelta(days=1, minutes=2)
    clock.resume()
    clock.run_at(1)
    real += 5
    assert clock.now() == ANCHOR + timedelta(days=1, minutes=2, seconds=5)
    clock.set(ANCHOR)
    assert clock.now() == ANCHOR
    clock.freeze(ANCHOR + timedelta(days=7))
    assert clock.now() == ANCHOR + timedelta(days=7)


def test_a_clock_needs_a_time_zone_and_a_forward_speed() -> None:
    with pytest.raises(ValueError, match="time zone"):
        SimulatedClock(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="speed"):
        SimulatedClock(ANCHOR, speed=0)


def test_midnight_is_shown_only_where_no_more_than_the_date_is_known(world: World) -> None:
    places = load_world().places.values()
    date_only = {place.event_code for place in places if place.is_date_only}
    at_midnight = Counter(
        event.location_code in date_only
        for truth in _truths(world, 30)
        for event in truth.events
        if event.event_date_time.endswith("00:00") and event.location_code
    )
    assert at_midnight[True] > 0
    assert at_midnight[False] == 0
