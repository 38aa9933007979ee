"""What moves: people out over time, the roads they take, the convoys on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from safepassage.network.network import Network
from safepassage.plan import Leg, Level, Plan, Rotation
from safepassage.terms.case import Case

__all__ = [
    "CorridorFlow",
    "Curve",
    "StringDiagram",
    "Trip",
    "corridor_flows",
    "curve",
    "persons_by_link",
    "string_diagrams",
    "vehicle_type",
]


@dataclass(frozen=True, slots=True)
class Curve:
    """People at a reception point over time: ``persons[i]`` from ``times_s[i]`` on."""

    level: Level
    times_s: tuple[int, ...]
    persons: tuple[int, ...]
    total: int
    """People who are to leave."""


@dataclass(frozen=True, slots=True)
class CorridorFlow:
    """What one corridor carries. A corridor that is not used carries nothing."""

    corridor: str
    persons: int
    convoys: int
    """Loaded convoys."""
    vehicles: int
    """Vehicle journeys with people to carry."""
    shortest_m: float
    longest_m: float
    """Lengths of the loaded legs, the shortest and the longest of them."""
    first_s: int | None
    """First departure of a loaded convoy."""
    last_s: int | None
    """Last arrival."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One leg as a line: ``times_s`` and ``metres`` from the corridor's first crossing."""

    rotation: str
    loaded: bool
    vehicle: str
    """The type of which the convoy has most; the earlier in the fleet among equals."""
    persons: int
    times_s: tuple[float, ...]
    metres: tuple[float, ...]
    """Negative on the side that is left, positive on the safe side."""


@dataclass(frozen=True, slots=True)
class StringDiagram:
    """Distance along one corridor against time."""

    corridor: str
    marks: tuple[tuple[str, float], ...]
    """Places with their distance from the first crossing, in metres, in outward order."""
    trips: tuple[Trip, ...]


def vehicle_type(vehicle: str) -> str:
    """Type of a vehicle by its number in the plan: ``bus-12`` is a ``bus``."""
    return vehicle.rpartition("-")[0]


def curve(plan: Plan) -> Curve:
    """Count people as they arrive."""
    arrivals: Counter[int] = Counter()
    for rotation in plan.rotations:
        arrivals[rotation.loaded_leg.arrive_s] += rotation.persons
    times = sorted(t for t, n in arrivals.items() if n)
    out = tuple(accumulate(arrivals[t] for t in times))
    return Curve(plan.count, (0, *times), (0, *out), plan.answer.persons)


def corridor_flows(case: Case, network: Network, plan: Plan) -> tuple[CorridorFlow, ...]:
    """Sum up each corridor of the case; the one that carries most people first."""
    flows = []
    for corridor in case.corridors:
        loaded = [r for r in plan.rotations if r.loaded_leg.corridor == corridor.id and r.persons]
        lengths = [_length(network, r.loaded_leg) for r in loaded]
        flows.append(
            CorridorFlow(
                corridor=corridor.id,
                persons=sum(r.persons for r in loaded),
                convoys=len(loaded),
                vehicles=sum(len(r.vehicles) for r in loaded),
                shortest_m=min(lengths, default=0.0),
                longest_m=max(lengths, default=0.0),
                first_s=min((r.loaded_leg.depart_s for r in loaded), default=None),
                last_s=max((r.loaded_leg.arrive_s for r in loaded), default=None),
            )
        )
    return tuple(sorted(flows, key=lambda f: -f.persons))


def persons_by_link(plan: Plan) -> Mapping[tuple[str, str | None], int]:
    """People carried over each link, by corridor (None for legs without one)."""
    carried: Counter[tuple[str, str | None]] = Counter()
    for rotation in plan.rotations:
        if rotation.persons:
            for link in rotation.loaded_leg.links:
                carried[link, rotation.loaded_leg.corridor] += rotation.persons
    return carried


