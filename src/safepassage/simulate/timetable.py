"""A plan as steps in order, with all that carrying it out needs, as arrays for the kernel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from safepassage.plan.document import Leg, Rotation
from safepassage.simulate.slip_tables import (
    ARRIVE,
    BEGIN,
    BOARD,
    INSPECT,
    LEAVE,
    STEP,
    UNLOAD,
    Tables,
)
from safepassage.simulate.timetable_linked import Wait, linked_waits, longest_holds
from safepassage.simulate.timetable_pace import paces
from safepassage.simulate.timetable_services import services
from safepassage.simulate.timetable_steps import Numbers, Step, in_order
from safepassage.simulate.timetable_terms import Cell, Terms
from safepassage.terms.clauses import LinkedClause
from safepassage.terms.places import Direction

__all__ = ["Timetable", "timetable_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Timetable:
    """The tables of a timetable, and what their axes are."""

    tables: Any
    groups: tuple[str, ...]
    cells: tuple[Cell, ...]
    crossings: tuple[str, ...]
    vehicles: tuple[str, ...]
    vehicle_kinds: tuple[str, ...]
    rotations: tuple[str, ...]
    persons: tuple[int, ...]
    """Persons of each group, refusing ones included, at the count of the plan."""
    last_s: int
    """Last planned arrival."""


class _Builder:
    """Turns rotations into steps."""

    def __init__(self, terms: Terms, numbers: Numbers) -> None:
        self.terms, self.numbers = terms, numbers
        self.steps: list[Step] = []
        self.departs: dict[str, Step] = {}
        """Departure of each loaded leg, by rotation."""
        self.leaves: dict[tuple[str, str], Step] = {}
        """Departure from each crossing of the loaded leg."""
        self.reaches: dict[tuple[str, str], Step] = {}
        """The drive that reaches each crossing, or (with "") the reception point."""
        self.ranks = sorted({terms.rank(g) for g in terms.leaving})
        self.rank_of = {g.id: self.ranks.index(terms.rank(g)) for g in terms.leaving}
        self.gates: dict[tuple[str, str], int] = {}

    def rotation(self, index: int, rotation: Rotation) -> None:
        """Add the steps of a rotation."""
        kinds = [self.terms.kind_of(v) for v in rotation.vehicles]
        factor = min(self.terms.factor(k) for k in kinds)
        self._begin(index, rotation, factor)
        for boarding in rotation.boarding:
            kind = self.terms.kind_of(boarding.vehicle).id
            bay = boarding.bay
            at = None if bay is None else self.numbers.bay_first[rotation.place] + bay
            ranks = sorted(self.rank_of[g] for g in boarding.persons)
            step = Step(
                BOARD,
                index,
                a=-1 if at is None else at,
                b=self.numbers.vehicles[boarding.vehicle],
                floor=boarding.from_s,
                seconds=self.terms.bay_s(rotation.place, kind),
                resource=None if at is None else ("bay", at),
            )
            if ranks and len(self.ranks) > 1:
                gate = self.gates.setdefault((rotation.place, kind), len(self.gates))
                step.gate, step.low, step.high = gate * len(self.ranks), ranks[0], ranks[-1]
            self.steps.append(step)
        self._leg(index, rotation, rotation.loaded_leg, factor, inward=False)
        self.steps.append(Step(ARRIVE, index, floor=rotation.loaded_leg.arrive_s))
        for unloading in rotation.unloading:
            to = rotation.loaded_leg.to
            at = self.numbers.bay_first[to] + unloading.bay
            self.steps.append(
                Step(
                    UNLOAD,
                    index,
                    a=at,
                    b=self.numbers.vehicles[unloading.vehicle],
                    floor=unloading.from_s,
                    seconds=self.terms.bay_s(to, self.terms.kind_of(unloading.vehicle).id),
                    resource=("bay", at),
                )
            )

    def _begin(self, index: int, rotation: Rotation, factor: Fraction) -> None:
        leg = rotation.empty_leg
        if leg is None:
            first = min((b.from_s for b in rotation.boarding), default=0)
            self.steps.append(Step(BEGIN, index, floor=first))
            return
        segments = self.numbers.segments(leg)
        drive = self.numbers.drive(segments[0], factor)
        self.steps.append(Step(BEGIN, index, a=drive, floor=leg.depart_s))
        self._stops(index, rotation, leg, segments, factor, inward=True)

    def _leg(
        self, index: int, rotation: Rotation, leg: Leg, factor: Fraction, *, inward: bool
    ) -> None:
        segments = self.numbers.segments(leg)
        drive = self.numbers.drive(segments[0], factor)
        depart = Step(LEAVE, index, a=drive, b=1, floor=leg.depart_s)
        self.steps.append(depart)
        self.departs[rotation.id] = depart
        first = leg.stops[0].crossing if leg.stops else ""
        self.reaches[rotation.id, first] = depart
        self._stops(index, rotation, leg, segments, factor, inward=inward)

    def _stops(
        self,
        index: int,
        rotation: Rotation,
        leg: Leg,
        segments: Sequence[tuple[str, ...]],
        factor: Fraction,
        *,
        inward: bool,
    ) -> None:
        direction = Direction.IN if inward else Direction.OUT
        for number, stop in enumerate(leg.stops):
            server = 2 * self.numbers.crossings[stop.crossing] + int(inward)
            seconds = sum(
                self.terms.inspection_s(stop.crossing, self.terms.kind_of(v).id, direction)
                for v in rotation.vehicles
            )
            self.steps.append(
                Step(
                    INSPECT,
                    index,
                    a=server,
                    floor=stop.inspect_from_s,
                    seconds=seconds,
                    resource=("server", server),
                )
            )
            drive = self.numbers.drive(segments[number + 1], factor)
            leave = Step(LEAVE, index, a=drive, b=0, floor=stop.leave_s)
            self.steps.append(leave)
            if not inward:
                self.leaves[rotation.id, stop.crossing] = leave
                following = leg.stops[number + 1].crossing if number + 1 < len(leg.stops) else ""
                self.reaches[rotation.id, following] = leave


def timetable_of(terms: Terms) -> Timetable:
    """Turn the plan of ``terms`` into a timetable.

    Raises
    ------
    ValueError
        If steps of the plan wait for one another in a circle, which no valid plan's do.
    """
    numbers = Numbers.of(terms)
    rotations = sorted(
        terms.plan.rotations, key=lambda r: (r.loaded_leg.depart_s, r.loaded_leg.arrive_s)
    )
    builder = _Builder(terms, numbers)
    begins = sorted(range(len(rotations)), key=lambda i: _begin_s(rotations[i]))
    for i in begins:
        builder.rotation(i, rotations[i])
    waits = linked_waits(terms, builder.departs, builder.leaves, builder.reaches)
    for step, seconds in longest_holds(terms, builder.departs, builder.leaves):
        step.high = min(step.high or seconds + 1, seconds + 1)
    at = {id(step): i for i, step in enumerate(builder.steps)}
    pairs = [(at[id(w.before)], at[id(w.later)]) for w in waits]
    order = in_order(builder.steps, rotations, pairs)
    cells = _Cells.of(terms)
    tables = {
        **_steps(builder, order, waits, numbers, rotations),
        **_rotations(terms, numbers, rotations),
        **cells.tables(),
        **_loads(terms, numbers, rotations, cells),
        **services(terms, numbers, rotations, cells.all),
    }
    tables |= _ground(terms, numbers)
    tables["sizes"] = np.array(
        [
            *tables["sizes"],
            numbers.bays,
            len(builder.gates) * len(builder.ranks),
            min((r.loaded_leg.depart_s for r in rotations), default=0),
            int(any(c.limit_s is not None for c in cells.all)),
            int(bool(terms.clauses(LinkedClause))),
        ],
        np.int64,
    )
    groups = terms.leaving
    return Timetable(
        Tables(**{name: tables[name] for name in Tables._fields}),
        tuple(g.id for g in groups),
        tuple(cells.all),
        tuple(numbers.crossings),
        tuple(numbers.vehicles),
        tuple(numbers.kinds),
        tuple(r.id for r in rotations),
        tuple(g.persons.at(terms.plan.count).value for g in groups),
        max((r.loaded_leg.arrive_s for r in rotations), default=0),
    )


def _begin_s(rotation: Rotation) -> int:
    if rotation.empty_leg is not None:
        return rotation.empty_leg.depart_s
    return min((b.from_s for b in rotation.boarding), default=0)


def _ints(values: Iterable[int]) -> Any:
    return np.array(list(values), np.int64)


def _floats(values: Iterable[float]) -> Any:
    return np.array(list(values), np.float64)


def _pointers(lists: Iterable[Sequence[Any]]) -> Any:
    return np.concatenate([[0], np.cumsum([len(x) for x in lists])]).astype(np.int64)


class _Stretches:
    """Stretches of time at bays; vehicles of a rotation that are alike in all share one.

    Alike are vehicles with the same planned times whose bays were used last in the same stretch.
    They are alike in every future, so that their times are computed once.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[int, ...], int] = {}
        self.bays: dict[int, int] = {}
        self.vehicles: dict[str, int] = {}
        self.unloading: dict[tuple[int, str], int] = {}

    def take(self, step: Step, vehicle: str) -> list[int] | None:
        """Return the row of a step at a bay, or None where a like one is there already."""
        before = self.bays.get(step.a, 0) if step.a >= 0 else 0
        earlier = self.vehicles.get(vehicle, 0) if step.kind == BOARD else 0
        key = (
            step.kind,
            step.rot,
            step.floor,
            step.seconds,
            before,
            earlier,
            step.gate,
            step.low,
            step.high,
        )
        new = key not in self.known
        node = self.known.setdefault(key, len(self.known) + 1)
        if step.a >= 0:
            self.bays[step.a] = node
        if step.kind == UNLOAD:
            self.vehicles[vehicle] = node
            self.unloading[step.rot, vehicle] = node
        row = [step.kind, step.rot, before, earlier, step.floor, step.seconds, node]
        return [*row, step.gate, step.low, step.high, -1] if new else None


