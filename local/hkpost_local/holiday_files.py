"""Writes the seed files of the calendar from the library `holidays` (`make holidays`; nothing else needs it).

Every country that the warehouse knows and the library supports, from `FIRST` to `LAST`: move them on with time.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import holidays  # type: ignore[import-not-found, unused-ignore]  # not in the lock: make holidays brings it
import pycountry

FIRST, LAST = 2025, 2028
SUNDAY_ALONE, TWO_DAYS = {6}, {5, 6}
"""Where the library names Sunday alone, it is for the rule by which holidays move; offices rest on Saturday, too."""
CATEGORIES = {"HK": ("public", "optional")}
"""Hong Kong's general holidays, when post offices are closed, are more than those that the law gives to all workers."""
SEEDS = Path(__file__).parents[2] / "include" / "hkpost" / "seeds"


def main() -> None:
    """Write `calendar.csv` (weekends, and the days between which holidays are known) and `holiday.csv`."""
    supported = holidays.list_supported_countries(include_aliases=False)
    calendars, days = [], []
    for code in sorted(country.alpha_2 for country in pycountry.countries):
        if code not in supported:
            continue
        known = _of(code)
        rest = TWO_DAYS if known.weekend == SUNDAY_ALONE else known.weekend
        weekend = " ".join(str(day + 1) for day in sorted(rest))
        calendars.append((code, weekend, f"{FIRST}-01-01", f"{LAST}-12-31"))
        by_name: dict[str, list[str]] = defaultdict(list)
        for day, name in sorted(known.items()):
            by_name[name].append(day.isoformat())
        days += [(code, name, " ".join(dates)) for name, dates in sorted(by_name.items())]
    _write("calendar", ("country", "weekend", "holidays_from", "holidays_until"), calendars)
    _write("holiday", ("country", "holiday", "days"), days)
    print(f"holidays {holidays.__version__}: {len(calendars)} countries, {len(days):,} holidays")


def _of(code: str) -> holidays.HolidayBase:
    """The public holidays of a country, their names in English where the library has them."""
    languages = holidays.country_holidays(code).supported_languages
    english = next((language for language in languages if language.startswith("en")), None)
    return holidays.country_holidays(
        code, years=range(FIRST, LAST + 1), language=english, categories=CATEGORIES.get(code, ("public",))
    )


def _write(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (SEEDS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
