"""The earliest-arrival curve: by hand, and largest at every moment against networkx."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_early, clear_roads
from safepassage.flow.arrival import earliest_arrival
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import Gap
from tests.check.clearance.reference import maximum_flow
from tests.check.clearance.small import build
from tests.flow.test_against import changing, everyone_drives, small


def test_two_roads():
    """From 3 s on 2 a second arrive, from 9 s on 3: 12 by 9 s, 15 by 10 s, and 30 by 15 s."""
    two = build([("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)], [("a", 30, 0)], {"b": None})
    found = earliest_arrival(two, clearance_time_s=Fraction(15), cells=5)
    out = {point.time_s: point.out for point in found.curve}
    most = {point.time_s: point.at_most for point in found.curve}
    assert {t: out[t] for t in (3, 9, 12, 15)} == {3: 0, 9: 12, 12: 21, 15: 30}
    assert most == out
    assert found.lag_s == 0


def test_times_of_shares():
    """On that curve half are out at 10 s, nine in ten at 14 s, all at 15 s."""
    two = build([("short", "a", "b", 3, 2), ("long", "a", "b", 9, 1)], [("a", 30, 0)], {"b": None})
    found = earliest_arrival(two, clearance_time_s=Fraction(15), cells=15)
    shares = Fraction(1, 2), Fraction(9, 10), Fraction(1)
    assert [found.reached_s(share) for share in shares] == [10, 14, 15]
    assert all(found.no_sooner_s(share) <= found.reached_s(share) for share in shares)


def test_who_is_safe_where_he_is():
    """Those who start at a destination are out from the beginning."""
    here = build([("r", "a", "b", 1, 1)], [("a", 2, 0), ("b", 7, 0)], {"b": None})
    found = earliest_arrival(here, clearance_time_s=Fraction(3), cells=3)
    assert found.curve[0].out == 7
    assert found.curve[-1].out == found.vehicles == 9


def test_a_place_that_fills_up():
    """One place is near and takes one vehicle: whoever is counted out is out in the end."""
    roads = [("near", "a", "d", 0, 1), ("far", "d", "e", 4, 1), ("way", "a", "e", 4, 1)]
    instance = build(roads, [("a", 1, 0), ("a", 1, 0)], {"e": None, "d": 1})
    found = as_written(clear_early(instance, stop=Gap(0.0)))
    assert found.arrival is not None
    verdict = verify_clearance(found, instance)
    assert verdict.findings == ()
    assert verdict.lower_bound_verified


def test_who_is_safe_needs_no_curve():
    """Where nobody has to drive there is nothing to draw, and the plan is that of ``clear``."""
    here = build([("r", "a", "b", 1, 1)], [("a", 1, 0)], {"a": None})
    assert clear_early(here, stop=Gap(0.0)).arrival is None


@small
@given(instance=changing().filter(everyone_drives))
def test_largest_at_every_whole_second(instance: RoadInstance):
    """Where places do not fill up, as many are out as a maximum flow to that second has."""
    if any(d.capacity is not None for d in instance.destinations):
        return
    time = clear_roads(instance, stop=Gap(0.0)).clearance_time_s
    assert time is not None
    found = earliest_arrival(instance, clearance_time_s=time, cells=1)
    for point in found.curve:
        if point.time_s.denominator == 1:
            best = maximum_flow(instance, int(point.time_s)).amount
            assert point.out <= best <= point.at_most
            if found.curve[0].time_s <= 1:
                assert point.out == best
