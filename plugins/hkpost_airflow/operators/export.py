"""The warehouse's tables as Parquet files, for engines that take over where one PostgreSQL ends."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from airflow.configuration import AIRFLOW_HOME
from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import BaseOperator, Context, ObjectStoragePath

from hkpost.warehouse.export.reading import MONTH_OF
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin


class HkpostExportOperator(OpenLineageMixin, BaseOperator):
    """Brings a folder of Parquet files to what the warehouse holds; only the months whose rows changed are written.

    Returns the counts of files and rows.

    Args:
        folder: where to, in any store that Airflow knows: a path, `file:///…`, `s3://connection@bucket/…`,
            `gs://…`, `abfs://…`; blank: `hkpost_export` in Airflow's own folder.
        warehouse_conn_id: the warehouse.
    """

    template_fields: Sequence[str] = ("folder", "warehouse_conn_id")
    ui_color = "#cfe2f3"
    reads = tuple(MONTH_OF)

    def __init__(
        self, *, folder: str = "", warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.folder = folder
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Export; doing it twice writes nothing the second time."""
        try:
            from hkpost.jobs.export import counts, export_parquet
        except ModuleNotFoundError as error:
            raise AirflowFailException(
                f"{error.name} is not installed here: pip install 'hkpost-tracking[parquet]'"
            ) from None
        place = self.folder or str(Path(AIRFLOW_HOME) / "hkpost_export")
        self.log.info("into %s", place)
        folder = cast("Path", ObjectStoragePath(place))
        return counts(export_parquet(open_warehouse(self.warehouse_conn_id), folder, report=self.log.info))
