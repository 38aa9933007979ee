"""How soon batches of one side can have passed the crossings, one vehicle after another.

A count instead of a programme: released at a moment, the vehicles of a batch are at a crossing no
sooner than the way there takes, pass it one at a time in open hours, and have the rest of the way
before them. Over a row of batches it also counts that those from distant places have to be in one
of them, whoever is in which. Definition and proof: ``docs/reference/certificate-format.md``,
"Chains".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from safepassage.convoy.onward import Hop, Onward
from safepassage.convoy.programme import Ints
from safepassage.convoy.ways import fetches, loaded, way, whole
from safepassage.instance import Cell, Interval, Operation, Route

__all__ = ["Counting", "Far", "Row"]

NEVER = 1 << 50
MOST_SETS = 6
"""Sets of places that are counted apart, a set with weight more than once."""

Far = Sequence[Sequence[str]]
"""Sets of places that are counted apart."""


@dataclass(frozen=True)
class Row:
    """Batches of one side that follow on one another, and who there is for them."""

    cells: Sequence[Cell]
    """All people of the side."""
    sizes: Sequence[int]
    """People of each batch."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A loaded leg, cut at the crossing that takes longest."""

    ready: int
    """When it can depart at the earliest."""
    before: tuple[Hop, ...]
    after: tuple[Hop, ...]
    least: tuple[int, int]
    """Least seconds to the crossing, and after it."""


@dataclass
class _Lane:
    """Loaded legs by way of one crossing (None: by way of none), at their fastest."""

    legs: list[_Leg] = field(default_factory=list)
    seconds: int = NEVER
    """Of one inspection."""

    @property
    def tail(self) -> int:
        """Least seconds after the crossing."""
        return min(leg.least[1] for leg in self.legs)

    def begin(self, onward: Onward, release: int) -> int:
        """Least moment of a first inspection."""
        return min(
            int(onward.after(np.array([max(release, leg.ready)]), leg.before)[0])
            for leg in self.legs
        )

    def arrivals(self, onward: Onward, passes: Sequence[int]) -> list[int]:
        """Least arrivals of those who have passed at some moments."""
        moments = np.array(passes, np.int64)
        ways = dict.fromkeys(leg.after for leg in self.legs)
        each = [onward.after(moments, hops) for hops in ways]
        found: list[int] = np.min(each, axis=0).tolist()
        return found


_Lanes = Mapping[str | None, _Lane]


def _lanes(op: Operation, cells: Sequence[Cell]) -> _Lanes:
    """Legs of these people, by the crossing that takes longest."""
    lanes: dict[str | None, _Lane] = {}
    for cell in cells:
        for kind in (op.kind(k) for k in cell.kinds):
            near = fetches(op, cell.place, kind.id, {p for p, n in kind.counts if n})
            if not kind.seats or not kind.total or not (kind.own or near):
                continue
            ready = next(a.handling[kind.id] for a in op.assembly if a.id == cell.place)
            ready += 0 if kind.own else whole(near)
            for to in cell.destinations:
                for route in op.carry.get((cell.place, to), ()):
                    if route.corridor in cell.corridors:
                        w = way(op, route, kind.id, outward=True)
                        key = w.server[0] if w.server else None
                        lane = lanes.setdefault(key, _Lane())
                        before, after = _hops(op, route, kind.id, key)
                        least = w.lead - w.inspect, w.tail
                        lane.legs.append(_Leg(ready, before, after, least))
                        lane.seconds = min(lane.seconds, w.inspect)
    return lanes


def _hops(
    op: Operation, route: Route, kind: str, key: str | None
) -> tuple[tuple[Hop, ...], tuple[Hop, ...]]:
    """Drives before a crossing and after it; all after it where there is none."""
    _, convoy = loaded(op, route, kind)
    cut = route.crossings.index(key) if key is not None else -1
    # What is inspected at the crossing itself is counted apart.
    times = [0 if i == cut else seconds for i, seconds in enumerate((*convoy, 0))]
    hops = [Hop(s, kind, seconds) for s, seconds in zip(route.segments, times, strict=True)]
    return tuple(hops[: cut + 1]), tuple(hops[cut + 1 :])


def _distances(op: Operation, cells: Sequence[Cell]) -> list[str]:
    """Places of these people, the nearest to their destinations first."""
    least = {
        place: min(
            (
                leg.least[0] + lane.tail + lane.seconds
                for lane in _lanes(op, [c for c in cells if c.place == place]).values()
                for leg in lane.legs
            ),
            default=0,
        )
        for place in {c.place for c in cells}
    }
    return sorted(least, key=lambda place: (least[place], place))


