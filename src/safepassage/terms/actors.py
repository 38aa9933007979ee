"""Parties: who leaves, who holds the road, who guarantees, mediates, monitors, carries out."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from safepassage.terms.provenance import Cited
from safepassage.terms.record import Record
from safepassage.terms.scalars import Flag, Identifier, Text

__all__ = ["Part", "Party"]


class Part(StrEnum):
    """A party's part in the operation."""

    LEAVES = "leaves"
    CONTROLS_ROUTE = "controls_route"
    GUARANTEES = "guarantees"
    MEDIATES = "mediates"
    MONITORS = "monitors"
    CARRIES_OUT = "carries_out"


class Party(Record):
    """A party, named as it names itself."""

    id: Identifier
    name: Text
    name_local: Text | None = None
    parts: tuple[Part, ...] = Field(min_length=1)
    """Its part in the operation."""
    independent: Flag = False
    """True for a body that belongs to no side: it can monitor independently."""
    cite: Cited
