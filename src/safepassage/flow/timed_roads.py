"""A clearance instance as arrays: what can be of use, in whole ticks of time.

Links that cannot help are left out: loops, links without any capacity, links into nodes from which
no destination can be reached, links out of destinations that receive without limit (whoever is
there is safe). A destination with a limit gets a node of its own behind it, to which a link without
transit time leads; who passes through does not count.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, inf
from typing import TYPE_CHECKING, Final

from safepassage.flow.timed_contract import Contraction, Road
from safepassage.network.capacity_steps import Step, rate_steps
from safepassage.network.road_instance import Origin, RoadInstance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TICKS", "TimedRoads", "compile_roads", "latest_departures"]

TICKS: Final = 1000
"""Units of time in a second."""

_FAR: Final = 1 << 45


@dataclass(frozen=True, slots=True)
class TimedRoads:
    """What the engine works on. Nodes and links are numbered; times are ticks."""

    nodes: tuple[str, ...]
    """Ids; a destination's own node has the id of the destination."""
    links: tuple[tuple[str, ...], ...]
    """Ids of the links in a row; none: the link to a destination's own node."""
    narrow: tuple[tuple[str, int], ...]
    """By link, the one in the row that takes least, and ticks from entering to entering that."""
    ids: tuple[str, ...]
    """Of all nodes, those that were taken out too."""
    places: tuple[int, ...]
    """By node, its place in ``ids``."""
    contraction: Contraction
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    transit: NDArray[np.int64]
    steps: tuple[tuple[Step, ...], ...]
    """By link, the first from 0."""
    origins: tuple[Origin, ...]
    """Those with a way out, in order of node number and ready time."""
    origin_node: tuple[int, ...]
    sinks: tuple[int, ...]
    rooms: tuple[Fraction | None, ...]
    """By sink: what it can receive in all."""
    distance: NDArray[np.int64]
    """By node, least ticks to a sink if all links are open."""
    safe: tuple[Origin, ...]
    """Those who start at a destination without limit."""
    stuck: tuple[str, ...]
    """Nodes some of whose vehicles have no way out, whatever the capacities."""
    grid: int
    """Greatest common divisor of all times."""

    @property
    def vehicles(self) -> Fraction:
        """All who have a way out and a way to go."""
        return sum((origin.vehicles for origin in self.origins), Fraction(0))


def _last_entry(steps: tuple[Step, ...], by: Fraction | float) -> Fraction | float:
    """The end of the latest time, not after ``by``, at which a link is open; 0: there is none."""
    until: Fraction | float = inf
    for step in reversed(steps):
        end = min(by, until)
        if step.vph != 0 and end > step.from_s:
            return end
        until = step.from_s
    return 0


def latest_departures(
    instance: RoadInstance, steps: Mapping[str, tuple[Step, ...]], transit_s: Mapping[str, int]
) -> dict[str, Fraction | float]:
    """Return by node until when a destination can still be reached (s); infinite: for ever.

    A Dijkstra search backwards from all destinations, with links entered while they are open. A
    node that is absent has no way out at any time.
    """
    incoming: defaultdict[str, list[str]] = defaultdict(list)
    for link, road in instance.network.links.items():
        incoming[road.to_node].append(link)
    latest: dict[str, Fraction | float] = {
        d.node: inf for d in instance.destinations if d.capacity is None or d.capacity > 0
    }
    heap: list[tuple[Fraction | float, str]] = [(-time, node) for node, time in latest.items()]
    heapq.heapify(heap)
    while heap:
        negative, node = heapq.heappop(heap)
        if -negative < latest[node]:
            continue
        for link in incoming[node]:
            entered = _last_entry(steps[link], -negative - transit_s[link])
            tail = instance.network.links[link].from_node
            if entered > latest.get(tail, 0):
                latest[tail] = entered
                heapq.heappush(heap, (-entered, tail))
    return latest


