"""A slow way to clear a small road network: one maximum flow on the time-expanded graph.

Everything happens in whole steps of a second, and rates are whole vehicles a second, so the answer
is that of continuous time up to one step. It knows nothing of the engine, and of the checker only
the values that both read.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import networkx as nx

from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import (
    Clearance,
    CutLink,
    CutOverTime,
    Departure,
    InstanceReference,
    RoadBottleneck,
)

HOUR = 3600
SOURCE, SINK = "source", "sink"


@dataclass(frozen=True)
class Flow:
    """A maximum flow by a horizon, and the labels of its minimum cut."""

    amount: int
    arcs: dict[Any, dict[Any, int]]
    labels: dict[str, Fraction]


def rate_at(instance: RoadInstance, link: str, time: int) -> int | None:
    """Vehicles a second that may enter a link at a whole second."""
    for period in instance.changes.get(link, ()):
        if period.from_s <= time < period.to_s:
            return int(period.capacity_vph / HOUR)
    rate = instance.network.links[link].capacity_vph
    return None if rate is None else int(rate / HOUR)


def maximum_flow(instance: RoadInstance, horizon: int, *, waiting: bool = True) -> Flow:
    """Return as many as can arrive before a horizon."""
    graph = nx.DiGraph()
    graph.add_nodes_from([SOURCE, SINK])
    for i, origin in enumerate(instance.origins):
        if origin.ready_s < horizon:
            start = ("origin", i)
            graph.add_edge(SOURCE, start, capacity=int(origin.vehicles))
            graph.add_edge(start, (origin.node, int(origin.ready_s)))
    for name, link in instance.network.links.items():
        transit = instance.transit_s(name)
        for time in range(horizon - transit):
            rate = rate_at(instance, name, time)
            # A node of its own for each link and second keeps parallel links apart.
            way = ("link", name, time)
            graph.add_edge(
                (link.from_node, time), way, **({} if rate is None else {"capacity": rate})
            )
            graph.add_edge(way, (link.to_node, time + transit))
    if waiting:
        for node in instance.network.nodes:
            for time in range(horizon - 1):
                graph.add_edge((node, time), (node, time + 1))
    for destination in instance.destinations:
        gate = ("gate", destination.node)
        limit = {} if destination.capacity is None else {"capacity": int(destination.capacity)}
        graph.add_edge(gate, SINK, **limit)
        for time in range(horizon):
            graph.add_edge((destination.node, time), gate)
    amount, arcs = nx.maximum_flow(graph, SOURCE, SINK)
    return Flow(int(amount), arcs, _labels(graph, arcs, instance, horizon))


def _labels(graph: Any, arcs: Any, instance: RoadInstance, horizon: int) -> dict[str, Fraction]:
    """First second at which a node can be reached in the residual graph: the cut over time."""
    reached, waiting = {SOURCE}, [SOURCE]
    while waiting:
        node = waiting.pop()
        ahead = [b for b, e in graph[node].items() if arcs[node][b] < e.get("capacity", 10**12)]
        back = [a for a in graph.predecessors(node) if arcs[a][node] > 0]
        for other in (*ahead, *back):
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    times: dict[str, list[int]] = {}
    for node in reached:
        if isinstance(node, tuple) and len(node) == 2 and node[0] in instance.network.nodes:
            times.setdefault(node[0], []).append(node[1])
    return {n: Fraction(min(times.get(n, [horizon]))) for n in instance.network.nodes}


def clear(instance: RoadInstance, deadline: int | None = None, most: int = 400) -> Clearance:
    """Clear a small network in which every vehicle has a way out within ``most`` seconds."""
    wanted = int(instance.vehicles)
    time = next(t for t in range(1, most) if maximum_flow(instance, t).amount == wanted)
    before = maximum_flow(instance, time - 1) if time > 1 else None
    best = maximum_flow(instance, time)
    departures = tuple(_departures(best, instance))
    # The last step may be needed only in part; then the plan of whole steps has a gap.
    bound, certificate = Fraction(0), None
    if before is not None:
        bound = Fraction(time - 1)
        certificate = CutOverTime(bound, before.labels)
    last = max(
        d.to_s + sum(d.waits_s) + sum(instance.transit_s(x) for x in d.links) for d in departures
    )
    by = None
    at_most = at_cut = None
    if deadline is not None:
        most_out = maximum_flow(instance, deadline)
        at_most, at_cut = (
            Fraction(most_out.amount),
            CutOverTime(Fraction(deadline), most_out.labels),
        )
        by = sum((arrived(d, instance, deadline) for d in departures), Fraction(0))
    return Clearance(
        instance=InstanceReference(instance.location or "small", instance.digest),
        vehicles=instance.vehicles,
        clearance_time_s=last,
        lower_bound_s=bound,
        gap=float(last / bound - 1) if bound else (0.0 if last == 0 else None),
        deadline_s=Fraction(deadline) if deadline is not None else None,
        evacuated_by_deadline=by,
        evacuated_at_most=at_most,
        no_way_out=(),
        complete=True,
        bottleneck=_bottleneck(certificate, instance),
        certificate=certificate,
        deadline_certificate=at_cut,
        departures=departures,
    )


def arrived(departure: Departure, instance: RoadInstance, deadline: int) -> Fraction:
    """Vehicles of a departure that have arrived by a time."""
    driving = sum(map(instance.transit_s, departure.links)) + sum(departure.waits_s)
    since = min(max(deadline - driving - departure.from_s, 0), departure.to_s - departure.from_s)
    return departure.vehicles_per_hour * since / HOUR


def _departures(flow: Flow, instance: RoadInstance) -> list[Departure]:
    """Take the flow apart into paths of one second each."""
    rest = {a: {b: x for b, x in out.items() if x} for a, out in flow.arcs.items()}
    departures = []
    while rest[SOURCE]:
        path = [SOURCE]
        while path[-1] != SINK:
            step = next(iter(rest[path[-1]]))
            if step in path:  # a circle carries nobody: take it out
                at = path.index(step)
                _take(rest, [*path[at:], step], min(_amounts(rest, [*path[at:], step])))
                path = path[: at + 1]
            else:
                path.append(step)
        amount = min(_amounts(rest, path))
        _take(rest, path, amount)
        departures.append(_departure(path[1:-1], amount, instance))
    return departures


def _amounts(rest: Any, path: list[Any]) -> list[int]:
    return [rest[a][b] for a, b in pairwise(path)]


def _take(rest: Any, path: list[Any], amount: int) -> None:
    for a, b in pairwise(path):
        rest[a][b] -= amount
        if not rest[a][b]:
            del rest[a][b]


def _departure(path: list[Any], amount: int, instance: RoadInstance) -> Departure:
    (_, origin), *stops, (_, destination) = path
    node, ready = stops[0]
    assert instance.origins[origin].node == node
    links, waits = [], []
    at = ready
    for stop in stops:
        if stop[0] == "link" and len(stop) == 3:
            links.append(stop[1])
            waits.append(Fraction(stop[2] - at))
            at = stop[2] + instance.transit_s(stop[1])
    first = waits[0] if waits else Fraction(0)
    begin = Fraction(ready) + first if links else Fraction(stops[-1][1])
    return Departure(
        origin=node,
        destination=destination,
        links=tuple(links),
        waits_s=(Fraction(0), *waits[1:]) if any(waits[1:]) else (),
        from_s=begin,
        to_s=begin + 1,
        vehicles_per_hour=Fraction(amount * HOUR),
    )


def _bottleneck(cut: CutOverTime | None, instance: RoadInstance) -> RoadBottleneck | None:
    if cut is None:
        return None
    crossed = []
    for name, link in instance.network.links.items():
        begin = int(cut.labels[link.from_node])
        end = int(cut.labels[link.to_node]) - instance.transit_s(name)
        rates = [rate_at(instance, name, t) for t in range(begin, end)]
        if rates and None not in rates:
            crossed.append(
                CutLink(name, Fraction(begin), Fraction(end), Fraction(sum(r or 0 for r in rates)))
            )
    origins = tuple(o.node for o in instance.origins if o.ready_s >= cut.labels[o.node])
    return RoadBottleneck("Small roads hold everyone up.", origins, tuple(crossed))
