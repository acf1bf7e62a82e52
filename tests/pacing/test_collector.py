"""The collector, while requests leave."""

import gc
import weakref

import pytest

from hkpost.pacing.collector import old_heap_set_aside


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.ring = self


def test_what_was_there_before_is_set_aside_and_comes_back() -> None:
    gc.unfreeze()
    with old_heap_set_aside():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0
    with pytest.raises(KeyError), old_heap_set_aside():
        raise KeyError
    assert gc.get_freeze_count() == 0


def test_what_is_made_meanwhile_is_still_collected() -> None:
    with old_heap_set_aside():
        new = Ring()
        gone = weakref.ref(new)
        del new
        gc.collect()
        assert gone() is None
