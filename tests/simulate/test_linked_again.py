"""Timetables with linked steps planned again: in their order, with who is free first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import open_case
from safepassage.convoy.planner import Effort
from safepassage.plan import Plan
from safepassage.simulate.futures import futures_of
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.simulate.plain import Result, carried_out
from tests.simulate.test_slip import SMALL, disturbances

RANDOM = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
MINUTE = 60


def _two_sides(north: int, buses: int, **more: Any) -> Hamlet:
    """The south, in a bus of its own, departs when all of the north are there."""
    steps = [
        {"id": name, "gist": "x", "batches": [{"groups": [name], "rest": True}], "after": after}
        for name, after in (("north", []), ("south", ["north"]))
    ]
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds={"bus": Kind(50, {"d": buses}), "other": Kind(50, {"d": 1})},
        groups={"north": Group(north, "a", ("bus",)), "south": Group(50, "b", ("other",))},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
        **more,
    )


def _both(hamlet: Hamlet, **disturbed: Any) -> tuple[Plan, Result, Result]:
    """The plan, and what comes of it held and planned again."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=SMALL)
        held = carried_out(opened, plan, **disturbed)
        return plan, held, carried_out(opened, plan, replan=True, **disturbed)


def test_the_other_side_goes_as_soon_as_fewer_than_expected_are_there() -> None:
    """Fetch 30, board 5, drive 31 minutes; then the other side, instead of after a second round."""
    _, held, again = _both(_two_sides(100, 1), persons=[50, 50])
    assert held.clearance == (30 + 5 + 31 + 2 + 30 + 5 + 31 + 31) * MINUTE
    assert again.clearance == (30 + 5 + 31 + 31) * MINUTE
    assert held.in_time == again.in_time == 100


def test_another_bus_takes_the_rounds_of_a_lost_one() -> None:
    """Two of four loads were the lost bus's; held, they are fetched after both steps."""
    plan, held, again = _both(_two_sides(200, 2), lost=[0, 9, 9])
    gone = [sum(np.isfinite(list(result.arrivals.values()))) for result in (held, again)]
    assert gone == [len(plan.rotations) - 2, len(plan.rotations)]
    assert again.clearance < held.clearance
    assert sum(held.left) == sum(again.left) == 0


@RANDOM
@given(linked_hamlets())
def test_nothing_happens_so_nothing_is_planned_again(hamlet: Hamlet) -> None:
    """Undisturbed, every convoy arrives as in the plan."""
    plan, held, again = _both(hamlet)
    assert again == held
    assert all(again.arrivals[r.id] == r.loaded_leg.arrive_s for r in plan.rotations)


@RANDOM
@given(linked_hamlets(), disturbances())
def test_one_suspension_is_never_worse_planned_again(
    hamlet: Hamlet, disturbed: dict[str, object]
) -> None:
    """Once it is over nothing is unknown any more, so the better of the two ways is taken."""
    _, held, again = _both(hamlet, **disturbed)
    assert again.in_time >= held.in_time
    assert sum(again.left) <= sum(held.left)
    if again.in_time == held.in_time:
        assert again.clearance <= held.clearance + 1


@RANDOM
@given(linked_hamlets(), disturbances(), st.integers(2, 60), st.data())
def test_a_timetable_that_would_be_in_time_is_kept(
    hamlet: Hamlet, disturbed: dict[str, object], hours: int, data: st.DataObject
) -> None:
    """Whatever is lost: where holding it succeeds, planning again does."""
    vehicles = sum(sum(kind.at.values()) for kind in hamlet.kinds.values())
    lost = [data.draw(st.sampled_from([0, 1, 2, 9, 9])) for _ in range(vehicles)]
    soon = replace(hamlet, leave={**hamlet.leave, "deadline": figure(f"{hours}h")})
    _, held, again = _both(soon, lost=lost, **disturbed)
    if sum(held.left) == 0:
        assert sum(again.left) == 0


@RANDOM
@given(
    st.integers(60, 300),
    st.integers(1, 3),
    disturbances(),
    st.lists(st.sampled_from([0, 1, 9, 9]), min_size=3, max_size=3),
    st.integers(0, 400),
)
def test_a_step_waits_for_the_one_before_it_when_planned_again(
    north: int, buses: int, disturbed: dict[str, Any], lost: list[int], there: int
) -> None:
    """No convoy of the south arrives within its drive of the last planned convoy of the north."""
    disturbed |= {"lost": [*lost[:buses], 9], "persons": [there, 50]}
    plan, _, again = _both(_two_sides(north, buses), **disturbed)
    arrivals: dict[str, list[float]] = {"a": [], "b": []}
    for rotation in plan.rotations:
        at = again.arrivals[rotation.id]
        if np.isfinite(at):
            arrivals[rotation.place].append(at)
    drive = 30 * MINUTE * disturbed["driving"]
    assert min(arrivals["b"]) >= max(arrivals["a"], default=0) + drive


@RANDOM
@given(linked_hamlets(), disturbances(), st.data())
def test_everybody_is_counted_once(
    hamlet: Hamlet, disturbed: dict[str, object], data: st.DataObject
) -> None:
    """Out in time, left and refusing are together all the people there are."""
    persons = [data.draw(st.integers(0, 60)) for _ in hamlet.groups]
    vehicles = sum(sum(kind.at.values()) for kind in hamlet.kinds.values())
    lost = [data.draw(st.sampled_from([0, 1, 2, 9, 9])) for _ in range(vehicles)]
    _, _, again = _both(hamlet, persons=persons, lost=lost, **disturbed)
    assert again.in_time + sum(again.left) + again.refused == sum(persons)
    assert again.curve == sorted(again.curve)


def test_escorts_are_those_that_are_free_first() -> None:
    """One team goes with every convoy, and the second takes over what it cannot."""
    hamlet = _two_sides(200, 2, convoys=(1, 1, 0), teams=2)
    _, held, again = _both(hamlet, lost=[0, 9, 9], boarding=2.0)
    assert again.clearance <= held.clearance
    assert sum(again.left) == 0


def test_the_linked_deal_is_over_sooner_planned_again() -> None:
    """No future is lost, nearly all are sooner, and any block of futures gives the same."""
    opened, proposal = open_case("aleppo-2016"), "linked-deal-17-dec"
    solved = solve(opened, proposal, levels=("likely",), effort=Effort.quick(), seed=1)
    held, again = (
        futures_of(opened, proposal, solved.plans["likely"], policy)
        for policy in ("slip", "replan")
    )
    assert again.undisturbed().clearance_s == solved.plans["likely"].answer.clearance_time_s
    before, after = held.outcomes(0, 200, seed=4), again.outcomes(0, 200, seed=4)
    assert np.array_equal(before.drawn, after.drawn)
    assert not (np.isfinite(before.clearance_s) & ~np.isfinite(after.clearance_s)).any()
    assert (after.clearance_s < before.clearance_s).sum() > (
        after.clearance_s > before.clearance_s
    ).sum()
    parts = [again.outcomes(first, 50, seed=4).clearance_s for first in range(0, 200, 50)]
    assert np.array_equal(np.concatenate(parts), after.clearance_s)
