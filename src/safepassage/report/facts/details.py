"""What a clause states beside its gist, in words: what no timetable counts on, and who acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safepassage.terms.case import Case
from safepassage.terms.clauses import (
    BreachClause,
    Clause,
    EscortClause,
    InspectionClause,
    ItemsClause,
    LinkedClause,
    ListsClause,
    MonitoringClause,
    RevisionClause,
    TimedClause,
)
from safepassage.units import format_duration

__all__ = ["details"]


def details(case: Case, clause: Clause) -> tuple[str, ...]:
    """Sentences on what the clause states and no timetable can show."""
    names = {x.id: x.name for x in (*case.parties, *case.places, *case.groups)}
    return (*_conditions(clause), *_acting(clause, names))


def _conditions(clause: Clause) -> Iterator[str]:
    if isinstance(clause, TimedClause):
        if clause.start_condition is not None:
            yield f"Begins on a condition: {_sentence(clause.start_condition)}"
        if clause.extension is not None:
            longer = format_duration(clause.extension.by.value)
            condition = clause.extension.condition
            on = f", on a condition: {condition.rstrip('.')}" if condition else ""
            yield f"May be lengthened by {longer}{on}. The plan does not count on it."
    elif isinstance(clause, LinkedClause) and clause.if_partial is not None:
        yield f"If one side delivers only in part: {_sentence(clause.if_partial)}"
    elif isinstance(clause, BreachClause) and clause.consequence is not None:
        yield f"What is to follow a breach: {_sentence(clause.consequence)}"


def _acting(clause: Clause, names: Mapping[str, str]) -> Iterator[str]:
    def told(ids: tuple[str, ...]) -> str:
        return ", ".join(names.get(i, i) for i in ids)

    if isinstance(clause, InspectionClause | EscortClause | MonitoringClause) and clause.by:
        yield f"By: {told(clause.by)}."
    if isinstance(clause, MonitoringClause) and clause.places:
        yield f"At: {told(clause.places)}."
    elif isinstance(clause, RevisionClause) and clause.by:
        yield f"May change the terms: {told(clause.by)}."
    elif isinstance(clause, BreachClause) and clause.decided_by:
        yield f"Whether the terms were broken is for {told(clause.decided_by)} to say."
    elif isinstance(clause, ListsClause):
        to = f" to {told(clause.to)}" if clause.to else ""
        yield f"Lists{to}: {'demanded' if clause.required else 'not demanded'}."
    elif isinstance(clause, ItemsClause):
        whom = told(clause.groups) or "everyone"
        if clause.allowed:
            yield f"May be taken by {whom}: {', '.join(clause.allowed)}."
        if clause.forbidden:
            yield f"May not be taken by {whom}: {', '.join(clause.forbidden)}."


def _sentence(text: str) -> str:
    return text.rstrip(".") + "."
