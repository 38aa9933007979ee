from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.errors import BadInput
from safepassage.plan import Plan, dumps_plan
from safepassage.plan.reader import plan_from_json

Path = tuple[str | int, ...]
Leaf = tuple[Path, Any]

# The seed says nothing about the timetable, and a free bay is as good as another.
HARMLESS = {"seed", "bay"}

relaxed = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def leaves(part: Any, path: Path = ()) -> list[Leaf]:
    """Every value that is no list or object, with the way to it."""
    if isinstance(part, dict):
        return [leaf for key, value in part.items() for leaf in leaves(value, (*path, key))]
    if isinstance(part, list):
        return [leaf for i, value in enumerate(part) for leaf in leaves(value, (*path, i))]
    return [(path, part)]


def branches(part: Any, path: Path = ()) -> list[Path]:
    """Every list and every object, with the way to it."""
    if not isinstance(part, dict | list):
        return []
    items = part.items() if isinstance(part, dict) else enumerate(part)
    return [path, *(way for key, value in items for way in branches(value, (*path, key)))]


def reach(part: Any, path: Path) -> Any:
    for key in path:
        part = part[key]
    return part


def read(plan: dict[str, Any]) -> Plan | None:
    try:
        return plan_from_json(plan)
    except BadInput:
        return None


@relaxed
@given(data=st.data())
def test_a_bent_number_is_refused(naive_plan: dict[str, Any], town: OpenCase, data: Any) -> None:
    numbers = [
        leaf for leaf in leaves(naive_plan) if isinstance(leaf[1], int) and leaf[1] is not True
    ]
    path, old = data.draw(st.sampled_from(numbers))
    new = data.draw(
        st.one_of(
            st.integers(-5, 5).map(lambda d: old + d),
            st.integers(-200_000, 200_000).map(lambda d: old + d),
            st.integers(0, 600_000_000),
        )
    )
    plan = copy.deepcopy(naive_plan)
    reach(plan, path[:-1])[path[-1]] = new
    read_back = read(plan)
    if new == old or read_back is None:
        return
    verification = verify(read_back, town)
    assert not verification.valid or path[-1] in HARMLESS


@relaxed
@given(data=st.data())
def test_nothing_makes_the_checker_stumble(
    naive_plan: dict[str, Any], town: OpenCase, data: Any
) -> None:
    plan = copy.deepcopy(naive_plan)
    texts = sorted({leaf[1] for leaf in leaves(plan) if isinstance(leaf[1], str)})
    for _ in range(data.draw(st.integers(1, 6))):
        action = data.draw(st.sampled_from(["number", "text", "delete", "double", "empty"]))
        if action in ("number", "text"):
            path, old = data.draw(st.sampled_from(leaves(plan)))
            if not path:
                continue
            new: Any = old
            if isinstance(old, int) and not isinstance(old, bool):
                new = data.draw(st.integers(0, 600_000_000))
            elif isinstance(old, str):
                new = data.draw(st.sampled_from(texts))
            reach(plan, path[:-1])[path[-1]] = new
            continue
        lists = [p for p in branches(plan) if isinstance(reach(plan, p), list)]
        chosen = reach(plan, data.draw(st.sampled_from(lists)))
        if chosen:
            at = data.draw(st.integers(0, len(chosen) - 1))
            if action == "delete":
                del chosen[at]
            elif action == "double":
                chosen.insert(at, copy.deepcopy(chosen[at]))
            else:
                chosen.clear()
    read_back = read(plan)
    if read_back is not None:
        verification = verify(read_back, town)
        assert all(found.message and found.where for found in verification.findings)
        assert verification.valid == all(f.severity != "error" for f in verification.findings)


@pytest.mark.parametrize("proposal", ["deal", "free"])
def test_the_same_plan_gives_the_same_text(naive_plan: dict[str, Any], proposal: str) -> None:
    plan = plan_from_json({**naive_plan, "proposal": proposal})
    assert dumps_plan(plan_from_json(plan.to_json())) == dumps_plan(plan)
