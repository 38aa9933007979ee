"""Compile the terms of one proposal into an :class:`Operation`."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from safepassage.errors import BadInput
from safepassage.instance.least import least_drive
from safepassage.instance.operation import Crossing, Operation, Route, Segment, VehicleKind, Yard
from safepassage.instance.timeline import ConditionSpan, Daily, TimedTerm, Timeline
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
from safepassage.terms.fleet import NightCondition
from safepassage.terms.places import (
    AssemblyPoint,
    Corridor,
    DailyHours,
    Direction,
    Handling,
    Inspection,
    ReceptionPoint,
)
from safepassage.terms.places import Crossing as CrossingPlace
from safepassage.terms.proposals import Proposal
from safepassage.units import drive_seconds, seconds_between

__all__ = ["compile_operation", "operation_start"]


def operation_start(proposal: Proposal) -> datetime:
    """Return the moment ``t = 0``.

    Raises
    ------
    BadInput
        If the proposal names nobody who leaves, or no start.
    """
    where = f"proposal {proposal.id}"
    if not any(isinstance(c, LeaveClause) for c in proposal.clauses):
        raise BadInput.one(
            where,
            "no-leave-clause",
            "expected a 'leave' clause to plan for, got none; name a proposal that says who leaves",
        )
    if proposal.start is not None:
        return proposal.start.value
    starts = [
        c.start.value
        for c in proposal.clauses
        if isinstance(c, TimedClause) and c.start is not None
    ]
    if not starts:
        raise BadInput.one(
            where,
            "no-start",
            "expected 'start' at the proposal or at a window or ceasefire clause, got none; "
            "add one, marked 'assumed' where no source gives it",
        )
    return min(starts)


def _daily(hours: DailyHours) -> Daily:
    return Daily(hours.from_, hours.to)


def _timeline(case: Case, proposal: Proposal, start: datetime) -> Timeline:
    local = start.astimezone(case.utc_offset)
    midnight = -seconds_between(local.replace(hour=0, minute=0, second=0, microsecond=0), local)
    terms = []
    for clause in proposal.clauses:
        if isinstance(clause, TimedClause):
            begin = seconds_between(start, clause.start.value) if clause.start else 0
            terms.append(
                TimedTerm(
                    clause_id=clause.id,
                    start=begin,
                    end=begin + clause.length.value if clause.length else None,
                    daily=tuple(map(_daily, clause.daily)),
                    crossings=frozenset(clause.crossings),
                    moves=clause.movement == "all",
                )
            )
    hours = {p.id: tuple(map(_daily, p.hours)) for p in case.places if isinstance(p, CrossingPlace)}
    conditions = []
    for c in case.fleet.conditions:
        if isinstance(c, NightCondition):
            conditions.append(ConditionSpan(c.factor.value, Daily(c.from_, c.to), None))
        else:
            period = (seconds_between(start, c.from_), seconds_between(start, c.to))
            conditions.append(ConditionSpan(c.factor.value, None, period))
    return Timeline(midnight, tuple(terms), hours, tuple(conditions))


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


class _RouteFinder:
    """Finds ways through the network and divides them at the crossings."""

    def __init__(self, case: Case, network: Network) -> None:
        self.network = network
        self.node = {p.id: p.node for p in case.places}
        self.crossing_at = {p.node: p.id for p in case.places if isinstance(p, CrossingPlace)}
        self.between: dict[Segment, list[tuple[str, str]]] = {}
        self.known: dict[tuple[tuple[str, str], Fraction], int] = {}

    def route(self, start: str, end: str, corridor: Corridor | None, *, out: bool) -> Route | None:
        """Return the fastest way, or None where there is none."""
        middle: list[str] = []
        if corridor is not None:
            middle = [*(self.node[c] for c in corridor.crossings), *corridor.via]
            if not out:
                middle.reverse()
        stops = [self.node[start], *middle, self.node[end]]
        # A way to one crossing must not run through another, not even one that comes later.
        avoid = frozenset(self.crossing_at)
        hops = [fastest_route(self.network, pair, avoid) for pair in pairwise(stops)]
        if any(hop is None for hop in hops):
            return None
        links = tuple(link for hop in hops for link in hop or ())
        wanted = list(corridor.crossings) if corridor is not None else []
        if not out:
            wanted.reverse()
        segments: list[Segment] = []
        ends: list[list[tuple[str, str]]] = []
        current: list[str] = []
        between: list[tuple[str, str]] = []
        nodes = [self.node[c] for c in wanted]
        for pair, hop in zip(pairwise(stops), hops, strict=True):
            current += hop or ()
            between.append(pair)
            if len(segments) < len(nodes) and pair[1] == nodes[len(segments)]:
                segments.append(tuple(current))
                ends.append(between)
                current, between = [], []
        segments.append(tuple(current))
        ends.append(between)
        for segment, pairs in zip(segments, ends, strict=True):
            self.between[segment] = pairs
        name = corridor.id if corridor else None
        return Route(start, end, name, tuple(segments), tuple(wanted))

    def least(self, segment: Segment, factor: Fraction) -> int:
        """Least seconds between the segment's stops over any way, at a speed factor."""
        return sum(self._least_hop(pair, factor) for pair in self.between[segment])

    def _least_hop(self, pair: tuple[str, str], factor: Fraction) -> int:
        key = (pair, factor)
        if key not in self.known:
            self.known[key] = least_drive(
                self.network, pair[0], pair[1], frozenset(self.crossing_at), factor
            )
        return self.known[key]


