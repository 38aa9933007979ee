"""Who is to be moved: people by group, place, destination and the vehicles that suit them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from safepassage.instance.linked import Linked, compile_linked
from safepassage.terms.case import Case
from safepassage.terms.clauses import DestinationClause, LeaveClause, PriorityClause, RouteClause
from safepassage.terms.groups import Destination, Group, largest_remainder
from safepassage.terms.proposals import Proposal
from safepassage.units import whole_seconds

__all__ = ["Cell", "Demand", "Level", "compile_demand", "group_terms"]

Level = Literal["low", "likely", "high"]


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group at one place who may go to the same reception points."""

    group: str
    place: str
    persons: int
    kinds: tuple[str, ...]
    destinations: tuple[str, ...]
    corridors: frozenset[str]
    rank: int
    deadline: int | None
    """The group's deadline, as stated; the window may end before it."""
    in_time: int | None
    """Last moment of arrival that counts as in time."""
    together: int | None


@dataclass(frozen=True, slots=True)
class Demand:
    """All cells at one level of the estimates."""

    level: Level
    cells: tuple[Cell, ...]
    linked: Linked | None = None
    """Linked steps, where the proposal has any."""
    deadline: int | None = None
    """The latest deadline of the groups that are to leave, also of one that is empty at this
    count; None if some group has none."""

    @property
    def persons(self) -> int:
        """People who leave in all."""
        return sum(c.persons for c in self.cells)

    @property
    def in_time(self) -> int | None:
        """The latest moment at which anyone can be in time, or None where there is no end."""
        return _latest([c.in_time for c in self.cells])


def _latest(moments: Sequence[int | None]) -> int | None:
    """The latest of some moments, where None is never."""
    known = [m for m in moments if m is not None]
    return max(known) if known and len(known) == len(moments) else None


def _sooner(a: int | None, b: int | None) -> int | None:
    """The earlier of two moments, where None is never."""
    return min((x for x in (a, b) if x is not None), default=None)


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """What the clauses of a proposal say of one group."""

    destinations: tuple[Destination, ...]
    corridors: frozenset[str]
    rank: int
    deadline: int | None


def group_terms(
    case: Case, proposal: Proposal, group: Group, start: datetime, window_end: int | None
) -> GroupTerms:
    """Read destinations, corridors, rank and deadline of a group from the clauses."""
    destinations = group.destinations
    named: set[str] = set()
    routes = False
    rank = group.priority
    deadlines: list[int] = []
    for clause in proposal.clauses:
        if isinstance(clause, DestinationClause) and group.id in clause.groups:
            destinations = clause.places
        elif isinstance(clause, RouteClause):
            routes = True
            if not clause.groups or group.id in clause.groups:
                named.update(clause.corridors)
        elif isinstance(clause, PriorityClause):
            order = clause.order
            rank = order.index(group.id) if group.id in order else len(order)
        elif isinstance(clause, LeaveClause) and group.id in clause.groups:
            if clause.by is not None:
                deadlines.append(whole_seconds(start, clause.by.value))
            if clause.within is not None:
                deadlines.append(clause.within.value)
    corridors = frozenset(named if routes else (c.id for c in case.corridors))
    deadline = min(deadlines, default=window_end)
    return GroupTerms(destinations, corridors, rank, deadline)


def _refusing(proposal: Proposal, group: Group) -> Fraction:
    """Share of a group that does not leave."""
    shares = [
        refusal.share.value
        for clause in proposal.clauses
        if isinstance(clause, LeaveClause)
        for refusal in clause.refusals
        if group.id in refusal.groups
    ]
    return min(sum(shares, Fraction(0)), Fraction(1))


def compile_demand(
    case: Case, proposal: Proposal, level: Level, start: datetime, window_end: int | None
) -> Demand:
    """List the people who are to leave at one level of the estimates."""
    leaving = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    cells: list[Cell] = []
    deadlines: list[int | None] = []
    for group in case.groups:
        if group.id not in leaving:
            continue
        terms = group_terms(case, proposal, group, start, window_end)
        deadlines.append(terms.deadline)
        shares = [d.share for d in terms.destinations if d.share is not None]
        places = tuple(d.place for d in terms.destinations)
        for place, persons in group.leaving_by_place(level, _refusing(proposal, group)).items():
            if shares:
                split = largest_remainder(persons, shares)
                parts: list[tuple[tuple[str, ...], int]] = [
                    ((to,), n) for to, n in zip(places, split, strict=True)
                ]
            else:
                parts = [(places, persons)]
            for to, part in parts:
                if part:
                    cells.append(
                        Cell(
                            group=group.id,
                            place=place,
                            persons=part,
                            kinds=group.vehicles,
                            destinations=to,
                            corridors=terms.corridors,
                            rank=terms.rank,
                            deadline=terms.deadline,
                            in_time=_sooner(terms.deadline, window_end),
                            together=group.together_within,
                        )
                    )
    linked = compile_linked(case, proposal, level)
    return Demand(level, tuple(cells), linked, _latest(deadlines))
