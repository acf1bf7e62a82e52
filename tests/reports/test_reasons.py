"""Why something could not be used, as readers of three languages are told."""

import csv
import re

import pytest

from hkpost.reasons import Reason, Why
from hkpost.reports.reasons import in_languages
from hkpost_local.paths import PROJECT

CJK = re.compile(r"[\u4e00-\u9fff]")
TRANSLATED = PROJECT / "include/hkpost/reports/reasons.csv"


def test_every_reason_has_its_sentence_in_chinese_with_the_same_values() -> None:
    with TRANSLATED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == list(Why)
    for row in rows:
        places = sorted(re.findall(r"\{\w+\}", Why(row["name"]).sentence))
        for sentence in (row["name_c"], row["name_s"]):
            assert sorted(re.findall(r"\{\w+\}", sentence)) == places, row["name"]
            assert CJK.search(sentence), row["name"]


@pytest.mark.parametrize(
    ("reason", "english", "traditional", "simplified"),
    [
        (Reason(Why.NO_STATUS), "the item has no status", "此郵件沒有狀態", "此邮件没有状态"),
        (
            Reason(Why.ITEM_COUNT, ("30", "1")),
            "itemCount says 30, and the answer has 1 items",
            "itemCount 為 30，回覆卻有 1 件郵件",
            "itemCount 为 30，回复却有 1 件邮件",
        ),
        (
            Reason(Why.REGISTERED_WITHOUT, ("pieces",), Reason(Why.OUT_OF_RANGE, ("1", "9"))),
            "registered without its pieces: it must be a whole number between 1 and 9",
            "已登記，但沒有 pieces：必須是 1 至 9 的整數",
            "已登记，但没有 pieces：必须是 1 至 9 的整数",
        ),
        (
            Reason(
                Why.FURTHER_ONES, (), Reason(Why.SAYS_NOTHING, (), Reason(Why.STATUS_UNREADABLE, ("'x{0}'",)))
            ),
            "the item's status is 'x{0}', and there is neither an event nor a milestone"
            " (further ones of the same answer)",
            "此郵件的狀態為 'x{0}'，亦沒有事件或進度（同一回覆的其餘各項）",
            "此邮件的状态为 'x{0}'，也没有事件或进度（同一回复的其余各项）",
        ),
    ],
)
def test_a_reason_is_told_in_three_languages(
    reason: Reason, english: str, traditional: str, simplified: str
) -> None:
    told = in_languages({"item_no": "X", **reason.columns()})
    assert told == {
        "item_no": "X",
        "reason_e": english,
        "reason_c": traditional,
        "reason_s": simplified,
    }


@pytest.mark.parametrize(
    ("code", "values"), [(None, None), ("of_a_newer_version", []), ("not_asked", ["of_a_newer_version"])]
)
def test_a_reason_without_a_known_code_is_told_in_english_alone(
    code: str | None, values: list[str] | None
) -> None:
    told = in_languages({"reason": "why", "reason_code": code, "reason_values": values})
    assert told == {"reason_e": "why", "reason_c": None, "reason_s": None}
