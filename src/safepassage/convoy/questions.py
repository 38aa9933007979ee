"""What bounds ask: whether all can be out by a moment, on a grid of time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.convoy.proving import Proof, prove
from safepassage.convoy.relaxation import Model, model
from safepassage.instance import Demand, Operation

__all__ = ["Bound", "Watch", "ask", "closes", "coarse", "late", "open_spans"]


@dataclass(frozen=True)
class Bound:
    """A proven number and what proves it."""

    value: int
    certificate: dict[str, Any] | None
    load: dict[str, float]
    """Share of the bound that each family of limits carries, for naming the bottleneck."""


@dataclass(frozen=True)
class Watch:
    """Who is told of a bound on its way, and can end it."""

    enough: Callable[[int], bool] = lambda _: False
    """Whether a bound will do."""
    progress: Callable[[int], None] = lambda _: None
    """Told each better bound (s)."""
    left: Callable[[], float] = lambda: math.inf
    """Seconds that are left."""
    expect: Callable[[int, bool], None] = lambda *_: None
    """Told what bound a fine grid will come to, as soon as that can be seen, and whether finer ones
    may come to much more."""


def ask(
    op: Operation,
    demand: Demand,
    grid: Sequence[int],
    by: int,
    *,
    whole: bool,
    bays: bool,
    seconds: float | None = None,
    alike: Mapping[str, str] | None = None,
) -> tuple[Model, Proof | None]:
    """Build the relaxation on a grid and see what it proves; nothing where time was over first.

    A condition that is in force until the moment asked about counts in the least drives.
    """
    m = model(op.within(0, by), demand, grid, by, whole=whole, bays=bays)
    seats = {k.id: k.seats for k in op.kinds}
    return m, prove(m, whole=whole, seconds=seconds, alike=alike, seats=seats)


def coarse(op: Operation, until: int) -> list[int]:
    """A few slots: openings and closings, and finer ones at the two ends.

    Where crossings close in between, the hours of each opening are divided too: what a vehicle
    can still do before the closing is then told apart.
    """
    points = {0, until}
    spans = {
        span
        for crossing in op.crossings
        for span in op.timeline.crossing_open(crossing.id, until + 1)
    }
    for a, b in spans:
        points.update(p for p in (a, b) if p <= until)
    if closes(op, until):
        total = sum(b - a for a, b in spans)
        step = max(1_800, total // 80)
        points.update(p for a, b in spans for p in range(a, min(b, until), step))
    step = 1_800
    for k in range(1, 5):
        points.update(p for p in (k * step, until - k * step) if 0 < p < until)
    return sorted(points)


def closes(op: Operation, until: int) -> bool:
    """Whether some crossing closes and opens again."""
    return any(len(op.timeline.crossing_open(c.id, until + 1)) > 1 for c in op.crossings)


def open_spans(op: Operation, until: int) -> list[tuple[int, int]]:
    """Time up to a moment in which some crossing is open."""
    spans = sorted(
        (a, min(b, until))
        for c in op.crossings
        for a, b in op.timeline.crossing_open(c.id, until + 1)
    )
    merged: list[tuple[int, int]] = []
    for a, b in spans or [(0, until)]:
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def late(op: Operation, by: int) -> int:
    """The last moment by which no more can have arrived than by ``by``.

    Through closed hours nobody arrives but those who passed before.
    """
    tails = [
        (sum(op.least_drive(s, k.id) for s in r.segments[-1:]), c.out[k.id])
        for ways in op.carry.values()
        for r in ways
        for k in op.kinds
        for c in op.crossings
        if r.crossings and c.id == r.crossings[-1]
    ]
    if not tails or any(not r.crossings for ways in op.carry.values() for r in ways):
        return by
    latest = max(tail for tail, _ in tails)
    spans = open_spans(op, by + 2 * 86_400)
    if any(a < by and b > by - latest for a, b in spans):
        return by
    opens = min((a for a, _ in spans if a >= by), default=None)
    return by if opens is None else opens + min(tail + own for tail, own in tails) - 1
