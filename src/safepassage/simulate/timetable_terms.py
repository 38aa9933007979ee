"""What the terms say to somebody who carries a timetable out, read for the simulator alone.

Definitions: ``docs/design/convoy-model.md``. Planner and checker have readings of their own; only
the readers of the files and the rounding of a driving time are shared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from safepassage.network.network import Network
from safepassage.network.routes import drive_time, fastest_route
from safepassage.plan import Plan
from safepassage.simulate.timetable_hours import condition_columns, crossing_hours, movement_hours
from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    Clause,
    DestinationClause,
    EscortClause,
    InspectionClause,
    LeaveClause,
    PaceClause,
    PriorityClause,
    ReturnOfVehiclesClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.fleet import VehicleType
from safepassage.terms.groups import Destination, Group
from safepassage.terms.places import AssemblyPoint, Crossing, Direction, Inspection, ReceptionPoint
from safepassage.terms.proposals import Proposal
from safepassage.units import drive_seconds, whole_seconds

__all__ = ["Cell", "Terms"]

C = TypeVar("C", bound=Clause)


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group at one place, and for one destination where the terms allot them."""

    group: str
    place: str
    to: tuple[str, ...]
    kinds: tuple[str, ...]
    corridors: frozenset[str]
    rank: int
    limit_s: int | None
    """Last second at which somebody who arrives is out in time."""


