"""Two answers to the same question put together: the better timetable, the stronger proofs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from safepassage.plan import Plan

__all__ = ["better_of"]


def better_of(a: Plan, b: Plan) -> Plan:
    """Return one plan with the better timetable of two and the stronger of their bounds.

    Both have to be of the same terms and the same count. On equal timetables the first stays.
    """
    plan, other = (a, b) if _value(a) <= _value(b) else (b, a)
    proofs = [*plan.certificates, *other.certificates]
    kept = [
        c
        for c in (_strongest(proofs, "clearance-at-least"), _strongest(proofs, "out-by-at-most"))
        if c is not None
    ]
    answer = plan.answer
    lower = max(answer.lower_bound_s, other.answer.lower_bound_s)
    cleared = answer.clearance_time_s
    lower = min(lower, cleared) if cleared is not None else 0
    most = min(answer.evacuated_at_most, other.answer.evacuated_at_most)
    return replace(
        plan,
        certificates=tuple(kept),
        answer=replace(
            answer,
            lower_bound_s=lower,
            gap=cleared / lower - 1 if lower and cleared is not None else None,
            evacuated_at_most=max(most, answer.evacuated_by_deadline),
            bottleneck=_nearer(plan, other).answer.bottleneck,
        ),
    )


def _value(plan: Plan) -> tuple[int, int, int, int]:
    """The planner's objective: people left, people late, clearance time, waiting."""
    answer = plan.answer
    left = sum(x.persons for x in plan.left)
    late = answer.persons - answer.evacuated_by_deadline
    cleared = answer.clearance_time_s
    return left, late, cleared if cleared is not None else 1 << 60, answer.person_seconds_waiting


def _strongest(proofs: list[Mapping[str, Any]], claim: str) -> Mapping[str, Any] | None:
    found = [c for c in proofs if c["claim"] == claim]
    sign = 1 if claim == "clearance-at-least" else -1
    return max(found, key=lambda c: sign * int(c["value"]), default=None)


def _nearer(plan: Plan, other: Plan) -> Plan:
    """The one whose bottleneck sentence goes with the stronger bound."""
    weaker = other.answer.lower_bound_s <= plan.answer.lower_bound_s
    same = plan.answer.feasible == other.answer.feasible
    return plan if weaker or not same else other
