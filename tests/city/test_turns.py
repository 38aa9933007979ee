"""Forbidden turns: after dividing nodes, exactly the allowed ways through are left."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from safepassage.city.osm import OsmRoads, read_osm
from safepassage.city.roads import Roads
from safepassage.city.turns import read_restriction, restrict_turns
from tests.city.town import NODES, Ban, ban, write_osm

#: Four roads that meet at node 4, from the west, north, south and east.
CROSS = {
    1: ([2, 4], {"highway": "primary"}),
    2: ([6, 4], {"highway": "primary"}),
    3: ([7, 4], {"highway": "primary"}),
    4: ([8, 4], {"highway": "primary"}),
}


def read(folder: Path, *bans: Ban) -> OsmRoads:
    """The crossing with restrictions."""
    return read_osm(write_osm(folder / "cross.osm", NODES, CROSS, dict(enumerate(bans, 1))))


def turns(roads: Roads) -> set[tuple[int, int]]:
    """From which way into which one can go, without driving along a third."""
    graph = nx.DiGraph()
    for link in range(roads.links):
        a, b = int(roads.from_node[link]), int(roads.to_node[link])
        name = roads.link_id[link]
        if name.startswith("turn"):
            graph.add_edge(a, b)
        elif name.endswith("b"):
            graph.add_edge(a, ("out", int(name[1:].partition("-")[0])))
        else:
            graph.add_edge(("in", int(name[1:].partition("-")[0])), b)
    ins = [n for n in graph if isinstance(n, tuple) and n[0] == "in"]
    return {
        (start[1], end[1])
        for start in ins
        for end in nx.descendants(graph, start)
        if isinstance(end, tuple)
    }


ALL = {(a, b) for a in CROSS for b in CROSS}


@pytest.mark.parametrize(
    ("bans", "forbidden"),
    [
        ([], set()),
        ([ban("no_left_turn", 1, 4, 2)], {(1, 2)}),
        ([ban("only_straight_on", 1, 4, 4)], {(1, 1), (1, 2), (1, 3)}),
        ([ban("no_left_turn", 1, 4, 2), ban("no_left_turn", 2, 4, 4)], {(1, 2), (2, 4)}),
        ([ban("no_left_turn", 1, 4, 2), ban("no_right_turn", 1, 4, 3)], {(1, 2), (1, 3)}),
        ([ban("no_left_turn", 1, 4, 2), ban("no_entry", 3, 4, 2)], {(1, 2), (3, 2)}),
        ([ban("no_u_turn", 1, 4, 1)], {(1, 1)}),
        (
            [ban("only_right_turn", 1, 4, 3), ban("only_right_turn", 3, 4, 4)],
            {(1, 1), (1, 2), (1, 4), (3, 1), (3, 2), (3, 3)},
        ),
    ],
)
def test_what_is_forbidden_is_impossible_and_the_rest_is_not(
    tmp_path: Path, bans: list[Ban], forbidden: set[tuple[int, int]]
):
    """Every pair of roads at the crossing, before and after."""
    made = read(tmp_path, *bans)
    assert turns(made.roads) == ALL
    roads, divided, left_out = restrict_turns(made.roads, made.restrictions, ())
    assert turns(roads) == ALL - forbidden
    assert divided == bool(bans)
    assert not left_out


def test_who_starts_at_a_divided_node_may_go_everywhere(tmp_path: Path):
    """The node keeps its id, and every road out of it can be reached."""
    made = read(tmp_path, ban("only_straight_on", 1, 4, 4), ban("no_left_turn", 2, 4, 4))
    roads, _, _ = restrict_turns(made.roads, made.restrictions, ())
    graph = nx.DiGraph(zip(roads.from_node.tolist(), roads.to_node.tolist(), strict=True))
    reached = {roads.node_id[n] for n in nx.descendants(graph, roads.node_id.index("4"))}
    assert {"2", "6", "7", "8"} <= reached


def test_turns_take_no_time_and_limit_nobody(tmp_path: Path):
    """And they stand for no link of the map."""
    made = read(tmp_path, ban("no_left_turn", 1, 4, 2))
    roads, _, _ = restrict_turns(made.roads, made.restrictions, ())
    new = [i for i, name in enumerate(roads.link_id) if name.startswith("turn-")]
    assert new
    assert not roads.transit_s[new].any()
    assert set(roads.capacity[new].tolist()) == {-1}
    assert [roads.source_links[i] for i in new] == [()] * len(new)
    assert [roads.imputed(c) for c in ("length", "speed", "capacity")] == [
        made.roads.imputed(c) for c in ("length", "speed", "capacity")
    ]


def test_a_destination_is_not_divided(tmp_path: Path):
    """Whoever arrives does not turn; the restriction is counted as left out."""
    made = read(tmp_path, ban("no_left_turn", 1, 4, 2))
    node = made.roads.node_id.index("4")
    roads, divided, left_out = restrict_turns(made.roads, made.restrictions, [node])
    assert roads.links == made.roads.links
    assert divided == 0
    assert dict(left_out) == {"at a destination": 1}


def test_a_road_on_both_sides_of_the_node_leaves_it_open_which_is_meant(tmp_path: Path):
    """From a way that passes the node, nobody knows from which side; it is left out."""
    ways = {1: ([2, 4, 8], {"highway": "primary"}), 2: ([6, 4], {"highway": "primary"})}
    file = write_osm(tmp_path / "t.osm", NODES, ways, {1: ban("no_left_turn", 1, 4, 2)})
    made = read_osm(file)
    _, divided, left_out = restrict_turns(made.roads, made.restrictions, ())
    assert divided == 0
    assert dict(left_out) == {"several roads": 1}


W, N, OVER = ("w", 1, "from"), ("n", 2, "via"), ("w", 5, "via")


@pytest.mark.parametrize(
    ("tags", "members", "why"),
    [
        ({"restriction": "no_left_turn"}, [W, OVER, ("w", 3, "to")], "over several nodes"),
        ({"restriction": "no_left_turn"}, [W, W, N, ("w", 3, "to")], "several roads"),
        ({"restriction": "no_left_turn"}, [W, N], "several roads"),
        ({"restriction": "give_way"}, [W, N, ("w", 3, "to")], "kind not known"),
        ({"restriction:hgv": "no_left_turn"}, [W, N, ("w", 3, "to")], "kind not known"),
        (
            {"restriction": "no_left_turn", "except": "bus; motorcar"},
            [W, N, ("w", 3, "to")],
            "not for cars",
        ),
    ],
)  # fmt: skip
def test_odd_restrictions_say_why_they_are_left_out(
    tags: dict[str, str], members: list[tuple[str, int, str]], why: str
):
    """Whatever nodes and links cannot state, or the map leaves open."""
    assert read_restriction(tags, members) == why


def test_an_exception_for_buses_is_none_for_cars():
    """The nearest restriction that holds."""
    read = read_restriction(
        {"restriction": "no_left_turn", "except": "bus;bicycle"}, [W, N, ("w", 3, "to")]
    )
    assert not isinstance(read, str)
    assert (read.from_way, read.via, read.to_way, read.only) == (1, 2, 3, False)