def _steps(
    builder: _Builder,
    order: Sequence[int],
    waits: Sequence[Wait],
    numbers: Numbers,
    rotations: Sequence[Rotation],
) -> dict[str, Any]:
    steps = [builder.steps[i] for i in order]
    names = list(numbers.vehicles)
    events: dict[int, int] = {}
    by_step: dict[int, list[Wait]] = defaultdict(list)
    for wait in waits:
        events.setdefault(id(wait.before), len(events))
        by_step[id(wait.later)].append(wait)
    rows: list[list[int]] = []
    lists: list[list[Wait]] = []
    stretches = _Stretches()
    begins: dict[int, list[int]] = {}
    for step in steps:
        if step.kind in (BOARD, UNLOAD):
            row = stretches.take(step, names[step.b])
            if row is None:
                continue
        else:
            event = events.get(id(step), -1)
            row = [
                step.kind,
                step.rot,
                step.a,
                step.b,
                step.floor,
                step.seconds,
                0,
                -1,
                0,
                step.high,
                event,
            ]
        if step.kind == BEGIN:
            held = {stretches.vehicles.get(v, 0) for v in rotations[step.rot].vehicles}
            begins[step.rot] = sorted(held - {0})
        rows.append(row)
        lists.append(by_step[id(step)])
    rot_of = {id(step): step.rot for step in steps}
    ordered = [begins[i] for i in range(len(rotations))]
    return {
        "step": np.array(rows, np.int32).reshape(-1, STEP),
        "node_n": _ints([len(stretches.known) + 1]),
        "begin_ptr": _pointers(ordered),
        "begin_node": _ints(node for nodes in ordered for node in nodes),
        "bay_node": _ints(stretches.bays.get(i, 0) for i in range(numbers.bays)),
        "rot_node": _ints(
            stretches.unloading.get((i, v), -1) for i, r in enumerate(rotations) for v in r.vehicles
        ),
        "wait_ptr": _pointers(lists),
        "wait_event": _ints(events[id(w.before)] for ws in lists for w in ws),
        "wait_arrival": _ints(int(w.arrival) for ws in lists for w in ws),
        "event_rot": _ints(rot_of[key] for key in events),
    }


