"""The hook of Hongkong Post's mail tracking service (EC-Ship)."""

import asyncio
from functools import cached_property
from typing import Any

from airflow.sdk import BaseHook

from hkpost.client.settings import AccountSettings, SettingsError, account_settings
from hkpost.client.soap import SoapWire
from hkpost.client.transport import HttpAnswer, TransportFault, http_client, post
from hkpost.contract.status import describe
from hkpost.fetch.verdict import Action, of_http_answer
from hkpost.pacing.gate import Gate
from hkpost.parse.answer import parse_answer

EXAMPLE_ITEM = "RB000000010HK"
"""The item number that the specification gives as its example (page 4)."""


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
        """The connection's fields, checked.

        Raises:
            SettingsError: a field is missing or out of its range; the message names it and the fix.
        """
        connection = self.get_connection(self.hkpost_conn_id)
        try:
            extra = connection.extra_dejson
        except ValueError:
            raise SettingsError(f"connection {self.hkpost_conn_id}: extra is no JSON object") from None
        return account_settings(
            self.hkpost_conn_id, connection.host, connection.login, connection.password, extra
        )

    def get_conn(self) -> SoapWire:
        """Load the WSDL and return what builds the account's requests.

        Raises:
            SettingsError: the connection or its WSDL cannot be used.
        """
        return SoapWire(self.settings)

    def test_connection(self) -> tuple[bool, str]:
        """Send one request about the specification's example item and say in words what came back."""
        try:
            settings = self.settings
            request = self.get_conn().request([EXAMPLE_ITEM])
        except SettingsError as error:
            return False, str(error)
        try:
            answer = asyncio.run(_exchange(settings, request))
        except TransportFault as fault:
            return False, request.blank_text(f"{fault.outcome}: {fault}")
        verdict = of_http_answer(answer, 1)
        if verdict.action is not Action.DONE:
            return False, request.blank_text(f"{verdict.outcome}: {verdict.error}")
        return True, f"{settings.login} was answered in {answer.latency_ms} ms: {_words(answer)}"


async def _exchange(settings: AccountSettings, request: Any) -> HttpAnswer:
    async with http_client(settings) as http:
        return await post(
            http,
            request,
            Gate(0),
            timeout_s=settings.timeout_s,
            max_body_bytes=int(settings.max_body_mb * 1_000_000),
        )


def _words(answer: HttpAnswer) -> str:
    """The request's status, and what was said of the example item."""
    read = parse_answer(answer.body)
    words = describe(read.status) if read.status is not None else "no status of the request"
    statuses = [item.status for item in read.items if item.status is not None]
    return f"{words}; of the example {EXAMPLE_ITEM}: {describe(statuses[0])}" if statuses else words
