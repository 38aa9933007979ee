"""When to stop improving: a Protocol with one method, and the criteria that satisfy it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["AnyOf", "Gap", "MaxRuntime", "Stop", "seconds_left"]


class Stop(Protocol):
    """Says whether a solution is good enough, or has taken long enough."""

    def __call__(self, clearance: float, bound: float) -> bool:
        """Return True to stop, given the best clearance time and the best bound so far (s)."""
        ...

    def begin(self) -> Stop:
        """Return the criterion as it is at the beginning of another solve."""
        ...


@dataclass(slots=True)
class MaxRuntime:
    """Stop after so many seconds of wall time from its beginning.

    A plan stopped by time depends on the machine's speed; one stopped by :class:`Gap` or by the
    planner's own limits is the same for the same seed.
    """

    seconds: float
    _begin: float = field(default_factory=time.monotonic)

    def __call__(self, clearance: float, bound: float) -> bool:
        """Return True once the time is over."""
        del clearance, bound
        return time.monotonic() - self._begin >= self.seconds

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.seconds - (time.monotonic() - self._begin)

    def begin(self) -> MaxRuntime:
        """Return the same with its time still to run."""
        return MaxRuntime(self.seconds)


@dataclass(frozen=True, slots=True)
class Gap:
    """Stop when the clearance time is within a share of the proven bound."""

    share: float

    def __call__(self, clearance: float, bound: float) -> bool:
        """Return True at a gap of at most ``share``."""
        return bound > 0 and clearance <= bound * (1 + self.share)

    def begin(self) -> Gap:
        """Return itself: it keeps nothing."""
        return self


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Stop when any of the criteria says so."""

    criteria: tuple[Stop, ...]

    def __call__(self, clearance: float, bound: float) -> bool:
        """Return True if any criterion does."""
        return any(stop(clearance, bound) for stop in self.criteria)

    def begin(self) -> AnyOf:
        """Return any of the criteria at their beginning."""
        return AnyOf(tuple(stop.begin() for stop in self.criteria))


def seconds_left(stop: Stop) -> float:
    """Seconds until a criterion stops by time, for work that cannot ask it on the way."""
    if isinstance(stop, MaxRuntime):
        return stop.left
    if isinstance(stop, AnyOf):
        return min((seconds_left(s) for s in stop.criteria), default=math.inf)
    return math.inf
