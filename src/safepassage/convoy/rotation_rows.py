"""Limits of the relaxation over the whole time at once: convoys, rotations, escorts, bays.

They need no grid, so they bound long operations in a handful of slots.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.escort_rows import add_escorts
from safepassage.convoy.slow_rows import add_slow
from safepassage.convoy.ways import Way, fetches, whole
from safepassage.instance import Interval, VehicleKind, Yard

__all__ = ["add_rotations", "earliest", "spaced_time"]


def add_rotations(b: Builder) -> None:
    """Limit seconds of whole rotations: those that end in time fit into the vehicles' time."""
    convoys = _add_convoys(b)
    for kind in b.op.kinds:
        flows = [f for f in b.carries if f.kind == kind.id]
        if flows and kind.returns and not kind.own:
            _add_kind(b, _Rotations(b, kind, flows), convoys)
    if b.op.teams is not None:
        add_escorts(b, b.op.teams)
    add_slow(b)
    for place in b.op.assembly:
        _add_boarding(b, place)
    for place in b.op.reception:
        _add_unloading(b, place)


def _add_convoys(b: Builder) -> dict[str, int]:
    """Add columns for each key crossing outward: how many convoys pass it in time.

    Own vehicles have no empty leg, so they are in convoys of their own.

    Returns
    -------
    By crossing, the column of convoys that are fetched.
    """
    op = b.op
    if op.convoy_most == 1 and op.spacing == 0:
        return {}
    columns: dict[str, int] = {}
    for crossing in sorted({f.way.server[0] for f in b.carries if f.way.server is not None}):
        flows = [f for f in b.carries if f.way.server is not None and f.way.server[0] == crossing]
        within = min(earliest(b, f) for f in flows), b.by - min(f.way.tail for f in flows)
        spaced = spaced_time(op.timeline.crossing_open(crossing, b.by + 1), within, op.spacing)
        spacing = b.lp.row(("spacing", crossing), float(spaced))
        for f in flows:
            b.lp.fill(spacing, b.in_time(f), float(f.way.inspect))
        for own in (False, True):
            mine = [f for f in flows if op.kind(f.kind).own == own]
            if mine:
                column = _add_convoy(b, mine, spacing)
                if not own:
                    columns[crossing] = column
    return columns


def _add_convoy(b: Builder, flows: Sequence[Flow], spacing: int) -> int:
    """Add the column of convoys at one crossing, fetched or of own vehicles."""
    op, (crossing, _) = b.op, flows[0].way.server or ("", "")
    column = b.lp.block(1, sum(k.total for k in op.kinds) * (1.0 + b.by))
    own = "own-" if op.kind(flows[0].kind).own else ""
    fewest = b.lp.row((f"{own}convoys-least", crossing), 0.0)
    fullest = b.lp.row((f"{own}convoys-most", crossing), 0.0)
    b.lp.fill(fewest, column, float(op.convoy_least))
    b.lp.fill(fullest, column, -float(op.convoy_most))
    b.lp.fill(spacing, column, float(op.spacing))
    for f in flows:
        b.lp.fill(fullest, b.in_time(f), 1.0)
    for f in _beside(b, flows):
        b.lp.fill(fewest, b.in_time(f), -1.0)
    return int(column[0])


def _beside(b: Builder, flows: Sequence[Flow]) -> Sequence[Flow]:
    """Flows whose vehicles can be in a convoy with these.

    A convoy may mix types whose key crossings differ, and is of the least size as a whole.
    """
    if b.op.convoy_least == 1:
        return flows
    routes, own = {f.way.route for f in flows}, b.op.kind(flows[0].kind).own
    return [f for f in b.carries if f.way.route in routes and b.op.kind(f.kind).own == own]


def earliest(b: Builder, flow: Flow) -> int:
    """Least moment at which an inspection at the key crossing of a loaded leg begins."""
    ahead = flow.way.lead - flow.way.inspect
    return ahead if b.released else _before(b, flow) + ahead


def _before(b: Builder, flow: Flow) -> int:
    """Least seconds of an empty leg from anywhere and of boarding."""
    start = flow.way.route.start
    place = next(a for a in b.op.assembly if a.id == start)
    fetched = 0 if b.op.kind(flow.kind).own else whole(fetches(b.op, start, flow.kind))
    return fetched + place.handling[flow.kind]


