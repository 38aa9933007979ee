"""Fastest ways: against a search of all ways, with ties, stops and nodes to avoid."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from safepassage.network.network import Link, Network, Node
from safepassage.network.routes import drive_time, fastest_route


def network(*roads: tuple[str, str, str, int]) -> Network:
    """Links given as id, from, to, seconds (at 36 km/h ten metres take one second)."""
    links = {
        name: Link(name, a, b, Fraction(10 * seconds), Fraction(36))
        for name, a, b, seconds in roads
    }
    ends = sorted({n for link in links.values() for n in (link.from_node, link.to_node)})
    return Network({n: Node(n, None, None, 0, 0) for n in ends}, links)


def test_faster_way_with_more_links_wins():
    """Time goes first."""
    roads = network(("direct", "a", "c", 10), ("x", "a", "b", 4), ("y", "b", "c", 5))
    assert fastest_route(roads, ["a", "c"]) == ("x", "y")
    assert drive_time(roads, ("x", "y")) == 9


def test_ties_go_to_fewer_links_then_to_ids():
    """Equal times: one link before two, and among pairs the earlier ids."""
    roads = network(
        ("z", "a", "c", 9), ("x", "a", "b", 4), ("y", "b", "c", 5),
    )  # fmt: skip
    assert fastest_route(roads, ["a", "c"]) == ("z",)
    twins = network(
        ("p2", "a", "m", 1), ("q2", "m", "c", 1), ("p1", "a", "n", 1), ("q1", "n", "c", 1),
    )  # fmt: skip
    assert fastest_route(twins, ["a", "c"]) == ("p1", "q1")


def test_stops_are_visited_in_their_order():
    """By way of b and back, though the direct way is shorter."""
    roads = network(("ab", "a", "b", 3), ("bc", "b", "c", 3), ("ac", "a", "c", 1))
    assert fastest_route(roads, ["a", "b", "c"]) == ("ab", "bc")
    assert fastest_route(roads, ["a", "c", "b"]) is None
    assert fastest_route(roads, ["a"]) == ()
    assert fastest_route(roads, ["a", "a"]) == ()


def test_avoided_nodes_are_passed_only_as_stops():
    """A crossing on the way is gone round, unless it is where one stops, and only in its turn."""
    roads = network(("ab", "a", "b", 1), ("bc", "b", "c", 1), ("ac", "a", "c", 9))
    avoid = frozenset({"b"})
    assert fastest_route(roads, ["a", "c"]) == ("ab", "bc")
    assert fastest_route(roads, ["a", "c"], avoid) == ("ac",)
    assert fastest_route(roads, ["a", "b", "c"], avoid) == ("ab", "bc")
    assert fastest_route(roads, ["b", "c"], avoid) == ("bc",)
    late = network(("ab", "a", "b", 1), ("bc", "b", "c", 1), ("cb", "c", "b", 1))
    assert fastest_route(late, ["a", "c", "b"], avoid) is None


def test_an_unknown_stop_is_an_error():
    """A name that is no node is never just "no way"."""
    roads = network(("ab", "a", "b", 1))
    for stops in (["a", "z"], ["z", "a"]):
        with pytest.raises(KeyError):
            fastest_route(roads, stops)


def all_ways(roads: Network, start: str, end: str, avoid: frozenset[str]) -> list[tuple[str, ...]]:
    """Every way that meets no node twice."""
    found = []
    stack: list[tuple[str, tuple[str, ...], frozenset[str]]] = [(start, (), frozenset({start}))]
    while stack:
        node, way, met = stack.pop()
        if node == end:
            found.append(way)
        elif node == start or node not in avoid:
            for link_id in roads.out_links(node):
                to = roads.links[link_id].to_node
                if to not in met:
                    stack.append((to, (*way, link_id), met | {to}))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_against_all_ways(seed: int):
    """On small random networks, the best of all ways by time, links and ids."""
    rng = random.Random(seed)
    nodes = "abcdefg"
    roads = [(f"l{i}", *rng.sample(nodes, 2), rng.randint(1, 4)) for i in range(rng.randint(6, 16))]
    built = network(*roads)
    avoid = frozenset(rng.sample(sorted(built.nodes), 1))
    start, end = rng.sample(sorted(built.nodes), 2)
    ways = all_ways(built, start, end, avoid)
    best = min(ways, key=lambda w: (drive_time(built, w), len(w), w), default=None)
    assert fastest_route(built, [start, end], avoid) == best


def test_the_order_of_the_file_does_not_matter():
    """Shuffled links give the same way."""
    rng = random.Random(7)
    roads = [(f"l{i}", *rng.sample("abcdef", 2), rng.randint(1, 2)) for i in range(25)]
    ways = set()
    for _ in range(20):
        rng.shuffle(roads)
        ways.add(fastest_route(network(*roads), ["a", "f"]))
    assert len(ways) == 1
