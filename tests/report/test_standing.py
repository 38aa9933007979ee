"""Who stands at a crossing with people aboard."""

from __future__ import annotations

from dataclasses import replace

from safepassage.cases import OpenCase
from safepassage.plan import Rotation
from safepassage.report.facts.standing import LONG_S, standing
from tests.report import village


def _held(rotation: Rotation, wait_s: int, hold_s: int = 0) -> Rotation:
    """Let a convoy stand before its first inspection, and after it."""
    leg = rotation.loaded_leg
    first = leg.stops[0]
    stop = replace(
        first, arrive_s=first.inspect_from_s - wait_s, leave_s=first.inspect_to_s + hold_s
    )
    return replace(rotation, loaded_leg=replace(leg, stops=(stop, *leg.stops[1:])))


def test_a_stand_of_over_an_hour_is_told_with_who_is_aboard(opened: OpenCase) -> None:
    """Before inspection and after it count together; inspection itself is no standing."""
    plan = village.plan(opened, "likely")
    first, *rest = plan.rotations
    assert standing(plan) is None
    assert standing(replace(plan, rotations=(_held(first, LONG_S), *rest))) is None
    found = standing(replace(plan, rotations=(_held(first, LONG_S, 1), *rest)))
    assert found is not None
    aboard = sum(n for b in first.boarding for n in b.persons.values())
    assert (found.convoys, found.persons, found.aboard) == (1, aboard, aboard)
    assert (found.rotation, found.longest_s) == (first.id, LONG_S + 1)
    assert found.crossing == first.loaded_leg.stops[0].crossing


def test_empty_convoys_stand_for_nobody(opened: OpenCase) -> None:
    """Vehicles without people may stand as long as they like."""
    plan = village.plan(opened, "likely")
    first, *rest = plan.rotations
    empty = replace(first, boarding=())
    assert standing(replace(plan, rotations=(_held(empty, 9_999), *rest))) is None
