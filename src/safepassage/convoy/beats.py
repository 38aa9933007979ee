"""Timetables as a programme: which vehicle passes a crossing at which beat.

Where all vehicles take the same time at a crossing, inspections can begin at its *beats*, that
many seconds apart from each opening, without loss. A vehicle that passes inwards at one beat and
outwards at another has its whole rotation fixed, so a timetable is a choice of beats. Counting
vehicles that stand ready or boarded between the beats makes that choice a flow with side
constraints (one vehicle a beat, bays, loads), whose linear programme is almost whole;
:mod:`~safepassage.convoy.diving` makes it whole.

A long operation repeats itself. Days with the same openings between the first and the last are
planned as one typical day that ends as it began, and counts as often as it comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from safepassage.convoy.programme import Bools, Floats, Ints, Programme
from safepassage.convoy.trips import Trips
from safepassage.instance import Interval, Operation, Route, Yard

__all__ = ["BeatModel", "Passes", "Stretch", "beat_model", "stretches", "suits"]

DAY = 86_400
LEFT = 1_000.0
"""Price of a load left behind."""
LATE = 0.2
"""Price of a square minute of arriving after the moment aimed at: the last weigh most."""
EARLY = 0.1
"""Price of arriving at the end, of loads that are in time."""
ALONE, TOGETHER, BESIDE, LAST = 17_500, 16_000, 9_000, 22_000
"""Passes offered, drawn at random where there are more: to a type that is the only one; to the type
with most loads while all are planned together, to each of the others, and to the type with most
loads when it is planned last. Fewer are quicker, more end earlier."""
SAMPLES = 18
"""Moments in one boarding at which vehicles at bays are counted."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time from a moment to another, which stands for so many days one after another."""

    begin: int
    end: int
    days: int = 1


@dataclass(frozen=True, slots=True)
class Passes:
    """Columns of one type, place, way and direction: one for each beat."""

    inward: bool
    kind: str
    place: str
    route: Route
    depart: Ints
    """When a vehicle leaves to pass at the beat (s)."""
    arrive: Ints
    columns: Ints
    days: Ints
    """How many days each stands for."""
    offered: Bools
    """Whether a pass is among the few that are offered while all types are planned together."""


@dataclass
class BeatModel:
    """The programme, and what its columns mean."""

    programme: Programme
    passes: list[Passes]
    left: dict[str, Ints]
    """Columns of loads left behind, by type."""

    def held_back(self) -> Ints:
        """Columns of passes that are offered only to the type that is planned last."""
        return np.concatenate([p.columns[~p.offered] for p in self.passes])

    def events(self, kind: str | None = None) -> Ints:
        """Columns of passes, of one type or of all."""
        found = [p.columns for p in self.passes if kind is None or p.kind == kind]
        return np.concatenate(found)


def suits(op: Operation, trips: Trips, until: int) -> bool:
    """Whether a timetable of this operation is a choice of beats.

    Vehicles go singly and return, each way passes one crossing, types take the same time there,
    driving times do not change, and loads of one place and type all go the same ways.
    """
    kinds = [op.kind(k) for k in {p.kind for p in trips.pairs}]
    ways = [r for ways in (*op.fetch.values(), *op.carry.values()) for r in ways]
    same = all(
        len({t[k.id] for k in kinds}) == 1 and min(t.values()) > 0
        for c in op.crossings
        for t in (c.out, c.back)
    )
    one_class = all(
        len({(x.destination, x.corridors, x.rank) for x in p.loads}) == 1 for p in trips.pairs
    )
    return (
        bool(kinds)
        and same
        and one_class
        and op.convoy_least == 1
        and op.spacing == 0
        and op.teams is None
        and all(k.returns and not k.own for k in kinds)
        and all(len(r.crossings) == 1 for r in ways)
        and len(set(op.timeline.factors(until)[1])) == 1
        and op.timeline.movement_open(until) == [(0, until)]
    )


