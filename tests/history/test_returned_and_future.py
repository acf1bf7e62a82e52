"""What a delivery means after a return to the sender, and that what has not happened closes nothing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hkpost.history.state import FUTURE, derive_state
from tests.helpers.observations import event_at

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)


POSTED = event_at("EMA", "01-03-2026 10:00", "HK")
SENT_BACK = event_at("returned", "05-03-2026 10:00", "US")
AT_HOME = event_at("EMI", "08-03-2026 10:00", "HK")
THERE = event_at("EMI", "08-03-2026 10:00", "US")


class TestReturnedToSender:
    @pytest.mark.parametrize("milestone", [None, "unclassified", "EMI"])
    def test_then_a_delivery_in_the_country_of_origin_is_returned(self, milestone: str | None) -> None:
        assert derive_state(milestone, [POSTED, SENT_BACK, AT_HOME], origin_iso="HK") == "returned"
        assert derive_state(milestone, [AT_HOME, SENT_BACK, POSTED], origin_iso="HK") == "returned"

    def test_then_a_delivery_anywhere_else_is_delivered(self) -> None:
        assert derive_state(None, [POSTED, SENT_BACK, THERE], origin_iso="HK") == "delivered"
        nowhere = event_at("EMI", "08-03-2026 10:00", None)
        assert derive_state(None, [POSTED, SENT_BACK, nowhere], origin_iso="HK") == "delivered"
        assert derive_state(None, [POSTED, SENT_BACK, AT_HOME], origin_iso=None) == "delivered"

    def test_the_last_delivery_decides(self) -> None:
        before = event_at("EMI", "04-03-2026 10:00", "US")
        assert derive_state(None, [before, SENT_BACK, AT_HOME], origin_iso="HK") == "returned"
        again = event_at("EMI", "09-03-2026 10:00", "US")
        assert derive_state(None, [SENT_BACK, AT_HOME, again], origin_iso="HK") == "delivered"

    def test_a_delivery_at_home_without_a_return_is_delivered(self) -> None:
        assert derive_state(None, [POSTED, AT_HOME], origin_iso="HK") == "delivered"

    def test_what_follows_the_delivery_at_home_counts_as_ever(self) -> None:
        on_its_way = event_at("EMC", "09-03-2026 10:00", "HK")
        assert derive_state(None, [SENT_BACK, AT_HOME, on_its_way], origin_iso="HK") == "in_transit"

    def test_a_milestone_that_says_something_else_wins(self) -> None:
        assert derive_state("in_transit", [POSTED, SENT_BACK, AT_HOME], origin_iso="HK") == "in_transit"
        assert derive_state("EMI", [POSTED, SENT_BACK], origin_iso="HK") == "delivered"


class TestFarFuture:
    @pytest.mark.parametrize("event_type", ["EMI", "returned"])
    def test_an_event_far_ahead_of_its_answer_closes_nothing(self, event_type: str) -> None:
        ahead = event_at(event_type, "10-03-2062 10:00", "US")
        assert derive_state(None, [POSTED, ahead], answered_at=NOW) == "accepted"
        assert derive_state(None, [ahead], answered_at=NOW) is None

    def test_a_milestone_closes_it_all_the_same(self) -> None:
        ahead = event_at("EMI", "10-03-2062 10:00", "US")
        assert derive_state("EMI", [POSTED, ahead], answered_at=NOW) == "delivered"

    def test_a_day_ahead_is_a_clock_and_no_future(self) -> None:
        local = NOW + FUTURE
        ahead = event_at("EMI", f"{local.astimezone(ZoneInfo('Europe/London')):%d-%m-%Y %H:%M}", "GB")
        assert derive_state(None, [POSTED, ahead], answered_at=NOW) == "delivered"
        assert derive_state(None, [POSTED, ahead], answered_at=NOW - timedelta(minutes=1)) == "accepted"

    def test_where_the_zone_is_not_known_it_lies_ahead_only_when_it_does_in_every_zone(self) -> None:
        # 04:00 UTC and a day: 18:00 in the easternmost zone.
        assert (
            derive_state(None, [POSTED, event_at("EMI", "11-03-2026 18:00", None)], answered_at=NOW)
            == "delivered"
        )
        assert (
            derive_state(None, [POSTED, event_at("EMI", "11-03-2026 18:01", None)], answered_at=NOW)
            == "accepted"
        )

    def test_an_open_event_far_ahead_keeps_the_item_open(self) -> None:
        ahead = event_at("EMC", "10-03-2062 10:00", "HK")
        assert derive_state(None, [THERE, ahead], answered_at=NOW) == "in_transit"
