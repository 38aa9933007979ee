"""The rules of the protection findings, one function each.

A rule yields the clause it is about, or None, and a message. Its docstring says what it means and
on what basis; the reference page of findings is made from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    DestinationClause,
    InspectionClause,
    ItemsClause,
    LeaveClause,
    ListsClause,
    MonitoringClause,
    PaceClause,
    PriorityClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.groups import Category, Group
from safepassage.terms.places import Corridor, Crossing
from safepassage.terms.proposals import Proposal, Status
from safepassage.terms.provenance import Support

__all__ = [
    "Said",
    "belongings_limited",
    "clause_disputed",
    "clause_unsourced",
    "clause_unsupported",
    "clause_without_effect",
    "crossing_holder_not_bound",
    "leave_clauses",
    "names_demanded",
    "no_choice_of_destination",
    "no_independent_monitoring",
    "nothing_on_stayers",
    "stated_consequence",
    "wounded_in_shared_vehicles",
    "wounded_left_out",
    "wounded_without_suitable_vehicle",
]

Said = tuple[str | None, str]
"""What a rule yields: the clause, and the message."""


def leave_clauses(proposal: Proposal) -> list[LeaveClause]:
    """Return the leave clauses of a proposal."""
    return [c for c in proposal.clauses if isinstance(c, LeaveClause)]


def _leaving(case: Case, proposal: Proposal) -> list[Group]:
    ids = {g for clause in leave_clauses(proposal) for g in clause.groups}
    return [group for group in case.groups if group.id in ids]


def no_independent_monitoring(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Nobody who belongs to no side watches that the terms are kept.

    Basis: adequate, neutral monitoring and direct observation of evacuations.
    """
    independent = {p.id for p in case.parties if p.independent}
    clauses = [c for c in proposal.clauses if isinstance(c, MonitoringClause)]
    if any(set(c.by) & independent for c in clauses):
        return
    if clauses:
        yield clauses[0].id, "The monitors named all belong to a side; none is independent."
    else:
        yield None, "The terms name nobody who would watch, independently, that they are kept."


def no_choice_of_destination(case: Case, proposal: Proposal) -> Iterator[Said]:
    """People who leave cannot choose where they go.

    Basis: destinations of people's own choice. Several reception points are no choice as long as
    the terms do not say that people choose among them.
    """
    chosen = {
        g
        for c in proposal.clauses
        if isinstance(c, DestinationClause) and c.choice
        for g in c.groups
    }
    for clause in leave_clauses(proposal):
        without = [g for g in clause.groups if g not in chosen]
        if without:
            yield clause.id, f"The terms give no choice of destination to: {', '.join(without)}."


def nothing_on_stayers(case: Case, proposal: Proposal) -> Iterator[Said]:
    """The terms say nothing on the protection of those who choose to stay.

    Basis: protection for all, whether they choose to leave or to stay.
    """
    clauses = list(leave_clauses(proposal))
    for clause in clauses:
        if not clause.stayers:
            of = f" of {', '.join(clause.groups)}" if len(clauses) > 1 else ""
            yield clause.id, f"The terms say nothing on the protection of those{of} who stay."


def stated_consequence(case: Case, proposal: Proposal) -> Iterator[Said]:
    """A party announces what happens to those who are still there.

    Basis: evacuation has to be voluntary; leaving under a threat is hard to call so. The
    statement is recorded and cited; nothing in the program acts on it.
    """
    statements = {s.id: s for s in case.statements}
    for clause in leave_clauses(proposal):
        if clause.otherwise is not None:
            speaker = statements[clause.otherwise].speaker
            yield clause.id, f"{speaker} has announced a consequence for those still there."


def _available(case: Case, group: Group) -> list[str]:
    return [
        v.id
        for v in case.fleet.vehicles
        if v.id in group.vehicles and any(n.count.value for n in v.counts)
    ]