def _rotations(terms: Terms, numbers: Numbers, rotations: Sequence[Rotation]) -> dict[str, Any]:
    teams = {f"escort-{i + 1}": i for i in range(terms.teams())}
    gap: dict[str, int] = {}
    where: dict[str, str] = {}
    order = sorted(range(len(rotations)), key=lambda i: _begin_s(rotations[i]))
    for r in (rotations[i] for i in order):
        if r.team is not None:
            begin = r.empty_leg.from_ if r.empty_leg is not None else r.place
            gap[r.id] = terms.between_s(where[r.team], begin) if r.team in where else 0
            where[r.team] = r.loaded_leg.to
    return {
        "rot_order": _ints(order),
        "rot_ptr": _pointers([r.vehicles for r in rotations]),
        "rot_vehicle": _ints(numbers.vehicles[v] for r in rotations for v in r.vehicles),
        "rot_team": _ints(-1 if r.team is None else teams[r.team] for r in rotations),
        "rot_gap": _floats(gap.get(r.id, 0) for r in rotations),
        "role_rot": _ints(i for i, r in enumerate(rotations) for _ in r.vehicles),
        "rot_from": _ints(
            numbers.places[r.place if r.empty_leg is None else r.empty_leg.from_] for r in rotations
        ),
        "rot_to": _ints(numbers.places[r.loaded_leg.to] for r in rotations),
        "rot_planned": _ints(r.persons for r in rotations),
        "rot_side": np.zeros(len(rotations), np.int64),
    }


