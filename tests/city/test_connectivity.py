"""Reaching and parts, against networkx."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from safepassage.city.connectivity import (
    connected_parts,
    leading_to,
    reached_from,
    strong_parts,
)
from safepassage.city.roads import Roads
from tests.city.rows import roads, ways_of

PAIRS = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), min_size=1, max_size=16
)


def made(pairs: list[tuple[str, str]]) -> tuple[Roads, nx.MultiDiGraph]:
    """The same graph for both."""
    found = roads(*((a, b, 1, 36, 1) for a, b in pairs))
    graph = nx.MultiDiGraph(ways_of(found))
    graph.add_nodes_from(found.node_id)
    return found, graph


def groups(found: Roads, numbers: list[int]) -> set[frozenset[str]]:
    """Nodes by the number of their part."""
    return {
        frozenset(n for n, k in zip(found.node_id, numbers, strict=True) if k == number)
        for number in numbers
    }


@given(PAIRS)
def test_parts(pairs: list[tuple[str, str]]):
    """Parts are those of networkx, and the largest is number 0."""
    found, graph = made(pairs)
    for parts, expected in (
        (connected_parts(found).tolist(), nx.weakly_connected_components(graph)),
        (strong_parts(found).tolist(), nx.strongly_connected_components(graph)),
    ):
        sets = {frozenset(part) for part in expected}
        assert groups(found, parts) == sets
        assert parts.count(0) == max(map(len, sets))


@given(PAIRS)
def test_reaching(pairs: list[tuple[str, str]]):
    """From the first node, and to it."""
    found, graph = made(pairs)
    first = found.node_id[0]
    reached = {n for n, yes in zip(found.node_id, reached_from(found, [0]), strict=True) if yes}
    leading = {n for n, yes in zip(found.node_id, leading_to(found, [0]), strict=True) if yes}
    assert reached == {first} | nx.descendants(graph, first)
    assert leading == {first} | nx.ancestors(graph, first)
