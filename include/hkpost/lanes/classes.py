"""The stages, and the classes of time that items are counted in."""

from typing import Final

import numpy as np

STAGES: Final = ("registered", "posting", "origin", "transit", "destination", "customs", "delivery")
"""In the order of the journey. An item is in the furthest stage that an event tells of; before any event, it is
`registered`. An item that was released by customs and has not reached its delivery office is still in `customs`.
"""

DAYS: Final = np.concatenate(
    [
        np.arange(0, 20, 1),
        np.arange(20, 60, 2),
        np.arange(60, 120, 5),
        np.arange(120, 200, 10),
        np.arange(200, 400, 20),
        np.arange(400, 900, 50),
        np.arange(900, 1801, 100),
    ]
) / np.float64(10)
"""Where classes of time begin, in days since the stage was entered: tenths of a day at first, then ever coarser. The
last is where counting ends (180 days): what takes longer is known to have taken as long, and no more.
"""

WAITED: Final = np.array(
    [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 50, 60, 70, 80, 90, 120]
)
"""How long items have been in their stage when they are compared, in days; each is one of `DAYS`."""


def class_of(days: np.ndarray) -> np.ndarray:
    """The class of `DAYS` in which each time in days lies; `len(DAYS) - 1` from where counting ends."""
    return np.searchsorted(DAYS, days, side="right") - 1


def waited_of(days: np.ndarray) -> np.ndarray:
    """The number of the longest wait of `WAITED` that each time in days has reached."""
    return np.searchsorted(WAITED, days, side="right") - 1
