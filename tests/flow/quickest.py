"""The quickest clearance by brute force: every set of origins, every whole second.

Nothing of the engine is used, and of the checker only the values that both read.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, combinations

import networkx as nx

from safepassage.network.road_instance import RoadInstance
from tests.check.clearance.reference import maximum_flow

HOUR = 3600
#: More than any road of a small network lets through.
PLENTY = 10**6


def with_way_out(instance: RoadInstance) -> set[str]:
    """Nodes from which roads of constant capacity above 0 lead to a destination."""
    graph = nx.DiGraph()
    graph.add_nodes_from(instance.network.nodes)
    graph.add_edges_from(
        (link.to_node, link.from_node)
        for link in instance.network.links.values()
        if link.capacity_vph
    )
    ends = {destination.node for destination in instance.destinations}
    return ends.union(*(nx.descendants(graph, end) for end in ends))


def quickest(instance: RoadInstance) -> Fraction:
    """When everyone with a way out can be out, capacities being constant; exact.

    Everyone can be out by ``T`` if and only if each set ``S`` of origins could send its vehicles
    by ``T``, had it the roads for itself (Hoppe and Tardos, 2000): the time is the largest of the
    sets' own quickest times.
    """
    ends = {destination.node for destination in instance.destinations}
    waiting = with_way_out(instance) - ends
    vehicles: dict[str, int] = {}
    for origin in instance.origins:
        if origin.node in waiting:
            vehicles[origin.node] = vehicles.get(origin.node, 0) + int(origin.vehicles)
    sets = chain.from_iterable(combinations(vehicles, n) for n in range(1, len(vehicles) + 1))
    return max((_quickest_of(instance, s, sum(vehicles[v] for v in s)) for s in sets), default=0)


def _quickest_of(instance: RoadInstance, origins: tuple[str, ...], vehicles: int) -> Fraction:
    """Least time in which a set can send so many.

    What can be sent by ``T`` is convex and piecewise linear, bending at lengths of paths, which
    are whole seconds: between whole seconds it is a straight line.
    """
    late = 1
    while most_by(instance, origins, late) < vehicles:
        late *= 2
    early = late // 2
    while late - early > 1:
        middle = (early + late) // 2
        if most_by(instance, origins, middle) < vehicles:
            early = middle
        else:
            late = middle
    before, after = (most_by(instance, origins, t) for t in (early, late))
    return early + Fraction(vehicles - before, after - before)


def most_by(instance: RoadInstance, origins: tuple[str, ...], horizon: int) -> int:
    """Most that a set of origins with plenty of vehicles can send within whole seconds.

    The maximum of ``T |f| - cost(f)`` over static flows ``f`` (Ford and Fulkerson, 1958).
    """
    graph = nx.MultiDiGraph()
    for name, link in instance.network.links.items():
        assert link.capacity_vph is not None
        rate = int(link.capacity_vph / HOUR)
        transit = instance.transit_s(name)
        graph.add_edge(link.from_node, link.to_node, capacity=rate, weight=transit)
    for origin in origins:
        graph.add_edge("source", origin, capacity=PLENTY, weight=0)
    for destination in instance.destinations:
        graph.add_edge(destination.node, "sink", capacity=PLENTY, weight=0)
    graph.add_edge("sink", "source", capacity=PLENTY, weight=-horizon)
    return -int(nx.min_cost_flow_cost(graph))


def whole_seconds(instance: RoadInstance, most: int = 400) -> int:
    """First whole second by which everyone can be out, on the time-expanded graph.

    Exact where every time is a whole second: the least time is within the second before it.
    """
    late = 1
    while late < most and maximum_flow(instance, late).amount < instance.vehicles:
        late *= 2
    early = late // 2
    while late - early > 1:
        middle = (early + late) // 2
        if maximum_flow(instance, middle).amount < instance.vehicles:
            early = middle
        else:
            late = middle
    return late
