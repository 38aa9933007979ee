"""Least ends of drives that can begin at a moment or later, where conditions change over time.

Definition: ``docs/reference/certificate-format.md``, "Chains".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safepassage.check.hours import SECOND
from safepassage.check.reading import Reading

__all__ = ["Hop", "Periods"]


@dataclass(frozen=True, slots=True)
class Hop:
    """A drive, and the inspections of the least convoy at the crossing that it ends at."""

    drives_s: tuple[int, ...]
    """By period, in which it begins."""
    inspections_s: int


@dataclass(frozen=True, slots=True)
class Periods:
    """Times in which the same conditions are in force, one after another."""

    begins_s: tuple[int, ...]
    factors: tuple[Fraction, ...]

    @classmethod
    def read(cls, reading: Reading, end_s: int) -> Periods:
        """Divide the time from 0 to some moment; ``reading`` knows all conditions up to it."""
        moments = {0}
        for slowdown in reading.slowdowns:
            # A drive begins at a whole second.
            edges = (-(-edge // SECOND) for span in slowdown.hours.spans for edge in span)
            moments.update(edge for edge in edges if 0 < edge <= end_s)
        begins = sorted(moments)
        return cls(tuple(begins), tuple(map(reading.slowness, begins)))

    def alone(self, from_s: int, to_s: int) -> int | None:
        """Return the number of the period that a time lies in; None where it lies in several."""
        number = bisect_right(self.begins_s, from_s) - 1
        return number if bisect_right(self.begins_s, to_s) - 1 == number else None

    def over(self, moment: int, hops: Sequence[Hop]) -> int:
        """Return the least moment at which hops on end are over, if they can begin at another."""
        for hop in hops:
            moment = min(self._ends(moment, hop.drives_s)) + hop.inspections_s
        return moment

    def _ends(self, moment: int, drives: Sequence[int]) -> Iterator[int]:
        """Yield ends of a drive, begun at once or at the beginning of a later period."""
        number = bisect_right(self.begins_s, moment) - 1
        least = moment + drives[number]
        yield least
        for begin, seconds in zip(self.begins_s[number + 1 :], drives[number + 1 :], strict=True):
            if begin >= least:
                return
            yield begin + seconds
