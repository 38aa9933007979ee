"""Whatever the hamlet, the checker accepts the planner's timetable and its proof."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given

from safepassage.check import verify
from safepassage.plan import dumps_plan
from tests.convoy.hamlet import Hamlet, plan_of
from tests.convoy.strategies import hamlets, relaxed

RELAXED = relaxed(150)


@RELAXED
@given(hamlets())
def test_checker_accepts_what_the_planner_finds(hamlet: Hamlet) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened)
        again = plan_of(opened)
        refused = [f for f in verify(plan, opened).findings if f.severity == "error"]
    assert not refused, "\n".join(map(str, refused))
    assert dumps_plan(plan) == dumps_plan(again)
    answer = plan.answer
    assert answer.persons == sum(g.persons for g in hamlet.groups.values())
    assert answer.evacuated_by_deadline <= answer.evacuated_at_most
    for certificate in plan.certificates:
        if certificate["claim"] == "clearance-at-least":
            assert answer.clearance_time_s is not None
            assert certificate["value"] <= answer.clearance_time_s
