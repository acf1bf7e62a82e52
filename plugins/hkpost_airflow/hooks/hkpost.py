"""The hook of Hongkong Post's mail tracking service (EC-Ship)."""

import re
from base64 import b64encode
from collections.abc import Collection
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret
from sqlalchemy.exc import SQLAlchemyError

from hkpost.client.settings import AccountSettings, SettingsError, account_settings
from hkpost.client.soap import SoapWire
from hkpost.dispatch.connection_test import NoLedger, probe
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.lease import known_accounts
from hkpost.warehouse.revision import UnfitDatabaseError, check_current
from hkpost_airflow.hooks.warehouse import warehouse_url

_FORMS_NAME = re.compile(r"[A-Za-z0-9]{8}")
"""The random name under which Airflow's form tests a connection."""


class HkpostHook(BaseHook):
    """Reads a connection of type `hkpost`: one API account of the EC-Ship Mail Tracking service.

    Args:
        hkpost_conn_id: the connection, which is the name of the account in the warehouse too.
    """

    conn_name_attr = "hkpost_conn_id"
    default_conn_name = "hkpost_default"
    conn_type = "hkpost"
    hook_name = "Hongkong Post tracking"

    def __init__(self, hkpost_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hkpost_conn_id = hkpost_conn_id

    @cached_property
    def settings(self) -> AccountSettings:
        """The connection's fields, checked; what is secret in them is masked in Airflow's logs from here on.

        Raises:
            SettingsError: a field is missing or out of its range; the message names it and the fix.
        """
        connection = self.get_connection(self.hkpost_conn_id)
        try:
            extra = connection.extra_dejson
        except ValueError:
            raise SettingsError(f"connection {self.hkpost_conn_id}: extra is no JSON object") from None
        settings = account_settings(
            self.hkpost_conn_id, connection.host, connection.login, connection.password, extra
        )
        for secret in settings.secrets:
            for written in (
                secret,
                escape(secret),
                quote(secret, safe=""),
                b64encode(secret.encode()).decode(),
            ):
                mask_secret(written)
        return settings

    def get_conn(self) -> SoapWire:
        """Load the WSDL and return what builds the account's requests.

        Raises:
            SettingsError: the connection or its WSDL cannot be used.
        """
        return SoapWire(self.settings)

    def test_connection(self) -> tuple[bool, str]:
        """Send one request about the specification's example item, in the account's turn; say what came back."""
        try:
            return self._probe(self.settings)
        except SettingsError as error:
            return False, str(error)

    def _probe(self, settings: AccountSettings) -> tuple[bool, str]:
        try:
            engine = warehouse_engine(warehouse_url())
            with engine.connect() as connection:
                check_current(connection)
            known = known_accounts(engine)
        except (AirflowNotFoundException, SQLAlchemyError, UnfitDatabaseError, ValueError) as error:
            return _uncounted(settings, error)
        try:
            account = self._account(settings, known)
            is_in_use = _same(settings, account)
            return probe(engine, replace(settings, account=account), is_in_use=is_in_use)
        except NoLedger as error:
            return _uncounted(settings, error)
        finally:
            engine.dispose()

    def _account(self, settings: AccountSettings, known: Collection[str]) -> str:
        """The account whose turn and quota a test takes.

        Airflow's form tests under a random name: the account is the one that sends as the same API user to the same
        service. One that has never sent goes by its own name, or, in the form, by its username.
        """
        if self.hkpost_conn_id in known:
            return self.hkpost_conn_id
        for account in dict.fromkeys((self.default_conn_name, *known)):
            stored = _stored(account)
            if stored and (stored.login, stored.host) == (settings.login, settings.host):
                return account
        named_by_airflow = _FORMS_NAME.fullmatch(self.hkpost_conn_id)
        return settings.login if named_by_airflow else self.hkpost_conn_id


def _stored(account: str) -> AccountSettings | None:
    try:
        return HkpostHook(account).settings
    except (AirflowNotFoundException, SettingsError):
        return None


def _same(settings: AccountSettings, account: str) -> bool:
    """Whether an account's runs send with these very settings."""
    stored = _stored(account)
    return stored is not None and replace(stored, account=settings.account) == settings


def _uncounted(settings: AccountSettings, error: Exception) -> tuple[bool, str]:
    """Test without the warehouse, and say so."""
    works, words = probe(None, settings, is_in_use=False)
    reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    return works, f"{words} (outside the account's pace and not in hkpost.api_call: {reason})"
