"""The map: places, roads, and the people carried over each road."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from safepassage.errors import InternalFault
from safepassage.network.network import Link, Network, Node
from safepassage.plan import Plan
from safepassage.report.facts.movement import persons_by_link
from safepassage.terms.case import Case

__all__ = [
    "FlowLine",
    "MapFacts",
    "MapPlace",
    "Point",
    "RoadFigures",
    "Waypoint",
    "map_facts",
    "road_figures",
]

Point = tuple[float, float]
"""Longitude, latitude (WGS 84)."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One stretch of road with the people carried over it."""

    points: tuple[Point, ...]
    corridor: str | None
    persons: int


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place of the operation that the plan uses."""

    id: str
    kind: str
    name: str
    name_local: str | None
    at: Point
    persons: int
    """People who board, pass or arrive here."""
    assumed: str | None
    """What about the place is assumed, such as its coordinates."""


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A named point on the way that is no place of the operation."""

    name: str
    name_local: str | None
    at: Point


@dataclass(frozen=True, slots=True)
class MapFacts:
    """Everything on the map."""

    lines: tuple[FlowLine, ...]
    """In the order of persons, the most last, so that it lies on top."""
    empty: tuple[tuple[Point, ...], ...]
    """Roads that only empty vehicles take."""
    roads: tuple[tuple[Point, ...], ...]
    """Roads of the network that the plan does not take."""
    places: tuple[MapPlace, ...]
    waypoints: tuple[Waypoint, ...]


@dataclass(frozen=True, slots=True)
class RoadFigures:
    """How well the roads that are driven are known."""

    links: int
    """Stretches of road, each direction counted."""
    length_assumed: int
    """Stretches whose length no source gives."""
    speed_assumed: int
    """Stretches whose speed no source gives."""
    length_reasons: tuple[str, ...]
    """Why the lengths are as assumed, each reason once."""
    speed_reasons: tuple[str, ...]


def road_figures(network: Network, plan: Plan) -> RoadFigures:
    """Count the roads driven, and those whose figures are assumed."""
    driven = {link for r in plan.rotations for _, leg in r.legs() for link in leg.links}
    links = [network.links[link] for link in driven]
    return RoadFigures(
        links=len(links),
        length_assumed=sum(link.length_assumed is not None for link in links),
        speed_assumed=sum(link.speed_assumed is not None for link in links),
        length_reasons=tuple(sorted({x.length_assumed for x in links if x.length_assumed})),
        speed_reasons=tuple(sorted({x.speed_assumed for x in links if x.speed_assumed})),
    )


def map_facts(case: Case, network: Network, plan: Plan) -> MapFacts:
    """Gather the map of one plan."""
    carried = persons_by_link(plan)
    loaded = {link for link, _ in carried}
    driven = {link for r in plan.rotations for _, leg in r.legs() for link in leg.links}
    lines = [
        FlowLine(_points(network, network.links[link]), corridor, persons)
        for (link, corridor), persons in carried.items()
    ]
    covered = {_ends(network.links[link]) for link in loaded}
    empty = _once(network, driven, covered)
    places = _places(case, network, plan)
    return MapFacts(
        lines=tuple(sorted(lines, key=lambda f: (f.persons, f.points))),
        empty=empty,
        roads=_once(network, network.links, covered | {_ends(network.links[x]) for x in driven}),
        places=places,
        waypoints=_waypoints(case, network, loaded, {p.id for p in places}),
    )


def _ends(link: Link) -> frozenset[str]:
    return frozenset((link.from_node, link.to_node))


def _points(network: Network, link: Link) -> tuple[Point, ...]:
    if link.geometry:
        return link.geometry
    return _at(network.nodes[link.from_node]), _at(network.nodes[link.to_node])


def _at(node: Node) -> Point:
    if node.lon is None or node.lat is None:
        raise InternalFault(f"the node {node.id!r} of a case has no coordinates")
    return node.lon, node.lat


def _once(
    network: Network, links: Iterable[str], covered: set[frozenset[str]]
) -> tuple[tuple[Point, ...], ...]:
    """Lines of links, both directions drawn once, those already covered not at all."""
    lines: dict[frozenset[str], tuple[Point, ...]] = {}
    for link_id in sorted(links):
        link = network.links[link_id]
        if _ends(link) not in covered:
            lines.setdefault(_ends(link), _points(network, link))
    return tuple(lines.values())


def _places(case: Case, network: Network, plan: Plan) -> tuple[MapPlace, ...]:
    persons: Counter[str] = Counter()
    for rotation in plan.rotations:
        if rotation.empty_leg is not None:
            persons[rotation.empty_leg.from_] += 0
        leg = rotation.loaded_leg
        for place in (leg.from_, *(s.crossing for s in leg.stops), leg.to):
            persons[place] += rotation.persons
    for left in plan.left:
        persons[left.place] += 0
    return tuple(
        MapPlace(
            id=p.id,
            kind=p.kind,
            name=p.name,
            name_local=p.name_local,
            at=_at(network.nodes[p.node]),
            persons=persons[p.id],
            assumed=p.assumed,
        )
        for p in case.places
        if p.id in persons
    )


def _waypoints(
    case: Case, network: Network, links: set[str], shown: set[str]
) -> tuple[Waypoint, ...]:
    taken = {p.node for p in case.places if p.id in shown}
    nodes = sorted({n for x in links for n in _ends(network.links[x])} - taken)
    return tuple(
        Waypoint(node.name, node.name_local, _at(node))
        for node in map(network.nodes.__getitem__, nodes)
        if node.name
    )
