"""Slots of a grid: where an event takes from and gives to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

__all__ = ["Interval", "Slots", "spaced_time"]

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

    def given(self, firsts: Sequence[int], lag: int) -> list[int]:
        """Index to which events give whose first moments rise; one beyond the last for nowhere."""
        grid, at, beyond, out = self.grid, 0, self.count + 1, []
        for first in firsts:
            while at < beyond and grid[at] < first + lag:
                at += 1
            out.append(at)
        return out

    def within(self, open_: Sequence[Interval], inspection_s: int) -> list[tuple[int, int]]:
        """Slots in which an inspection of that length can end, with the first moment of that."""
        found: list[tuple[int, int]] = []
        last = 0
        for x, y in open_:
            begin = x + inspection_s
            if begin > y:
                continue
            low = max(last + 1, bisect_left(self.grid, begin))
            last = max(last, min(self.count, max(1, bisect_left(self.grid, y))))
            found += [(j, max(begin, self.first[j])) for j in range(low, last + 1)]
        return found

    def spanned(self, x: int, y: int) -> tuple[int, int]:
        """First and last slot that lie wholly between two moments (last below first: none)."""
        return bisect_left(self.grid, x) + 1, bisect_right(self.grid, y) - 1


def spaced_time(open_: Sequence[Interval], within: Interval, spacing_s: int) -> int:
    """Time within some that is open, or less than the spacing after such open time.

    Convoys keep their spacing through closed hours too, but it need not be open time. Time that is
    over before it begins holds none.
    """
    from_s, to_s = within
    if from_s > to_s:
        return 0
    total, reached = 0, 0
    for x, y in open_:
        if x > to_s:
            break
        if y < from_s:
            continue
        begin, end = max(x, from_s, reached), min(y, to_s) + spacing_s
        if end > begin:
            total += end - begin
            reached = end
    return total
