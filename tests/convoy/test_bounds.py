"""The relaxation holds every timetable: on no grid does it prove what the plan at hand refutes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.convoy.bounds import clearance_bound, people_bound
from safepassage.convoy.grid import grid_points
from safepassage.convoy.questions import ask, coarse, early, late
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, compiled, plan_of
from tests.convoy.strategies import hamlets

RELAXED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _out_by(plan: Plan, moment: int) -> int:
    return sum(r.persons for r in plan.rotations if r.loaded_leg.arrive_s <= moment)


@RELAXED
@given(hamlets(), st.sampled_from([None, 900, 300]), st.booleans(), st.floats(0.1, 1.0))
def test_no_plan_beats_a_bound(hamlet: Hamlet, step: int | None, bays: bool, share: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        operation, demand = compiled(opened)
    last = max((r.loaded_leg.arrive_s for r in plan.rotations), default=0)
    moment = int(last * share)
    if moment:
        bound = people_bound(operation, demand, moment, step=step)
        assert _out_by(plan, moment) <= bound.value <= demand.persons
    clearance = plan.answer.clearance_time_s
    if clearance:
        # Everybody is out by then, so nothing may prove that somebody is not.
        grid = coarse(operation, demand, clearance)
        if step is not None:
            grid = grid_points(operation, clearance, step)
        model, proof = ask(operation, demand, grid, clearance, whole=True, bays=bays)
        assert proof.most >= model.target


def test_finer_grids_prove_no_less(tmp_path: Path) -> None:
    hamlet = Hamlet(
        groups={"people": Group(900, "a")}, window={"daily": [{"from": "08:00", "to": "12:00"}]}
    )
    opened = hamlet.write(tmp_path)
    operation, demand = compiled(opened)
    clearance = plan_of(opened).answer.clearance_time_s
    assert clearance is not None
    coarse = clearance_bound(operation, demand, clearance, goal=0.0, fine=False)
    fine = clearance_bound(operation, demand, clearance, goal=0.0)
    assert coarse.value <= fine.value <= clearance
    # The last load, alone and on the first day, would take an hour; the bound knows the nights.
    assert fine.value > 0.9 * clearance
    assert abs(sum(fine.load.values()) - 1.0) < 1e-6


@pytest.mark.parametrize("persons", [200, 900])
def test_a_timetable_that_ends_after_a_night_leaves_no_bound_unasked(
    tmp_path: Path, persons: int
) -> None:
    """Wherever behind the next opening the search begins, it finds what holds before the night."""
    hamlet = Hamlet(
        groups={"people": Group(persons, "a")}, window={"daily": [{"from": "08:00", "to": "12:00"}]}
    )
    operation, demand = compiled(hamlet.write(tmp_path))
    clearance = plan_of(hamlet.write(tmp_path)).answer.clearance_time_s
    assert clearance is not None
    near = clearance_bound(operation, demand, clearance, goal=0.0, fine=False)
    assert near.value > 0
    opens = next(a for a, _ in operation.timeline.crossing_open("x", 864_000) if a > clearance)
    for later in (opens, opens + 600, opens + 3_600):
        far = clearance_bound(operation, demand, later, goal=0.0, fine=False)
        assert 0.97 * near.value <= far.value <= clearance


def test_closed_hours_are_one_moment(tmp_path: Path) -> None:
    """From the last arrival of a day to the first of the next, as many are out."""
    hamlet = Hamlet(window={"daily": [{"from": "08:00", "to": "12:00"}]})
    operation, _ = compiled(hamlet.write(tmp_path))
    night = [14_400 + 3_600 * k for k in range(3, 19)]
    assert len({(early(operation, by), late(operation, by)) for by in night}) == 1
    assert early(operation, night[0]) <= night[0] < night[-1] <= late(operation, night[-1])
    assert (early(operation, 10_000), late(operation, 10_000)) == (10_000, 10_000)
