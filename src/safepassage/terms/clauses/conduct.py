"""How the operation is conducted: inspection, escort, priority, items, lists, monitoring."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from safepassage.terms.clauses.clause import Clause
from safepassage.terms.places import Inspection
from safepassage.terms.provenance import Figure
from safepassage.terms.scalars import Count, Flag, Identifier, Text

__all__ = [
    "EscortClause",
    "InspectionClause",
    "ItemsClause",
    "ListsClause",
    "MonitoringClause",
    "PriorityClause",
]


class InspectionClause(Clause):
    """Inspection at a crossing; replaces the place's own times for the same direction and class."""

    honoured: ClassVar[bool] = True

    kind: Literal["inspection"]
    crossing: Identifier
    """Where."""
    inspection: tuple[Inspection, ...] = Field(min_length=1)
    """Times by direction and class."""
    by: tuple[Identifier, ...] = ()
    """Parties that inspect."""


class EscortClause(Clause):
    """Escort of every convoy; ``teams`` replaces the fleet's number of escort teams."""

    honoured: ClassVar[bool] = True

    kind: Literal["escort"]
    by: tuple[Identifier, ...] = ()
    """Parties that escort."""
    teams: Figure[Count] | None = None
    """How many teams; none means the number of the fleet."""


class PriorityClause(Clause):
    """Who goes first; replaces the priorities of the groups named.

    At one place and for one type of vehicle, people of a group earlier in the list board no later
    than anyone of a later group. Groups not named come after all that are.
    """

    honoured: ClassVar[bool] = True

    kind: Literal["priority"]
    order: tuple[Identifier, ...] = Field(min_length=1)
    """Groups, the first one first."""


class ItemsClause(Clause):
    """What people may take with them."""

    kind: Literal["items"]
    groups: tuple[Identifier, ...] = ()
    """Whom it concerns; none means everyone."""
    allowed: tuple[Text, ...] = ()
    """What may be taken."""
    forbidden: tuple[Text, ...] = ()
    """What may not be taken."""


class ListsClause(Clause):
    """Whether lists of people are to be handed over, to whom. Holds no list, ever."""

    kind: Literal["lists"]
    to: tuple[Identifier, ...] = ()
    """Parties."""
    required: Flag
    """Whether the terms demand lists."""


class MonitoringClause(Clause):
    """Who watches that the terms are kept."""

    kind: Literal["monitoring"]
    by: tuple[Identifier, ...] = ()
    """Parties; monitoring is independent when at least one of them is."""
    places: tuple[Identifier, ...] = ()
    """Where they watch."""
