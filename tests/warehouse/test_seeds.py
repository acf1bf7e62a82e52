"""What an edit of each seed file does to a warehouse that is there already: docs/seeds.md, line by line."""

import re

from hkpost.ecship.rows import Texts
from hkpost_local.paths import PROJECT
from tests.helpers.answers_by_hand import POSTING, event, item_answer
from tests.helpers.seed_files import Seeds

ITEM = "RB123456785HK"


def test_a_setting_that_no_person_changed_follows_its_file_and_one_that_a_person_changed_stays(
    seeds: Seeds,
) -> None:
    seeds.warehouse.run(
        "UPDATE hkpost.setting SET value = '45', comment = '' WHERE name = 'confirm_after_hours'"
    )
    seeds.edit("setting", "not_found_after_days,30,", "not_found_after_days,31,")
    seeds.edit("setting", "confirm_after_hours,48,", "confirm_after_hours,49,")
    rows = "SELECT (value, default_value, is_edited, comment <> '')::text FROM hkpost.setting WHERE name = "
    assert seeds.value(f"{rows} 'not_found_after_days'") == "(31,31,f,t)"
    assert seeds.value(f"{rows} 'confirm_after_hours'") == "(45,49,t,t)"
    seeds.warehouse.run("UPDATE hkpost.setting SET value = default_value WHERE name = 'confirm_after_hours'")
    seeds.edit("setting", "confirm_after_hours,49,", "confirm_after_hours,50,")
    assert seeds.value(f"{rows} 'confirm_after_hours'") == "(50,50,f,t)"


def test_a_poll_policy_that_no_person_changed_follows_its_file_and_one_that_a_person_changed_stays(
    seeds: Seeds,
) -> None:
    seeds.warehouse.run("UPDATE hkpost.poll_policy SET silence_share = 0.5 WHERE state = 'customs'")
    seeds.edit("poll_policy", "arrived,3 hours,", "arrived,180 minutes,")
    seeds.edit("poll_policy", "arrived,180 minutes,", "arrived,2 hours,")
    seeds.edit("poll_policy", "customs,6 hours,", "customs,5 hours,")
    rows = "SELECT (poll_after, silence_share, is_edited)::text FROM hkpost.poll_policy WHERE state = "
    assert seeds.value(f"{rows} 'arrived'") == "(02:00:00,0.10,f)"
    assert seeds.value(f"{rows} 'customs'") == "(06:00:00,0.5,t)"


def test_a_value_of_before_the_warehouse_knew_its_files_is_a_persons_unless_it_is_the_files(
    seeds: Seeds,
) -> None:
    seeds.warehouse.run("UPDATE hkpost.setting SET value = '45' WHERE name = 'not_found_after_days'")
    seeds.warehouse.run("UPDATE hkpost.setting SET default_value = NULL")
    seeds.edit("setting", 'confirm_after_hours,48,"A delivered', 'confirm_after_hours,48,"Delivered: a')
    assert seeds.value(
        "SELECT string_agg(name || ' ' || value, ', ') FROM hkpost.setting WHERE is_edited"
    ) == ("not_found_after_days 45")


def test_a_setting_or_a_poll_policy_that_leaves_its_file_stays(seeds: Seeds) -> None:
    policy = "not_found,12 hours,0.25,5 days,,Answered 1001 and still open: ever more rarely\n"
    seeds.edit("poll_policy", policy, "")
    seeds.edit("setting", "fresh_within_hours,", "fresh_within_hours_or_so,")
    assert seeds.value("SELECT count(*) FROM hkpost.poll_policy WHERE state = 'not_found'") == 1
    assert seeds.value("SELECT count(*) FROM hkpost.setting WHERE name LIKE 'fresh_within_hours%'") == 2


