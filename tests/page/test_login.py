import httpx
import pytest
from fastapi.routing import APIRoute

from hkpost_airflow.page.app import app
from hkpost_airflow.page.files import DIGEST, FILES

from .conftest import Airflow

ROUTES = sorted(
    (method, route.path)
    for route in app.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


def test_the_page_has_no_route_but_those_that_the_login_guards() -> None:
    assert [route for route in app.routes if not isinstance(route, APIRoute)] == []
    assert len(ROUTES) >= 8


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *ROUTES,
        *(("GET", f"/static/{DIGEST}/{file}") for file in FILES),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    ],
)
def test_no_route_answers_without_a_login(airflow: Airflow, method: str, path: str) -> None:
    filled = (
        path.replace("{digest}", DIGEST)
        .replace("{path:path}", "page.css")
        .replace("{name}", "stuck")
        .replace("{item_no}", "X")
    )
    answer = httpx.request(method, f"{airflow.address}/hkpost{filled}", params={"q": "X"})
    assert answer.status_code in (401, 404)
    assert (answer.status_code == 404) == (path in ("/docs", "/openapi.json"))


def test_a_token_that_airflow_never_gave_opens_nothing(airflow: Airflow) -> None:
    answer = httpx.get(f"{airflow.address}/hkpost/api/overview", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code in (401, 403)


def _token(airflow: Airflow) -> dict[str, str]:
    body = {"username": "admin", "password": airflow.password}
    token = httpx.post(f"{airflow.address}/auth/token", json=body).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"static/{DIGEST}/../app.py", 404, None),
        (f"static/{DIGEST}/%2e%2e/app.py", 404, "no file"),
        ("api/chart/nonsense", 404, "there are lead_time, funnel, backlog, pace"),
        ("api/items?group=nonsense", 400, "there are exception, failed_delivery"),
        ("api/list/rejected?after=nonsense", 400, "begin at the first"),
        ('api/list/rejected?after=["\\ud800","a"]', 400, "begin at the first"),
        ("api/item/RB999999999HK", 404, "is not tracked"),
        ("api/item/%00", 400, "NUL"),
        ("api/items?q=%00", 400, "NUL"),
        (f"static/{DIGEST}/%00", 400, "NUL"),
        (f"static/{DIGEST}/{'x' * 5_000}", 404, "no file"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    airflow: Airflow, path: str, status: int, words: str | None
) -> None:
    answer = httpx.get(f"{airflow.address}/hkpost/{path}", headers=_token(airflow))
    assert answer.status_code == status
    assert words is None or words in answer.json()["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_in_it_writes(airflow: Airflow, method: str) -> None:
    for path in ("", "api/overview", "api/item/X"):
        answer = httpx.request(method, f"{airflow.address}/hkpost/{path}", headers=_token(airflow))
        assert answer.status_code == 405


def test_the_age_of_what_is_known_grows_while_no_run_ends(airflow: Airflow) -> None:
    moved = "UPDATE hkpost.freshness_snapshot SET taken_at = taken_at {} interval '3 days'"
    airflow.execute(moved.format("-"))
    try:
        [row] = httpx.get(f"{airflow.address}/hkpost/api/overview", headers=_token(airflow)).json()[
            "freshness"
        ]
    finally:
        airflow.execute(moved.format("+"))
    assert 3 * 86_400 < row["median_age_s"] < 4 * 86_400
