"""The histories that public trackers have shown (field notes), loaded: dates without times, other posts' words."""

from hkpost.ecship.rows import ItemAnswer, Texts
from hkpost.warehouse.items.terminal import mark_terminal
from tests.helpers.answers_by_hand import LoadedWarehouse, event, item_answer

HISTORIES = {
    "EA999580311HK": """
        US 31-07-2014 Delivered.
        US 31-07-2014 Arrived the delivery office and is being processed.
        US 29-07-2014 Arrived and is being processed.
        HK 28-07-2014 The item left Hong Kong for its destination on 29-Jul-2014
        HK 28-07-2014 The item arrived at processing centre.
        HK 28-07-2014 Item posted and is being processed.
    """,
    "CP889331175HK": """
        NZ 16-01-2014 Delivered.
        NZ 15-01-2014 In transit.
        NZ 14-01-2014 Arrived.
        HK 17-12-2013 The item left Hong Kong for its destination on  19-Dec-2013 \u0020
        HK 13-12-2013 Processed for departure.
        HK 12-12-2013 In transit.
        HK 11-12-2013 Item posted.
    """,
    "RE113184005HK": """
        CO 22-10-2015 ENTREGADO
        CO 22-10-2015 Registro de entrega exitosa
        CO 22-10-2015 DIGITALIZADO
        HK 09-10-2015 The item ( RE113184005HK ) left Hong Kong for its destination on  10-Oct-2015 \u0020
    """,
}


def answer(item_no: str) -> ItemAnswer:
    lines = [line.strip().split(" ", 2) for line in HISTORIES[item_no].strip().split("\n")]
    return item_answer(
        item_no, *(event(f"{day} 00:00", Texts(text), (code, Texts())) for code, day, text in lines)
    )


def test_the_public_histories_become_these_facts(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(*map(answer, HISTORIES))
    mark_terminal(warehouse.engine)
    facts = {
        item_no: {
            (f"{e['event_date']}", e["country_iso"], e["event_type"], f"{e['event_time']:%d-%m %H:%M}")
            for e in warehouse.events(item_no)
        }
        for item_no in HISTORIES
    }
    assert facts == {
        "EA999580311HK": {
            ("2014-07-28", "HK", "EMA", "27-07 16:00"),
            ("2014-07-28", "HK", "EMB", "27-07 16:00"),
            ("2014-07-28", "HK", "EMC", "27-07 16:00"),
            ("2014-07-29", "US", "EMD", "29-07 04:00"),
            ("2014-07-31", "US", "EMG", "31-07 04:00"),
            ("2014-07-31", "US", "EMI", "31-07 04:00"),
        },
        "CP889331175HK": {
            ("2013-12-11", "HK", "EMA", "10-12 16:00"),
            ("2013-12-12", "HK", "in_transit", "11-12 16:00"),
            ("2013-12-13", "HK", "EMB", "12-12 16:00"),
            ("2013-12-17", "HK", "EMC", "16-12 16:00"),
            ("2014-01-14", "NZ", "EMD", "13-01 11:00"),
            ("2014-01-15", "NZ", "in_transit", "14-01 11:00"),
            ("2014-01-16", "NZ", "EMI", "15-01 11:00"),
        },
        "RE113184005HK": {
            ("2015-10-09", "HK", "EMC", "08-10 16:00"),
            ("2015-10-22", "CO", "unclassified", "22-10 05:00"),
            ("2015-10-22", "CO", "EMI", "22-10 05:00"),
        },
    }
    assert (
        warehouse.value("SELECT string_agg(DISTINCT time_precision, ' ') FROM hkpost.tracking_event")
        == "date"
    )
    states = {no: (warehouse.item(no)["state"], warehouse.item(no)["event_count"]) for no in HISTORIES}
    assert states == {
        "EA999580311HK": ("delivered", 6),
        "CP889331175HK": ("delivered", 7),
        "RE113184005HK": ("delivered", 4),
    }, "another post's words count where the ledger knows them"
    unclassified = warehouse.rows(
        "SELECT template, times_seen FROM hkpost.unclassified_wording ORDER BY template"
    )
    assert [(row["template"], row["times_seen"]) for row in unclassified] == [("DIGITALIZADO", 1)], (
        "and are not guessed where it does not"
    )
    warehouse.answer(*map(answer, HISTORIES))
    assert len(warehouse.versions()) == 17, "and a second time adds nothing"
