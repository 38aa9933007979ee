"""The limits of a proposal in time: windows' lengths and deadlines, and how to move them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from safepassage.instance.timing import operation_start
from safepassage.terms.clauses import LeaveClause, TimedClause
from safepassage.terms.proposals import Proposal
from safepassage.units import seconds_between, whole_seconds

__all__ = ["limits", "moved", "without_limits"]


def limits(proposal: Proposal) -> list[tuple[int, str]]:
    """Every stated end, in seconds after the start of the operation, with its clause."""
    return [(end, clause_id) for end, clause_id, _ in _limits(proposal)]


def without_limits(proposal: Proposal) -> tuple[str, ...]:
    """Settings that take every end away, so that "how long does it take" is all that is asked."""
    found = []
    for clause in proposal.clauses:
        path = f"proposals.{proposal.id}.clauses.{clause.id}"
        if isinstance(clause, TimedClause) and clause.length is not None:
            found.append(f"{path}.length=null")
        elif isinstance(clause, LeaveClause):
            found += [f"{path}.{k}=null" for k in ("by", "within") if getattr(clause, k)]
    return tuple(found)


def moved(proposal: Proposal, to_s: int) -> tuple[str, ...]:
    """Settings that put every end that is earlier at ``to_s`` after the start; later ones stay."""
    found: list[str] = []
    for end, _, write in _limits(proposal):
        found += [text.format(max(end, to_s) - offset) for text, offset in write]
    return tuple(found)


def _limits(proposal: Proposal) -> Iterator[tuple[int, str, list[tuple[str, int]]]]:
    """Yield each end, its clause, and how to write another one (text, seconds to take off)."""
    start = operation_start(proposal)
    for clause in proposal.clauses:
        path = f"proposals.{proposal.id}.clauses.{clause.id}"
        if isinstance(clause, TimedClause) and clause.length is not None:
            begins = seconds_between(start, clause.start.value) if clause.start else 0
            write = [(path + ".length={}s", begins)]
            yield begins + clause.length.value, clause.id, write
        elif isinstance(clause, LeaveClause) and (end := _deadline(clause, start)) is not None:
            write = [(path + ".by=null", 0)] if clause.by is not None else []
            yield end, clause.id, [*write, (path + ".within={}s", 0)]


def _deadline(clause: LeaveClause, start: datetime) -> int | None:
    if clause.by is not None:
        return whole_seconds(start, clause.by.value)
    return clause.within.value if clause.within is not None else None
