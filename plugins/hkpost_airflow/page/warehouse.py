"""The warehouse as the page's routes read it."""

from functools import cache
from typing import Annotated

from fastapi import Depends
from sqlalchemy import Engine

from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.hooks.warehouse import warehouse_url


@cache
def page_warehouse() -> Engine:
    """One pool of connections a process."""
    return warehouse_engine(warehouse_url())


Warehouse = Annotated[Engine, Depends(page_warehouse)]
