"""Which state an item is in: a known milestone, else its latest classified event."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from hkpost.ecship import Texts
from hkpost.history.observation import Observation
from hkpost.history.state import delivered_at, derive_state, event_types, states
from hkpost.history.wordings import wording_ledger
from hkpost.seeds import seed_rows
from tests.helpers.observations import event_at


def reported(country: str, when: str, message: str) -> Observation:
    return event_at(wording_ledger().event(Texts(message)).event_type, when, country)


def state_of(*events: Observation, milestone: str | None = None) -> str | None:
    """The state, which no order of the events may change."""
    states = {derive_state(milestone, order) for order in permutations(events)}
    assert len(states) == 1
    return states.pop()


class TestRealHistories:
    """The field notes' histories as public trackers showed them: dates without times."""

    EA999580311HK = (
        reported("US", "31-07-2014 00:00", "Delivered."),
        reported("US", "31-07-2014 00:00", "Arrived the delivery office and is being processed."),
        reported("US", "29-07-2014 00:00", "Arrived and is being processed."),
        reported("HK", "28-07-2014 00:00", "The item left Hong Kong for its destination on 29-Jul-2014"),
        reported("HK", "28-07-2014 00:00", "The item arrived at processing centre."),
        reported("HK", "28-07-2014 00:00", "Item posted and is being processed."),
    )
    CP889331175HK = (
        reported("NZ", "16-01-2014 00:00", "Delivered."),
        reported("NZ", "15-01-2014 00:00", "In transit."),
        reported("NZ", "14-01-2014 00:00", "Arrived."),
        reported("HK", "17-12-2013 00:00", "The item left Hong Kong for its destination on  19-Dec-2013 "),
        reported("HK", "13-12-2013 00:00", "Processed for departure."),
        reported("HK", "12-12-2013 00:00", "In transit."),
    )
    RE113184005HK = (
        reported("CO", "22-10-2015 00:00", "ENTREGADO"),
        reported("CO", "22-10-2015 00:00", "Registro de entrega exitosa"),
        reported("CO", "22-10-2015 00:00", "DIGITALIZADO"),
        reported(
            "HK",
            "09-10-2015 00:00",
            "The item ( RE113184005HK ) left Hong Kong for its destination on  10-Oct-2015 ",
        ),
    )

    def test_of_several_events_of_one_day_the_furthest_stage_counts(self) -> None:
        assert state_of(*self.EA999580311HK) == "delivered"
        assert state_of(*self.EA999580311HK[3:]) == "in_transit"
        assert state_of(*self.EA999580311HK[5:]) == "accepted"

    @pytest.mark.parametrize(
        ("known", "state"),
        [
            (6, "delivered"),
            (5, "in_transit"),
            (4, "arrived"),
            (3, "in_transit"),
            (2, "in_transit"),
            (1, "in_transit"),
        ],
    )
    def test_each_new_day_says_the_state(self, known: int, state: str) -> None:
        assert state_of(*self.CP889331175HK[-known:]) == state

    def test_a_delivery_in_the_destinations_own_language_is_one_where_the_ledger_knows_it(self) -> None:
        assert state_of(*self.RE113184005HK) == "delivered"
        assert state_of(*self.RE113184005HK[2:]) == "in_transit", "what it does not know is not guessed"

    def test_delivered_at_is_the_start_of_a_day_of_which_only_the_date_is_known(self) -> None:
        assert delivered_at(self.EA999580311HK) == datetime(2014, 7, 31, 4, tzinfo=UTC)


class TestMilestone:
    def test_a_known_one_wins_over_later_events(self) -> None:
        assert state_of(event_at("EMI", "02-03-2026 10:00"), milestone="in_transit") == "in_transit"
        assert state_of(event_at("EMC", "02-03-2026 10:00"), milestone="EMI") == "delivered"
        assert state_of(milestone="returned") == "returned"

    @pytest.mark.parametrize("milestone", [None, "", "unclassified", "no such type"])
    def test_an_empty_or_unclassified_one_leaves_it_to_the_events(self, milestone: str | None) -> None:
        assert state_of(event_at("EMC", "02-03-2026 10:00"), milestone=milestone) == "in_transit"


class TestLatestEvent:
    def test_a_later_minute_wins_over_a_higher_rank(self) -> None:
        assert (
            state_of(event_at("EMI", "01-03-2026 10:00"), event_at("EMH", "01-03-2026 10:01"))
            == "delivery_attempted"
        )

    def test_the_clocks_of_two_countries_are_compared_as_instants(self) -> None:
        # 10:00 in Hong Kong is 02:00 in London.
        assert (
            state_of(event_at("EMI", "01-03-2026 03:00", "GB"), event_at("EMC", "01-03-2026 10:00", "HK"))
            == "delivered"
        )

    def test_in_the_same_minute_the_stage_decides(self) -> None:
        assert (
            state_of(event_at("EMI", "01-03-2026 10:00"), event_at("EMG", "01-03-2026 10:00")) == "delivered"
        )

    def test_an_unclassified_event_says_nothing_however_late(self) -> None:
        assert (
            state_of(event_at("EMC", "01-03-2026 10:00"), event_at("unclassified", "09-03-2026 10:00"))
            == "in_transit"
        )

    def test_without_anything_classified_there_is_no_state(self) -> None:
        assert state_of() is None
        assert state_of(event_at("unclassified", "09-03-2026 10:00")) is None
        assert state_of(event_at("no such type", "09-03-2026 10:00")) is None


