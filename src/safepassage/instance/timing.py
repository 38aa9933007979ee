"""When the operation starts, and its timeline, from the clauses of a proposal."""

from __future__ import annotations

from datetime import datetime, timedelta

from safepassage.errors import BadInput
from safepassage.instance.timeline import ConditionSpan, Daily, TimedTerm, Timeline
from safepassage.terms.case import Case
from safepassage.terms.clauses import LeaveClause, TimedClause
from safepassage.terms.fleet import NightCondition
from safepassage.terms.places import Crossing as CrossingPlace
from safepassage.terms.places import DailyHours
from safepassage.terms.proposals import Proposal
from safepassage.units import seconds_between, whole_seconds

__all__ = ["compile_timeline", "operation_start"]


def operation_start(proposal: Proposal) -> datetime:
    """Return the moment ``t = 0``.

    Raises
    ------
    BadInput
        If the proposal names nobody who leaves, or no start.
    """
    where = f"proposal {proposal.id}"
    if not any(isinstance(c, LeaveClause) for c in proposal.clauses):
        raise BadInput.one(
            where,
            "no-leave-clause",
            "expected a 'leave' clause to plan for, got none; name a proposal that says who leaves",
        )
    if proposal.start is not None:
        return proposal.start.value
    starts = [
        c.start.value
        for c in proposal.clauses
        if isinstance(c, TimedClause) and c.start is not None
    ]
    if not starts:
        raise BadInput.one(
            where,
            "no-start",
            "expected 'start' at the proposal or at a window or ceasefire clause, got none; "
            "add one, marked 'assumed' where no source gives it",
        )
    return min(starts)


def _daily(hours: DailyHours) -> Daily:
    return Daily(hours.from_, hours.to)


def compile_timeline(case: Case, proposal: Proposal, start: datetime) -> Timeline:
    """Put every opening, closing and condition on the operation's clock."""
    local = start.astimezone(case.utc_offset)
    midnight = -seconds_between(local.replace(hour=0, minute=0, second=0, microsecond=0), local)
    terms = []
    for clause in proposal.clauses:
        if isinstance(clause, TimedClause):
            begins = clause.start.value if clause.start else start
            length = timedelta(seconds=clause.length.value) if clause.length else None
            terms.append(
                TimedTerm(
                    clause_id=clause.id,
                    start=seconds_between(start, begins),
                    end=whole_seconds(start, begins + length) if length else None,
                    daily=tuple(map(_daily, clause.daily)),
                    crossings=frozenset(clause.crossings),
                    moves=clause.movement == "all",
                )
            )
    hours = {p.id: tuple(map(_daily, p.hours)) for p in case.places if isinstance(p, CrossingPlace)}
    conditions = []
    for c in case.fleet.conditions:
        if isinstance(c, NightCondition):
            conditions.append(ConditionSpan(c.factor.value, Daily(c.from_, c.to)))
        else:
            period = (seconds_between(start, c.from_), seconds_between(start, c.to))
            conditions.append(ConditionSpan(c.factor.value, period))
    return Timeline(midnight, tuple(terms), hours, tuple(conditions))
