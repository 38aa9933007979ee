"""The terms of a proposal that can be turned, and the settings that turn each to an amount.

Definitions: ``docs/reference/table-format.md``, "needs".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from safepassage.check.hours import SECOND, microseconds
from safepassage.check.people import clauses_of
from safepassage.check.windows import operation_start
from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    EscortClause,
    InspectionClause,
    LeaveClause,
    PaceClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.places import Crossing, Direction
from safepassage.terms.proposals import Proposal

__all__ = ["DAY", "FINDERS", "Found", "Stated", "clause_at"]

DAY: Final = 86_400
_MORNING: Final = 21_600
"""Where daily hours begin that the terms do not state."""


@dataclass(frozen=True, slots=True)
class Stated:
    """The terms as they stand, and what of them is to be turned."""

    case: Case
    proposal: Proposal
    of: str


Found = tuple[int, Callable[[int], Collection[str]]]
"""How far it is turned, and what turns it."""


def _vehicles(stated: Stated) -> Found | None:
    """Vehicles of a type, where most of them start."""
    vehicle = next((v for v in stated.case.fleet.vehicles if v.id == stated.of and not v.own), None)
    if vehicle is None or not vehicle.counts:
        return None
    most = max(vehicle.counts, key=lambda entry: entry.count.value)
    path = f"fleet.vehicles.{stated.of}.counts.{most.place}.count"
    return most.count.value, lambda amount: (f"{path}={amount}",)


def _escorts(stated: Stated) -> Found | None:
    clause = next(iter(clauses_of(stated.proposal, EscortClause)), None)
    if clause is None or stated.of:
        return None
    if clause.teams is not None:
        path, now = f"{clause_at(stated.proposal, clause.id)}.teams", clause.teams.value
    elif stated.case.fleet.escorts is not None:
        path, now = "fleet.escorts.teams", stated.case.fleet.escorts.teams.value
    else:
        return None
    return now, lambda amount: (f"{path}={amount}",)


def _pace(stated: Stated) -> Found | None:
    clause = next((c for c in clauses_of(stated.proposal, PaceClause) if c.id == stated.of), None)
    if clause is None:
        return None
    path = f"{clause_at(stated.proposal, stated.of)}.persons"
    return clause.persons.value, lambda amount: (f"{path}={amount}",)


def _hours(stated: Stated) -> Found | None:
    """Daily hours of a clause that states one stretch a day or none: longer at their end."""
    clause = next((c for c in clauses_of(stated.proposal, TimedClause) if c.id == stated.of), None)
    if clause is None or len(clause.daily) > 1:
        return None
    now, begin = DAY, _MORNING
    for hours in clause.daily:
        now, begin = (hours.to - hours.from_) % DAY or DAY, hours.from_
    path = f"{clause_at(stated.proposal, stated.of)}.daily"

    def settings(amount: int) -> tuple[str]:
        if amount >= DAY:
            return (f"{path}=[]",)
        end = (begin + amount) % DAY
        return (f'{path}=[{{from: "{_clock(begin)}", to: "{_clock(end)}"}}]',)

    return now, settings


def _clock(seconds: int) -> str:
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}"


def _inspection(stated: Stated) -> Found | None:
    """Times of all classes outward: none takes longer, and the slowest takes exactly as long."""
    place = next(
        (p for p in stated.case.places if isinstance(p, Crossing) and p.id == stated.of), None
    )
    if place is None:
        return None
    path, entries = f"places.{stated.of}", place.inspection
    for clause in clauses_of(stated.proposal, InspectionClause):
        if clause.crossing == stated.of:
            path, entries = clause_at(stated.proposal, clause.id), clause.inspection
    outward = {
        f"{path}.inspection.{i}.time": entry.time.value
        for i, entry in enumerate(entries)
        if entry.direction != Direction.IN
    }
    slowest = max(outward.values(), default=0)
    if slowest == 0:
        return None

    def settings(amount: int) -> list[str]:
        times = {at: amount if s == slowest else min(s, amount) for at, s in outward.items()}
        return [f"{at}={seconds}s" for at, seconds in times.items()]

    return slowest, settings


def _crossing(stated: Stated) -> Found | None:
    """A corridor beside those that the first route clause opens."""
    clause = next(iter(clauses_of(stated.proposal, RouteClause)), None)
    if (
        clause is None
        or stated.of in clause.corridors
        or all(stated.of != c.id for c in stated.case.corridors)
    ):
        return None
    names = ", ".join((*clause.corridors, stated.of))
    opened = f"{clause_at(stated.proposal, clause.id)}.corridors=[{names}]"
    return 0, lambda amount: (opened,) if amount else ()


def _deadline(stated: Stated) -> Found | None:
    """Every end that is earlier is moved to one moment; later ones stay."""
    start = operation_start(stated.proposal)
    if start is None or stated.of:
        return None
    ends: list[tuple[int, list[tuple[str, int]]]] = []
    for clause in stated.proposal.clauses:
        at = clause_at(stated.proposal, clause.id)
        if isinstance(clause, TimedClause) and clause.length is not None:
            begin = microseconds(start, clause.start.value) if clause.start is not None else 0
            begin_s = -(-begin // SECOND)
            ends.append((begin_s + clause.length.value, [(f"{at}.length=%ds", begin_s)]))
        elif isinstance(clause, LeaveClause) and clause.by is not None:
            end = microseconds(start, clause.by.value) // SECOND
            ends.append((end, [(f"{at}.by=null", 0), (f"{at}.within=%ds", 0)]))
        elif isinstance(clause, LeaveClause) and clause.within is not None:
            ends.append((clause.within.value, [(f"{at}.within=%ds", 0)]))
    if not ends:
        return None

    def settings(amount: int) -> list[str]:
        return [
            text % (max(end, amount) - begin_s) if "%d" in text else text
            for end, written in ends
            for text, begin_s in written
        ]

    return min(end for end, _ in ends), settings


def clause_at(proposal: Proposal, clause_id: str) -> str:
    """Path of a clause in settings."""
    return f"proposals.{proposal.id}.clauses.{clause_id}"


FINDERS: Mapping[str, Callable[[Stated], Found | None]] = {
    "vehicles": _vehicles,
    "escorts": _escorts,
    "pace": _pace,
    "hours": _hours,
    "inspection": _inspection,
    "crossing": _crossing,
    "deadline": _deadline,
}
