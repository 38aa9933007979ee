"""What single vehicles can do at most: whole tours, from journey to journey, in order.

Rows over the time of all vehicles let each make parts of journeys, and take the least way back
before each loaded leg. In truth a vehicle makes one journey after another, each from where the one
before ended. The programme has columns of *tours* therefore: those that multipliers of loaded legs
make worth most, found one by one. Rows and proof: ``docs/reference/certificate-format.md``,
"Tours".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.programme import Floats, Ints, Programme
from safepassage.convoy.tours_kernel import best_tour
from safepassage.convoy.ways import fetches, whole
from safepassage.instance import Interval, Route, VehicleKind

__all__ = ["Tours", "add_tours", "add_worthy"]

PARTS = 4_000
"""Parts that the time is divided into, rounded down."""
MOST_JOURNEYS = 16
"""Journeys of a vehicle up to which tours are told apart."""
WHOLE, TOLD = 10**9, 10**3
"""Parts of one in which worths are compared, and how many of them tell."""
LATE = 1 << 50


def add_tours(b: Builder) -> list[Tours]:
    """Add the rows of the tours of every type that returns; their columns are found later."""
    found: list[Tours] = []
    if b.released or b.floors:
        return found
    for kind in b.op.kinds:
        flows = [f for f in b.carries if f.kind == kind.id]
        if kind.returns and not kind.own and flows:
            journeys = _Journeys(b, kind, flows)
            if journeys.few:
                found.append(Tours.of(b, kind, flows, journeys))
    return found


@dataclass(frozen=True, eq=False)
class Tours:
    """Tours of one type, and their rows in a programme."""

    rows: Ints
    """By flow, the row that says that loaded legs in time are parts of tours ..."""
    every: int
    """... and the one that says how many vehicles there are."""
    number: int
    tables: tuple[Ints, ...]
    """Journeys, as :func:`~safepassage.convoy.tours_kernel.best_tour` takes them."""

    @classmethod
    def of(cls, b: Builder, kind: VehicleKind, flows: Sequence[Flow], made: _Journeys) -> Tours:
        """Add the rows."""
        rows = []
        for f in flows:
            route = f.way.route
            key = "tour", kind.id, route.start, route.end, route.corridor
            rows.append(b.lp.row(key, 0.0))
            b.lp.fill(rows[-1], b.in_time(f), 1.0)
        every = b.lp.row(("tours", kind.id), float(kind.total))
        return cls(np.array(rows, np.int64), every, kind.total, made.tables())

    def most(self, multipliers: Ints) -> tuple[int, Ints]:
        """What the best tour is worth, and its loaded legs by flow."""
        counts = np.zeros(self.rows.size, np.int64)
        return int(best_tour(*self.tables, multipliers[self.rows], counts)), counts

    def add(self, lp: Programme, counts: Ints) -> None:
        """Let vehicles make a tour."""
        column = lp.block(1, float(self.number))
        lp.fill(self.every, column, 1.0)
        for row, n in zip(self.rows.tolist(), counts.tolist(), strict=True):
            if n:
                lp.fill(row, column, -float(n))


class _Journeys:
    """Journeys of one type: from where a vehicle is ready to where it is so again."""

    def __init__(self, b: Builder, kind: VehicleKind, flows: Sequence[Flow]) -> None:
        self.b, self.kind, self.flows = b, kind, flows
        self.boarding = {a.id: a.handling[kind.id] for a in b.op.assembly}
        self.unloading = {d.id: d.handling[kind.id] for d in b.op.reception}
        self.ends = sorted({f.way.route.end for f in flows})
        self.places = sorted({f.way.route.start for f in flows})
        self.starts = [p for p, n in kind.counts if n]
        horizon = int(b.grid[-1]) + 1
        self.open = {c.id: b.op.timeline.crossing_open(c.id, horizon) for c in b.op.crossings}
        self.part = max(1, b.by // PARTS)
        self.times = np.arange(b.by // self.part + 1, dtype=np.int64) * self.part
        self.fetches: dict[tuple[str, str], list[Route]] = {}
        for route in (f.way.route for f in b.fetches if f.kind == kind.id):
            self.fetches.setdefault((route.start, route.end), []).append(route)

    @property
    def few(self) -> bool:
        """Whether no vehicle makes many journeys."""
        op, kind = self.b.op, self.kind.id
        least = min(
            whole(fetches(op, f.way.route.start, kind, self.ends))
            + self.boarding[f.way.route.start]
            + f.way.whole
            + self.unloading[f.way.route.end]
            for f in self.flows
        )
        return self.b.by < MOST_JOURNEYS * least

    def tables(self) -> tuple[Ints, ...]:
        """First journeys and later ones, in parts of the time."""
        none = np.zeros(1, np.int64)
        first = [(n, s) for n in range(len(self.flows)) for s in self.starts]
        start = np.array([(n, self._goal(n)) for n, _ in first], np.int64)
        starts = np.array([self._again(none, s, n)[0] for n, s in first], np.int64)
        pairs = [(p, n) for p in range(len(self.ends)) for n in range(len(self.flows))]
        later = np.array([self._again(self.times, self.ends[p], n) for p, n in pairs], np.int64)
        origin = np.array([p for p, _ in pairs], np.int64)
        flow = np.array([n for _, n in pairs], np.int64)
        goal = np.array([self._goal(n) for _, n in pairs], np.int64)
        return start, starts, later, origin, flow, goal

    def _goal(self, n: int) -> int:
        return self.ends.index(self.flows[n].way.route.end)

    def _again(self, times: Ints, place: str, n: int) -> Ints:
        """From which part on a vehicle is ready again, if it is ready at a place at some times."""
        arrive = self._arrive(times, place, self.flows[n])
        again = (arrive + self.unloading[self.flows[n].way.route.end]) // self.part
        ready: Ints = np.where(arrive <= self.b.by, np.minimum(again, self.times.size), -1)
        return ready

    def _arrive(self, times: Ints, place: str, flow: Flow) -> Ints:
        """When a loaded leg arrives at the earliest."""
        start = flow.way.route.start
        fetched = [
            self._leg(times, route, outward=False) for route in self.fetches.get((place, start), ())
        ]
        if not fetched:
            return np.full(times.size, LATE, np.int64)
        there = np.minimum.reduce(fetched)
        return self._leg(there + self.boarding[start], flow.way.route, outward=True)

    def _leg(self, times: Ints, route: Route, *, outward: bool) -> Ints:
        """When a leg that departs at some times arrives, in the least convoy."""
        op = self.b.op
        for i, segment in enumerate(route.segments):
            times = times + op.least_drive(segment, self.kind.id)
            if i < len(route.crossings):
                crossing = next(c for c in op.crossings if c.id == route.crossings[i])
                inspections = crossing.out if outward else crossing.back
                convoy = inspections[self.kind.id]
                convoy += (op.convoy_least - 1) * min(inspections.values())
                times = _earliest(self.open[crossing.id], times, convoy)
        return times


def _earliest(spans: Sequence[Interval], times: Ints, seconds: int) -> Ints:
    """End of an inspection within open time that begins at some times or later."""
    fits = [(x, y) for x, y in spans if x + seconds <= y]
    if not fits:
        return np.full(times.size, LATE, np.int64)
    last = np.array([y - seconds for _, y in fits], np.int64)
    opens = np.array([x for x, _ in fits] + [LATE], np.int64)
    at = np.searchsorted(last, times)
    done: Ints = np.minimum(np.maximum(times, opens[at]) + seconds, LATE)
    return done


def add_worthy(tours: Sequence[Tours], multipliers: Floats, lp: Programme) -> bool:
    """Add the tours that multipliers make worth more than they cost; tells if there are any."""
    worth = np.rint(multipliers * WHOLE).astype(np.int64)
    added = False
    for each in tours:
        value, counts = each.most(worth)
        if value > worth[each.every] + TOLD:
            each.add(lp, counts)
            added = True
    return added
