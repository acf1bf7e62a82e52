"""dlt merges rows into a table of its own; runs in an environment that has dlt, as a process of its own.

    python dlt_merge.py postgresql://… rows.jsonl dicts|arrow

Prints the process's CPU seconds from the rows in memory to the end of the merge.
"""

import json
import sys
import time
from pathlib import Path

import dlt
import pyarrow

KEY = ["item_no", "place", "event_time_text"]


def main(url: str, path: str, shape: str) -> None:
    """Merge every row of the file."""
    with Path(path).open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pipeline = dlt.pipeline(
        f"bench_{shape}",
        pipelines_dir=str(Path(path).parent / "pipelines"),
        destination=dlt.destinations.postgres(url),
        dataset_name="bench_dlt",
    )
    began = time.process_time()
    pipeline.run(
        pyarrow.Table.from_pylist(rows) if shape == "arrow" else rows,
        table_name=f"event_{shape}",
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        primary_key=KEY,
    )
    print(time.process_time() - began)


if __name__ == "__main__":
    main(*sys.argv[1:])
