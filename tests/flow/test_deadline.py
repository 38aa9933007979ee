"""Most vehicles out by a deadline: by hand and against networkx."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.clearance import verify_clearance
from safepassage.errors import BadInput
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


@pytest.mark.parametrize("changes", [{}, {"r": ((90, 95, 0),)}])
def test_who_stands_at_a_destination_is_out_by_any_deadline(changes: dict[str, Any]):
    """Not little by little while the others drive, whether anything changes over time or not."""
    both = build([("r", "a", "b", 4, 1)], [("a", 60, 0), ("b", 100, 0)], {"b": None}, changes)
    result = clear_roads(both, stop=Gap(0.0), deadline_s=Fraction(14))
    assert result.clearance_time_s == 64
    assert result.evacuated_by_deadline == 110
    assert result.evacuated_at_most == 110


def test_many_who_stand_at_a_destination_are_told_in_what_a_file_can_hold():
    """A million at once are spread so thinly over time that their rate can be read again."""
    many = build([("r", "a", "b", 4, 1)], [("a", 1, 1), ("b", 10**7, 0)], {"b": None})
    result = as_written(clear_roads(many, stop=Gap(0.0)))
    assert verify_clearance(result, many).valid
    assert max(d.vehicles_per_hour for d in result.departures) <= 10**11


def test_nobody_is_out_before_he_is_ready():
    """A late group at the destination itself is a bound, with a cut that no road crosses."""
    late = build([("r", "a", "b", 4, 1)], [("a", 6, 0), ("b", 5, 90)], {"b": None})
    result = clear_roads(late, stop=Gap(0.0))
    assert result.lower_bound_s == 90
    assert result.bottleneck is not None
    assert result.bottleneck.sentence == "vehicles at b are ready only at 90 s."
    verdict = verify_clearance(as_written(result), late)
    assert verdict.findings == ()
    assert verdict.lower_bound_verified


@pytest.mark.parametrize("changes", [{}, {"r": ((90, 95, 0),)}])
def test_what_would_take_more_than_a_century_is_a_slip_of_the_pen(changes: dict[str, Any]):
    """Vehicles a second taken for vehicles an hour: one line, and no plan for grandchildren."""
    slow = build([("r", "a", "b", 4, 1)], [("a", 3 * 10**9, 0)], {"b": None}, changes)
    clear_roads(slow, stop=Gap(0.01))
    slower = build([("r", "a", "b", 4, 1)], [("a", 4 * 10**9, 0)], {"b": None}, changes)
    with pytest.raises(BadInput, match="within a century, got 126 years"):
        clear_roads(slower, stop=Gap(0.01), deadline_s=Fraction(60))
