"""A clearance instance with constant capacities as whole-number arrays.

Times are milliseconds. A rate unit is an hour's ``scale``-th part of a vehicle, so capacities are
whole where their denominators allow it; amounts are rate units times milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.kernel import MOST, Arcs, adjacency, distances_to, reached_from

if TYPE_CHECKING:
    from safepassage.network.network import Link
    from safepassage.network.road_instance import RoadInstance

__all__ = ["HOUR_MS", "SECOND_MS", "Amounts", "RoadArrays", "compile_roads"]

Amounts = NDArray[np.int64]

SECOND_MS: Final = 1000
HOUR_MS: Final = 3600 * SECOND_MS

#: Rate units in a vehicle an hour, where amounts leave room for them: rates then hit demand well.
#: With many origins coarser ones do, and departures are fewer; capacities are rounded down.
_FINE: Final = 1000
_COARSE: Final = 10
_MANY: Final = 200
#: Beyond this common denominator capacities are rounded down for the plan.
_MOST_DENOMINATOR: Final = 1_000_000
#: Largest rate (units); links without a limit, or with a higher one, get it.
_MOST_RATE: Final = 1 << 35


@dataclass(frozen=True)
class RoadArrays:
    """Roads on the way from some origin to some destination, index by index.

    Links without capacity, links to themselves and nodes that are no use are left out.
    """

    nodes: tuple[str, ...]
    links: tuple[str, ...]
    head: Amounts
    """Node at which a link ends."""
    capacity: Amounts
    """Rate units."""
    transit_s: Amounts
    arcs: Arcs
    left: Amounts
    """Residual rate of arcs while nothing flows."""
    is_destination: NDArray[np.bool_]
    distance: Amounts
    """Least time to a destination over empty roads (ms), by node."""
    onward: Amounts
    """Arc that a shortest way takes next, by node; -1 at destinations."""
    origins: NDArray[np.int64]
    """Nodes with vehicles that have to drive, each once."""
    vehicles: tuple[Fraction, ...]
    """By origin."""
    demand: Amounts
    """Amounts by origin, rounded up."""
    scale: int
    """Rate units in one vehicle an hour."""
    at_once: tuple[tuple[str, Fraction], ...]
    """Origins that are destinations, with their vehicles: out at time 0."""
    no_way_out: tuple[str, ...]
    """Origins from which no destination can be reached, whatever the time."""
    dead_ends: tuple[str, ...]
    """All nodes from which none can be reached."""

    def amount(self, vehicles: Fraction) -> Fraction:
        """Turn vehicles into units of amount."""
        return vehicles * HOUR_MS * self.scale

    def in_vehicles(self, amount: int) -> Fraction:
        """Turn units of amount into vehicles."""
        return Fraction(amount, HOUR_MS * self.scale)


def compile_roads(instance: RoadInstance) -> RoadArrays:
    """Compile an instance in which everyone is ready at 0 and nothing changes over time."""
    network = instance.network
    vehicles: dict[str, Fraction] = {}
    for origin in instance.origins:
        vehicles[origin.node] = vehicles.get(origin.node, Fraction(0)) + origin.vehicles
    destinations = {destination.node for destination in instance.destinations}
    at_once = tuple((node, v) for node, v in vehicles.items() if node in destinations)
    leaving = {node: v for node, v in vehicles.items() if node not in destinations}
    kept, dead_ends = _useful(instance, leaving, destinations)
    stuck = set(dead_ends)
    driving = {node: v for node, v in leaving.items() if node not in stuck}
    links = [network.links[link] for link in kept]
    total = sum(driving.values(), Fraction(0))
    scale = _COARSE if len(driving) > _MANY else _scale(links, total)
    names = sorted({*driving, *(end for link in links for end in (link.from_node, link.to_node))})
    number = {name: i for i, name in enumerate(names)}
    head = _column(number[link.to_node] for link in links)
    transit = _column(instance.transit_s(link.id) for link in links)
    capacity = _column(_rates(links, scale, total))
    tail = _column(number[link.from_node] for link in links)
    arcs = adjacency(len(names), tail, head, transit * SECOND_MS)
    left = np.where(arcs.link >= 0, capacity[np.maximum(arcs.link, 0)], 0) if kept else transit
    exits = np.zeros(len(names), np.bool_)
    exits[[number[node] for node in destinations if node in number]] = True
    distance, onward = distances_to(np.nonzero(exits)[0], arcs)
    return RoadArrays(
        nodes=tuple(names),
        links=tuple(kept),
        head=head,
        capacity=capacity,
        transit_s=transit,
        arcs=arcs,
        left=left,
        is_destination=exits,
        distance=distance,
        onward=onward,
        origins=_column(number[node] for node in driving),
        vehicles=tuple(driving.values()),
        demand=_column(math.ceil(v * HOUR_MS * scale) for v in driving.values()),
        scale=scale,
        at_once=at_once,
        no_way_out=tuple(node for node in leaving if node in stuck),
        dead_ends=tuple(dead_ends),
    )


def _column(values: Iterable[int]) -> Amounts:
    return np.fromiter(values, np.int64)


def _useful(
    instance: RoadInstance, leaving: Iterable[str], destinations: Iterable[str]
) -> tuple[list[str], list[str]]:
    """Return the links on ways from origins to destinations, and nodes that lead to none."""
    network = instance.network
    number = {node: i for i, node in enumerate(network.nodes)}
    open_links = [
        link
        for link in network.links.values()
        if link.from_node != link.to_node
        and (link.capacity_vph is None or link.capacity_vph.numerator)
    ]
    tail = _column(number[link.from_node] for link in open_links)
    head = _column(number[link.to_node] for link in open_links)
    arcs: Any = adjacency(len(number), tail, head, np.zeros(len(tail), np.int64))
    leads_out = distances_to(_column(number[node] for node in destinations), arcs)[0] < MOST
    reached = reached_from(_column(number[node] for node in leaving), arcs)
    useful = reached & leads_out
    both = useful[tail] & useful[head]
    kept = [link.id for link, good in zip(open_links, both.tolist(), strict=True) if good]
    return kept, [node for node, i in number.items() if not leads_out[i]]


def _scale(links: Iterable[Link], total: Fraction) -> int:
    rates = [link.capacity_vph for link in links if link.capacity_vph is not None]
    scale = 1
    for denominator in {rate.denominator for rate in rates}:
        scale = math.lcm(scale, denominator)
        if scale > _MOST_DENOMINATOR:
            scale = _MOST_DENOMINATOR
            break
    while scale < _FINE:
        scale *= 10
    largest = max((-(-rate.numerator // rate.denominator) for rate in rates), default=0)
    most = min(largest, math.ceil(total * HOUR_MS))
    while scale > 1 and (total * HOUR_MS * scale > MOST // 4 or most * scale > _MOST_RATE):
        scale //= 10
    return max(scale, 1)


def _rates(links: Iterable[Link], scale: int, total: Fraction) -> Iterable[int]:
    """Yield capacities in units; where there is no limit, what lets all through in a moment."""
    most = min(_MOST_RATE, math.ceil(total * HOUR_MS) * scale)
    for link in links:
        rate = link.capacity_vph
        # In whole numbers: a city has many roads, and fractions take their time.
        yield most if rate is None else min(most, rate.numerator * scale // rate.denominator)
