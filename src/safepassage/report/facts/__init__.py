"""Every number of the report, with its source or assumption; no formatting."""

from __future__ import annotations

from safepassage.report.facts.answer import LEVELS, CountAnswer, LastArrival, main_level
from safepassage.report.facts.citing import Reference
from safepassage.report.facts.counted import AssumedFact, FigureFact
from safepassage.report.facts.gather import Facts, ProposalFacts, gather
from safepassage.report.facts.linked import StepFact
from safepassage.report.facts.movement import CorridorFlow, Curve, StringDiagram, Trip
from safepassage.report.facts.names import Name, Names
from safepassage.report.facts.remaining import Announced, Remaining
from safepassage.report.facts.roads import FlowLine, MapFacts, MapPlace, Point, Waypoint
from safepassage.report.facts.terms import (
    ClaimFact,
    Disputed,
    History,
    StatementFact,
    Term,
)
from safepassage.report.facts.usage import HOUR, HourOfUse, Use

__all__ = [
    "HOUR",
    "LEVELS",
    "Announced",
    "AssumedFact",
    "ClaimFact",
    "CorridorFlow",
    "CountAnswer",
    "Curve",
    "Disputed",
    "Facts",
    "FigureFact",
    "FlowLine",
    "History",
    "HourOfUse",
    "LastArrival",
    "MapFacts",
    "MapPlace",
    "Name",
    "Names",
    "Point",
    "ProposalFacts",
    "Reference",
    "Remaining",
    "StatementFact",
    "StepFact",
    "StringDiagram",
    "Term",
    "Trip",
    "Use",
    "Waypoint",
    "gather",
    "main_level",
]
