"""The time-space relaxation: an upper bound on the people out by a moment.

A linear programme over counts of vehicles by slot of time. Every valid timetable gives a solution,
so its optimum bounds every timetable; its dual multipliers, rounded to whole numbers, are a
certificate that the checker verifies on a programme it builds itself from the terms. Rows and
columns are named and defined in ``docs/reference/certificate-format.md``; this module and the
checker were written from that page.

The idea of sampling cumulative counts on a grid goes back to the time-expanded networks of
Ford and Fulkerson (1958); rounding lags so that the result stays a relaxation is as in
Fleischer and Skutella, "Quickest flows over time", SIAM J. Comput. 36 (2007).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from safepassage.instance import Demand, Interval, Operation, Route

__all__ = ["Model", "Programme", "completions", "grid_points", "least_rotation", "model", "way"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RowKey = tuple[Any, ...]


def grid_points(op: Operation, until: int, step: int) -> list[int]:
    """Grid for bounds up to ``until``: every ``step`` from each opening to the last effect of it.

    Between the last effect of one opening and the next opening nothing that counts can happen, so
    a night is one slot.
    """
    tail = _longest_lag(op) + step
    spans: list[Interval] = []
    for crossing in op.crossings:
        spans += op.timeline.crossing_open(crossing.id, until + 1)
    if any(not r.crossings for ways in op.carry.values() for r in ways) or not spans:
        spans = [(0, until)]
    points = {0, until}
    start = 0
    for a, b in spans:
        first = max(start, a - tail)
        points.update(range(a - (a - first) // step * step, min(b + tail, until) + 1, step))
        points.update(p for p in (a, b) if p <= until)
    return sorted(p for p in points if 0 <= p <= until)


def _longest_lag(op: Operation) -> int:
    lag = 0
    for ways in (*op.carry.values(), *op.fetch.values()):
        for route in ways:
            for kind in op.kinds:
                lag = max(lag, sum(op.least_drive(s, kind.id) for s in route.segments))
    handling = max(
        (t for y in (*op.assembly, *op.reception) for t in y.handling.values()), default=0
    )
    return lag + handling


@dataclass(frozen=True)
class Way:
    """A route seen from its key crossing: least seconds before and after, for one vehicle type."""

    route: Route
    server: tuple[str, str] | None
    inspect: int
    lead: int
    """From the departure to the end of the vehicle's own inspection at the key crossing."""
    tail: int
    """From there to the arrival."""
    whole: int
    """The whole leg in the least convoy."""
    drive: int
    """The drive alone."""
    inspections: int
    """The type's own inspection times together."""


def way(op: Operation, route: Route, kind: str, *, outward: bool) -> Way:
    """Cut a route at its slowest crossing (the first of equals).

    A convoy is inspected in one piece. So a vehicle spends its convoy's time at every crossing but
    the key one, where its own inspection may be the first or the last of the convoy.
    """
    times = {c.id: (c.out if outward else c.back)[kind] for c in op.crossings}
    convoy = {
        c.id: times[c.id] + (op.convoy_least - 1) * min((c.out if outward else c.back).values())
        for c in op.crossings
    }
    least = [op.least_drive(s, kind) for s in route.segments]
    drive = sum(least)
    if not route.crossings:
        return Way(route, None, 0, 0, drive, drive, drive, 0)
    n = max(range(len(route.crossings)), key=lambda i: (times[route.crossings[i]], -i))
    key = route.crossings[n]
    lead = sum(least[: n + 1]) + sum(convoy[c] for c in route.crossings[:n]) + times[key]
    tail = sum(least[n + 1 :]) + sum(convoy[c] for c in route.crossings[n + 1 :])
    return Way(
        route,
        (key, "out" if outward else "in"),
        times[key],
        lead,
        tail,
        drive + sum(convoy[c] for c in route.crossings),
        drive,
        sum(times[c] for c in route.crossings),
    )


