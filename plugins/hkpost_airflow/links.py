"""The link from a task to the page."""

from airflow.providers.common.compat.sdk import conf
from airflow.sdk import BaseOperatorLink


class HkpostPageLink(BaseOperatorLink):
    """Leads from a task of ours to the page HKPost, where what it brought is to be seen."""

    @property
    def name(self) -> str:
        """What the button says."""
        return "HKPost"

    def get_link(self, operator: object, *, ti_key: object) -> str:
        """Return the page's address in this Airflow."""
        return str(conf.get("api", "base_url", fallback="") or "").rstrip("/") + "/plugin/hkpost"
