"""Ways and least drives against networkx."""

from __future__ import annotations

import random
from fractions import Fraction

import networkx as nx
import pytest

from safepassage.instance.least import least_drive
from safepassage.network.network import Link, Network, Node
from safepassage.network.routes import drive_time, fastest_route
from safepassage.units import drive_seconds

NODES = [f"n{i}" for i in range(12)]


def _network(seed: int) -> Network:
    draw = random.Random(seed)
    links = {}
    for i in range(40):
        a, b = draw.sample(NODES, 2)
        length, speed = Fraction(draw.randint(100, 9_000)), Fraction(draw.randint(20, 90))
        links[f"l{i}"] = Link(f"l{i}", a, b, length, speed)
    return Network({n: Node(n, None, None, 0, 0) for n in NODES}, links)


def _graph(network: Network, factor: Fraction) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(network.nodes)
    for link in network.links.values():
        seconds = drive_seconds(link.length_m, link.free_speed_kmh, factor)
        graph.add_edge(link.from_node, link.to_node, seconds=seconds)
    return graph


@pytest.mark.parametrize("seed", range(10))
def test_fastest_route(seed: int) -> None:
    network = _network(seed)
    graph = _graph(network, Fraction(1))
    for start in NODES:
        known = nx.single_source_dijkstra_path_length(graph, start, weight="seconds")
        for end in NODES:
            way = fastest_route(network, [start, end])
            assert (way is None) is (end not in known)
            if way is not None:
                assert drive_time(network, way) == known[end]


@pytest.mark.parametrize("seed", range(10))
def test_least_drive_goes_round_what_it_avoids(seed: int) -> None:
    network, factor = _network(seed), Fraction(3, 4)
    avoid = {"n3", "n7"}
    for start in ("n0", "n3", "n5"):
        for end in ("n1", "n7", "n9"):
            kept = set(NODES) - avoid | {start, end}
            graph = _graph(network, factor).subgraph(kept)
            try:
                expected = nx.dijkstra_path_length(graph, start, end, weight="seconds")
            except nx.NetworkXNoPath:
                with pytest.raises(KeyError):
                    least_drive(network, start, end, avoid, factor)
                continue
            assert least_drive(network, start, end, avoid, factor) == expected
