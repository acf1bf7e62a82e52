"""Replay: the archived answers become events and states again, bucket by bucket."""

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import BaseOperator, Context

from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection, instant, selection_of
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, migrate_warehouse, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin


class HkpostReplayPlanOperator(OpenLineageMixin, BaseOperator):
    """Brings schema and wording ledger to their newest, reads the archive, and splits the items into buckets.

    Args:
        buckets: how many; blank: one for each 20,000 items.
        since: only answers received from this instant on (ISO 8601) are folded again; blank: all.
        until: only answers received up to this instant (included); blank: all.
        account: only items of this account; blank: of all.
        item_nos: only these items, pasted in any form; blank: all.
        warehouse_conn_id: where the archive is.

    Returns one selection a bucket, for `HkpostReplayOperator`.
    """

    template_fields: Sequence[str] = (
        "buckets",
        "since",
        "until",
        "account",
        "item_nos",
        "warehouse_conn_id",
    )
    ui_color = "#d8f0ea"
    reads = ("mail_item", "raw_response", "api_call", "rejected_record")
    writes = ("replay_answer", "rejected_record")

    def __init__(
        self,
        *,
        buckets: str = "",
        since: str = "",
        until: str = "",
        account: str = "",
        item_nos: str = "",
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.buckets = buckets
        self.since = since
        self.until = until
        self.account = account
        self.item_nos = item_nos
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Plan.

        Raises:
            AirflowFailException: a field cannot be read; the message says which and why.
        """
        for applied in migrate_warehouse(self.warehouse_conn_id):
            self.log.info("schema: %s", applied)
        try:
            selection = selection_of(self.since, self.until, self.account, self.item_nos)
        except ValueError as error:
            raise AirflowFailException(str(error)) from None
        buckets = _buckets(self.buckets)
        plan, read = plan_replay(
            open_warehouse(self.warehouse_conn_id), selection, buckets, report=self.log.info
        )
        if read.damaged:
            self.log.warning(
                "%s archived answers cannot be read: they are in hkpost.rejected_record, and what they said"
                " before stays",
                f"{read.damaged:,}",
            )
        if read.orphaned:
            self.log.warning(
                "%s archived answers have no request in hkpost.api_call any more: what they said stays",
                f"{read.orphaned:,}",
            )
        self.log.info("%s answers read, %s buckets", f"{read.answers:,}", f"{len(plan):,}")
        return [_as_json(bucket) for bucket in plan]


class HkpostReplayOperator(OpenLineageMixin, BaseOperator):
    """Works out one bucket's events and states again from the archive; sends no request.

    Args:
        selection: one of those that `HkpostReplayPlanOperator` returns.
        warehouse_conn_id: where the archive is.

    Returns the counts of the bucket.
    """

    template_fields: Sequence[str] = ("selection", "warehouse_conn_id")
    ui_color = "#cfe2f3"
    reads = (
        "replay_answer",
        "poll_policy",
        "raw_response",
        "api_call",
        "mail_item",
        "fact_tracking_event",
        "tracking_event_change",
        "item_state_change",
        "dim_place",
        "dim_event_text",
        "dim_event_type",
        "dim_state",
        "dim_wording",
        "rejected_record",
    )
    writes = (
        "fact_tracking_event",
        "tracking_event_change",
        "mail_item",
        "item_state_change",
        "item_journey",
        "dim_place",
        "dim_event_text",
        "dim_wording",
        "rejected_record",
        "replay_answer",
    )

    def __init__(
        self, *, selection: Mapping[str, Any], warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.selection = selection
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Replay; doing it twice changes nothing."""
        given = self.selection
        selection = Selection(
            bucket=given["bucket"],
            buckets=given["buckets"],
            since=instant("since", given["since"]),
            until=instant("until", given["until"]),
            account=given["account"],
            item_nos=tuple(given["item_nos"]),
            mark=instant("mark", given["mark"]),
            above=given["above"],
            up_to=given["up_to"],
        )
        summary = replay_bucket(open_warehouse(self.warehouse_conn_id), selection, report=self.log.info)
        if summary.set_aside:
            self.log.warning(
                "%s items could not be folded again and stay as they are: hkpost.rejected_record says why",
                f"{summary.set_aside:,}",
            )
        for state, count in summary.states.items():
            self.log.info("now %s: %s items", state, f"{count:,}")
        return summary.counts()


def _as_json(selection: Selection) -> dict[str, Any]:
    return {
        "bucket": selection.bucket,
        "buckets": selection.buckets,
        "since": selection.since.isoformat() if selection.since else "",
        "until": selection.until.isoformat() if selection.until else "",
        "account": selection.account,
        "item_nos": list(selection.item_nos),
        "mark": selection.mark.isoformat() if selection.mark else "",
        "above": selection.above,
        "up_to": selection.up_to,
    }


def _buckets(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise AirflowFailException(f"buckets: {text!r} is no number of buckets; write 1 or more")
    return int(text)
