"""The few calls of Airflow's REST API that a demo needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One task instance of a run; `map_index` is -1 for a task that is not mapped."""

    task_id: str
    map_index: int
    try_number: int
    state: str | None

    @property
    def label(self) -> str:
        """The task's name, with its number where it is mapped."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"


class AirflowApi:
    """A client of one Airflow, signed in by `login` before anything but `health` is asked."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=120, trust_env=False)

    def close(self) -> None:
        """End the connection: Airflow's server, asked to end, waits for those that are open."""
        self._http.close()

    def health(self) -> dict[str, bool]:
        """Each service's name, and whether it is healthy; empty while there is no answer."""
        try:
            answer = self._http.get("/api/v2/monitor/health")
        except httpx.TransportError:
            return {}
        if answer.status_code != httpx.codes.OK:
            return {}
        return {name: (part or {}).get("status") == "healthy" for name, part in answer.json().items()}

    def login(self, user: str, password: str) -> None:
        """Sign in; the token is sent along from here on."""
        token = self._call("POST", "/auth/token", json={"username": user, "password": password})[
            "access_token"
        ]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def has_dag(self, dag_id: str) -> bool:
        """Whether the DAG processor has read the DAG."""
        answer = self._http.get(f"/api/v2/dags/{dag_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        answer.raise_for_status()
        return True

    def import_errors(self) -> list[str]:
        """What the DAG processor could not read, and why."""
        errors = self._call("GET", "/api/v2/importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace']}" for error in errors]

    def pause(self, dag_id: str, *, paused: bool) -> None:
        """Pause or unpause a DAG."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}", json={"is_paused": paused})

    def trigger(self, dag_id: str) -> str:
        """Start a run without a logical date; returns its run_id."""
        run = self._call("POST", f"/api/v2/dags/{dag_id}/dagRuns", json={"logical_date": None})
        return str(run["dag_run_id"])

    def unfinished_runs(self, dag_id: str, *, queued_before: datetime) -> list[str]:
        """The run_ids of the runs which are queued or running, and have been since before an instant."""
        states = {"state": ["queued", "running"]}
        runs = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns", params=states)["dag_runs"]
        return [
            str(run["dag_run_id"])
            for run in runs
            if datetime.fromisoformat(run["queued_at"] or run["run_after"]) < queued_before
        ]

    def fail_run(self, dag_id: str, run_id: str) -> None:
        """Mark a run that no process works on any more as failed."""
        self._call("PATCH", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}", json={"state": "failed"})

    def run_state(self, dag_id: str, run_id: str) -> str:
        """``queued``, ``running``, ``success`` or ``failed``."""
        return str(self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def task_runs(self, dag_id: str, run_id: str) -> list[TaskRun]:
        """Every task instance of a run."""
        answer = self._call("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances")
        return [
            TaskRun(task["task_id"], task["map_index"], task["try_number"], task["state"])
            for task in answer["task_instances"]
        ]

    def log_of(self, dag_id: str, run_id: str, task: TaskRun) -> list[str]:
        """The lines of a task's log, of its last try."""
        answer = self._call(
            "GET",
            f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{max(task.try_number, 1)}",
            params={"map_index": task.map_index, "full_content": True},
            headers={"Accept": "application/json"},
        )
        return [readable(entry) for entry in answer["content"]]

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise RuntimeError(
                f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:500]}"
            )
        return dict(answer.json()) if answer.content else {}


def readable(entry: dict[str, Any] | str) -> str:
    """One entry of a task's log as a line: time, level, text, and an exception's kind and words."""
    if isinstance(entry, str):
        return entry
    time = str(entry.get("timestamp") or "")[11:19]
    line = f"{time} {str(entry.get('level') or '').upper():7} {entry.get('event', '')}".strip()
    causes = [
        f"{cause.get('exc_type')}: {cause.get('exc_value')}" for cause in entry.get("error_detail") or ()
    ]
    return "\n".join([line, *(f"         {cause}" for cause in causes)])