def spaced_time(spans: Sequence[Interval], within: Interval, spacing: int) -> int:
    """Seconds of some time that are open, or less than the spacing after such.

    Convoys keep their spacing through closed hours too, where it takes no open time. There is
    nothing to space in time that ends before it begins.
    """
    total = reached = 0
    first, last = within
    if last < first:
        return 0
    for x, y in spans:
        begin, end = max(x, first, reached), min(y, last) + spacing
        if x <= last and y >= first and end > begin:
            total += end - begin
            reached = end
    return total


class _Rotations:
    """Least seconds of a returning type's rotations."""

    def __init__(self, b: Builder, kind: VehicleKind, flows: list[Flow]) -> None:
        op = b.op
        self.kind, self.flows = kind, flows
        self.board = {a.id: a.handling[kind.id] for a in op.assembly}
        self.unload = {d.id: d.handling[kind.id] for d in op.reception}
        back = {d for _, k, d in b.served if k == kind.id}
        starts = {p for p, n in kind.counts if n}
        places = {f.way.route.start for f in flows}
        self.fetch = {a: fetches(op, a, kind.id, back) for a in places}
        # Only a vehicle's first rotation begins at its depot, which may lie nearer.
        near = {a: fetches(op, a, kind.id, starts) for a in places}
        first = max((whole(self.fetch[a]) - whole(near[a]) for a in places if near[a]), default=0)
        largest = min(op.convoy_most, kind.total)
        late = max(
            (self._late(near[a], a, x) for a in places if near[a] for x in (1, largest)), default=0
        )
        last = max(self.unload.values(), default=0)
        if b.released:
            # All that comes before the first loaded leg may be over by then.
            first = max(whole(self.fetch[a]) + self.board[a] for a in places)
            late = max(self._before(a, x) for a in places for x in (1, largest))
        spare, spare_late = max(0, first), max(0, late)
        if all(a in b.floors for a in places):
            # Nobody arrives before a release: after it comes all but each vehicle's first journey.
            floor = min(f.floor for f in flows)
            spare = min(spare, max(map(self._whole_journey, flows)) - floor)
            squared = self.inspections()
            spare_late = min(
                spare_late,
                max(
                    self.drive(f.way)
                    + self.board[f.way.route.start]
                    + x * squared[f.way.server[0] if f.way.server else None]
                    for f in flows
                    for x in (1, largest)
                )
                - floor,
            )
        self.whole_time = max(0, b.by + last + spare)
        """Seconds in which each vehicle makes its journeys."""
        self.limit = float(kind.total * max(0, b.by + last + spare_late))

    def _whole_journey(self, flow: Flow) -> int:
        """Seconds from the first departure to the arrival of the loaded leg, at least."""
        place = flow.way.route.start
        return whole(self.fetch[place]) + self.board[place] + flow.way.whole

    def _before(self, place: str, size: int) -> int:
        """Seconds that a rotation in a convoy of a size takes before its loaded leg, at least."""
        drive = min((w.drive for w in self.fetch[place]), default=0)
        own = min((w.inspections for w in self.fetch[place]), default=0)
        return drive + size * own + self.board[place]

    def _late(self, near: Sequence[Way], place: str, size: int) -> int:
        """How much less a first empty leg may take than a later one, in a convoy of a size.

        The difference bends upwards as the size grows, so its ends tell the largest.
        """
        drive = min((w.drive for w in self.fetch[place]), default=0)
        own = min((w.inspections for w in self.fetch[place]), default=0)
        return drive + size * own - min(w.drive + size * w.inspections for w in near)

    def handled(self, way: Way) -> int:
        """Seconds of boarding and unloading."""
        return self.board[way.route.start] + self.unload[way.route.end]

    def drive(self, way: Way) -> int:
        """Seconds of the drives alone, empty and loaded."""
        return min((w.drive for w in self.fetch[way.route.start]), default=0) + way.drive

    def inspections(self) -> dict[str | None, int]:
        """Least seconds of a vehicle's own inspections, by key crossing of the loaded leg."""
        least: dict[str | None, int] = {None: 0}
        for f in self.flows:
            empty = min((w.inspections for w in self.fetch[f.way.route.start]), default=0)
            seconds = f.way.inspections + empty
            server = f.way.server[0] if f.way.server else None
            least[server] = min(least.get(server, seconds), seconds)
        return least


