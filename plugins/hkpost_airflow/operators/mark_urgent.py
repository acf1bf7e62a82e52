"""First step of hkpost_track_now: the numbers that a person pasted become urgent."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import BaseOperator, Context

from hkpost.ecship.item_number import check_digit_holds
from hkpost.ecship.pasted_numbers import PastedNumbers, pasted_numbers
from hkpost.ecship.settings import SettingsError
from hkpost.warehouse.intake.rejected import SHOWN_LENGTH, shown
from hkpost.warehouse.items.urgent import UrgentItem, mark_urgent
from hkpost_airflow.accounts import read_accounts
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, migrate_warehouse, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin


class HkpostMarkUrgentOperator(OpenLineageMixin, BaseOperator):
    """Registers pasted item numbers as urgent, new ones with `account`; a known item keeps its own.

    Returns one `{"account", "items"}` for each account that has to ask: how many, not which.

    Args:
        item_nos: item numbers in any form (`hkpost.ecship.pasted_numbers`).
        account: the connection that asks about new numbers.
        warehouse_conn_id: where they are registered.
    """

    template_fields: Sequence[str] = ("item_nos", "account", "warehouse_conn_id")
    ui_color = "#d8f0ea"
    reads = ("mail_item", "rejected_record", "account_lease", "setting")
    writes = ("mail_item", "wanted_item", "rejected_record")

    def __init__(
        self, *, item_nos: str, account: str, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.item_nos = item_nos
        self.account = account
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Migrate, read what was pasted, register it.

        Raises:
            AirflowFailException: there is no item number in it, or the account's connection cannot be used.
        """
        for applied in migrate_warehouse(self.warehouse_conn_id):
            self.log.info("schema: %s", applied)
        self._check_account()
        pasted = pasted_numbers(self.item_nos)
        engine = open_warehouse(self.warehouse_conn_id)
        items = mark_urgent(engine, str(context["run_id"]), self.account, pasted.item_nos, pasted.refused)
        self._tell(pasted, items)
        if not items:
            raise AirflowFailException("there is no item number in what was pasted: nothing is asked")
        to_ask = Counter(item.account for item in items if not item.is_answered)
        accounts = read_accounts(engine, to_ask)
        if accounts.refused:
            self.log.warning("%s", accounts.refusal(to_ask))
        return [
            {"account": account, "items": to_ask[account]}
            for account in to_ask
            if account not in accounts.refused
        ]

    def _check_account(self) -> None:
        """A number that is registered with an account that cannot be used would never be asked."""
        try:
            _ = HkpostHook(self.account, warehouse_conn_id=self.warehouse_conn_id).settings
        except SettingsError as error:
            raise AirflowFailException(f"nothing is registered: {error}") from None

    def _tell(self, pasted: PastedNumbers, items: Sequence[UrgentItem]) -> None:
        for refused in pasted.refused:
            self.log.warning(
                "not asked: %r: %s (kept in hkpost.rejected_record)",
                shown(refused.text, SHOWN_LENGTH),
                refused.reason,
            )
        for item_no in pasted.item_nos:
            if not check_digit_holds(item_no):
                self.log.warning(
                    "%s: no S10 number, or its check digit is wrong: asked all the same", item_no
                )
        for item in items:
            self.log.info("%s: %s", item.item_no, self._plan(item))
        self.log.info(
            "%s item numbers: %s new, %s known, %s pasted more than once, %s pieces that are no number",
            f"{len(items):,}",
            f"{sum(item.is_new for item in items):,}",
            f"{sum(not item.is_new for item in items):,}",
            f"{pasted.duplicates:,}",
            f"{len(pasted.refused):,}",
        )

    def _plan(self, item: UrgentItem) -> str:
        if item.is_new:
            return f"new, asked with {item.account}"
        known = f"known, {item.state}"
        if item.account != self.account:
            known += f", asked with its own account {item.account} and not with {self.account}"
        if item.is_answered:
            return f"{known}; it was answered a moment ago, and that answer is loaded"
        if not item.is_open and item.closed_at is not None:
            known += f" since {item.closed_at:%d-%m-%Y}: asked once, and stays closed unless the answer says otherwise"
        return known
