"""One proposal as the planner sees it, whatever the number of people."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from safepassage.instance.pace import Pace
from safepassage.instance.timeline import Timeline

__all__ = ["Crossing", "Operation", "Route", "Segment", "VehicleKind", "Yard"]

Segment = tuple[str, ...]
"""Link ids driven without a stop."""


@dataclass(frozen=True, slots=True)
class VehicleKind:
    """A vehicle type, and how many there are at each place when the operation starts."""

    id: str
    seats: int
    own: bool
    returns: bool
    inspection_class: str
    factor: Fraction
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """Vehicles of this type in all."""
        return sum(n for _, n in self.counts)


@dataclass(frozen=True, slots=True)
class Yard:
    """A place with bays: an assembly point or a reception point."""

    id: str
    bays: int
    handling: dict[str, int]
    """Seconds at a bay by vehicle type."""
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A crossing with the seconds a vehicle takes, by direction and vehicle type."""

    id: str
    out: dict[str, int]
    back: dict[str, int]
    clause_ids: tuple[str, ...] = ()
    """Clauses that set its windows and its inspection."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way between two places: drive segments divided by the crossings passed."""

    start: str
    end: str
    corridor: str | None
    segments: tuple[Segment, ...]
    crossings: tuple[str, ...]

    @property
    def links(self) -> tuple[str, ...]:
        """All links in order."""
        return tuple(link for segment in self.segments for link in segment)


@dataclass(frozen=True, slots=True)
class Operation:
    """Everything the planner needs but the number of people."""

    case_id: str
    proposal_id: str
    start: datetime
    timeline: Timeline
    kinds: tuple[VehicleKind, ...]
    assembly: tuple[Yard, ...]
    reception: tuple[Yard, ...]
    crossings: tuple[Crossing, ...]
    fetch: dict[tuple[str, str], tuple[Route, ...]]
    """Ways for empty vehicles from a depot or reception point to an assembly point."""
    carry: dict[tuple[str, str], tuple[Route, ...]]
    """Ways for loaded vehicles from an assembly point to a reception point."""
    drive: dict[tuple[Segment, str, Fraction], int] = field(repr=False)
    """Seconds of a segment for a vehicle type under a condition factor."""
    least: dict[tuple[Segment, str], int] = field(repr=False)
    """Least seconds between a segment's stops, over any way, under the best condition."""
    least_under: dict[Fraction, dict[tuple[Segment, str], int]] = field(repr=False)
    """The same under each factor that conditions can have at once."""
    convoy_least: int
    convoy_most: int
    spacing: int
    teams: int | None
    """Escort teams, or None where no escort is needed."""
    team_drive: dict[tuple[str, str], int]
    """Seconds a team needs on its own from a reception point to where a rotation starts."""
    clauses: dict[str, tuple[str, ...]]
    """Clause ids by what they govern (``escort``, ``window``, ``route``, ``leave``, ...)."""
    paces: tuple[Pace, ...] = ()
    """How many people may set out in each period."""

    def kind(self, kind_id: str) -> VehicleKind:
        """Return a vehicle type by id."""
        return next(k for k in self.kinds if k.id == kind_id)

    def within(self, begin: int, end: int) -> Operation:
        """The same where all drives begin in ``[begin, end]`` (s).

        What slows them all through that time counts in the least drives.
        """
        if not self.timeline.conditions:
            return self
        return replace(self, least=self.least_under[self.timeline.fastest(begin, end)])

    def least_drive(self, segment: Segment, kind_id: str) -> int:
        """Least seconds between the segment's stops for a type, over any way and condition."""
        return self.least[segment, kind_id]
