"""The control face below `/_sim/`: JSON, for callers on the same machine only."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from hkpost_simulator.catalogue import shipments
from hkpost_simulator.faults import Fault
from hkpost_simulator.service import Service
from hkpost_simulator.truth import as_json, from_json

PREFIX = "/_sim/"

Query = dict[str, list[str]]
Route = Callable[[Query, Any], Any]


class Control:
    """Looks at and changes a running service; every route gives JSON and raises ValueError for a bad one.

    | route | GET | POST |
    | --- | --- | --- |
    | clock | now, speed, is_frozen | any of `set` (ISO), `advance_s`, `speed`, `freeze` (true or ISO), `resume` |
    | truth | `?item=` (all without it): what is answered now | `{number: item}` scripts, `{number: null}` ends |
    | faults | those that wait | a fault or a list of them; DELETE clears |
    | log | `?after=N&limit=M`: requests | DELETE forgets |
    | stats | figures over the log | |
    | latency | seconds before each answer | `{"seconds": 0.3}` |
    | hold | whether requests are kept in flight | `{"held": true}`, false lets them be answered |
    | users | names | `{name: password}`, null removes |
    | limits | gap, quota, used today | any of `gap_ms`, `daily_quota`, `used` (`{user: requests}`) |
    | shipments | the sender's rows | |
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._set_clock,
            ("GET", "truth"): self._truth,
            ("POST", "truth"): self._script,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "log"): self._log,
            ("DELETE", "log"): self._clear_log,
            ("GET", "stats"): lambda query, value: service.log.stats(),
            ("GET", "latency"): self._latency,
            ("POST", "latency"): self._set_latency,
            ("GET", "hold"): self._hold,
            ("POST", "hold"): self._set_hold,
            ("GET", "users"): self._users,
            ("POST", "users"): self._set_users,
            ("GET", "limits"): self._limits,
            ("POST", "limits"): self._set_limits,
            ("GET", "shipments"): self._shipments,
        }

    def answer(self, method: str, path: str, query: str, body: bytes) -> tuple[int, bytes]:
        """Return the HTTP status and the JSON answer to one call."""
        route = self._routes.get((method, path.removeprefix(PREFIX).strip("/")))
        if route is None:
            return 404, _json({"error": "no such route", "routes": [" ".join(key) for key in self._routes]})
        try:
            return 200, _json(route(parse_qs(query), json.loads(body) if body else {}))
        except (ValueError, TypeError, AttributeError) as error:
            return 400, _json({"error": str(error)})

    def _clock(self, query: Query, value: Any) -> Any:
        clock = self._service.clock
        return {"now": clock.now().isoformat(), "speed": clock.speed, "is_frozen": clock.is_frozen}

    def _set_clock(self, query: Query, value: Any) -> Any:
        clock = self._service.clock
        _only(value, "set", "advance_s", "speed", "freeze", "resume")
        if "set" in value:
            clock.set(datetime.fromisoformat(value["set"]))
        if "advance_s" in value:
            clock.advance(timedelta(seconds=value["advance_s"]))
        if "speed" in value:
            clock.run_at(float(value["speed"]))
        if freeze := value.get("freeze"):
            clock.freeze(None if freeze is True else datetime.fromisoformat(freeze))
        if value.get("resume"):
            clock.resume()
        return self._clock(query, value)

    def _truth(self, query: Query, value: Any) -> Any:
        world, now = self._service.world, self._service.clock.now()
        item_nos = query.get("item") or world.item_nos()
        return {
            "now": now.isoformat(),
            "items": {item_no: as_json(world.truth(item_no, now)) for item_no in item_nos},
        }

    def _script(self, query: Query, value: Any) -> Any:
        items = {number: item and from_json(number, item) for number, item in value.items()}
        for number, item in items.items():
            if item:
                self._service.world.script(item)
            else:
                self._service.world.unscript(number)
        return {"changed": list(items)}

    def _faults(self, query: Query, value: Any) -> Any:
        return [fault.as_json() for fault in self._service.faults.waiting()]

    def _add_faults(self, query: Query, value: Any) -> Any:
        faults = value if isinstance(value, list) else [value]
        self._service.faults.add([Fault.from_json(fault) for fault in faults])
        return self._faults(query, value)

    def _clear_faults(self, query: Query, value: Any) -> Any:
        self._service.faults.clear()
        return []

    def _log(self, query: Query, value: Any) -> Any:
        records = self._service.log.records(after=int(query.get("after", ["0"])[0]))
        limit = int(query.get("limit", [str(len(records))])[0])
        return [record.as_json() for record in records[:limit]]

    def _clear_log(self, query: Query, value: Any) -> Any:
        self._service.log.clear()
        return []

    def _latency(self, query: Query, value: Any) -> Any:
        return {"seconds": self._service.latency_s}

    def _set_latency(self, query: Query, value: Any) -> Any:
        _only(value, "seconds")
        self._service.latency_s = max(0.0, float(value["seconds"]))
        return self._latency(query, value)

    def _hold(self, query: Query, value: Any) -> Any:
        return {"held": not self._service.answers.is_set()}

    def _set_hold(self, query: Query, value: Any) -> Any:
        _only(value, "held")
        if value["held"]:
            self._service.answers.clear()
        else:
            self._service.answers.set()
        return self._hold(query, value)

    def _users(self, query: Query, value: Any) -> Any:
        return list(self._service.credentials.usernames)

    def _set_users(self, query: Query, value: Any) -> Any:
        for username, password in value.items():
            if password is None:
                self._service.credentials.remove_user(username)
            else:
                self._service.credentials.set_user(username, str(password))
        return self._users(query, value)

    def _limits(self, query: Query, value: Any) -> Any:
        limits, users = self._service.limits, self._service.credentials.usernames
        return {
            "gap_ms": limits.gap_ms,
            "daily_quota": limits.daily_quota,
            "used": {user: limits.used_today(user) for user in users},
        }

    def _set_limits(self, query: Query, value: Any) -> Any:
        limits = self._service.limits
        _only(value, "gap_ms", "daily_quota", "used")
        limits.gap_ms = float(value.get("gap_ms", limits.gap_ms))
        limits.daily_quota = int(value.get("daily_quota", limits.daily_quota))
        for user, requests in value.get("used", {}).items():
            limits.use(user, int(requests))
        return self._limits(query, value)

    def _shipments(self, query: Query, value: Any) -> Any:
        catalogue = self._service.world.catalogue
        rows = shipments(catalogue.seed, catalogue.count, catalogue.anchor)
        return [{**asdict(row), "shipped_at": row.shipped_at.isoformat()} for row in rows]


def _only(value: Any, *known: str) -> None:
    if not isinstance(value, dict) or not value.keys() <= set(known) or not value:
        raise ValueError(f"expected a JSON object with any of {', '.join(known)}")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
