"""`export`: the tables as Parquet files, without Airflow."""

from argparse import Namespace
from functools import partial

from sqlalchemy import URL

from hkpost.warehouse.engine import warehouse_engine


def command(url: URL, given: Namespace) -> int:
    """Bring the files in the folder to what the warehouse holds; returns the exit code.

    Raises:
        RuntimeError: pyarrow is missing; the text says how to get it.
    """
    try:
        from hkpost.jobs.export import export_parquet
    except ModuleNotFoundError as error:
        raise RuntimeError(
            f"{error.name} is not installed here: pip install 'hkpost-tracking[parquet]'"
        ) from None
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        export_parquet(engine, given.folder, report=partial(print, flush=True))
    finally:
        engine.dispose()
    return 0
