"""What a simulator makes of a plan, beside the plan: arrivals of the same vehicles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safepassage.network.road_instance import RoadInstance
from safepassage.traffic.vehicles import Vehicle

__all__ = ["SHARES", "Replay", "planned_arrivals"]

SHARES = (50, 90, 100)
"""Per cent of the vehicles whose times are told."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Arrivals in a simulator, and in the plan (s), each in order of time."""

    simulator: str
    """Name and version."""
    planned_s: tuple[float, ...]
    arrived_s: tuple[float, ...]
    """Fewer than planned where some did not arrive before the simulation was ended."""
    ended_s: float
    notes: tuple[str, ...] = ()
    """What is known to differ in this run."""

    def reached(self) -> Mapping[int, tuple[float, float | None]]:
        """When shares of all vehicles are out: in the plan, and in the simulator."""
        of = len(self.planned_s)
        return {
            share: (_at(self.planned_s, share, of) or 0.0, _at(self.arrived_s, share, of))
            for share in SHARES
        }

    @property
    def most_behind(self) -> int:
        """By how many vehicles, at worst, the simulator is behind the plan at a moment."""
        return max(
            (i + 1 - bisect_right(self.arrived_s, t) for i, t in enumerate(self.planned_s)),
            default=0,
        )

    @property
    def mean_delay_s(self) -> float | None:
        """Mean of arrivals against the plan, the first with the first; None unless all arrive."""
        if not self.planned_s or len(self.arrived_s) != len(self.planned_s):
            return None
        return (sum(self.arrived_s) - sum(self.planned_s)) / len(self.planned_s)


def _at(times: Sequence[float], share: int, of: int) -> float | None:
    """When so many per cent of so many have arrived."""
    number = -(-of * share // 100)
    return times[number - 1] if 0 < number <= len(times) else None


def planned_arrivals(vehicles: Sequence[Vehicle], instance: RoadInstance) -> tuple[float, ...]:
    """When vehicles arrive that nothing holds up, in order (s)."""
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    return tuple(sorted(v.depart_s + sum(map(transit.__getitem__, v.links)) for v in vehicles))
