"""The link from a task to the page."""

from collections.abc import Sequence
from urllib.parse import quote

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseOperatorLink

from hkpost.ecship.pasted_numbers import pasted_numbers

_MOST = 100
"""Numbers: an address has no room for many more."""


def page_address(item_nos: str | Sequence[str] = "") -> str:
    """Return the page's address in this Airflow; that of the items, where some are given in any form."""
    page = str(conf.get("api", "base_url", fallback="") or "").rstrip("/") + "/plugin/hkpost"
    pasted = item_nos if isinstance(item_nos, str) else " ".join(item_nos)
    numbers = pasted_numbers(pasted).item_nos[:_MOST]
    if not numbers:
        return page
    return f"{page}#/item/{numbers[0]}" if len(numbers) == 1 else f"{page}#/find?q={quote(' '.join(numbers))}"


class HkpostPageLink(BaseOperatorLink):
    """Leads from a task of ours to the page HKPost, where what it brought is to be seen."""

    @property
    def name(self) -> str:
        """What the button says."""
        return "HKPost"

    def get_link(self, operator: object, *, ti_key: object) -> str:
        """Return the page's address in this Airflow; that of the items for a task about some that were pasted."""
        return page_address(getattr(operator, "item_nos", ""))