@dataclass
class Terms:
    """One proposal of a case, as numbers."""

    case: Case
    network: Network
    proposal: Proposal
    plan: Plan
    places: dict[str, object] = field(init=False)
    kinds: dict[str, VehicleType] = field(init=False)

    def __post_init__(self) -> None:
        """Index places and kinds of vehicles."""
        self.places = {p.id: p for p in self.case.places}
        self.kinds = {v.id: v for v in self.case.fleet.vehicles}
        self._between: dict[tuple[str, str], int] = {}
        start = self.plan.start
        self.crossing_hours = crossing_hours(self.case, self.proposal, start)
        self.movement = movement_hours(self.case, self.proposal, start)
        self.changes, self.change_columns, self.columns = condition_columns(self.case, start)

    def clauses(self, kind: type[C]) -> list[C]:
        """Clauses of one kind, in file order."""
        return [c for c in self.proposal.clauses if isinstance(c, kind)]

    # --- vehicles ---

    def kind_of(self, vehicle: str) -> VehicleType:
        """The type of a vehicle such as ``bus-12``."""
        return self.kinds[vehicle.rpartition("-")[0]]

    def fleet(self) -> list[tuple[str, str, str]]:
        """Every vehicle: id, type, and the place where it stands at first."""
        found = []
        for kind in self.kinds.values():
            number = 0
            for entry in kind.counts:
                for _ in range(entry.count.value):
                    number += 1
                    found.append((f"{kind.id}-{number}", kind.id, entry.place))
        return found

    def once(self, kind: VehicleType) -> bool:
        """Tell whether vehicles of the type do one rotation only."""
        returns = kind.returns
        for clause in self.clauses(ReturnOfVehiclesClause):
            if not kind.own and (not clause.vehicles or kind.id in clause.vehicles):
                returns = clause.returns
        return kind.own or not returns

    def factor(self, kind: VehicleType) -> Fraction:
        """The type's speed as a share of free speed."""
        return kind.speed_factor.value if kind.speed_factor is not None else Fraction(1)

    def teams(self) -> int:
        """Escort teams; 0 where no escort is needed."""
        clauses = self.clauses(EscortClause)
        stated = [c.teams.value for c in clauses if c.teams is not None]
        if not clauses:
            return 0
        fleet = self.case.fleet.escorts
        return min(stated) if stated else (fleet.teams.value if fleet is not None else 0)

    # --- time ---

    def bay_s(self, place_id: str, kind: str) -> int:
        """Seconds of a vehicle at a bay."""
        place = self.places[place_id]
        if isinstance(place, AssemblyPoint):
            table = place.boarding
        elif isinstance(place, ReceptionPoint):
            table = place.unloading
        else:
            return 0
        times = {entry.vehicle: entry.time.value for entry in table}
        return times.get(kind, times.get("any", 0))

    def bays(self, place_id: str) -> int:
        """How many bays a place has."""
        place = self.places[place_id]
        return place.bays.value if isinstance(place, AssemblyPoint | ReceptionPoint) else 0

    def inspection_s(self, crossing: str, kind: str, direction: Direction) -> int:
        """Seconds one vehicle takes at a crossing."""
        place = self.places[crossing]
        tables: list[tuple[Inspection, ...]] = [
            c.inspection for c in self.clauses(InspectionClause) if c.crossing == crossing
        ]
        tables.reverse()
        if isinstance(place, Crossing):
            tables.append(place.inspection)
        wanted_class = self.kinds[kind].inspection_class
        for table in tables:
            entries = {(e.vehicle_class, e.direction): e.time.value for e in table}
            for key in (
                (wanted_class, direction),
                (wanted_class, Direction.BOTH),
                ("any", direction),
                ("any", Direction.BOTH),
            ):
                if key in entries:
                    return entries[key]
        return 0

    def drive_s(self, links: tuple[str, ...], factor: Fraction) -> int:
        """Whole seconds over links at a share of free speed."""
        found = (self.network.links[x] for x in links)
        return sum(drive_seconds(x.length_m, x.free_speed_kmh, factor) for x in found)

    def between_s(self, start: str, end: str) -> int:
        """Whole seconds of the fastest drive between places; 0 where there is none."""
        nodes = {p.id: p.node for p in self.case.places}
        if (start, end) not in self._between:
            way = fastest_route(self.network, (nodes[start], nodes[end]))
            self._between[start, end] = drive_time(self.network, way or ())
        return self._between[start, end]

    # --- people ---

    @property
    def leaving(self) -> list[Group]:
        """Groups that a leave clause names, in file order."""
        named = {g for c in self.clauses(LeaveClause) for g in c.groups}
        return [g for g in self.case.groups if g.id in named]

    def paces(self) -> list[tuple[frozenset[str], int, int]]:
        """Groups that are counted together, people of each period, and its seconds."""
        everybody = frozenset(g.id for g in self.leaving)
        return [
            (frozenset(c.groups) or everybody, c.persons.value, c.every.value)
            for c in self.clauses(PaceClause)
        ]

    def refusing(self, group: str) -> Fraction:
        """The share of a group that the terms say refuses."""
        shares = (
            r.share.value
            for c in self.clauses(LeaveClause)
            if group in c.groups
            for r in c.refusals
            if group in r.groups
        )
        return min(sum(shares, Fraction(0)), Fraction(1))

    def destinations(self, group: Group) -> tuple[Destination, ...]:
        """Where a group may go."""
        naming = [c for c in self.clauses(DestinationClause) if group.id in c.groups]
        return naming[-1].places if naming else group.destinations

    def corridors(self, group: str) -> frozenset[str]:
        """Corridors open to a group."""
        routes = self.clauses(RouteClause)
        if not routes:
            return frozenset(c.id for c in self.case.corridors)
        return frozenset(
            x for c in routes if not c.groups or group in c.groups for x in c.corridors
        )

    def rank(self, group: Group) -> int:
        """Who goes first: the lower."""
        clauses = self.clauses(PriorityClause)
        if not clauses:
            return group.priority
        order = clauses[-1].order
        return order.index(group.id) if group.id in order else len(order)

    def window_end_s(self) -> int | None:
        """The end of the window, where one is stated."""
        start = self.plan.start
        ends = []
        for clause in self.clauses(TimedClause):
            if clause.length is not None:
                begin = clause.start.value if clause.start is not None else start
                ends.append(whole_seconds(start, begin) + clause.length.value)
        return min(ends, default=None)

    def limit_s(self, group: str) -> int | None:
        """Last second in time for a group: its deadline and the end of the window."""
        limits = []
        for clause in self.clauses(LeaveClause):
            if group in clause.groups and clause.by is not None:
                limits.append(whole_seconds(self.plan.start, clause.by.value))
            if group in clause.groups and clause.within is not None:
                limits.append(clause.within.value)
        end = self.window_end_s()
        return min([*limits, *([] if end is None else [end])], default=None)

    def cells(self, group: Group) -> list[list[tuple[Cell, Fraction]]]:
        """Cells of a group by place, each with its share of the people at the place."""
        to = self.destinations(group)
        shared = to[0].share is not None
        names = tuple(d.place for d in to)
        found = []
        for place in group.places:
            parts: list[tuple[tuple[str, ...], Fraction]] = [(names, Fraction(1))]
            if shared:
                parts = [((d.place,), d.share or Fraction(0)) for d in to]
            found.append(
                [
                    (
                        Cell(
                            group.id,
                            place.place,
                            where,
                            group.vehicles,
                            self.corridors(group.id),
                            self.rank(group),
                            self.limit_s(group.id),
                        ),
                        share,
                    )
                    for where, share in parts
                ]
            )
        return found
