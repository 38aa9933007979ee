"""The planner and its bound against every order and every choice, on two to four trips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.convoy.effort import Effort
from tests.against.exhaustive import Exhaustive
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

TWO_POINTS = {("a", "x"): 10, ("b", "x"): 25, ("x", "r"): 20}
TWO_WAYS = {("a", "x"): 10, ("a", "y"): 14, ("x", "r"): 20, ("y", "r"): 18}
BOTH = {
    ("a", "x"): 10,
    ("a", "y"): 14,
    ("b", "x"): 25,
    ("b", "y"): 6,
    ("x", "r"): 20,
    ("y", "r"): 18,
}
ONE = {"c": ["x"]}
TWO = {"c": ["x"], "e": ["y"]}


def _hamlet(
    loads: dict[str, int],
    buses: int,
    passes: dict[str, tuple[int, int]],
    roads: dict[tuple[str, str], int],
    **more: Any,
) -> Hamlet:
    return Hamlet(
        roads=roads,
        bays=more.pop("bays", dict.fromkeys(loads, 1)),
        crossings=passes,
        corridors=ONE if len(passes) == 1 else TWO,
        kinds={"bus": Kind(50, {"d": buses})},
        groups={f"of-{a}": Group(50 * n, a) for a, n in loads.items()},
        **more,
    )


def _pace(persons: int, every: str) -> dict[str, Any]:
    return {"kind": "pace", "id": "pace", "persons": figure(persons), "every": figure(every)}


CASES = {
    "one point, two buses": _hamlet({"a": 3}, 2, {"x": (60, 30)}, TWO_POINTS),
    "one bay, three buses": _hamlet({"a": 3}, 3, {"x": (60, 0)}, TWO_POINTS, board_s=900),
    "slow crossing": _hamlet({"a": 2, "b": 1}, 3, {"x": (1_500, 300)}, TWO_POINTS),
    "near and far": _hamlet({"a": 2, "b": 1}, 2, {"x": (300, 60)}, TWO_POINTS),
    "near and far, one bus": _hamlet({"a": 2, "b": 2}, 1, {"x": (300, 60)}, TWO_POINTS),
    "two ways": _hamlet({"a": 3}, 3, {"x": (600, 300), "y": (900, 0)}, TWO_WAYS, bays={"a": 2}),
    "two ways, one of them slow": _hamlet({"a": 3}, 2, {"x": (60, 0), "y": (2_400, 0)}, TWO_WAYS),
    "unloading at one bay": _hamlet(
        {"a": 3}, 2, {"x": (60, 0)}, TWO_POINTS, reception={"r": (1, None)}, unload_s=2_400
    ),
    "a load in each hour and a half": _hamlet(
        {"a": 2, "b": 1}, 2, {"x": (300, 60)}, TWO_POINTS, clauses=[_pace(50, "5400s")]
    ),
    "two loads in four hours, one bus": _hamlet(
        {"a": 2, "b": 2}, 1, {"x": (300, 60)}, TWO_POINTS, clauses=[_pace(100, "14400s")]
    ),
    "three loads in two periods": _hamlet(
        {"a": 4}, 2, {"x": (60, 30)}, TWO_POINTS, clauses=[_pace(75, "4000s")]
    ),
    "two points, two ways": _hamlet({"a": 1, "b": 2}, 2, {"x": (700, 300), "y": (500, 400)}, BOTH),
}
NOT_FOUND: set[str] = set()
"""Cases whose best timetable the planner is known to miss."""


@pytest.mark.parametrize("name", CASES)
def test_against_every_order(name: str, opened: Callable[[Hamlet], OpenCase]) -> None:
    hamlet = CASES[name]
    answer = plan_of(opened(hamlet), effort=Effort(rounds=2, steps=500)).answer
    assert answer.clearance_time_s is not None
    best = Exhaustive(hamlet, below=answer.clearance_time_s + 1).best
    assert answer.lower_bound_s <= best <= answer.clearance_time_s
    assert (answer.clearance_time_s == best) is (name not in NOT_FOUND)
