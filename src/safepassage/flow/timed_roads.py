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

from safepassage.network.road_instance import FOR_GOOD_S, Origin, RoadInstance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TICKS", "Step", "TimedRoads", "compile_roads", "latest_departures", "rate_steps"]

TICKS: Final = 1000
"""Units of time in a second."""

_FAR: Final = 1 << 45


@dataclass(frozen=True, slots=True)
class Step:
    """From ``from_s`` on a link takes so many vehicles an hour (None: any number)."""

    from_s: Fraction
    vph: Fraction | None


@dataclass(frozen=True, slots=True)
class TimedRoads:
    """What the engine works on. Nodes and links are numbered; times are ticks."""

    nodes: tuple[str, ...]
    """Ids; a destination's own node has the id of the destination."""
    links: tuple[str | None, ...]
    """Ids; None: the link to a destination's own node."""
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


def rate_steps(instance: RoadInstance, link: str) -> tuple[Step, ...]:
    """Return a link's capacity as steps in time; the last lasts for ever."""
    own = instance.network.links[link].capacity_vph
    steps = [Step(Fraction(0), own)]

    def add(from_s: Fraction, vph: Fraction | None) -> None:
        if steps[-1].from_s == from_s:
            steps.pop()
        if not steps or steps[-1].vph != vph:
            steps.append(Step(from_s, vph))

    for period in instance.changes.get(link, ()):
        add(period.from_s, period.capacity_vph)
        if period.to_s >= FOR_GOOD_S:
            break
        add(period.to_s, own)
    return tuple(steps)


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
    nodes = list(network.nodes)
    index = {node: i for i, node in enumerate(nodes)}
    links: list[str | None] = [
        link
        for link, road in network.links.items()
        if road.from_node != road.to_node
        and road.to_node in latest
        and road.from_node not in open_ended
        and any(step.vph != 0 for step in steps[link])
    ]
    tail = [index[network.links[link].from_node] for link in links if link]
    head = [index[network.links[link].to_node] for link in links if link]
    transit = [transit_s[link] * TICKS for link in links if link]
    all_steps = [steps[link] for link in links if link]
    sinks = [index[node] for node in sorted(open_ended)]
    rooms: list[Fraction | None] = [None] * len(sinks)
    for destination in limited:
        links.append(None)
        tail.append(index[destination.node])
        head.append(len(nodes))
        transit.append(0)
        all_steps.append((Step(Fraction(0), None),))
        sinks.append(len(nodes))
        rooms.append(destination.capacity)
        nodes.append(destination.node)
    free = [o for o in instance.origins if o.ready_s < latest.get(o.node, 0)]
    origins = sorted(
        (o for o in free if o.node not in open_ended), key=lambda o: (index[o.node], o.ready_s)
    )
    arrays = [np.array(a, np.int64) for a in (tail, head, transit)]
    return TimedRoads(
        nodes=tuple(nodes),
        links=tuple(links),
        tail=arrays[0],
        head=arrays[1],
        transit=arrays[2],
        steps=tuple(all_steps),
        origins=tuple(origins),
        origin_node=tuple(index[o.node] for o in origins),
        sinks=tuple(sinks),
        rooms=tuple(rooms),
        distance=_distances(len(nodes), tail, head, transit, sinks),
        safe=tuple(o for o in free if o.node in open_ended),
        stuck=tuple(sorted({o.node for o in instance.origins} - {o.node for o in free}))
        + tuple(
            sorted({o.node for o in instance.origins if o not in free} & {o.node for o in free})
        ),
        grid=_grid(transit, all_steps, origins),
    )


def _distances(
    n: int, tail: list[int], head: list[int], transit: list[int], sinks: Iterable[int]
) -> NDArray[np.int64]:
    """Least ticks from each node to a sink (Dijkstra); far where there is no way."""
    import numpy as np  # noqa: PLC0415

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