def string_diagrams(case: Case, network: Network, plan: Plan) -> tuple[StringDiagram, ...]:
    """Draw every leg that follows a corridor; corridors that are not used are left out."""
    nodes = {p.id: p.node for p in case.places}
    order = {v.id: i for i, v in enumerate(case.fleet.vehicles)}
    diagrams = []
    for corridor in case.corridors:
        zero = nodes[corridor.crossings[0]]
        marks: dict[str, float] = {}
        trips = []
        for rotation in plan.rotations:
            for kind, leg in rotation.legs():
                if leg.corridor == corridor.id:
                    trip = _trip(network, nodes, rotation, leg, zero, order)
                    trips.append(trip)
                    ends = (leg.from_, leg.to) if kind == "loaded_leg" else (leg.to, leg.from_)
                    low, high = min(trip.metres), max(trip.metres)
                    marks.setdefault(ends[0], low)
                    marks.setdefault(ends[1], high)
                    for stop, metres in _stop_distances(network, nodes, leg, zero):
                        marks.setdefault(stop, metres)
        if trips:
            ordered = tuple(sorted(marks.items(), key=lambda m: m[1]))
            diagrams.append(StringDiagram(corridor.id, ordered, tuple(trips)))
    return tuple(diagrams)


def _length(network: Network, leg: Leg) -> float:
    return float(sum(network.links[link].length_m for link in leg.links))


def _walk(network: Network, leg: Leg) -> Iterator[tuple[str, float, float]]:
    """Yield the nodes of a leg with metres driven and seconds at free speed so far."""
    metres = seconds = 0.0
    for i, link_id in enumerate(leg.links):
        link = network.links[link_id]
        if i == 0:
            yield link.from_node, metres, seconds
        metres += float(link.length_m)
        seconds += float(link.length_m / link.free_speed_kmh) * 3.6
        yield link.to_node, metres, seconds


def _stop_distances(
    network: Network, nodes: Mapping[str, str], leg: Leg, zero: str
) -> list[tuple[str, float]]:
    """Crossings of a leg with their distance from the first one."""
    along = {node: metres for node, metres, _ in _walk(network, leg)}
    sign = 1.0 if leg.stops and nodes[leg.stops[0].crossing] == zero else -1.0
    origin = along.get(zero, 0.0)
    return [(s.crossing, sign * (along.get(nodes[s.crossing], origin) - origin)) for s in leg.stops]


def _trip(
    network: Network,
    nodes: Mapping[str, str],
    rotation: Rotation,
    leg: Leg,
    zero: str,
    order: Mapping[str, int],
) -> Trip:
    """Turn a leg into a line; between stops time is shared out by free-flow driving time."""
    loaded = leg is rotation.loaded_leg
    walk = list(_walk(network, leg)) or [(zero, 0.0, 0.0)]
    origin = next((m for node, m, _ in walk if node == zero), 0.0)
    sign = 1.0 if loaded else -1.0
    # Moments at which the leg is known to be at a node: its ends, and before and after each stop.
    anchors = [(walk[0][2], leg.depart_s, leg.depart_s)]
    free_at = {node: seconds for node, _, seconds in walk}
    anchors += [
        (free_at.get(nodes[s.crossing], walk[0][2]), s.arrive_s, s.leave_s) for s in leg.stops
    ]
    anchors.append((walk[-1][2], leg.arrive_s, leg.arrive_s))
    points: list[tuple[float, float]] = []
    for (free_a, _, leave), (free_b, arrive, leave_b) in pairwise(anchors):
        span = free_b - free_a
        for _, metres, free in walk:
            if free_a <= free <= free_b:
                share = (free - free_a) / span if span else 1.0
                points.append((leave + share * (arrive - leave), sign * (metres - origin)))
        if leave_b > arrive:
            points.append((float(leave_b), points[-1][1]))
    points = [point for point, _ in groupby(points)]
    types = Counter(map(vehicle_type, rotation.vehicles))
    most = min(types, key=lambda t: (-types[t], order.get(t, len(order))))
    return Trip(
        rotation=rotation.id,
        loaded=loaded,
        vehicle=most,
        persons=rotation.persons if loaded else 0,
        times_s=tuple(t for t, _ in points),
        metres=tuple(m for _, m in points),
    )
