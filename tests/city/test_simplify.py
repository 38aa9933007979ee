"""Contracting roads: what becomes of them, and that no clearance changes."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.city.roads import Roads
from safepassage.city.simplify import simplify
from safepassage.city.transit import speed_for, transit_times
from safepassage.units import transit_seconds
from tests.city.rows import Row, roads, ways_of
from tests.city.time_expanded import arrivals


def kept(found: Roads, *names: str) -> list[int]:
    """The positions of nodes."""
    return [found.node_id.index(name) for name in names]


def chain(*rows: Row) -> Roads:
    """Roads with every link in both directions."""
    back = [(b, a, m, kmh, vph) for a, b, m, kmh, vph in rows]
    return roads(*rows, *back)


def test_a_road_is_one_link_with_the_sum_of_times_and_the_least_capacity():
    """36 km/h is ten metres a second: 3 s, 4 s (rounded from 3.6) and 5 s make 12 s."""
    made = roads(("a", "b", 30, 36, 900), ("b", "c", 36, 36, 400), ("c", "d", 50, 36, 700))
    found = simplify(made, (), dead_ends=False)
    assert ways_of(found) == [("a", "d")]
    assert found.link_id == ("2",)
    assert found.transit_s.tolist() == [12]
    assert found.capacity.tolist() == [400_000_000]
    assert found.length.tolist() == [116_000_000]
    assert found.source_links == (("0", "1", "2"),)
    assert transit_times(found.length, found.free_speed).tolist() == [12]


def test_both_directions_are_contracted_apart():
    """The way back is told in the order of travel."""
    made = chain(("a", "b", 30, 36, 900), ("b", "c", 30, 36, 400))
    found = simplify(made, (), dead_ends=False)
    assert ways_of(found) == [("a", "c"), ("c", "a")]
    assert found.source_links == (("0", "1"), ("3", "2"))


def test_protected_nodes_and_junctions_stay():
    """Whoever starts at b still can; three roads meet at c."""
    made = chain(
        ("a", "b", 30, 36, 9), ("b", "c", 30, 36, 9), ("c", "d", 30, 36, 9), ("c", "e", 30, 36, 9)
    )
    assert set(simplify(made, (), dead_ends=False).node_id) == {"a", "c", "d", "e"}
    found = simplify(made, kept(made, "b"), dead_ends=False)
    assert set(found.node_id) == {"a", "b", "c", "d", "e"}


def test_dead_ends_go_only_where_nobody_starts():
    """A street without people is of no use; with one it stays, up to them."""
    made = chain(("a", "b", 30, 36, 9), ("b", "c", 30, 36, 9), ("c", "d", 30, 36, 9))
    found = simplify(made, kept(made, "a", "c"), dead_ends=True)
    assert set(found.node_id) == {"a", "c"}
    assert set(simplify(made, kept(made, "a", "c"), dead_ends=False).node_id) == {"a", "c", "d"}


def test_parts_without_people_go_with_dead_ends():
    """A street on an island where nobody is, with a ring at its end."""
    made = roads(
        ("a", "b", 30, 36, 9),
        ("x", "y", 30, 36, 9), ("y", "z", 30, 36, 9), ("z", "w", 30, 36, 9), ("w", "y", 30, 36, 9),
    )  # fmt: skip
    assert set(simplify(made, kept(made, "a", "b"), dead_ends=True).node_id) == {"a", "b"}
    assert len(simplify(made, kept(made, "a", "b"), dead_ends=False).node_id) > 2


def test_parallel_links_stay_and_loops_go():
    """Two roads between the same junctions keep their own times; a loop leads nowhere."""
    made = roads(
        ("a", "b", 30, 36, 9), ("a", "b", 60, 36, 5), ("b", "b", 10, 36, 9), ("b", "c", 10, 36, 9)
    )
    found = simplify(made, (), dead_ends=False)
    assert sorted(ways_of(found)) == [("a", "b"), ("a", "b"), ("b", "c")]


def test_unlimited_links_limit_nothing():
    """The least capacity is of those that have one."""
    made = roads(("a", "b", 30, 36, None), ("b", "c", 30, 36, 400), ("x", "y", 9, 36, None))
    assert simplify(made, (), dead_ends=False).capacity.tolist() == [400_000_000, -1]


def test_many_short_links_without_time_stay_apart():
    """Twenty pieces of 4 m take 0 s each, so 0 s in all, which no speed gives to 80 m."""
    names = "abcdefghijklmnopqrstu"
    made = roads(*((x, y, 4, 36, 9) for x, y in pairwise(names)))
    found = simplify(made, (), dead_ends=False)
    assert 1 < found.links < 20
    assert found.transit_s.tolist() == [0] * found.links
    assert transit_times(found.length, found.free_speed).tolist() == [0] * found.links
    assert [i for part in found.source_links for i in part] == [str(i) for i in range(20)]


def test_lines_are_joined_and_names_are_of_the_longest():
    """The shape of the whole road, each point once."""
    from dataclasses import replace

    from safepassage.city.roads import roads_of
    from safepassage.network.network import Network
    from tests.city.rows import network

    plain = network([("a", "b", 30, 36, 9), ("b", "c", 90, 36, 9)], {})
    links = {
        "0": replace(plain.links["0"], geometry=((0.0, 0.0), (1.0, 0.0)), name="Short"),
        "1": replace(plain.links["1"], geometry=((1.0, 0.0), (2.0, 1.0)), name="Long"),
    }
    found = simplify(roads_of(Network(plain.nodes, links)), (), dead_ends=False)
    assert found.geometry(0) == ((0.0, 0.0), (1.0, 0.0), (2.0, 1.0))
    assert found.words("name") == ["Long"]


@given(st.integers(10**5, 10**9), st.integers(0, 300), st.integers(1, 200_000_000))
def test_speed_for_gives_the_time_or_says_that_none_does(length: int, seconds: int, near: int):
    """Against the rounding of the rest of the program, at the nearest speed there is."""
    found = speed_for(length, seconds, near)
    if found is None:
        fastest = transit_seconds(Fraction(length, 10**6), Fraction(200))
        slowest = transit_seconds(Fraction(length, 10**6), Fraction(1, 10**6))
        assert not fastest <= seconds <= slowest
        return
    assert 0 < found <= 200_000_000
    exact = Fraction(length, 10**6), Fraction(found, 10**6)
    assert transit_seconds(*exact) == seconds
    assert transit_times(np.array([length]), np.array([found])).tolist() == [seconds]
    if found != near:
        toward = found + (1 if near > found else -1)
        assert toward > 200_000_000 or transit_seconds(exact[0], Fraction(toward, 10**6)) != seconds


@st.composite
def cities(draw: st.DrawFn) -> tuple[Roads, dict[str, int], set[str]]:
    """A few junctions with roads of several pieces between them, people and ways out."""
    count = draw(st.integers(2, 4))
    rows: list[Row] = []
    for road in range(draw(st.integers(1, 5))):
        a = draw(st.integers(0, count - 1))
        b = draw(st.integers(0, count - 1))
        pieces = draw(st.integers(1, 3))
        between = [f"r{road}{i}" for i in range(pieces - 1)]
        nodes = [f"j{a}", *between, f"j{b}"]
        two_way = draw(st.booleans())
        for x, y in pairwise(nodes):
            # Metres are seconds at 3.6 km/h; capacities are vehicles a second here.
            metres, capacity = draw(st.integers(0, 2)), draw(st.integers(0, 3))
            rows.append((x, y, metres, 4, capacity))
            if two_way:
                rows.append((y, x, draw(st.integers(0, 2)), 4, draw(st.integers(0, 3))))
    made = roads(*rows)
    names = sorted(made.node_id)
    origins = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    sinks = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return made, {node: draw(st.integers(1, 5)) for node in origins}, set(sinks)


@settings(max_examples=120, deadline=None)
@given(cities())
def test_no_clearance_changes(city: tuple[Roads, dict[str, int], set[str]]):
    """By every moment as many can be out of the contracted roads as of the roads themselves."""
    made, supply, sinks = city
    named = {*supply, *sinks}
    protected = [i for i, node in enumerate(made.node_id) if node in named]
    found = simplify(made, protected, dead_ends=True)
    assert named <= set(found.node_id)
    horizon = 9
    assert arrivals(found, supply, sinks, horizon) == arrivals(made, supply, sinks, horizon)


@settings(max_examples=120, deadline=None)
@given(cities())
def test_source_links_lead_back(city: tuple[Roads, dict[str, int], set[str]]):
    """Each link stands for links that follow on one another, with its ends, length and time."""
    made, supply, sinks = city
    named = {*supply, *sinks}
    protected = [i for i, node in enumerate(made.node_id) if node in named]
    found = simplify(made, protected, dead_ends=False)
    ends = ways_of(made)
    for i, ways in enumerate(found.source_links):
        parts = [int(way) for way in ways]
        path = [ends[part] for part in parts]
        assert [b for _, b in path[:-1]] == [a for a, _ in path[1:]]
        assert (path[0][0], path[-1][1]) == ways_of(found)[i]
        assert found.length[i] == made.length[parts].sum()
        assert found.transit_s[i] == made.transit_s[parts].sum()
        assert found.capacity[i] == made.capacity[parts].min()
    used = [way for ways in found.source_links for way in ways]
    assert len(used) == len(set(used))


def test_columns_cannot_be_written_to():
    """Roads are immutable, down to their arrays."""
    made = roads(("a", "b", 30, 36, 900))
    with pytest.raises(ValueError, match="read-only"):
        made.length[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        made.text["name"][0] = 1
