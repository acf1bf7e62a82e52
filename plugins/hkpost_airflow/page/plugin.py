"""What Airflow's plugin manager reads, through the entry point `airflow.plugins`: the page and its link."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from hkpost_airflow.page.files import DIGEST

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

URL_PREFIX = "/hkpost"
URL_ROUTE = "hkpost"


def _href() -> str:
    """Where the page is, below whatever path this Airflow is served at."""
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + URL_PREFIX + "/"


async def app(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Serve the page. It loads with the first request: every process of Airflow, each task's too, reads the plugins."""
    from hkpost_airflow.page.app import app as page

    await page(scope, receive, send)


class HkpostPlugin(AirflowPlugin):
    """Adds the page to Airflow's navigation, at `/plugin/hkpost`."""

    name = "hkpost"
    fastapi_apps = [{"app": app, "url_prefix": URL_PREFIX, "name": "HKPost"}]  # noqa: RUF012 - Airflow's own form
    external_views = [  # noqa: RUF012 - Airflow's own form
        {
            "name": "HKPost",
            "href": _href(),
            "destination": "nav",
            "nav_top_level": True,
            "url_route": URL_ROUTE,
            "icon": _href() + f"static/{DIGEST}/icon.svg",
            "icon_dark_mode": _href() + f"static/{DIGEST}/icon-dark.svg",
        }
    ]
