"""What an answer says of the item itself: posting, drop-off point, countries."""

from typing import Final

from hkpost.ecship.rows import ItemAnswer, Texts
from hkpost.history.countries import resolve_country
from hkpost.history.item import Item
from hkpost.history.item_result import Reject
from hkpost.history.texts import merge_texts
from hkpost.history.times import local_time
from hkpost.reasons import Reason, Why

_CODE_LENGTH: Final = 40
"""No code of a country is so long: of a longer one the item keeps the beginning, `rejected_record` the whole. Indexes
cannot hold a text of any length."""


def apply_details(item: Item, answer: ItemAnswer) -> list[Reject]:
    """Set posting, drop-off point and countries of `item`; what the answer leaves empty stays as it was.

    Returns what cannot be read.
    """
    rejects = []
    if answer.posting_date_time:
        posted_at = local_time(answer.posting_date_time)
        if posted_at is None:
            rejects.append(Reject(item.item_no, Reason(Why.POSTING_TIME), answer.posting_date_time))
        else:
            item.posted_at_local = posted_at
    if any(answer.drop_off_point):
        item.drop_off_point = merge_texts(item.drop_off_point, answer.drop_off_point)
    code, names = answer.origin_code, answer.origin
    country = resolve_country(code, names) if code or any(names) else None
    rejects += _unknown_country(item, Why.ORIGIN, code, names, country, item.origin_country)
    if country or code:
        item.origin_country, item.origin_iso = code[:_CODE_LENGTH] or item.origin_country, country
    code, names = answer.destination_code, answer.destination
    country = resolve_country(code, names) if code or any(names) else None
    rejects += _unknown_country(item, Why.DESTINATION, code, names, country, item.destination_country)
    if country or code:
        item.destination_country, item.destination_iso = (
            code[:_CODE_LENGTH] or item.destination_country,
            country,
        )
    return rejects


def _unknown_country(
    item: Item, why: Why, code: str, names: Texts, country: str | None, known_code: str | None
) -> list[Reject]:
    """A country that cannot be resolved, when the answer says it for the first time."""
    if country or not (code[:_CODE_LENGTH] != known_code if code else any(names)):
        return []
    return [Reject(item.item_no, Reason(why), " | ".join((code, *names)))]
