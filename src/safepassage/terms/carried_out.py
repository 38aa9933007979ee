"""What was carried out in the end, so that a prediction can be held against it."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Count, Identifier, Moment, Text

__all__ = ["CarriedOut"]


class CarriedOut(Record):
    """Which proposal was carried out, from when to when, and how many people were out then.

    Stops in between are rows of kind ``stop`` of the observations.
    """

    proposal: Identifier
    """The proposal whose terms came nearest to what was done."""
    gist: Text
    start: Figure[Moment] | None = None
    """When people began to leave; none means the start of the proposal."""
    end: Figure[Moment] | None = None
    """When the last of them was out; none means the last count of the observations."""
    persons: Figure[Count] | None = None
    """How many were out by then; none means the last count of the observations."""
    movement: Literal["convoys", "roads"] = "convoys"
    """How people moved: in convoys, or everybody on the road (``demand.csv`` in the network)."""
    cite: Cited

    @model_validator(mode="after")
    def _order(self) -> CarriedOut:
        if self.start and self.end and self.end.value <= self.start.value:
            raise ValueError(f"expected 'end' after 'start', got {self.end.value.isoformat()}")
        return self
