"""What escorts can go with: convoys that are whole, one after another, each as long as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.ways import Way
from safepassage.terms.places import AssemblyPoint

__all__ = ["Escorts"]

_MOST_CONVOYS = 12
_PARTS = 4_000


@dataclass(frozen=True, slots=True)
class _Turn:
    """A convoy of one size with a type by a way, and the least time that a team is with it."""

    size: int
    seconds: int
    """From where the team's last convoy arrived."""
    first: int
    """If it is the team's first one."""


class Escorts:
    """The time of one team up to a moment, and the convoys that fit into it."""

    def __init__(self, programme: Programme, by_s: int) -> None:
        self._programme = programme
        convoys = programme.reading.convoys
        self._least, self._most = convoys.least, convoys.most
        largest = max(self._least, min(self._most, programme.vehicles))
        self._sizes = range(self._least, largest + 1)
        self._by_s = by_s
        self._turns: dict[tuple[str, Way], list[_Turn]] = {}
        spared = (t.seconds - t.first for f, w in self._ways() for t in self._of(f, w))
        self._time = by_s + max(spared)

    def _ways(self) -> Iterator[tuple[Fleet, Way]]:
        for fleet in self._programme.fleets:
            for way in fleet.carrying:
                yield fleet, way

    def worth(self, fleet: Fleet, way: Way) -> int:
        """Return a vehicle's share of the time of its convoy, at least, times the largest size."""
        return min(self._most * t.seconds // t.size for t in self._of(fleet, way))

    def most_worth(self) -> int:
        """Return the largest sum of these shares that there can be, of all teams."""
        return self._teams * self._whole(self.worth, self._most * max(0, self._time))

    def most_vehicles(self) -> int:
        """Return the most vehicles that all teams can go with."""
        number = max(0, self._time) // max(1, self._quickest_s)
        return self._teams * self._whole(None, self._most * number)

    @property
    def _teams(self) -> int:
        return self._programme.reading.escorts.teams or 0

    @property
    def _quickest_s(self) -> int:
        return min((t.seconds for f, w in self._ways() for t in self._of(f, w)), default=0)

    def _whole(self, worth: Callable[[Fleet, Way], int] | None, otherwise: int) -> int:
        """Return the most that a team's convoys can be worth, one by one where they are few."""
        if self._quickest_s <= 0 or self._by_s // self._quickest_s >= _MOST_CONVOYS:
            return otherwise
        part = max(1, self._by_s // _PARTS)
        later: dict[int, int] = {}
        first: dict[int, int] = {}
        for fleet, way in self._ways():
            each = 1 if worth is None else worth(fleet, way)
            for turn in self._of(fleet, way):
                for convoys, seconds in ((later, turn.seconds), (first, turn.first)):
                    value = max(turn.size * each, convoys.get(seconds // part, 0))
                    convoys[seconds // part] = value
        best = [0]
        ordered = _better(later)
        for moment in range(1, self._by_s // part + 1):
            found = best[-1]
            for length, value in ordered:
                if length > moment:
                    break
                found = max(found, best[moment - length] + value)
            best.append(found)
        begun = [best[-1 - length] + value for length, value in first.items() if length < len(best)]
        return min(max(begun, default=0), otherwise)

    def _of(self, fleet: Fleet, way: Way) -> list[_Turn]:
        """Return the convoys of every size with a type by a way."""
        key = fleet.kind.id, way
        if key not in self._turns:
            self._turns[key] = [self._turn(fleet, way, size) for size in self._sizes]
        return self._turns[key]

    def _turn(self, fleet: Fleet, way: Way, size: int) -> _Turn:
        alone, there = self._there(fleet, way, size)
        boarding, out = self._boarding(fleet, way, size), self._leg(way, size)
        # Before a release a team may have done all that comes before the loaded leg.
        first = out if self._programme.released else alone + boarding + out
        return _Turn(size, there + boarding + out, first)

    def _leg(self, way: Way, size: int) -> int:
        return way.whole + way.added * (size - self._least)

    def _boarding(self, fleet: Fleet, way: Way, size: int) -> int:
        boarding = fleet.boarding[way.start]
        place = self._programme.reading.places[way.start]
        if fleet.kind.own or self._programme.released or not isinstance(place, AssemblyPoint):
            return boarding
        # At a bay vehicles board one after another.
        return max(boarding, -(-size // place.bays.value) * self._programme.boards_s[way.start])

    def _there(self, fleet: Fleet, way: Way, size: int) -> Interval:
        """Return the least empty leg to a loaded one's start, and with a team's way to it."""
        on = self._programme.teams_on
        if fleet.kind.own:
            return 0, on[way.start]
        if self._programme.released:
            size = self._least
        legs = [w for w in fleet.fetching if w.end == way.start]
        alone = min((self._leg(w, size) for w in legs), default=0)
        return alone, min((on[w.start] + self._leg(w, size) for w in legs), default=0)


def _better(convoys: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return those that are worth more than all shorter ones, the shortest first."""
    kept: list[tuple[int, int]] = []
    for length, value in sorted(convoys.items()):
        if not kept or value > kept[-1][1]:
            kept.append((length, value))
    return kept
