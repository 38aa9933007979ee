"""Few routes from each origin: kept to, complete, and with their price stated."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.check.clearance.small import build
from tests.flow.test_against import constant

TWO_WAYS = [("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)]


def test_one_route_where_two_would_be_quicker():
    """By the short road alone 30 vehicles take 3 + 30/2 = 18 s; both together 15 s."""
    instance = build(TWO_WAYS, [("a", 30, 0)], {"b": None})
    free, one = (clear_roads(instance, stop=Gap(0.0), max_routes=n) for n in (2, 1))
    assert free.clearance_time_s == 15
    assert one.clearance_time_s == 18
    assert {d.links for d in one.departures} == {("short",)}
    assert one.lower_bound_s == free.lower_bound_s == 15
    assert one.gap is not None
    assert abs(one.gap - 0.2) < 1e-9


def test_routes_of_two_origins_share_a_road():
    """Two origins with a way each send everyone over the shared road, and the checker accepts."""
    instance = build(
        [
            ("r", "a", "m", 1, 2),
            ("s", "b", "m", 4, 2),
            ("t", "m", "d", 2, 2),
            ("u", "m", "d", 7, 1),
        ],
        [("a", 10, 0), ("b", 10, 2)],
        {"d": None},
    )
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    verdict = verify_clearance(as_written(one), instance)
    assert verdict.valid
    assert verdict.lower_bound_verified
    for node in "ab":
        assert len({d.links for d in one.departures if d.origin == node}) == 1


def test_routes_that_shut():
    """Either route shuts for good before everyone has left by it: no clearance time is claimed."""
    shut = {"short": ((10, int(FOR_GOOD_S), 0),), "long": ((25, int(FOR_GOOD_S), 0),)}
    instance = build(TWO_WAYS, [("a", 30, 0)], {"b": None}, shut)
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    assert one.clearance_time_s is None
    assert not one.complete
    assert clear_roads(instance, stop=Gap(0.0), max_routes=2).clearance_time_s is not None


def test_the_route_that_stays_open():
    """The busier route shuts for good at 10 s; by the other all 30 are out at 9 + 30/1 = 39 s."""
    shut = {"short": ((10, int(FOR_GOOD_S), 0),)}
    instance = build(TWO_WAYS, [("a", 30, 0)], {"b": None}, shut)
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    assert one.clearance_time_s == 39
    assert {d.links for d in one.departures} == {("long",)}


def test_origins_are_spread_over_roads():
    """Two equal roads, two origins of 10: by one road 1 + 20/1 = 21 s, by a road each 11 s."""
    roads = [
        ("r", "m", "d", 1, 1),
        ("s", "m", "d", 1, 1),
        ("a1", "a", "m", 0, 9),
        ("b1", "b", "m", 0, 9),
    ]
    instance = build(roads, [("a", 10, 0), ("b", 10, 0)], {"d": None})
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    assert one.clearance_time_s == 11
    assert {d.links for d in one.departures} in (
        {("a1", "r"), ("b1", "s")},
        {("a1", "s"), ("b1", "r")},
    )


def test_a_place_that_fills_up_counts_as_a_road():
    """The near place takes 10, so of two origins one goes there and the other to the far one."""
    roads = [
        ("r", "m", "near", 1, 9),
        ("s", "m", "far", 5, 9),
        ("a1", "a", "m", 0, 9),
        ("b1", "b", "m", 0, 9),
    ]
    instance = build(roads, [("a", 10, 0), ("b", 10, 0)], {"near": 10, "far": None})
    one = clear_roads(instance, stop=Gap(0.0), max_routes=1)
    assert one.complete
    assert {d.destination for d in one.departures} == {"near", "far"}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(instance=constant(), most=st.integers(1, 3))
def test_few_routes_on_any_network(instance: RoadInstance, most: int):
    """No origin has more routes than asked; plan and bound are accepted; never sooner than all."""
    free = clear_roads(instance, stop=AnyOf((Gap(0.0), MaxRuntime(60))))
    few = clear_roads(instance, stop=AnyOf((Gap(0.0), MaxRuntime(60))), max_routes=most)
    verdict = verify_clearance(as_written(few), instance)
    assert verdict.findings == ()
    used = {(d.origin, d.links) for d in few.departures if d.links}
    assert max(Counter(origin for origin, _ in used).values(), default=0) <= most
    if few.clearance_time_s is not None:
        assert free.clearance_time_s is not None
        assert few.clearance_time_s >= free.clearance_time_s - Fraction(1, 500)
