"""Working days: weekends and public holidays of Hong Kong and of the destinations."""

from datetime import date

from tests.helpers.warehouse_by_hand import Warehouse

DAYS = {
    ("HK", "2026-02-16"): (False, False, None, True),
    ("HK", "2026-02-17"): (False, True, "Lunar New Year's Day", False),
    ("HK", "2026-04-03"): (False, True, "Good Friday", False),
    ("HK", "2026-02-21"): (True, False, None, False),
    ("US", "2026-07-03"): (False, True, "Independence Day (observed)", False),
    ("SA", "2026-02-20"): (True, False, None, False),
    ("SA", "2026-02-22"): (False, True, "Founding Day Holiday", False),
    ("GB", "2026-12-25"): (False, True, "Christmas Day", False),
}


def test_the_calendar_knows_weekends_and_public_holidays_and_where_none_are_known(
    warehouse: Warehouse,
) -> None:
    day = (
        "SELECT is_weekend, is_holiday, holiday, is_working_day FROM hkpost.calendar_day"
        " WHERE country = :country AND day = :day"
    )
    for (country, on), expected in DAYS.items():
        found = warehouse.row(day, country=country, day=date.fromisoformat(on))
        assert tuple(found.values()) == expected, (country, on)
    warehouse.run("DELETE FROM hkpost.dim_calendar WHERE country = 'GB'")
    found = warehouse.row(day, country="GB", day=date(2026, 12, 25))
    assert tuple(found.values()) == (False, None, None, True), "unknown is not none"
    lands = "SELECT count(DISTINCT country), count(*) / count(DISTINCT day) FROM hkpost.calendar_day"
    countries = warehouse.value("SELECT count(*) FROM hkpost.dim_country")
    assert tuple(warehouse.row(lands).values()) == (countries, countries), "each country has each day once"


def test_working_days_are_counted_as_the_calendar_has_them(warehouse: Warehouse) -> None:
    def working_days(country: str, from_day: str, to_day: str) -> object:
        return warehouse.value(f"SELECT hkpost.working_days('{country}', '{from_day}', '{to_day}')")

    assert working_days("HK", "2026-02-13", "2026-02-20") == 2, "Lunar New Year: Tuesday to Thursday"
    assert working_days("US", "2026-02-13", "2026-02-20") == 4, "Presidents' Day"
    assert working_days("HK", "2026-02-20", "2026-02-13") == -2
    assert working_days("HK", "2026-02-13", "2026-02-13") == 0
    assert working_days("XX", "2026-02-13", "2026-02-20") == 5, "not known: by the day of the week"
    assert warehouse.value("SELECT hkpost.working_days('HK', NULL, '2026-02-13')") is None
    wrong = """
        SELECT country, first, first + days, hkpost.working_days(country, first, first + days) AS told, (
                   SELECT count(*) FROM hkpost.calendar_day AS day
                    WHERE day.country = land.country AND day > first AND day <= first + days
                      AND is_working_day) AS counted
          FROM (VALUES ('HK'), ('SA'), ('IR'), ('BN'), ('JP')) AS land (country),
               generate_series(0, 40, 8) AS days,
               CAST(date '2026-01-30' + days % 7 AS date) AS first"""
    assert warehouse.rows(f"SELECT * FROM ({wrong}) AS spans WHERE told <> counted") == []
