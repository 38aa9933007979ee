"""Vehicles and what handles them: enough of everything that an operation could begin."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.errors import Fault
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where
from safepassage.terms.clauses import DestinationClause, EscortClause, LeaveClause
from safepassage.terms.document import DocPath
from safepassage.terms.groups import Category
from safepassage.terms.places import AssemblyPoint, Handling, ReceptionPoint

__all__ = ["escort_teams", "handling", "no_bays", "no_seats", "zero_fleet"]


def zero_fleet(case: Case, where: Where) -> Iterator[Fault]:
    """Every group that is to leave has vehicles of a type that suits it, at each of its places.

    Wounded people without one, in a fleet that has vehicles, are no fault of the file: the
    protection findings tell it, and a plan lists them as left.
    """
    leaving = {
        g for p in case.proposals for c in p.clauses if isinstance(c, LeaveClause) for g in c.groups
    }
    whole = sum(n.count.value for v in case.fleet.vehicles for n in v.counts)
    for i, group in enumerate(case.groups):
        types = [v for v in case.fleet.vehicles if v.id in group.vehicles]
        shared = sum(n.count.value for v in types if not v.own for n in v.counts)
        if group.id not in leaving or not types:
            continue
        if group.category == Category.WOUNDED and whole:
            continue
        for j, spot in enumerate(group.places):
            own = sum(
                n.count.value for v in types if v.own for n in v.counts if n.place == spot.place
            )
            if spot.share and not shared + own:
                message = (
                    f"expected vehicles for {group.id!r} at {spot.place!r}, got a fleet with no "
                    f"{' or '.join(group.vehicles)}; add counts or another type"
                )
                yield Fault(where(("groups", i, "places", j)), "zero-fleet", message)


def no_seats(case: Case, where: Where) -> Iterator[Fault]:
    """A vehicle type carries somebody."""
    for i, vehicle in enumerate(case.fleet.vehicles):
        if vehicle.seats.value == 0:
            message = f"seats: expected at least 1 seat in a {vehicle.id!r}, got 0"
            yield Fault(where(("fleet", "vehicles", i, "seats")), "zero-seats", message)


def escort_teams(case: Case, where: Where) -> Iterator[Fault]:
    """Where convoys need an escort, it is known how many teams there are, at least one."""
    for i, proposal in enumerate(case.proposals):
        for j, clause in enumerate(proposal.clauses):
            if not isinstance(clause, EscortClause):
                continue
            teams = clause.teams
            if teams is None and case.fleet.escorts is not None:
                teams = case.fleet.escorts.teams
            if teams is None or teams.value == 0:
                got = "none" if teams is None else "0"
                message = (
                    f"expected a number of escort teams here or in fleet.escorts, got {got}; add "
                    "'teams', marked 'assumed' where no source gives it"
                )
                path = ("proposals", i, "clauses", j)
                yield Fault(where(path), "no-escort-teams", message)


def _users(case: Case) -> dict[str, set[str]]:
    """Return the vehicle types, but own ones, that may board or unload at each place."""
    own = {v.id for v in case.fleet.vehicles if v.own}
    users: dict[str, set[str]] = {}
    for group in case.groups:
        places = {p.place for p in group.places} | {d.place for d in group.destinations}
        for proposal in case.proposals:
            for clause in proposal.clauses:
                if isinstance(clause, DestinationClause) and group.id in clause.groups:
                    places |= {d.place for d in clause.places}
        for place in places:
            users.setdefault(place, set()).update(set(group.vehicles) - own)
    return users


def handling(case: Case, where: Where) -> Iterator[Fault]:
    """Every type that boards or unloads at a place has a time for it."""
    known = {v.id for v in case.fleet.vehicles}
    users = _users(case)
    for i, place in enumerate(case.places):
        entries: tuple[Handling, ...]
        if isinstance(place, AssemblyPoint):
            key, entries = "boarding", place.boarding
        elif isinstance(place, ReceptionPoint):
            key, entries = "unloading", place.unloading
        else:
            continue
        given = {entry.vehicle for entry in entries}
        for vehicle in sorted(users.get(place.id, set()) & known - given):
            if "any" not in given:
                path: DocPath = ("places", i, key)
                message = f"{key}: expected a time for {vehicle!r} or for 'any', got none; add one"
                yield Fault(where(path), "no-handling-time", message)


def no_bays(case: Case, where: Where) -> Iterator[Fault]:
    """A place where vehicles of the operator board or unload has a bay."""
    users = _users(case)
    for i, place in enumerate(case.places):
        if isinstance(place, AssemblyPoint | ReceptionPoint) and place.bays.value == 0:
            types = ", ".join(sorted(users.get(place.id, ())))
            if types:
                message = f"bays: expected at least 1 bay for {types}, got 0"
                yield Fault(where(("places", i, "bays")), "zero-bays", message)
