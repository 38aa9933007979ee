"""Timetables carried out: as planned to the second, and slipping as worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import bundled_cases, open_case
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from safepassage.plan import Plan
from safepassage.solver import solve
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.convoy.strategies import hamlets
from tests.simulate.plain import Result, carried_out

RANDOM = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
SMALL = replace(Effort.quick(), trips=60)


def as_planned(result: Result, plan: Plan) -> None:
    """Every arrival, and the figures of the answer, are those of the plan."""
    assert result.arrivals == {r.id: float(r.loaded_leg.arrive_s) for r in plan.rotations}
    if not plan.left:
        assert result.in_time == plan.answer.evacuated_by_deadline
        assert result.clearance == plan.answer.clearance_time_s


@pytest.mark.parametrize("name", [name for name, _ in bundled_cases()])
def test_undisturbed_bundled_plans_arrive_as_the_checker_says(name: str) -> None:
    """The simulator's own arithmetic gives the times that the checker accepts, to the second."""
    opened = open_case(name)
    for plan in solve(opened, levels=["low", "likely"]).plans.values():
        assert verify(plan, opened).valid
        as_planned(carried_out(opened, plan), plan)


@RANDOM
@given(hamlets())
def test_undisturbed_random_plans_arrive_as_planned(hamlet: Hamlet) -> None:
    """Windows, conditions, escorts, bays, ranks and spacing are read as the checker reads them."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        assert verify(plan, opened).valid
        as_planned(carried_out(opened, plan), plan)


@RANDOM
@given(linked_hamlets())
def test_undisturbed_linked_plans_arrive_as_planned(hamlet: Hamlet) -> None:
    """Waiting for other convoys holds nobody longer than the timetable does."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=SMALL)
        as_planned(carried_out(opened, plan), plan)


# Worked by hand: one bus of 50 seats fetches from r (30 min to a), boards 5 min, drives 10 min to
# x, is inspected 1 min, drives 20 min to r, unloads 2 min. So it arrives at 3,960 s, leaves again
# at 4,080 s and arrives a second time at 8,040 s.
TWO_ROUNDS = Hamlet(groups={"people": Group(100, "a")})


def test_a_hold_keeps_the_convoy_and_all_that_the_bus_does_later(tmp_path: Path) -> None:
    """Held 1,000 s at the crossing, it arrives so much later both times."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), hold_gap=[[0.0]], hold_s=[[1000.0]])
    assert sorted(result.arrivals.values()) == [4960, 9040]


def test_a_hold_meets_the_first_convoy_to_come_after_its_time(tmp_path: Path) -> None:
    """Due at 3,000 s it misses the first round, inspected at 2,700 s, and keeps the second."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), hold_gap=[[3000.0]], hold_s=[[1000.0]])
    assert sorted(result.arrivals.values()) == [3960, 9040]


def test_a_suspension_lets_people_board_and_keeps_the_convoy_from_leaving(tmp_path: Path) -> None:
    """Boarding ends at 2,100 s; it departs at 5,000 s and drives 1,860 s, inspection included."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), stop_on=[2000.0], stop_off=[5000.0])
    assert min(result.arrivals.values()) == 6860


def test_a_suspension_breaks_an_inspection_off(tmp_path: Path) -> None:
    """Begun at 2,700 s and broken off at 2,730 s, it goes on at 3,730 s for the other 30 s."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), stop_on=[2730.0], stop_off=[3730.0])
    assert min(result.arrivals.values()) == 4960


def test_a_convoy_late_for_its_daily_window_waits_for_the_next(tmp_path: Path) -> None:
    """Twice as slow it is at the crossing at 5,100 s, which closed at 3,600 s until next day."""
    hamlet = Hamlet(window={"daily": [{"from": "08:00", "to": "09:00"}]})
    opened = hamlet.write(tmp_path)
    result = carried_out(opened, plan_of(opened), driving=2.0)
    assert list(result.arrivals.values()) == [86_400 + 60 + 2 * 1200]


def test_nobody_is_out_in_time_after_the_end_of_the_window(tmp_path: Path) -> None:
    """The convoy runs on after the agreed hour, and those aboard count as left."""
    opened = Hamlet(window={"length": figure("67min")}).write(tmp_path)
    plan = plan_of(opened)
    assert carried_out(opened, plan).in_time == 50
    slipped = carried_out(opened, plan, driving=1.1)
    assert (slipped.in_time, slipped.left, slipped.clearance) == (0, [50], 3960 + 0.1 * 3600)


def test_fewer_people_than_planned_end_it_earlier(tmp_path: Path) -> None:
    """With forty people there is no second round."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), persons=[40.0])
    assert (result.clearance, result.in_time) == (3960, 40)


def test_more_people_than_planned_go_on_by_the_same_cycle(tmp_path: Path) -> None:
    """The third round arrives 4,080 s after the second, as the second did after the first."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), persons=[130.0])
    assert (result.clearance, result.in_time) == (8040 + 4080, 130)


