"""What a wording means: the ledger of the field notes, and nothing by resemblance."""

import csv
from pathlib import Path

import pytest

from hkpost.ecship import Texts
from hkpost.history.templates import casefold_nfkc, template_of
from hkpost.history.wordings import (
    OUR_WORDING,
    UNCLASSIFIED,
    Meaning,
    Wording,
    WordingLedger,
    wording_ledger,
)
from hkpost.seeds import seed_rows

LEDGER = wording_ledger()
LINES = seed_rows("wording")
TYPES = {row["event_type"]: row for row in seed_rows("event_type")}
TERMINAL = {event_type for event_type, row in TYPES.items() if row["is_terminal"] == "true"}

FIELD_NOTES = list(
    csv.DictReader((Path(__file__).parent / "field_notes.csv").read_text(encoding="utf-8").splitlines())
)
"""The field notes' table of English wordings with their EMSEVT code; "?" marks our reading of it."""


def worded(line: dict[str, str]) -> str:
    """A wording as the service may send it, with a number and a date in it."""
    return line["wording"].replace("{item}", " RE113184005HK ").replace("{date}", " 10-Oct-2015 ")


@pytest.mark.parametrize("line", FIELD_NOTES, ids=lambda line: line["wording"])
def test_every_wording_of_the_field_notes_is_classified(line: dict[str, str]) -> None:
    for text in (worded(line), worded(line).upper(), f"  {worded(line)}\u3000. "):
        assert LEDGER.event(Texts(text)).event_type == line["event_type"]
        assert LEDGER.milestone(Texts(text)).event_type == line["event_type"]


def test_a_wording_with_an_emsevt_code_has_that_type_and_one_without_has_none_of_them() -> None:
    emsevt = {row["event_type"] for row in seed_rows("event_type") if row["emsevt"] == "true"}
    for line in FIELD_NOTES:
        if line["emsevt"] == "none":
            assert line["event_type"] not in emsevt
        else:
            assert line["event_type"] == line["emsevt"].rstrip("?")


def test_what_is_said_to_be_seen_is_in_the_notes_or_says_how_it_differs() -> None:
    seen = {template_of(line["wording"]) for line in FIELD_NOTES}
    for line in LINES:
        if line["lang"] == "e" and not line["source"].startswith(OUR_WORDING):
            assert line["template"] in seen or "our reading" in line["note"], line


NO_DELIVERIES = (
    "Not delivered",
    "Not yet delivered",
    "Undelivered",
    "Delivery failed",
    "Delivery attempted",
    "To be delivered",
    "Will be delivered",
    "Out for delivery, not delivered",
    "Could not be delivered",
    "Delivered to neighbour",
    "Delivered to wrong address?",
    "Delivered?",
    "Delivered...",
    "Delivered …",
    "Delivered to sender",
    "Pre-Delivered",
    "Item delivered",
    "Redelivered",
    "未能派遞",
    "未派遞",
    "未成功派遞",
    "未能成功派遞",
    "派遞失敗",
    "待派遞",
    "將派遞",
    "已安排派遞",
    "派遞",
    "不成功派遞",
    "尚未成功派遞",
    "成功派遞？",
    "未能派递",
    "未派递",
    "未成功派递",
    "未能成功派递",
    "派递失败",
    "待派递",
    "将派递",
    "派递",
    "不成功派递",
    "成功派递？",
    "尚未妥投",
    "投递失败",
    "NO ENTREGADO",
    "ENTREGADO A REMITENTE",
    "DIGITALIZADO",
    "Objeto entregue ao remetente",
    "Objeto não entregue ao destinatário",
    "Zugestellt",
)


@pytest.mark.parametrize("wording", NO_DELIVERIES)
def test_what_only_looks_like_a_delivery_is_none_in_any_language(wording: str) -> None:
    for place in range(3):
        texts = Texts(*(wording if i == place else "" for i in range(3)))
        for meaning in (LEDGER.event(texts), LEDGER.milestone(texts)):
            assert meaning.event_type in (UNCLASSIFIED, "EMH"), "EMH is an attempt that failed"
            assert meaning.event_type not in TERMINAL


@pytest.mark.parametrize(
    "wording", ["ENTREGADO", "Registro de entrega exitosa", "Objeto entregue ao destinatário"]
)
def test_a_delivery_in_a_carriers_own_language_is_one_by_a_line_with_its_source(wording: str) -> None:
    for texts in (Texts(wording), Texts("", wording, ""), Texts(wording, wording, wording)):
        meaning = LEDGER.event(texts)
        assert meaning.event_type == "EMI"
    assert {line["source"][:6] for line in LINES if line["template"] == wording} == {"public"}


