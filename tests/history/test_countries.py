"""Which country a code or a place name means; "Appendix B" of the specification is not public."""

import pytest

from hkpost.ecship import Texts
from hkpost.history.countries import country_rows, resolve_country
from hkpost.seeds import seed_rows

ROWS = {row.country_code: row for row in country_rows()}


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("HK", "HK"),
        ("hk", "HK"),
        (" US ", "US"),
        ("USA", "US"),
        ("HKG", "HK"),
        ("SGA", "SG"),
        ("MYA", "MY"),
        ("UK", "GB"),
        ("XK", "XK"),
        ("ＨＫ", "HK"),
    ],
)
def test_a_code_is_two_letters_three_letters_or_a_known_alias(code: str, country: str) -> None:
    assert resolve_country(code, Texts()) == country


@pytest.mark.parametrize(
    ("place", "country"),
    [
        (Texts("HONG KONG", "香港", "香港"), "HK"),
        (Texts("Hong Kong"), "HK"),
        (Texts("", "香港", ""), "HK"),
        (Texts("MACAO"), "MO"),
        (Texts("Macau"), "MO"),
        (Texts("", "澳門", ""), "MO"),
        (Texts("", "", "澳门"), "MO"),
        (Texts("TAIWAN", "台灣", "台湾"), "TW"),
        (Texts("", "臺灣", ""), "TW"),
        (Texts("ENGLAND"), "GB"),
        (Texts("UNITED STATES OF AMERICA"), "US"),
        (Texts("", "美國", ""), "US"),
        (Texts("", "", "新西兰"), "NZ"),
        (Texts("", "英國", ""), "GB"),
        (Texts("COTE D’IVOIRE"), "CI"),
        (Texts("Türkiye"), "TR"),
        (Texts("Korea"), "KR"),
        (Texts("VIETNAM"), "VN"),
    ],
)
def test_a_name_in_any_of_the_three_languages_will_do(place: Texts, country: str) -> None:
    assert resolve_country("", place) == country


def test_a_name_in_place_of_a_code_is_a_name() -> None:
    assert resolve_country("New Zealand", Texts()) == "NZ"


def test_the_code_goes_before_the_name() -> None:
    assert resolve_country("US", Texts("GEORGIA")) == "US"


def test_an_unknown_code_leaves_it_to_the_names() -> None:
    assert resolve_country("QQ9", Texts()) is None
    assert resolve_country("QQ9", Texts("MALAYSIA")) == "MY"
    assert resolve_country("QQ9", Texts("", "緬甸", "")) == "MM"


@pytest.mark.parametrize("place", [Texts(), Texts("KWAI CHUNG"), Texts("NOT HONG KONG"), Texts("Hong")])
def test_what_is_no_countrys_name_is_none(place: Texts) -> None:
    assert resolve_country("", place) is None


def test_every_code_and_name_leads_to_its_country() -> None:
    for row in ROWS.values():
        assert resolve_country(row.country_code, Texts()) == row.country_code
        assert resolve_country(row.alpha_3, Texts()) == row.country_code
        for place in (Texts(row.name_e), Texts("", row.name_c, ""), Texts("", "", row.name_s)):
            assert resolve_country("", place) == row.country_code


@pytest.mark.parametrize(
    ("code", "alpha_3", "names"),
    [
        ("HK", "HKG", ("Hong Kong", "香港", "香港")),
        ("MO", "MAC", ("Macao", "澳門", "澳门")),
        ("TW", "TWN", ("Taiwan", "台灣", "台湾")),
        ("CN", "CHN", ("China", "中國", "中国")),
        ("IT", "ITA", ("Italy", "意大利", "意大利")),
    ],
)
def test_a_country_has_names_as_hong_kong_writes_them(
    code: str, alpha_3: str, names: tuple[str, ...]
) -> None:
    row = ROWS[code]
    assert (row.alpha_3, (row.name_e, row.name_c, row.name_s)) == (alpha_3, names)


def test_every_alias_names_a_country_of_the_list_and_is_written_in_capitals() -> None:
    for row in seed_rows("country_alias"):
        assert row["country_code"] in ROWS
        assert row["alias"] == row["alias"].upper()
        assert row["source"]
