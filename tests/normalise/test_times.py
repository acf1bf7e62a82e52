"""Local clock times (specification, page 5) and the instants they mean."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.normalise.countries import country_rows
from hkpost.normalise.times import UNREADABLE_DATE, event_time, instant, local_time
from hkpost.normalise.zones import country_zones, zone


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("01-03-2017 11:00", datetime(2017, 3, 1, 11)),
        ("01-03-2017 11:00:59", datetime(2017, 3, 1, 11, 0, 59)),
        ("01-03-2017", datetime(2017, 3, 1)),
        (" 01-03-2017  23:59 ", datetime(2017, 3, 1, 23, 59)),
        ("29-02-2024 00:00", datetime(2024, 2, 29)),
    ],
)
def test_a_time_is_day_month_year_hour_minute(text: str, local: datetime) -> None:
    assert local_time(text) == local


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31-02-2017 10:00",
        "29-02-2023",
        "01-13-2017 10:00",
        "01-03-2017 24:00",
        "01-03-2017 10:60",
        "01-03-2017 10",
        "2017-03-01 11:00",
        "01/03/2017 11:00",
        "1-3-2017 11:00",
        "01-03-17 11:00",
        "01-Mar-2017 11:00",
        "01-03-2017T11:00",
        "01-03-2017 11:00 PM",
        "00-00-0000 00:00",
        "01-01-0001 00:00",
        "01-01-1900",
        "31-12-9999 23:59",
        "٠١-٠٣-٢٠١٧ ١١:٠٠",
    ],
)
def test_anything_else_is_unreadable_and_goes_to_the_sentinel_day(text: str) -> None:
    assert local_time(text) is None
    assert event_time(text, "HK") == (UNREADABLE_DATE, None, None, None, "unknown")


class TestPrecision:
    def test_one_zone_makes_an_instant_exact(self) -> None:
        assert event_time("01-03-2017 11:00", "HK") == (
            date(2017, 3, 1),
            datetime(2017, 3, 1, 11),
            datetime(2017, 3, 1, 3, tzinfo=UTC),
            "Asia/Hong_Kong",
            "zone",
        )

    def test_of_several_zones_the_principal_one_is_taken_and_it_says_so(self) -> None:
        read = event_time("01-03-2017 11:00", "US")
        assert (read.event_time, read.time_zone, read.time_precision) == (
            datetime(2017, 3, 1, 16, tzinfo=UTC),
            "America/New_York",
            "country",
        )

    @pytest.mark.parametrize(("country", "hour"), [("HK", 16), ("NZ", 11)])
    @pytest.mark.parametrize("text", ["02-03-2017 00:00", "02-03-2017", "02-03-2017 00:00:00"])
    def test_midnight_is_a_date_and_wins_over_country(self, text: str, country: str, hour: int) -> None:
        read = event_time(text, country)
        assert (read.event_time, read.time_precision) == (datetime(2017, 3, 1, hour, tzinfo=UTC), "date")

    @pytest.mark.parametrize("country", [None, "BV", "ZZ"])
    def test_without_a_zone_the_local_time_is_all_there_is(self, country: str | None) -> None:
        read = event_time("01-03-2017 11:00", country)
        assert read == (date(2017, 3, 1), datetime(2017, 3, 1, 11), None, None, "unknown")


class TestClockChanges:
    def test_an_hour_that_comes_twice_is_the_first(self) -> None:
        assert instant(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == datetime(
            2026, 10, 25, 0, 30, tzinfo=UTC
        )
        assert event_time("25-10-2026 02:30", "DE").event_time == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_an_hour_that_is_skipped_is_moved_forward(self) -> None:
        moved = event_time("29-03-2026 02:30", "DE").event_time
        assert (
            moved
            == event_time("29-03-2026 03:30", "DE").event_time
            == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        )

    @given(
        local=st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 30)).map(
            lambda at: at.replace(second=0, microsecond=0)
        ),
        country=st.sampled_from(["HK", "DE", "US", "AU", "IR", "PS", "BR", "NZ", "LB", "TO"]),
    )
    def test_the_quick_way_is_the_exact_way(self, local: datetime, country: str) -> None:
        read = event_time(local.strftime("%d-%m-%Y %H:%M"), country)
        assert read.time_zone is not None
        assert read.event_time == instant(local, read.time_zone)


class TestZones:
    @pytest.mark.parametrize("country", ["HK", "MO", "TW", "CN", "DE", "AR", "MY", "UA", "CY", "UZ", "XK"])
    def test_one_time_in_the_whole_country(self, country: str) -> None:
        assert country_zones(country).single

    @pytest.mark.parametrize(
        "country", ["US", "CA", "AU", "BR", "RU", "MX", "ID", "ES", "PT", "NZ", "KZ", "FR_"]
    )
    def test_several_times_or_none(self, country: str) -> None:
        assert not country_zones(country).single

    def test_every_principal_zone_is_one_of_the_countrys(self) -> None:
        for row in country_rows():
            assert row.principal_zone in (row.time_zones or (None,)), row.country_code
            if row.principal_zone:
                assert zone(row.principal_zone).key == row.principal_zone

    def test_every_country_with_several_zones_has_its_principal_one_chosen(self) -> None:
        from hkpost.meaning import meaning_rows

        chosen = {row["country_code"] for row in meaning_rows("country_zone")}
        assert {row.country_code for row in country_rows() if len(row.time_zones) > 1} <= chosen
