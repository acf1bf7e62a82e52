"""What other tools take for the same answers: zeep with pandas' to_sql, and dlt's merge of rows in memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas
import psutil
from lxml import etree
from sqlalchemy import Engine, text

from bench.archive import cpu_s_of
from hkpost.ecship.soap.wsdl import BUNDLED_WSDL
from hkpost_local.paths import PROJECT

_UV_RUN = (sys.executable, "-m", "uv", "run", "--no-project", "--isolated", "--quiet")
_DLT = ("dlt[postgres]>=1.31,<2", "pyarrow")


def zeep_rows(bodies: Sequence[bytes]) -> list[dict[str, Any]]:
    """The events of these answers as zeep reads them, a row each, under the service's own names."""
    import zeep

    operation = zeep.Client(str(BUNDLED_WSDL)).service._binding.get("getItemDeliveryStatus")
    return [
        {"item_no": item.itemNo, "place": place, **{name: event[name] for name in event}}
        for body in bodies
        for item in operation.process_reply(etree.fromstring(body)).deliveryResult.item
        for place, event in enumerate(item.eventDetail.item)
    ]


def zeep_to_sql(engine: Engine, bodies: Sequence[bytes]) -> float:
    """CPU seconds of this process and its server sessions from bytes to rows appended to a table without a key."""
    began = cpu_s_of(engine)
    frame = pandas.DataFrame(zeep_rows(bodies))
    with engine.begin() as connection:
        frame.to_sql("bench_to_sql", connection, schema="public", index=False)
    took = cpu_s_of(engine) - began
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE public.bench_to_sql"))
    return took


def dlt_merges(engine: Engine, bodies: Sequence[bytes]) -> dict[str, float]:
    """CPU seconds of dlt and the server from rows in memory to merged ones, by the rows' shape: dicts, arrow."""
    with tempfile.TemporaryDirectory(prefix="hkpost-bench-dlt-") as folder:
        path = Path(folder) / "rows.jsonl"
        rows = [{"event_time_text": row.pop("eventDateTime"), **row} for row in zeep_rows(bodies)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return {shape: _dlt_merge(engine, path, shape) for shape in ("dicts", "arrow")}


def _dlt_merge(engine: Engine, path: Path, shape: str) -> float:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    installed = [option for package in _DLT for option in ("--with", package)]
    began = _server_cpu_s(engine)
    done = subprocess.run(
        [*_UV_RUN, *installed, "python", PROJECT / "bench" / "dlt_merge.py", url, path, shape],
        env={**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=600,
    )
    return float(done.stdout.split()[-1]) + _server_cpu_s(engine) - began


def _server_cpu_s(engine: Engine) -> float:
    """CPU seconds of the server's sessions that have ended: dlt's have when it has."""
    with engine.connect() as connection:
        session = psutil.Process(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
    spent = psutil.Process(session.ppid()).cpu_times()
    return float(spent.children_user + spent.children_system)
