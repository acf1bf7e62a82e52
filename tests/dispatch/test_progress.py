"""What a run says on its way and at its end."""

from collections import Counter

from hkpost.dispatch.progress import Progress
from hkpost.dispatch.summary import FetchSummary


class Watch:
    """A run of which so much is done at a time."""

    def __init__(self, *, due: int, quota: int = 99_000, max_run_s: float = 900) -> None:
        self.now = 1000.0
        self.said: list[str] = []
        self.summary = FetchSummary("hkpost_default", due=due, quota_left=quota)
        self.progress = Progress(self.summary, self.said.append, max_run_s, lambda: self.now)

    def go(self, seconds: float, answered: int) -> None:
        self.now += seconds
        self.summary.items_answered += answered
        self.summary.requests["answered"] += answered // 30
        self.summary.quota_left -= answered // 30
        self.progress.tick()


def test_progress_is_told_every_ten_seconds_and_by_the_pace_of_late() -> None:
    run = Watch(due=30_000)
    for _ in range(4):
        run.go(5, 1_500)
    run.go(10, 900)
    assert run.said == [
        "3,000 of 30,000 items (10 %), 10.0 requests a second, about 90 s left, 98,900 requests left today",
        "6,000 of 30,000 items (20 %), 10.0 requests a second, about 80 s left, 98,800 requests left today",
        "6,900 of 30,000 items (23 %), 3.0 requests a second, about 4 min left, 98,770 requests left today",
    ]


def test_a_run_that_its_time_will_end_says_when() -> None:
    run = Watch(due=3_000_000, max_run_s=900)
    run.go(60, 18_000)
    assert "its time is over in 14 min" in run.said[0]


def test_a_run_in_which_nothing_is_answered_promises_nothing() -> None:
    run = Watch(due=3_000)
    run.go(20, 0)
    assert run.said == [
        "0 of 3,000 items (0 %), 0.0 requests a second, its time is over in 15 min, 99,000 requests left today"
    ]


def test_what_is_planned_is_what_the_quota_allows() -> None:
    run = Watch(due=3_000, quota=10)
    assert run.summary.opening() == "hkpost_default: 3,000 items due, 100 requests needed, only 10 left today"
    run.go(10, 150)
    assert run.said[0].startswith("150 of 300 items (50 %)")


def test_the_summary_is_one_line_and_a_table_of_outcomes() -> None:
    summary = FetchSummary(
        "hkpost_default",
        due=3_000,
        items_answered=2_970,
        items_left_due=30,
        requests=Counter(answered=99, unavailable=5),
        quota_left=98_896,
        seconds=10.4,
    )
    assert summary.line() == (
        "hkpost_default: 2,970 of 3,000 items answered with 104 requests in 10.4 s (10.0 a second), "
        "30 left due, 98,896 requests left today; ended: nothing more is due"
    )
    assert summary.table() == [
        "  outcome      requests",
        "  answered           99  archived, to be loaded",
        "  unavailable         5  the service cannot answer now (9999, HTTP 5xx)",
    ]
    summary.failure = "HTTP 403"
    assert summary.line().endswith("; FAILED: HTTP 403")


def test_a_run_without_requests_has_no_table() -> None:
    assert FetchSummary("hkpost_default").table() == []


def test_a_forecast_is_made_when_more_is_due_than_the_quota_can_ask_for() -> None:
    summary = FetchSummary("hkpost_default", quota_left=2, items_left_due=60)
    assert summary.forecast() is None
    summary.items_left_due = 100
    assert summary.forecast() == (
        "hkpost_default: 100 items still due, 4 requests needed, 2 left of the day's quota: "
        "40 items must wait for tomorrow"
    )
    summary.is_day_over = True
    summary.items_left_due = 1
    assert summary.forecast() == (
        "hkpost_default: 1 item still due, 1 request needed, 0 left of the day's quota: "
        "1 item must wait for tomorrow"
    )
