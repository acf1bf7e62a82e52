"""Which clocks a country keeps, from the `tzdata` package and `seeds/country_zone.csv`."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hkpost.seeds import seed_rows

_FIRST_WEEK: Final = datetime(2012, 1, 1, 12)
_WEEKS: Final = 52 * 20


class CountryZones(NamedTuple):
    """The time zones of one country."""

    names: tuple[str, ...]
    """IANA names, in tzdata's order; empty for an uninhabited territory."""
    principal: str | None
    """The zone that most of its post lives by."""
    single: bool
    """Whether a local time there has one meaning: one zone, or zones that have kept the same time."""


@cache
def zone(name: str) -> ZoneInfo:
    """A zone of the `tzdata` package, whatever the machine has installed: a replay gives the same times.

    Raises `FileNotFoundError` for a name that is not an IANA zone.
    """
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as binary:
        return ZoneInfo.from_file(binary, key=name)


@cache
def country_zones(country_code: str) -> CountryZones:
    """The zones of a country by its ISO 3166 alpha-2 code; empty for a code that is unknown."""
    names = _zones_by_country().get(country_code, ())
    override = _overrides().get(country_code)
    principal = override["principal_zone"] if override else next(iter(names), None)
    if principal is not None and principal not in names:
        names = (principal, *names)
    one_time = override is not None and override["one_time"] == "true"
    return CountryZones(names, principal, bool(names) and (one_time or _same_time(names)))


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found = defaultdict(list)
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country_code, _coordinates, name, *_comment = line.split("\t")
            found[country_code].append(name)
    return {country_code: tuple(names) for country_code, names in found.items()}


@cache
def _overrides() -> dict[str, dict[str, str]]:
    return {row["country_code"]: row for row in seed_rows("country_zone")}


def _same_time(names: tuple[str, ...]) -> bool:
    """Whether the zones have shown the same time since 2012: asked week by week, because zoneinfo does not
    list its transitions, and zones that differ do so for longer than a week."""
    weeks = [_FIRST_WEEK + timedelta(weeks=week) for week in range(_WEEKS)]
    first, *others = ([zone(name).utcoffset(week) for week in weeks] for name in names)
    return all(other == first for other in others)
