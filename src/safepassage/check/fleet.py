"""Vehicles, convoys, escorts, and the time that each takes at bays and crossings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from safepassage.check.people import clauses_of
from safepassage.terms.case import Case
from safepassage.terms.clauses import EscortClause, InspectionClause, ReturnOfVehiclesClause
from safepassage.terms.fleet import VehicleType
from safepassage.terms.places import (
    AssemblyPoint,
    Crossing,
    Direction,
    Handling,
    Inspection,
    ReceptionPoint,
)
from safepassage.terms.proposals import Proposal

__all__ = [
    "ConvoyLimits",
    "EscortTerms",
    "Kind",
    "Vehicle",
    "find_vehicle",
    "read_bay_times",
    "read_convoys",
    "read_escorts",
    "read_inspections",
    "read_kinds",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A vehicle type under the proposal."""

    id: str
    seats: int
    own: bool
    once: bool
    """It does one rotation."""
    once_clause: str | None
    factor: Fraction
    """Its speed as a share of free speed."""
    counts: tuple[tuple[str, int], ...]
    """Start places and numbers, in the order in which vehicles are numbered."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: its type, and where it stands at ``t = 0``."""

    id: str
    kind: Kind
    place: str


@dataclass(frozen=True, slots=True)
class ConvoyLimits:
    """Vehicles a rotation, and the time between two convoys at a crossing."""

    least: int
    most: int
    spacing_s: int


@dataclass(frozen=True, slots=True)
class EscortTerms:
    """Whether rotations need an escort, and how many teams there are."""

    clause_id: str | None
    """None: no escort is needed."""
    teams: int | None
    """None: needed, but the terms do not say how many there are."""


def read_kinds(case: Case, proposal: Proposal) -> dict[str, Kind]:
    """Read the vehicle types, with the clauses on their return."""
    return {v.id: _kind(v, proposal) for v in case.fleet.vehicles}


def _kind(vehicle: VehicleType, proposal: Proposal) -> Kind:
    returns, clause_id = vehicle.returns, None
    if not vehicle.own:
        for clause in clauses_of(proposal, ReturnOfVehiclesClause):
            if not clause.vehicles or vehicle.id in clause.vehicles:
                returns, clause_id = clause.returns, clause.id
    return Kind(
        id=vehicle.id,
        seats=vehicle.seats.value,
        own=vehicle.own,
        once=vehicle.own or not returns,
        once_clause=clause_id,
        factor=vehicle.speed_factor.value if vehicle.speed_factor else Fraction(1),
        counts=tuple((c.place, c.count.value) for c in vehicle.counts),
    )


def find_vehicle(kinds: dict[str, Kind], vehicle_id: str) -> Vehicle | None:
    """Find a vehicle by its id: its type and its number from 1, such as ``bus-12``."""
    kind_id, _, digits = vehicle_id.rpartition("-")
    kind = kinds.get(kind_id)
    # Ids are compared as text, so "bus-01" must not pass for "bus-1"; numbers are short.
    if kind is None or not digits.isascii() or not digits.isdigit() or digits[0] == "0":
        return None
    if len(digits) > 12:
        return None
    number = int(digits)
    for place, count in kind.counts:
        if number <= count:
            return Vehicle(vehicle_id, kind, place)
        number -= count
    return None


def read_convoys(case: Case) -> ConvoyLimits:
    """Read the convoy rules; without any, each vehicle moves on its own."""
    rules = case.fleet.convoys
    if rules is None:
        return ConvoyLimits(1, 1, 0)
    spacing = rules.spacing.value if rules.spacing is not None else 0
    return ConvoyLimits(rules.min_vehicles.value, rules.max_vehicles.value, spacing)


def read_escorts(case: Case, proposal: Proposal) -> EscortTerms:
    """Read whether escorts are needed; of several numbers stated, the smallest holds."""
    clauses = clauses_of(proposal, EscortClause)
    if not clauses:
        return EscortTerms(None, None)
    stated = [(c.teams.value, c.id) for c in clauses if c.teams is not None]
    if stated:
        teams, clause_id = min(stated)
        return EscortTerms(clause_id, teams)
    fleet = case.fleet.escorts
    return EscortTerms(clauses[0].id, fleet.teams.value if fleet is not None else None)


def read_bay_times(case: Case, kinds: Iterable[str]) -> dict[tuple[str, str], int]:
    """Seconds at a bay by place and vehicle type."""
    kind_ids = list(kinds)
    times = {}
    for place in case.places:
        if isinstance(place, AssemblyPoint | ReceptionPoint):
            table = place.boarding if isinstance(place, AssemblyPoint) else place.unloading
            times.update({(place.id, kind): _handling_s(table, kind) for kind in kind_ids})
    return times


def _handling_s(table: tuple[Handling, ...], kind: str) -> int:
    for wanted in (kind, "any"):
        for entry in table:
            if entry.vehicle == wanted:
                return entry.time.value
    return 0


def read_inspections(
    case: Case, proposal: Proposal
) -> dict[tuple[str, str, Direction], tuple[int, str | None]]:
    """Seconds a vehicle takes, and the clause that says so, by crossing, type and direction."""
    times = {}
    for place in case.places:
        if not isinstance(place, Crossing):
            continue
        for vehicle in case.fleet.vehicles:
            for direction in (Direction.OUT, Direction.IN):
                tables = _tables(proposal, place)
                found = _inspection(tables, vehicle.inspection_class, direction)
                times[place.id, vehicle.id, direction] = found
    return times


def _tables(
    proposal: Proposal, crossing: Crossing
) -> Iterator[tuple[tuple[Inspection, ...], str | None]]:
    """Yield tables of times, the one that goes before all others first."""
    for clause in reversed(clauses_of(proposal, InspectionClause)):
        if clause.crossing == crossing.id:
            yield clause.inspection, clause.id
    yield crossing.inspection, None


def _inspection(
    tables: Iterable[tuple[tuple[Inspection, ...], str | None]],
    vehicle_class: str,
    direction: Direction,
) -> tuple[int, str | None]:
    for table, clause_id in tables:
        for wanted_class in (vehicle_class, "any"):
            for wanted_direction in (direction, Direction.BOTH):
                for entry in table:
                    if (entry.vehicle_class, entry.direction) == (wanted_class, wanted_direction):
                        return entry.time.value, clause_id
    return 0, None
