"""What the bays of a reception point can unload between journeys, vehicles one after another."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.terms.places import ReceptionPoint

__all__ = ["Unloading", "unloading_places"]


@dataclass(frozen=True, slots=True)
class Unloading:
    """The bays of one reception point, and the vehicles that unload there and go again."""

    bays: int
    fleets: tuple[Fleet, ...]
    place: str

    def limit_s(self, by_s: int, *, released: bool) -> int:
        """Seconds of bays that vehicles can take which have brought people by a moment.

        No vehicle unloads before the least arrival, or so late that it could not bring people once
        more; but each of them may do so once, after its last arrival.
        """
        times = [fleet.unloading[self.place] for fleet in self.fleets]
        last = sum(f.number * s for f, s in zip(self.fleets, times, strict=True))
        again = [s for fleet in self.fleets for s in self._again_s(fleet)]
        if not again:
            return last
        soonest = min(s for fleet in self.fleets for s in self._there_s(fleet, released))
        step = gcd(*times)
        return self.bays * (max(0, by_s - soonest - min(again)) // step) * step + last

    def _there_s(self, fleet: Fleet, released: bool) -> list[int]:
        """When first journeys end here."""
        found = []
        for way in (w for w in fleet.carrying if w.end == self.place):
            empty = min((w.whole for w in fleet.fetching if w.end == way.start), default=0)
            found.append(way.whole + (0 if released else empty + fleet.boarding[way.start]))
        return found

    def _again_s(self, fleet: Fleet) -> list[int]:
        """Whole journeys that begin here."""
        return [
            empty.whole + fleet.boarding[loaded.start] + loaded.whole
            for empty in fleet.fetching
            if empty.start == self.place
            for loaded in fleet.carrying
            if loaded.start == empty.end
        ]


def unloading_places(programme: Programme) -> dict[str, Unloading]:
    """Return the reception points at which vehicles that go again need bays for some time."""
    found: dict[str, Unloading] = {}
    for place in programme.reading.places.values():
        if not isinstance(place, ReceptionPoint):
            continue
        fleets = tuple(
            fleet
            for fleet in programme.fleets
            if fleet.returns
            and not fleet.kind.own
            and fleet.unloading.get(place.id, 0) > 0
            and any(w.end == place.id for w in fleet.carrying)
        )
        if fleets:
            found[place.id] = Unloading(place.bays.value, fleets, place.id)
    return found