@pytest.mark.parametrize("wording", ["DIGITALIZADO", "Item relabelled", ""])
def test_what_is_not_in_the_ledger_is_unclassified(wording: str) -> None:
    # The first is in the notes' histories and not in their table: which of its scans another post calls so is for a
    # person to say.
    for texts in (Texts(wording), Texts("", wording, ""), Texts("", "", wording)):
        assert LEDGER.event(texts) == LEDGER.milestone(texts) == Meaning(UNCLASSIFIED)


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
        assert LEDGER.event(Texts("DIGITALIZADO", "成功派遞", "")).event_type == "EMI"

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

    def test_a_wording_of_our_own_speaks_only_where_no_seen_one_does(self) -> None:
        ledger = WordingLedger(
            [
                Wording("event", "e", "Arrived at delivery office", "EMG"),
                Wording("event", "c", "已到達", "EMD", is_ours=True),
            ]
        )
        assert ledger.event(Texts("", "已到達", "")).event_type == "EMD"
        for c in ("已到達", "已抵達派遞局"):
            meaning = ledger.event(Texts("Arrived at delivery office", c, ""))
            assert (meaning.event_type, meaning.problem) == ("EMG", None)


class TestMilestones:
    def test_a_milestone_in_the_words_of_an_event_means_the_same(self) -> None:
        assert LEDGER.milestone(Texts("In transit")).event_type == "in_transit"

    def test_an_event_in_the_words_of_a_milestone_does_not(self) -> None:
        assert LEDGER.event(Texts("", "已成功派遞", "")).event_type == UNCLASSIFIED

    def test_its_languages_are_held_against_each_other_whatever_line_each_has(self) -> None:
        meaning = LEDGER.milestone(Texts("Posted", "已成功派遞", ""))
        assert (meaning.event_type, meaning.wording) == (UNCLASSIFIED, None)
        assert meaning.problem is not None

    def test_its_own_line_goes_first(self) -> None:
        ledger = WordingLedger(
            [Wording("event", "e", "Posted", "EMA"), Wording("milestone", "e", "Posted", "EMC")]
        )
        assert ledger.milestone(Texts("Posted")).event_type == "EMC"


class TestLedger:
    @pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['lang']} {line['template']}")
    def test_a_line_is_a_template_with_a_known_type_and_a_source(self, line: dict[str, str]) -> None:
        assert line["template"] == template_of(line["template"]) != ""
        assert line["event_type"] in TYPES.keys() - {UNCLASSIFIED}
        assert line["kind"] in ("event", "milestone")
        assert line["lang"] in ("e", "c", "s")
        assert line["source"].strip()
        assert None not in line and None not in line.values(), "as many fields as columns"

    def test_no_two_lines_are_for_one_wording(self) -> None:
        keys = [(line["kind"], line["lang"], casefold_nfkc(line["template"])) for line in LINES]
        assert len(keys) == len(set(keys))

    def test_our_own_wordings_end_no_item_in_the_words_of_a_delivery(self) -> None:
        ours = [line for line in LINES if line["source"].startswith(OUR_WORDING)]
        assert {line["event_type"] for line in ours} & TERMINAL == {"returned"}

    def test_two_lines_for_one_wording_are_an_error(self) -> None:
        for twin in ("POSTED", "Ｐosted"):
            with pytest.raises(ValueError, match="two lines"):
                WordingLedger([Wording("event", "e", "Posted", "EMA"), Wording("event", "e", twin, "EMC")])

    def test_lines_without_a_meaning_are_left_out(self) -> None:
        row = {
            "kind": "event",
            "lang": "e",
            "template": "ENTREGADO",
            "event_type": UNCLASSIFIED,
            "source": "an answer",
        }
        assert WordingLedger.from_rows([row]).event(Texts("ENTREGADO")).wording is None

    def test_the_digest_changes_with_a_meaning_and_not_with_the_order(self) -> None:
        posted, left = Wording("event", "e", "Posted", "EMA"), Wording("event", "e", "Left", "EMC")
        digest = WordingLedger([posted, left]).digest
        assert WordingLedger([left, posted]).digest == digest
        assert WordingLedger([posted, left._replace(event_type="EMB")]).digest != digest
        assert WordingLedger([posted]).digest != digest
        assert WordingLedger([posted, left._replace(is_ours=True)]).digest != digest
