"""The record: what was tabled and said when, and what became of each provision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    Clause,
    DestinationClause,
    EscortClause,
    LeaveClause,
    MonitoringClause,
    RouteClause,
)
from safepassage.terms.clauses.other import TextClause
from safepassage.terms.proposals import Proposal, Status
from safepassage.terms.provenance import Citation, Support

__all__ = ["Event", "Occurrence", "Provision", "events", "provisions"]

_ALIVE = (Status.ACCEPTED, Status.IN_FORCE)
_DEAD = (
    Status.REJECTED,
    Status.VETOED,
    Status.LAPSED,
    Status.SUPERSEDED,
    Status.WITHDRAWN,
    Status.COLLAPSED,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a proposal, was said, or was claimed."""

    date: date
    kind: Literal["status", "statement", "claim"]
    id: str
    """Of the proposal, the statement or the claim."""
    who: str
    what: str
    """A status, or the gist in our own words."""
    gist: str | None
    support: Support
    cite: tuple[Citation, ...]
    opinion: bool = False


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A provision in one proposal."""

    proposal: str
    clause_id: str
    tabled: date
    by: tuple[str, ...]
    """Parties, by id."""
    support: Support
    gist: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One provision through all proposals."""

    kind: str
    subject: str
    """What it is about: a corridor, a place, a kind of people; empty where the kind says it."""
    occurrences: tuple[Occurrence, ...]
    """In the order of time."""
    accepted: tuple[date, str] | None
    """When a proposal that holds it was first accepted or came into force, and which."""
    died: tuple[date, str, str] | None
    """When the last proposal that holds it ended, which, and how; None while one is alive."""

    @property
    def first(self) -> Occurrence | None:
        """The earliest one that sources support, or at least dispute; None where none does."""
        known = [o for o in self.occurrences if o.support != Support.UNSUPPORTED]
        return known[0] if known else None

    @property
    def recurs(self) -> bool:
        """More than one proposal holds it, unsupported ones left out."""
        known = {o.proposal for o in self.occurrences if o.support != Support.UNSUPPORTED}
        return len(known) > 1


def events(case: Case) -> tuple[Event, ...]:
    """Everything dated in the case, in the order of time."""
    return tuple(sorted(_events(case), key=lambda e: (e.date, _ORDER.index(e.kind))))


_ORDER = ("status", "statement", "claim")


def _events(case: Case) -> Iterator[Event]:
    names = {p.id: p.name for p in case.parties}
    for proposal in case.proposals:
        for h in proposal.history:
            by = h.by or (proposal.tabled_by if h.status == Status.TABLED else ())
            who = ", ".join(names.get(p, p) for p in by)
            status = h.status.value.replace("_", " ")
            gist = f"{proposal.title}{': ' + h.gist if h.gist else ''}"
            yield Event(h.date, "status", proposal.id, who, status, gist, Support.SUPPORTED, h.cite)
    for s in case.statements:
        yield Event(s.date, "statement", s.id, s.speaker, s.gist, None, Support.SUPPORTED, s.cite)
    for c in case.claims:
        yield Event(c.date, "claim", c.id, c.by, c.gist, None, c.support, c.cite, c.opinion)


def provisions(case: Case) -> tuple[Provision, ...]:
    """Provisions in the order in which they were first asked for; those that recur are one."""
    found: dict[tuple[str, str], list[Occurrence]] = {}
    for proposal in sorted(case.proposals, key=lambda p: p.tabled):
        for clause in proposal.clauses:
            for subject in _subjects(case, clause):
                kind = str(getattr(clause, "kind", ""))
                occurrence = Occurrence(
                    proposal.id,
                    clause.id,
                    proposal.tabled,
                    proposal.tabled_by,
                    clause.support,
                    clause.gist,
                )
                held = found.setdefault((kind, subject), [])
                if all(o.proposal != proposal.id for o in held):
                    held.append(occurrence)
    return tuple(
        Provision(kind, subject, tuple(held), _accepted(case, held), _died(case, held))
        for (kind, subject), held in found.items()
    )


def _subjects(case: Case, clause: Clause) -> tuple[str, ...]:
    """What a clause is about, so that the same provision in another proposal is known again."""
    if isinstance(clause, LeaveClause):
        named = {g.category for g in case.groups if g.id in clause.groups}
        dated = "by a date" if clause.by is not None or clause.within is not None else "no date"
        return tuple(f"{category}, {dated}" for category in sorted(map(str, named)))
    if isinstance(clause, RouteClause):
        known = {c.id: c.name for c in case.corridors}
        return tuple(known.get(c, c) for c in clause.corridors)
    if isinstance(clause, DestinationClause):
        known = {p.id: p.name for p in case.places}
        return tuple(known.get(d.place, d.place) for d in clause.places)
    if isinstance(clause, EscortClause | MonitoringClause):
        known = {p.id: p.name for p in case.parties}
        return tuple(known.get(p, p) for p in clause.by) or ("",)
    if isinstance(clause, TextClause):
        return ((clause.heading or clause.gist).lower(),)
    return ("",)


def _supported(case: Case, held: list[Occurrence]) -> list[Proposal]:
    known = {o.proposal for o in held if o.support != Support.UNSUPPORTED}
    return [p for p in case.proposals if p.id in known]


def _accepted(case: Case, held: list[Occurrence]) -> tuple[date, str] | None:
    dates = [
        (h.date, p.id) for p in _supported(case, held) for h in p.history if h.status in _ALIVE
    ]
    return min(dates, default=None)


def _ended(case: Case, proposal: Proposal) -> bool:
    """Whether a proposal is off the table; an amended one is, where the amended text is tabled."""
    if proposal.status != Status.AMENDED:
        return proposal.status in _DEAD
    amended, by = proposal.history[-1].date, set(proposal.tabled_by)
    return any(
        p.id != proposal.id and p.tabled >= amended and by & set(p.tabled_by)
        for p in case.proposals
    )


def _died(case: Case, held: list[Occurrence]) -> tuple[date, str, str] | None:
    known = _supported(case, held)
    if not known or not all(_ended(case, p) for p in known):
        return None
    last = max(known, key=lambda p: p.history[-1].date)
    return last.history[-1].date, last.id, last.status.value
