"""What the bays of an assembly point can board by a moment, vehicles one after another."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.terms.places import AssemblyPoint

__all__ = ["Boarding", "boarding_places"]


@dataclass(frozen=True, slots=True)
class Boarding:
    """The bays of one assembly point, and the vehicles that board there."""

    bays: int
    fleets: tuple[Fleet, ...]
    place: str

    def limit_s(self, by_s: int, *, released: bool) -> int:
        """Seconds of bays that vehicles can take which have arrived with people by a moment.

        No vehicle boards before the least empty leg, or later than the least loaded leg before the
        moment. After a release each may have boarded once before.
        """
        times = [fleet.boarding[self.place] for fleet in self.fleets]
        carried = (w.whole for f in self.fleets for w in f.carrying if w.start == self.place)
        left = by_s - min(carried)
        before = 0
        if released:
            before = sum(f.number * s for f, s in zip(self.fleets, times, strict=True))
        else:
            left -= min(self._fetched_s(fleet) for fleet in self.fleets)
        step = gcd(*times)
        return self.bays * (max(0, left) // step) * step + before

    def _fetched_s(self, fleet: Fleet) -> int:
        return min((w.whole for w in fleet.fetching if w.end == self.place), default=0)


def boarding_places(programme: Programme) -> dict[str, Boarding]:
    """Return the assembly points at which boarding takes time at bays."""
    found: dict[str, Boarding] = {}
    for place in programme.reading.places.values():
        if not isinstance(place, AssemblyPoint):
            continue
        fleets = tuple(
            fleet
            for fleet in programme.fleets
            if not fleet.kind.own
            and fleet.boarding.get(place.id, 0) > 0
            and any(w.start == place.id for w in fleet.carrying)
        )
        if fleets:
            found[place.id] = Boarding(place.bays.value, fleets, place.id)
    return found
