"""Lines on the terminal that say what happens and how far it is."""

import time


class Progress:
    """Prints each line with the seconds since it was made, at once."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, message: str) -> None:
        """Print one line."""
        print(f"[{self.seconds():4.0f} s] {message}", flush=True)

    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began
