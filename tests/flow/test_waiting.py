"""Limits on waiting are kept, or the instance is refused; no plan is given that breaks them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from safepassage.check.clearance import verify_clearance
from safepassage.errors import BadInput
from safepassage.flow import clear_roads
from safepassage.network.road_instance import FOR_GOOD_S
from safepassage.plan.clearance_files import as_written
from safepassage.stop import Gap
from tests.check.clearance.small import build

ROADS = [("r", "a", "b", 0, 2), ("s", "b", "c", 0, 1)]
SHUT = {"r": ((5, 20, 0),)}


@pytest.mark.parametrize("limit", [0, 2])
def test_a_plan_in_which_nobody_waits(limit: int):
    """Road r is faster than s and shuts at 5 s; without waiting at b 5 go before, 5 from 20 s."""
    instance = build(ROADS, [("a", 10, 0)], {"c": None}, SHUT, longest_wait={"b": limit})
    clearance = clear_roads(instance, stop=Gap(0.0))
    assert clearance.clearance_time_s == 25
    # The bound is that of unlimited waiting, and the gap says so.
    assert clearance.lower_bound_s == 10
    verdict = verify_clearance(as_written(clearance), instance)
    assert verdict.valid
    assert verdict.lower_bound_verified


def test_plan_within_the_limit_is_given():
    """With room to wait for 5 s at b the quickest plan stands: out after 10 s."""
    instance = build(ROADS, [("a", 10, 0)], {"c": None}, SHUT, longest_wait={"b": 5})
    clearance = clear_roads(instance, stop=Gap(0.0))
    assert clearance.clearance_time_s == 10


def test_waiting_that_cannot_be_avoided_is_refused():
    """Road s opens when r has shut, so everyone has to wait at b; the nearest good may wait."""
    changes = {"r": ((5, int(FOR_GOOD_S), 0),), "s": ((0, 10, 0),)}
    origins, ends = [("a", 6, 0)], {"c": None}
    with pytest.raises(BadInput) as error:
        clear_roads(build(ROADS, origins, ends, changes, {"b": 0}), stop=Gap(0.0))
    assert [fault.code for fault in error.value.faults] == ["waiting-limit-unmet"]
    good = clear_roads(build(ROADS, origins, ends, changes), stop=Gap(0.0))
    assert good.clearance_time_s == 16


@pytest.mark.parametrize("limits", [{}, {"b": 0, "d": 0}])
def test_few_routes_keep_to_the_limits(limits: dict[str, int]):
    """Cells wider than the roads' own times would make somebody wait for one to begin."""
    roads = [
        ("w", "a", "c", 37, 1),
        ("q", "e", "d", 4, 2),
        ("r", "a", "b", 7, 2),
        ("s", "b", "c", 5, 1),
        ("x", "b", "d", 19, 2),
        ("y", "d", "c", 13, 2),
        ("z", "e", "b", 11, 2),
    ]
    people = [("a", 5000, 0), ("e", 1666, 0)]
    instance = build(roads, people, {"c": None}, longest_wait=limits)
    result = clear_roads(instance, stop=Gap(0.01), max_routes=2)
    longest = max(wait for d in result.departures for wait in (*d.waits_s[1:], Fraction(0)))
    assert (longest == 0) == bool(limits)
    assert verify_clearance(as_written(result), instance).findings == ()
