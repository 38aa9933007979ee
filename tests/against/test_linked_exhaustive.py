"""Linked steps against every order and every division over batches, on two to four loads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from tests.against.linked_exhaustive import least_linked
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

ROADS = {("a", "x"): 10, ("b", "x"): 25, ("x", "r"): 20}


def _hamlet(loads: dict[str, int], buses: int, sizes: list[int], **more: Any) -> Hamlet:
    """Loads of 50 people by assembly point, and steps that move so many loads one after another."""
    groups = {f"of-{a}": Group(50 * n, a) for a, n in loads.items()}
    steps = [
        {
            "id": f"step-{k}",
            "gist": "Some go.",
            "batches": [{"groups": list(groups), "persons": figure(50 * n)}],
            "after": [f"step-{k - 1}"] if k else [],
        }
        for k, n in enumerate(sizes)
    ]
    return Hamlet(
        roads=ROADS,
        bays=dict.fromkeys(loads, 1),
        kinds={"bus": Kind(50, {"d": buses})},
        groups=groups,
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
        **more,
    )


CASES = {
    "one by one": ({"a": 3}, 2, [1, 1, 1]),
    "two, then one": ({"a": 3}, 2, [2, 1]),
    "near and far apart": ({"a": 2, "b": 1}, 2, [1, 1, 1]),
    "near and far, two and two": ({"a": 2, "b": 2}, 2, [2, 2]),
    "near and far, one bus": ({"a": 2, "b": 1}, 1, [2, 1]),
    "three buses": ({"a": 1, "b": 2}, 3, [1, 2]),
}


@pytest.mark.parametrize("name", CASES)
def test_against_every_order_and_division(name: str, opened: Callable[[Hamlet], OpenCase]) -> None:
    """The plan is the best there is, and the proven bound is not above it."""
    loads, buses, sizes = CASES[name]
    hamlet = _hamlet(loads, buses, sizes)
    case = opened(hamlet)
    plan = plan_of(case, effort=Effort(rounds=1))
    assert verify(plan, case).valid
    taken = plan.answer.clearance_time_s
    assert taken is not None
    every = [a for a, n in loads.items() for _ in range(n)]
    best = least_linked(hamlet, every, sizes, taken + 1)
    assert plan.answer.lower_bound_s <= best <= taken
    assert taken == best


def test_steps_take_longer_than_no_steps(opened: Callable[[Hamlet], OpenCase]) -> None:
    """What the steps cost is seen by every order: without them three loads are sooner out."""
    hamlet = _hamlet({"a": 3}, 3, [1, 1, 1])
    alone = least_linked(hamlet, ["a", "a", "a"], [3], 10**9)
    assert alone < least_linked(hamlet, ["a", "a", "a"], [1, 1, 1], 10**9)
