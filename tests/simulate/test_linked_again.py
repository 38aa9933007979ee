"""Timetables with linked steps planned again: in their order, with who is free first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase, open_case
from safepassage.convoy.effort import Effort
from safepassage.plan import Plan
from safepassage.simulate.draws import nothing_drawn
from safepassage.simulate.futures import futures_of
from safepassage.simulate.replan_kernel import run
from safepassage.simulate.slip import space_of
from safepassage.simulate.slip_tables import EVENT, KIND, LEAVE, ROT, B
from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms
from safepassage.solver import solve
from safepassage.terms.clauses import LinkedClause
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
    """Fetch 30, board 5, drive 31 minutes; then the other side, instead of after a second round.

    Its bus was to set out later than at once; now it does when those who came depart.
    """
    _, held, again = _both(_two_sides(100, 1), persons=[50, 50])
    assert held.clearance == (30 + 5 + 31 + 2 + 30 + 5 + 31 + 31) * MINUTE
    assert again.clearance == (30 + 5 + 30 + 5 + 31) * MINUTE
    assert held.in_time == again.in_time == 100


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
    soon = replace(hamlet, leave={**hamlet.leave, "within": figure(f"{hours}h")})
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
def test_every_rule_is_kept_planned_again(
    hamlet: Hamlet, disturbed: dict[str, object], data: st.DataObject
) -> None:
    """Steps one after another, exchange points, first movers and last ones, batch by batch.

    A convoy that has no vehicle left holds nobody up, as where the timetable is held.
    """
    vehicles = sum(sum(kind.at.values()) for kind in hamlet.kinds.values())
    lost = [data.draw(st.sampled_from([0, 1, 2, 9, 9])) for _ in range(vehicles)]
    hamlet.leave = {}
    hamlet.clauses[0].pop("partial", None)
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=SMALL)
        course = _course(opened, plan, lost=lost, **disturbed)
    batches = _batches(opened, plan)
    clauses = opened.case.proposal(plan.proposal).clauses
    (clause,) = (c for c in clauses if isinstance(c, LinkedClause))
    for step in clause.steps:
        mine = [b for b in batches if b.step == step.id]
        rotations = {r for b in mine for r in b.rotations}
        before = {r for b in batches if b.step in step.after for r in b.rotations}
        arrived = [course.arrives[r] for r in before if np.isfinite(course.arrives[r])]
        over = max(arrived, default=0.0)
        assert all(course.departs[r] >= over - 0.01 for r in rotations - before)
        for rule in step.release:
            _judge(rule, mine, course)
            _judge_exchange(rule, mine, course)


@dataclass
class _Batch:
    step: str
    groups: set[str]
    size: int
    rotations: list[str]


def _batches(opened: OpenCase, plan: Plan) -> list[_Batch]:
    """Which rotations carry people of each batch, filled in the order of departures."""
    persons = {g.id: g.persons.at(plan.count).value for g in opened.case.groups}
    clauses = opened.case.proposal(plan.proposal).clauses
    (clause,) = (c for c in clauses if isinstance(c, LinkedClause))
    queues: dict[frozenset[str], list[str]] = {}
    for rotation in sorted(plan.rotations, key=lambda r: (r.loaded_leg.depart_s, r.id)):
        for boarding in rotation.boarding:
            for group, n in boarding.persons.items():
                for side in {frozenset(b.groups) for s in clause.steps for b in s.batches}:
                    queues.setdefault(side, []).extend([rotation.id] * n if group in side else [])
    left = {side: sum(persons[g] for g in side) for side in queues}
    found = []
    for step in clause.steps:
        for entry in step.batches:
            side = frozenset(entry.groups)
            rest, queue = left.get(side, 0), queues.get(side, [])
            size = rest if entry.persons is None else min(entry.persons.value, rest)
            left[side] = rest - size
            mine, queues[side] = queue[:size], queue[size:]
            found.append(_Batch(step.id, set(side), size, mine))
    return found


@dataclass
class _Course:
    """When each convoy of the timetable did what, as far as anybody waited for it."""

    departs: dict[str, float]
    arrives: dict[str, float]
    reached: dict[str, float]
    """Arrival at the crossing on the way out."""
    released: dict[str, float]


def _judge_exchange(rule: Any, batches: list[_Batch], course: _Course) -> None:
    """No side is released in a larger share than that of the other side which is there."""
    if rule.rule != "simultaneous_at_exchange_point":
        return
    for one in batches:
        for other in batches:
            if one is other or not one.size or not other.size:
                continue
            for r in set(one.rotations) & course.released.keys():
                t = course.released[r]
                if np.isfinite(t):
                    gone = sum(course.released.get(x, np.inf) <= t for x in one.rotations)
                    there = sum(course.reached.get(x, np.inf) <= t + 0.01 for x in other.rotations)
                    assert gone * other.size <= there * one.size


def test_the_judge_sees_a_side_ahead_of_the_other() -> None:
    """Whoever is released before the others are there is found."""
    rule = SimpleNamespace(rule="simultaneous_at_exchange_point")
    batches = [_Batch("s", {"a"}, 2, ["r1", "r1"]), _Batch("s", {"b"}, 2, ["r2", "r2"])]
    _judge_exchange(rule, batches, _Course({}, {}, {"r2": 20.0}, {"r1": 20.0}))
    with pytest.raises(AssertionError):
        _judge_exchange(rule, batches, _Course({}, {}, {"r2": 30.0}, {"r1": 20.0}))


def _judge(rule: Any, batches: list[_Batch], course: _Course) -> None:
    """Judge rules on departures; convoys that never set out are none."""
    departs = course.departs
    waiting = [b for b in batches if b.groups & set(rule.waiting)]
    awaited = [b for b in batches if b.groups & set(rule.awaited)]
    late = [departs[r] for b in waiting for r in b.rotations]
    first = [departs[r] for b in awaited for r in b.rotations if np.isfinite(departs[r])]
    if rule.rule == "first_mover" and late and first:
        assert min(first) <= min(late) + 0.01
    whole = sum(len(b.rotations) for b in waiting) >= sum(b.size for b in waiting)
    if rule.rule == "last_waits_for_last" and late and first and whole:
        assert max(late) >= max(first) - 0.01


def _course(opened: OpenCase, plan: Plan, **changes: Any) -> _Course:
    """Plan again in one future, and tell what each rotation of the timetable did."""
    terms = Terms(opened.case, opened.network, opened.case.proposal(plan.proposal), plan)
    timetable = timetable_of(terms)
    tb = timetable.tables
    drawn: Any = nothing_drawn(tb, timetable.persons)
    drawn = drawn._replace(
        **{
            name: np.asarray([value], np.int64 if name == "lost" else np.float64)
            for name, value in changes.items()
        }
    )
    space = space_of(tb, drawn.hold_gap.shape[1:])
    groups, moments = len(timetable.groups), int(tb.sizes[4]) + 1
    shapes = (1,), (1,), (1, groups), (1, moments), (1, groups), (1,), (1, len(tb.rot_team))
    whole = {1, 2, 3, 5}
    columns = tuple(
        np.zeros(shape, np.int64 if k in whole else np.float64) for k, shape in enumerate(shapes)
    )
    willing = tb.cell_planned[None].copy()
    run(tb, drawn, True, space, willing, willing.copy(), columns)
    arrives, event_leave, event_arrive = columns[6][0], space[2][3], space[2][4]
    names = timetable.rotations
    departs = np.where(np.isfinite(arrives), space[2][8], np.inf)
    reached = {names[r]: -np.inf for r in np.flatnonzero(~np.isfinite(arrives))}
    released = {}
    for row in tb.step.tolist():
        if row[KIND] == LEAVE and row[EVENT] >= 0 and np.isfinite(arrives[row[ROT]]):
            # From the assembly point to the crossing, or from there on.
            if row[B]:
                reached[names[row[ROT]]] = event_arrive[row[EVENT]]
            else:
                released[names[row[ROT]]] = event_leave[row[EVENT]]
    return _Course(
        dict(zip(names, departs.tolist(), strict=True)),
        dict(zip(names, arrives.tolist(), strict=True)),
        reached,
        released,
    )


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
    plan = solved.plans["likely"]
    held, again = (futures_of(opened, proposal, plan, policy) for policy in ("slip", "replan"))
    assert again.undisturbed().clearance_s == plan.answer.clearance_time_s
    before, after = held.outcomes(0, 200, seed=4), again.outcomes(0, 200, seed=4)
    assert np.array_equal(before.drawn, after.drawn)
    assert not (np.isfinite(before.clearance_s) & ~np.isfinite(after.clearance_s)).any()
    assert (after.clearance_s < before.clearance_s).sum() > (
        after.clearance_s > before.clearance_s
    ).sum()
    parts = [again.outcomes(first, 50, seed=4).clearance_s for first in range(0, 200, 50)]
    assert np.array_equal(np.concatenate(parts), after.clearance_s)
