"""Build the kernel's arrays from an operation, its trips and its units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from safepassage.convoy.arrays import States, Tables, Work
from safepassage.convoy.kernel import FAR, FIELDS
from safepassage.convoy.trips import Load, Trips
from safepassage.convoy.units import Unit
from safepassage.instance import Operation, Route

__all__ = ["Board", "build", "mark", "states"]

Ints = npt.NDArray[np.int64]
NO_DEADLINE = FAR

Class = tuple[str, str, frozenset[str]]
"""Loads that go the same ways: place, reception point, corridors open to all aboard."""


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


@dataclass(frozen=True)
class _Index:
    """Numbers of everything the arrays name."""

    kinds: dict[str, int]
    places: dict[str, int]
    sources: dict[str, int]
    crossings: dict[str, int]
    routes: dict[Route, int]
    classes: tuple[Class, ...]

    @classmethod
    def of(cls, op: Operation, classes: Sequence[Class]) -> _Index:
        sources = sorted({s for s, _ in op.fetch} | {d.id for d in op.reception})
        routes: dict[Route, int] = {}
        for ways in (*op.fetch.values(), *op.carry.values()):
            for route in ways:
                routes.setdefault(route, len(routes))
        return cls(
            kinds={k.id: i for i, k in enumerate(op.kinds)},
            places={a.id: i for i, a in enumerate(op.assembly)},
            sources={s: i for i, s in enumerate(sources)},
            crossings={c.id: i for i, c in enumerate(op.crossings)},
            routes=routes,
            classes=tuple(classes),
        )


def build(
    op: Operation, trips: Trips, units: Sequence[Unit], horizon: int, *, anew: bool = False
) -> Board:
    """Lay out everything for one decode over ``[0, horizon)`` seconds.

    With ``anew`` there is room for convoys formed anew of units of one vehicle.
    """
    classes, trip_class = _classes(trips)
    index = _Index.of(op, classes)
    inspect = _inspections(op, index)
    calendars, yards = _yards(op, index)
    tables = Tables(
        **_drives(op, index, horizon),
        **_ways(op, index),
        **_openings(op, horizon),
        **yards,
        **_loads(trips, index, trip_class),
        **_paces(op, trips),
        **_units(units, index),
        inspect=inspect,
        timed=_timed(op, index, inspect),
        beat=_beats(op, trips, inspect),
        near=_near(op, index),
        far=_far(op, index),
        team_drive=_team_drive(op, index),
        sizes=_ints([op.spacing, op.convoy_least, -1 if op.teams is None else op.teams, calendars]),
    )
    loads = [load for p in trips.pairs for load in p.loads]
    return Board(
        tables,
        _work(op, trips, units, calendars, tables.route_server.shape[1], anew=anew),
        tuple(index.routes),
        tuple(index.sources),
        tuple(units),
        trips,
        len(loads),
        sum(load.total for load in loads),
    )


def _drives(op: Operation, index: _Index, horizon: int) -> dict[str, Ints]:
    """Seconds of every segment by type and condition, and the segments of every route."""
    segments = sorted({s for r in index.routes for s in r.segments})
    number = {s: i for i, s in enumerate(segments)}
    points, factors = op.timeline.factors(horizon)
    columns = sorted(set(factors))
    drive = np.zeros((len(segments), len(index.kinds), len(columns)), np.int64)
    for i, segment in enumerate(segments):
        for k, j in index.kinds.items():
            for c, factor in enumerate(columns):
                drive[i, j, c] = op.drive[segment, k, factor]
    most = max((len(r.crossings) for r in index.routes), default=0)
    route_seg = np.zeros((len(index.routes), most + 1), np.int64)
    for route, i in index.routes.items():
        route_seg[i, : len(route.segments)] = [number[s] for s in route.segments]
    return {
        "cond_at": _ints(points),
        "cond_col": _ints(columns.index(f) for f in factors),
        "drive": drive,
        "route_seg": route_seg,
    }


def _ways(op: Operation, index: _Index) -> dict[str, Ints]:
    """Crossings of every route, and the routes of every leg."""
    most = max((len(r.crossings) for r in index.routes), default=0)
    route_server = np.zeros((len(index.routes), max(most, 1)), np.int64)
    for route, i in index.routes.items():
        outward = route.start in index.places
        for j, c in enumerate(route.crossings):
            route_server[i, j] = 2 * index.crossings[c] + (0 if outward else 1)
    fetch_ptr, fetch = _ragged(
        [
            [index.routes[r] for r in op.fetch.get((s, a), ())]
            for s in index.sources
            for a in index.places
        ]
    )
    carry_ptr, carry = _ragged(
        [
            [index.routes[r] for r in op.carry[place, to] if r.corridor in corridors]
            for place, to, corridors in index.classes
        ]
    )
    return {
        "route_n": _ints(len(r.crossings) for r in index.routes),
        "route_server": route_server,
        "fetch_ptr": fetch_ptr,
        "fetch": fetch,
        "carry_ptr": carry_ptr,
        "carry": carry,
        "class_to": _ints(index.sources[to] for _, to, _ in index.classes),
    }


def _inspections(op: Operation, index: _Index) -> Ints:
    """Seconds of a vehicle by crossing and direction (out, then in), and type."""
    inspect = np.zeros((2 * len(op.crossings), len(index.kinds)), np.int64)
    for i, crossing in enumerate(op.crossings):
        for k, j in index.kinds.items():
            inspect[2 * i, j] = crossing.out[k]
            inspect[2 * i + 1, j] = crossing.back[k]
    return inspect


def _openings(op: Operation, horizon: int) -> dict[str, Ints]:
    """When crossings are open, each direction for itself, and when wheels may turn."""
    opened = [
        op.timeline.crossing_open(crossing.id, horizon) for crossing in op.crossings for _ in "oi"
    ]
    open_ptr = np.zeros(len(opened) + 1, np.int64)
    open_ptr[1:] = np.cumsum([len(o) for o in opened])
    moving = op.timeline.movement_open(horizon)
    return {
        "open_ptr": open_ptr,
        "open_from": _ints(s for o in opened for s, _ in o),
        "open_to": _ints(e for o in opened for _, e in o),
        "move_from": _ints(s for s, _ in moving),
        "move_to": _ints(e for _, e in moving),
    }


def _yards(op: Operation, index: _Index) -> tuple[int, dict[str, Ints]]:
    """Bays and their times; the calendars of crossings come first, then one for each bay."""
    reception = {d.id: d for d in op.reception}
    unload_bays = [reception[s].bays if s in reception else 0 for s in index.sources]
    bays = [*(a.bays for a in op.assembly), *unload_bays]
    first = np.cumsum([2 * len(op.crossings), *bays])
    return int(first[-1]), {
        "board_bays": _ints(a.bays for a in op.assembly),
        "board_first": _ints(first[: len(op.assembly)]),
        "board_s": _handling(index, [a.handling for a in op.assembly]),
        "unload_bays": _ints(unload_bays),
        "unload_first": _ints(first[len(op.assembly) : -1]),
        "unload_s": _handling(
            index, [reception[s].handling if s in reception else {} for s in index.sources]
        ),
    }


def _timed(op: Operation, index: _Index, inspect: Ints) -> npt.NDArray[np.bool_]:
    """Whether somebody takes time there, for the calendars of crossings and bays."""
    reception = {d.id: d for d in op.reception}
    yards = [*op.assembly, *(reception[s] for s in index.sources if s in reception)]
    bays = [any(y.handling.values()) for y in yards for _ in range(y.bays)]
    crossings = [bool(times.any()) or op.spacing > 0 for times in inspect]
    return np.array([*crossings, *bays], np.bool_)


def _loads(trips: Trips, index: _Index, trip_class: Sequence[int]) -> dict[str, npt.NDArray[Any]]:
    """Pairs of assembly point and type, and their loads."""
    trip_ptr, _ = _ragged([[0] * len(p.loads) for p in trips.pairs])
    loads = [load for p in trips.pairs for load in p.loads]
    return {
        "pair_place": _ints(index.places[p.place] for p in trips.pairs),
        "pair_kind": _ints(index.kinds[p.kind] for p in trips.pairs),
        "pair_ordered": np.array([p.ordered for p in trips.pairs], np.bool_),
        "trip_ptr": trip_ptr,
        "trip_class": _ints(trip_class),
        "trip_persons": _ints(load.total for load in loads),
        "trip_deadline": _ints(
            NO_DEADLINE if load.in_time is None else load.in_time for load in loads
        ),
    }


def _paces(op: Operation, trips: Trips) -> dict[str, Ints]:
    """How many people of each load each pace counts."""
    loads = [load for p in trips.pairs for load in p.loads]
    counted = [[pace.among(load.persons) for pace in op.paces] for load in loads]
    return {
        "pace_persons": _ints(pace.persons for pace in op.paces),
        "pace_s": _ints(pace.every_s for pace in op.paces),
        "trip_pace": np.array(counted, np.int64).reshape(len(loads), len(op.paces)),
    }


def _units(units: Sequence[Unit], index: _Index) -> dict[str, npt.NDArray[Any]]:
    return {
        "unit_kind": _ints(index.kinds[u.kind] for u in units),
        "unit_size": _ints(len(u.vehicles) for u in units),
        "unit_source": _ints(
            -1 - index.places[u.place] if u.own else index.sources[u.place] for u in units
        ),
        "unit_returns": np.array([u.returns for u in units], np.bool_),
    }


def _near(op: Operation, index: _Index) -> Ints:
    """Least seconds of driving from each source to each assembly point."""
    near = np.full((len(index.sources), len(index.places), len(index.kinds)), FAR, np.int64)
    for (s, a), ways in op.fetch.items():
        leg = near[index.sources[s], index.places[a]]
        for k, j in index.kinds.items():
            leg[j] = min((sum(op.least_drive(x, k) for x in r.segments) for r in ways), default=FAR)
    return near


def _team_drive(op: Operation, index: _Index) -> Ints:
    """Seconds of a team on its own from where it arrived to where it is needed."""
    n = len(index.sources)
    team_drive = np.full((n, n + len(index.places)), FAR, np.int64)
    for (d, to), seconds in op.team_drive.items():
        column = index.sources[to] if to in index.sources else n + index.places[to]
        team_drive[index.sources[d], column] = seconds
    return team_drive


def _work(
    op: Operation,
    trips: Trips,
    units: Sequence[Unit],
    calendars: int,
    crossings: int,
    *,
    anew: bool,
) -> Work:
    """Empty work area, large enough for any order of the loads."""
    loads = sum(len(p.loads) for p in trips.pairs)
    least = max(1, min((len(u.vehicles) for u in units), default=1))
    if anew:
        least = op.convoy_least
    runs = sum(-(-len(p.loads) // least) for p in trips.pairs) + len(trips.pairs) + loads // 2 + 8
    runs = min(runs, loads + 1)
    convoy = max((len(u.vehicles) for u in units), default=1)
    if anew:
        convoy = max(convoy, op.convoy_most)
    return Work(
        cal_from=np.zeros((calendars, runs * convoy + 2), np.int64),
        cal_to=np.zeros((calendars, runs * convoy + 2), np.int64),
        cal_n=np.zeros(calendars, np.int64),
        unit_free=np.zeros(len(units), np.int64),
        unit_used=np.zeros(len(units), np.bool_),
        unit_at=np.zeros(len(units), np.int64),
        done=np.zeros(len(trips.pairs), np.int64),
        last_begin=np.zeros(len(trips.pairs), np.int64),
        team_free=np.zeros(op.teams or 0, np.int64),
        team_at=np.zeros(op.teams or 0, np.int64),
        paced=np.zeros(len(op.paces), np.int64),
        tally=np.zeros(5, np.int64),
        rec=np.zeros((runs, FIELDS), np.int64),
        stops=np.zeros((runs, 2, crossings, 4), np.int64),
        departs=np.zeros((runs, 2), np.int64),
        bays=np.zeros((runs, 2, convoy, 3), np.int64),
        crew=np.full((runs, convoy), -1, np.int64),
    )


def mark(board: Board) -> Work:
    """A work area to hold one state of a decode; it shares the records of rotations."""
    work = board.work
    shared = {"rec", "stops", "departs", "bays", "crew"}
    arrays = zip(Work._fields, work, strict=True)
    return Work(*(x if name in shared else x.copy() for name, x in arrays))


def states(board: Board, count: int) -> States:
    """Room to hold so many states of a decode."""
    arrays = (getattr(board.work, name) for name in States._fields)
    return States(*(np.zeros((count, *x.shape), x.dtype) for x in arrays))


def _beats(op: Operation, trips: Trips, inspect: Ints) -> Ints:
    """Common inspection time of each crossing and direction, 0 where types differ."""
    kinds = [i for i, k in enumerate(op.kinds) if any(p.kind == k.id for p in trips.pairs)]
    beats = np.zeros(inspect.shape[0], np.int64)
    for server in range(inspect.shape[0]):
        times = {int(inspect[server, k]) for k in kinds}
        if len(times) == 1 and op.spacing == 0:
            beats[server] = times.pop()
    return beats


def _far(op: Operation, index: _Index) -> Ints:
    """Least seconds to board, drive and be inspected, from an assembly point to reception."""
    far = np.full((len(index.classes), len(index.kinds)), FAR, np.int64)
    for i, (place, to, corridors) in enumerate(index.classes):
        board = next(a.handling for a in op.assembly if a.id == place)
        for r in op.carry[place, to]:
            if r.corridor in corridors:
                for k, j in index.kinds.items():
                    seconds = sum(op.least_drive(s, k) for s in r.segments) + board[k]
                    seconds += sum(c.out[k] for c in op.crossings if c.id in r.crossings)
                    far[i, j] = min(far[i, j], seconds)
    return far


def _classes(trips: Trips) -> tuple[list[Class], list[int]]:
    """Loads that go the same ways."""
    index: dict[Class, int] = {}
    of_trip: list[int] = []
    for pair in trips.pairs:
        before: Load | None = None
        for load in pair.loads:
            like = (
                before is not None
                and load.destination == before.destination
                and load.corridors is before.corridors
            )
            key = (pair.place, load.destination, load.corridors)
            of_trip.append(of_trip[-1] if like else index.setdefault(key, len(index)))
            before = load
    return list(index), of_trip


def _handling(index: _Index, tables: Sequence[dict[str, int]]) -> Ints:
    out = np.zeros((len(tables), len(index.kinds)), np.int64)
    for i, table in enumerate(tables):
        for k, j in index.kinds.items():
            out[i, j] = table.get(k, 0)
    return out
