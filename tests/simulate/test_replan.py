"""Timetables planned again: better where they can be, and never by knowing what is to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase, open_case
from safepassage.plan import Plan
from safepassage.simulate.futures import Futures, Policy, futures_of
from safepassage.simulate.slip import carried_out as carried_on
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, plan_of
from tests.convoy.strategies import hamlets
from tests.simulate.plain import carried_out
from tests.simulate.test_slip import disturbances


def test_planning_again_uses_a_bus_that_the_timetable_does_not(tmp_path: Path) -> None:
    """The timetable of one bus for 100 people; 200 are there, and a second bus stands idle."""
    one = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path / "one")
    both = Hamlet(kinds={"bus": Kind(50, {"d": 2})}, groups={"people": Group(100, "a")})
    opened = both.write(tmp_path / "both")
    plan = plan_of(one)
    held = carried_out(opened, plan, persons=[200.0])
    again = carried_out(opened, plan, replan=True, persons=[200.0])
    assert held.in_time == again.in_time == 200
    assert again.clearance < held.clearance


def test_nothing_happens_so_nothing_is_planned_again(tmp_path: Path) -> None:
    """Without an event the timetable is held."""
    opened = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path)
    plan = plan_of(opened)
    assert carried_out(opened, plan, replan=True) == carried_out(opened, plan)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(hamlets(), disturbances())
def test_one_suspension_is_never_worse_planned_again(
    hamlet: Hamlet, disturbed: dict[str, object]
) -> None:
    """Once it is over nothing is unknown any more, so the better of the two ways is taken."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        held = carried_out(opened, plan, **disturbed)
        again = carried_out(opened, plan, replan=True, **disturbed)
    assert again.in_time >= held.in_time
    assert sum(again.left) <= sum(held.left)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(hamlets(), disturbances(), st.data())
def test_a_timetable_that_would_be_in_time_is_kept(
    hamlet: Hamlet, disturbed: dict[str, object], data: st.DataObject
) -> None:
    """Whatever is lost and however often: where holding it succeeds, planning again does."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        assume(plan.answer.deadline_s is not None)
        vehicles = sum(sum(kind.at.values()) for kind in hamlet.kinds.values())
        lost = [data.draw(st.sampled_from([0, 1, 2, 9, 9])) for _ in range(vehicles)]
        held = carried_out(opened, plan, lost=lost, **disturbed)
        again = carried_out(opened, plan, replan=True, lost=lost, **disturbed)
    if sum(held.left) == 0:
        assert sum(again.left) == 0


@pytest.fixture(scope="module")
def lengthened() -> dict[Policy, Futures]:
    """Futures of the offer of October as lengthened, held and planned again."""
    opened, proposal = open_case("aleppo-2016"), "russia-october-extension"
    plan = solve(opened, proposal_id=proposal, levels=["likely"]).plans["likely"]
    return {p: futures_of(opened, proposal, plan, p) for p in ("slip", "replan")}


def test_where_no_vehicle_is_lost_no_future_is_lost_by_planning_again(
    lengthened: dict[Policy, Futures],
) -> None:
    """Whatever else is to come makes a timetable later, so one that is late already is lost."""
    futures = lengthened["slip"]
    drawn: Any = futures.draws.drawn(futures.outcomes(0, 1_000, seed=0).drawn, 0, 0)
    whole = drawn._replace(lost=np.full_like(drawn.lost, 1 << 40))
    held, again = (carried_on(futures.tables, whole, replan=r).left.sum(1) for r in (False, True))
    assert not ((held == 0) & (again > 0)).any()
    assert (again < held).any()


def test_planning_the_lengthened_offer_again_loses_hardly_a_future(
    lengthened: dict[Policy, Futures],
) -> None:
    """In October an on-time timetable was dropped to be done sooner, and then a bus was lost.

    Only one that was to be late is dropped now. A further bus lost may make that one quicker.
    """
    held, again = (f.outcomes(0, 1_000, seed=0).succeeded for f in lengthened.values())
    lost, won = (held & ~again).sum(), (again & ~held).sum()
    assert lost <= 1
    assert won >= 10 * lost
    assert won


def test_planning_again_brings_more_people_out_in_time(aleppo: tuple[OpenCase, Plan]) -> None:
    """On the mean of the same futures of the bundled case."""
    held, again = (
        futures_of(*_args(aleppo), policy).outcomes(0, 60, seed=2) for policy in ("slip", "replan")
    )
    assert np.array_equal(held.drawn, again.drawn)
    assert again.out_by_deadline.mean() >= held.out_by_deadline.mean()


def _args(aleppo: tuple[OpenCase, Plan]) -> tuple[OpenCase, None, Plan]:
    return aleppo[0], None, aleppo[1]
