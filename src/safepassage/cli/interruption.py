"""Ctrl-C as a wish to stop searching: the best answer so far is kept."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from safepassage.cli.output import write_line

__all__ = ["Interruption", "interruptible"]


class Interruption:
    """A criterion to stop that is met once somebody has pressed Ctrl-C."""

    def __init__(self) -> None:
        self.pressed = False

    def __call__(self, clearance: float, bound: float) -> bool:
        """Return True once it was pressed."""
        del clearance, bound
        return self.pressed

    def begin(self) -> Interruption:
        """Return itself: a wish to stop holds for whatever comes next."""
        return self


STOPPING = "stopping with the best answer so far; press again to leave at once"


@contextlib.contextmanager
def interruptible(said: str = STOPPING) -> Iterator[Interruption]:
    """Take the first Ctrl-C as a wish to stop; the second ends the program at once."""
    interruption = Interruption()

    def pressed(number: int, frame: FrameType | None) -> None:
        if interruption.pressed:
            signal.default_int_handler(number, frame)
        interruption.pressed = True
        write_line(said, err=True)

    try:
        before = signal.signal(signal.SIGINT, pressed)
    except ValueError:  # not in the main thread, where signals are not ours
        yield interruption
        return
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