def _add_kind(b: Builder, rotations: _Rotations, convoys: dict[str, int]) -> None:
    """Add the rows of one type, for rotations in the least convoy and in larger ones.

    In a convoy of ``x`` vehicles of a type each spends ``x`` inspections, so vehicles together
    spend ``x`` squared; the square lies above each of its chords ``(2 v + 1) x - v (v + 1)`` at
    whole ``x``.
    """
    kind = rotations.kind.id
    row = b.lp.row(("whole", kind), float(rotations.kind.total * rotations.whole_time))
    seconds = [
        whole(rotations.fetch[f.way.route.start]) + rotations.handled(f.way) + f.way.whole
        for f in rotations.flows
    ]
    for f, takes in zip(rotations.flows, seconds, strict=True):
        b.lp.fill(row, b.in_time(f), float(takes))
    if min(seconds) > 0:
        # Each vehicle makes a whole number of journeys.
        most = rotations.kind.total * (rotations.whole_time // min(seconds))
        row = b.lp.row(("journeys", kind), float(most))
        for f in rotations.flows:
            b.lp.fill(row, b.in_time(f), 1.0)
    squared = rotations.inspections()
    for v in range(b.op.convoy_least - 1, b.op.convoy_most if convoys else 0):
        row = b.lp.row(("rotations", kind, v), rotations.limit)
        for f in rotations.flows:
            server = f.way.server[0] if f.way.server else None
            takes = rotations.drive(f.way) + rotations.handled(f.way)
            b.lp.fill(row, b.in_time(f), float(takes + squared[server] * (2 * v + 1)))
        for crossing, column in convoys.items():
            if squared.get(crossing) and v:
                b.lp.fill(row, np.array([column]), -float(squared[crossing] * v * (v + 1)))


def _add_boarding(b: Builder, place: Yard) -> None:
    """Add the row of a place's bays: boarding lies between an empty and a loaded leg.

    A bay boards one vehicle after another, so what it is taken in all is a multiple of what all
    boarding times have in common.
    """
    seconds = {k.id: place.handling[k.id] for k in b.op.kinds if not k.own}
    flows = [f for f in b.carries if f.way.route.start == place.id and seconds.get(f.kind)]
    if not flows:
        return
    kinds = sorted({f.kind for f in flows})
    common = math.gcd(*(seconds[k] for k in kinds))
    rest = b.by - min(f.way.whole for f in flows)
    before = 0
    if b.released:
        # What each vehicle's first loaded leg takes away may have boarded by then.
        before = sum(b.op.kind(k).total * seconds[k] for k in kinds)
    else:
        rest -= min(whole(fetches(b.op, place.id, k)) for k in kinds)
    limit = place.bays * (max(0, rest) // common * common) + before
    row = b.lp.row(("boarding", place.id), float(limit))
    for f in flows:
        b.lp.fill(row, b.in_time(f), float(seconds[f.kind]))


def _add_unloading(b: Builder, place: Yard) -> None:
    """Add the row of a reception point's bays: unloading lies between two journeys.

    Each vehicle's last one may come after the moment asked about.
    """
    seconds = {k.id: place.handling[k.id] for k in b.op.kinds if k.returns and not k.own}
    flows = [f for f in b.carries if f.way.route.end == place.id and seconds.get(f.kind)]
    if not flows:
        return
    kinds = sorted({f.kind for f in flows})
    common = math.gcd(*(seconds[k] for k in kinds))
    board = {(a.id, k): a.handling[k] for a in b.op.assembly for k in kinds}
    loaded: dict[tuple[str, str], int] = {}
    empty: dict[tuple[str, str], int] = {}
    for f in (f for f in b.carries if f.kind in kinds):
        key = f.way.route.start, f.kind
        loaded[key] = min(board[key] + f.way.whole, loaded.get(key, board[key] + f.way.whole))
    onward = []
    for e in (e for e in b.fetches if e.kind in kinds):
        key = e.way.route.end, e.kind
        empty[key] = min(e.way.whole, empty.get(key, e.way.whole))
        if e.way.route.start == place.id and key in loaded:
            onward.append(e.way.whole + loaded[key])
    begins = [
        f.way.whole + (0 if b.released else empty.get(key, 0) + board[key])
        for f in flows
        for key in ((f.way.route.start, f.kind),)
    ]
    room = max(0, b.by - min(begins) - min(onward)) if onward else 0
    last = sum(b.op.kind(k).total * seconds[k] for k in kinds)
    row = b.lp.row(("unloading", place.id), float(place.bays * (room // common * common) + last))
    for f in flows:
        b.lp.fill(row, b.in_time(f), float(seconds[f.kind]))