def test_seats_that_are_free_go_to_people_beyond_the_plan(tmp_path: Path) -> None:
    """Two more than the 90 planned find room in the second bus, which has ten seats free."""
    opened = Hamlet(groups={"people": Group(90, "a")}).write(tmp_path)
    result = carried_out(opened, plan_of(opened), persons=[92.0])
    assert (result.clearance, result.in_time) == (8040, 92)


def test_people_of_a_lost_bus_wait_for_another_one(tmp_path: Path) -> None:
    """Of two buses one is lost before it begins; the other comes back for its people."""
    hamlet = Hamlet(kinds={"bus": Kind(50, {"d": 2})}, groups={"people": Group(100, "a")})
    opened = hamlet.write(tmp_path)
    plan = plan_of(opened)
    never = 1 << 40
    assert carried_out(opened, plan).clearance == 3960 + 300
    lost = carried_out(opened, plan, lost=[0, never])
    assert lost.in_time == 100
    assert 8040 <= lost.clearance <= 8040 + 300
    both = carried_out(opened, plan, lost=[0, 0])
    assert (both.in_time, both.clearance) == (0, np.inf)


def test_those_who_refuse_are_no_longer_waited_for(tmp_path: Path) -> None:
    """With six in ten refusing, forty go in one round, and sixty are told as refusing."""
    opened = TWO_ROUNDS.write(tmp_path)
    result = carried_out(opened, plan_of(opened), refusing=[0.6])
    assert (result.clearance, result.in_time, result.refused) == (3960, 40, 60)


def test_a_convoy_may_take_its_own_time(tmp_path: Path) -> None:
    """The second round boards 5 min longer, and drives and is inspected twice as long: 31 min.

    The first one is as planned, and unloads as planned; the way in to fetch is the second round's.
    """
    opened = TWO_ROUNDS.write(tmp_path)
    plan = plan_of(opened)
    own = np.ones((3, 2))
    own[0, 1] = 2.0
    first, second = sorted(carried_out(opened, plan, own=own).arrivals.values())
    assert (first, second) == (3960, 8040 + 5 * 60)
    own[1:, 1] = 2.0
    first, second = sorted(carried_out(opened, plan, own=own).arrivals.values())
    assert (first, second) == (3960, 8040 + 5 * 60 + 30 * 60 + 31 * 60)


@st.composite
def disturbances(draw: st.DrawFn) -> dict[str, object]:
    """Slower, held, suspended, with other numbers of people."""
    on = draw(st.floats(0, 20_000))
    return {
        "boarding": draw(st.floats(0.5, 3)),
        "driving": draw(st.floats(0.8, 2)),
        "stop_on": [on],
        "stop_off": [on + draw(st.floats(1, 100_000))],
    }


@RANDOM
@given(hamlets(), disturbances(), st.data())
def test_everybody_is_counted_once(
    hamlet: Hamlet, disturbed: dict[str, object], data: st.DataObject
) -> None:
    """Out in time, left and refusing are together all the people there are."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        persons = [data.draw(st.integers(0, 120)) for _ in hamlet.groups]
        refusing = [data.draw(st.sampled_from([0.0, 0.25, 0.5])) for _ in persons]
        result = carried_out(opened, plan, persons=persons, refusing=refusing, **disturbed)
    assert result.in_time + sum(result.left) + result.refused == sum(persons)
    assert result.curve == sorted(result.curve)
    assert result.curve[-1] <= sum(persons) - result.refused


@RANDOM
@given(hamlets(), st.floats(0, 20_000), st.floats(0, 90_000), st.floats(0, 90_000))
def test_a_longer_suspension_brings_nobody_sooner(
    hamlet: Hamlet, on: float, length: float, more: float
) -> None:
    """Where the hour changes no speed (else who leaves after the snow may overtake)."""
    hamlet.conditions = []
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        short = carried_out(opened, plan, stop_on=[on], stop_off=[on + length])
        long = carried_out(opened, plan, stop_on=[on], stop_off=[on + length + more])
    assert all(long.arrivals[r] >= at for r, at in short.arrivals.items())
    assert all(at >= r.loaded_leg.arrive_s for r in plan.rotations for at in [short.arrivals[r.id]])


@pytest.mark.parametrize(("partial", "left"), [("halts", [25, 50]), ("goes_on", [25, 0])])
def test_a_side_in_part_keeps_others_waiting_unless_the_clause_goes_on(
    tmp_path: Path, partial: str, left: list[int]
) -> None:
    """Half of the first fifty are let go, so that their step is never over."""
    steps = [
        {"id": name, "gist": "x", "batches": [{"groups": [name], "rest": True}], "after": after}
        for name, after in (("first", []), ("second", ["first"]))
    ]
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"first": Group(50, "a"), "second": Group(50, "a")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps, "partial": partial}],
    )
    opened = hamlet.write(tmp_path)
    plan = plan_of(opened)
    assert carried_out(opened, plan).left == [0, 0]
    assert carried_out(opened, plan, part=[0.5, 1.0]).left == left
