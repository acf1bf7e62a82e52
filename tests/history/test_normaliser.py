"""Reported events with what their times, places and messages mean."""

from datetime import UTC, date, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from hkpost.ecship.rows import NO_TEXTS, ReportedEvent, Texts
from hkpost.history.normaliser import Normaliser, unreadable
from hkpost.history.observation import Observation, WordingKey
from hkpost.history.wordings import wording_ledger

PLACE = Texts("HONG KONG", "香港", "香港")
NORMALISER = Normaliser(wording_ledger())


def observe(
    time: str, code: str = "", place: Texts = NO_TEXTS, message: Texts = NO_TEXTS, event_code: str = ""
) -> Observation:
    return NORMALISER.observe(ReportedEvent(time, code, place, message, event_code))


def said(seen: Observation) -> list[tuple[str, str]]:
    """What cannot be read of an event: the sentence, and the fragment."""
    return [(str(reason), fragment) for reason, fragment in unreadable(seen)]


def test_an_event_has_its_instant_its_country_its_type_and_the_line_that_says_so() -> None:
    message = Texts("The item ( RB123456785HK ) left Hong Kong for its destination on  02-Mar-2017 ")
    seen = observe("01-03-2017 11:00", "HK", PLACE, message)
    assert said(seen) == []
    assert seen.time_key == "2017-03-01T11:00"
    assert seen.time == (
        date(2017, 3, 1),
        datetime(2017, 3, 1, 11),
        datetime(2017, 3, 1, 3, tzinfo=UTC),
        "Asia/Hong_Kong",
        "zone",
    )
    assert (seen.place.country_iso, seen.place.location) == ("HK", PLACE)
    assert (seen.message.texts, seen.message.event_type) == (message, "EMC")
    line = "the item ({item}) left hong kong for its destination on {date}"
    assert seen.message.wording == WordingKey("event", "e", line)


def test_an_event_of_an_unknown_wording_goes_by_its_first_text() -> None:
    seen = observe("01-03-2017 11:00", "HK", PLACE, Texts("", "乘火車", "乘火车"))
    assert seen.message.event_type == "unclassified"
    assert seen.message.wording == WordingKey("event", "c", "乘火車")
    assert observe("01-03-2017 11:00").message.wording is None


def test_an_event_with_an_unreadable_time_is_kept_and_told() -> None:
    seen = observe("31-02-2017 10:00", "HK", PLACE, Texts("Posted"))
    assert (seen.time.event_date, seen.time_text, seen.time.time_precision) == (
        date(1900, 1, 1),
        "31-02-2017 10:00",
        "unknown",
    )
    assert seen.message.event_type == "EMA"
    assert said(seen) == [("the time of an event is not DD-MM-YYYY HH24:MI", "31-02-2017 10:00")]
    assert said(observe("")) == [("an event has no time", "")]


def test_a_place_whose_country_is_unknown_is_told_and_no_place_is_not() -> None:
    strange = observe("01-03-2017 11:00", "??", Texts("ATLANTIS"), Texts("Posted"))
    nowhere = observe("01-03-2017 11:00", "", Texts(), Texts("Posted"))
    assert (strange.time.time_precision, nowhere.time.time_precision) == ("unknown", "unknown")
    assert said(strange) == [("the country of an event's place is not known", "?? | ATLANTIS |  | ")]
    assert said(nowhere) == []


def test_wordings_that_contradict_each_other_are_told() -> None:
    seen = observe("01-03-2017 11:00", "HK", PLACE, Texts("Posted", "成功派遞", ""))
    assert seen.message.event_type == "unclassified"
    assert said(seen)[0][0] == "the wording of an event is unclassified"


def test_what_an_answer_adds_or_corrects_is_taken_and_what_it_leaves_out_stays() -> None:
    known = observe("01-03-2017 11:00", "", Texts(), Texts("Posted", "投寄"), "A1")
    placed = NORMALISER.merge(known, observe("01-03-2017 11:00", "HK", PLACE, Texts("POSTED.", "已投寄")))
    assert (placed.place.location_code, placed.message.texts, placed.code) == (
        "HK",
        Texts("Posted", "已投寄"),
        "A1",
    )
    assert placed.time.event_time == datetime(2017, 3, 1, 3, tzinfo=UTC), "the place says which clock"
    assert NORMALISER.merge(placed, observe("01-03-2017 11:00", message=Texts("Posted"))) == placed


def test_what_is_equal_is_read_once() -> None:
    first = observe("01-03-2017 11:00", message=Texts("Posted"))
    again = observe("01-03-2017 11:00", message=Texts("Posted"))
    assert first.message is again.message
    assert first.place is again.place
    assert first.time is again.time


PIECES = (
    "{}|{}| |(|（|Item|left|Posted|已離開|郵件|ｘ|é|\u0301|\u200b|\u3099|1|12:30|10-Oct-2015|10/10/15|RE113184005HK"
    "|AB123456789|.|。|İ|ſ|ＲＢ|-"
)
AROUND = st.lists(st.sampled_from(PIECES.split("|")), max_size=6).map("".join)


@given(st.tuples(AROUND, AROUND, AROUND))
@example(("The item ({}) left Hong Kong for its destination on 10-Oct-2015", "郵件（{}）已離開香港", ""))
@example(("{}\u0301", "Ｘ{}", "{} and RE113184005HK"))
def test_a_message_about_another_item_is_read_as_if_it_were_the_first(texts: tuple[str, str, str]) -> None:
    def about(item_no: str) -> Texts:
        return Texts(*(text.replace("{}", item_no) for text in texts))

    learned = Normaliser(wording_ledger())
    for item_no in ("RB123456785HK", "AM000000010GB", "EK999999999KK"):
        expected = Normaliser(wording_ledger()).message(about(item_no))
        assert learned.message(about(item_no)) == expected
