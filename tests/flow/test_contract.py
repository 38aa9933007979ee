"""Nodes passed through are left out of the search, and nothing is won or lost by it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.check.clearance.cut import value_of
from safepassage.check.clearance.roads import read_roads
from safepassage.check.clearance.telling import Findings
from safepassage.flow.timed_cut import TimedCut
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_roads import TICKS, compile_roads
from safepassage.network.road_instance import RoadInstance
from tests.check.clearance.small import build


def test_a_chain_becomes_one_road():
    """Three roads in a row with 2 + 3 + 4 s, the second the narrowest: one of 9 s and its rate."""
    row = build(
        [("r", "a", "b", 2, 5), ("s", "b", "c", 3, 1), ("t", "c", "d", 4, 5)],
        [("a", 9, 0)],
        {"d": None},
    )
    roads = compile_roads(row)
    assert roads.links == (("r", "s", "t"),)
    assert roads.transit.tolist() == [9 * TICKS]
    assert roads.steps[0][0].vph == 3600
    assert roads.narrow == (("s", 2 * TICKS),)


def test_a_two_way_street_keeps_both_directions():
    """A node between two neighbours with roads both ways is passed through both ways."""
    street = build(
        [
            ("r", "a", "b", 2, 5),
            ("s", "b", "c", 3, 4),
            ("u", "c", "b", 3, 3),
            ("v", "b", "a", 2, 2),
        ],
        [("a", 9, 0), ("c", 9, 0)],
        {"a": 5, "c": None},
    )
    chains = [links for links in compile_roads(street).links if links]
    # Roads out of a destination without limit are of no use.
    assert chains == [("r", "s")]


def test_dead_ends_are_left_out():
    """Nobody starts in the dead end, so its roads and nodes are of no use."""
    dead = build(
        [("r", "a", "d", 2, 5), ("x", "a", "b", 1, 1), ("y", "b", "a", 1, 1)],
        [("a", 9, 0)],
        {"d": None},
    )
    assert compile_roads(dead).links == (("r",),)


def test_what_matters_is_kept():
    """Origins, destinations, limits on waiting, and roads that change with time stay apart."""
    roads = [("r", "a", "b", 2, 5), ("s", "b", "c", 3, 4)]
    ends = {"c": None}
    for kept in (
        build(roads, [("a", 9, 0), ("b", 1, 0)], ends),
        build(roads, [("a", 9, 0)], {"b": 3, **ends}),
        build(roads, [("a", 9, 0)], ends, longest_wait={"b": 3}),
        build(roads, [("a", 9, 0)], ends, {"s": ((1, 2, 0),)}),
    ):
        assert {("r",), ("s",)} <= set(compile_roads(kept).links)
    assert compile_roads(build(roads, [("a", 9, 0)], ends)).links == (("r", "s"),)


@st.composite
def sparse(draw: Any) -> RoadInstance:
    """Up to nine nodes on a ring, roads one way or both, some shortcuts: much to contract."""
    nodes = "abcdefghi"[: draw(st.integers(3, 9))]
    roads = []
    for i, node in enumerate(nodes):
        beside = nodes[(i + 1) % len(nodes)]
        for ends in draw(st.sampled_from([[(node, beside)], [(node, beside), (beside, node)]])):
            roads.append(
                (f"r{len(roads)}", *ends, draw(st.integers(0, 5)), draw(st.integers(1, 4)))
            )
    for _ in range(draw(st.integers(0, 3))):
        ends = draw(st.tuples(st.sampled_from(nodes), st.sampled_from(nodes)))
        roads.append((f"r{len(roads)}", *ends, draw(st.integers(0, 5)), draw(st.integers(1, 4))))
    shut = draw(st.lists(st.sampled_from([r[0] for r in roads]), max_size=1))
    origins = draw(
        st.lists(
            st.tuples(st.sampled_from(nodes[1:]), st.integers(1, 30), st.integers(0, 3)),
            min_size=1,
            max_size=2,
        )
    )
    return build(roads, origins, {nodes[0]: None}, dict.fromkeys(shut, ((2, 5, 1),)))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(instance=sparse(), horizon=st.integers(1, 40))
def test_a_cut_is_worth_the_same_on_the_whole_network(instance: RoadInstance, horizon: int):
    """The checker, which sees every node, finds the same value as the engine on what it kept."""
    roads = compile_roads(instance)
    width = max(roads.grid, TICKS)
    grid = TimedGrid(roads, width, horizon * TICKS, quanta(roads, width), relaxed=True)
    grid.maximise(lambda: False)
    cut = TimedCut(roads, grid.cut(), grid.horizon)
    whole = read_roads(instance, (), Findings())
    for time in (Fraction(horizon), Fraction(2 * horizon + 1, 2)):
        value = value_of(cut.certificate(time), whole, instance.origins, instance.destinations)
        assert value.vehicles == cut.value(time)
