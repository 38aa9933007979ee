"""Least moments at which a leg can be somewhere, where conditions change over time.

A drive takes what the conditions in force at its beginning make of it. So it ends no sooner than
it would if it began at the best moment from now on: later, if a condition is over by then.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from safepassage.convoy.programme import Ints
from safepassage.instance import Operation
from safepassage.instance.operation import Segment

__all__ = ["Hop", "Onward"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A drive for one type, and the inspections at the crossing that it ends at."""

    segment: Segment
    kind: str
    inspections: int


@dataclass(frozen=True)
class Onward:
    """When drives end at the earliest, by when they can begin; up to some moment."""

    op: Operation
    until: int

    @cached_property
    def points(self) -> list[int]:
        """From when on conditions are other than before; the first is 0."""
        return self._periods[0]

    @cached_property
    def _periods(self) -> tuple[list[int], list[Mapping[tuple[Segment, str], int]]]:
        if not self.op.timeline.conditions:
            return [0], [self.op.least]
        points, factors = self.op.timeline.factors(self.until + 1)
        return points, [self.op.least_under[f] for f in factors]

    def period(self, begin: int, end: int) -> int | None:
        """Number of the period that all of a time lies in; None where conditions change in it."""
        number = bisect_right(self.points, begin) - 1
        return number if end < [*self.points, self.until + 1][number + 1] else None

    def after(self, moments: Ints, hops: Sequence[Hop]) -> Ints:
        """Least moments at which hops on end can be over, if they can begin at some moments."""
        points, least = self._periods
        for hop in hops:
            drives = [seconds[hop.segment, hop.kind] for seconds in least]
            ends = moments + drives[-1] if len(points) == 1 else self._ends(moments, drives)
            moments = ends + hop.inspections
        return moments

    def _ends(self, moments: Ints, drives: Sequence[int]) -> Ints:
        """Ends of one drive, begun in whatever period suits best."""
        points = self.points
        ends = np.maximum(moments, points[-1]) + drives[-1]
        for begin, over, seconds in zip(points, points[1:], drives, strict=False):
            found = np.maximum(moments, begin) + seconds
            ends = np.where(moments < over, np.minimum(ends, found), ends)
        return ends
