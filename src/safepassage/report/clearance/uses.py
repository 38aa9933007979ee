"""How every road is used: by how many, from when to when, how full, and where the cut crosses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from safepassage.network.network import Link
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance, CutLink, Departure

__all__ = ["Point", "RoadUse", "line_of", "road_uses", "way_in_names"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RoadUse:
    """One link, as the departures use it."""

    link: Link
    vehicles: float
    from_s: float
    """When the first vehicle enters; 0 for a link of the cut that nobody uses."""
    to_s: float
    share: float | None
    """How full its entrance is from then until the last; None where it has no limit."""
    cut: CutLink | None
    """Where it belongs to the bottleneck."""


def road_uses(clearance: Clearance, instance: RoadInstance) -> list[RoadUse]:
    """Return every link that is used or belongs to the bottleneck, in the order of the table."""
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    vehicles: defaultdict[str, float] = defaultdict(float)
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for departure in clearance.departures:
        amount = float(departure.vehicles)
        begin, lasting = float(departure.from_s), float(departure.to_s - departure.from_s)
        waits = departure.waits_s or (Fraction(0),) * len(departure.links)
        for link, wait in zip(departure.links, waits, strict=True):
            begin += float(wait)
            vehicles[link] += amount
            first[link] = min(first.get(link, begin), begin)
            last[link] = max(last.get(link, begin), begin + lasting)
            begin += transit[link]
    crossed = clearance.bottleneck.links if clearance.bottleneck is not None else ()
    cut = {found.link: found for found in crossed}
    return [
        RoadUse(
            link=link,
            vehicles=vehicles[name],
            from_s=first.get(name, 0.0),
            to_s=last.get(name, 0.0),
            share=_share(instance, link, vehicles[name], first.get(name, 0.0), last.get(name, 0.0)),
            cut=cut.get(name),
        )
        for name, link in instance.network.links.items()
        if name in first or name in cut
    ]


def _share(
    instance: RoadInstance, link: Link, vehicles: float, begin: float, end: float
) -> float | None:
    """What part of those that could enter from ``begin`` to ``end`` do."""
    if link.capacity_vph is None:
        return None
    room = float(link.capacity_vph) * (end - begin)
    for period in instance.changes.get(link.id, ()):
        width = min(end, float(period.to_s)) - max(begin, float(period.from_s))
        if width > 0:
            room += float(period.capacity_vph - link.capacity_vph) * width
    return min(vehicles * 3600 / room, 1.0) if room > 0 else 0.0


def line_of(instance: RoadInstance, link: Link) -> tuple[Point, ...] | None:
    """Return the line of a link as (lon, lat); None where its ends have no coordinates."""
    if link.geometry:
        return link.geometry
    ends = []
    for name in (link.from_node, link.to_node):
        node = instance.network.nodes[name]
        if node.lon is None or node.lat is None:
            return None
        ends.append((node.lon, node.lat))
    return tuple(ends)


def way_in_names(instance: RoadInstance, departure: Departure) -> str:
    """Name the roads of a departure in their order, each stretch once; by id where unnamed."""
    names: list[str] = []
    for link in departure.links:
        name = instance.network.links[link].name or f"link {link}"
        if not names or names[-1] != name:
            names.append(name)
    if not names:
        return "already there"
    if len(names) > 8 and all(name.startswith("link ") for name in names):
        names = [*names[:3], "\N{HORIZONTAL ELLIPSIS}", *names[-3:]]
    return ", ".join(names)
