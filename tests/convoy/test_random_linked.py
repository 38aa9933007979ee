"""Whatever steps are linked, the checker accepts the planner's timetable and its proof."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from safepassage.check import verify
from safepassage.convoy.planner import Effort
from safepassage.plan import dumps_plan
from tests.convoy.hamlet import Hamlet, plan_of
from tests.convoy.linked_hamlets import linked_hamlets

RELAXED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


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