def test_an_event_types_names_and_stage_are_seen_at_once_and_the_journeys_are_made_again(
    seeds: Seeds,
) -> None:
    seeds.warehouse.answer(item_answer(ITEM, POSTING))
    posting = "SELECT (event_type_e, stage)::text FROM hkpost.tracking_event"
    assert seeds.value(posting) == "(Posting,posting)"
    seeds.edit(
        "event_type", "EMA,posting,20,accepted,false,Posting,", "EMA,origin,25,accepted,false,Handed in,"
    )
    assert seeds.value(posting) == '("Handed in",origin)'
    assert (
        seeds.value("SELECT (posting_stage_at, origin_at IS NOT NULL)::text FROM hkpost.item_journey")
        == "(,t)"
    )


def test_an_event_type_that_leaves_its_file_stays(seeds: Seeds) -> None:
    lines = (seeds.files / "event_type.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (line,) = [line for line in lines if line.startswith("pre_advice,")]
    words = seeds.files / "wording.csv"
    words.write_text(words.read_text(encoding="utf-8").replace(",pre_advice,", ",EMA,"), encoding="utf-8")
    seeds.edit("event_type", line, "")
    assert seeds.value("SELECT count(*) FROM hkpost.dim_event_type WHERE event_type = 'pre_advice'") == 1


def test_a_wording_means_what_its_line_says_from_then_on_and_nothing_without_it(seeds: Seeds) -> None:
    later = event("26-02-2026 08:00", Texts("HANDED TO THE NEIGHBOUR"))
    seeds.warehouse.answer(item_answer(ITEM, POSTING, later))
    meant = "SELECT event_type FROM hkpost.dim_wording WHERE template = 'HANDED TO THE NEIGHBOUR'"
    assert seeds.value(meant) == "unclassified"
    first = "event,e,Posted,EMA,"
    seeds.edit("wording", first, f"event,e,Handed to the neighbour,EMI,a test,\n{first}")
    assert seeds.value(meant) == "EMI"
    seeds.edit("wording", f"event,e,Handed to the neighbour,EMI,a test,\n{first}", first)
    assert seeds.value(
        "SELECT event_type FROM hkpost.dim_wording WHERE template = 'Handed to the neighbour'"
    ) == ("unclassified")


def test_a_wording_that_the_business_teaches_in_sql_holds_outlasts_the_files_and_is_a_line_for_them(
    seeds: Seeds,
) -> None:
    first, later = (event(f"2{day}-02-2026 08:00", Texts("Left with the concierge")) for day in (6, 7))
    seeds.warehouse.answer(item_answer(ITEM, POSTING, first))
    teach, lines = re.findall(r"```sql\n(.+?)\n```", (PROJECT / "docs/seeds.md").read_text(), re.DOTALL)[1:]
    seeds.run(teach)
    seeds.warehouse.answer(item_answer(ITEM, POSTING, first, later))
    assert seeds.value(f"SELECT state FROM hkpost.mail_item WHERE item_no = '{ITEM}'") == "delivered"
    seeds.edit(
        "wording", "event,e,Posted,EMA,", "event,e,Handed to the neighbour,EMI,a test,\nevent,e,Posted,EMA,"
    )
    assert seeds.value(lines) == "event,e,Left with the concierge,EMI,our operations,"


def test_an_alias_that_leaves_its_file_resolves_nothing(seeds: Seeds) -> None:
    seeds.edit("country_alias", "UK,GB,exceptionally reserved in ISO 3166\n", "")
    assert seeds.value("SELECT count(*) FROM hkpost.dim_country_alias WHERE alias = 'UK'") == 0


def test_a_countrys_name_and_zone_are_those_of_the_files(seeds: Seeds) -> None:
    seeds.edit("country_name", "MO,,Macao,", "MO,,Macau,")
    assert seeds.value("SELECT name_e FROM hkpost.dim_country WHERE country_code = 'MO'") == "Macau"
    zones = (seeds.files / "country_zone.csv").read_text(encoding="utf-8")
    assert "AR,America/Argentina/Buenos_Aires," in zones
    seeds.edit("country_zone", "AR,America/Argentina/Buenos_Aires,", "AR,America/Argentina/Cordoba,")
    assert seeds.value("SELECT principal_zone FROM hkpost.dim_country WHERE country_code = 'AR'") == (
        "America/Argentina/Cordoba"
    )
