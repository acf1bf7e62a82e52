"""The DAGs of the package as a bundle, for `[dag_processor] dag_bundle_config_list`."""

from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.local import LocalDagBundle

_INSTALLED = Path(__file__).with_name("example_dags")
_CLONE = Path(__file__).parents[2] / "dags"


class HkpostDagBundle(LocalDagBundle):
    """The DAG files that came with the package; in a clone, those of its folder `dags`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(path=str(_INSTALLED if _INSTALLED.is_dir() else _CLONE), **kwargs)
