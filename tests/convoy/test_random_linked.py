"""Whatever steps are linked, the checker accepts the planner's timetable and its proof."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given

from safepassage.check import verify
from safepassage.convoy.effort import Effort
from safepassage.plan import dumps_plan
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.convoy.strategies import relaxed

RELAXED = relaxed(40)


SMALL = replace(Effort.quick(), trips=60)


@RELAXED
@given(linked_hamlets())
def test_checker_accepts_linked_plans(hamlet: Hamlet) -> None:
    """Planner and checker read linked steps alike, and a plan of one seed is one plan."""
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=SMALL)
        again = plan_of(opened, effort=SMALL)
        verification = verify(plan, opened)
    refused = [f for f in verification.findings if f.severity == "error"]
    assert not refused, "\n".join(map(str, refused))
    assert verification.lower_bound_verified
    assert dumps_plan(plan) == dumps_plan(again)
    if plan.answer.clearance_time_s is not None:
        assert plan.answer.lower_bound_s <= plan.answer.clearance_time_s


def test_nobody_goes_in_place_of_a_batch_that_has_to_wait(tmp_path: Path) -> None:
    """Who of a side goes first is its first batch, and that is exchanged for people who stay."""
    one = [{"groups": groups, "persons": figure(1)} for groups in (["n1"], ["s1"])]
    exchanged = {"rule": "simultaneous_at_exchange_point", "place": "x", "gist": "At once."}
    step = {"id": "one", "gist": "One of each side.", "batches": one, "release": [exchanged]}
    hamlet = Hamlet(
        roads={("a", "x"): 1, ("c", "x"): 1, ("x", "r"): 1},
        bays={"a": 1, "c": 1},
        kinds={"bus": Kind(16, {"d": 1}), "van": Kind(7, {"d": 2})},
        groups={"n1": Group(3, "a", ("van",)), "s1": Group(3, "c", ("bus",))},
        convoys=(2, 3, 0),
        clauses=[{"kind": "linked", "id": "steps", "steps": [step]}],
    )
    opened = hamlet.write(tmp_path)
    plan = plan_of(opened)
    assert verify(plan, opened).valid
    reasons = {left.reason: left.persons for left in plan.left}
    assert list(reasons.values()) == [3, 1, 2]
    assert "too few vehicles" in next(iter(reasons))
    assert all("wait" in reason for reason in [*reasons][1:])


def test_a_first_batch_of_one_person_is_bounded_as_any_other(tmp_path: Path) -> None:
    """One bus fetches 36 people, one of them in a step before all the others."""
    some = {"groups": ["n1", "n2"], "persons": figure(1)}
    steps = [
        {"id": "one", "gist": "One goes.", "batches": [some]},
        {
            "id": "two",
            "gist": "All others go.",
            "batches": [
                {"groups": ["n1", "n2"], "rest": True},
                {"groups": ["s1"], "persons": figure(1)},
            ],
            "after": ["one"],
        },
    ]
    hamlet = Hamlet(
        roads={("a", "x"): 2, ("b", "x"): 1, ("c", "x"): 1, ("x", "r"): 1},
        bays={"a": 1, "b": 1, "c": 1},
        crossings={"x": (0, 0)},
        kinds={"bus": Kind(16, {"d": 1})},
        groups={"n1": Group(33, "a"), "n2": Group(3, "b"), "s1": Group(3, "c")},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )
    opened = hamlet.write(tmp_path)
    verification = verify(plan_of(opened), opened)
    assert verification.valid
    assert verification.lower_bound_verified
