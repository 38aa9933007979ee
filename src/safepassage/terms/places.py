"""Places of an operation and the corridors between them.

A place sits on a node of the network. What it can do in an hour (bays, boarding, inspection,
unloading, capacity) is what the planner and the checker count.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import Count, Duration, Identifier, Text, TimeOfDay

__all__ = [
    "AssemblyPoint",
    "Corridor",
    "Crossing",
    "DailyHours",
    "Depot",
    "Direction",
    "ExchangePoint",
    "Handling",
    "Inspection",
    "Place",
    "ReceptionPoint",
]


class Direction(StrEnum):
    """Way through a crossing: ``out`` with people aboard, ``in`` empty, to fetch them."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


class DailyHours(Record):
    """Hours of each day, local time; ``to`` before ``from`` runs past midnight."""

    from_: TimeOfDay = Field(alias="from")
    """Local time of opening."""
    to: TimeOfDay
    """Local time of closing."""


class Handling(Record):
    """Time one vehicle takes at a bay (boarding or unloading)."""

    vehicle: Identifier | Literal["any"]
    """A vehicle type, or ``any`` for every type without an entry of its own."""
    time: Figure[Duration]
    """Time one vehicle takes at the bay."""


class Inspection(Record):
    """Time one vehicle takes at a crossing; vehicles pass one after another in each direction."""

    direction: Direction
    """Way through the crossing: out with people aboard, in to fetch them."""
    vehicle_class: Identifier | Literal["any"]
    """An inspection class of vehicle types, or ``any``."""
    time: Figure[Duration]
    """Seconds a vehicle; a rate of 36 vehicles an hour is written ``100s``."""


class _PlaceBase(Record):
    id: Identifier
    name: Text
    name_local: Text | None = None
    node: Text
    """``node_id`` in the case's network."""
    cite: Cited
    assumed: Text | None = None
    """What about the place itself is assumed (for example its coordinates)."""


class AssemblyPoint(_PlaceBase):
    """Where people gather and board."""

    kind: Literal["assembly"]
    bays: Figure[Count]
    """Vehicles that can board at once; the operator's own vehicles only."""
    boarding: tuple[Handling, ...] = Field(min_length=1)
    """Time to board, by vehicle type."""


class Crossing(_PlaceBase):
    """A controlled point on the way: checkpoint, bridge, front line, gate."""

    kind: Literal["crossing"]
    inspection: tuple[Inspection, ...] = ()
    """What is not listed passes without delay."""
    hours: tuple[DailyHours, ...] = ()
    """The crossing's own hours; none means always, within the windows agreed."""
    controlled_by: tuple[Identifier, ...] = ()
    """Parties."""


class ReceptionPoint(_PlaceBase):
    """Where people are safe and leave the vehicle."""

    kind: Literal["reception"]
    bays: Figure[Count]
    """Vehicles that can unload at once."""
    unloading: tuple[Handling, ...] = Field(min_length=1)
    """Time to unload, by vehicle type."""
    capacity: Figure[Count] | None = None
    """Most people it can take in all."""


class Depot(_PlaceBase):
    """Where vehicles start."""

    kind: Literal["depot"]


class ExchangePoint(_PlaceBase):
    """Where convoys of linked steps wait for each other."""

    kind: Literal["exchange"]
    crossing: Identifier | None = None
    """Crossing at which it lies: there convoys of linked steps stand until they are released."""


Place = Annotated[
    AssemblyPoint | Crossing | ReceptionPoint | Depot | ExchangePoint, Field(discriminator="kind")
]


class Corridor(Record):
    """A way out: the crossings in the order in which people pass them."""

    id: Identifier
    name: Text
    name_local: Text | None = None
    crossings: tuple[Identifier, ...] = Field(min_length=1)
    """Crossings, in the order in which people pass them."""
    via: tuple[Text, ...] = ()
    """Further ``node_id`` the corridor is bound to, in outward order, after the last crossing."""
    cite: Cited
    assumed: Text | None = None
    """What about the corridor itself is assumed."""
