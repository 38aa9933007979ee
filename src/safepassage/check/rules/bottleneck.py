"""The bottleneck names what there is, and clauses that can make it scarce."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.reading import Reading
from safepassage.terms.clauses import (
    Clause,
    EscortClause,
    InspectionClause,
    LeaveClause,
    LinkedClause,
    PaceClause,
    ReturnOfVehiclesClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["BottleneckTerms"]

_KINDS: Final[dict[str | None, tuple[type[Clause], ...]]] = {
    None: (TimedClause, RouteClause, LeaveClause),
    "crossings": (TimedClause, RouteClause, InspectionClause),
    "fleet": (TimedClause, ReturnOfVehiclesClause),
    "own": (),
    "pace": (PaceClause,),
    "escorts": (EscortClause,),
    "bays": (),
    "room": (LeaveClause,),
}
"""Kinds of clauses that limit a resource, by its family; linked steps can limit any."""


class BottleneckTerms:
    """Resource and clauses of the bottleneck are those of the terms, and belong together.

    That the resource is the scarcest, and the sentence, are words for readers.
    """

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what the bottleneck names and the terms do not have, or not for this."""
        bottleneck, reading = context.plan.answer.bottleneck, context.reading
        resource = bottleneck.resource
        family, _, named = (None, "", "") if resource is None else resource.partition("/")
        where = "answer.bottleneck"
        if family not in _KINDS or not _is_there(family, named, reading):
            message = f"the terms have no resource {resource!r}"
            yield finding("answer-bottleneck", where, message)
            return
        clauses = {clause.id: clause for clause in reading.proposal.clauses}
        for clause_id in bottleneck.clause_ids:
            clause = clauses.get(clause_id)
            if clause is None:
                message = f"the proposal has no clause {clause_id!r}"
                yield finding("answer-bottleneck", where, message)
            elif not _limits(clause, family, named, reading):
                what = "no way as such" if resource is None else f"nothing of {resource!r}"
                message = f"the clause {clause_id!r} limits {what}"
                yield finding("answer-bottleneck", where, message, clause_id)


def _is_there(family: str | None, named: str, reading: Reading) -> bool:
    if family in (None, "crossings"):
        return not named
    if family == "escorts":
        return not named and reading.escorts.clause_id is not None
    if family in ("fleet", "own"):
        return named in reading.kinds
    if family == "pace":
        return any(isinstance(c, PaceClause) and c.id == named for c in reading.proposal.clauses)
    place = reading.places.get(named)
    if family == "bays":
        return isinstance(place, AssemblyPoint | ReceptionPoint)
    return isinstance(place, ReceptionPoint) and place.capacity is not None


def _limits(clause: Clause, family: str | None, named: str, reading: Reading) -> bool:
    if isinstance(clause, LinkedClause):
        return True
    if not isinstance(clause, _KINDS[family]):
        return False
    if isinstance(clause, PaceClause):
        return clause.id == named
    if family != "crossings" or isinstance(clause, RouteClause):
        return True
    corridors = {c for group in reading.groups.values() for c in group.corridors}
    passed = {
        x for c in corridors if c in reading.corridors for x in reading.corridors[c].crossings
    }
    if isinstance(clause, InspectionClause):
        return clause.crossing in passed
    # A window that names no crossing holds for all.
    return isinstance(clause, TimedClause) and (
        not clause.crossings or not passed.isdisjoint(clause.crossings)
    )