def _escort_teams(case: Case, proposal: Proposal) -> int | None:
    for clause in proposal.clauses:
        if isinstance(clause, EscortClause):
            if clause.teams is not None:
                return clause.teams.value
            return case.fleet.escorts.teams.value if case.fleet.escorts else None
    return None


def _clause_ids(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    kinds = {
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


def compile_operation(case: Case, network: Network, proposal: Proposal) -> Operation:
    """Compile a proposal.

    Raises
    ------
    BadInput
        If the proposal names nobody who leaves, or no start.
    """
    start = operation_start(proposal)
    timeline = _timeline(case, proposal, start)
    kinds = _kinds(case, proposal)
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
    opened = {r for c in proposal.clauses if isinstance(c, RouteClause) for r in c.corridors} or {
        c.id for c in case.corridors
    }
    corridors = [c for c in case.corridors if c.id in opened]
    finder = _RouteFinder(case, network)
    carry = {
        (a.id, d.id): tuple(
            r for c in corridors if (r := finder.route(a.id, d.id, c, out=True)) is not None
        )
        for a in assembly
        for d in reception
    }
    sources = {d.id for d in reception} | {p for k in kinds if not k.own for p, n in k.counts if n}
    fetch = {}
    for s in sorted(sources):
        for a in assembly:
            direct = finder.route(s, a.id, None, out=False)
            ways = [direct] if direct is not None else []
            ways += [r for c in corridors if (r := finder.route(s, a.id, c, out=False)) is not None]
            fetch[s, a.id] = tuple(ways)
    factors = {Fraction(1)} | _condition_products(timeline)
    drive = {
        (segment, k.id, f): sum(
            drive_seconds(network.links[x].length_m, network.links[x].free_speed_kmh, k.factor * f)
            for x in segment
        )
        for routes in (*carry.values(), *fetch.values())
        for route in routes
        for segment in route.segments
        for k in kinds
        for f in factors
    }
    best = max(factors)
    least = {
        (segment, k.id): finder.least(segment, k.factor * best)
        for segment in finder.between
        for k in kinds
    }
    team_drive = {}
    for d in reception:
        for to in sorted({*sources, *(a.id for a in assembly)}):
            links = fastest_route(network, [finder.node[d.id], finder.node[to]], frozenset())
            if links is not None:
                team_drive[d.id, to] = drive_time(network, links)
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
        drive=drive,
        least=least,
        convoy_least=rules.min_vehicles.value if rules else 1,
        convoy_most=rules.max_vehicles.value if rules else 1,
        spacing=rules.spacing.value if rules and rules.spacing else 0,
        teams=_escort_teams(case, proposal),
        team_drive=team_drive,
        clauses=_clause_ids(proposal),
    )


def _condition_products(timeline: Timeline) -> set[Fraction]:
    """Every product of factors that can be in force at once."""
    products = {Fraction(1)}
    for condition in timeline.conditions:
        products |= {p * condition.factor for p in products}
    return products
