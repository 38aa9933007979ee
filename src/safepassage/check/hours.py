"""Stretches of open time, exact to the microsecond.

Terms may state a moment with a fraction of a second; the plan counts whole seconds. Holding the
terms in microseconds means that nothing has to be rounded, so no second is won or lost.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["ALWAYS", "SECOND", "Hours", "daily_hours", "microseconds"]

SECOND: Final = 1_000_000
_DAY: Final = 86_400 * SECOND
_FOREVER: Final = 10**6 * _DAY

Span = tuple[int, int]


def microseconds(start: datetime, moment: datetime) -> int:
    """Microseconds from ``start`` to ``moment``, exactly."""
    return (moment - start) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Disjoint stretches of time in order, in microseconds after the start."""

    spans: tuple[Span, ...]

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Hours:
        """Unite stretches; those that touch become one."""
        united: list[Span] = []
        for begin, end in sorted(s for s in spans if s[0] < s[1]):
            if united and begin <= united[-1][1]:
                united[-1] = (united[-1][0], max(united[-1][1], end))
            else:
                united.append((begin, end))
        return cls(tuple(united))

    def within(self, other: Hours) -> Hours:
        """Time that lies in both."""
        common = []
        mine, theirs = list(self.spans), list(other.spans)
        while mine and theirs:
            begin, end = max(mine[-1][0], theirs[-1][0]), min(mine[-1][1], theirs[-1][1])
            common.append((begin, end))
            # From the back: whichever begins later cannot meet anything earlier.
            (mine if mine[-1][0] >= theirs[-1][0] else theirs).pop()
        return Hours.of(common)

    def hold(self, from_s: int, to_s: int) -> bool:
        """Tell whether one stretch has room for the whole time; a moment may be at its very end."""
        begin, end = from_s * SECOND, to_s * SECOND
        # Between two stretches lies closed time, so only the last to begin by then can hold it.
        at = bisect_right(self.spans, (begin, _FOREVER)) - 1
        return at >= 0 and begin <= end <= self.spans[at][1]

    def covers(self, at_s: int) -> bool:
        """Tell whether a moment lies in a stretch, its end excluded."""
        moment = at_s * SECOND
        at = bisect_right(self.spans, (moment, _FOREVER)) - 1
        return at >= 0 and moment < self.spans[at][1]


ALWAYS: Final = Hours(((-_FOREVER, _FOREVER),))


def daily_hours(
    entries: Iterable[tuple[int, int]], start: datetime, local: datetime, until_s: int
) -> Hours:
    """Occurrences of daily hours from the day before the start to the day after ``until_s``.

    Parameters
    ----------
    entries
        Hours of each day as seconds after local midnight: from and to. ``to`` at or before
        ``from`` runs past midnight.
    start
        The moment ``t = 0``.
    local
        The same moment in local time.
    until_s
        Last second of interest.
    """
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = microseconds(start, midnight)
    days = until_s // 86_400 + 3
    spans = []
    for from_, to in entries:
        begin = first + from_ * SECOND
        end = first + to * SECOND + (_DAY if to <= from_ else 0)
        spans += [(begin + day * _DAY, end + day * _DAY) for day in range(-1, days)]
    return Hours.of(spans)