@dataclass
class Programme:
    """Rows and columns as they are added; a maximisation with ``row <= limit`` or ``= limit``."""

    rows: dict[RowKey, int] = field(default_factory=dict)
    limits: list[float] = field(default_factory=list)
    equal: list[bool] = field(default_factory=list)
    row_index: list[Ints] = field(default_factory=list)
    column_index: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    columns: int = 0
    upper: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    gain: list[Floats] = field(default_factory=list)

    def row(self, key: RowKey, limit: float, *, equal: bool = False) -> int:
        """Add a row; returns its index."""
        self.rows[key] = len(self.limits)
        self.limits.append(limit)
        self.equal.append(equal)
        return self.rows[key]

    def rows_of(self, prefix: RowKey, limits: Iterable[float], *, equal: bool = False) -> Ints:
        """Add a row for each slot; returns their indices."""
        return np.array(
            [self.row((*prefix, j), x, equal=equal) for j, x in enumerate(limits)], np.int64
        )

    def block(
        self, count: int, upper: float | Floats, gain: float = 0.0, lower: float = 0.0
    ) -> Ints:
        """Add columns; returns their indices."""
        index = np.arange(self.columns, self.columns + count, dtype=np.int64)
        self.columns += count
        self.upper.append(np.broadcast_to(np.asarray(upper, float), (count,)))
        self.lower.append(np.full(count, lower))
        self.gain.append(np.full(count, gain))
        return index

    def put(self, rows: Ints, columns: Ints, value: float) -> None:
        """Enter the same coefficient at pairs of row and column; row -1 is no row."""
        keep = rows >= 0
        self.row_index.append(rows[keep])
        self.column_index.append(columns[keep])
        self.values.append(np.full(int(keep.sum()), value))


@dataclass(frozen=True)
class Flow:
    """Columns of one kind of movement: vehicles of a type on one way, by slot."""

    kind: str
    way: Way
    slots: Ints
    columns: Ints


@dataclass
class Model:
    """The relaxation of one operation and demand on one grid."""

    programme: Programme
    grid: Ints
    bays: bool
    fetches: list[Flow]
    carries: list[Flow]
    target: int
    """People (full vehicles, where the terms leave no choice of type) that have to be out."""


