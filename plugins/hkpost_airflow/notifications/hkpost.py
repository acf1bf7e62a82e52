"""Sends open alerts to people through notifiers of Airflow's providers: e-mail, Slack, a webhook, any other."""

import copy
import html
import json
from typing import Any

from airflow.providers.common.compat.module_loading import import_string
from airflow.sdk import BaseNotifier, Context

from hkpost.warehouse.watch.alerts import Alert, alerts_to_send, note_sent, sending
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse


class NotifierError(ValueError):
    """A configured notifier cannot be made; the message says which and why."""


class HkpostNotifier(BaseNotifier):
    """Sends each open alert of `hkpost.alert` that was not sent lately, by all of the given notifiers.

    Their templates may use `hkpost_subject`, `hkpost_text`, `hkpost_html` and `hkpost_alert` (`name`, `account`,
    `message`, `look_with`). An alert that lasts is sent again after `alert_again_hours` of `hkpost.setting`.

    Args:
        via: notifiers of Airflow's providers, such as `SmtpNotifier`.
        warehouse_conn_id: where the alerts are.
    """

    def __init__(self, *via: BaseNotifier, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.via = via
        self.warehouse_conn_id = warehouse_conn_id

    def notify(self, context: Context) -> None:
        """Send, and note what was sent; what a notifier raises is raised, and the alert is sent again next time."""
        if not self.via:
            return
        engine = open_warehouse(self.warehouse_conn_id)
        with sending(engine) as are_ours:
            if not are_ours:
                self.log.info("another task is sending the alerts")
            for alert in alerts_to_send(engine) if are_ours else ():
                self.send(context, alert)
                note_sent(engine, alert)

    def send(self, context: Context, alert: Alert) -> None:
        """Send one alert, whether or not it was sent before."""
        for notifier in self.via:
            # Rendering changes a notifier for good: each alert gets a fresh one.
            copy.copy(notifier)({**context, **_words(alert)})
        self.log.info("sent by %s notifiers: %s", len(self.via), alert.subject)


def notifiers_of(text: str) -> list[BaseNotifier]:
    """Make the notifiers of a JSON list such as `[{"notifier": "<dotted path>", "<argument>": …}]`.

    Raises:
        NotifierError: it is no such list, or a notifier cannot be made of an entry.
    """
    try:
        entries = json.loads(text.strip() or "[]")
    except ValueError as error:
        raise NotifierError(f"is no JSON ({error})") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise NotifierError('must be a JSON list of objects: [{"notifier": "<dotted path>", …}]')
    return [_notifier(number, dict(entry)) for number, entry in enumerate(entries, start=1)]


def _notifier(number: int, arguments: dict[str, Any]) -> BaseNotifier:
    path = str(arguments.pop("notifier", ""))
    try:
        kind = import_string(path)
    except ImportError as error:
        raise NotifierError(
            f"entry {number}: notifier {path!r} cannot be imported ({error}): is its provider installed?"
        ) from None
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
        raise NotifierError(f"entry {number}: {path} is no notifier of Airflow's (a BaseNotifier)")
    try:
        return kind(**arguments)
    except TypeError as error:
        raise NotifierError(f"entry {number}: {path}: {error}") from None


def _words(alert: Alert) -> dict[str, Any]:
    return {
        "hkpost_alert": alert,
        "hkpost_subject": alert.subject,
        "hkpost_text": alert.text,
        "hkpost_html": f"<p>{html.escape(alert.message)}.</p>"
        + (f"<pre>{html.escape(alert.look_with)};</pre>" if alert.look_with else ""),
    }
