"""What the operators read and write, for OpenLineage: the real tables of the warehouse by their standard names."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import BaseOperatorLink
from sqlalchemy import make_url

from hkpost_airflow.hooks.warehouse import warehouse_url
from hkpost_airflow.links import HkpostPageLink

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage

_PORT = 5432


class OpenLineageMixin:
    """An operator that reports to OpenLineage which tables of the schema `hkpost` it reads and writes.

    OpenLineage's naming of PostgreSQL: namespace `postgres://host:port`, name `database.schema.table`.
    """

    reads: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[tuple[str, ...]] = ()
    operator_extra_links: Collection[BaseOperatorLink] = (HkpostPageLink(),)
    warehouse_conn_id: str

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> "OperatorLineage[Any, Any]":
        """Name the tables; OpenLineage's listener calls it at the end of the task, failed or not."""
        # The provider is there whenever this is called, and only then it must be.
        from airflow.providers.openlineage.extractors import OperatorLineage
        from openlineage.client.event_v2 import Dataset

        url = make_url(warehouse_url(self.warehouse_conn_id))
        namespace = f"postgres://{url.host or 'localhost'}:{url.port or _PORT}"

        def datasets(tables: tuple[str, ...]) -> list[Dataset]:
            return [Dataset(namespace=namespace, name=f"{url.database}.hkpost.{table}") for table in tables]

        return OperatorLineage(inputs=datasets(self.reads), outputs=datasets(self.writes))
