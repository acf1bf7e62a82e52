from collections.abc import Iterator

import pytest
from answers_by_hand import *

from hkpost.warehouse.engine import warehouse_engine

ITEM = "RB123456785HK"


@pytest.fixture
def house(warehouse_url: str) -> Iterator[LoadedWarehouse]:
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()


def test_smoke(house: LoadedWarehouse) -> None:
    s = house.answer(told(ITEM, POSTING, ARRIVAL))
    print(s.counts(), s.unclassified)
    print(house.item(ITEM))
    for e in house.events(ITEM):
        print(dict(e))
    print(house.rows("select * from hkpost.rejected_record"))
    s = house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE))
    print(s.counts(), s.unclassified)
    print(house.item(ITEM))
    print(house.rows("select * from hkpost.dim_wording where not in_ledger"))
    assert 0
