"""The hook of Hongkong Post's mail tracking service (EC-Ship)."""

import re
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from airflow.providers.common.compat.sdk import AirflowNotFoundException
from airflow.sdk import BaseHook
from airflow.sdk.log import mask_secret
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hkpost.ecship.settings import AccountSettings, SettingsError, account_settings
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.revision import UnfitDatabaseError, check_current
from hkpost.warehouse.setting import accounts_allowed
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, warehouse_url

if TYPE_CHECKING:
    import pandas as pd

    from hkpost.ecship.wire import Wire

_NAME = re.compile(r"\w[\w.:!()-]{0,249}")
"""What Airflow takes for a connection's id, without the characters that would make another address of its API."""
_FORMS_NAME = re.compile(r"[A-Za-z0-9]{8}")
"""The random name under which Airflow's form tests a connection."""


class AccountRefused(SettingsError):
    """The name is not that of an account that may be used: nothing of the connection was read, or will be sent."""


class HkpostHook(BaseHook):
    """Reads a connection of type `hkpost`: one API account of the EC-Ship Mail Tracking service.

    A connection of another type is never used, and one that `accounts_allowed` in `hkpost.setting` does not name only
    where that is blank: items and DAGs name accounts, and must not borrow what belongs to others.

    Args:
        hkpost_conn_id: the connection, which is the name of the account in the warehouse too.
        warehouse_conn_id: whose `hkpost.setting` says which accounts are allowed; without that connection: all.
    """

    conn_name_attr = "hkpost_conn_id"
    default_conn_name = "hkpost_default"
    conn_type = "hkpost"
    hook_name = "Hongkong Post tracking"

    def __init__(
        self,
        hkpost_conn_id: str = default_conn_name,
        *,
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.hkpost_conn_id = hkpost_conn_id
        self.warehouse_conn_id = warehouse_conn_id

    @cached_property
    def settings(self) -> AccountSettings:
        """The connection's fields, checked; what is secret in them is masked in Airflow's logs from here on.

        Raises:
            AccountRefused: the connection is missing, of another type, or not allowed.
            SettingsError: a field is missing or out of its range; the message names it and the fix.
            SQLAlchemyError: the warehouse is there and cannot say which accounts are allowed.
        """
        try:
            engine = self._warehouse()
        except AirflowNotFoundException:
            return self.settings_within(())
        try:
            return self.settings_within(accounts_allowed(engine))
        finally:
            engine.dispose()

    def settings_within(self, allowed: Collection[str]) -> AccountSettings:
        """The same, where `accounts_allowed` is known; empty: all of the type.

        Raises:
            AccountRefused: the connection is missing, of another type, or not allowed.
            SettingsError: a field is missing or out of its range; the message names it and the fix.
        """
        account = self.hkpost_conn_id
        if allowed and account not in allowed:
            raise AccountRefused(
                f"connection {account}: is not named by accounts_allowed in hkpost.setting: it is not used"
            )
        if not _NAME.fullmatch(account):
            raise AccountRefused(f"connection {account[:60]!r}: no connection of Airflow can have that name")
        try:
            connection = self.get_connection(account)
        except (AirflowNotFoundException, PermissionError):
            raise AccountRefused(f"connection {account}: there is none that may be read here") from None
        if connection.conn_type != self.conn_type:
            raise AccountRefused(
                f"connection {account}: is of type {connection.conn_type}, and only those of type "
                f"{self.conn_type} are used"
            )
        try:
            extra = connection.extra_dejson
        except ValueError:
            raise SettingsError(f"connection {account}: extra is no JSON object") from None
        settings = account_settings(account, connection.host, connection.login, connection.password, extra)
        for secret in settings.secrets:
            for written in (
                secret,
                escape(secret),
                quote(secret, safe=""),
                b64encode(secret.encode()).decode(),
            ):
                mask_secret(written)
        return settings

    def get_conn(self) -> "Wire":
        """Open the account's wire (load its WSDL): what builds its requests and reads their answers.

        Raises:
            SettingsError: the connection or its WSDL cannot be used.
        """
        # Here, as below: a DAG file that names an operator does not wait for it.
        from hkpost.ecship.wires import open_wire

        return open_wire(self.settings)

    def track(self, item_nos: Sequence[str]) -> "pd.DataFrame":
        """Ask about items at once; return a row for each of their events, with its meaning and the item's state.

        With the connection `hkpost_warehouse` the requests go in the account's turn, under its lease and within its
        quota, and are entered in `hkpost.api_call`; nothing else is written, and the items need not be registered.
        Without that connection they are paced within this process, and no other process may send for the account.

        Raises:
            SettingsError: the connection or its WSDL cannot be used; nothing was sent.
            NotAnsweredError: another run holds the account, the day's quota is used up, or the service does not answer.
            UnfitDatabaseError: the warehouse's schema is another than this code's.
        """
        from hkpost.jobs.track import track

        try:
            engine = self._warehouse()
        except AirflowNotFoundException:
            return track(self.settings, item_nos)
        try:
            with engine.connect() as connection:
                check_current(connection)
            return track(self.settings, item_nos, engine=engine)
        finally:
            engine.dispose()

    def test_connection(self) -> tuple[bool, str]:
        """Send one request about the specification's example item, in the account's turn; say what came back."""
        try:
            return self._probe()
        except SettingsError as error:
            return False, str(error)

    def _probe(self) -> tuple[bool, str]:
        from hkpost.dispatch.connection_test import NoLedger, probe

        try:
            engine = self._warehouse()
            with engine.connect() as connection:
                check_current(connection)
            known, allowed = known_accounts(engine), accounts_allowed(engine)
        except (AirflowNotFoundException, SQLAlchemyError, UnfitDatabaseError, ValueError) as error:
            return _uncounted(self.settings_within(()), _first_line(error))
        # The form has no name yet: whoever may fill it has the credential in hand.
        settings = self.settings_within(() if self._is_form else allowed)
        try:
            account = self._account(settings, known)
            if account is None:
                return _uncounted(settings, "no account has sent as this user yet")
            is_in_use = _same(settings, account)
            return probe(engine, replace(settings, account=account), is_in_use=is_in_use)
        except NoLedger as error:
            return _uncounted(settings, _first_line(error))
        finally:
            engine.dispose()

    def _warehouse(self) -> Engine:
        """To read from, whatever schema it has."""
        return warehouse_engine(warehouse_url(self.warehouse_conn_id))

    @property
    def _is_form(self) -> bool:
        return bool(_FORMS_NAME.fullmatch(self.hkpost_conn_id))

    def _account(self, settings: AccountSettings, known: Collection[str]) -> str | None:
        """The account whose turn and quota a test takes; None for a form whose API user no stored connection has.

        Airflow's form tests under a random name: the account is the one that sends as the same API user, to the same
        service where there are several.
        """
        if self.hkpost_conn_id in known:
            return self.hkpost_conn_id
        others = [_stored(account) for account in dict.fromkeys((self.default_conn_name, *known))]
        same_user = [one for one in others if one and one.login == settings.login]
        same_user.sort(key=lambda one: one.host != settings.host)
        if same_user:
            return same_user[0].account
        return None if self._is_form else self.hkpost_conn_id


def _stored(account: str) -> AccountSettings | None:
    try:
        return HkpostHook(account).settings_within(())
    except SettingsError:
        return None


def _same(settings: AccountSettings, account: str) -> bool:
    """Whether an account's runs send with these very settings."""
    stored = _stored(account)
    return stored is not None and replace(stored, account=settings.account) == settings


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _uncounted(settings: AccountSettings, reason: str) -> tuple[bool, str]:
    """Test without the warehouse, and say so."""
    from hkpost.dispatch.connection_test import probe

    works, words = probe(None, settings, is_in_use=False)
    return works, f"{words} (outside the account's pace and not in hkpost.api_call: {reason})"
