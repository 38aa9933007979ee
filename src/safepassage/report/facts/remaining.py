"""Who is still there at the deadline, and what is announced for them, by whom.

The announced consequence is a cited statement of the party that made it. Nothing acts on it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from safepassage.cases import OpenCase
from safepassage.instance import compile_demand, compile_operation
from safepassage.plan import Plan
from safepassage.report.facts.citing import Reference, Register
from safepassage.terms.clauses import LeaveClause

__all__ = ["Announced", "Remaining", "remaining"]


@dataclass(frozen=True, slots=True)
class Announced:
    """What a party announced for those who do not leave."""

    speaker: str
    date: date
    gist: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Remaining:
    """People of one group who are not out by their deadline."""

    group: str
    refuse: int
    """By the terms as entered, they do not leave."""
    cannot: int
    """The plan does not carry them."""
    late: int
    """The plan carries them, but after the deadline."""
    clause_ids: tuple[str, ...]
    """Leave clauses that ask them to leave."""
    announced: tuple[Announced, ...]

    @property
    def persons(self) -> int:
        """All who are still there at the deadline."""
        return self.refuse + self.cannot + self.late


def remaining(opened: OpenCase, plan: Plan, register: Register) -> tuple[Remaining, ...]:
    """Tell who remains, group by group; groups of whom nobody does are left out."""
    proposal = opened.case.proposal(plan.proposal)
    operation = compile_operation(opened.case, opened.network, proposal)
    end = operation.timeline.window_end
    demand = compile_demand(opened.case, proposal, plan.count, operation.start, end)
    limits = {(c.group, c.place): c.in_time for c in demand.cells}
    leaving: Counter[str] = Counter()
    for cell in demand.cells:
        leaving[cell.group] += cell.persons
    out: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for rotation in plan.rotations:
        leg = rotation.loaded_leg
        for boarding in rotation.boarding:
            for group, persons in boarding.persons.items():
                limit = limits.get((group, leg.from_))
                out[group] += persons
                late[group] += persons if limit is not None and leg.arrive_s > limit else 0
    asked = [c for c in proposal.clauses if isinstance(c, LeaveClause)]
    found = []
    for group_terms in opened.case.groups:
        clauses = [c for c in asked if group_terms.id in c.groups]
        if not clauses:
            continue
        everyone = group_terms.persons.at(plan.count).value
        here = leaving[group_terms.id]
        fact = Remaining(
            group=group_terms.id,
            refuse=everyone - here,
            cannot=here - out[group_terms.id],
            late=late[group_terms.id],
            clause_ids=tuple(c.id for c in clauses),
            announced=_announced(opened, clauses, register),
        )
        if fact.persons:
            found.append(fact)
    return tuple(found)


def _announced(
    opened: OpenCase, clauses: list[LeaveClause], register: Register
) -> tuple[Announced, ...]:
    named = {c.otherwise for c in clauses if c.otherwise is not None}
    return tuple(
        Announced(s.speaker, s.date, s.gist, register.cite(s.cite))
        for s in opened.case.statements
        if s.id in named
    )
