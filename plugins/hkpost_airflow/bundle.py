"""The DAGs of the package as a bundle, for `[dag_processor] dag_bundle_config_list`."""

from typing import Any

from airflow.dag_processing.bundles.local import LocalDagBundle

from hkpost_airflow.teams import DAG_FILES


class HkpostDagBundle(LocalDagBundle):
    """The DAG files that came with the package; in a clone, those of its folder `dags`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(path=str(DAG_FILES), **kwargs)
