"""Rounds of vehicles within openings of their key crossing, where convoys follow on one another.

Between two passes of a crossing a vehicle makes a round, and in a larger convoy a longer one, since
each waits while all are inspected. In an opening convoys pass one after another: only the first
begins as the crossing opens, and only the last goes on until it closes. Each vehicle makes a whole
number of rounds. Crossings with the same openings share the vehicles: there are rows for the rounds
by each, and by all of them. Rows and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.programme import Ints
from safepassage.convoy.rotation_rows import earliest, spaced_time
from safepassage.convoy.round_times import Rounds, SharedRounds
from safepassage.convoy.ways import Way, way
from safepassage.instance import Demand, Interval, Operation, Route

__all__ = ["add_rounds", "counts_rounds"]

MOST_OPENINGS = 60
"""Openings beyond which rows for each of them are left out."""
CROWDED = 0.9
"""Share of what a crossing lets pass from which on it, not the fleet, limits rounds."""
MOST_SLOTS = 150
"""Slots beyond which vehicles that go singly are seen to wait for one another without these rows,
which slow the solver down."""


@dataclass(frozen=True)
class _Stretch:
    """Openings of a crossing that follow on one another, and the columns of passes in them."""

    first: int
    last: int
    span: Interval
    inside: dict[int, Ints]
    convoys: Ints | None
    """Convoys that are fetched."""
    most: int
    """Vehicles that the crossing lets pass."""


@dataclass(frozen=True)
class _Lane:
    """A key crossing at which rounds are counted."""

    spans: Sequence[Interval]
    rounds: dict[str, Rounds]
    """By type that returns."""
    stretches: dict[Interval, _Stretch]


def add_rounds(b: Builder) -> None:
    """Add the rows of every key crossing of loaded legs, opening by opening and for all at once."""
    if b.released or b.floors:
        return
    if b.op.convoy_most == 1 and not b.op.spacing and b.slots > MOST_SLOTS:
        return
    lanes = []
    for crossing in sorted({f.way.server[0] for f in b.carries if f.way.server is not None}):
        flows = [f for f in b.carries if f.way.server is not None and f.way.server[0] == crossing]
        routes = {f.way.route for f in flows}
        beside = [f for f in b.carries if f.way.route in routes]
        # Whoever goes by these ways has to be held up there, at the same crossing.
        if len(beside) == len(flows) and all(f.way.inspect > 0 for f in flows):
            lanes.append(_add_crossing(b, crossing, flows))
    for kind in b.op.kinds:
        _add_shared(b, kind.id, [lane for lane in lanes if kind.id in lane.rounds])


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


def _add_crossing(b: Builder, crossing: str, flows: Sequence[Flow]) -> _Lane:
    spans = b.op.timeline.crossing_open(crossing, int(b.grid[-1]) + 1)
    lane = _Lane(spans, {}, {})
    for kind in b.op.kinds:
        if kind.returns and not kind.own and any(f.kind == kind.id for f in flows):
            lane.rounds[kind.id] = Rounds(b, crossing, kind, flows)
    last = b.by - min(f.way.tail for f in flows)
    used = [i for i, (x, y) in enumerate(spans) if x < last]
    if not used:
        return lane
    passes = min(earliest(b, f) for f in flows), last
    pairs = [(0, used[-1])]
    if 1 < len(used) <= MOST_OPENINGS:
        pairs += [(i, i) for i in used]
    for i, j in pairs:
        if _parted(b, spans, i) and _parted(b, spans, j + 1):
            of = lane.stretches[i, j] = _stretch(b, crossing, flows, spans, (i, j), passes)
            for rounds in lane.rounds.values():
                _add_rows(b, rounds, of)
    return lane


def _add_rows(b: Builder, rounds: Rounds, of: _Stretch) -> None:
    """Add the rows of a stretch: of the time of rounds, by size, and of their whole number."""
    lp, key = b.lp, (rounds.kind.id, rounds.crossing, of.first, of.last)
    within = rounds.within(*of.span)
    for v in rounds.sizes:
        row = lp.row(("rounds", *key, v), float(time := rounds.time(v, within)))
        _call(b, row, time // rounds.least_round if rounds.least_round else 0, rounds, of)
        _fill_times(b, row, rounds, of, v)
    if rounds.least_round > 0:
        row = lp.row(("turns", *key), float(turns := rounds.turns(within)))
        _call(b, row, turns, rounds, of)
        for f in rounds.flows:
            lp.fill(row, of.inside[id(f)], 1.0)


def _fill_times(b: Builder, row: int, rounds: Rounds, of: _Stretch, v: int) -> None:
    """Enter what rounds take by the chord at a size."""
    for f, part in zip(rounds.flows, rounds.parts, strict=True):
        takes = part.before + part.after + rounds.slope(v)
        b.lp.fill(row, of.inside[id(f)], float(takes))
    if of.convoys is not None and rounds.less(v):
        b.lp.fill(row, of.convoys, -float(rounds.less(v)))


def _call(b: Builder, row: int, vehicles: int, rounds: Rounds, of: _Stretch) -> None:
    """Name the crossing where it lets hardly more vehicles pass than there are rounds."""
    if vehicles > CROWDED * of.most:
        b.lp.called[row] = f"{rounds.crossing}/out"


def _add_shared(b: Builder, kind: str, lanes: Sequence[_Lane]) -> None:
    """Add the rows of a type's rounds by all of these crossings, if they open together."""
    if len(lanes) < 2 or any(lane.spans != lanes[0].spans for lane in lanes):
        return
    shared = SharedRounds([lane.rounds[kind] for lane in lanes])
    for i, j in lanes[0].stretches:
        if not all((i, j) in lane.stretches for lane in lanes):
            continue
        parts = [(lane.rounds[kind], lane.stretches[i, j]) for lane in lanes]
        span = lanes[0].stretches[i, j].span
        for v in parts[0][0].sizes:
            row = b.lp.row(("shared-rounds", kind, i, j, v), float(shared.time(v, *span)))
            for rounds, of in parts:
                _fill_times(b, row, rounds, of, v)
        if shared.least_round > 0:
            row = b.lp.row(("shared-turns", kind, i, j), float(shared.turns(*span)))
            for rounds, of in parts:
                for f in rounds.flows:
                    b.lp.fill(row, of.inside[id(f)], 1.0)


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
        number = 1.0 + spaced // least
        spacing = b.lp.row(("stretch-spacing", crossing, i, j), float(spaced))
        for f in flows:
            b.lp.fill(spacing, inside[id(f)], float(f.way.inspect))
        for own in (False, True):
            mine = [f for f in flows if op.kind(f.kind).own == own]
            if not mine:
                continue
            # Own vehicles have no empty leg, so they are in convoys of their own.
            column, name = b.lp.block(1, number), "own-stretch" if own else "stretch"
            convoys = convoys if own else column
            fewest = b.lp.row((f"{name}-least", crossing, i, j), 0.0)
            fullest = b.lp.row((f"{name}-most", crossing, i, j), 0.0)
            b.lp.fill(fewest, column, float(op.convoy_least))
            b.lp.fill(fullest, column, -float(op.convoy_most))
            b.lp.fill(spacing, column, float(op.spacing))
            for f in mine:
                b.lp.fill(fewest, inside[id(f)], -1.0)
                b.lp.fill(fullest, inside[id(f)], 1.0)
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
