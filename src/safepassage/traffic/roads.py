"""Roads as simulators take them: metres, lanes, and no road without length."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from safepassage.network.road_instance import RoadInstance

__all__ = ["Place", "Street", "places", "streets"]

LEAST_LENGTH_M = 8.0
"""Room for one vehicle: on less, none can stand."""
_EARTH_M = 6_371_008.8
_APART_M = 100.0


@dataclass(frozen=True, slots=True)
class Street:
    """A link with the lanes it takes to let its capacity in."""

    link: str
    from_node: str
    to_node: str
    length_m: float
    speed_ms: float
    lanes: int
    name: str | None
    capacity_vph: float | None


@dataclass(frozen=True, slots=True)
class Place:
    """A node in metres east and north of the middle of the network."""

    node: str
    x: float
    y: float


def streets(instance: RoadInstance, spacing_m: float, spare_lanes: int = 0) -> Iterator[Street]:
    """Yield the links that ever take anybody.

    Parameters
    ----------
    instance
        With lanes reversed as in the plan.
    spacing_m
        From one standing vehicle to the next. With a headway of a second beside it, a lane takes
        ``v / (v * 1 s + spacing_m)`` vehicles a second at speed ``v``.
    spare_lanes
        Beyond those that the capacity needs.
    """
    for link in instance.network.links.values():
        own = link.capacity_vph
        if own == 0 and link.id not in instance.changes:
            continue
        rates = [p.capacity_vph for p in instance.changes.get(link.id, ())]
        most = None if own is None else float(max([own, *rates]))
        speed = float(link.free_speed_kmh) / 3.6
        lane = 3600 * speed / (speed + spacing_m)
        lanes = max(link.lanes or 1, math.ceil(most / lane - 1e-9) if most is not None else 1)
        yield Street(
            link.id,
            link.from_node,
            link.to_node,
            max(float(link.length_m), LEAST_LENGTH_M),
            speed,
            lanes + spare_lanes,
            link.name,
            None if own is None else float(own),
        )


def places(instance: RoadInstance) -> list[Place]:
    """Return nodes in metres; nodes without coordinates in a square, as lengths are told apart."""
    nodes = list(instance.network.nodes.values())
    known = [(n.lon, n.lat) for n in nodes if n.lon is not None and n.lat is not None]
    middle = (
        (sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known))
        if known
        else (0.0, 0.0)
    )
    east = math.radians(_EARTH_M) * math.cos(math.radians(middle[1]))
    side = math.ceil(math.sqrt(len(nodes)))
    found = []
    for i, node in enumerate(nodes):
        if node.lon is None or node.lat is None:
            x, y = i % side * _APART_M, i // side * _APART_M
        else:
            x = (node.lon - middle[0]) * east
            y = (node.lat - middle[1]) * math.radians(_EARTH_M)
        found.append(Place(node.id, round(x, 2), round(y, 2)))
    return found
