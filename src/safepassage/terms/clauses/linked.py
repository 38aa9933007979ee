"""Linked steps: batches that answer each other."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.provenance import Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Count, Duration, Flag, Identifier, Share, Text

__all__ = ["Batch", "LinkedClause", "LinkedStep", "ReleaseRule"]


class Batch(Record):
    """A part of one side that moves in one step: a count or a share of the groups named."""

    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Whose people."""
    persons: Figure[Count] | None = None
    """How many people."""
    share: Figure[Share] | None = None
    """Which share of them."""
    rest: Flag = False
    """Everybody who is left."""

    @model_validator(mode="after")
    def _one_size(self) -> Batch:
        if sum((self.persons is not None, self.share is not None, self.rest)) != 1:
            raise ValueError("expected exactly one of 'persons', 'share' and 'rest: true'")
        return self


class ReleaseRule(Record):
    """When a batch may go on, seen from the other batches of its step or from another step."""

    rule: Literal[
        "simultaneous_at_exchange_point",
        "after_safe_arrival_of_step",
        "last_waits_for_last",
        "first_mover",
    ]
    """The kind of rule."""
    place: Identifier | None = None
    """Exchange point of ``simultaneous_at_exchange_point``: a crossing, or one that is at one."""
    step: Identifier | None = None
    """The step that ``after_safe_arrival_of_step`` waits for."""
    waiting: tuple[Identifier, ...] = ()
    """Groups that wait; none named means all."""
    awaited: tuple[Identifier, ...] = ()
    """Groups that are waited for; none named means all."""
    longest_hold: Figure[Duration] | None = None
    """Longest time that a convoy may be made to wait, where stated."""
    gist: Text


class LinkedStep(Record):
    """One step: batches of several sides that answer each other."""

    id: Identifier
    batches: tuple[Batch, ...] = Field(min_length=1)
    """What moves on each side."""
    after: tuple[Identifier, ...] = ()
    """Steps that have to be over first."""
    release: tuple[ReleaseRule, ...] = ()
    """When batches of the step may go on."""
    gist: Text


class LinkedClause(Clause):
    """Reciprocal steps: batches on one side that answer batches on another.

    What a timetable has to satisfy is in ``docs/design/convoy-model.md``.
    """

    honoured: ClassVar[bool] = True

    kind: Literal["linked"]
    steps: tuple[LinkedStep, ...] = Field(min_length=1)
    """The steps, in the order in which they are told."""
    rules: tuple[ReleaseRule, ...] = ()
    """Rules over all steps."""
    if_partial: Text | None = None
    """What is stated for the case that one side delivers only in part."""
    partial: Literal["halts", "goes_on"] = "halts"
    """Whether a step that was delivered only in part is never over, or is over all the same."""
