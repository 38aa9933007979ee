"""What the plan rests on: clauses, statements, claims and figures, each with its sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from safepassage.plan import Plan
from safepassage.terms.case import Case
from safepassage.terms.clauses import Clause, LeaveClause
from safepassage.terms.proposals import Proposal, Status
from safepassage.terms.provenance import Citation, Dispute, Figure, Source, Support
from safepassage.terms.record import Record

__all__ = [
    "ClaimFact",
    "Disputed",
    "FigureFact",
    "History",
    "Reference",
    "Register",
    "StatementFact",
    "Term",
    "claims",
    "figures",
    "history",
    "statements",
    "terms",
]


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation, by the number its source has in the report's list."""

    number: int
    source: Source
    locator: str | None
    note: str | None


class Register:
    """Numbers the sources in the order in which the report first cites them."""

    def __init__(self, case: Case) -> None:
        self._known = {s.id: s for s in case.sources}
        self._numbers: dict[str, int] = {}

    def cite(self, citations: Iterable[Citation]) -> tuple[Reference, ...]:
        """Turn citations into references, giving new sources the next numbers."""
        references = []
        for c in citations:
            number = self._numbers.setdefault(c.source, len(self._numbers) + 1)
            references.append(Reference(number, self._known[c.source], c.locator, c.note))
        return tuple(references)

    @property
    def sources(self) -> tuple[tuple[int, Source], ...]:
        """Every source cited so far with its number."""
        return tuple((n, self._known[s]) for s, n in self._numbers.items())


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


@dataclass(frozen=True, slots=True)
class FigureFact:
    """One number that the plan counts with: sourced, or openly assumed."""

    where: tuple[str, ...]
    """Path in the case, such as ``groups``, ``civilians``, ``persons``, ``high``."""
    value: Any
    """As it is written in the terms: a number, or text such as ``20min``."""
    unit: str
    """What a bare number counts: ``people``, ``seats`` ...; empty where the value says it."""
    assumed: str | None
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
            s.id, s.speaker, s.role, s.date, s.gist, tuple(said.get(s.id, ())), register.cite(s.cite)
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


def figures(
    case: Case, proposal: Proposal, places: Collection[str], register: Register
) -> tuple[FigureFact, ...]:
    """Every figure of the groups that leave, the fleet, the places in use and the proposal."""
    parts: tuple[tuple[str, Iterable[Record]], ...] = (
        ("groups", _leaving(case, proposal)),
        ("fleet", (case.fleet,)),
        ("places", [p for p in case.places if p.id in places]),
        ("terms", proposal.clauses),
    )
    return tuple(
        FigureFact(
            where=(part, *where),
            value=figure.model_dump(mode="json")["value"],
            unit=_UNITS.get(where[-1], ""),
            assumed=figure.assumed,
            references=register.cite(figure.cite),
        )
        for part, records in parts
        for record in records
        for where, figure in _figures_in(record, _label(record))
    )


_UNITS = {
    "low": "people",
    "likely": "people",
    "high": "people",
    "capacity": "people",
    "seats": "people",
    "seats_observed": "people",
    "count": "vehicles",
    "min_vehicles": "vehicles",
    "max_vehicles": "vehicles",
    "bays": "bays",
    "teams": "teams",
}


def _leaving(case: Case, proposal: Proposal) -> tuple[Record, ...]:
    named = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    return tuple(g for g in case.groups if g.id in named)


def _label(record: Record) -> tuple[str, ...]:
    """How a record is told apart from its neighbours: by id, place, vehicle or direction."""
    for keys in (("id",), ("place",), ("vehicle",), ("direction", "vehicle_class")):
        values = [getattr(record, key, None) for key in keys]
        if all(isinstance(value, str) for value in values):
            return tuple(map(str, values))
    return ()


def _figures_in(
    record: Record, where: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Figure[Any]]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        here = (*where, name)
        if isinstance(value, Figure):
            yield here, value
        elif isinstance(value, Record):
            yield from _figures_in(value, here)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Figure):
                    yield here, item
                elif isinstance(item, Record):
                    yield from _figures_in(item, (*here, *_label(item)))
