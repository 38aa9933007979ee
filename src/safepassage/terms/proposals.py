"""Proposals: who tabled what, when, and what became of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from safepassage.terms.clauses import AnyClause
from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Day, Flag, Identifier, Moment, Text

__all__ = ["Proposal", "Status", "StatusEvent"]


class Status(StrEnum):
    """What became of a proposal."""

    TABLED = "tabled"
    AMENDED = "amended"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    VETOED = "vetoed"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"
    COLLAPSED = "collapsed"


class StatusEvent(Record):
    """One step in a proposal's life."""

    status: Status
    """What became of the proposal."""
    date: Day
    """On which day."""
    gist: Text | None = None
    by: tuple[Identifier, ...] = ()
    """Parties."""
    cite: Cited


class Proposal(Record):
    """Terms that somebody put on the table."""

    id: Identifier
    title: Text
    title_local: Text | None = None
    tabled_by: tuple[Identifier, ...] = Field(min_length=1)
    """Parties."""
    tabled: Day
    """Day it was tabled."""
    history: tuple[StatusEvent, ...] = Field(min_length=1)
    """In the order of time; the last one is the proposal's status."""
    start: Figure[Moment] | None = None
    """Start of the operation, for planning, where no window or ceasefire gives one."""
    clauses: tuple[AnyClause, ...] = ()
    """What it says."""
    note: Text | None = None
    published: Flag = False
    """True where it is public: every party may be shown it in a brief."""
    shared_with: tuple[Identifier, ...] = ()
    """Parties that may be shown it in a brief, where it is not public."""

    @property
    def status(self) -> Status:
        """The latest status."""
        return self.history[-1].status
