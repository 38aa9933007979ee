"""The result of ``safepassage clear`` as data: departures people can act on, and their proof.

The classes mirror ``docs/reference/clearance-format.md`` key by key. Times are seconds after the
start, amounts are vehicles, rates are vehicles an hour; all are exact, and written as decimals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = [
    "CLEARANCE_FORMAT",
    "CLEARANCE_NOTICE",
    "ArrivalPoint",
    "Clearance",
    "Contraflow",
    "CutLink",
    "CutOverTime",
    "Departure",
    "EarliestArrival",
    "InstanceReference",
    "RoadBottleneck",
]

CLEARANCE_FORMAT = "safepassage-clearance/1"

CLEARANCE_NOTICE = (
    "This result is an estimate, never a guarantee of safety. It says what the stated roads, "
    "capacities and demand allow if traffic flows freely, not what will happen."
)
"""The standing notice that every result carries."""


@dataclass(frozen=True, slots=True)
class InstanceReference:
    """The instance a result was made from, exactly as it was."""

    location: str
    digest: str
    reversed_links: tuple[str, ...] = ()
    """Links whose capacity was given to the opposite direction (contraflow)."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A constant rate of vehicles along one sequence of roads.

    The first of them is ready to leave at ``from_s``, the last at ``to_s``; each then waits
    ``waits_s[i]`` before it enters ``links[i]``.
    """

    origin: str
    destination: str
    links: tuple[str, ...]
    """Empty where the origin is itself a destination."""
    waits_s: tuple[Fraction, ...]
    """As long as ``links``; empty: never waits."""
    from_s: Fraction
    to_s: Fraction
    vehicles_per_hour: Fraction

    @property
    def vehicles(self) -> Fraction:
        """How many leave this way."""
        return self.vehicles_per_hour * (self.to_s - self.from_s) / 3600


@dataclass(frozen=True, slots=True)
class CutOverTime:
    """Proof that not everyone (or: no more than so many) can arrive by a time.

    Node ``v`` lies on the destinations' side before ``labels[v]`` and on the origins' side from
    then on. Whoever arrives by ``horizon_s`` has changed sides: was ready at an origin before its
    label; or entered a link ``(v, w)`` at a time ``t >= labels[v]`` with
    ``t + transit < labels[w]``; or ended at a destination at or after its label, which takes up
    that destination's reception capacity. What these can amount to is a plain sum, and no more
    than that can arrive in time (the cut over time of Ford and Fulkerson; waiting only helps).
    """

    horizon_s: Fraction
    labels: Mapping[str, Fraction]
    """By node id, from 0 to ``horizon_s``; a node that is absent has ``horizon_s``."""


@dataclass(frozen=True, slots=True)
class CutLink:
    """A road of the bottleneck: when it is full, and how much passes it."""

    link: str
    from_s: Fraction
    to_s: Fraction
    vehicles: Fraction


@dataclass(frozen=True, slots=True)
class RoadBottleneck:
    """What keeps the clearance from being shorter."""

    sentence: str
    origins: tuple[str, ...]
    """Nodes whose vehicles cannot be out sooner."""
    links: tuple[CutLink, ...]


@dataclass(frozen=True, slots=True)
class ArrivalPoint:
    """One moment of an earliest-arrival curve."""

    time_s: Fraction
    out: Fraction
    """Vehicles of the departures that have arrived by then."""
    at_most: Fraction
    """No more can have arrived by then, whatever the plan."""
    certificate: CutOverTime | None
    """Proves ``at_most``; None where that is everyone who has a way out."""


@dataclass(frozen=True, slots=True)
class EarliestArrival:
    """How near a plan is to having as many out as can be at every moment (Gale 1959)."""

    lag_s: Fraction
    """By so much later than a moment, at least as many are out as any plan can have out by it."""
    points: tuple[ArrivalPoint, ...]
    """In order of time: the moments at which that is proven."""


@dataclass(frozen=True, slots=True)
class Contraflow:
    """Which lanes might be given to the opposite direction, and what comes of leaving them."""

    roads: tuple[str, ...] | None
    """Links that might give way; None: all."""
    any_choice_s: Fraction | None
    """Whichever of them give way, and when, everyone cannot be out sooner."""
    certificate: CutOverTime | None
    """Proves that, where both directions of a road that might give way have the lanes of both."""
    without: Clearance | None
    """The plan with all lanes as they are; None: nothing is reversed, so it is this one."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """Who leaves when by which roads, and the proof of how good that is."""

    instance: InstanceReference
    vehicles: Fraction
    clearance_time_s: Fraction | None
    """When the last of the departures arrives; None where some have no way out."""
    lower_bound_s: Fraction | None
    """Proven by ``certificate``: everyone cannot be out sooner."""
    gap: float | None
    deadline_s: Fraction | None
    evacuated_by_deadline: Fraction | None
    evacuated_at_most: Fraction | None
    """Proven by ``deadline_certificate``."""
    no_way_out: tuple[str, ...]
    """Origins from which no destination can be reached."""
    complete: bool
    """False where the search was broken off before everyone had a departure."""
    bottleneck: RoadBottleneck | None
    certificate: CutOverTime | None
    deadline_certificate: CutOverTime | None
    departures: Sequence[Departure]
    """Immutable: a tuple, or columns (:class:`~safepassage.plan.departures.Departures`)."""
    interrupted: bool = False
    """The search was broken off: better may have been found."""
    notice: str = CLEARANCE_NOTICE
    contraflow: Contraflow | None = None
    """Where it was asked which lanes to reverse."""
    arrival: EarliestArrival | None = None
    """Where as many as possible were to be out at every moment."""
