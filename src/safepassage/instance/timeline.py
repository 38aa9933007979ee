"""When what is open: windows, daily hours and conditions on the operation's own clock.

Seconds count from the operation's start. Definitions: ``docs/design/convoy-model.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["ConditionSpan", "Daily", "Interval", "TimedTerm", "Timeline", "intersect", "unite"]

Interval = tuple[int, int]
"""Half-open span of time, seconds after the start."""

_DAY = 86_400


def unite(intervals: Iterable[Interval]) -> list[Interval]:
    """Sort intervals and merge those that overlap or touch."""
    merged: list[Interval] = []
    for start, end in sorted(i for i in intervals if i[1] > i[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersect(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Time that lies in both; each argument is sorted and disjoint."""
    both: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            both.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return both


@dataclass(frozen=True, slots=True)
class Daily:
    """Hours of each day, seconds after local midnight; ``end`` at or before ``start`` wraps."""

    start: int
    end: int

    def spans(self, midnight: int, horizon: int) -> list[Interval]:
        """Occurrences that touch ``[0, horizon)``; ``midnight`` is one local midnight."""
        length = (self.end - self.start) % _DAY or _DAY
        first = (midnight + self.start) % _DAY - _DAY
        return [
            (max(s, 0), min(s + length, horizon))
            for s in range(first, horizon, _DAY)
            if s + length > 0
        ]


@dataclass(frozen=True, slots=True)
class TimedTerm:
    """A window or ceasefire clause."""

    clause_id: str
    start: int
    end: int | None
    daily: tuple[Daily, ...]
    crossings: frozenset[str]
    """Crossings it governs; empty means all."""
    moves: bool
    """True where every drive has to fit inside."""

    def open(self, midnight: int, horizon: int, *, extended: bool) -> list[Interval]:
        """Open time within ``[0, horizon)``; ``extended`` ignores the end of the window."""
        end = horizon if extended or self.end is None else min(self.end, horizon)
        whole = [(max(self.start, 0), end)] if end > self.start else []
        if not self.daily:
            return whole
        hours = unite(s for d in self.daily for s in d.spans(midnight, horizon))
        return intersect(whole, hours)


@dataclass(frozen=True, slots=True)
class ConditionSpan:
    """Slower driving: for some hours of each day, or for one period."""

    factor: Fraction
    when: Daily | Interval

    def spans(self, midnight: int, horizon: int) -> list[Interval]:
        """When it is in force, within ``[0, horizon)``."""
        if isinstance(self.when, Daily):
            return unite(self.when.spans(midnight, horizon))
        return intersect([self.when], [(0, horizon)])


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every opening, closing and condition of an operation."""

    midnight: int
    """Seconds from the start to some local midnight."""
    terms: tuple[TimedTerm, ...]
    hours: dict[str, tuple[Daily, ...]]
    """Crossings' own hours."""
    conditions: tuple[ConditionSpan, ...]

    def crossing_open(
        self, crossing: str, horizon: int, *, extended: bool = True
    ) -> list[Interval]:
        """When the crossing lets convoys through."""
        time = [(0, horizon)]
        own = self.hours.get(crossing, ())
        if own:
            time = intersect(time, unite(s for d in own for s in d.spans(self.midnight, horizon)))
        for term in self.terms:
            if not term.crossings or crossing in term.crossings:
                time = intersect(time, term.open(self.midnight, horizon, extended=extended))
        return time

    def movement_open(self, horizon: int, *, extended: bool = True) -> list[Interval]:
        """When wheels may turn at all."""
        time = [(0, horizon)]
        for term in self.terms:
            if term.moves:
                time = intersect(time, term.open(self.midnight, horizon, extended=extended))
        return time

    def governing(self, crossing: str) -> list[str]:
        """Ids of the clauses that open and close the crossing."""
        return [t.clause_id for t in self.terms if not t.crossings or crossing in t.crossings]

    @property
    def window_end(self) -> int | None:
        """The earliest stated end, if any."""
        return min((t.end for t in self.terms if t.end is not None), default=None)

    def fastest(self, begin: int, end: int) -> Fraction:
        """Largest product of factors that can be in force at some moment of ``[begin, end]``."""
        product = Fraction(1)
        for condition in self.conditions:
            spans = condition.spans(self.midnight, end + 1)
            always = any(a <= begin and end < b for a, b in spans)
            product *= condition.factor if always else max(Fraction(1), condition.factor)
        return product

    def factors(self, horizon: int) -> tuple[list[int], list[Fraction]]:
        """Speed factor over time: breakpoints (the first is 0) and the factor from each on."""
        spans = [(s, c.factor) for c in self.conditions for s in c.spans(self.midnight, horizon)]
        points = sorted({0, *(p for (a, b), _ in spans for p in (a, b) if 0 <= p < horizon)})
        factors = []
        for point in points:
            product = Fraction(1)
            for (a, b), factor in spans:
                if a <= point < b:
                    product *= factor
            factors.append(product)
        return points, factors
