"""What bounds ask: whether all can be out by a moment, on a grid of time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.convoy.proving import Proof, prove
from safepassage.convoy.relaxation import Model, model
from safepassage.convoy.rounds import counts_rounds
from safepassage.convoy.ways import way
from safepassage.instance import Demand, Operation

__all__ = ["Bound", "Watch", "ask", "closes", "coarse", "early", "late", "open_spans"]

FINE_S = 1_800
"""Slot (s) of the grid of a few slots where crossings close in between ..."""
FINE_SLOTS = 80
"""... as long as there are no more than so many."""
LAST_PASSES = 4
"""Slots for the last pass of the fleet before a closing, where there are more."""


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


def ask(  # noqa: PLR0913 - what there is to say of a question
    op: Operation,
    demand: Demand,
    grid: Sequence[int],
    by: int,
    *,
    whole: bool,
    bays: bool,
    seconds: float | None = None,
    alike: Mapping[str, str] | None = None,
    tours: bool = False,
) -> tuple[Model, Proof | None]:
    """Build the relaxation on a grid and see what it proves; nothing where time was over first.

    A condition that is in force until the moment asked about counts in the least drives.
    """
    m = model(op.within(0, by), demand, grid, by, whole=whole, bays=bays, tours=tours)
    seats = {k.id: k.seats for k in op.kinds}
    return m, prove(m, whole=whole, seconds=seconds, alike=alike, seats=seats)


def coarse(op: Operation, demand: Demand, until: int) -> list[int]:
    """A few slots: openings and closings, and finer ones at the two ends.

    Where crossings close in between, the hours of each opening are divided too: what a vehicle
    can still do before the closing is then told apart. Of many openings only the last part is:
    a pass in a slot counts as if it came at the slot's end, so that the last passes before a
    closing cost nothing in a slot that holds them all. Where rounds within openings are counted,
    that part is in them.
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
        if total <= FINE_SLOTS * FINE_S:
            points.update(p for a, b in spans for p in range(a, min(b, until), FINE_S))
        elif not counts_rounds(op, demand):
            lasts = _before_closing(op, demand)
            points.update(b - x for a, b in spans for x in lasts if a < b - x < until)
    step = 1_800
    for k in range(1, 5):
        points.update(p for p in (k * step, until - k * step) if 0 < p < until)
    return sorted(points)


def _before_closing(op: Operation, demand: Demand) -> list[int]:
    """How long before closings slots end: while the whole fleet passes once more, and before that.

    A vehicle passes once in the time of its last rotation, so earlier on nothing is lost.
    """
    served = {(c.place, k, d) for c in demand.cells for k in c.kinds for d in c.destinations}
    pass_s = rotation = 0
    for kind in op.kinds:
        ways = [
            way(op, r, kind.id, outward=True)
            for (place, to), routes in op.carry.items()
            if (place, kind.id, to) in served
            for r in routes
        ]
        if not ways or not kind.total or kind.own:
            continue
        pass_s = max(pass_s, kind.total * max(w.inspect for w in ways))
        # Empty or loaded, a way takes about as long.
        rotation = max(rotation, 2 * min(w.whole for w in ways))
    pass_s = min(pass_s, rotation)
    lasts = {pass_s * i // LAST_PASSES for i in range(1, LAST_PASSES + 1)}
    return sorted(x for x in {*lasts, (pass_s + rotation) // 2} if x)


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
    return _through_closed(op, by)[1]


def early(op: Operation, by: int) -> int:
    """The first moment of the closed hours around ``by``: as many can have arrived by then."""
    return _through_closed(op, by)[0]


def _through_closed(op: Operation, by: int) -> tuple[int, int]:
    """Begin and end of the time around a moment in which nobody can arrive; else twice itself."""
    tails = [
        (sum(op.least_drive(s, k.id) for s in r.segments[-1:]), c.out[k.id])
        for ways in op.carry.values()
        for r in ways
        for k in op.kinds
        for c in op.crossings
        if r.crossings and c.id == r.crossings[-1]
    ]
    if not tails or any(not r.crossings for ways in op.carry.values() for r in ways):
        return by, by
    first, latest = min(tail + own for tail, own in tails), max(tail for tail, _ in tails)
    # Who passes while it is open arrives in between.
    arrivals = [(a + first, b + latest) for a, b in open_spans(op, by + 2 * 86_400)]
    if any(a <= by < b for a, b in arrivals):
        return by, by
    begin = max((b for _, b in arrivals if b <= by), default=by)
    end = min((a - 1 for a, _ in arrivals if a > by), default=by)
    return begin, end
