"""What every clause kind shares."""

from __future__ import annotations

from typing import ClassVar

from safepassage.terms.provenance import Cited, Dispute, Support
from safepassage.terms.record import Record
from safepassage.terms.scalars import Identifier, Text

__all__ = ["Clause"]


class Clause(Record):
    """One provision of a proposal.

    A clause kind is *honoured* when the planner builds it into every timetable and the checker
    refuses a plan that breaks it; every other clause is listed as not modelled in every output.
    """

    honoured: ClassVar[bool] = False

    id: Identifier
    """Unique in the case; runs through to bottlenecks, findings and the report."""
    gist: Text
    """What it says, in our own words."""
    cite: Cited
    assumed: Text | None = None
    """What of the clause is the case author's reading rather than a source's."""
    support: Support = Support.SUPPORTED
    """How far the sources carry that the terms say this."""
    disputes: tuple[Dispute, ...] = ()
    """Who says otherwise."""
    obliges: tuple[Identifier, ...] = ()
    """Parties that have to do something under it."""
