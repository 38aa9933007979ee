"""From the kernel's records to the rotations of a plan."""

from __future__ import annotations

from collections import defaultdict

from safepassage.convoy.kernel import (
    FULL,
    GUEST,
    GUEST_FULL,
    GUEST_TRIP,
    HOSTS,
    IN_ROUTE,
    OUT_ARRIVE,
    OUT_ROUTE,
    PAIR,
    TEAM,
    TRIP,
    UNIT,
)
from safepassage.convoy.kernel import SIZE as SIZE_FIELD
from safepassage.convoy.tables import Board
from safepassage.convoy.trips import Load
from safepassage.instance import Route
from safepassage.plan.document import Boarding, Leg, Rotation, Stop, Unloading

__all__ = ["aboard", "rotations"]


def rotations(board: Board) -> tuple[Rotation, ...]:
    """Read the timetable of the last decode out of the board's work area.

    Rotations are numbered in the order of the departures of their loaded legs.
    """
    work = board.work
    runs = range(int(work.tally[4]))
    persons = aboard(board)
    made = []
    for r in runs:
        unit = board.units[int(work.rec[r, UNIT])]
        size = int(work.rec[r, SIZE_FIELD])
        names = tuple(f"{unit.kind}-{n}" for n in unit.vehicles[:size])
        if work.crew[r, 0] >= 0:
            crew = [board.units[u] for u in work.crew[r, :size].tolist()]
            names = tuple(f"{u.kind}-{u.vehicles[0]}" for u in crew)
        team = int(work.rec[r, TEAM])
        fetch = None
        if work.rec[r, IN_ROUTE] >= 0:
            route = board.routes[int(work.rec[r, IN_ROUTE])]
            fetch = _leg(board, r, 0, route)
        loaded = _leg(board, r, 1, board.routes[int(work.rec[r, OUT_ROUTE])])
        bays = work.bays[r]
        boarding = tuple(
            Boarding(
                vehicle=name,
                bay=None if unit.own else int(bays[0, v, 0]),
                from_s=int(bays[0, v, 1]),
                to_s=int(bays[0, v, 2]),
                persons=dict(persons.get((r, v), {})),
            )
            for v, name in enumerate(names)
        )
        unloading = tuple(
            Unloading(name, int(bays[1, v, 0]), int(bays[1, v, 1]), int(bays[1, v, 2]))
            for v, name in enumerate(names)
            if not unit.own
        )
        made.append(
            Rotation(
                id="",
                vehicles=names,
                team=f"escort-{team + 1}" if team >= 0 else None,
                empty_leg=fetch,
                boarding=boarding,
                loaded_leg=loaded,
                unloading=unloading,
            )
        )
    made.sort(key=lambda x: (x.loaded_leg.depart_s, x.loaded_leg.arrive_s, x.vehicles))
    return tuple(_named(x, i) for i, x in enumerate(made, start=1))


def _named(rotation: Rotation, number: int) -> Rotation:
    return Rotation(
        id=f"R{number:04d}",
        vehicles=rotation.vehicles,
        team=rotation.team,
        empty_leg=rotation.empty_leg,
        boarding=rotation.boarding,
        loaded_leg=rotation.loaded_leg,
        unloading=rotation.unloading,
    )


def _leg(board: Board, run: int, which: int, route: Route) -> Leg:
    stops = tuple(
        Stop(
            crossing=c,
            arrive_s=int(board.work.stops[run, which, j, 0]),
            inspect_from_s=int(board.work.stops[run, which, j, 1]),
            inspect_to_s=int(board.work.stops[run, which, j, 2]),
            leave_s=int(board.work.stops[run, which, j, 3]),
        )
        for j, c in enumerate(route.crossings)
    )
    column = OUT_ARRIVE if which == 1 else OUT_ARRIVE - 1
    return Leg(
        from_=route.start,
        to=route.end,
        corridor=route.corridor,
        links=route.links,
        depart_s=int(board.work.departs[run, which]),
        stops=stops,
        arrive_s=int(board.work.rec[run, column]),
    )


def aboard(board: Board) -> dict[tuple[int, int], dict[str, int]]:
    """People by rotation and vehicle: loads in order of rank to vehicles in order of boarding."""
    work = board.work
    waiting: dict[tuple[int, str, frozenset[str]], list[Load]] = defaultdict(list)
    for p, pair in enumerate(board.trips.pairs):
        for load in pair.loads:
            waiting[p, load.destination, load.corridors].append(load)
    ordered = [pair.ordered for pair in board.trips.pairs]
    seats: dict[tuple[int, str, frozenset[str]], list[tuple[int, int, int]]] = defaultdict(list)
    for r in range(int(work.tally[4])):
        p, first, full, hosts = work.rec[r, [PAIR, TRIP, FULL, HOSTS]].tolist()
        parties = [(p, first, full, range(hosts))]
        q, first, full, size = work.rec[r, [GUEST, GUEST_TRIP, GUEST_FULL, SIZE_FIELD]].tolist()
        if q >= 0:
            parties.append((q, first, full, range(hosts, size)))
        for p, first, full, vehicles in parties:
            load = board.trips.pairs[p].loads[first - int(board.tables.trip_ptr[p])]
            begun = sorted((int(work.bays[r, 0, v, 1]), r, v) for v in vehicles)
            # Spare vehicles take loads whose turn is later, unless others have to board before.
            if ordered[p]:
                begun = begun[:full]
            seats[p, load.destination, load.corridors] += begun
    return {
        (r, v): load.persons
        for key, loads in waiting.items()
        for load, (_, r, v) in zip(loads, sorted(seats[key]), strict=False)
    }
