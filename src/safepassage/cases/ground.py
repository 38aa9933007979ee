"""Checks of the terms against the network: places on nodes, sources of links, ways out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safepassage.errors import Fault
from safepassage.files import did_you_mean, shown
from safepassage.network.gmns import link_places
from safepassage.network.network import Network
from safepassage.network.routes import fastest_route
from safepassage.terms.case import Case
from safepassage.terms.clauses import DestinationClause, LeaveClause, RouteClause
from safepassage.terms.document import DocPath, Document
from safepassage.terms.groups import Group
from safepassage.terms.places import Corridor, Crossing
from safepassage.terms.proposals import Proposal
from safepassage.terms.validate import Where

__all__ = ["map_faults", "unknown_nodes", "way_faults"]


def map_faults(case: Case, network: Network, where: Where, link_file: Path) -> list[Fault]:
    """Return the faults of crossings and links; the ids in the case may be faulty.

    Parameters
    ----------
    where
        Gives ``file:line`` of a part of the case.
    link_file
        The table of links, to tell the line of a link.
    """
    return [
        *_shared_crossings(case, where),
        *_link_figures(case, network, link_file),
    ]


def unknown_nodes(written: Document, network: Network) -> Iterator[Fault]:
    """Tell the nodes in ``case.yaml`` that the network lacks; the file may be faulty."""
    for path, node in _nodes(written.data):
        if node not in network.nodes:
            key = next(step for step in reversed(path) if isinstance(step, str))
            near = did_you_mean(node, network.nodes)
            message = f"{key}: expected a node_id of the network, got {shown(node)}{near}"
            yield Fault(written.where(path), "unknown-node", message)


def _nodes(data: Mapping[str, Any]) -> Iterator[tuple[DocPath, str]]:
    """Yield the nodes of places and corridors that are texts, as they have to be."""
    for i, place in _entries(data.get("places")):
        if isinstance(place, dict) and isinstance(place.get("node"), str):
            yield ("places", i, "node"), place["node"]
    for i, corridor in _entries(data.get("corridors")):
        for j, node in _entries(corridor.get("via") if isinstance(corridor, dict) else None):
            if isinstance(node, str):
                yield ("corridors", i, "via", j), node


def _entries(value: Any) -> Iterator[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else iter(())


def _shared_crossings(case: Case, where: Where) -> Iterator[Fault]:
    """Two crossings on one node could not be told apart on the way."""
    taken: dict[str, str] = {}
    for i, place in enumerate(case.places):
        if isinstance(place, Crossing):
            if place.node in taken:
                message = (
                    f"node: expected a node of its own, got that of {taken[place.node]!r}; "
                    "put one crossing on each node"
                )
                yield Fault(where(("places", i, "node")), "shared-node", message)
            taken[place.node] = place.id


def _link_figures(case: Case, network: Network, link_file: Path) -> list[Fault]:
    """Every length and speed has a source, or is marked as assumed."""
    known = {source.id for source in case.sources}
    # The second direction of a road is told with the first.
    links = [
        link
        for link in network.links.values()
        if not (link.id.endswith("~") and link.id[:-1] in network.links)
    ]
    wrong: list[tuple[str, str, str]] = []
    for name in ("length", "speed"):
        bare = [
            link.id
            for link in links
            if getattr(link, f"{name}_source") is None and getattr(link, f"{name}_assumed") is None
        ]
        message = f"expected {name}_source or {name}_assumed, got neither; say where it is from"
        # Where no link has one, the columns are missing: one line says it.
        told = [""] if len(bare) == len(links) else bare
        wrong += [(link, "figure-without-source", message) for link in told]
        for link in links:
            for source in (getattr(link, f"{name}_source") or "").split(";"):
                if source.strip() and source.strip() not in known:
                    near = did_you_mean(source.strip(), known)
                    message = f"{name}_source: expected a source id, got {shown(source)}{near}"
                    wrong.append((link.id, "unknown-id", message))
    places = link_places(link_file) if wrong else {}
    return [Fault(places.get(link, f"{link_file}:1"), code, text) for link, code, text in wrong]


def way_faults(case: Case, network: Network, where: Where) -> Iterator[Fault]:
    """Tell the groups that no open corridor brings to any of their destinations.

    Every id of the case has to be good.
    """
    finder = _Ways(case, network)
    told: set[tuple[str, str]] = set()
    for i, proposal in enumerate(case.proposals):
        for j, clause in enumerate(proposal.clauses):
            if not isinstance(clause, LeaveClause):
                continue
            for group in (g for g in case.groups if g.id in clause.groups):
                corridors = _open_corridors(case, proposal, group)
                destinations = _destinations(proposal, group)
                for spot in group.places:
                    reached = any(
                        finder.way(spot.place, to, corridor)
                        for corridor in corridors
                        for to in destinations
                    )
                    if reached or not spot.share or (group.id, spot.place) in told:
                        continue
                    told.add((group.id, spot.place))
                    message = (
                        f"expected a way for {group.id!r} from {spot.place!r} to a destination "
                        f"({', '.join(destinations)}) by an open corridor "
                        f"({', '.join(c.id for c in corridors) or 'none'}), got none; "
                        "add links, a corridor or a route clause"
                    )
                    path = ("proposals", i, "clauses", j)
                    yield Fault(where(path), "unreachable-group", message)


def _open_corridors(case: Case, proposal: Proposal, group: Group) -> list[Corridor]:
    routes = [c for c in proposal.clauses if isinstance(c, RouteClause)]
    if not routes:
        return list(case.corridors)
    opened = {r for c in routes if not c.groups or group.id in c.groups for r in c.corridors}
    return [c for c in case.corridors if c.id in opened]


def _destinations(proposal: Proposal, group: Group) -> tuple[str, ...]:
    for clause in proposal.clauses:
        if isinstance(clause, DestinationClause) and group.id in clause.groups:
            return tuple(d.place for d in clause.places)
    return tuple(d.place for d in group.destinations)


class _Ways:
    """Remembers which ways exist: proposals ask for the same ones again and again."""

    def __init__(self, case: Case, network: Network) -> None:
        self.network = network
        self.node = {place.id: place.node for place in case.places}
        self.crossings = frozenset(p.node for p in case.places if isinstance(p, Crossing))
        self._known: dict[tuple[str, str, str], bool] = {}

    def way(self, start: str, end: str, corridor: Corridor) -> bool:
        """Say whether loaded vehicles get from start to end by the corridor."""
        key = (start, end, corridor.id)
        if key not in self._known:
            middle = [*(self.node[c] for c in corridor.crossings), *corridor.via]
            stops = [self.node[start], *middle, self.node[end]]
            # Crossings are passed in their order: no way to one runs through another.
            self._known[key] = fastest_route(self.network, stops, self.crossings) is not None
        return self._known[key]
