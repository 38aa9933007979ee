"""Ways, destinations, and the return of vehicles."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.groups import Destination, refuse_odd_shares
from safepassage.terms.scalars import Flag, Identifier

__all__ = ["DestinationClause", "ReturnOfVehiclesClause", "RouteClause"]


class RouteClause(Clause):
    """Corridors that are open, to all or to the groups named.

    A group may use the corridors of every route clause that names it or names no group. A
    proposal without a route clause opens every corridor of the case, and the plan says so.
    Empty vehicles may use every corridor that is open to anyone.
    """

    honoured: ClassVar[bool] = True

    kind: Literal["route"]
    corridors: tuple[Identifier, ...] = Field(min_length=1)
    """Corridors that are open."""
    groups: tuple[Identifier, ...] = ()
    """None means every group."""


class DestinationClause(Clause):
    """Reception points open to the groups named; replaces the destinations of the group."""

    honoured: ClassVar[bool] = True

    kind: Literal["destination"]
    groups: tuple[Identifier, ...] = Field(min_length=1)
    """Whom it concerns."""
    places: tuple[Destination, ...] = Field(min_length=1)
    """Reception points open to them."""
    choice: Flag = False
    """True where people choose among them themselves."""

    @model_validator(mode="after")
    def _whole(self) -> DestinationClause:
        refuse_odd_shares(self.places)
        return self


class ReturnOfVehiclesClause(Clause):
    """Whether vehicles come back for another load; replaces ``returns`` of the types named."""

    honoured: ClassVar[bool] = True

    kind: Literal["return_of_vehicles"]
    vehicles: tuple[Identifier, ...] = ()
    """None means every type that is not the evacuees' own."""
    returns: Flag
    """Whether they come back."""
