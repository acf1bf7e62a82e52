"""Reported events as the fact's rows."""

from datetime import UTC, date, datetime

from hkpost.normalise.events import FACT_COLUMNS, REJECT_COLUMNS, normalise_events, reported_frame
from hkpost.normalise.wordings import wording_ledger
from hkpost.parse import ItemAnswer, ReportedEvent, Texts

PLACE = Texts("HONG KONG", "香港", "香港")


def normalised(*events: ReportedEvent) -> tuple[list[dict[str, object]], list[tuple[object, ...]]]:
    answer = ItemAnswer("RB123456785HK", 0, events=events)
    read = normalise_events(reported_frame([(7, answer)]), wording_ledger())
    rows = [dict(zip(read.events.columns, row, strict=True)) for row in read.events.itertuples(index=False)]
    return rows, [tuple(row) for row in read.rejects.itertuples(index=False)]


def test_an_event_becomes_one_row_of_the_fact() -> None:
    message = Texts("The item ( RB123456785HK ) left Hong Kong for its destination on  02-Mar-2017 ")
    rows, rejects = normalised(ReportedEvent("01-03-2017 11:00", "HK", PLACE, message))
    assert rejects == []
    assert rows == [
        {
            "item_no": "RB123456785HK",
            "call_id": 7,
            "position": 0,
            "event_date_time": "01-03-2017 11:00",
            "location_code": "HK",
            "location_e": "HONG KONG",
            "location_c": "香港",
            "location_s": "香港",
            "message_e": message.e,
            "message_c": "",
            "message_s": "",
            "event_code": "",
            "event_date": date(2017, 3, 1),
            "event_time_local": datetime(2017, 3, 1, 11),
            "event_time": datetime(2017, 3, 1, 3, tzinfo=UTC),
            "time_zone": "Asia/Hong_Kong",
            "time_precision": "zone",
            "event_time_text": "01-03-2017 11:00",
            "country_iso": "HK",
            "text_e": "The item ( {1} ) left Hong Kong for its destination on  {2} ",
            "text_c": "",
            "text_s": "",
            "text_params": ("RB123456785HK", "02-Mar-2017"),
            "template_e": "The item ({item}) left Hong Kong for its destination on {date}",
            "template_c": "",
            "template_s": "",
            "event_type": "EMC",
            "wording_lang": "e",
            "wording_template": "The item ({item}) left Hong Kong for its destination on {date}",
        }
    ]


def test_values_stay_pythons_own_whatever_else_is_in_the_column() -> None:
    rows, _ = normalised(
        ReportedEvent("01-03-2017 11:00", "HK", PLACE, Texts("Posted")),
        ReportedEvent("soon", "??", Texts(), Texts("ENTREGADO")),
    )
    assert type(rows[0]["event_time_local"]) is datetime
    assert type(rows[0]["event_date"]) is date
    assert (rows[1]["event_time_local"], rows[1]["event_time"], rows[1]["country_iso"]) == (None, None, None)
    assert rows[1]["wording_lang"] is None


def test_an_event_with_an_unreadable_time_is_kept_and_told() -> None:
    rows, rejects = normalised(ReportedEvent("31-02-2017 10:00", "HK", PLACE, Texts("Posted")))
    assert (rows[0]["event_date"], rows[0]["event_time_text"], rows[0]["time_precision"]) == (
        date(1900, 1, 1),
        "31-02-2017 10:00",
        "unknown",
    )
    assert rows[0]["event_type"] == "EMA"
    assert rejects == [
        (0, "RB123456785HK", 7, "the time of an event is not DD-MM-YYYY HH24:MI", "31-02-2017 10:00")
    ]


def test_a_place_whose_country_is_unknown_is_told_and_no_place_is_not() -> None:
    rows, rejects = normalised(
        ReportedEvent("01-03-2017 11:00", "??", Texts("ATLANTIS"), Texts("Posted")),
        ReportedEvent("01-03-2017 11:00", "", Texts(), Texts("Posted")),
    )
    assert [row["time_precision"] for row in rows] == ["unknown", "unknown"]
    assert [reject[3:] for reject in rejects] == [
        ("the country of an event's place is not known", "?? | ATLANTIS |  | ")
    ]


def test_wordings_that_contradict_each_other_are_told() -> None:
    rows, rejects = normalised(
        ReportedEvent("01-03-2017 11:00", "HK", PLACE, Texts("Posted", "成功派遞", ""))
    )
    assert rows[0]["event_type"] == "unclassified"
    assert rejects[0][3] == "the wording of an event is unclassified"


def test_no_events_are_an_empty_frame_of_the_same_columns() -> None:
    read = normalise_events(reported_frame([]), wording_ledger())
    assert (len(read.events), tuple(read.events.columns)) == (0, FACT_COLUMNS)
    assert (len(read.rejects), tuple(read.rejects.columns)) == (0, REJECT_COLUMNS)


def test_rows_come_back_in_their_order_under_their_index() -> None:
    events = tuple(
        ReportedEvent(f"{day:02}-03-2017 11:00", "HK", PLACE, Texts("Posted")) for day in (3, 1, 2)
    )
    frame = reported_frame(
        [(1, ItemAnswer("A", 0, events=events)), (2, ItemAnswer("B", 0, events=events[:1]))]
    )
    frame.index = frame.index + 100
    read = normalise_events(frame, wording_ledger())
    assert list(read.events.index) == [100, 101, 102, 103]
    assert list(read.events["position"]) == [0, 1, 2, 0]
    assert [day.day for day in read.events["event_date"]] == [3, 1, 2, 3]
