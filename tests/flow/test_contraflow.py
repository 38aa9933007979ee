"""Lanes given to the opposite direction: what is chosen, what it gains, and that it is proven."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.flow.contraflow import clear_with_contraflow
from safepassage.network.capacity_steps import rate_at, rate_steps
from safepassage.network.lanes import opposite_links, reverse
from safepassage.network.network import Network
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, RoadInstance
from safepassage.plan.clearance import Contraflow
from safepassage.plan.clearance_files import as_written
from safepassage.stop import Gap
from tests.check.clearance.small import build
from tests.flow.test_against import changing, small

BOTH_WAYS = [("out", "a", "b", 4, 2), ("in", "b", "a", 4, 3)]


def test_a_road_and_its_opposite():
    """Alone the road takes 4 + 20/2 = 14 s; with the lanes of both 4 + 20/5 = 8 s: 6 s sooner."""
    instance = build(BOTH_WAYS, [("a", 20, 0)], {"b": None})
    found = clear_with_contraflow(instance, stop=Gap(0.0))
    assert found.clearance_time_s == 8
    assert found.instance.reversed_links == ("in",)
    assert found.contraflow is not None
    assert found.contraflow.roads is None
    assert found.contraflow.any_choice_s == 8
    assert found.contraflow.without is not None
    assert found.contraflow.without.clearance_time_s == 14
    verdict = verify_clearance(as_written(found), instance)
    assert verdict.valid
    assert verdict.lower_bound_verified


def test_a_road_that_may_not_be_reversed():
    """Where no road may give way the plan is the one without."""
    instance = build(BOTH_WAYS, [("a", 20, 0)], {"b": None})
    found = clear_with_contraflow(instance, stop=Gap(0.0), roads=())
    assert found.clearance_time_s == 14
    assert found.contraflow == Contraflow((), found.lower_bound_s, found.certificate, None)


def test_a_road_that_is_wide_enough_is_not_reversed():
    """One vehicle gains nothing worth reversing by where another road is the narrow one."""
    instance = build([*BOTH_WAYS, ("last", "b", "c", 1, 1)], [("a", 20, 0)], {"c": None})
    found = clear_with_contraflow(instance, stop=Gap(0.0))
    assert found.instance.reversed_links == ()
    assert found.contraflow is not None
    assert found.contraflow.without is None


def test_a_road_needed_both_ways_stays():
    """People at both ends drive past one another: neither direction gives way for good."""
    instance = build(
        [
            ("out", "a", "b", 4, 2),
            ("in", "b", "a", 4, 2),
            ("x", "a", "p", 0, 9),
            ("y", "b", "q", 0, 9),
        ],
        [("a", 20, 0), ("b", 20, 0)],
        {"p": 20, "q": 20},
        {"x": ((0, 99, 1),)},
    )
    found = clear_with_contraflow(instance, stop=Gap(0.0))
    verdict = verify_clearance(as_written(found), instance)
    assert verdict.valid
    assert found.clearance_time_s is not None
    assert found.clearance_time_s <= (clear_roads(instance, stop=Gap(0.0)).clearance_time_s or 0)


def test_capacities_that_change_add_up_at_every_moment():
    """The road takes 2 + 3 a second, and while its opposite is shut in [1, 2) only 2."""
    instance = build(BOTH_WAYS, [("a", 9, 0)], {"b": None}, {"in": ((1, 2, 0),)})
    reversed_ = reverse(instance, ["in"])
    assert reversed_.network.links["out"].capacity_vph == 5 * 3600
    assert reversed_.network.links["in"].capacity_vph == 0
    (period,) = reversed_.changes["out"]
    assert (period.from_s, period.to_s, period.capacity_vph) == (1, 2, 2 * 3600)
    assert "in" not in reversed_.changes


@pytest.mark.parametrize("shut", [(0, 2), (1, 2), (1, None)])
def test_lanes_of_a_road_without_limit_add_up_at_every_moment(shut: tuple[int, int | None]):
    """While the road that limits nobody is shut the other takes its own 2, else any number."""
    first, last = shut
    period = CapacityPeriod(
        Fraction(first), FOR_GOOD_S if last is None else Fraction(last), Fraction(0)
    )
    open_ = build(BOTH_WAYS, [("a", 9, 0)], {"b": None})
    links = {**open_.network.links, "in": replace(open_.network.links["in"], capacity_vph=None)}
    network = Network(open_.network.nodes, links)
    instance = replace(open_, network=network, changes={"in": (period,)})
    steps = rate_steps(reverse(instance, ["in"]), "out")
    for time in range(4):
        closed = first <= time and (last is None or time < last)
        assert rate_at(steps, Fraction(time)) == (2 * 3600 if closed else None)


def test_parallel_roads_are_paired_in_order():
    """The first road one way with the first the other way; loops and the odd one have none."""
    instance = build(
        [
            ("a1", "a", "b", 1, 1),
            ("a2", "a", "b", 1, 1),
            ("b1", "b", "a", 1, 1),
            ("l", "a", "a", 1, 1),
        ],
        [("a", 1, 0)],
        {"b": None},
    )
    assert opposite_links(instance.network) == {"a1": "b1", "b1": "a1"}


@small
@given(instance=changing(), early=st.booleans())
def test_whatever_the_network_the_checker_accepts_it(instance: RoadInstance, *, early: bool):
    """Lanes, plan without, bound for any choice and curve hold on any network, and nobody is late.

    Two-way roads are made of every road, so that there is something to reverse.
    """
    links = dict(instance.network.links)
    for name, link in instance.network.links.items():
        back = replace(link, id=f"{name}~", from_node=link.to_node, to_node=link.from_node)
        links[back.id] = back
    both = replace(instance, network=Network(instance.network.nodes, links))
    found = as_written(clear_with_contraflow(both, stop=Gap(0.0), early=early))
    verdict = verify_clearance(found, both)
    assert verdict.findings == ()
    assert verdict.lower_bound_verified
    assert found.contraflow is not None
    without = found.contraflow.without
    if without is not None and without.clearance_time_s is not None and not early:
        assert found.clearance_time_s is not None
        assert found.clearance_time_s < without.clearance_time_s
