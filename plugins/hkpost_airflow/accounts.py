"""Which of the accounts that items name can be asked with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from hkpost.ecship.settings import AccountSettings, SettingsError
from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.setting import accounts_allowed
from hkpost_airflow.hooks.hkpost import AccountRefused, HkpostHook

_MOST = 1_000
"""Accounts: Airflow maps a task over 1,024 values at most."""
_MOST_NEW = 100
"""Of those, names that have never been asked with: each costs a request to Airflow, and may be a customer's number."""
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts that can be asked with, those whose connection has a field that must be corrected, and the others."""

    usable: dict[str, AccountSettings] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def refused_names(self) -> str:
        """The names of the refused accounts, or of the first of them."""
        return ", ".join(list(self.refused)[:_EXAMPLES]) + (", …" if len(self.refused) > _EXAMPLES else "")

    @property
    def refused_examples(self) -> str:
        """Why the first of the refused accounts cannot be used."""
        more = "; …" if len(self.refused) > _EXAMPLES else ""
        return "; ".join(list(self.refused.values())[:_EXAMPLES]) + more

    def refusal(self, items: Mapping[str, int]) -> str:
        """The refused accounts in one line, with how many items name them, examples, and what to do."""
        return (
            f"{sum(items[account] for account in self.refused):,} items are not asked about: their accounts "
            f"({len(self.refused):,}) cannot be used ({self.refused_examples}). "
            "They stay due. Correct account in hkpost.mail_item and in open_items_sql, or create the connections "
            "with type hkpost and allow them (accounts_allowed in hkpost.setting)"
        )


def read_accounts(engine: Engine, items: Mapping[str, int]) -> Accounts:
    """Read the connections of accounts, given with how many items name each.

    Looked up are those that `accounts_allowed` names, the default one and those that have sent requests before; of the
    others a hundred, those that most items name.
    """
    allowed = accounts_allowed(engine)
    known = {HkpostHook.default_conn_name, *known_accounts(engine), *allowed}
    names = sorted(items, key=lambda name: (name not in known, -items[name], name))
    looked_up = min(sum(name in known for name in names) + _MOST_NEW, _MOST)
    accounts = Accounts()
    for account in names[:looked_up]:
        try:
            accounts.usable[account] = HkpostHook(account).settings_within(allowed)
        except AccountRefused as error:
            accounts.refused[account] = str(error)
        except SettingsError as error:
            accounts.unreadable[account] = str(error)
    for account in names[looked_up:]:
        accounts.refused[account] = f"connection {account}: is not looked up, after {_MOST_NEW} others"
    return accounts
