"""Most vehicles out by a deadline: by hand and against networkx."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear_roads
from safepassage.flow.timed import clear_timed
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance_files import as_written
from safepassage.stop import Gap
from tests.check.clearance.reference import maximum_flow
from tests.check.clearance.small import build
from tests.flow.test_against import changing, constant, everyone_drives, small


def test_a_closure_before_the_deadline():
    """Shut in [3, 8): by 9 s only the 6 who entered before are out, and no more can be."""
    closure = build([("r", "a", "b", 4, 2)], [("a", 10, 0)], {"b": None}, {"r": ((3, 8, 0),)})
    result = clear_timed(closure, stop=Gap(0.0), deadline_s=Fraction(9))
    assert result.evacuated_by_deadline == 6
    assert result.evacuated_at_most == 6
    assert result.clearance_time_s == 14


def test_a_deadline_that_everyone_makes():
    """All ten are out by 14 s; there is nothing to prove."""
    closure = build([("r", "a", "b", 4, 2)], [("a", 10, 0)], {"b": None}, {"r": ((3, 8, 0),)})
    result = clear_timed(closure, stop=Gap(0.0), deadline_s=Fraction(14))
    assert result.evacuated_by_deadline == 10
    assert result.deadline_certificate is None


@small
@given(instance=changing().filter(everyone_drives), deadline=st.integers(1, 20))
def test_as_many_as_a_maximum_flow(instance: RoadInstance, deadline: int):
    """As many are out as the time-expanded graph allows, and the proof says no more can be."""
    result = clear_timed(instance, stop=Gap(0.0), deadline_s=Fraction(deadline))
    best = maximum_flow(instance, deadline).amount
    verdict = verify_clearance(as_written(result), instance)
    assert verdict.valid
    assert result.evacuated_by_deadline is not None
    assert result.evacuated_by_deadline >= best - Fraction(1, 1000)
    if result.evacuated_at_most is not None:
        assert best <= result.evacuated_at_most <= best + Fraction(1, 1000)


def test_a_plan_for_the_deadline_itself():
    """Those near go first: by 6 s all five from a are out, where the quickest plan of all needs b.

    Both share the last road, for one vehicle a second. Out by 6 s are 5 at most: who enters in
    [0, 5). Everyone is out after 15 s in any case.
    """
    shared = build(
        [("r", "a", "c", 0, 1), ("s", "b", "c", 4, 1), ("t", "c", "d", 1, 1)],
        [("a", 5, 0), ("b", 5, 0)],
        {"d": None},
    )
    result = clear_roads(shared, stop=Gap(0.0), deadline_s=Fraction(6))
    assert verify_clearance(as_written(result), shared).valid
    assert result.evacuated_by_deadline == result.evacuated_at_most == 5
    assert result.clearance_time_s == result.lower_bound_s == 11


@small
@given(instance=constant().filter(everyone_drives), deadline=st.integers(1, 20))
def test_as_many_as_a_maximum_flow_where_nothing_changes(instance: RoadInstance, deadline: int):
    """With constant capacities too: as many as can be are out by the deadline, and it is proven."""
    result = clear_roads(instance, stop=Gap(0.0), deadline_s=Fraction(deadline))
    best = maximum_flow(instance, deadline).amount
    assert verify_clearance(as_written(result), instance).valid
    assert result.evacuated_by_deadline is not None
    assert result.evacuated_by_deadline >= best - Fraction(1, 1000)
    if result.evacuated_at_most is not None:
        assert best <= result.evacuated_at_most <= best + Fraction(1, 1000)
