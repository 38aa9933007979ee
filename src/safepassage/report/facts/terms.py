"""What the plan rests on: clauses, statements and claims, each with its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from safepassage.plan import Plan
from safepassage.report.facts.citing import Reference, Register
from safepassage.report.facts.details import details
from safepassage.terms.case import Case
from safepassage.terms.clauses import Clause, LeaveClause
from safepassage.terms.proposals import Proposal, Status
from safepassage.terms.provenance import Dispute, Support

__all__ = [
    "ClaimFact",
    "Disputed",
    "History",
    "StatementFact",
    "Term",
    "claims",
    "history",
    "statements",
    "terms",
]


@dataclass(frozen=True, slots=True)
class Disputed:
    """Who says otherwise, and what."""

    by: str
    gist: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One clause as the report shows it."""

    id: str
    kind: str
    gist: str
    modelled: bool
    """The plan honours it, and the checker refuses a plan that does not."""
    assumed: str | None
    support: Support
    disputes: tuple[Disputed, ...]
    obliges: tuple[str, ...]
    """Names of parties."""
    references: tuple[Reference, ...]
    details: tuple[str, ...] = ()
    """What it states beside its gist, as sentences."""


@dataclass(frozen=True, slots=True)
class StatementFact:
    """What somebody said, in the case author's words."""

    id: str
    speaker: str
    role: str
    date: date
    gist: str
    consequence_of: tuple[str, ...]
    """Leave clauses of the proposal that name it as the stated consequence."""
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ClaimFact:
    """Something asserted about the record, and how far the sources carry it."""

    id: str
    by: str
    date: date
    gist: str
    support: Support
    opinion: bool
    of_this: bool
    """About the proposal that is planned, not about the record at large."""
    disputes: tuple[Disputed, ...]
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class History:
    """One step in the life of the proposal."""

    status: Status
    date: date
    gist: str | None
    by: tuple[str, ...]
    """Names of parties."""
    references: tuple[Reference, ...]


def _disputes(register: Register, disputes: Iterable[Dispute]) -> tuple[Disputed, ...]:
    return tuple(Disputed(d.by, d.gist, register.cite(d.cite)) for d in disputes)


def _names(case: Case, ids: Iterable[str]) -> tuple[str, ...]:
    known = {p.id: p.name for p in case.parties}
    return tuple(known.get(i, i) for i in ids)


def terms(case: Case, proposal: Proposal, plan: Plan, register: Register) -> tuple[Term, ...]:
    """Every clause of the proposal, in file order."""
    return tuple(_term(case, clause, plan, register) for clause in proposal.clauses)


def _term(case: Case, clause: Clause, plan: Plan, register: Register) -> Term:
    return Term(
        id=clause.id,
        kind=getattr(clause, "kind", ""),
        gist=clause.gist,
        modelled=clause.id not in plan.not_modelled,
        assumed=clause.assumed,
        support=clause.support,
        disputes=_disputes(register, clause.disputes),
        obliges=_names(case, clause.obliges),
        references=register.cite(clause.cite),
        details=details(case, clause),
    )


def history(case: Case, proposal: Proposal, register: Register) -> tuple[History, ...]:
    """What became of the proposal, in the order of time."""
    return tuple(
        History(h.status, h.date, h.gist, _names(case, h.by), register.cite(h.cite))
        for h in proposal.history
    )


def statements(
    case: Case, proposal: Proposal, until: date, register: Register
) -> tuple[StatementFact, ...]:
    """What had been said by a day; statements of a consequence of this proposal come first."""
    said: dict[str, list[str]] = {}
    for clause in proposal.clauses:
        if isinstance(clause, LeaveClause) and clause.otherwise is not None:
            said.setdefault(clause.otherwise, []).append(clause.id)
    told = (s for s in case.statements if s.id in said or s.date <= until)
    ordered = sorted(told, key=lambda s: (s.id not in said, s.date))
    return tuple(
        StatementFact(
            id=s.id,
            speaker=s.speaker,
            role=s.role,
            date=s.date,
            gist=s.gist,
            consequence_of=tuple(said.get(s.id, ())),
            references=register.cite(s.cite),
        )
        for s in ordered
    )


def claims(case: Case, proposal: Proposal, register: Register) -> tuple[ClaimFact, ...]:
    """Claims about this proposal or about none in particular; opinions come last."""
    told = (c for c in case.claims if c.proposal in (None, proposal.id))
    ordered = sorted(told, key=lambda c: (c.opinion, c.proposal is None, c.date))
    return tuple(
        ClaimFact(
            id=c.id,
            by=c.by,
            date=c.date,
            gist=c.gist,
            support=c.support,
            opinion=c.opinion,
            of_this=c.proposal is not None,
            disputes=_disputes(register, c.disputes),
            references=register.cite(c.cite),
        )
        for c in ordered
    )
