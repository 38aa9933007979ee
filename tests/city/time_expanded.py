"""Clearance of small networks by brute force: maximum flows on time-expanded graphs."""

from __future__ import annotations

from collections.abc import Mapping

import networkx as nx

from safepassage.city.roads import UNLIMITED, Roads


def arrivals(roads: Roads, supply: Mapping[str, int], sinks: set[str], horizon: int) -> list[float]:
    """How many can have arrived by each whole second, with waiting everywhere.

    A vehicle that enters a link at ``t`` leaves it at ``t`` plus the transit time. Capacities
    count vehicles a second here.
    """
    graph = nx.DiGraph()
    graph.add_node("end")
    for t in range(horizon + 1):
        for node in roads.node_id:
            if t < horizon:
                graph.add_edge((node, t), (node, t + 1))
        for sink in sinks:
            graph.add_edge((sink, t), "end")
        for link in range(roads.links):
            arrive = t + int(roads.transit_s[link])
            if arrive <= horizon:
                _add(graph, roads, link, t, arrive)
    for node, vehicles in supply.items():
        graph.add_edge("start", (node, 0), capacity=vehicles)
    found = []
    for t in range(horizon + 1):
        # Only what has arrived by then counts.
        part = graph.subgraph(
            n for n in graph if n in ("start", "end") or (isinstance(n, tuple) and n[1] <= t)
        )
        found.append(nx.maximum_flow_value(part, "start", "end") if "start" in part else 0)
    return found


def _add(graph: nx.DiGraph, roads: Roads, link: int, t: int, arrive: int) -> None:
    start = (roads.node_id[int(roads.from_node[link])], t)
    end = (roads.node_id[int(roads.to_node[link])], arrive)
    if start == end:
        return
    # Parallel links each need an edge of their own.
    middle = ("link", t, link)
    capacity = int(roads.capacity[link])
    limit = {} if capacity == UNLIMITED else {"capacity": capacity // 1_000_000}
    graph.add_edge(start, middle, **limit)
    graph.add_edge(middle, end)
