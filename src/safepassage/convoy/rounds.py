"""Rounds of vehicles within openings of their key crossing, where convoys follow on one another.

Between two passes of a crossing a vehicle makes a round, and in a larger convoy a longer one, since
each waits while all are inspected. In an opening convoys pass one after another: only the first
begins as the crossing opens, and only the last goes on until it closes. Each vehicle makes a whole
number of rounds. Rows and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.programme import Ints
from safepassage.convoy.rotation_rows import earliest, spaced_time
from safepassage.convoy.ways import Way, fetches, way
from safepassage.instance import Demand, Interval, Operation, Route, VehicleKind

__all__ = ["add_rounds", "counts_rounds"]

MOST_OPENINGS = 60
"""Openings beyond which rows for each of them are left out."""
CROWDED = 0.9
"""Share of what a crossing lets pass from which on it, not the fleet, limits rounds."""
MOST_SLOTS = 150
"""Slots beyond which vehicles that go singly are seen to wait for one another without these rows,
which slow the solver down."""
SMALLER, LARGER = 2, 2
"""Sizes below the least convoy, and from it on, that rows are added for."""


@dataclass(frozen=True)
class _Stretch:
    """Openings of a crossing that follow on one another, and the columns of passes in them."""

    first: int
    last: int
    span: Interval
    inside: dict[int, Ints]
    convoys: Ints | None
    most: int
    """Vehicles that the crossing lets pass."""


def add_rounds(b: Builder) -> None:
    """Add the rows of every key crossing of loaded legs, opening by opening and for all at once."""
    if b.released or b.floors:
        return
    if b.op.convoy_most == 1 and not b.op.spacing and b.slots > MOST_SLOTS:
        return
    for crossing in sorted({f.way.server[0] for f in b.carries if f.way.server is not None}):
        flows = [f for f in b.carries if f.way.server is not None and f.way.server[0] == crossing]
        routes = {f.way.route for f in flows}
        beside = [f for f in b.carries if f.way.route in routes]
        # Whoever goes by these ways has to be held up there, at the same crossing.
        if len(beside) == len(flows) and all(f.way.inspect > 0 for f in flows):
            _add_crossing(b, crossing, flows)


def counts_rounds(op: Operation, demand: Demand) -> bool:
    """Whether rounds are counted on every way out that somebody may go."""
    taken: dict[Route, list[Way]] = {}
    for c in demand.cells:
        for d in c.destinations:
            for route in op.carry.get((c.place, d), ()):
                if route.corridor in c.corridors:
                    ways = (way(op, route, k, outward=True) for k in c.kinds if op.kind(k).total)
                    taken.setdefault(route, []).extend(ways)
    return bool(taken) and all(
        len({w.server for w in ways}) == 1 and all(w.inspect for w in ways)
        for ways in taken.values()
    )


def _add_crossing(b: Builder, crossing: str, flows: Sequence[Flow]) -> None:
    spans = b.op.timeline.crossing_open(crossing, int(b.grid[-1]) + 1)
    last = b.by - min(f.way.tail for f in flows)
    used = [i for i, (x, y) in enumerate(spans) if x < last]
    if not used:
        return
    kinds = [
        _Rounds(b, crossing, kind, flows)
        for kind in b.op.kinds
        if kind.returns and not kind.own and any(f.kind == kind.id for f in flows)
    ]
    passes = min(earliest(b, f) for f in flows), last
    pairs = [(0, used[-1])]
    if 1 < len(used) <= MOST_OPENINGS:
        pairs += [(i, i) for i in used]
    for i, j in pairs:
        if not (_parted(b, spans, i) and _parted(b, spans, j + 1)):
            continue
        of = _stretch(b, crossing, flows, spans, (i, j), passes)
        for kind in kinds:
            kind.add(of)


def _parted(b: Builder, spans: Sequence[Interval], i: int) -> bool:
    """Whether a point of the grid lies between an opening and the one before."""
    if not 0 < i < len(spans):
        return True
    at = int(np.searchsorted(b.grid, spans[i - 1][1]))
    return at < len(b.grid) and int(b.grid[at]) <= spans[i][0]


def _stretch(
    b: Builder,
    crossing: str,
    flows: Sequence[Flow],
    spans: Sequence[Interval],
    pair: Interval,
    passes: Interval,
) -> _Stretch:
    """Find what is in a stretch, and count its convoys: none too small, too large, too near."""
    op, (i, j) = b.op, pair
    inside = {id(f): _inside(b, f, spans, pair) for f in flows}
    span = spans[i][0], spans[j][1]
    within = max(span[0], passes[0]), min(span[1], passes[1])
    spaced = spaced_time(spans[i : j + 1], within, op.spacing)
    quickest = op.convoy_most * min(f.way.inspect for f in flows)
    most = spaced * op.convoy_most // (quickest + op.spacing)
    convoys = None
    if op.convoy_most > 1 or op.spacing:
        least = op.convoy_least * min(f.way.inspect for f in flows) + op.spacing
        convoys = b.lp.block(1, 1.0 + spaced // least)
        fewest = b.lp.row(("stretch-least", crossing, i, j), 0.0)
        fullest = b.lp.row(("stretch-most", crossing, i, j), 0.0)
        spacing = b.lp.row(("stretch-spacing", crossing, i, j), float(spaced))
        b.lp.fill(fewest, convoys, float(op.convoy_least))
        b.lp.fill(fullest, convoys, -float(op.convoy_most))
        b.lp.fill(spacing, convoys, float(op.spacing))
        for f in flows:
            for row, value in ((fewest, -1.0), (fullest, 1.0), (spacing, float(f.way.inspect))):
                b.lp.fill(row, inside[id(f)], value)
    return _Stretch(i, j, span, inside, convoys, most)


def _inside(b: Builder, flow: Flow, spans: Sequence[Interval], pair: Interval) -> Ints:
    """Columns of passes that can be in no other opening."""
    begin, end = b.grid[flow.slots], b.grid[flow.slots + 1]
    fits = np.ones(len(begin), bool)
    if pair[0]:
        fits &= begin >= spans[pair[0] - 1][1]
    if pair[1] + 1 < len(spans):
        fits &= end <= spans[pair[1] + 1][0]
    return flow.columns[fits]


class _Rounds:
    """Rounds of one returning type by way of a key crossing, in least seconds."""

    def __init__(self, b: Builder, crossing: str, kind: VehicleKind, flows: Sequence[Flow]) -> None:
        op = b.op
        self.b, self.crossing, self.kind = b, crossing, kind
        self.flows = [f for f in flows if f.kind == kind.id]
        self.back = {d for _, k, d in b.served if k == kind.id}
        mates = [f for f in flows if not op.kind(f.kind).own]
        self.own = self._inspections(self.flows)
        self.other = min(self._inspections([f]) for f in mates)
        """Least inspections of a vehicle beside those of this type, in a round ..."""
        self.other_before = min(
            self._emptied(f) + f.way.inspections - f.way.inspect - f.way.rest[1] for f in mates
        )
        """... and before the key crossing."""
        self.pass_s = self.flows[0].way.inspect
        self.other_pass = min(f.way.inspect for f in mates)
        self.longest_pass = op.convoy_most * max(f.way.inspect for f in flows)
        self.least, self.most = op.convoy_least, min(op.convoy_most, kind.total)
        self.parts = [self._part(f) for f in self.flows]
        self.soonest = min(earliest(b, f) for f in self.flows)
        self.latest = b.by - min(f.way.tail for f in self.flows)
        every = range(op.convoy_most + 2)
        self.waits = [x * (x * self.own + self.missing(x) * self.other) for x in every]
        """By size: seconds of inspections that a convoy's vehicles spend together in a round."""
        self.passes = [x * self.pass_s + self.missing(x) * self.other_pass for x in every]
        """Seconds for which it takes the key crossing."""
        self.first = [
            min(s + x * own for p in self.parts for s, own in p.first) for x in range(self.most + 1)
        ]
        """When its first pass begins at the earliest."""
        self.least_round = min(p.before + p.after for p in self.parts) + self.waits[1]
        self.sizes = range(max(0, self.least - SMALLER), min(self.most, self.least + LARGER))
        self.ends = _Ends(self)
        self._times: dict[tuple[int, tuple[int, ...], int], int] = {}
        self._numbers: dict[tuple[tuple[int, ...], int], int] = {}

    def _inspections(self, flows: Sequence[Flow]) -> int:
        """Least inspections of a vehicle on an empty leg of this type's, and on the loaded one."""
        return min(f.way.inspections + self._emptied(f) for f in flows)

    def _emptied(self, flow: Flow) -> int:
        return min((w.inspections for w in self._empty(flow)), default=0)

    def _empty(self, flow: Flow) -> list[Way]:
        """Empty legs before a loaded one, from where this type's rounds end."""
        if not self.b.op.kind(flow.kind).returns:
            return []
        return fetches(self.b.op, flow.way.route.start, flow.kind, self.back)

    def _part(self, flow: Flow) -> _Parts:
        way, op = flow.way, self.b.op
        board = next(a for a in op.assembly if a.id == way.route.start).handling[self.kind.id]
        unload = next(d for d in op.reception if d.id == way.route.end).handling[self.kind.id]
        empty = self._empty(flow)
        ahead = way.drive - way.rest[0]
        own = way.inspections - way.inspect - way.rest[1]
        nearest = fetches(op, way.route.start, self.kind.id)
        return _Parts(
            before=min((w.drive for w in empty), default=0) + board + ahead,
            before_own=min((w.inspections for w in empty), default=0) + own,
            after=way.rest[0] + unload,
            after_own=way.rest[1],
            first=tuple((w.drive + board + ahead, w.inspections + own) for w in nearest),
        )

    def missing(self, size: int) -> int:
        """Vehicles of other types, at least, in a convoy with so many of this one."""
        return max(0, self.least - size)

    def slope(self, size: int) -> int:
        """How much more inspections of a round take with one more in the convoy."""
        return self.waits[size + 1] - self.waits[size]

    def less(self, size: int) -> int:
        """By how much the chord at a size lies below nought where there is none."""
        return self.slope(size) * size - self.waits[size]

    def add(self, of: _Stretch) -> None:
        """Add the rows of a stretch: of the time of rounds, by size, and of their whole number."""
        lp, key = self.b.lp, (self.kind.id, self.crossing, of.first, of.last)
        begin = max(of.span[0], self.soonest)
        length = max(0, min(of.span[1], self.latest) - begin)
        for v in self.sizes:
            row = lp.row(("rounds", *key, v), float(time := self._time(v, begin, length)))
            self._call(row, time // self.least_round if self.least_round else 0, of)
            for f, part in zip(self.flows, self.parts, strict=True):
                takes = part.before + part.after + self.slope(v)
                lp.fill(row, of.inside[id(f)], float(takes))
            if of.convoys is not None and self.less(v):
                lp.fill(row, of.convoys, -float(self.less(v)))
        if self.least_round > 0:
            row = lp.row(("turns", *key), float(turns := self._turns(begin, length)))
            self._call(row, turns, of)
            for f in self.flows:
                lp.fill(row, of.inside[id(f)], 1.0)

    def _call(self, row: int, vehicles: int, of: _Stretch) -> None:
        """Name the crossing where it lets hardly more vehicles pass than there are rounds."""
        if vehicles > CROWDED * of.most:
            self.b.lp.called[row] = f"{self.crossing}/out"

    def _delays(self, begin: int) -> tuple[int, ...]:
        """By size, how long after the begin the first convoy passes, if it is of that size."""
        return tuple(max(0, first - begin) for first in self.first)

    def _time(self, v: int, begin: int, length: int) -> int:
        """Seconds of rounds by the chord at ``v``, of all vehicles that pass at all."""
        key = v, self._delays(begin), length
        if key not in self._times:
            self._times[key] = self.ends.time(*key)
        return self._times[key]

    def _turns(self, begin: int, length: int) -> int:
        """Whole rounds of all vehicles, at most."""
        key = self._delays(begin), length
        if key not in self._numbers:
            self._numbers[key] = self.ends.turns(*key)
        return self._numbers[key]


@dataclass(frozen=True)
class _Parts:
    """A round by one way, without inspections at the key crossing: seconds, and own inspections."""

    before: int
    before_own: int
    after: int
    after_own: int
    first: tuple[tuple[int, int], ...]
    """The part before it of a first round, by where the vehicle may stand."""


class _Ends:
    """What vehicles lose at the two ends of a stretch, since convoys pass one after another."""

    def __init__(self, of: _Rounds) -> None:
        self.of, self.total = of, of.kind.total
        self.apart = [2 * (p + of.b.op.spacing) for p in of.passes]
        """Twice the time from one convoy's pass to the next one's, by size."""
        sizes, parts = range(1, of.most + 1), of.parts
        self.before, self.after, self.passed, self.again = [0], [0], [0], [0]
        for x in sizes:
            rest = of.waits[x] // x - of.passes[x]
            whole = rest + max(p.before + p.after for p in parts)
            before = max(0, rest + max(p.before - x * p.after_own for p in parts))
            ahead = of.missing(x) * of.other_before
            after = rest - ahead + max(p.after - x * p.before_own for p in parts)
            self.before.append(before)
            """Seconds of a round that may lie before a vehicle's first pass begins."""
            self.after.append(max(0, after, whole - before))
            """Seconds that may lie after its last pass; with those before, all but a pass."""
            self.passed.append(of.passes[x] + min(p.after + x * p.after_own for p in parts))
            """From the begin of the first pass to the end of the round, at least."""
            begun = min(p.before + x * p.before_own for p in parts)
            self.again.append(begun + ahead + of.passes[x])
            """From the begin of the last round to the end of its pass, at least."""

    def time(self, v: int, delays: Sequence[int], length: int) -> int:
        """Seconds of rounds by the chord at ``v``, of all vehicles that pass at all."""
        of = self.of
        spare = length - of.longest_pass - self.total * self.apart[1] - delays[-1]
        # Twice what a convoy waits beyond the chord, as far as one end may count it.
        above = [x - of.slope(v) * (n - v) - of.waits[v] for n, x in enumerate(of.waits)]
        beyond = [min(2 * over, over + max(0, spare)) for over in above]
        first = self._least(beyond, self.before, -2, delays)
        last = self._least(beyond, self.after, -2)
        return max(n * length - (first[n] + last[n]) // 2 for n in range(self.total + 1))

    def turns(self, delays: Sequence[int], length: int) -> int:
        """Whole rounds of all vehicles, at most."""
        none = [0] * (self.of.most + 1)
        first = self._least(none, self.passed, 2, delays)
        last = self._least(none, self.again, 2)
        found, left = self.total, length
        while left >= 0:
            fit = (n for n in range(self.total, 0, -1) if first[n] + last[n] <= 2 * n * left)
            found += next(fit, 0)
            left -= self.of.least_round
        return found

    def _least(
        self,
        convoy: Sequence[int],
        each: Sequence[int],
        times: int,
        delays: Sequence[int] | None = None,
    ) -> list[int]:
        """By number of vehicles: twice the least that they lose at one end, in any convoys.

        ``convoy``: what a convoy loses, by size; ``each``, ``times``: what each of its vehicles
        does, and how often that counts.
        """
        largest, apart = self.of.most, self.apart
        sizes = range(1, largest + 1)
        alone = [0] + [
            min(convoy[x] + times * new * each[x] for x in range(new, largest + 1)) for new in sizes
        ]
        later = [0]
        for n in range(1, self.total + 1):
            later.append(
                min(alone[y] + apart[y] * (n - y) + later[n - y] for y in sizes[: min(n, largest)])
            )
        if delays is None:
            return later
        # Of the first convoy all pass for the first time, so it is of the size that they make.
        late = [convoy[y] + times * y * each[y] for y in range(largest + 1)]
        return [0] + [
            min(
                late[y] + 2 * delays[y] * n + apart[y] * (n - y) + later[n - y]
                for y in sizes[: min(n, largest)]
            )
            for n in range(1, self.total + 1)
        ]
