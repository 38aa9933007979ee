"""What a carried journey takes of the time of vehicles and of escorts, at least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.ways import Way

__all__ = ["Journeys"]


@dataclass(frozen=True, slots=True)
class _Fetch:
    """Least ways to an assembly point from where journeys end."""

    drive: int
    own: int
    whole: int


class Journeys:
    """The least times of one type's journeys, each with the empty leg before it."""

    def __init__(self, fleet: Fleet, programme: Programme) -> None:
        self.fleet = fleet
        to: dict[str, list[Way]] = defaultdict(list)
        for way in fleet.fetching:
            to[way.end].append(way)
        ends = set(fleet.receptions)
        self._again = {a: _least(w for w in to[a] if w.start in ends) for a in fleet.places}
        self._anywhere = {a: _least(to[a]) for a in fleet.places}
        starting = {a: [w for w in to[a] if w.start in fleet.starts] for a in fleet.places}
        last = max(fleet.unloading.values(), default=0)
        largest = min(programme.reading.convoys.most, fleet.number)
        self.whole_spare = last + max([0, *(self._late_whole(starting[a], a) for a in starting)])
        late = [self._late(starting[a], a, x) for a in starting for x in (1, largest)]
        self.rotation_spare = last + max([0, *late])
        if programme.released:
            # All that comes before the first loaded leg may be over at the release.
            before = [(self._again[a], fleet.boarding[a]) for a in fleet.places]
            self.whole_spare = last + max(w.whole + board for w, board in before)
            self.rotation_spare = last + max(
                w.drive + x * w.own + board for w, board in before for x in (1, largest)
            )
        self.inspected: dict[str, int] = {}
        """Least own inspections of a journey, out and back, by the key crossing of its way out."""
        for way in fleet.carrying:
            if way.key is not None:
                own = self._again[way.start].own + way.own
                self.inspected[way.key] = min(own, self.inspected.get(way.key, own))
        if fleet.carrying and all(a in programme.floors for a in fleet.places):
            self._spare_after_floor(programme, largest, last)

    def _spare_after_floor(self, programme: Programme, largest: int, last: int) -> None:
        """Nobody arrives before a release: after it comes all but each vehicle's first journey."""
        ways, board = self.fleet.carrying, self.fleet.boarding
        floor = min(programme.arrival_floor(self.fleet, way) for way in ways)
        whole = max(self._again[w.start].whole + board[w.start] + w.whole for w in ways)
        self.whole_spare = min(self.whole_spare, last + whole - floor)
        longest = max(
            self._again[w.start].drive
            + w.drive
            + board[w.start]
            + x * self.inspected.get(w.key or "", 0)
            for w in ways
            for x in (1, largest)
        )
        self.rotation_spare = min(self.rotation_spare, last + longest - floor)

    def _late_whole(self, first: list[Way], place: str) -> int:
        """How much less a first empty leg may take than one from where journeys end."""
        return self._again[place].whole - min(w.whole for w in first) if first else 0

    def _late(self, first: list[Way], place: str, size: int) -> int:
        """Return the same for a convoy in which so many vehicles of the type are inspected.

        The difference bends upwards as the size grows, so its ends tell the largest.
        """
        if not first:
            return 0
        again = self._again[place]
        return again.drive + size * again.own - min(w.drive + size * w.own for w in first)

    def drive_s(self, way: Way) -> int:
        """Driving and standing at bays, of the journey by a loaded leg's way."""
        bays = self.fleet.boarding[way.start] + self.fleet.unloading[way.end]
        return self._again[way.start].drive + way.drive + bays

    def whole_s(self, way: Way) -> int:
        """All of it, with the least convoy's inspections."""
        bays = self.fleet.boarding[way.start] + self.fleet.unloading[way.end]
        return self._again[way.start].whole + way.whole + bays

    @property
    def least_s(self) -> int:
        """Least of all journeys; 0 where there is none."""
        return min(map(self.whole_s, self.fleet.carrying), default=0)


def _least(ways: Iterable[Way]) -> _Fetch:
    found = list(ways)
    if not found:
        return _Fetch(0, 0, 0)
    return _Fetch(
        min(w.drive for w in found), min(w.own for w in found), min(w.whole for w in found)
    )
