"""Local clock times (specification, page 5) and the instants they mean."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.history.countries import country_rows
from hkpost.history.times import UNREADABLE_DATE, event_time, instant, local_time
from hkpost.history.zones import country_zones, zone


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

    @pytest.mark.parametrize(
        ("text", "country", "utc"),
        [
            # Clocks go back: the hour comes twice, its first passing is meant.
            ("05-04-2026 02:30", "NZ", "04-04-2026 13:30"),
            ("05-04-2026 02:30", "AU", "04-04-2026 15:30"),
            ("01-11-2026 01:30", "US", "01-11-2026 05:30"),
            ("25-10-2026 01:30", "GB", "25-10-2026 00:30"),
            # Clocks go forward: a time in the hour that is left out is moved on.
            ("27-09-2026 02:30", "NZ", "26-09-2026 14:30"),
            ("04-10-2026 02:30", "AU", "03-10-2026 16:30"),
            ("08-03-2026 02:30", "US", "08-03-2026 07:30"),
            ("29-03-2026 01:30", "GB", "29-03-2026 01:30"),
            # Clocks go forward at midnight: the day begins at one.
            ("29-03-2026 00:00", "LB", "28-03-2026 22:00"),
            ("29-03-2026 01:00", "LB", "28-03-2026 22:00"),
            ("06-09-2026 00:00", "CL", "06-09-2026 04:00"),
            # The minutes before and after.
            ("05-04-2026 01:59", "NZ", "04-04-2026 12:59"),
            ("05-04-2026 03:00", "NZ", "04-04-2026 15:00"),
            ("27-09-2026 01:59", "NZ", "26-09-2026 13:59"),
            ("27-09-2026 03:00", "NZ", "26-09-2026 14:00"),
        ],
    )
    def test_in_both_hemispheres(self, text: str, country: str, utc: str) -> None:
        read = event_time(text, country)
        assert read.event_time == datetime.strptime(f"{utc} +0000", "%d-%m-%Y %H:%M %z")
        assert read.event_time_local == datetime.strptime(text, "%d-%m-%Y %H:%M"), "the clock as received"

    @pytest.mark.parametrize("country", ["HK", "CN", "MO", "TW", "JP", "SG", "MY"])
    def test_where_clocks_are_never_changed_every_minute_is_exact(self, country: str) -> None:
        hours = {"JP": 9}.get(country, 8)
        for month in range(1, 13):
            read = event_time(f"15-{month:02}-2026 02:30", country)
            local = datetime(2026, month, 15, 2, 30, tzinfo=UTC)
            assert (read.event_time, read.time_precision) == (local - timedelta(hours=hours), "zone")

    def test_hong_kong_keeps_beijing_time_and_once_kept_summer_time(self) -> None:
        assert event_time("01-07-1991 12:00", "HK").event_time == datetime(1991, 7, 1, 4, tzinfo=UTC)
        assert event_time("01-07-1991 12:00", "CN").event_time == datetime(1991, 7, 1, 3, tzinfo=UTC)

    @given(
        local=st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 30)).map(
            lambda at: at.replace(second=0, microsecond=0, fold=0)
        ),
        country=st.sampled_from(["HK", "DE", "US", "AU", "IR", "PS", "BR", "NZ", "LB", "TO"]),
    )
    def test_the_quick_way_is_the_exact_way(self, local: datetime, country: str) -> None:
        read = event_time(local.strftime("%d-%m-%Y %H:%M"), country)
        assert read.time_zone is not None
        assert read.event_time == instant(local, read.time_zone)


class TestFarAway:
    @pytest.mark.parametrize(("text", "year"), [("01-01-1990 08:00", 1990), ("31-12-2099 23:59", 2099)])
    def test_the_first_and_the_last_year_that_an_item_may_have(self, text: str, year: int) -> None:
        read = event_time(text, "HK")
        assert read.event_time is not None
        assert read.event_date.year == year

    @pytest.mark.parametrize("text", ["31-12-1989 23:59", "01-01-2100 00:00", "01-01-1970 00:00"])
    def test_a_year_that_no_item_has_is_unreadable(self, text: str) -> None:
        assert event_time(text, "HK") == (UNREADABLE_DATE, None, None, None, "unknown")


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
        from hkpost.seeds import seed_rows

        chosen = {row["country_code"] for row in seed_rows("country_zone")}
        assert {row.country_code for row in country_rows() if len(row.time_zones) > 1} <= chosen
