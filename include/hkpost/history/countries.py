"""Which country a code or a place name means.

The service's own list of codes ("Appendix B") is not in the specification. So: ISO 3166 alpha-2 and alpha-3,
names in three languages (pycountry, CLDR through babel), and `seeds/country_alias.csv` for the rest. What
cannot be resolved is None and is reported, never guessed.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from hkpost.ecship.rows import Texts
from hkpost.history.zones import country_zones
from hkpost.seeds import seed_rows

_LOCALES: Final = ("en", "zh_Hant", "zh_Hant_HK", "zh_Hans")
_BLANKS: Final = re.compile(r"\s+")


class CountryRow(NamedTuple):
    """One row of `dim_country`."""

    country_code: str
    alpha_3: str
    name_e: str
    name_c: str
    name_s: str
    time_zones: tuple[str, ...]
    principal_zone: str | None
    single_zone: bool


@lru_cache(maxsize=1 << 14)
def resolve_country(code: str, place: Texts) -> str | None:
    """The ISO alpha-2 code that a code as received means, or else the first place name that is a country's.

    None when neither says it. A name in the code's field is taken as a name.
    """
    codes, names = _codes(), _names()
    code_key = _key(code)
    if resolved := codes.get(code_key) or names.get(code_key):
        return resolved
    return next((names[key] for key in map(_key, place) if key in names), None)


@cache
def country_rows() -> tuple[CountryRow, ...]:
    """The rows of `dim_country`, by code: ISO 3166 and the few codes of `seeds/country_name.csv`."""
    import pycountry  # here, as below: a DAG file that names an operator does not wait for either library
    from babel import Locale

    english, traditional, simplified = (
        Locale.parse(name).territories for name in ("en", "zh_Hant_HK", "zh_Hans")
    )
    alpha_3 = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    ours = {row["country_code"]: row for row in seed_rows("country_name")}
    rows = []
    for code in sorted(alpha_3.keys() | ours.keys()):
        named = ours.get(code, {})
        zones = country_zones(code)
        rows.append(
            CountryRow(
                country_code=code,
                alpha_3=named.get("alpha_3") or alpha_3[code],
                name_e=named.get("name_e") or english[code],
                name_c=named.get("name_c") or traditional[code],
                name_s=named.get("name_s") or simplified[code],
                time_zones=zones.names,
                principal_zone=zones.principal,
                single_zone=zones.single,
            )
        )
    return tuple(rows)


def _key(text: str) -> str:
    """A code or name for comparing: without accents, full-width forms, case and doubled blanks."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _BLANKS.sub(" ", plain.replace("’", "'")).strip().upper()


@cache
def _codes() -> dict[str, str]:
    rows = country_rows()
    return (
        {row.alpha_3: row.country_code for row in rows}
        | {_key(row["alias"]): row["country_code"] for row in seed_rows("country_alias")}
        | {row.country_code: row.country_code for row in rows}
    )


@cache
def _names() -> dict[str, str]:
    """Country by name key; a name that two countries share stands for neither, unless the alias file says whose."""
    owners: dict[str, set[str]] = {}
    for name, code in filter(itemgetter(0), _published_names()):
        owners.setdefault(_key(name), set()).add(code)
    names = {key: next(iter(codes)) for key, codes in owners.items() if len(codes) == 1}
    return names | {_key(row["alias"]): row["country_code"] for row in seed_rows("country_alias")}


def _published_names() -> Iterator[tuple[str, str]]:
    import pycountry
    from babel import Locale

    for row in country_rows():
        for name in (row.name_e, row.name_c, row.name_s):
            yield name, row.country_code
        for locale in _LOCALES:
            yield Locale.parse(locale).territories.get(row.country_code, ""), row.country_code
    for country in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            yield getattr(country, attribute, ""), country.alpha_2