class _Builder:
    def __init__(self, op: Operation, demand: Demand, grid: Sequence[int], by: int) -> None:
        self.op, self.demand, self.by = op, demand, by
        self.grid = np.array(grid, np.int64)
        self.slots = len(grid) - 1
        self.lp = Programme()
        self.served = {
            (c.place, k, d) for c in demand.cells for k in c.kinds for d in c.destinations
        }
        self.open_by: dict[tuple[str, str], set[str]] = {}
        for c in demand.cells:
            for d in c.destinations:
                self.open_by.setdefault((c.place, d), set()).update(c.corridors)
        self.bays = True
        self.fetches: list[Flow] = []
        self.carries: list[Flow] = []

    def taken(self, lag: int) -> Ints:
        """For slots 1..n: first grid index at or after the slot's end less the lag."""
        return np.searchsorted(self.grid, self.grid[1:] - lag, side="left")

    def given(self, lag: int) -> Ints:
        """For slots 1..n: first grid index after the slot's beginning plus the lag; -1 past it."""
        index = np.searchsorted(self.grid, self.grid[:-1] + lag, side="right")
        return np.where(index <= self.slots, index, -1)

    def stock(self, name: str, kind: str, place: str, first: int, most: int) -> Ints:
        """Balance rows of vehicles of a type in one state at one place, by grid index."""
        limits = [float(first)] + [0.0] * self.slots
        rows = self.lp.rows_of((name, kind, place), limits, equal=True)
        held = self.lp.block(self.slots + 1, float(most))
        # what comes in + what was held - what goes out - what is held = -first
        self.lp.put(rows, held, 1.0)
        self.lp.put(rows[1:], held[:-1], -1.0)
        return rows

    def move(
        self, source: Ints, lead: int, sink: Ints | None, lag: int, upper: Floats, open_: Ints
    ) -> Ints:
        """Columns, one for each slot in ``open_``: out of one stock, into another."""
        columns = self.lp.block(len(open_), upper[open_])
        index = self.taken(lead)[open_]
        fits = self.grid[1:][open_] - lead >= 0
        rows = np.where(fits, source[index], -1)
        self.lp.put(rows, columns, 1.0)
        # What would have to leave before the start cannot happen at all.
        self._forbid(columns[~fits])
        if sink is not None:
            index = self.given(lag)[open_]
            rows = np.where(index >= 0, sink[index], -1)
            self.lp.put(rows, columns, -1.0)
        return columns

    def upper(self, kind: str) -> Floats:
        """Most events of one sort in each slot: each vehicle once, and again after a leg."""
        total = float(self.op.kind(kind).total)
        if not self.op.kind(kind).returns:
            return np.full(self.slots, total)
        return total * (1.0 + np.diff(self.grid) // self.least_leg(kind))

    def least_leg(self, kind: str) -> int:
        """Least leg of a type: between two events of one sort a vehicle drives one in full."""
        op = self.op
        legs = [
            w.lead + w.tail
            for table, outward in ((op.fetch, False), (op.carry, True))
            for ways in table.values()
            for r in ways
            for w in (way(op, r, kind, outward=outward),)
        ]
        return max(1, min(legs, default=1))

    def _forbid(self, columns: Ints) -> None:
        if columns.size:
            offset = self.lp.columns - len(self.lp.upper[-1])
            upper = np.array(self.lp.upper[-1])
            upper[columns - offset] = 0.0
            self.lp.upper[-1] = upper


def completions(
    spans: Sequence[Interval], begin: int, end: int, seconds: int, *, most: int | None = None
) -> int:
    """Most inspections of ``seconds`` that can end in ``(begin, end]``, one after another.

    Each lies within one open span. Where the seconds differ, pass the least as ``seconds``.
    """
    total = 0
    for a, b in spans:
        x0, x1 = max(begin, a), min(end, b)
        if x1 > x0:
            total += min((x1 - a) // seconds, -(-(x1 - x0) // seconds))
    return total if most is None else min(total, most)


def model(
    op: Operation, demand: Demand, grid: Sequence[int], by: int, *, whole: bool, bays: bool = True
) -> Model:
    """Build the relaxation: most people out by ``by``.

    With ``whole``, people are counted in full vehicles wherever they have no choice of type or
    destination (valid for the question whether *all* can be out).
    """
    b = _Builder(op, demand, grid, by)
    b.bays = bays
    every = np.arange(b.slots, dtype=np.int64)
    served, open_by = b.served, b.open_by
    out: dict[tuple[str, str, str], list[Ints]] = {}
    use: dict[tuple[str, str], list[tuple[Ints, Ints, int]]] = {}
    motion: list[tuple[Ints, Ints, float]] = []
    for kind in op.kinds:
        _kind_moves(b, kind.id, every, served, open_by, out, use, motion)
    _crossing_rows(b, use)
    _team_rows(b, motion)
    _vehicle_time_rows(b)
    _rotation_rows(b)
    target = _people(b, out, whole=whole)
    return Model(b.lp, b.grid, b.bays, b.fetches, b.carries, target)


def _open_slots(b: _Builder, server: tuple[str, str] | None, seconds: int) -> Ints:
    if server is None:
        return np.arange(b.slots, dtype=np.int64)
    spans = b.op.timeline.crossing_open(server[0], int(b.grid[-1]) + 1)
    fits = np.zeros(b.slots, bool)
    g = b.grid
    for s, e in spans:
        # a slot can hold the end of an inspection that began at or after the opening
        fits |= (g[1:] >= s + seconds) & (g[:-1] < e) & (g[1:] > s)
    return np.flatnonzero(fits)


def _kind_moves(
    b: _Builder,
    kind_id: str,
    every: Ints,
    served: set[tuple[str, str, str]],
    open_by: dict[tuple[str, str], set[str]],
    out: dict[tuple[str, str, str], list[Ints]],
    use: dict[tuple[str, str], list[tuple[Ints, Ints, int]]],
    motion: list[tuple[Ints, Ints, float]],
) -> None:
    op, lp = b.op, b.lp
    kind = op.kind(kind_id)
    places = [a for a in op.assembly if any((a.id, kind_id, d.id) in served for d in op.reception)]
    if not places or not kind.total or not kind.seats:
        return
    total = kind.total
    upper = b.upper(kind_id)
    counts = dict.fromkeys((p for p, _ in kind.counts), 0)
    for p, n in kind.counts:
        counts[p] += n
    boarded = {
        a.id: b.stock("boarded", kind_id, a.id, counts.get(a.id, 0) if kind.own else 0, total)
        for a in places
    }
    ready: dict[str, Ints] = {}
    if not kind.own:
        sources = {s for s, _ in op.fetch} if kind.returns else set(counts)
        ready = {s: b.stock("ready", kind_id, s, counts.get(s, 0), total) for s in sorted(sources)}
    for a in places:
        if kind.own:
            continue
        board = a.handling[kind_id]
        arrived = b.stock("arrived", kind_id, a.id, 0, total) if b.bays else boarded[a.id]
        for s, stock in ready.items():
            for route in op.fetch.get((s, a.id), ()):
                w = way(op, route, kind_id, outward=False)
                slots = _open_slots(b, w.server, w.inspect)
                columns = b.move(
                    stock, w.lead, arrived, w.tail + (0 if b.bays else board), upper, slots
                )
                if w.server is not None:
                    use.setdefault(w.server, []).append((columns, slots, w.inspect))
                b.fetches.append(Flow(kind_id, w, slots, columns))
                motion.append((b.taken(w.lead)[slots], columns, 1.0))
        if not b.bays:
            continue
        columns = b.move(arrived, board, boarded[a.id], 0, upper, every)
        use.setdefault(("board", a.id), []).append((columns, every, board))
    for d in op.reception:
        there = [a for a in places if (a.id, kind_id, d.id) in served]
        unloaded = None
        if kind.returns and not kind.own:
            unload = d.handling[kind_id]
            unloaded = ready[d.id]
            if b.bays:
                unloaded = b.stock("unload", kind_id, d.id, 0, total)
                columns = b.move(unloaded, unload, ready[d.id], 0, upper, every)
                use.setdefault(("unload", d.id), []).append((columns, every, unload))
        for a in there:
            for route in op.carry.get((a.id, d.id), ()):
                if route.corridor not in open_by[a.id, d.id]:
                    continue
                w = way(op, route, kind_id, outward=True)
                slots = _open_slots(b, w.server, w.inspect)
                board = a.handling[kind_id] if kind.own else 0
                rest = 0 if b.bays or unloaded is None else unload
                columns = b.move(
                    boarded[a.id], w.lead + board, unloaded, w.tail + rest, upper, slots
                )
                if w.server is not None:
                    use.setdefault(w.server, []).append((columns, slots, w.inspect))
                b.carries.append(Flow(kind_id, w, slots, columns))
                in_time = b.grid[slots] + 1 + w.tail <= b.by
                out.setdefault((a.id, kind_id, d.id), []).append(columns[in_time])
                if not kind.own:
                    motion.append((b.given(w.tail)[slots], columns, -1.0))


def _crossing_rows(b: _Builder, use: dict[tuple[str, str], list[tuple[Ints, Ints, int]]]) -> None:
    """Capacity of crossings (one after another) and of bays (so many at once), by range of slots."""
    for (name, place), moves in sorted(use.items()):
        moves = [m for m in moves if m[2] > 0 and m[0].size]
        if not moves:
            continue
        least = min(m[2] for m in moves)
        if name in ("board", "unload"):
            yard = next(y for y in (*b.op.assembly, *b.op.reception) if y.id == place)
            if yard.bays >= sum(k.total for k in b.op.kinds):
                continue
            _range_rows(b, (name, place), moves, None, least, yard.bays)
        else:
            spans = b.op.timeline.crossing_open(name, int(b.grid[-1]) + 1)
            _range_rows(b, (place, name), moves, spans, least, 1)


def _range_rows(
    b: _Builder,
    key: tuple[str, str],
    moves: list[tuple[Ints, Ints, int]],
    spans: Sequence[Interval] | None,
    least: int,
    bays: int,
) -> None:
    grid = b.grid
    step = int(np.min(np.diff(grid))) if len(grid) > 1 else 1
    ranges = []
    width = max(1, least // step)
    slots = sorted({int(s) for m in moves for s in m[1]})
    for j in slots:
        ranges.append((max(0, j - width + 1), j))
    if spans is not None and any(step % m[2] for m in moves):
        # Where inspections do not fill slots evenly, longer ranges lose less to rounding.
        wide = 8
        ranges += [(j, min(j + wide - 1, b.slots - 1)) for j in range(0, b.slots, wide)]
    for first, last in ranges:
        begin, end = int(grid[first]), int(grid[last + 1])
        if spans is None:
            if last - first + 1 > 1 and end - begin > least:
                continue
            limit = bays * -(-(end - begin) // least)
        else:
            limit = completions(spans, begin, end, least)
        row = b.lp.row(("capacity", *key, first, last), float(limit))
        for columns, at, _ in moves:
            inside = columns[(at >= first) & (at <= last)]
            b.lp.put(np.full(inside.size, row, np.int64), inside, 1.0)


def _vehicle_time_rows(b: _Builder) -> None:
    """Seconds of vehicles: the rounding of lags on the grid does not weaken these rows.

    Between two passes of its key crossings a vehicle needs a least chain of driving, boarding or
    unloading. Within any span of time the chains after its passes, the last one cut at the end of
    the span, fit into the span.
    """
    spans: set[Interval] = set()
    for crossing in b.op.crossings:
        for first, last in b.op.timeline.crossing_open(crossing.id, int(b.grid[-1])):
            spans.add((first, min(last, int(b.grid[-1]))))
    for kind in b.op.kinds:
        flows = [(f, _chain(b.op, f)) for f in (*b.fetches, *b.carries) if f.kind == kind.id]
        if kind.own or not kind.returns or not flows:
            continue
        for x, y in sorted(spans):
            row = b.lp.row(("time", kind.id, x, y), float(kind.total * (y - x)))
            for flow, chain in flows:
                inside = (b.grid[flow.slots] >= x) & (b.grid[flow.slots + 1] <= y)
                columns = flow.columns[inside]
                seconds = np.minimum(chain, y - b.grid[flow.slots + 1][inside])
                some = seconds > 0
                b.lp.row_index.append(np.full(int(some.sum()), row, np.int64))
                b.lp.column_index.append(columns[some])
                b.lp.values.append(seconds[some].astype(float))


def _in_time(b: _Builder, flow: Flow) -> Ints:
    return flow.columns[b.grid[flow.slots] + 1 + flow.way.tail <= b.by]


def _convoy_columns(b: _Builder) -> dict[str, int]:
    """One column for each key crossing outward: how many convoys pass it in time."""
    op = b.op
    if op.convoy_most == 1 and op.spacing == 0:
        return {}
    most = sum(k.total for k in op.kinds) * (1.0 + b.by)
    columns: dict[str, int] = {}
    for crossing in sorted({f.way.server[0] for f in b.carries if f.way.server is not None}):
        flows = [f for f in b.carries if f.way.server is not None and f.way.server[0] == crossing]
        column = b.lp.block(1, most)
        columns[crossing] = int(column[0])
        spans = op.timeline.crossing_open(crossing, b.by)
        open_s = sum(y - x for x, y in spans)
        fewest = b.lp.row(("convoys-least", crossing), 0.0)
        fullest = b.lp.row(("convoys-most", crossing), 0.0)
        spacing = b.lp.row(("spacing", crossing), float(open_s + op.spacing))
        b.lp.put(np.array([fewest]), column, float(op.convoy_least))
        b.lp.put(np.array([fullest]), column, -float(op.convoy_most))
        b.lp.put(np.array([spacing]), column, float(op.spacing))
        for f in flows:
            inside = _in_time(b, f)
            for row, value in ((fewest, -1.0), (fullest, 1.0), (spacing, float(f.way.inspect))):
                b.lp.put(np.full(inside.size, row, np.int64), inside, value)
    return columns


def _rotation_rows(b: _Builder) -> None:
    """Seconds of whole rotations: those that end in time fit into the vehicles' time.

    They need no grid, so they bound long operations in a handful of slots. In a convoy of ``x``
    vehicles of a type each spends ``x`` inspections, so vehicles together spend ``x`` squared; the
    square lies above each of its chords ``(2 v + 1) x - v (v + 1)`` at whole ``x``.
    """
    op = b.op
    convoys = _convoy_columns(b)
    yards = {y.id: y for y in (*op.assembly, *op.reception)}
    for kind in op.kinds:
        flows = [f for f in b.carries if f.kind == kind.id]
        if kind.own or not kind.returns or not flows:
            continue
        unload = {d.id: d.handling[kind.id] for d in op.reception}
        back = {d for _, k, d in b.served if k == kind.id}
        starts = {p for p, n in kind.counts if n}
        places = {f.way.route.start for f in flows}
        fetch = {a: _fetches(op, a, kind.id, back) for a in places}
        # Only a vehicle's first rotation begins at its depot, which may lie nearer.
        near = {a: _fetches(op, a, kind.id, starts) for a in places}
        first = max((_whole(fetch[a]) - _whole(near[a]) for a in places), default=0)
        spare = max(unload.values(), default=0) + max(0, first)
        squared: dict[str | None, int] = {None: 0}
        for f in flows:
            inspections = f.way.inspections + min(
                (w.inspections for w in fetch[f.way.route.start]), default=0
            )
            server = f.way.server[0] if f.way.server else None
            squared[server] = min(squared.get(server, inspections), inspections)
        row = b.lp.row(("whole", kind.id), float(kind.total * (b.by + spare)))
        for f in flows:
            place, to = f.way.route.start, f.way.route.end
            seconds = _whole(fetch[place]) + yards[place].handling[kind.id] + unload[to]
            inside = _in_time(b, f)
            b.lp.put(np.full(inside.size, row, np.int64), inside, float(seconds + f.way.whole))
        for v in range(op.convoy_least - 1, op.convoy_most if convoys else 0):
            row = b.lp.row(("rotations", kind.id, v), float(kind.total * (b.by + spare)))
            for f in flows:
                place, to = f.way.route.start, f.way.route.end
                server = f.way.server[0] if f.way.server else None
                seconds = min((w.drive for w in fetch[place]), default=0) + f.way.drive
                seconds += yards[place].handling[kind.id] + unload[to]
                seconds += squared[server] * (2 * v + 1)
                inside = _in_time(b, f)
                b.lp.put(np.full(inside.size, row, np.int64), inside, float(seconds))
            for crossing, column in convoys.items():
                if squared.get(crossing) and v:
                    b.lp.put(
                        np.array([row]),
                        np.array([column]),
                        -float(squared[crossing] * v * (v + 1)),
                    )
    if op.teams is None:
        return
    row = b.lp.row(("escorts",), float(op.teams * op.convoy_most * b.by))
    for f in b.carries:
        place = f.way.route.start
        fetched = 0 if op.kind(f.kind).own else _whole(_fetches(op, place, f.kind))
        seconds = fetched + yards[place].handling[f.kind] + f.way.whole
        inside = _in_time(b, f)
        b.lp.put(np.full(inside.size, row, np.int64), inside, float(seconds))


def least_rotation(op: Operation, demand: Demand, kind: str) -> tuple[int, int]:
    """Least whole rotation of a type in the least convoy, and the time to spare at both ends (s).

    Vehicles ``N`` of the type can end at most ``N (D + spare) / rotation`` rotations by ``D``.
    """
    served = {(c.place, d) for c in demand.cells if kind in c.kinds for d in c.destinations}
    open_by: dict[tuple[str, str], set[str]] = {}
    for c in demand.cells:
        for d in c.destinations:
            open_by.setdefault((c.place, d), set()).update(c.corridors)
    yards = {y.id: y for y in (*op.assembly, *op.reception)}
    back = {d for _, d in served}
    starts = {p for p, n in op.kind(kind).counts if n}
    rotations, first = [], 0
    for place, to in served:
        fetch = _whole(_fetches(op, place, kind, back))
        first = max(first, fetch - _whole(_fetches(op, place, kind, starts)))
        handled = yards[place].handling[kind] + yards[to].handling[kind]
        rotations += [
            fetch + handled + way(op, r, kind, outward=True).whole
            for r in op.carry.get((place, to), ())
            if r.corridor in open_by[place, to]
        ]
    unload = max((d.handling[kind] for d in op.reception), default=0)
    return max(1, min(rotations, default=1)), unload + first


def _fetches(
    op: Operation, place: str, kind: str, sources: Iterable[str] | None = None
) -> list[Way]:
    """Ways of empty vehicles to an assembly point, from anywhere or from these places."""
    return [
        way(op, r, kind, outward=False)
        for (s, a), routes in op.fetch.items()
        if a == place and (sources is None or s in sources)
        for r in routes
    ]


def _whole(ways: Sequence[Way]) -> int:
    return min((w.whole for w in ways), default=0)


def _chain(op: Operation, flow: Flow) -> int:
    """Least seconds from a pass of the key crossing to the vehicle's next pass of one."""
    route = flow.way.route
    yards = {y.id: y for y in (*op.assembly, *op.reception)}
    outward = route.end in {a.id for a in op.assembly}
    ways = (
        [r for (s, _), rs in op.carry.items() if s == route.end for r in rs]
        if outward
        else [r for (s, _), rs in op.fetch.items() if s == route.end for r in rs]
    )
    leads = [way(op, r, flow.kind, outward=outward).lead for r in ways]
    return flow.way.tail + yards[route.end].handling[flow.kind] + min(leads, default=0)


def _team_rows(b: _Builder, motion: list[tuple[Ints, Ints, float]]) -> None:
    """Vehicles between fetching and safe arrival are at most a full convoy for every team."""
    if b.op.teams is None:
        return
    fleet = sum(k.total for k in b.op.kinds)
    most = b.op.teams * b.op.convoy_most
    if most >= fleet:
        return
    rows = b.lp.rows_of(("motion",), [0.0] * (b.slots + 1), equal=True)
    held = b.lp.block(b.slots + 1, float(most), lower=-float(fleet))
    b.lp.put(rows, held, 1.0)
    b.lp.put(rows[1:], held[:-1], -1.0)
    for index, columns, sign in motion:
        b.lp.put(np.where(index >= 0, rows[index], -1), columns, -sign)


def _people(b: _Builder, out: dict[tuple[str, str, str], list[Ints]], *, whole: bool) -> int:
    """People by cell; they need seats in vehicles that are out by the moment asked about."""
    op, lp = b.op, b.lp
    seats = {
        key: lp.row(("seats", *key), 0.0)
        for key in sorted(
            {(c.place, k, d) for c in b.demand.cells for k in c.kinds for d in c.destinations}
        )
    }
    for key, blocks in out.items():
        for columns in blocks:
            lp.put(
                np.full(columns.size, seats[key], np.int64), columns, -float(op.kind(key[1]).seats)
            )
    room = {
        d.id: lp.row(("room", d.id), float(d.capacity))
        for d in op.reception
        if d.capacity is not None
    }
    target = 0
    for places, persons in people(op, b.demand, whole=whole):
        row = lp.row(("people", len(lp.limits)), float(persons))
        target += persons
        columns = lp.block(len(places), float(persons), gain=1.0)
        lp.put(np.full(len(places), row, np.int64), columns, 1.0)
        lp.put(np.array([seats[p] for p in places], np.int64), columns, 1.0)
        rooms = np.array([room.get(d, -1) for _, _, d in places], np.int64)
        lp.put(rooms, columns, 1.0)
    return target


def people(
    op: Operation, demand: Demand, *, whole: bool
) -> list[tuple[list[tuple[str, str, str]], int]]:
    """Options (place, type, reception point) and people of each cell.

    With ``whole``, cells that all have one and the same single option are put together and
    rounded up to full vehicles, if no other cell can use that option.
    """
    options = [
        ([(c.place, k, d) for k in c.kinds for d in c.destinations], c.persons)
        for c in demand.cells
    ]
    if not whole:
        return options
    shared = {o for opts, _ in options if len(opts) > 1 for o in opts}
    single: dict[tuple[str, str, str], int] = {}
    rest = []
    for opts, persons in options:
        if len(opts) == 1 and opts[0] not in shared and op.kind(opts[0][1]).seats:
            single[opts[0]] = single.get(opts[0], 0) + persons
        else:
            rest.append((opts, persons))
    for option, persons in sorted(single.items()):
        # Rooms are counted in people, so a reception point with a limit keeps the exact count.
        seats = op.kind(option[1]).seats
        limited = next(d.capacity for d in op.reception if d.id == option[2]) is not None
        rest.append(([option], persons if limited else -(-persons // seats) * seats))
    return rest
