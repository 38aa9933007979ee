"""The time-space relaxation: an upper bound on the people out by a moment.

A linear programme over counts of vehicles by slot of time. Every valid timetable gives a solution,
so its optimum bounds every timetable; its dual multipliers, rounded to whole numbers, are a
certificate that the checker verifies on a programme it builds itself from the terms. Rows and
columns are named and defined in ``docs/reference/certificate-format.md``; the
planner's programme and the checker's were written from that page.

The idea of sampling cumulative counts on a grid goes back to the time-expanded networks of
Ford and Fulkerson (1958); rounding lags so that the result stays a relaxation is as in
Fleischer and Skutella, "Quickest flows over time", SIAM J. Comput. 36 (2007).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Floor
from safepassage.convoy.moves import add_moves
from safepassage.convoy.programme import Ints, Programme
from safepassage.convoy.rotation_rows import add_rotations
from safepassage.convoy.rounds import add_rounds
from safepassage.convoy.rows import add_passes, add_teams, add_vehicle_time
from safepassage.convoy.tours import Tours, add_tours
from safepassage.instance import Cell, Demand, Operation

__all__ = ["Model", "batch_model", "model", "people"]


@dataclass(frozen=True)
class Model:
    """The relaxation of one operation and demand on one grid."""

    programme: Programme
    grid: Ints
    bays: bool
    target: int
    """People (full vehicles, where the terms leave no choice of type) that have to be out."""
    tours: Sequence[Tours] = ()
    """By type, what its vehicles' tours are made of."""


def model(
    op: Operation,
    demand: Demand,
    grid: Sequence[int],
    by: int,
    *,
    whole: bool,
    bays: bool = True,
    tours: bool = False,
) -> Model:
    """Build the relaxation: most people out by ``by`` (seconds).

    With ``whole``, people are counted in full vehicles wherever they have no choice of type or
    destination (valid for the question whether *all* can be out). With ``bays``, bays have states
    of their own. With ``tours``, vehicles make whole tours.
    """
    b = Builder(op, demand, grid, by, bays=bays)
    for kind in op.kinds:
        add_moves(b, kind)
    add_passes(b)
    add_teams(b)
    add_vehicle_time(b)
    add_rotations(b)
    add_rounds(b)
    made = add_tours(b) if tours else ()
    target = _add_people(b, whole=whole)
    return Model(b.lp, b.grid, b.bays, target, made)


def batch_model(
    op: Operation,
    demand: Demand,
    cells: Sequence[Cell],
    persons: int,
    grid: Sequence[int],
    by: int,
    *,
    released: bool,
    floors: Mapping[str, Floor] | None = None,
) -> Model:
    """Build the relaxation of some batches of linked steps: most of their people out by ``by``.

    ``persons`` of ``cells`` are in the batches; no cell has more than can be. With ``released``,
    the clock starts in the midst of the operation: their loaded legs depart at 0 or later, and
    vehicles may stand boarded anywhere at 0 (evacuees' own ones, where they are). ``floors``: by
    assembly point, the least moment at which convoys from there are released at an exchange point.
    """
    b = Builder(op, demand, grid, by, bays=False, released=released, floors=floors)
    for kind in op.kinds:
        add_moves(b, kind)
    add_passes(b)
    add_teams(b)
    add_vehicle_time(b)
    add_rotations(b)
    whole = sum(c.persons for c in cells) == persons
    b.demand = Demand(demand.level, tuple(cells))
    target = _add_people(b, whole=whole)
    return Model(b.lp, b.grid, b.bays, target if whole else persons)


def _add_people(b: Builder, *, whole: bool) -> int:
    """People by cell; they need seats in vehicles that are out by the moment asked about."""
    op, lp = b.op, b.lp
    seats = {key: lp.row(("seats", *key), 0.0) for key in sorted(b.served)}
    for key, blocks in b.out.items():
        for columns in blocks:
            lp.fill(seats[key], columns, -float(op.kind(key[1]).seats))
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
        lp.fill(row, columns, 1.0)
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
