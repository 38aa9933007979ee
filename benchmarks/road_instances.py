"""Road instances for clearance: the folders in the shared data, and ones made from them.

``metropolis`` joins published networks into one of about 33,000 nodes and 71,000 links with 1,600
origins, at a resolution of a second: Berlin centre twice and Chicago region beside each other
(TransportationNetworks, github.com/bstabler/TransportationNetworks, for academic research). Zones
and their connectors are left out, so that nobody drives through them. Nothing is stored: it is made
anew from the tables and a seed, always the same. ``with_windows`` adds what changes with time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from safepassage.network.network import Link, Network, Node
from safepassage.network.road_instance import (
    FOR_GOOD_S,
    CapacityPeriod,
    Destination,
    Origin,
    RoadInstance,
)

__all__ = ["DATA", "metropolis", "shared_instance", "with_windows"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the data lie that are not ours to ship: a folder ``shared`` beside the repository."""

_NODES = 34_000
_SEAM = 30
"""Roads across the border of two networks."""
_LEAST_VPH = 300
"""Roads below would keep single origins waiting for a day."""
_ORIGINS = 1_600
_DESTINATIONS = 16
_SEED = 2016


@dataclass(frozen=True, slots=True)
class _Part:
    """A published network, without its zones."""

    nodes: dict[str, tuple[float, float]]
    links: list[tuple[str, str, Fraction, Fraction, Fraction]]
    """From, to, metres, km/h, vehicles an hour."""


def shared_instance(name: str) -> RoadInstance:
    """Read an instance of the shared data."""
    from safepassage.network.clearance_folder import read_clearance_folder

    return read_clearance_folder(DATA / "instances" / name)


def metropolis() -> RoadInstance:
    """Join three networks into one instance.

    Raises
    ------
    FileNotFoundError
        If the shared data are not there.
    """
    tntp = DATA / "tntp"
    berlin = _read(tntp, "BerlinCenter", Fraction(1), Fraction(45))
    chicago = _read(tntp, "ChicagoRegional", Fraction(250), Fraction(60))
    rest = _NODES - 2 * len(berlin.nodes)
    west = sorted(chicago.nodes, key=lambda node: (chicago.nodes[node], node))[:rest]
    parts = [("a", berlin), ("b", berlin), ("c", _within(chicago, set(west)))]
    links: list[Link] = []
    ids: list[str] = []
    for prefix, part in parts:
        ids += [prefix + node for node in part.nodes]
        for from_node, to_node, metres, kmh, vph in part.links:
            link = Link(str(len(links)), prefix + from_node, prefix + to_node, metres, kmh, vph)
            links.append(link)
    for (left, one), (right, other) in pairwise(parts):
        for v, w in zip(_border(one, east=True), _border(other, east=False), strict=True):
            for ends in ((left + v, right + w), (right + w, left + v)):
                road = Link(str(len(links)), *ends, Fraction(500), Fraction(60), Fraction(1800))
                links.append(road)
    network = Network(
        {node: Node(node, None, None, 0.0, 0.0) for node in ids}, {link.id: link for link in links}
    )
    return _peopled(network)


def _peopled(network: Network) -> RoadInstance:
    """Choose destinations and origins among the nodes that all reach one another."""
    rng = random.Random(_SEED)
    inner = sorted(_strong(network))
    room: defaultdict[str, Fraction] = defaultdict(Fraction)
    for link in network.links.values():
        room[link.to_node] += link.capacity_vph or 0
    ends = rng.sample([node for node in inner if room[node] >= 4000], _DESTINATIONS)
    starts = rng.sample([node for node in inner if node not in ends], _ORIGINS)
    return RoadInstance(
        network,
        tuple(Origin(node, Fraction(rng.randint(60, 300)), Fraction(0)) for node in starts),
        tuple(Destination(node, None) for node in ends),
        location="metropolis",
    )


def with_windows(instance: RoadInstance, roads: Iterable[str], horizon_s: Fraction) -> RoadInstance:
    """Let three roads open in windows only, and close a fourth for good at half time.

    Parameters
    ----------
    roads
        Four link ids.
    horizon_s
        About the clearance time without changes; windows lie within it.
    """
    first, second, third, closed = roads

    def shut(from_share: float, to_share: float) -> CapacityPeriod:
        times = [Fraction(round(share * float(horizon_s))) for share in (from_share, to_share)]
        return CapacityPeriod(times[0], times[1], Fraction(0))

    return replace(
        instance,
        changes={
            first: (shut(0.0, 0.14), shut(0.28, 0.41)),
            second: (shut(0.0, 0.27), replace(shut(0.69, 1.0), to_s=FOR_GOOD_S)),
            third: (shut(0.21, 0.34), shut(0.48, 0.62)),
            closed: (replace(shut(0.5, 1.0), to_s=FOR_GOOD_S),),
        },
    )


def _read(folder: Path, name: str, unit_m: Fraction, kmh: Fraction) -> _Part:
    """Read a TNTP network without its zones; a speed stands in where the file has none."""
    nodes: dict[str, tuple[float, float]] = {}
    first = 1
    links = []
    for line in (folder / f"{name}_net.tntp").read_text().splitlines():
        if line.startswith("<FIRST THRU NODE>"):
            first = int(line.split(">")[1])
        cells = line.replace(";", " ").split()
        if len(cells) < 8 or not cells[0].isdigit():
            continue
        if int(cells[0]) < first or int(cells[1]) < first:
            continue
        if Fraction(cells[2]) < _LEAST_VPH:
            continue
        metres = Fraction(cells[3]) * unit_m
        links.append((cells[0], cells[1], metres, kmh, Fraction(cells[2])))
    for line in (folder / f"{name}_node.tntp").read_text().splitlines():
        cells = line.replace(";", " ").split()
        if len(cells) == 3 and cells[0].isdigit() and int(cells[0]) >= first:
            nodes[cells[0]] = float(cells[1]), float(cells[2])
    return _Part(nodes, links)


def _within(part: _Part, nodes: set[str]) -> _Part:
    return _Part(
        {node: at for node, at in part.nodes.items() if node in nodes},
        [link for link in part.links if link[0] in nodes and link[1] in nodes],
    )


def _border(part: _Part, *, east: bool) -> list[str]:
    """Nodes at a side, from south to north."""
    sign = -1 if east else 1
    side = sorted(part.nodes, key=lambda node: (sign * part.nodes[node][0], node))[:_SEAM]
    return sorted(side, key=lambda node: (part.nodes[node][1], node))


def _strong(network: Network) -> set[str]:
    """Nodes that reach, and are reached from, a node with most links."""
    ahead: defaultdict[str, list[str]] = defaultdict(list)
    behind: defaultdict[str, list[str]] = defaultdict(list)
    for link in network.links.values():
        ahead[link.from_node].append(link.to_node)
        behind[link.to_node].append(link.from_node)
    start = max(sorted(ahead), key=lambda node: len(ahead[node]))
    found = []
    for ways in (ahead, behind):
        seen, stack = {start}, [start]
        while stack:
            for node in ways[stack.pop()]:
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
        found.append(seen)
    return found[0] & found[1]
