"""How soon batches of one side can have passed the crossings, one vehicle after another.

A count instead of a programme: released at a moment, the vehicles of a batch are at a crossing no
sooner than the way there takes, pass it one at a time in open hours, and have the rest of the way
before them. Over a row of batches it also counts that those from distant places have to be in one
of them, whoever is in which. Definition and proof: ``docs/reference/certificate-format.md``,
"Chains".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from safepassage.convoy.programme import Ints
from safepassage.convoy.ways import fetches, way, whole
from safepassage.instance import Cell, Interval, Operation

__all__ = ["Row", "distances", "row_over"]

NEVER = 1 << 50


@dataclass(frozen=True)
class Row:
    """Batches of one side that follow on one another, and who there is for them."""

    cells: Sequence[Cell]
    """All people of the side."""
    sizes: Sequence[int]
    """People of each batch."""


@dataclass
class _Lane:
    """Loaded legs by way of one crossing (None: by way of none), at their fastest."""

    starts: list[tuple[int, int]] = field(default_factory=list)
    """When a leg can depart at the earliest, and how long it takes to the crossing."""
    tail: int = NEVER
    seconds: int = NEVER

    def add(self, start: tuple[int, int], tail: int, seconds: int) -> None:
        """Let a further leg go by here."""
        self.starts.append(start)
        self.tail, self.seconds = min(self.tail, tail), min(self.seconds, seconds)

    def begin(self, release: int) -> int:
        """Least moment of a first inspection."""
        return min(max(release, ready) + before for ready, before in self.starts)


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
                        lane = lanes.setdefault(w.server[0] if w.server else None, _Lane())
                        lane.add((ready, w.lead - w.inspect), w.tail, w.inspect)
    return lanes


def distances(op: Operation, cells: Sequence[Cell]) -> list[str]:
    """Places of these people, the nearest to their destinations first."""
    least = {
        place: min(
            (
                before + lane.tail + lane.seconds
                for lane in _lanes(op, [c for c in cells if c.place == place]).values()
                for _, before in lane.starts
            ),
            default=0,
        )
        for place in {c.place for c in cells}
    }
    return sorted(least, key=lambda place: (least[place], place))


class _Arrivals:
    """When so many vehicles can have arrived, by their release."""

    def __init__(self, op: Operation, lanes: _Lanes, until: int) -> None:
        self.op, self.lanes, self.until = op, lanes, until
        self.open = {c: op.timeline.crossing_open(c, until + 1) for c in lanes if c is not None}

    def first(self, release: int, count: int) -> list[int]:
        """Least moments at which one vehicle, two, ... have arrived; NEVER after the end."""
        moments: list[int] = []
        for crossing, lane in self.lanes.items():
            begin = lane.begin(release)
            if crossing is None:
                moments += [begin + lane.tail] * count
                continue
            ends = self._passes(self.open[crossing], begin, lane.seconds)
            moments += [end + lane.tail for _, end in zip(range(count), ends, strict=False)]
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


def row_over(op: Operation, row: Row, release: int, until: int, far: Collection[str]) -> int:
    """Least moment at which the last batch of a row can be there, at most ``until + 1``.

    ``far``: places from which, of all people of the side, no more can be in no batch of the row
    than there are people in none.
    """
    lanes = _lanes(op, row.cells)
    distant = [c for c in row.cells if c.place in far]
    seats = max(
        (op.kind(k).seats for c in row.cells for k in c.kinds if op.kind(k).total), default=0
    )
    if not lanes or not seats:
        return 0
    outside = sum(c.persons for c in row.cells) - sum(row.sizes)
    loads = max(0, -(-(sum(c.persons for c in distant) - outside) // seats))
    every = _Arrivals(op, lanes, until)
    those = _Arrivals(op, _lanes(op, distant), until)
    over: Ints = np.full(loads + 1, NEVER, np.int64)
    over[0] = release
    for size in row.sizes:
        over = _further(over, -(-size // seats), every, those)
    return min(int(over[loads]), until + 1)


def _further(over: Ints, vehicles: int, every: _Arrivals, those: _Arrivals) -> Ints:
    """From when batches so far are over, by distant loads brought, to when one more is."""
    found: Ints = np.full(over.size, NEVER, np.int64)
    ends: dict[int, Ints] = {}
    for moment in {int(m) for m in over if m < NEVER}:
        whole_batch = every.first(moment, vehicles)[-1] if vehicles else moment
        distant = those.first(moment, min(vehicles, over.size - 1))
        ends[moment] = np.maximum(np.array([whole_batch, *distant], np.int64), whole_batch)
    for brought, moment in enumerate(over.tolist()):
        if moment < NEVER:
            part = ends[moment][: over.size - brought]
            at = slice(brought, brought + part.size)
            found[at] = np.minimum(found[at], part)
    # Whoever has brought more has brought enough.
    return np.minimum.accumulate(found[::-1])[::-1]
