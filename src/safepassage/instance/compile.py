"""Compile the terms of one proposal into an :class:`Operation`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from safepassage.instance.finder import RouteFinder
from safepassage.instance.operation import Crossing, Operation, Route, Segment, VehicleKind, Yard
from safepassage.instance.pace import compile_paces
from safepassage.instance.timeline import Timeline
from safepassage.instance.timing import compile_timeline, operation_start
from safepassage.network.network import Network
from safepassage.network.routes import drive_time, fastest_route
from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    EscortClause,
    InspectionClause,
    LeaveClause,
    PriorityClause,
    ReturnOfVehiclesClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.places import (
    AssemblyPoint,
    Corridor,
    Direction,
    Handling,
    Inspection,
    ReceptionPoint,
)
from safepassage.terms.places import Crossing as CrossingPlace
from safepassage.terms.proposals import Proposal
from safepassage.units import drive_seconds

__all__ = ["compile_operation"]

Ways = dict[tuple[str, str], tuple[Route, ...]]
"""Routes by the two places they join."""


def _kinds(case: Case, proposal: Proposal) -> tuple[VehicleKind, ...]:
    returns = {v.id: v.returns and not v.own for v in case.fleet.vehicles}
    for clause in proposal.clauses:
        if isinstance(clause, ReturnOfVehiclesClause):
            for v in case.fleet.vehicles:
                if v.id in clause.vehicles or (not clause.vehicles and not v.own):
                    returns[v.id] = clause.returns and not v.own
    return tuple(
        VehicleKind(
            id=v.id,
            seats=v.seats.value,
            own=v.own,
            returns=returns[v.id],
            inspection_class=v.inspection_class,
            factor=v.speed_factor.value if v.speed_factor else Fraction(1),
            counts=tuple((c.place, c.count.value) for c in v.counts),
        )
        for v in case.fleet.vehicles
    )


def _handling(entries: tuple[Handling, ...], kinds: tuple[VehicleKind, ...]) -> dict[str, int]:
    own = {h.vehicle: h.time.value for h in entries}
    return {k.id: own.get(k.id, own.get("any", 0)) for k in kinds}


def _inspection_time(
    tables: list[tuple[Inspection, ...]], inspection_class: str, direction: Direction
) -> int:
    for table in tables:
        fits = [
            i
            for i in table
            if i.vehicle_class in (inspection_class, "any")
            and i.direction in (direction, Direction.BOTH)
        ]
        if fits:
            best = min(
                fits, key=lambda i: (i.vehicle_class == "any", i.direction == Direction.BOTH)
            )
            return best.time.value
    return 0


def _crossings(
    case: Case, proposal: Proposal, kinds: tuple[VehicleKind, ...], timeline: Timeline
) -> tuple[Crossing, ...]:
    crossings = []
    for place in case.places:
        if not isinstance(place, CrossingPlace):
            continue
        clauses = [
            c
            for c in reversed(proposal.clauses)
            if isinstance(c, InspectionClause) and c.crossing == place.id
        ]
        tables = [*(c.inspection for c in clauses), place.inspection]
        times = {
            d: {k.id: _inspection_time(tables, k.inspection_class, d) for k in kinds}
            for d in (Direction.OUT, Direction.IN)
        }
        crossings.append(
            Crossing(
                id=place.id,
                out=times[Direction.OUT],
                back=times[Direction.IN],
                clause_ids=(*timeline.governing(place.id), *(c.id for c in clauses)),
            )
        )
    return tuple(crossings)


def _escort_teams(case: Case, proposal: Proposal) -> int | None:
    for clause in proposal.clauses:
        if isinstance(clause, EscortClause):
            if clause.teams is not None:
                return clause.teams.value
            return case.fleet.escorts.teams.value if case.fleet.escorts else None
    return None


def _clause_ids(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, type] = {
        "escort": EscortClause,
        "window": TimedClause,
        "route": RouteClause,
        "leave": LeaveClause,
        "priority": PriorityClause,
        "return": ReturnOfVehiclesClause,
    }
    return {
        name: tuple(c.id for c in proposal.clauses if isinstance(c, kind))
        for name, kind in kinds.items()
    }


def _yards(
    case: Case, proposal: Proposal, kinds: tuple[VehicleKind, ...]
) -> tuple[tuple[Yard, ...], tuple[Yard, ...]]:
    """Assembly points of those who leave, and all reception points."""
    leaving = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    used = {p.place for g in case.groups if g.id in leaving for p in g.places}
    assembly = tuple(
        Yard(p.id, p.bays.value, _handling(p.boarding, kinds))
        for p in case.places
        if isinstance(p, AssemblyPoint) and p.id in used
    )
    reception = tuple(
        Yard(
            p.id,
            p.bays.value,
            _handling(p.unloading, kinds),
            p.capacity.value if p.capacity else None,
        )
        for p in case.places
        if isinstance(p, ReceptionPoint)
    )
    return assembly, reception


def _corridors(case: Case, proposal: Proposal) -> list[Corridor]:
    """Corridors that a route clause opens; all without a route clause."""
    clauses = [c for c in proposal.clauses if isinstance(c, RouteClause)]
    opened = {r for c in clauses for r in c.corridors} or {c.id for c in case.corridors}
    return [c for c in case.corridors if c.id in opened]


def _carries(
    finder: RouteFinder,
    corridors: Sequence[Corridor],
    assembly: Iterable[Yard],
    reception: Sequence[Yard],
) -> Ways:
    return {
        (a.id, d.id): tuple(
            r for c in corridors if (r := finder.route(a.id, d.id, c, out=True)) is not None
        )
        for a in assembly
        for d in reception
    }


def _fetches(
    finder: RouteFinder,
    corridors: Sequence[Corridor],
    sources: Iterable[str],
    assembly: Sequence[Yard],
) -> Ways:
    return {
        (s, a.id): tuple(
            r for c in (None, *corridors) if (r := finder.route(s, a.id, c, out=False)) is not None
        )
        for s in sources
        for a in assembly
    }


def _drives(
    network: Network,
    ways: Iterable[tuple[Route, ...]],
    kinds: Sequence[VehicleKind],
    factors: Iterable[Fraction],
) -> dict[tuple[Segment, str, Fraction], int]:
    """Seconds of every segment, by type and factor of the conditions."""
    segments = dict.fromkeys(s for routes in ways for route in routes for s in route.segments)
    return {
        (segment, k.id, f): sum(
            drive_seconds(network.links[x].length_m, network.links[x].free_speed_kmh, k.factor * f)
            for x in segment
        )
        for segment in segments
        for k in kinds
        for f in factors
    }


def _team_drives(
    finder: RouteFinder, reception: Iterable[Yard], places: Iterable[str]
) -> dict[tuple[str, str], int]:
    """Seconds of a team alone, at free speed, from each reception point to each place."""
    drives = {}
    places = sorted(places)
    for d in reception:
        for to in places:
            stops = [finder.node[d.id], finder.node[to]]
            links = fastest_route(finder.network, stops, frozenset())
            if links is not None:
                drives[d.id, to] = drive_time(finder.network, links)
    return drives


def compile_operation(case: Case, network: Network, proposal: Proposal) -> Operation:
    """Compile a proposal.

    Raises
    ------
    BadInput
        If the proposal names nobody who leaves, or no start.
    """
    start = operation_start(proposal)
    timeline = compile_timeline(case, proposal, start)
    kinds = _kinds(case, proposal)
    assembly, reception = _yards(case, proposal, kinds)
    corridors = _corridors(case, proposal)
    finder = RouteFinder(case, network)
    carry = _carries(finder, corridors, assembly, reception)
    sources = {d.id for d in reception} | {p for k in kinds if not k.own for p, n in k.counts if n}
    fetch = _fetches(finder, corridors, sorted(sources), assembly)
    factors = {Fraction(1)} | _condition_products(timeline)
    least = {
        f: {
            (segment, k.id): finder.least(segment, k.factor * f)
            for segment in finder.between
            for k in kinds
        }
        for f in factors
    }
    rules = case.fleet.convoys
    return Operation(
        case_id=case.id,
        proposal_id=proposal.id,
        start=start,
        timeline=timeline,
        kinds=kinds,
        assembly=assembly,
        reception=reception,
        crossings=_crossings(case, proposal, kinds, timeline),
        fetch=fetch,
        carry=carry,
        drive=_drives(network, (*carry.values(), *fetch.values()), kinds, factors),
        least=least[max(factors)],
        least_under=least,
        convoy_least=rules.min_vehicles.value if rules else 1,
        convoy_most=rules.max_vehicles.value if rules else 1,
        spacing=rules.spacing.value if rules and rules.spacing else 0,
        teams=_escort_teams(case, proposal),
        team_drive=_team_drives(finder, reception, {*sources, *(a.id for a in assembly)}),
        clauses=_clause_ids(proposal),
        paces=compile_paces(proposal),
    )


def _condition_products(timeline: Timeline) -> set[Fraction]:
    """Every product of factors that can be in force at once."""
    products = {Fraction(1)}
    for condition in timeline.conditions:
        products |= {p * condition.factor for p in products}
    return products
