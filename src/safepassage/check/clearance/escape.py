"""Who has a way out at all, whatever the capacities: the latest moment at which one is left."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from safepassage.check.clearance.roads import Road
from safepassage.network.road_instance import Destination, Origin

__all__ = ["latest_ways_out", "stuck_vehicles"]

Time = Fraction | float
"""Seconds; infinite where a way is left for good."""


def latest_ways_out(
    roads: Mapping[str, Road], destinations: Iterable[Destination]
) -> dict[str, Time]:
    """Return by node the moment up to which a destination can still be reached from it.

    One search backwards from all destinations: a link has to be entered while it is open, in time
    for what follows; before that one may wait. Where waiting is limited this is an outer limit.
    A node from which no destination can ever be reached is absent.
    """
    incoming: defaultdict[str, list[Road]] = defaultdict(list)
    for road in roads.values():
        incoming[road.to_node].append(road)
    latest: dict[str, Time] = {}
    for destination in destinations:
        if destination.capacity is None or destination.capacity > 0:
            latest[destination.node] = float("inf")
    heap: list[tuple[Time, str]] = [(-time, node) for node, time in latest.items()]
    heapq.heapify(heap)
    while heap:
        negative, node = heapq.heappop(heap)
        if -negative < latest[node]:
            continue
        for road in incoming[node]:
            entered = _last_entry(road, -negative - road.transit_s)
            if entered > latest.get(road.from_node, 0):
                latest[road.from_node] = entered
                heapq.heappush(heap, (-entered, road.from_node))
    return latest


def _last_entry(road: Road, by: Time) -> Time:
    """The latest moment, not after ``by``, up to which a road is open; 0 where there is none."""
    until: Time = float("inf")
    for step in reversed(road.steps):
        end = min(by, until)
        if step.rate != 0 and end > step.from_s:
            return end
        until = step.from_s
    return 0


def stuck_vehicles(origins: Iterable[Origin], latest: Mapping[str, Time]) -> dict[str, Fraction]:
    """Return by node the vehicles that have no way out once they are ready."""
    stuck: dict[str, Fraction] = {}
    for origin in origins:
        if origin.ready_s >= latest.get(origin.node, 0):
            stuck[origin.node] = stuck.get(origin.node, Fraction(0)) + origin.vehicles
    return stuck
