"""Slots of a grid: where an event takes from and gives to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

__all__ = ["Interval", "Slots"]

Interval = tuple[int, int]
"""Open time in whole seconds, from and to; a moment may lie at its very end."""


class Slots:
    """Slots 1 to ``count`` of a grid; lists by slot have an entry 0 that means nothing."""

    def __init__(self, grid: Sequence[int]) -> None:
        self.grid = list(grid)
        self.count = len(grid) - 1
        # The first slot holds the moment 0 as well: much can happen as soon as all begins.
        self.first = [0, 0, *(g + 1 for g in self.grid[1:-1])]
        self._taken: dict[int, list[int]] = {}
        self._given: dict[int, list[int]] = {}

    def taken(self, lag: int) -> list[int]:
        """Index from which an event in each slot takes, or -1 where it cannot be."""
        if lag not in self._taken:
            grid, at, out = self.grid, 0, [-1]
            for end in grid[1:]:
                moment = end - lag
                if moment < 0:
                    out.append(-1)
                    continue
                while grid[at] < moment:
                    at += 1
                out.append(at)
            self._taken[lag] = out
        return self._taken[lag]

    def given(self, lag: int) -> list[int]:
        """Index to which an event in each slot gives; one beyond the last where there is none."""
        if lag not in self._given:
            grid, at, beyond = self.grid, 0, self.count + 1
            out = [beyond]
            for first in self.first[1:]:
                while at < beyond and grid[at] < first + lag:
                    at += 1
                out.append(at)
            self._given[lag] = out
        return self._given[lag]

    def until(self, lag: int, moment: int) -> int:
        """Return the last slot in which an event can be so long before a moment, or 0."""
        return bisect_right(self.first, moment - lag, lo=1) - 1

    def within(self, open_: Sequence[Interval], inspection_s: int) -> list[int]:
        """Slots in which an inspection of that length can end."""
        slots: list[int] = []
        for x, y in open_:
            low = max(1, bisect_left(self.grid, x + inspection_s), slots[-1] + 1 if slots else 1)
            high = min(self.count, max(1, bisect_left(self.grid, y)))
            slots.extend(range(low, high + 1))
        return slots

    def spanned(self, x: int, y: int) -> tuple[int, int]:
        """First and last slot that lie wholly between two moments (last below first: none)."""
        return bisect_left(self.grid, x) + 1, bisect_right(self.grid, y) - 1
