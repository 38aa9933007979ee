"""Who is to leave under a proposal, from where to where, by when and in which order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import TypeVar

from safepassage.check.hours import SECOND, microseconds
from safepassage.plan.document import Level
from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    Clause,
    DestinationClause,
    LeaveClause,
    PriorityClause,
    RouteClause,
)
from safepassage.terms.groups import Destination, Group, largest_remainder
from safepassage.terms.proposals import Proposal

__all__ = ["LeavingGroup", "clauses_of", "read_groups"]

C = TypeVar("C", bound=Clause)


@dataclass(frozen=True, slots=True)
class LeavingGroup:
    """What the terms say of one group that leaves. ``*_clause`` is the clause that says so."""

    id: str
    people: dict[str, int]
    """Persons by the place where they gather."""
    vehicles: frozenset[str]
    """Vehicle types that suit them."""
    destinations: frozenset[str]
    allotted: dict[tuple[str, str], int] | None
    """Persons by place and destination, where destinations carry shares."""
    corridors: frozenset[str]
    rank: int
    deadline_s: int | None
    together_s: int | None
    leave_clause: str
    deadline_clause: str | None
    destination_clause: str | None
    route_clause: str | None
    rank_clause: str | None


def clauses_of(proposal: Proposal, kind: type[C]) -> list[C]:
    """Clauses of one kind, in file order."""
    return [c for c in proposal.clauses if isinstance(c, kind)]


def read_groups(
    case: Case,
    proposal: Proposal,
    level: Level,
    start: datetime,
    end: tuple[int | None, str | None],
) -> dict[str, LeavingGroup]:
    """Read every group that a leave clause names.

    Parameters
    ----------
    case, proposal
        The terms.
    level
        Which count of people.
    start
        The moment ``t = 0``.
    end
        The end of the window, and the clause that sets it.
    """
    leave = clauses_of(proposal, LeaveClause)
    return {
        group.id: _read_group(case, proposal, group, level, start, end)
        for group in case.groups
        if any(group.id in clause.groups for clause in leave)
    }


def _read_group(
    case: Case,
    proposal: Proposal,
    group: Group,
    level: Level,
    start: datetime,
    end: tuple[int | None, str | None],
) -> LeavingGroup:
    leave = [c for c in clauses_of(proposal, LeaveClause) if group.id in c.groups]
    refusing = sum(
        (r.share.value for c in leave for r in c.refusals if group.id in r.groups), Fraction(0)
    )
    people = group.leaving_by_place(level, min(refusing, Fraction(1)))
    destinations, destination_clause = _destinations(proposal, group)
    corridors, route_clause = _corridors(case, proposal, group)
    rank, rank_clause = _rank(proposal, group)
    deadline, deadline_clause = _deadline(leave, start, end)
    return LeavingGroup(
        id=group.id,
        people=people,
        vehicles=frozenset(group.vehicles),
        destinations=frozenset(d.place for d in destinations),
        allotted=_allotted(people, destinations),
        corridors=corridors,
        rank=rank,
        deadline_s=deadline,
        together_s=group.together_within,
        leave_clause=leave[0].id,
        deadline_clause=deadline_clause,
        destination_clause=destination_clause,
        route_clause=route_clause,
        rank_clause=rank_clause,
    )


def _destinations(proposal: Proposal, group: Group) -> tuple[tuple[Destination, ...], str | None]:
    naming = [c for c in clauses_of(proposal, DestinationClause) if group.id in c.groups]
    if not naming:
        return group.destinations, None
    # A later clause is read as amending an earlier one.
    return naming[-1].places, naming[-1].id


def _allotted(
    people: dict[str, int], destinations: tuple[Destination, ...]
) -> dict[tuple[str, str], int] | None:
    shares = [d.share for d in destinations if d.share is not None]
    if not shares:
        return None
    allotted: dict[tuple[str, str], int] = {}
    for place, persons in people.items():
        parts = largest_remainder(persons, shares)
        for destination, part in zip(destinations, parts, strict=True):
            key = place, destination.place
            allotted[key] = allotted.get(key, 0) + part
    return allotted


def _corridors(case: Case, proposal: Proposal, group: Group) -> tuple[frozenset[str], str | None]:
    routes = clauses_of(proposal, RouteClause)
    if not routes:
        return frozenset(c.id for c in case.corridors), None
    open_to = [c for c in routes if not c.groups or group.id in c.groups]
    named = frozenset(corridor for c in open_to for corridor in c.corridors)
    return named, (open_to or routes)[0].id


def _rank(proposal: Proposal, group: Group) -> tuple[int, str | None]:
    clauses = clauses_of(proposal, PriorityClause)
    if not clauses:
        return group.priority, None
    order = clauses[-1].order
    return order.index(group.id) if group.id in order else len(order), clauses[-1].id


def _deadline(
    leave: list[LeaveClause], start: datetime, end: tuple[int | None, str | None]
) -> tuple[int | None, str | None]:
    stated = []
    for clause in leave:
        if clause.by is not None:
            # An arrival counts whole seconds: in time means at or before the second begun.
            stated.append((microseconds(start, clause.by.value) // SECOND, clause.id))
        if clause.within is not None:
            stated.append((clause.within.value, clause.id))
    return min(stated) if stated else end
