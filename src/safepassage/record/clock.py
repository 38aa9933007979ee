"""The clock of a plan, and the clock on the wall where movement stood still now and then.

A plan knows nothing of the stops that were to come. When one came, everything stood where it was,
and went on afterwards: each arrival is as much later as there was standing before it. Where the
terms open the way for some hours of the day only, work that did not fit into what a stop left
open moves into the next hours that are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Clock", "without"]

Interval = tuple[int, int]
"""Half-open span, seconds after the start of the operation."""


def without(spans: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """Return what is left of sorted, disjoint spans without others."""
    left: list[Interval] = []
    for begin, end in spans:
        at = begin
        for a, b in taken:
            if b <= at or a >= end:
                continue
            if a > at:
                left.append((at, a))
            at = min(b, end)
        if at < end:
            left.append((at, end))
    return left


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns seconds of a plan into seconds on the wall, and back; both from the start."""

    open: tuple[Interval, ...]
    """When the terms let people through, sorted and disjoint."""
    stops: tuple[Interval, ...]
    """When movement stood still, sorted and disjoint."""

    def wall(self, planned: int) -> int | None:
        """Return when something planned for a moment happened; None if never within ``open``."""
        worked, since = self._worked(planned)
        at: int | None = 0
        if worked:
            at = self._after(worked)
        if at is None:
            return None
        for a, b in self.stops:
            # What remains is done outside the hours: driving on behind the crossing.
            if b <= at:
                continue
            if a - at >= since:
                break
            since -= max(0, a - at)
            at = max(at, b)
        return at + since

    def planned(self, wall: int) -> int:
        """Return the moment of the plan that belongs to one on the wall."""
        return wall - sum(max(0, min(b, wall) - max(a, 0)) for a, b in self.stops)

    def _worked(self, planned: int) -> tuple[int, int]:
        """Open seconds up to a moment of the plan, and seconds since the last of them."""
        worked, last = 0, 0
        for a, b in self.open:
            if a >= planned:
                break
            worked += min(b, planned) - a
            last = min(b, planned)
        return worked, planned - last

    def _after(self, worked: int) -> int | None:
        """When so many open seconds have gone by, stops left out."""
        for a, b in without(self.open, self.stops):
            if b - a >= worked:
                return a + worked
            worked -= b - a
        return None