def stretches(op: Operation, until: int) -> list[Stretch]:
    """Divide the time up to a moment, days that are alike in one stretch.

    They are cut where nothing is under way: after the last arrival of a day and before the first
    departure for the next.
    """
    whole = [Stretch(0, until)]
    opened = {c.id: op.timeline.crossing_open(c.id, until) for c in op.crossings}
    spans = sorted({s for found in opened.values() for s in found})
    mornings = sorted({a // DAY * DAY for a, _ in spans})
    lead, tail = _reach(op)
    firsts = [min(a for a, _ in spans if a >= m) - lead for m in mornings]
    lasts = [max(b for a, b in spans if a < m + DAY) + tail for m in mornings]
    if len(mornings) < 5 or any(b > a for a, b in zip(firsts[1:], lasts, strict=False)):
        return whole
    alike = all(
        [(a - m, b - m) for a, b in found if m <= a < m + DAY]
        == [(a - mornings[1], b - mornings[1]) for a, b in found if mornings[1] <= a < mornings[2]]
        for found in opened.values()
        for m in mornings[1:-1]
    )
    if not alike or mornings[-1] - mornings[0] != DAY * (len(mornings) - 1):
        return whole
    return [
        Stretch(0, firsts[1]),
        Stretch(firsts[1], firsts[2], len(mornings) - 2),
        Stretch(firsts[-1], until),
    ]


def _reach(op: Operation) -> tuple[int, int]:
    """Longest drive before a crossing, and longest from one until a vehicle is free again."""
    lead = tail = 0
    handling = max(t for y in (*op.assembly, *op.reception) for t in y.handling.values())
    for ways in (*op.fetch.values(), *op.carry.values()):
        for route in ways:
            for kind in op.kinds:
                lead = max(lead, op.least_drive(route.segments[0], kind.id))
                tail = max(tail, op.least_drive(route.segments[1], kind.id) + handling)
    return lead, tail


@dataclass
class _Stock:
    """Vehicles of one type that stand somewhere: what leaves at a moment has come before."""

    leaving: list[tuple[Ints, Ints]] = field(default_factory=list)
    coming: list[tuple[Ints, Ints]] = field(default_factory=list)
    first: int = 0
    most: int = 0
    """Vehicles of the type; a bound that the interior point method is better with."""

    def close(self, lp: Programme, name: tuple[str, ...], parts: Sequence[Stretch]) -> None:
        """Write the rows: held + left = held before + come."""
        no_one = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        out_t, out_c = map(np.concatenate, zip(no_one, *self.leaving, strict=True))
        in_t, in_c = map(np.concatenate, zip(no_one, *self.coming, strict=True))
        before = -1
        for n, part in enumerate(parts):
            gone = (out_t >= part.begin) & (out_t < part.end)
            come = (in_t >= part.begin) & (in_t < part.end)
            moments = np.unique(np.append(out_t[gone], part.end))
            limits = np.zeros(moments.size)
            limits[0] = self.first if n == 0 else 0
            rows = lp.rows_of((*name, n), limits, equal=True)
            held = lp.block(moments.size, float(self.most))
            lp.put(rows, held, 1.0)
            lp.put(rows[1:], held[:-1], -1.0)
            if before >= 0:
                lp.fill(int(rows[0]), np.array([before]), -1.0)
            lp.put(rows[np.searchsorted(moments, out_t[gone])], out_c[gone], 1.0)
            lp.put(rows[np.searchsorted(moments, in_t[come])], in_c[come], -1.0)
            if part.days > 1:
                # The typical day ends as it began.
                row = lp.row((*name, n, "again"), 0.0, equal=True)
                lp.put(np.array([row]), held[-1:], 1.0)
                lp.fill(row, np.array([before]), -1.0)
            before = int(held[-1])


def beat_model(
    op: Operation,
    trips: Trips,
    until: int,
    aim: int,
    *,
    size: float = 1.0,
) -> BeatModel:
    """Write the programme for a timetable that ends by ``until``.

    Parameters
    ----------
    until
        Latest arrival (s).
    aim
        Moment up to which arrivals are in time; later ones are dearer by the square.
    size
        How many times as many passes are offered as are mostly enough.
    """
    return _Writer(op, trips, until, aim, size).write()


class _Writer:
    def __init__(self, op: Operation, trips: Trips, until: int, aim: int, size: float) -> None:
        self.op, self.until, self.aim, self.size = op, until, aim, size
        self.draw = np.random.default_rng(1)
        self.lp = Programme()
        self.parts = stretches(op, until)
        self.loads = {(p.place, p.kind): len(p.loads) for p in trips.pairs}
        self.to = {(p.place, p.kind): p.loads[0] for p in trips.pairs}
        self.kinds = kinds = [k for k in op.kinds if any(kind == k.id for _, kind in self.loads)]
        by_kind = {
            k.id: sum(n for (_, kind), n in self.loads.items() if kind == k.id) for k in kinds
        }
        self.largest = max(by_kind, key=lambda k: (by_kind[k], k))
        self.most = {k.id: self._most(k.id) for k in kinds}
        self.assembly = {a.id: a for a in op.assembly}
        self.reception = {d.id: d for d in op.reception}
        self.stock: dict[tuple[str, ...], _Stock] = defaultdict(_Stock)
        self.passes: list[Passes] = []
        self.yards: dict[str, list[tuple[int, Ints, Ints]]] = defaultdict(list)

    def write(self) -> BeatModel:
        served, left = {}, defaultdict(list)
        for (place, kind), n in self.loads.items():
            row = self.lp.row(("loads", place, kind), float(n), equal=True)
            missed = self.lp.block(1, float(n), -LEFT)
            self.lp.fill(row, missed, 1.0)
            served[place, kind] = row
            left[kind].append(missed)
        for k in self.kinds:
            for source, n in k.counts:
                self.stock["ready", k.id, source].first += n
        for crossing in self.op.crossings:
            for inward in (True, False):
                self._crossing(crossing.id, inward, served)
        fleet = {k.id: k.total for k in self.kinds}
        for name, stock in sorted(self.stock.items()):
            stock.most = fleet[name[1]]
            stock.close(self.lp, name, self.parts)
        for place, passes in sorted(self.yards.items()):
            self._bays((self.assembly | self.reception)[place], passes)
        return BeatModel(self.lp, self.passes, {k: np.concatenate(v) for k, v in left.items()})

    def _crossing(self, crossing: str, inward: bool, served: dict[tuple[str, str], int]) -> None:
        c = next(c for c in self.op.crossings if c.id == crossing)
        seconds = (c.back if inward else c.out)[self.kinds[0].id]
        spans = self.op.timeline.crossing_open(crossing, self.until)
        beats, days = self._beats(spans, seconds)
        rows = self.lp.rows_of(("beat", crossing, inward), np.ones(beats.size))
        for k in self.kinds:
            for place, route in self._ways(crossing, k.id, inward):
                before, after = (self.op.least_drive(s, k.id) for s in route.segments)
                arrive = beats + seconds + after
                ok = (beats - before >= 0) & (arrive <= self.until)
                drawn = self.draw.random(beats.size)
                many = LAST if k.id == self.largest else BESIDE
                ok &= drawn < self._share(k.id, ALONE if len(self.kinds) == 1 else many)
                offered = drawn < self._share(k.id, TOGETHER)
                worth = 0.0 if inward else self._worth(arrive[ok])
                passes = Passes(
                    inward,
                    k.id,
                    place,
                    route,
                    beats[ok] - before,
                    arrive[ok],
                    self.lp.block(int(ok.sum()), np.inf, worth),
                    days[ok],
                    offered[ok],
                )
                self.passes.append(passes)
                self.lp.put(rows[ok], passes.columns, 1.0)
                self._join(passes, served)

    def _share(self, kind: str, passes: int) -> float:
        """Share of a type's passes that makes so many."""
        return self.size * passes / self.most[kind]

    def _most(self, kind: str) -> int:
        """Passes of a type, if all were offered."""
        total = 1
        for c in self.op.crossings:
            spans = self.op.timeline.crossing_open(c.id, self.until)
            for inward, seconds in ((True, c.back[kind]), (False, c.out[kind])):
                ways = sum(1 for _ in self._ways(c.id, kind, inward))
                total += ways * self._beats(spans, seconds)[0].size
        return total

    def _beats(self, spans: Sequence[Interval], seconds: int) -> tuple[Ints, Ints]:
        """Beginnings of inspections, each day's once, and how many days each stands for."""
        beats = [np.arange(a, b - seconds + 1, seconds, dtype=np.int64) for a, b in spans]
        moments = np.concatenate(beats) if beats else np.zeros(0, np.int64)
        kept, days = [], []
        for part in self.parts:
            found = moments[(moments >= part.begin) & (moments < part.end)]
            kept.append(found)
            days.append(np.full(found.size, part.days, np.int64))
        return np.concatenate(kept), np.concatenate(days)

    def _ways(self, crossing: str, kind: str, inward: bool) -> Iterator[tuple[str, Route]]:
        """Ways of a type through a crossing, and the assembly point each serves."""
        table = self.op.fetch if inward else self.op.carry
        for (start, end), ways in sorted(table.items()):
            place = end if inward else start
            load = self.to.get((place, kind))
            if load is None or (not inward and end != load.destination):
                continue
            for route in ways:
                if route.crossings[0] == crossing and (inward or route.corridor in load.corridors):
                    yield place, route

    def _worth(self, arrive: Ints) -> Floats:
        late = np.maximum(0, arrive - self.aim) / 60
        cost: Floats = -(EARLY * arrive / self.until + LATE * late**2)
        return cost

    def _join(self, passes: Passes, served: dict[tuple[str, str], int]) -> None:
        """Enter the passes of a way into what stands where it begins and where it ends."""
        kind, place, columns = passes.kind, passes.place, passes.columns
        start, end = passes.route.start, passes.route.end
        if passes.inward:
            done = passes.arrive + self.assembly[place].handling[kind]
            self.stock["ready", kind, start].leaving.append((passes.depart, columns))
            self.stock["boarded", kind, place].coming.append((done, columns))
            self.yards[place].append((self.assembly[place].handling[kind], passes.arrive, columns))
            return
        done = passes.arrive + self.reception[end].handling[kind]
        self.yards[end].append((self.reception[end].handling[kind], passes.arrive, columns))
        self.stock["boarded", kind, place].leaving.append((passes.depart, columns))
        self.stock["ready", kind, end].coming.append((done, columns))
        for days in np.unique(passes.days):
            self.lp.fill(served[place, kind], columns[passes.days == days], float(days))

    def _bays(self, yard: Yard, passes: Sequence[tuple[int, Ints, Ints]]) -> None:
        """No more vehicles begin at a yard within one handling than it has bays."""
        longest = max(seconds for seconds, _, _ in passes)
        if yard.bays >= self._most_within(longest) or not longest:
            return
        step = max(longest // SAMPLES, 1)
        samples, there = [], []
        for seconds, arrive, columns in passes:
            # Who begins at t is there at every sample in [t, t + seconds).
            first, last = -(-arrive // step), (arrive + seconds - 1) // step
            at = first[:, None] + np.arange(int((last - first).max(initial=-1)) + 1)
            within = at <= last[:, None]
            samples.append(at[within])
            there.append(np.broadcast_to(columns[:, None], at.shape)[within])
        moments, index = np.unique(np.concatenate(samples), return_inverse=True)
        rows = self.lp.rows_of(("bays", yard.id), np.full(moments.size, float(yard.bays)))
        self.lp.put(rows[index], np.concatenate(there), 1.0)

    def _most_within(self, seconds: int) -> int:
        """Most vehicles that can pass all crossings, one way, within so many seconds."""
        kind = self.kinds[0].id
        return sum(seconds // min(c.out[kind], c.back[kind]) + 1 for c in self.op.crossings)
