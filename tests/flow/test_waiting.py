"""Limits on waiting are kept, or the instance is refused; no plan is given that breaks them."""

from __future__ import annotations

import pytest

from safepassage.errors import BadInput
from safepassage.flow import clear_roads
from safepassage.stop import Gap
from tests.check.clearance.small import build

ROADS = [("r", "a", "b", 0, 2), ("s", "b", "c", 0, 1)]
SHUT = {"r": ((5, 20, 0),)}


def test_plan_that_would_wait_too_long_is_refused() -> None:
    """Road r is faster than s and shuts at 5 s, so the quickest plan waits at b, up to 5 s."""
    for limit in (0, 2):
        instance = build(ROADS, [("a", 10, 0)], {"c": None}, SHUT, longest_wait={"b": limit})
        with pytest.raises(BadInput) as error:
            clear_roads(instance, stop=Gap(0.0))
        assert [fault.code for fault in error.value.faults] == ["waiting-limit-unmet"]


def test_plan_within_the_limit_is_given() -> None:
    """With room to wait for 5 s at b the same plan stands: out after 10 s."""
    instance = build(ROADS, [("a", 10, 0)], {"c": None}, SHUT, longest_wait={"b": 5})
    clearance = clear_roads(instance, stop=Gap(0.0))
    assert clearance.clearance_time_s == 10