@dataclass(slots=True)
class _Cells:
    """Cells of all groups in order, and the shares they are split by."""

    all: list[Cell]
    group_ptr: list[int]
    place_share: list[float]
    place_ptr: list[int]
    share: list[float]
    group: list[int]
    planned: list[int]

    @classmethod
    def of(cls, terms: Terms) -> _Cells:
        cells = cls([], [0], [], [0], [], [], [])
        for number, group in enumerate(terms.leaving):
            for place, parts in zip(group.places, terms.cells(group), strict=True):
                cells.place_share.append(float(place.share))
                for cell, share in parts:
                    cells.all.append(cell)
                    cells.share.append(float(share))
                    cells.group.append(number)
                cells.place_ptr.append(len(cells.all))
            cells.group_ptr.append(len(cells.place_share))
        cells.planned = [0] * len(cells.all)
        return cells

    def find(self, group: str, place: str, to: str) -> int:
        """Return the number of the cell that somebody belongs to."""
        return next(
            i
            for i, c in enumerate(self.all)
            if c.group == group and c.place == place and to in c.to
        )

    def tables(self) -> dict[str, Any]:
        """Return the columns of the cells but for what is planned."""
        return {
            "group_ptr": _ints(self.group_ptr),
            "place_share": _floats(self.place_share),
            "place_ptr": _ints(self.place_ptr),
            "cell_share": _floats(self.share),
            "cell_group": _ints(self.group),
            "cell_limit": _floats(np.inf if c.limit_s is None else c.limit_s for c in self.all),
        }


