"""Terms that a disturbed timetable may break: how long a group and a convoy are kept."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from safepassage.cases import OpenCase
from safepassage.simulate.draws import nothing_drawn
from safepassage.simulate.futures import futures_of
from safepassage.simulate.slip import Columns, carried_out
from safepassage.simulate.tally import tally_of
from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms
from tests.convoy.hamlet import Group, Hamlet, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.convoy.strategies import hamlets
from tests.theory.test_linked_by_hand import _exchange, figure

RANDOM = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def once(opened: OpenCase, *, replan: bool = False, **changes: object) -> Columns:
    """Carry the plan out once, with changes of what is drawn."""
    plan = plan_of(opened)
    terms = Terms(opened.case, opened.network, opened.case.proposal(plan.proposal), plan)
    timetable = timetable_of(terms)
    drawn = nothing_drawn(timetable.tables, timetable.persons)
    arrays = {name: np.array([value], np.float64) for name, value in changes.items()}
    return carried_out(timetable.tables, drawn._replace(**arrays), replan=replan)


def test_from_first_to_last_departure_by_hand(tmp_path: Path) -> None:
    """Two rounds, 4,080 s apart; held up by a suspension of 1,000 s between them, 5,080 s."""
    opened = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path)
    assert once(opened).apart_s.tolist() == [[4080]]
    assert once(opened, persons=[40]).apart_s.tolist() == [[0]]
    late = once(opened, stop_on=[4_500], stop_off=[7_000])
    assert late.apart_s[0, 0] > 4080
    assert once(opened, persons=[0]).apart_s.tolist() == [[-np.inf]]


def test_people_beyond_the_timetable_are_part_of_their_group(tmp_path: Path) -> None:
    """A third round for those who came on top departs 4,080 s after the second, by any policy."""
    opened = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path)
    for replan in (False, True):
        assert once(opened, replan=replan, persons=[150]).apart_s.tolist() == [[2 * 4080]]


@RANDOM
@given(hamlets())
def test_undisturbed_groups_stay_together(hamlet: Hamlet) -> None:
    """The checker has passed the plan, so the future that is as planned breaks nothing."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        if not plan.left:
            assert not futures_of(opened, None, plan).undisturbed().broken.any()


@RANDOM
@given(linked_hamlets())
def test_undisturbed_linked_plans_hold_nobody_too_long(hamlet: Hamlet) -> None:
    """What the checker finds no hold too long in has none here either."""
    with TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        if not plan.left:
            assert not futures_of(opened, None, plan).undisturbed().broken.any()


@pytest.mark.parametrize(("longest", "too_long"), [("10min", 1), ("20h", 0)])
def test_a_convoy_that_waits_for_a_late_one_is_held_too_long(
    tmp_path: Path, longest: str, too_long: int
) -> None:
    """On roads twice as slow the far side is an hour late, and the near one stands for it."""
    opened = _exchange(longest_hold=figure(longest)).write(tmp_path)
    plan = plan_of(opened)
    assert once(opened).held.tolist() == [0]
    assert once(opened, driving=2.0).held.tolist() == [too_long]
    assert futures_of(opened, None, plan).bounds == ("longest_hold",)


def test_only_terms_that_the_case_states_are_counted(tmp_path: Path) -> None:
    """A group that travels together has a column; without such a term there is none."""
    people = Group(100, "a", more={"together_within": "75min"})
    apart = Hamlet(groups={"people": Group(100, "a")}).write(tmp_path / "apart")
    together = Hamlet(groups={"people": people}).write(tmp_path / "together")
    assert futures_of(apart, None, plan_of(apart)).bounds == ()
    futures = futures_of(together, None, plan_of(together))
    assert futures.bounds == ("together.people",)
    outcomes = futures.outcomes(0, 50, 1)
    assert outcomes.broken.shape == (50, 1)
    assert 0 < outcomes.broken.sum() < 50
    assert tally_of(outcomes).broken == [int(outcomes.broken.sum())]
