"""How many people may set out in each stretch of time."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.provenance import Figure
from safepassage.terms.scalars import Count, Duration, Identifier

__all__ = ["PaceClause"]


class PaceClause(Clause):
    """At most so many people set out in each period, such as 1,500 a week.

    Periods follow on one another from the start of the operation. What was not used of one may be
    made up for later; nothing may be taken ahead.
    """

    honoured: ClassVar[bool] = True

    kind: Literal["pace"]
    persons: Figure[Count]
    """How many people each period lets go."""
    every: Figure[Duration]
    """How long a period is."""
    groups: tuple[Identifier, ...] = ()
    """Groups that are counted together; none means everybody who leaves."""

    @model_validator(mode="after")
    def _lets_go(self) -> PaceClause:
        if self.persons.value == 0:
            raise ValueError("expected 'persons' over 0: nobody would ever leave")
        if self.every.value == 0:
            raise ValueError("expected 'every' over 0: a period has to last")
        return self
