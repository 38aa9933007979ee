from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase, changed_case
from safepassage.check import verify
from safepassage.errors import BadInput
from safepassage.negotiate.better import better_of
from safepassage.negotiate.session import Session
from safepassage.plan import dumps_plan
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

WINDOW = "proposals.terms.clauses.window"
BUSES = "fleet.vehicles.bus.counts.d.count"


def _hamlet() -> Hamlet:
    return Hamlet(
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"people": Group(600, "a")},
        window={"length": figure("6h")},
        convoys=(1, 3, 60),
    )


def _linked() -> Hamlet:
    some = {"groups": ["people"], "persons": figure(40)}
    rest = [{"groups": ["people"], "rest": True}, {"groups": ["others"], "rest": True}]
    steps = [
        {"id": "one", "gist": "Some go.", "batches": [some]},
        {"id": "two", "gist": "All go.", "batches": rest, "after": ["one"]},
    ]
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds={"bus": Kind(50, {"d": 2})},
        groups={"people": Group(120, "a"), "others": Group(60, "b")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )


@pytest.fixture
def opened(tmp_path: Path) -> OpenCase:
    return _hamlet().write(tmp_path)


WHAT_IFS = st.lists(
    st.one_of(
        st.integers(1, 6).map(lambda n: [f"{BUSES}={n}"]),
        st.integers(2, 30).map(lambda h: [f"{WINDOW}.length={h}h"]),
        st.sampled_from([10, 60, 240]).map(lambda t: [f"places.x.inspection.0.time={t}s"]),
        st.just([f'{WINDOW}.daily=[{{from: "08:00", to: "14:00"}}]', f"{BUSES}=3"]),
        st.just([]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WHAT_IFS)
def test_an_answer_is_never_stale(asked: list[list[str]]) -> None:
    """Whatever was asked before, an answer equals the one from scratch, first and refined."""
    with tempfile.TemporaryDirectory() as folder:
        opened = _hamlet().write(Path(folder))
        session = Session(opened)
        for what_if in asked:
            for answer in (Session.ask, Session.refine):
                warm, scratch = answer(session, what_if), answer(Session(opened), what_if)
                assert dumps_plan(warm.plan) == dumps_plan(scratch.plan)
                assert warm.settings == scratch.settings == tuple(what_if)
                assert (warm.suffices, warm.impossible) == (scratch.suffices, scratch.impossible)


LINKED = "proposals.terms.clauses.steps"
LINKED_WHAT_IFS = st.lists(
    st.one_of(
        st.integers(1, 3).map(lambda n: [f"{BUSES}={n}"]),
        st.integers(10, 60).map(lambda n: [f"{LINKED}.steps.one.batches.0.persons={n}"]),
        st.just([f"{LINKED}.steps.two.after=[]"]),
        st.just([f"{LINKED}.partial=goes_on"]),
        st.just([]),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINKED_WHAT_IFS)
def test_an_answer_on_linked_steps_is_never_stale(asked: list[list[str]]) -> None:
    """Whichever steps, batches or fleets were asked about before, an answer is as from scratch."""
    with tempfile.TemporaryDirectory() as folder:
        opened = _linked().write(Path(folder))
        session = Session(opened)
        for what_if in asked:
            for answer in (Session.ask, Session.refine):
                warm, scratch = answer(session, what_if), answer(Session(opened), what_if)
                assert dumps_plan(warm.plan) == dumps_plan(scratch.plan)
                assert warm.verification.valid


def test_refined_answer_is_at_least_as_good_as_plan_and_first_answer(opened: OpenCase) -> None:
    """Refining never takes back what was shown, and is as good as ``plan`` from scratch."""
    session = Session(opened)
    what_if = [f"{BUSES}=3"]
    first, refined = session.ask(what_if), session.refine(what_if)
    scratch = plan_of(changed_case(opened, what_if)).answer
    for other in (first.plan.answer, scratch):
        assert refined.plan.answer.evacuated_by_deadline >= other.evacuated_by_deadline
        assert refined.plan.answer.lower_bound_s >= other.lower_bound_s
        assert refined.plan.answer.clearance_time_s is not None
        assert other.clearance_time_s is not None
        assert refined.plan.answer.clearance_time_s <= other.clearance_time_s
    assert refined.verification.lower_bound_verified


def test_verdicts_are_proven_both_ways(opened: OpenCase) -> None:
    """Too short a window is proven impossible; a long one suffices by a timetable."""
    session = Session(opened)
    short, long = session.refine([f"{WINDOW}.length=1h"]), session.ask([f"{WINDOW}.length=30h"])
    assert short.impossible
    assert not short.suffices
    assert long.suffices
    assert not long.impossible


def test_a_wrong_setting_is_told_and_the_session_goes_on(opened: OpenCase) -> None:
    """A slip at the table costs nothing."""
    session = Session(opened)
    with pytest.raises(BadInput):
        session.ask(["fleet.vehicles.tram.counts.0.count=3"])
    assert gc.isenabled()
    assert session.ask().plan.answer.persons == 600


def test_better_of_takes_the_best_of_both(opened: OpenCase) -> None:
    """The better timetable with the stronger bound, whichever plan each was in; still valid."""
    session = Session(opened)
    a, b = session.ask().plan, session.refine().plan
    for plan in (better_of(a, b), better_of(b, a)):
        assert verify(plan, opened).valid
        assert verify(plan, opened).lower_bound_verified
        assert plan.answer.lower_bound_s == max(a.answer.lower_bound_s, b.answer.lower_bound_s)
