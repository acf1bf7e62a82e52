"""Several teams in one Airflow: the package's DAGs once more, with other ids, connections, Variables and asset."""

import runpy
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from airflow.sdk import DAG

from hkpost_airflow.assets import FACT_TRACKING_EVENT

_INSTALLED = Path(__file__).with_name("example_dags")
DAG_FILES = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "dags"
"""Where the DAG files are: in the package; in a clone, its folder `dags`."""


@dataclass(frozen=True, slots=True)
class Team:
    """What is one team's: everything that has a name of its own in Airflow begins with the team's."""

    name: str = "hkpost"

    def named(self, what: str) -> str:
        """The id of a DAG, a connection or a Variable: `shop_tracking`, `shop_warehouse`, `shop_notifiers`."""
        return f"{self.name}_{what}"

    def variable(self, what: str) -> str:
        """The value of the team's Variable, or '', as Jinja writes it."""
        return f"var.value.get('{self.named(what)}', '')"

    @property
    def asset(self) -> str:
        """The URI of the asset that the team's pipeline updates."""
        return FACT_TRACKING_EVENT if self == Team() else f"hkpost://{self.name}/fact_tracking_event"


_CURRENT: ContextVar[str] = ContextVar("team", default="hkpost")


def current_team() -> Team:
    """Whose DAGs the DAG files make now: `hkpost`'s own, unless `make_dags` runs them."""
    return Team(_CURRENT.get())


def make_dags(name: str) -> dict[str, DAG]:
    """Make all DAGs of the package for another team; a DAG file does `globals().update(make_dags("shop"))`.

    Raises:
        ValueError: `name` cannot begin the id of a DAG and of a connection.
    """
    if not name.isidentifier() or not name.isascii():
        raise ValueError(f"{name!r} is no name for a team: letters, digits and _ alone, a letter first")
    token = _CURRENT.set(name)
    try:
        made = [runpy.run_path(str(file))["dag"] for file in sorted(DAG_FILES.glob("*.py"))]
    finally:
        _CURRENT.reset(token)
    return {dag.dag_id: dag for dag in made}
