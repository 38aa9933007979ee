"""What escorts can go with: convoys that are whole, one after another, each as long as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.teams import Teams, Turn
from safepassage.check.proof.ways import Way
from safepassage.terms.places import AssemblyPoint

__all__ = ["Escorts"]

_MOST_CONVOYS = 12
_MOST_TEAMS = 24


class Escorts:
    """The time of one team up to a moment, and the convoys that fit into it."""

    def __init__(self, programme: Programme, by_s: int) -> None:
        self._programme = programme
        convoys = programme.reading.convoys
        self._least, self._most = convoys.least, convoys.most
        largest = max(self._least, min(self._most, programme.vehicles))
        self._sizes = range(self._least, largest + 1)
        self._by_s = by_s
        self._turns: dict[tuple[str, Way], list[Turn]] = {}
        spared = (t.seconds - t.first for f, w in self._ways() for t in self._of(f, w))
        self._time = by_s + max(spared)

    def _ways(self) -> Iterator[tuple[Fleet, Way]]:
        for fleet in self._programme.fleets:
            for way in fleet.carrying:
                yield fleet, way

    def worth(self, fleet: Fleet, way: Way) -> int:
        """Return a vehicle's share of the time of its convoy, at least, times the largest size."""
        return min(self._most * t.seconds // t.size for t in self._of(fleet, way))

    def most_worth(self) -> list[int]:
        """Return the largest sum of these shares of the best team, of the second best, ..."""
        return self._whole(self.worth, self._most * max(0, self._time))

    def most_vehicles(self) -> list[int]:
        """Return the most vehicles that the same teams can go with."""
        number = max(0, self._time) // max(1, self._quickest_s)
        return self._whole(None, self._most * number)

    @property
    def _teams(self) -> int:
        return self._programme.reading.escorts.teams or 0

    @property
    def _quickest_s(self) -> int:
        return min((t.seconds for f, w in self._ways() for t in self._of(f, w)), default=0)

    def _whole(self, worth: Callable[[Fleet, Way], int] | None, otherwise: int) -> list[int]:
        """Return the most that convoys can be worth, one by one where those of a team are few."""
        if self._quickest_s <= 0 or self._by_s // self._quickest_s >= _MOST_CONVOYS:
            return [otherwise] * self._teams
        values = []
        for fleet, way in self._ways():
            each = 1 if worth is None else worth(fleet, way)
            values += [(turn, turn.size * each) for turn in self._of(fleet, way)]
        teams = Teams(values, self._by_s)
        if self._programme.released or not 1 < self._teams <= _MOST_TEAMS:
            return [min(teams.alone, otherwise)] * self._teams
        return [min(value, otherwise) for value in teams.one_by_one(self._teams)]

    def _of(self, fleet: Fleet, way: Way) -> list[Turn]:
        """Return the convoys of every size with a type by a way."""
        key = fleet.kind.id, way
        if key not in self._turns:
            self._turns[key] = [self._turn(fleet, way, size) for size in self._sizes]
        return self._turns[key]

    def _turn(self, fleet: Fleet, way: Way, size: int) -> Turn:
        alone, there = self._there(fleet, way, size)
        boarding, out = self._boarding(fleet, way, size), self._leg(way, size)
        # Before a release a team may have done all that comes before the loaded leg.
        first = out if self._programme.released else alone + boarding + out
        key, after = self._at_key(way, size)
        nearest = self._at_key(way, self._least)[1]
        return Turn(
            size=size,
            seconds=there + boarding + out,
            first=first,
            lane=(way.key, self._before(fleet, way), nearest),
            before=first - key - after,
            after=after,
            blocked=key + self._programme.reading.convoys.spacing_s,
        )

    def _before(self, fleet: Fleet, way: Way) -> int:
        """Return what comes before the key inspection of the least convoy, if it is the first."""
        if self._programme.released:
            return 0
        size = self._least
        alone, _ = self._there(fleet, way, size)
        return alone + self._boarding(fleet, way, size) + way.lead - way.key_s

    def _at_key(self, way: Way, size: int) -> Interval:
        """Return how long a convoy is inspected at the key crossing, and has to go on."""
        if way.key is None:
            return 0, 0
        here, beyond = way.added_from
        return way.key_s + (size - 1) * here, way.tail + (size - self._least) * beyond

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
