"""A clearance instance: roads, who starts where and when, where they may end, what changes.

The value that engine and checker share; everything in it is exact. The road engine compiles it
into arrays, the checker judges by it as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from safepassage.network.network import Network
from safepassage.units import transit_seconds

__all__ = ["FOR_GOOD_S", "CapacityPeriod", "Destination", "Origin", "RoadInstance"]

FOR_GOOD_S: Final = Fraction(100 * 366 * 86_400)
"""End of a period that has none (s): what holds up to then, or longer, is never over."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Vehicles that become ready at a node at one moment.

    A mobilisation curve is several of these at the same node.
    """

    node: str
    vehicles: Fraction
    """Passenger-car equivalents, over 0."""
    ready_s: Fraction
    """Seconds after the start, at least 0."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A node at which a vehicle is safe as soon as it arrives."""

    node: str
    capacity: Fraction | None
    """Vehicles it can receive in all; None: no limit."""


@dataclass(frozen=True, slots=True)
class CapacityPeriod:
    """From ``from_s`` up to ``to_s`` a link's entrance takes another rate; 0 is a closure.

    With a ``to_s`` of at least ``FOR_GOOD_S`` it never ends.
    """

    from_s: Fraction
    to_s: Fraction
    capacity_vph: Fraction


@dataclass(frozen=True, slots=True)
class RoadInstance:
    """What ``safepassage clear`` answers.

    Time is continuous and starts at 0; flows are fluid. A vehicle that enters link ``e`` at time
    ``t`` leaves it at ``t + transit_s(e)``; entering is limited to the capacity at that moment.
    Vehicles may wait at any node without limit unless ``longest_wait_s`` names the node.
    """

    network: Network
    origins: tuple[Origin, ...]
    destinations: tuple[Destination, ...]
    changes: Mapping[str, tuple[CapacityPeriod, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By link id, in order of time, without overlaps; outside them the link's own capacity."""
    longest_wait_s: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    """By node id: the longest single wait at the node; 0 forbids waiting."""
    told_until_s: Fraction | None = None
    """Moment up to which ``changes`` are told, where they repeat without end; None: for ever."""
    location: str = ""
    """The folder as it was given."""
    digest: str = ""
    """SHA-256 over the folder's tables."""

    def transit_s(self, link: str) -> int:
        """Whole seconds through a link at free speed, rounded to the nearest."""
        road = self.network.links[link]
        return transit_seconds(road.length_m, road.free_speed_kmh)

    @property
    def vehicles(self) -> Fraction:
        """All vehicles that are to leave."""
        return sum((origin.vehicles for origin in self.origins), Fraction(0))