def wounded_without_suitable_vehicle(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Wounded people are to leave, and no vehicle of a type that suits them is in the fleet.

    Basis: safe and dignified passage; medical evacuation of all who need it.
    """
    for group in _leaving(case, proposal):
        if group.category == Category.WOUNDED and not _available(case, group):
            types = " or ".join(group.vehicles)
            yield _clause_of(proposal, group), f"There is no {types} for the group {group.id!r}."


def wounded_in_shared_vehicles(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Wounded people have only vehicles that carry everyone else as well.

    Basis: as for ``wounded-without-suitable-vehicle``; whether these vehicles suit them is the
    case author's word alone.
    """
    others = {v for g in case.groups if g.category != Category.WOUNDED for v in g.vehicles}
    for group in _leaving(case, proposal):
        types = _available(case, group)
        if group.category == Category.WOUNDED and types and set(types) <= others:
            message = (
                f"The group {group.id!r} travels only in {' or '.join(types)}, which other groups "
                "use as well."
            )
            yield _clause_of(proposal, group), message


def wounded_left_out(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Wounded people are known of, and the terms do not take them out.

    Basis: medical evacuation of all who need it, without distinction.
    """
    leaving = {g.id for g in _leaving(case, proposal)}
    places = {p.place for g in _leaving(case, proposal) for p in g.places}
    for group in case.groups:
        near = any(p.place in places for p in group.places)
        if group.category == Category.WOUNDED and group.id not in leaving and near:
            yield None, f"The group {group.id!r} is at the same places and is not among who leaves."


def names_demanded(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Lists of the people who leave are to be handed over.

    Basis: voluntary and safe departure. Names in the hands of a side have led to arrests; counts
    are enough to plan with, and are all that Safe Passage ever holds.
    """
    for clause in proposal.clauses:
        if isinstance(clause, ListsClause) and clause.required:
            to = ", ".join(clause.to) or "somebody not named"
            yield clause.id, f"Names of the people who leave are to be handed to {to}."


def belongings_limited(case: Case, proposal: Proposal) -> Iterator[Said]:
    """The terms limit what people may take with them.

    Basis: dignity of those who leave; searches at crossings take time that nobody counted.
    """
    for clause in proposal.clauses:
        if isinstance(clause, ItemsClause) and (clause.allowed or clause.forbidden):
            yield clause.id, "The terms limit what people may take; expect searches on the way."


def crossing_holder_not_bound(case: Case, proposal: Proposal) -> Iterator[Said]:
    """A party that controls a crossing on the way is not bound by the terms.

    Basis: safe and unimpeded passage. It neither tabled nor accepted the proposal, and no clause
    obliges it to anything.
    """
    bound = set(proposal.tabled_by)
    for event in proposal.history:
        if event.status in (Status.ACCEPTED, Status.IN_FORCE, Status.TABLED):
            bound.update(event.by)
    bound.update(party for clause in proposal.clauses for party in clause.obliges)
    crossings = {p.id: p for p in case.places if isinstance(p, Crossing)}
    routes = [c for c in proposal.clauses if isinstance(c, RouteClause)]
    told: set[tuple[str, str]] = set()
    for corridor in _open_corridors(case, proposal):
        for name in corridor.crossings:
            for party in crossings[name].controlled_by:
                if party not in bound and (party, name) not in told:
                    told.add((party, name))
                    clause = next((c.id for c in routes if corridor.id in c.corridors), None)
                    yield clause, f"{party!r} controls the crossing {name!r}; nothing binds it."


def clause_unsupported(case: Case, proposal: Proposal) -> Iterator[Said]:
    """A clause rests on a claim that its sources do not support.

    Basis: no silent wrong answers.
    """
    for clause in proposal.clauses:
        if clause.support == Support.UNSUPPORTED:
            yield clause.id, "The sources cited do not support that the terms say this."


def clause_disputed(case: Case, proposal: Proposal) -> Iterator[Said]:
    """Somebody says that the terms do not say this, or say it otherwise.

    Basis: no silent wrong answers.
    """
    for clause in proposal.clauses:
        if clause.support == Support.DISPUTED:
            by = ", ".join(d.by for d in clause.disputes) or "a source"
            yield clause.id, f"What this clause says is disputed by {by}."


def clause_without_effect(case: Case, proposal: Proposal) -> Iterator[Said]:
    """A clause is on crossings that no open corridor passes, or on groups that do not leave.

    Basis: no silent wrong answers. No timetable could break it, so none shows that it is kept.
    """
    leaving = {g.id for g in _leaving(case, proposal)}
    passed = {c for corridor in _open_corridors(case, proposal) for c in corridor.crossings}
    for clause in proposal.clauses if leaving else ():
        crossings: tuple[str, ...] = ()
        groups: tuple[str, ...] = ()
        if isinstance(clause, InspectionClause):
            crossings = (clause.crossing,)
        elif isinstance(clause, TimedClause):
            crossings = clause.crossings
        elif isinstance(clause, RouteClause | DestinationClause | PaceClause):
            groups = clause.groups
        elif isinstance(clause, PriorityClause):
            groups = clause.order
        if crossings and passed.isdisjoint(crossings):
            at = ", ".join(crossings)
            yield clause.id, f"No corridor that is open passes {at}: the clause changes nothing."
        if groups and leaving.isdisjoint(groups):
            of = ", ".join(groups)
            yield clause.id, f"Nobody of {of} is among who leaves: the clause changes nothing."


def _open_corridors(case: Case, proposal: Proposal) -> list[Corridor]:
    routes = [c for c in proposal.clauses if isinstance(c, RouteClause)]
    opened = {r for c in routes for r in c.corridors} or {c.id for c in case.corridors}
    return [c for c in case.corridors if c.id in opened]


def clause_unsourced(case: Case, proposal: Proposal) -> Iterator[Said]:
    """A clause has neither a citation nor a word on what of it is assumed.

    Basis: every term is sourced or marked as assumed.
    """
    for clause in proposal.clauses:
        if not clause.cite and clause.assumed is None:
            yield clause.id, "The clause has no source and is not marked as assumed."


def _clause_of(proposal: Proposal, group: Group) -> str | None:
    return next((c.id for c in leave_clauses(proposal) if group.id in c.groups), None)
