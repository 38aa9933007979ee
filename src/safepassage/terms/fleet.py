"""Vehicles, convoys and escorts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from safepassage.terms.provenance import Cited, Figure
from safepassage.terms.record import Record
from safepassage.terms.scalars import (
    Count,
    Duration,
    Flag,
    Identifier,
    Moment,
    Positive,
    Text,
    TimeOfDay,
)

__all__ = [
    "Condition",
    "ConvoyRules",
    "Escorts",
    "Fleet",
    "NightCondition",
    "PeriodCondition",
    "VehicleCount",
    "VehicleType",
]


class VehicleCount(Record):
    """So many vehicles at one place when the operation starts."""

    place: Identifier
    """A depot; for own vehicles the assembly point of their group."""
    count: Figure[Count]
    """Vehicles."""


class VehicleType(Record):
    """A kind of vehicle."""

    id: Identifier
    name: Text
    name_local: Text | None = None
    inspection_class: Identifier
    """Class that inspection times at crossings refer to."""
    seats: Figure[Count]
    """People it carries, as planned."""
    seats_observed: tuple[Figure[Positive], ...] = ()
    """Loads that were reported; shown beside the plan, not used by it."""
    counts: tuple[VehicleCount, ...] = ()
    """How many there are, and where."""
    own: Flag = False
    """Evacuees' own vehicles: they start where their group gathers and make one journey."""
    returns: Flag = True
    """Whether it comes back for another load (a ``return_of_vehicles`` clause overrides this)."""
    speed_factor: Figure[Positive] | None = None
    """Its speed as a share of a link's free speed; 1 where not given."""
    cite: Cited


class ConvoyRules(Record):
    """How vehicles are grouped. Without it each vehicle moves on its own."""

    min_vehicles: Figure[Count]
    """Fewest vehicles of a convoy."""
    max_vehicles: Figure[Count]
    """Most vehicles of a convoy."""
    spacing: Figure[Duration] | None = None
    """Least time at a crossing from the last vehicle of one convoy to the first of the next."""

    @model_validator(mode="after")
    def _sizes(self) -> ConvoyRules:
        if not 1 <= self.min_vehicles.value <= self.max_vehicles.value:
            raise ValueError(
                "expected 1 <= min_vehicles <= max_vehicles, got "
                f"{self.min_vehicles.value} and {self.max_vehicles.value}"
            )
        return self


class Escorts(Record):
    """Teams for proposals with an escort clause: one a convoy, from fetching to safe arrival.

    Under a proposal without such a clause no convoy needs one.
    """

    teams: Figure[Count]
    """How many teams there are."""
    by: tuple[Identifier, ...] = ()
    """Parties."""


class NightCondition(Record):
    """Slower driving at these hours of every day."""

    kind: Literal["daily"]
    id: Identifier
    from_: TimeOfDay = Field(alias="from")
    """Local time from which it holds."""
    to: TimeOfDay
    """Local time until which it holds."""
    factor: Figure[Positive]
    """Speed as a share of what it is otherwise, at most 1."""


class PeriodCondition(Record):
    """Slower driving from one moment to another (snow, say)."""

    kind: Literal["period"]
    id: Identifier
    from_: Moment = Field(alias="from")
    """Moment from which it holds."""
    to: Moment
    """Moment until which it holds."""
    factor: Figure[Positive]
    """Speed as a share of what it is otherwise, at most 1."""

    @model_validator(mode="after")
    def _order(self) -> PeriodCondition:
        if self.to <= self.from_:
            raise ValueError(f"expected 'to' after 'from', got {self.to.isoformat()}")
        return self


Condition = Annotated[NightCondition | PeriodCondition, Field(discriminator="kind")]


class Fleet(Record):
    """Everything that moves people."""

    vehicles: tuple[VehicleType, ...] = Field(min_length=1)
    """Types of vehicles."""
    convoys: ConvoyRules | None = None
    """Sizes and spacing of convoys."""
    escorts: Escorts | None = None
    """Escort teams."""
    conditions: tuple[Condition, ...] = ()
    """Times of slower driving."""
