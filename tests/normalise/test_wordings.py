"""What a wording means: the ledger of the field notes, and nothing by resemblance."""

import pytest

from hkpost.meaning import meaning_rows
from hkpost.normalise.templates import template_of
from hkpost.normalise.wordings import UNCLASSIFIED, Wording, WordingLedger, wording_ledger
from hkpost.parse import Texts

LEDGER = wording_ledger()
LINES = meaning_rows("wording")

FIELD_NOTES = {
    "Sender is preparing item for posting": "pre_advice",
    "Posted": "EMA",
    "Item posted.": "EMA",
    "Item posted and is being processed.": "EMA",
    "The item (RB123456785HK) was posted on 29-Jul-2014 and is being processed for delivery to the addressee": "EMA",
    "Item being processed": "processing",
    "The item arrived at processing centre.": "EMB",
    "Process completed for departure": "EMB",
    "Processed for departure.": "EMB",
    "The item (RB123456785HK) is being processed for departure from Hong Kong as of 29-Jul-2014": "EMB",
    "The item (RB123456785HK) will leave Hong Kong for its destination on 29-Jul-2014": "planned_departure",
    "Handed over to carrier": "EMC",
    "Handed over to the carrier": "EMC",
    "Left for destination": "EMC",
    "The item (RB123456785HK) left Hong Kong for its destination on 29-Jul-2014": "EMC",
    "The item left Hong Kong for its destination on  19-Dec-2013 ": "EMC",
    "In transit.": "in_transit",
    "Arrived.": "EMD",
    "Arrived and is being processed.": "EMD",
    "Arrived at processing centre": "EMD",
    "Arrival at processing centre": "EMD",
    "Presented to customs": "EDB",
    "Held by customs": "EME",
    "Released from Customs": "EDC",
    "Despatched from processing centre": "EMF",
    "Arrived at delivery office": "EMG",
    "Arrived the delivery office and is being processed.": "EMG",
    "Unsuccessful Delivery": "EMH",
    "Delivery incomplete": "EMH",
    "Delivered": "EMI",
    "DELIVERED.": "EMI",
}


@pytest.mark.parametrize(("wording", "event_type"), FIELD_NOTES.items())
def test_the_wordings_of_the_field_notes_are_known(wording: str, event_type: str) -> None:
    assert LEDGER.event(Texts(wording)).event_type == event_type


@pytest.mark.parametrize(
    "wording",
    [
        "Not delivered",
        "Delivery failed",
        "To be delivered",
        "Delivered to neighbour",
        "Delivered?",
        "Undelivered",
        "未成功派遞",
        "ENTREGADO",
        "Registro de entrega exitosa",
        "DIGITALIZADO",
        "",
    ],
)
def test_what_is_not_in_the_ledger_is_unclassified(wording: str) -> None:
    for texts in (Texts(wording), Texts("", wording, ""), Texts("", "", wording)):
        assert LEDGER.event(texts).event_type == UNCLASSIFIED
        assert LEDGER.milestone(texts).event_type == UNCLASSIFIED


class TestLanguages:
    def test_the_specifications_wordings_are_known_in_each_language(self) -> None:
        event, milestone = (
            Texts("Delivered", "成功派遞", "成功派递"),
            Texts("Delivered", "已成功派遞", "已成功派递"),
        )
        for place in range(3):
            only = Texts(*(text if i == place else "" for i, text in enumerate(event)))
            assert LEDGER.event(only).event_type == "EMI"
            only = Texts(*(text if i == place else "" for i, text in enumerate(milestone)))
            assert LEDGER.milestone(only).event_type == "EMI"

    def test_one_known_language_is_enough(self) -> None:
        assert LEDGER.event(Texts("ENTREGADO", "成功派遞", "")).event_type == "EMI"

    def test_the_line_that_classified_is_told(self) -> None:
        assert LEDGER.event(Texts("delivered.", "成功派遞", "")).wording == Wording(
            "event", "e", "Delivered", "EMI"
        )
        assert LEDGER.event(Texts("?", "成功派遞", "")).wording == Wording("event", "c", "成功派遞", "EMI")

    def test_languages_that_contradict_each_other_classify_nothing_and_are_reported(self) -> None:
        meaning = LEDGER.event(Texts("Posted", "成功派遞", ""))
        assert (meaning.event_type, meaning.wording) == (UNCLASSIFIED, None)
        assert meaning.problem is not None
        assert "EMA" in meaning.problem
        assert "EMI" in meaning.problem


class TestMilestones:
    def test_a_milestone_in_the_words_of_an_event_means_the_same(self) -> None:
        assert LEDGER.milestone(Texts("In transit")).event_type == "in_transit"

    def test_an_event_in_the_words_of_a_milestone_does_not(self) -> None:
        assert LEDGER.event(Texts("", "已成功派遞", "")).event_type == UNCLASSIFIED

    def test_its_own_line_goes_first(self) -> None:
        ledger = WordingLedger(
            [Wording("event", "e", "Posted", "EMA"), Wording("milestone", "e", "Posted", "EMC")]
        )
        assert ledger.milestone(Texts("Posted")).event_type == "EMC"


class TestLedger:
    def test_every_line_is_a_template_with_a_known_type_and_a_source(self) -> None:
        types = {row["event_type"] for row in meaning_rows("event_type")}
        for line in LINES:
            assert line["template"] == template_of(line["template"])
            assert line["event_type"] in types - {UNCLASSIFIED}
            assert line["kind"] in ("event", "milestone")
            assert line["lang"] in ("e", "c", "s")
            assert line["source"]

    def test_two_lines_for_one_wording_are_an_error(self) -> None:
        with pytest.raises(ValueError, match="two lines"):
            WordingLedger([Wording("event", "e", "Posted", "EMA"), Wording("event", "e", "POSTED", "EMC")])

    def test_lines_without_a_meaning_are_left_out(self) -> None:
        row = {"kind": "event", "lang": "e", "template": "ENTREGADO", "event_type": UNCLASSIFIED}
        assert WordingLedger.from_rows([row]).event(Texts("ENTREGADO")).wording is None

    def test_the_digest_changes_with_a_meaning_and_not_with_the_order(self) -> None:
        posted, left = Wording("event", "e", "Posted", "EMA"), Wording("event", "e", "Left", "EMC")
        digest = WordingLedger([posted, left]).digest
        assert WordingLedger([left, posted]).digest == digest
        assert WordingLedger([posted, left._replace(event_type="EMB")]).digest != digest
        assert WordingLedger([posted]).digest != digest
