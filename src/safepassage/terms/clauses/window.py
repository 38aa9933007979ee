"""Windows and ceasefires."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.places import DailyHours
from safepassage.terms.provenance import Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Duration, Identifier, Moment, Text

__all__ = ["CeasefireClause", "Extension", "TimedClause", "WindowClause"]


class Extension(Record):
    """How the window may be lengthened; told in the report, never counted on by the plan."""

    by: Figure[Duration]
    """Time added."""
    condition: Text | None = None
    """On what condition."""


class TimedClause(Clause):
    """Common fields of windows and ceasefires."""

    honoured: ClassVar[bool] = True

    start: Figure[Moment] | None = None
    """When it begins; none means the start of the operation."""
    start_condition: Text | None = None
    """What has to happen first, where the start is a condition; then ``start`` is assumed."""
    length: Figure[Duration] | None = None
    """None: no end is stated."""
    daily: tuple[DailyHours, ...] = ()
    """Hours of each day; none means the whole day."""
    movement: Literal["crossings", "all"] = "crossings"
    """What has to fit inside: passing the crossings, or every wheel that turns."""
    crossings: tuple[Identifier, ...] = Field(default_factory=tuple)
    """Crossings it governs; none means all."""
    extension: Extension | None = None
    """How it may be lengthened."""

    @model_validator(mode="after")
    def _lasts(self) -> TimedClause:
        if self.length is not None and self.length.value == 0:
            raise ValueError("expected a length over 0: the window ends as it starts")
        if self.movement == "all" and self.crossings:
            raise ValueError("expected no 'crossings' with movement: all")
        return self


class WindowClause(TimedClause):
    """Time in which people may leave: start, length, daily hours, extension."""

    kind: Literal["window"]


class CeasefireClause(TimedClause):
    """Time in which arms are silent; convoys move only within it, as within a window."""

    kind: Literal["ceasefire"]
