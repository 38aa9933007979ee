"""Rounds of vehicles within openings of their key crossing, where convoys follow on one another.

Between two passes of a crossing a vehicle makes a round, and in a larger convoy a longer one, since
each waits while all are inspected. In an opening convoys pass one after another: only the first
begins as the crossing opens, and only the last goes on until it closes. Each vehicle makes a whole
number of rounds. Rows and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.programme import Ints
from safepassage.convoy.rotation_rows import earliest, spaced_time
from safepassage.convoy.ways import Way, fetches
from safepassage.instance import Interval, VehicleKind

__all__ = ["add_rounds"]

MOST_OPENINGS = 60
"""Openings beyond which rows for each of them are left out."""
SMALLER, LARGER = 2, 3
"""Sizes below the least convoy, and from it on, that rows are added for."""


@dataclass(frozen=True)
class _Stretch:
    """Openings of a crossing that follow on one another, and the columns of passes in them."""

    first: int
    last: int
    span: Interval
    spans: Sequence[Interval]
    inside: dict[int, Ints]
    convoys: Ints | None


def add_rounds(b: Builder) -> None:
    """Add the rows of every key crossing of loaded legs, opening by opening and for all at once."""
    if b.released or b.floors:
        return
    for crossing in sorted({f.way.server[0] for f in b.carries if f.way.server is not None}):
        flows = [f for f in b.carries if f.way.server is not None and f.way.server[0] == crossing]
        routes = {f.way.route for f in flows}
        beside = [f for f in b.carries if f.way.route in routes]
        # Whoever goes by these ways has to be held up there, at the same crossing.
        if len(beside) == len(flows) and all(f.way.inspect > 0 for f in flows):
            _add_crossing(b, crossing, flows)


def _add_crossing(b: Builder, crossing: str, flows: Sequence[Flow]) -> None:
    spans = b.op.timeline.crossing_open(crossing, int(b.grid[-1]) + 1)
    last = b.by - min(f.way.tail for f in flows)
    used = [i for i, (x, y) in enumerate(spans) if x < last]
    if not used:
        return
    kinds = [
        _Rounds(b, crossing, kind, flows)
        for kind in b.op.kinds
        if any(f.kind == kind.id for f in flows) and _fetched(b, kind)
    ]
    pairs = [(0, used[-1])]
    if 1 < len(used) <= MOST_OPENINGS:
        pairs += [(i, i) for i in used]
    for i, j in pairs:
        if not (_parted(b, spans, i) and _parted(b, spans, j + 1)):
            continue
        of = _stretch(b, crossing, flows, spans, (i, j))
        for kind in kinds:
            kind.add(of)


def _parted(b: Builder, spans: Sequence[Interval], i: int) -> bool:
    """Whether a point of the grid lies between an opening and the one before."""
    if not 0 < i < len(spans):
        return True
    at = np.searchsorted(b.grid, spans[i - 1][1])
    return at < len(b.grid) and b.grid[at] <= spans[i][0]


def _fetched(b: Builder, kind: VehicleKind) -> bool:
    """Whether each round of a type has an empty leg: then no own vehicle is in its convoy."""
    inside = {a.id for a in b.op.assembly}
    return kind.returns and not kind.own and not any(p in inside for p, n in kind.counts if n)


def _stretch(
    b: Builder, crossing: str, flows: Sequence[Flow], spans: Sequence[Interval], pair: Interval
) -> _Stretch:
    """Find what is in a stretch, and count its convoys: none too small, too large, too near."""
    op, (i, j) = b.op, pair
    inside = {id(f): _inside(b, f, spans, pair) for f in flows}
    span = spans[i][0], spans[j][1]
    convoys = None
    if op.convoy_most > 1 or op.spacing:
        first = max(span[0], min(earliest(b, f) for f in flows))
        last = min(span[1], b.by - min(f.way.tail for f in flows))
        spaced = spaced_time(spans[i : j + 1], (first, last), op.spacing)
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
    return _Stretch(i, j, span, spans, inside, convoys)


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

    def __init__(
        self, b: Builder, crossing: str, kind: VehicleKind, flows: Sequence[Flow]
    ) -> None:
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
            first=tuple(
                (w.drive + board + ahead, w.inspections + own) for w in nearest
            ),
        )

    def missing(self, size: int) -> int:
        """Vehicles of other types, at least, in a convoy with so many of this one."""
        return max(0, self.least - size)

    def waits(self, size: int) -> int:
        """Seconds of inspections that so many in a convoy spend together in a round."""
        return size * (size * self.own + self.missing(size) * self.other)

    def slope(self, size: int) -> int:
        """How much more they spend with one more."""
        return self.waits(size + 1) - self.waits(size)

    def passes(self, size: int) -> int:
        """Seconds for which a convoy takes the key crossing."""
        return size * self.pass_s + self.missing(size) * self.other_pass

    def elsewhere(self, size: int) -> int:
        """Seconds of inspections at other crossings in a round."""
        return self.waits(size) // size - self.passes(size)

    def add(self, of: _Stretch) -> None:
        """Add the rows of a stretch: of the time of rounds, by size, and of their whole number."""
        lp, key = self.b.lp, (self.kind.id, self.crossing, of.first, of.last)
        ends = _Ends(self, of)
        for v in range(max(0, self.least - SMALLER), min(self.most, self.least + LARGER)):
            row = lp.row(("rounds", *key, v), float(ends.time(v)))
            for f, part in zip(self.flows, self.parts, strict=True):
                takes = part.before + part.after + self.slope(v)
                lp.fill(row, of.inside[id(f)], float(takes))
            less = self.slope(v) * v - self.waits(v)
            if of.convoys is not None and less:
                lp.fill(row, of.convoys, -float(less))
        if (most := ends.number()) is not None:
            row = lp.row(("turns", *key), float(most))
            for f in self.flows:
                lp.fill(row, of.inside[id(f)], 1.0)


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

    def __init__(self, of: _Rounds, stretch: _Stretch) -> None:
        self.of, self.total = of, of.kind.total
        parts, b = of.parts, of.b
        self.begin = max(stretch.span[0], min(earliest(b, f) for f in of.flows))
        end = min(stretch.span[1], b.by - min(f.way.tail for f in of.flows))
        self.length = max(0, end - self.begin)
        self.apart = of.passes(1) + b.op.spacing
        self.least_round = min(p.before + p.after for p in parts) + of.waits(1)

    def delayed(self, size: int) -> int:
        """Seconds after the begin at which the first convoy passes, if it is of this size."""
        soonest = min(s + size * own for p in self.of.parts for s, own in p.first)
        return max(0, soonest - self.begin)

    def before(self, size: int) -> int:
        """Seconds of a round that may lie before the first pass begins."""
        found = max(p.before - size * p.after_own for p in self.of.parts)
        return max(0, found + self.of.elsewhere(size))

    def after(self, size: int) -> int:
        """Seconds of a round that may lie after the last pass; with the others, all but a pass."""
        of, parts = self.of, self.of.parts
        rest = of.elsewhere(size)
        found = max(p.after - size * p.before_own for p in parts)
        found -= of.missing(size) * of.other_before
        whole = max(p.before + p.after for p in parts)
        return max(0, found + rest, whole + rest - self.before(size))

    def time(self, v: int) -> int:
        """Seconds of rounds by the chord at ``v``, of all vehicles that pass at all."""
        of = self.of
        spare = self.length - of.longest_pass - 2 * self.total * self.apart
        spare -= self.delayed(of.most)

        def beyond(size: int) -> int:
            """Twice what a convoy waits beyond the chord, as far as one end may count it."""
            found = of.waits(size) - of.waits(v) - of.slope(v) * (size - v)
            return min(2 * found, found + max(0, spare))

        def lost(spared: Callable[[int], int]) -> Callable[[int, int], int]:
            return lambda new, size: beyond(size) - 2 * new * spared(size)

        first = self._least(lost(self.before), delayed=True)
        last = self._least(lost(self.after))
        return max(n * self.length - (first[n] + last[n]) // 2 for n in range(self.total + 1))

    def number(self) -> int | None:
        """Whole rounds of all vehicles, at most; None where they take no time."""
        of, takes = self.of, self.least_round
        if takes <= 0:
            return None

        def passed(size: int) -> int:
            """From the begin of the first pass to the end of the round, at least."""
            return of.passes(size) + min(p.after + size * p.after_own for p in of.parts)

        def again(size: int) -> int:
            """From the begin of the last round to the end of its pass, at least."""
            before = min(p.before + size * p.before_own for p in of.parts)
            return before + of.missing(size) * of.other_before + of.passes(size)

        first = self._least(lambda new, size: 2 * new * passed(size), delayed=True)
        last = self._least(lambda new, size: 2 * new * again(size))
        found, left = self.total, self.length
        while left >= 0:
            fit = (n for n in range(self.total, 0, -1) if first[n] + last[n] <= 2 * n * left)
            found += next(fit, 0)
            left -= takes
        return found

    def _least(self, alone: Callable[[int, int], int], *, delayed: bool = False) -> list[int]:
        """By number of vehicles: twice the least that they lose at one end, in any convoys.

        ``alone``: twice what some vehicles of a convoy of some size lose beside the wait for those
        before them.
        """
        of, sizes = self.of, range(1, self.of.most + 1)
        wait = {new: 2 * (of.passes(new) + of.b.op.spacing) for new in sizes}
        best = {new: min(alone(new, x) for x in range(new, of.most + 1)) for new in sizes}
        later = [0]
        for n in range(1, self.total + 1):
            later.append(min(best[y] + wait[y] * (n - y) + later[n - y] for y in sizes if y <= n))
        if not delayed:
            return later
        # Of the first convoy all pass for the first time, so it is of the size that they make.
        late = {new: alone(new, new) for new in sizes}
        slow = {new: 2 * self.delayed(new) for new in sizes}
        return [
            min(
                (late[y] + slow[y] * n + wait[y] * (n - y) + later[n - y] for y in sizes if y <= n),
                default=0,
            )
            for n in range(self.total + 1)
        ]