class _Arrivals:
    """When so many vehicles can have arrived, by their release."""

    def __init__(self, onward: Onward, lanes: _Lanes) -> None:
        self.op, self.onward, self.until = onward.op, onward, onward.until
        self.lanes = lanes
        timeline = self.op.timeline
        self.open = {c: timeline.crossing_open(c, self.until + 1) for c in lanes if c is not None}
        self.ready = max((leg.ready for lane in lanes.values() for leg in lane.legs), default=0)
        self._steady: dict[tuple[int, int], list[int]] = {}

    def first(self, release: int, count: int) -> list[int]:
        """Least moments at which one vehicle, two, ... have arrived; NEVER after the end."""
        period = self._undisturbed(release, count)
        if period is None:
            return self._first(release, count)
        if (count, period) not in self._steady:
            self._steady[count, period] = [m - release for m in self._first(release, count)]
        return [m + release for m in self._steady[count, period]]

    def _undisturbed(self, release: int, count: int) -> int | None:
        """Period in which so many vehicles could pass any crossing alone, before it closes."""
        if release < self.ready or None in self.lanes:
            return None
        ends = [release]
        for crossing, lane in self.lanes.items():
            begin = lane.begin(self.onward, release)
            end = begin + count * (lane.seconds + self.op.spacing)
            if not any(x <= begin and end <= y for x, y in self.open[crossing or ""]):
                return None
            ends += lane.arrivals(self.onward, [end])
        return self.onward.period(release, max(ends)) if max(ends) <= self.until else None

    def _first(self, release: int, count: int) -> list[int]:
        moments: list[int] = []
        for crossing, lane in self.lanes.items():
            begin = lane.begin(self.onward, release)
            passes = [begin] * count
            if crossing is not None:
                ends = self._passes(self.open[crossing], begin, lane.seconds)
                passes = list(islice(ends, count))
            moments += lane.arrivals(self.onward, passes)
        moments.sort()
        moments = [m if m <= self.until else NEVER for m in moments[:count]]
        return moments + [NEVER] * (count - len(moments))

    def _passes(self, spans: Sequence[Interval], begin: int, seconds: int) -> Iterator[int]:
        """Ends of inspections from a moment on, in convoys as large as can be."""
        for x, y in spans:
            at, inspected = max(x, begin), 0
            while at + seconds <= y:
                at += seconds
                inspected += 1
                yield at
                if inspected % self.op.convoy_most == 0:
                    at += self.op.spacing


class Counting:
    """Batches of one side that follow on one another, counted until some moment at most."""

    def __init__(self, op: Operation, row: Row, until: int) -> None:
        self.op, self.row, self.until = op, row, until
        kinds = {k for c in row.cells for k in c.kinds if op.kind(k).total}
        self.seats = max((op.kind(k).seats for k in kinds), default=0)
        self.onward = Onward(op, until)
        self.every = _Arrivals(self.onward, _lanes(op, row.cells))
        self._those: dict[tuple[str, ...], _Arrivals] = {}

    def over(self, release: int, far: Far) -> int:
        """Least moment at which the last batch can be there, at most ``until + 1``.

        ``far``: sets of places; of all people of the side who gather at a set, no more can be in
        no batch of the row than there are people in none.
        """
        if not self.every.lanes or not self.seats:
            return 0
        loads = sum(map(self.loads, far))
        over: Ints = np.full(loads + 1, NEVER, np.int64)
        over[0] = release
        for size in self.row.sizes:
            over = self._further(over, self._vehicles(size), far)
        return min(int(over[loads]), self.until + 1)

    def loads(self, places: Sequence[str]) -> int:
        """Vehicles full of people from some places that have to be in the row."""
        cells = self.row.cells
        outside = sum(c.persons for c in cells) - sum(self.row.sizes)
        return self._vehicles(sum(c.persons for c in cells if c.place in places) - outside)

    def _vehicles(self, persons: int) -> int:
        return max(0, -(-persons // self.seats))

    def ends(self, release: int, vehicles: int, far: Far) -> Ints:
        """When a batch can be there that brings no distant load, one, two, ..."""
        whole_batch = self.every.first(release, vehicles)[-1] if vehicles else release
        distant = sorted(m for places in far for m in self._from(places).first(release, vehicles))
        return np.maximum(np.array([whole_batch, *distant], np.int64), whole_batch)

    def _from(self, places: Sequence[str]) -> _Arrivals:
        key = tuple(places)
        if key not in self._those:
            cells = [c for c in self.row.cells if c.place in places]
            self._those[key] = _Arrivals(self.onward, _lanes(self.op, cells))
        return self._those[key]

    def _further(self, over: Ints, vehicles: int, far: Far) -> Ints:
        """From when batches so far are over, by distant loads brought, to when one more is."""
        found: Ints = np.full(over.size, NEVER, np.int64)
        ends: dict[int, Ints] = {}
        for brought, moment in enumerate(over.tolist()):
            if moment >= NEVER:
                break
            if moment not in ends:
                ends[moment] = self.ends(moment, vehicles, far)
            part = ends[moment][: over.size - brought]
            at = slice(brought, brought + part.size)
            found[at] = np.minimum(found[at], part)
        # Whoever has brought more has brought enough.
        return np.minimum.accumulate(found[::-1])[::-1]

    def choose(self) -> Far:
        """Choose sets of places that make the row long, far from any closing."""
        near = _distances(self.op, self.row.cells)
        suffixes = [tuple(near[k:]) for k in range(1, len(near))]
        far: list[tuple[str, ...]] = []
        best = self._about(far)
        while len(far) < MOST_SETS:
            value, more = max(((self._about([*far, s]), s) for s in suffixes), default=(0.0, ()))
            if value <= best:
                break
            best = value
            far.append(more)
        return far

    def _about(self, far: Far) -> float:
        """Length of the row, all batches as long as its first and none at night."""
        size, count = self.row.sizes[0], len(self.row.sizes)
        mean = sum(map(self.loads, far)) / count
        release = max(0, self.every.ready)
        lengths = self.ends(release, self._vehicles(size), far) - release
        # Where a later batch has to bring more than the first can, the first brings all it can.
        return _hull(lengths.tolist(), min(mean, float(lengths.size - 1)))


def _hull(values: Sequence[int], at: float) -> float:
    """Largest convex function below some values by their index, at one point."""
    left = range(int(at) + 1)
    right = range(int(at) + 1, len(values))
    best = float(values[int(at)]) if at == int(at) else math.inf
    for i in left:
        for j in right:
            best = min(best, values[i] + (values[j] - values[i]) * (at - i) / (j - i))
    return best