class TestDateWithoutTime:
    def test_it_decides_nothing_against_a_time_of_the_same_day(self) -> None:
        delivered, office = event_at("EMI", "01-03-2026 00:00"), event_at("EMG", "01-03-2026 09:30")
        assert state_of(delivered, office) == "delivered"
        posted, left = event_at("EMA", "01-03-2026 00:00"), event_at("EMC", "01-03-2026 09:30")
        assert state_of(posted, left) == "in_transit"

    def test_another_day_decides(self) -> None:
        assert (
            state_of(event_at("EMI", "01-03-2026 00:00"), event_at("EMH", "02-03-2026 00:00"))
            == "delivery_attempted"
        )
        assert (
            state_of(event_at("EMI", "01-03-2026 00:00"), event_at("EMH", "02-03-2026 00:05"))
            == "delivery_attempted"
        )
        assert (
            state_of(event_at("EMI", "01-03-2026 23:59"), event_at("EMH", "02-03-2026 00:00"))
            == "delivery_attempted"
        )

    @pytest.mark.parametrize("day", [29, 25])
    def test_a_day_of_23_or_25_hours_is_one_day(self, day: int) -> None:
        month = "03" if day == 29 else "10"
        delivered = event_at("EMI", f"{day}-{month}-2026 00:00", "DE")
        assert (
            state_of(delivered, event_at("EMH", f"{day + 1}-{month}-2026 00:00", "DE"))
            == "delivery_attempted"
        )
        assert state_of(delivered, event_at("EMH", f"{day}-{month}-2026 23:59", "DE")) == "delivered"

    def test_two_times_are_ordered_although_a_date_overlaps_both(self) -> None:
        day = event_at("EMA", "01-03-2026 00:00")
        assert (
            state_of(day, event_at("EMG", "01-03-2026 09:00"), event_at("EMD", "01-03-2026 10:00"))
            == "arrived"
        )
        assert (
            state_of(day, event_at("EMI", "01-03-2026 09:00"), event_at("EMH", "01-03-2026 10:00"))
            == "delivery_attempted"
        )


class TestUnknownPlaceOrTime:
    def test_an_unknown_zone_decides_only_when_every_zone_would(self) -> None:
        delivered = event_at("EMI", "01-03-2026 10:00", None)
        # 10:00 lies between 20:00 UTC of the day before and 22:00 UTC.
        assert state_of(delivered, event_at("EMH", "01-03-2026 21:00", "GB")) == "delivered"
        assert state_of(delivered, event_at("EMH", "01-03-2026 22:01", "GB")) == "delivery_attempted"

    def test_a_date_in_an_unknown_zone_spans_fifty_hours(self) -> None:
        delivered = event_at("EMI", "01-03-2026 00:00", None)
        assert state_of(delivered, event_at("EMH", "02-03-2026 11:59", "GB")) == "delivered"
        assert state_of(delivered, event_at("EMH", "02-03-2026 12:00", "GB")) == "delivery_attempted"

    def test_an_unreadable_time_counts_only_when_there_is_no_other(self) -> None:
        assert (
            state_of(event_at("EMI", "31-02-2026 10:00"), event_at("EMC", "01-03-2026 10:00")) == "in_transit"
        )
        assert state_of(event_at("EMI", "31-02-2026 10:00"), event_at("EMC", "soon")) == "delivered"
        assert state_of(event_at("EMI", "soon"), event_at("unclassified", "01-03-2026 10:00")) == "delivered"


def test_delivered_at_is_the_latest_delivery() -> None:
    events = [
        event_at("EMI", "01-03-2026 10:00"),
        event_at("EMI", "02-03-2026 10:00"),
        event_at("EMH", "03-03-2026 10:00"),
    ]
    assert delivered_at(events) == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert (
        delivered_at([event_at("EMI", "01-03-2026 10:00", None), event_at("EMC", "01-03-2026 10:00")]) is None
    )


class TestEventTypes:
    def test_every_emsevt_code_of_the_field_notes_has_a_type(self) -> None:
        codes = "EMA EMB EMC EXA EXB EXC EXD EXX EMJ EMK EMD EDA EDB EME EDC EMF EDD EDE EMG EDF EDG EDH EMH EMI EDX"
        assert set(codes.split()) == {
            row["event_type"] for row in seed_rows("event_type") if row["emsevt"] == "true"
        }

    def test_a_type_leads_to_a_state_that_answers_give_and_is_terminal_as_the_state_is(self) -> None:
        for row in seed_rows("event_type"):
            assert row["name_e"] and row["name_c"] and row["name_s"]
            if row["event_type"] != "unclassified":
                assert any(states()[row["state"]])
                assert (row["is_terminal"] == "true") == states()[row["state"]].is_terminal

    def test_unclassified_leads_nowhere(self) -> None:
        assert event_types()["unclassified"].state is None

    def test_ranks_are_an_order(self) -> None:
        ranks = [type_.stage_rank for type_ in event_types().values()]
        assert len(set(ranks)) == len(ranks)


class TestStates:
    def test_each_has_its_own_place_and_its_names(self) -> None:
        rows = seed_rows("state")
        assert len({row["state_rank"] for row in rows}) == len(rows) == len(states())
        assert all(row["name_e"] and row["name_c"] and row["name_s"] for row in rows)

    def test_its_stage_is_one_of_the_event_types(self) -> None:
        stages = {row["stage"] for row in seed_rows("event_type")}
        assert {row["stage"] for row in seed_rows("state") if row["stage"]} <= stages
