"""Protection findings: what the terms leave unprotected. They warn; they never block."""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.plan import Level
from safepassage.report.facts.answer import CountAnswer
from safepassage.terms.clauses import LeaveClause, TimedClause
from safepassage.terms.proposals import Proposal
from safepassage.terms.protection import ProtectionFinding

__all__ = ["DEADLINE_TOO_SHORT", "deadline_findings"]

DEADLINE_TOO_SHORT = "deadline-below-minimum"
"""Code of the one protection finding that needs a plan: no timetable could meet the deadline."""


def deadline_findings(
    proposal: Proposal, answers: Mapping[Level, CountAnswer]
) -> tuple[ProtectionFinding, ...]:
    """Tell the counts for which the deadline is shorter than the proven minimum.

    Only a bound that the checker verified is used: a finding says what is proven.
    """
    short = [a for a in answers.values() if a.proven and a.proven_impossible]
    if not short:
        return ()
    counts = ", ".join(f"{a.level} {a.figures.persons:,}" for a in short)
    sets_it = next(
        (
            c.id
            for c in proposal.clauses
            if (isinstance(c, LeaveClause) and (c.by or c.within))
            or (isinstance(c, TimedClause) and c.length)
        ),
        None,
    )
    message = (
        "The time given is shorter than the proven minimum: no timetable under these terms can "
        f"bring everyone out in time at these counts: {counts}."
    )
    return (ProtectionFinding(DEADLINE_TOO_SHORT, "warning", sets_it, proposal.id, message),)
