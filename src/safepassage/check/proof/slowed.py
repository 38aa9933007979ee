"""What slow periods cost a type's vehicles that hold only some of the time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safepassage.check.hours import SECOND
from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.ways import Way
from safepassage.terms.places import Direction

__all__ = ["Slowed", "read_slowed"]

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Slowed:
    """The time of one type's vehicles, in hundredths of seconds of quick drives."""

    fleet: Fleet
    rate: int
    """Hundredths of a slow drive that a quick one takes, at most."""
    lost_s: int
    """Seconds in which drives that begin are slow, and no quick one is under way."""

    def journey(self, way: Way) -> int:
        """Return what a journey by a loaded leg's way takes, at least."""
        handled = self.fleet.boarding[way.start] + self.fleet.unloading[way.end]
        return self._again(way.start) + self.rate * handled + self._leg(way)

    def limit(self, by_s: int) -> int:
        """Return what all vehicles have up to a moment."""
        spared = [0]
        for place in self.fleet.places:
            first = self._least(w for w in self._to(place) if w.start in self.fleet.starts)
            if first is not None:
                spared.append(self._again(place) - first)
        last = self.rate * max(self.fleet.unloading.values(), default=0)
        each = _WHOLE * by_s + last + max(spared) - (_WHOLE - self.rate) * self.lost_s
        return self.fleet.number * max(0, each)

    def _to(self, place: str) -> Iterable[Way]:
        return (w for w in self.fleet.fetching if w.end == place)

    def _again(self, place: str) -> int:
        ends = set(self.fleet.receptions)
        return self._least(w for w in self._to(place) if w.start in ends) or 0

    def _least(self, ways: Iterable[Way]) -> int | None:
        return min(map(self._leg, ways), default=None)

    def _leg(self, way: Way) -> int:
        return _WHOLE * way.drive + self.rate * (way.whole - way.drive)


def read_slowed(programme: Programme, by_s: int) -> dict[str, Slowed]:
    """Read the types for which slow periods within ``[0, by_s)`` take time from drives."""
    ways = programme.ways
    if ways is None or ways.slowest is None or programme.released or programme.floors:
        return {}
    periods = []
    for x, y in ways.slow_hours.spans:
        begin, end = max(0, -(-x // SECOND)), min(by_s, -(-y // SECOND))
        if begin < end:
            periods.append((begin, end))
    if not periods:
        return {}
    found: dict[str, Slowed] = {}
    for fleet in programme.fleets:
        if not fleet.returns or fleet.kind.own:
            continue
        drives = [d for w in fleet.fetching for d in ways.slowed(fleet.kind, w, Direction.IN)]
        drives += [d for w in fleet.carrying for d in ways.slowed(fleet.kind, w, Direction.OUT)]
        rate = max((-(-_WHOLE * quick // slow) for quick, slow in drives if slow), default=_WHOLE)
        longest = max((quick for quick, slow in drives if slow), default=0)
        # One drive may have begun before a period, unless nothing comes before it.
        lost = sum(max(0, y - x - (longest if x else 0)) for x, y in periods)
        if rate < _WHOLE and lost:
            found[fleet.kind.id] = Slowed(fleet, rate, lost)
    return found