def compile_roads(instance: RoadInstance) -> TimedRoads:
    """Turn an instance into arrays."""
    import numpy as np  # noqa: PLC0415 - heavy, and loaded only where it is used

    network = instance.network
    steps = {link: rate_steps(instance, link) for link in network.links}
    transit_s = {link: instance.transit_s(link) for link in network.links}
    latest = latest_departures(instance, steps, transit_s)
    open_ended = {d.node for d in instance.destinations if d.capacity is None}
    limited = [
        d for d in instance.destinations if d.capacity is not None and d.node not in open_ended
    ]
    ids = list(network.nodes)
    index = {node: i for i, node in enumerate(ids)}
    roads = [
        Road(
            (name,),
            index[link.from_node],
            index[link.to_node],
            transit_s[name] * TICKS,
            steps[name],
        )
        for name, link in network.links.items()
        if link.from_node != link.to_node
        and link.to_node in latest
        and link.from_node not in open_ended
        and any(step.vph != 0 for step in steps[name])
    ]
    sinks = [index[node] for node in sorted(open_ended)]
    rooms: list[Fraction | None] = [None] * len(sinks)
    for destination in limited:
        own = len(ids)
        roads.append(Road((), index[destination.node], own, 0, (Step(Fraction(0), None),)))
        sinks.append(own)
        rooms.append(destination.capacity)
        ids.append(destination.node)
    free = [o for o in instance.origins if o.ready_s < latest.get(o.node, 0)]
    origins = [o for o in free if o.node not in open_ended]
    keep = {index[o.node] for o in origins} | {index[d.node] for d in instance.destinations}
    keep |= {index[node] for node in instance.longest_wait_s} | set(sinks)
    contraction = Contraction(len(ids), roads, keep)
    kept = contraction.kept()
    at = {road.tail for road in kept} | {road.head for road in kept} | set(sinks)
    places = sorted(at | {index[o.node] for o in origins})
    number = {place: v for v, place in enumerate(places)}
    origins.sort(key=lambda o: (index[o.node], o.ready_s))
    tail, head = [number[r.tail] for r in kept], [number[r.head] for r in kept]
    transit = [road.transit for road in kept]
    ends = [number[sink] for sink in sinks]
    return TimedRoads(
        nodes=tuple(ids[place] for place in places),
        links=tuple(road.links for road in kept),
        narrow=tuple((r.links[r.narrow] if r.links else "", r.before) for r in kept),
        ids=tuple(ids),
        places=tuple(places),
        contraction=contraction,
        tail=np.array(tail, np.int64),
        head=np.array(head, np.int64),
        transit=np.array(transit, np.int64),
        steps=tuple(road.steps for road in kept),
        origins=tuple(origins),
        origin_node=tuple(number[index[o.node]] for o in origins),
        sinks=tuple(ends),
        rooms=tuple(rooms),
        distance=_distances(len(places), tail, head, transit, ends),
        safe=tuple(o for o in free if o.node in open_ended),
        stuck=tuple(
            sorted({o.node for o in instance.origins if o.ready_s >= latest.get(o.node, 0)})
        ),
        grid=_grid([road.transit for road in roads], [r.steps for r in roads], origins),
    )


def _distances(
    n: int, tail: list[int], head: list[int], transit: list[int], sinks: Iterable[int]
) -> NDArray[np.int64]:
    """Least ticks from each node to a sink (Dijkstra); far where there is no way."""
    import numpy as np  # noqa: PLC0415 - heavy

    incoming: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for v, w, time in zip(tail, head, transit, strict=True):
        incoming[w].append((v, time))
    distance = [_FAR] * n
    heap = [(0, sink) for sink in sinks]
    for sink in sinks:
        distance[sink] = 0
    while heap:
        far, w = heapq.heappop(heap)
        if far > distance[w]:
            continue
        for v, time in incoming[w]:
            if far + time < distance[v]:
                distance[v] = far + time
                heapq.heappush(heap, (far + time, v))
    return np.array(distance, np.int64)


def _grid(
    transit: Iterable[int], steps: Iterable[tuple[Step, ...]], origins: Iterable[Origin]
) -> int:
    """The width of cell at which nothing need be rounded, in ticks (times under one: left out)."""
    divisor = gcd(*transit)
    for link in steps:
        for step in link[1:]:
            divisor = gcd(divisor, ceil(step.from_s * TICKS))
    for origin in origins:
        divisor = gcd(divisor, ceil(origin.ready_s * TICKS))
    return divisor or TICKS