def _loads(
    terms: Terms, numbers: Numbers, rotations: Sequence[Rotation], cells: _Cells
) -> dict[str, Any]:
    """People by rotation and type of vehicle, in the order of boarding."""
    rows: list[tuple[int, str, int, dict[int, int], Rotation]] = []
    for i, r in enumerate(rotations):
        kinds = [terms.kind_of(v).id for v in r.vehicles]
        for kind in dict.fromkeys(kinds):
            items: dict[int, int] = defaultdict(int)
            for boarding in r.boarding:
                if terms.kind_of(boarding.vehicle).id == kind:
                    for group, persons in boarding.persons.items():
                        cell = cells.find(group, r.place, r.loaded_leg.to)
                        items[cell] += persons
                        cells.planned[cell] += persons
            rows.append((i, kind, kinds.count(kind), dict(items), r))
    fits = [_fitting(cells, r, kind) for _, kind, _, _, r in rows]
    turns: dict[str, list[int]] = {v: [] for v in numbers.vehicles}
    for at in sorted(range(len(rows)), key=lambda i: _begin_s(rows[i][4])):
        for vehicle in rows[at][4].vehicles:
            if terms.kind_of(vehicle).id == rows[at][1]:
                turns[vehicle].append(at)
    room = {}
    for name in numbers.places:
        capacity = getattr(terms.places[name], "capacity", None)
        planned = sum(r.persons for r in rotations if r.loaded_leg.to == name)
        room[name] = 1 << 40 if capacity is None else max(0, capacity.value - planned)
    return {
        "cell_planned": _ints(cells.planned),
        "veh_ptr": _pointers(list(turns.values())),
        "veh_load": _ints(at for loads in turns.values() for at in loads),
        "rot_load": np.searchsorted(
            np.array([row[0] for row in rows]), np.arange(len(rotations) + 1)
        ).astype(np.int64),
        "load_rot": _ints(row[0] for row in rows),
        "load_kind": _ints(numbers.kinds[row[1]] for row in rows),
        "load_n": _ints(row[2] for row in rows),
        "load_to": _ints(numbers.places[row[4].loaded_leg.to] for row in rows),
        "load_ptr": _pointers([list(row[3]) for row in rows]),
        "item_cell": _ints(cell for row in rows for cell in row[3]),
        "item_n": _ints(n for row in rows for n in row[3].values()),
        "fit_ptr": _pointers(fits),
        "fit_cell": _ints(cell for fit in fits for cell in fit),
        "room": _ints(room.values()),
        **paces(terms, cells.all, [(r.loaded_leg.depart_s, aboard) for _, _, _, aboard, r in rows]),
    }


def _fitting(cells: _Cells, rotation: Rotation, kind: str) -> list[int]:
    """Cells whose people may take a seat, the first in rank first."""
    leg = rotation.loaded_leg
    found = [
        i
        for i, c in enumerate(cells.all)
        if c.place == rotation.place
        and leg.to in c.to
        and kind in c.kinds
        and (leg.corridor is None or leg.corridor in c.corridors)
    ]
    return sorted(found, key=lambda i: cells.all[i].rank)


def _ground(terms: Terms, numbers: Numbers) -> dict[str, Any]:
    """Drives, open times and vehicles."""
    drives = list(numbers.drives)
    hours = [terms.crossing_hours[name] for name in numbers.crossings]
    kinds = list(terms.kinds.values())
    fleet = terms.fleet()
    return {
        "drive": np.array(
            [[terms.drive_s(x, f * col) for col, _ in terms.columns] for x, f in drives], np.float64
        ).reshape(len(drives), len(terms.columns)),
        "drive_moves": _ints(int(bool(x)) for x, _ in drives),
        "change_at": _floats(terms.changes),
        "change_col": _ints(terms.change_columns),
        "move_from": _floats(begin for begin, _ in terms.movement or ()),
        "move_to": _floats(end for _, end in terms.movement or ()),
        "open_ptr": _pointers(hours),
        "open_from": _floats(begin for spans in hours for begin, _ in spans),
        "open_to": _floats(end for spans in hours for _, end in spans),
        "inspect": np.array(
            [
                [terms.inspection_s(name, kind, direction) for kind in numbers.kinds]
                for name in numbers.crossings
                for direction in (Direction.OUT, Direction.IN)
            ],
            np.float64,
        ).reshape(2 * len(numbers.crossings), len(numbers.kinds)),
        # The fleet is told type by type.
        "kind_ptr": _pointers([[v for v in fleet if v[1] == kind] for kind in numbers.kinds]),
        "veh_kind": _ints(numbers.kinds[kind] for _, kind, _ in fleet),
        "veh_place": _ints(numbers.places[place] for _, _, place in fleet),
        "kind_seats": _ints(k.seats.value for k in kinds),
        "kind_once": _ints(int(terms.once(k)) for k in kinds),
    }
