"""Tours: what one vehicle can do at most, journey after journey, each from where it is.

Definition and proof: ``docs/reference/certificate-format.md``, "Tours".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.rotations import Journeys
from safepassage.check.proof.slots import Interval
from safepassage.check.proof.ways import Way
from safepassage.terms.places import Direction

__all__ = ["has_tours", "most_of_tour"]

_PARTS = 4_000
_MOST_JOURNEYS = 16

_Clock = Callable[[int], int | None]
"""When a leg that begins at a moment is over at the earliest, if it ever is."""


def has_tours(programme: Programme, fleet: Fleet, by_s: int) -> bool:
    """Tell whether there are tours of a type: a few journeys, and not in links of chains."""
    if programme.released or programme.floors or not fleet.returns or fleet.kind.own:
        return False
    return by_s < _MOST_JOURNEYS * Journeys(fleet, programme).least_s


def most_of_tour(
    programme: Programme,
    fleet: Fleet,
    open_: Mapping[str, Sequence[Interval]],
    by_s: int,
    worth: Mapping[tuple[str, str, str], int],
) -> int:
    """Return what the loaded legs of one vehicle are worth together at most, by a moment."""
    part = max(1, by_s // _PARTS)
    clocks = _Clocks(programme, fleet, open_)
    ready: dict[str, list[int]] = {d: [-1] * (by_s // part + 1) for d in fleet.receptions}
    most = 0

    def go(place: str, moment: int, so_far: int) -> None:
        nonlocal most
        for way in fleet.carrying:
            arrival = clocks.arrival(place, way, moment)
            if arrival is None or arrival > by_s:
                continue
            value = so_far + worth.get((way.start, way.end, way.corridor or ""), 0)
            most = max(most, value)
            at = (arrival + fleet.unloading[way.end]) // part
            if at < len(ready[way.end]):
                ready[way.end][at] = max(value, ready[way.end][at])

    for start in fleet.starts:
        go(start, 0, 0)
    best = dict.fromkeys(ready, -1)
    for i in range(by_s // part + 1):
        for d, values in ready.items():
            if values[i] > best[d]:
                best[d] = values[i]
                # A journey takes longer than a part, so it ends in a later one.
                go(d, i * part, best[d])
    return most


class _Clocks:
    """Journeys of one type, in least seconds."""

    def __init__(
        self, programme: Programme, fleet: Fleet, open_: Mapping[str, Sequence[Interval]]
    ) -> None:
        self._programme, self._fleet, self._open = programme, fleet, open_
        self._empty: dict[tuple[str, str], list[_Clock]] = {}
        for way in fleet.fetching:
            clock = self._clock(way, Direction.IN)
            self._empty.setdefault((way.start, way.end), []).append(clock)
        self._loaded = {way: self._clock(way, Direction.OUT) for way in fleet.carrying}

    def arrival(self, place: str, way: Way, moment: int) -> int | None:
        """Return when a loaded leg arrives whose vehicle is ready at a place at a moment."""
        fetched = [clock(moment) for clock in self._empty.get((place, way.start), ())]
        there = min((t for t in fetched if t is not None), default=None)
        if there is None:
            return None
        return self._loaded[way](there + self._fleet.boarding[way.start])

    def _clock(self, way: Way, direction: Direction) -> _Clock:
        """Follow a leg in the least convoy: drives, and inspections in one piece."""
        reading, ways = self._programme.reading, self._programme.ways
        kind = self._fleet.kind
        found = ways and ways.stretches(kind, way.start, way.end, way.corridor, direction)
        if not found:
            return lambda _: None
        crossings, drives = found
        stops: list[tuple[int, int, list[int], list[int]]] = []
        for drive, c in zip(drives, crossings, strict=False):
            beside = min(reading.inspections[c, k, direction][0] for k in reading.kinds)
            inspection = reading.inspections[c, kind.id, direction][0]
            inspection += (reading.convoys.least - 1) * beside
            spans = [(x, y - inspection) for x, y in self._open[c] if x + inspection <= y]
            stops.append((drive, inspection, [x for x, _ in spans], [y for _, y in spans]))

        def over(moment: int) -> int | None:
            for drive, inspection, begins, lasts in stops:
                moment += drive
                at = bisect_left(lasts, moment)
                if at == len(lasts):
                    return None
                moment = max(moment, begins[at]) + inspection
            return moment + drives[-1]

        return over
