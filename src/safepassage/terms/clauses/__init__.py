"""Clause kinds: one frozen class each, told apart by ``kind``.

To add one, see the recipe in CONTRIBUTING.md.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.clauses.conduct import (
    EscortClause,
    InspectionClause,
    ItemsClause,
    ListsClause,
    MonitoringClause,
    PriorityClause,
)
from safepassage.terms.clauses.leave import LeaveClause, Refusal
from safepassage.terms.clauses.linked import (
    Batch,
    LinkedClause,
    LinkedStep,
    ReleaseRule,
)
from safepassage.terms.clauses.other import BreachClause, RevisionClause, TextClause
from safepassage.terms.clauses.pace import PaceClause
from safepassage.terms.clauses.routing import (
    DestinationClause,
    ReturnOfVehiclesClause,
    RouteClause,
)
from safepassage.terms.clauses.window import (
    CeasefireClause,
    Extension,
    TimedClause,
    WindowClause,
)

__all__ = [
    "CLAUSE_KINDS",
    "AnyClause",
    "Batch",
    "BreachClause",
    "CeasefireClause",
    "Clause",
    "DestinationClause",
    "EscortClause",
    "Extension",
    "InspectionClause",
    "ItemsClause",
    "LeaveClause",
    "LinkedClause",
    "LinkedStep",
    "ListsClause",
    "MonitoringClause",
    "PaceClause",
    "PriorityClause",
    "Refusal",
    "ReleaseRule",
    "ReturnOfVehiclesClause",
    "RevisionClause",
    "RouteClause",
    "TextClause",
    "TimedClause",
    "WindowClause",
]

AnyClause = Annotated[
    LeaveClause
    | WindowClause
    | CeasefireClause
    | RouteClause
    | InspectionClause
    | EscortClause
    | ItemsClause
    | ListsClause
    | DestinationClause
    | PriorityClause
    | ReturnOfVehiclesClause
    | MonitoringClause
    | LinkedClause
    | PaceClause
    | BreachClause
    | RevisionClause
    | TextClause,
    Field(discriminator="kind"),
]
"""A clause of any kind."""

CLAUSE_KINDS: dict[str, type[Clause]] = {
    "leave": LeaveClause,
    "window": WindowClause,
    "ceasefire": CeasefireClause,
    "route": RouteClause,
    "inspection": InspectionClause,
    "escort": EscortClause,
    "items": ItemsClause,
    "lists": ListsClause,
    "destination": DestinationClause,
    "priority": PriorityClause,
    "return_of_vehicles": ReturnOfVehiclesClause,
    "monitoring": MonitoringClause,
    "linked": LinkedClause,
    "pace": PaceClause,
    "breach": BreachClause,
    "revision": RevisionClause,
    "text": TextClause,
}
"""Every clause kind by the word used in ``case.yaml``."""
