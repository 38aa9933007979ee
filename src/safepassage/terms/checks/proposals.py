"""Proposals: their history, their times, and clauses that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from safepassage.errors import Fault
from safepassage.files import shown
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where, walk
from safepassage.terms.clauses import (
    Clause,
    DestinationClause,
    EscortClause,
    LeaveClause,
    LinkedClause,
    PaceClause,
    PriorityClause,
    ReturnOfVehiclesClause,
    TimedClause,
)
from safepassage.terms.document import DocPath
from safepassage.terms.fleet import NightCondition
from safepassage.terms.places import DailyHours
from safepassage.terms.proposals import Proposal, Status, StatusEvent

__all__ = [
    "clashing_clauses",
    "deadlines",
    "empty_hours",
    "history_order",
    "history_statuses",
    "windows",
]

_OPPOSITE = frozenset({Status.ACCEPTED, Status.REJECTED})
_ENDS = frozenset({Status.VETOED, Status.LAPSED, Status.WITHDRAWN, Status.SUPERSEDED})


def history_order(case: Case, where: Where) -> Iterator[Fault]:
    """Statuses follow in the order of time, from the day the proposal was tabled."""
    for i, proposal in enumerate(case.proposals):
        path: DocPath = ("proposals", i, "history")
        if proposal.history[0].date < proposal.tabled:
            message = (
                f"expected a history from {proposal.tabled}, the day it was tabled, got "
                f"{proposal.history[0].date}; mend 'tabled' or the history"
            )
            yield Fault(where((*path, 0)), "history-order", message)
        for j, (before, after) in enumerate(pairwise(proposal.history), start=1):
            if after.date < before.date:
                message = (
                    f"expected statuses in the order of time, got {after.date} after "
                    f"{before.date}; sort them"
                )
                yield Fault(where((*path, j)), "history-order", message)


def history_statuses(case: Case, where: Where) -> Iterator[Fault]:
    """No status is told twice, and none contradicts another of the same day."""
    for i, proposal in enumerate(case.proposals):
        for (_, a), (j, b) in combinations(enumerate(proposal.history), 2):
            place = where(("proposals", i, "history", j))
            if a.date != b.date:
                continue
            if a.status == b.status and set(a.by) == set(b.by):
                message = f"expected each status once, got {b.status.value!r} again on {b.date}"
                yield Fault(place, "repeated-status", message)
            elif _contradict(a, b):
                message = (
                    f"expected one of {a.status.value!r} and {b.status.value!r} on {b.date}, got "
                    "both; say by whom each is, or mend a date"
                )
                yield Fault(place, "overlapping-status", message)


def _contradict(a: StatusEvent, b: StatusEvent) -> bool:
    pair = {a.status, b.status}
    if len(pair) == 2 and pair <= _ENDS:
        return True
    same = set(a.by) & set(b.by) or (not a.by and not b.by)
    return bool(pair == _OPPOSITE and same)


def empty_hours(case: Case, where: Where) -> Iterator[Fault]:
    """Daily hours last: equal ends could mean nothing or the whole day, so they are refused."""
    for path, record in walk(case):
        if not isinstance(record, DailyHours | NightCondition):
            continue
        if record.from_ in (record.to, 86_400):
            message = (
                "expected daily hours with two different ends that begin before 24:00, got "
                f"{_clock(record.from_)} to {_clock(record.to)}; the whole day is 00:00 to 24:00"
            )
            yield Fault(where(path), "empty-hours", message)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _start(proposal: Proposal) -> datetime | None:
    if proposal.start is not None:
        return proposal.start.value
    timed = (c for c in proposal.clauses if isinstance(c, TimedClause))
    return min((c.start.value for c in timed if c.start is not None), default=None)


def windows(case: Case, where: Where) -> Iterator[Fault]:
    """A window does not end before the operation starts."""
    for i, proposal in enumerate(case.proposals):
        start = _start(proposal)
        for j, clause in enumerate(proposal.clauses):
            if not isinstance(clause, TimedClause) or start is None:
                continue
            if clause.start is None or clause.length is None:
                continue
            end = clause.start.value + timedelta(seconds=clause.length.value)
            if end <= start:
                message = (
                    f"expected a window that ends after the start {start.isoformat()}, got one "
                    f"that ends {end.isoformat()}; mend start or length"
                )
                path = ("proposals", i, "clauses", j)
                yield Fault(where(path), "ends-before-start", message)


def deadlines(case: Case, where: Where) -> Iterator[Fault]:
    """A deadline comes after the start."""
    for i, proposal in enumerate(case.proposals):
        start = _start(proposal)
        for j, clause in enumerate(proposal.clauses):
            if not isinstance(clause, LeaveClause):
                continue
            path = ("proposals", i, "clauses", j)
            if clause.within is not None and clause.within.value == 0:
                message = "within: expected a length over 0, got 0s; everyone would be late"
                yield Fault(where((*path, "within")), "deadline-before-start", message)
            if clause.by is not None and start is not None and clause.by.value <= start:
                message = (
                    f"by: expected a deadline after the start {start.isoformat()}, got "
                    f"{clause.by.value.isoformat()}; mend one of them"
                )
                yield Fault(where((*path, "by")), "deadline-before-start", message)


def _claims(clause: Clause, case: Case) -> tuple[str, tuple[str, ...]] | None:
    """Return what a clause settles alone: the subject, and for whom."""
    if isinstance(clause, PriorityClause):
        return "order of groups", ("",)
    if isinstance(clause, EscortClause):
        return "escort", ("",)
    if isinstance(clause, DestinationClause):
        return "destinations", clause.groups
    if isinstance(clause, ReturnOfVehiclesClause):
        every = tuple(v.id for v in case.fleet.vehicles if not v.own)
        return "return of vehicles", clause.vehicles or every
    return None


def _paced_steps(proposal: Proposal, path: DocPath, where: Where) -> Iterator[Fault]:
    """Linked steps say already who sets out when; no timetable keeps a pace beside them."""
    linked = [c.id for c in proposal.clauses if isinstance(c, LinkedClause)]
    for j, clause in enumerate(proposal.clauses):
        if isinstance(clause, PaceClause) and linked:
            message = (
                f"expected no pace beside linked steps, got {clause.id!r} beside {linked[0]!r}; "
                "say it by the sizes of batches, or as text"
            )
            yield Fault(where((*path, "clauses", j)), "clashing-clauses", message)


def _linked_beside(proposal: Proposal, path: DocPath, where: Where) -> Iterator[Fault]:
    """Linked clauses of one proposal have their own groups, their own steps, and one ending."""
    told: list[LinkedClause] = []
    for j, clause in enumerate(proposal.clauses):
        if not isinstance(clause, LinkedClause):
            continue
        for other in told:
            shared = _shared(clause, other)
            if shared:
                message = (
                    f"expected linked clauses that share no group, no step id and the same "
                    f"'partial', got {clause.id!r} and {other.id!r} with {shared}; join them"
                )
                yield Fault(where((*path, "clauses", j)), "clashing-clauses", message)
                break
        told.append(clause)


def _shared(a: LinkedClause, b: LinkedClause) -> str:
    groups = [{g for s in c.steps for batch in s.batches for g in batch.groups} for c in (a, b)]
    steps = [{s.id for s in c.steps} for c in (a, b)]
    if both := sorted(groups[0] & groups[1]):
        return f"the group {shown(both[0])}"
    if both := sorted(steps[0] & steps[1]):
        return f"the step {shown(both[0])}"
    return f"{a.partial!r} and {b.partial!r}" if a.partial != b.partial else ""


def clashing_clauses(case: Case, where: Where) -> Iterator[Fault]:
    """One clause at most settles a matter that only one can settle."""
    for i, proposal in enumerate(case.proposals):
        yield from _paced_steps(proposal, ("proposals", i), where)
        yield from _linked_beside(proposal, ("proposals", i), where)
        settled: dict[tuple[str, str], str] = {}
        for j, clause in enumerate(proposal.clauses):
            claims = _claims(clause, case)
            if claims is None:
                continue
            subject, entries = claims
            for entry in entries:
                other = settled.setdefault((subject, entry), clause.id)
                if other != clause.id:
                    of = f" of {entry!r}" if entry else ""
                    message = (
                        f"expected one clause on the {subject}{of}, got {clause.id!r} beside "
                        f"{other!r}; join them"
                    )
                    path = ("proposals", i, "clauses", j)
                    yield Fault(where(path), "clashing-clauses", message)
                    break
