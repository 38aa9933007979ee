"""Leave clauses: who leaves, and by when."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.provenance import Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Duration, Flag, Identifier, Moment, Share, Text

__all__ = ["LeaveClause", "Refusal"]


class Refusal(Record):
    """People of the groups named who do not leave, whatever the clause says."""

    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Whose people."""
    share: Figure[Share]
    """Which share of each group, at each place where it gathers."""
    gist: Text


class LeaveClause(Clause):
    """Groups are to leave, by a time if one is stated; and what a party says happens otherwise.

    The stated consequence is a cited statement of that party. Nothing in the program acts on it.
    """

    honoured: ClassVar[bool] = True

    kind: Literal["leave"]
    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Who is to leave."""
    by: Figure[Moment] | None = None
    """Last moment to be at a reception point."""
    within: Figure[Duration] | None = None
    """The same as a length of time from the start of the operation."""
    otherwise: Identifier | None = None
    """Statement that says what a party announces for those still there."""
    refusals: tuple[Refusal, ...] = ()
    """Who does not leave."""
    stayers: Flag = False
    """True where the terms say something for those who choose to stay (protection, status)."""

    @model_validator(mode="after")
    def _one_deadline(self) -> LeaveClause:
        if self.by is not None and self.within is not None:
            raise ValueError("expected 'by' or 'within', got both")
        return self
