"""Build the kernel's arrays from an operation, its trips and its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safepassage.convoy.kernel import FAR, FIELDS, Tables, Work
from safepassage.convoy.trips import Trips
from safepassage.convoy.units import Unit
from safepassage.instance import Operation, Route

__all__ = ["Board", "build", "marks"]

Ints = npt.NDArray[np.int64]
NO_DEADLINE = FAR


@dataclass(frozen=True)
class Board:
    """The kernel's arrays and the names behind their indices."""

    tables: Tables
    work: Work
    routes: tuple[Route, ...]
    sources: tuple[str, ...]
    units: tuple[Unit, ...]
    trips: Trips
    total_trips: int
    persons: int


def _ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def _ragged(rows: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    ptr = np.zeros(len(rows) + 1, np.int64)
    ptr[1:] = np.cumsum([len(r) for r in rows])
    return ptr, _ints(x for r in rows for x in r)


def build(op: Operation, trips: Trips, units: Sequence[Unit], horizon: int) -> Board:
    """Lay out everything for one decode over ``[0, horizon)``."""
    kinds = {k.id: i for i, k in enumerate(op.kinds)}
    places = {a.id: i for i, a in enumerate(op.assembly)}
    reception = {d.id: d for d in op.reception}
    sources = {s: i for i, s in enumerate(sorted({s for s, _ in op.fetch} | set(reception)))}
    crossings = {c.id: i for i, c in enumerate(op.crossings)}
    routes, index = _routes(op)
    segments = sorted({s for r in routes for s in r.segments})
    points, factors = op.timeline.factors(horizon)
    columns = sorted(set(factors))
    drive = np.zeros((len(segments), len(kinds), len(columns)), np.int64)
    for i, segment in enumerate(segments):
        for k, j in kinds.items():
            for c, factor in enumerate(columns):
                drive[i, j, c] = op.drive[segment, k, factor]
    seg = {s: i for i, s in enumerate(segments)}
    most = max((len(r.crossings) for r in routes), default=0)
    route_seg = np.zeros((len(routes), most + 1), np.int64)
    route_server = np.zeros((len(routes), max(most, 1)), np.int64)
    for i, route in enumerate(routes):
        outward = route.start in places
        route_seg[i, : len(route.segments)] = [seg[s] for s in route.segments]
        for j, c in enumerate(route.crossings):
            route_server[i, j] = 2 * crossings[c] + (0 if outward else 1)
    fetch_ptr, fetch = _ragged(
        [[index[r] for r in op.fetch.get((s, a), ())] for s in sources for a in places]
    )
    classes, trip_class = _classes(trips)
    carry_ptr, carry = _ragged(
        [
            [index[r] for r in op.carry[place, to] if r.corridor in corridors]
            for place, to, corridors in classes
        ]
    )
    inspect = np.zeros((2 * len(crossings), len(kinds)), np.int64)
    opened: list[list[tuple[int, int]]] = []
    for crossing in op.crossings:
        i = crossings[crossing.id]
        for k, j in kinds.items():
            inspect[2 * i, j] = crossing.out[k]
            inspect[2 * i + 1, j] = crossing.back[k]
        opened += [op.timeline.crossing_open(crossing.id, horizon)] * 2
    open_ptr = np.zeros(len(opened) + 1, np.int64)
    open_ptr[1:] = np.cumsum([len(o) for o in opened])
    moving = op.timeline.movement_open(horizon)
    calendar = 2 * len(crossings)
    board_first, unload_first = [], []
    for a in op.assembly:
        board_first.append(calendar)
        calendar += a.bays
    for s in sources:
        unload_first.append(calendar)
        calendar += reception[s].bays if s in reception else 0
    near = np.full((len(sources), len(places), len(kinds)), FAR, np.int64)
    for (s, a), ways in op.fetch.items():
        for k, j in kinds.items():
            for r in ways:
                seconds = sum(op.least_drive(x, k) for x in r.segments)
                near[sources[s], places[a], j] = min(near[sources[s], places[a], j], seconds)
    team_drive = np.full((len(sources), len(sources) + len(places)), FAR, np.int64)
    for (d, to), seconds in op.team_drive.items():
        column = sources[to] if to in sources else len(sources) + places[to]
        team_drive[sources[d], column] = seconds
    trip_ptr, _ = _ragged([[0] * len(p.loads) for p in trips.pairs])
    loads = [load for p in trips.pairs for load in p.loads]
    least_unit = max(1, min((len(u.vehicles) for u in units), default=1))
    runs = (
        sum(-(-len(p.loads) // least_unit) for p in trips.pairs)
        + len(trips.pairs)
        + len(loads) // 2
        + 8
    )
    runs = min(runs, len(loads) + 1)
    convoy = max((len(u.vehicles) for u in units), default=1)
    tables = Tables(
        cond_at=_ints(points),
        cond_col=_ints(columns.index(f) for f in factors),
        drive=drive,
        route_n=_ints(len(r.crossings) for r in routes),
        route_seg=route_seg,
        route_server=route_server,
        fetch_ptr=fetch_ptr,
        fetch=fetch,
        carry_ptr=carry_ptr,
        carry=carry,
        class_to=_ints(sources[to] for _, to, _ in classes),
        inspect=inspect,
        beat=_beats(op, trips, inspect),
        open_ptr=open_ptr,
        open_from=_ints(s for o in opened for s, _ in o),
        open_to=_ints(e for o in opened for _, e in o),
        move_from=_ints(s for s, _ in moving),
        move_to=_ints(e for _, e in moving),
        board_bays=_ints(a.bays for a in op.assembly),
        board_first=_ints(board_first),
        board_s=_handling(kinds, [a.handling for a in op.assembly]),
        unload_bays=_ints(reception[s].bays if s in reception else 0 for s in sources),
        unload_first=_ints(unload_first),
        unload_s=_handling(
            kinds, [reception[s].handling if s in reception else {} for s in sources]
        ),
        near=near,
        far=_far(op, classes, kinds),
        pair_place=_ints(places[p.place] for p in trips.pairs),
        pair_kind=_ints(kinds[p.kind] for p in trips.pairs),
        pair_ordered=np.array([p.ordered for p in trips.pairs], np.bool_),
        trip_ptr=trip_ptr,
        trip_class=_ints(trip_class),
        trip_persons=_ints(load.total for load in loads),
        trip_deadline=_ints(
            NO_DEADLINE if load.in_time is None else load.in_time for load in loads
        ),
        unit_kind=_ints(kinds[u.kind] for u in units),
        unit_size=_ints(len(u.vehicles) for u in units),
        unit_source=_ints(-1 - places[u.place] if u.own else sources[u.place] for u in units),
        unit_returns=np.array([u.returns for u in units], np.bool_),
        team_drive=team_drive,
        sizes=_ints([op.spacing, op.convoy_least, -1 if op.teams is None else op.teams, calendar]),
    )
    work = Work(
        cal_from=np.zeros((calendar, runs * convoy + 2), np.int64),
        cal_to=np.zeros((calendar, runs * convoy + 2), np.int64),
        cal_n=np.zeros(calendar, np.int64),
        unit_free=np.zeros(len(units), np.int64),
        unit_used=np.zeros(len(units), np.bool_),
        unit_at=np.zeros(len(units), np.int64),
        done=np.zeros(len(trips.pairs), np.int64),
        last_begin=np.zeros(len(trips.pairs), np.int64),
        team_free=np.zeros(op.teams or 0, np.int64),
        team_at=np.zeros(op.teams or 0, np.int64),
        tally=np.zeros(5, np.int64),
        rec=np.zeros((runs, FIELDS), np.int64),
        stops=np.zeros((runs, 2, max(most, 1), 4), np.int64),
        departs=np.zeros((runs, 2), np.int64),
        bays=np.zeros((runs, 2, convoy, 3), np.int64),
    )
    return Board(
        tables,
        work,
        routes,
        tuple(sources),
        tuple(units),
        trips,
        len(loads),
        sum(load.total for load in loads),
    )


def marks(board: Board, count: int) -> tuple[Work, ...]:
    """Work areas to hold states of a decode; they share the records of rotations."""
    work = board.work
    shared = {"rec", "stops", "departs", "bays"}
    return tuple(
        Work(*(x if f in shared else x.copy() for f, x in zip(Work._fields, work, strict=True)))
        for _ in range(count)
    )


def _beats(op: Operation, trips: Trips, inspect: Ints) -> Ints:
    """Common inspection time of each crossing and direction, 0 where types differ."""
    kinds = [i for i, k in enumerate(op.kinds) if any(p.kind == k.id for p in trips.pairs)]
    beats = np.zeros(inspect.shape[0], np.int64)
    for server in range(inspect.shape[0]):
        times = {int(inspect[server, k]) for k in kinds}
        if len(times) == 1 and op.spacing == 0:
            beats[server] = times.pop()
    return beats


def _far(
    op: Operation,
    classes: Sequence[tuple[str, str, frozenset[str]]],
    kinds: dict[str, int],
) -> Ints:
    """Least seconds to board, drive and be inspected, from an assembly point to reception."""
    far = np.full((len(classes), len(kinds)), FAR, np.int64)
    for i, (place, to, corridors) in enumerate(classes):
        board = next(a.handling for a in op.assembly if a.id == place)
        for r in op.carry[place, to]:
            if r.corridor in corridors:
                for k, j in kinds.items():
                    seconds = sum(op.least_drive(s, k) for s in r.segments) + board[k]
                    seconds += sum(c.out[k] for c in op.crossings if c.id in r.crossings)
                    far[i, j] = min(far[i, j], seconds)
    return far


def _routes(op: Operation) -> tuple[tuple[Route, ...], dict[Route, int]]:
    index: dict[Route, int] = {}
    for routes in (*op.fetch.values(), *op.carry.values()):
        for route in routes:
            index.setdefault(route, len(index))
    return tuple(index), index


def _classes(
    trips: Trips,
) -> tuple[list[tuple[str, str, frozenset[str]]], list[int]]:
    """Loads that go the same ways: place, reception point, corridors open to all aboard."""
    index: dict[tuple[str, str, frozenset[str]], int] = {}
    of_trip = []
    for pair in trips.pairs:
        for load in pair.loads:
            key = (pair.place, load.destination, load.corridors)
            of_trip.append(index.setdefault(key, len(index)))
    return list(index), of_trip


def _handling(kinds: dict[str, int], tables: Sequence[dict[str, int]]) -> Ints:
    out = np.zeros((len(tables), len(kinds)), np.int64)
    for i, table in enumerate(tables):
        for k, j in kinds.items():
            out[i, j] = table.get(k, 0)
    return out
