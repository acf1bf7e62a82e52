"""The collector, while requests leave."""

import gc
import weakref

import pytest

from hkpost.dispatch.frozen_gc import frozen_gc


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.ring = self


def test_what_was_there_before_is_set_aside_and_comes_back() -> None:
    gc.unfreeze()
    with frozen_gc():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0
    with pytest.raises(KeyError), frozen_gc():
        raise KeyError
    assert gc.get_freeze_count() == 0


def test_what_is_made_meanwhile_is_still_collected() -> None:
    with frozen_gc():
        new = Ring()
        gone = weakref.ref(new)
        del new
        gc.collect()
        assert gone() is None
