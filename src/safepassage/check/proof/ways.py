"""Ways of legs, seen through the least time that a vehicle type can take on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from safepassage.check.drives import Drives
from safepassage.check.fleet import Kind
from safepassage.check.hours import Hours
from safepassage.check.proof.hops import Hop
from safepassage.check.reading import Reading
from safepassage.terms.places import Crossing, Direction

__all__ = ["Way", "Ways"]


@dataclass(frozen=True, slots=True)
class Way:
    """A leg's way for one vehicle type. All times are the least there can be."""

    start: str
    end: str
    corridor: str | None
    key: str | None
    """The crossing with the type's longest inspection; None where no crossing lies between."""
    key_s: int
    """That inspection, of this vehicle alone."""
    lead: int
    """From departure to the end of the vehicle's inspection at the key crossing."""
    tail: int
    """From there to arrival."""
    drive: int
    own: int
    """The type's own inspections at all crossings."""
    whole: int
    """From departure to arrival, with the least convoy's inspections."""
    beyond: tuple[int, int] = (0, 0)
    """The drive after the key crossing, and the type's own inspections there."""
    added: int = 0
    """What one more vehicle of any type in the convoy adds to it ..."""
    added_from: tuple[int, int] = (0, 0)
    """... at the key crossing, and after it."""


class Ways:
    """Finds ways and their least times."""

    def __init__(self, reading: Reading, within: tuple[int, int] | None = None) -> None:
        self._reading = reading
        crossings = [p for p in reading.places.values() if isinstance(p, Crossing)]
        self._drives = Drives(reading.network, frozenset(c.node for c in crossings))
        self._fastest = Fraction(1)
        slow = []
        for slowdown in reading.slowdowns:
            # The largest product over all subsets: what slows is left out, what hastens is in.
            factor = slowdown.condition.factor.value
            always = within is not None and slowdown.hours.hold(within[0], within[1] + 1)
            self._fastest *= factor if always else max(Fraction(1), factor)
            if factor < 1 and within is not None and not always:
                slow.append(slowdown)
        self.slow_hours = Hours.of(span for s in slow for span in s.hours.spans)
        """When some condition slows drives that does not do so all the time."""
        least = max((s.condition.factor.value for s in slow), default=None)
        self.slowest = None if least is None else self._fastest * least
        """By what factor drives that begin then are slower, at least."""
        self._slowed: dict[
            tuple[Fraction, str, str, str | None, Direction], list[tuple[int, int]]
        ] = {}
        # A vehicle never goes alone where convoys have a least size; the others take some time.
        self._quickest = {
            (c.id, direction): min(
                reading.inspections[c.id, kind, direction][0] for kind in reading.kinds
            )
            for c in crossings
            for direction in (Direction.OUT, Direction.IN)
        }
        others = reading.convoys.least - 1
        self._beside = {at: others * seconds for at, seconds in self._quickest.items()}
        self._open_to_some = [
            c.id
            for c in reading.case.corridors
            if any(c.id in group.corridors for group in reading.groups.values())
        ]

    def fetching(self, kind: Kind, start: str, place: str) -> Iterator[Way]:
        """Yield the ways of an empty leg: without a crossing, and by every open corridor."""
        for corridor in (None, *self._open_to_some):
            way = self._way(kind, start, place, corridor, Direction.IN)
            if way is not None:
                yield way

    def carrying(self, kind: Kind, place: str, to: str, corridors: Sequence[str]) -> Iterator[Way]:
        """Yield the ways of a loaded leg by the corridors given."""
        for corridor in corridors:
            way = self._way(kind, place, to, corridor, Direction.OUT)
            if way is not None:
                yield way

    def around(
        self, kind: Kind, place: str, to: str, corridor: str, crossing: str
    ) -> tuple[int, int] | None:
        """Least times of a loaded leg until it is at a crossing, and after it left; or None."""
        stops = self._stops(place, to, corridor, Direction.OUT)
        at = next((i for i, (c, _) in enumerate(stops) if c == crossing), None)
        if at is None:
            return None
        factor = kind.factor * self._fastest
        times = [0, 0]
        for i, ((_, a), (_, b)) in enumerate(pairwise(stops)):
            seconds = self._drives.seconds(a, b, factor)
            if seconds is None:
                return None
            times[i >= at] += seconds
        for i, (c, _) in enumerate(stops):
            if c is not None and i != at:
                own = self._reading.inspections[c, kind.id, Direction.OUT][0]
                times[i > at] += own + self._beside[c, Direction.OUT]
        return times[0], times[1]

    def stretches(
        self,
        kind: Kind,
        start: str,
        end: str,
        corridor: str | None,
        direction: Direction,
        factor: Fraction | None = None,
    ) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
        """Crossings of a leg, and its least drives before, between and after them; or None.

        ``factor``: of conditions; by default the least drives are those of the whole time.
        """
        crossings: list[str] = []
        drives = [0]
        slowness = kind.factor * (self._fastest if factor is None else factor)
        for (_, a), (crossing, b) in pairwise(self._stops(start, end, corridor, direction)):
            seconds = self._drives.seconds(a, b, slowness)
            if seconds is None:
                return None
            drives[-1] += seconds
            if crossing is not None:
                crossings.append(crossing)
                drives.append(0)
        return tuple(crossings), tuple(drives)

    def hops(
        self, kind: Kind, way: Way, direction: Direction, factors: Sequence[Fraction]
    ) -> tuple[Hop, ...]:
        """Drives of a leg by factor of the conditions, each with the inspections at its end."""
        under = [
            self.stretches(kind, way.start, way.end, way.corridor, direction, f) for f in factors
        ]
        known = [stretches for stretches in under if stretches is not None]
        crossings = known[0][0]
        convoy = [
            self._reading.inspections[c, kind.id, direction][0] + self._beside[c, direction]
            for c in crossings
        ]
        by_stretch = zip(*(drives for _, drives in known), strict=True)
        return tuple(map(Hop, by_stretch, (*convoy, 0)))

    @property
    def corridors(self) -> tuple[str, ...]:
        """Corridors that are open to somebody."""
        return tuple(self._open_to_some)

    def slowed(self, kind: Kind, way: Way, direction: Direction) -> list[tuple[int, int]]:
        """Return the least times of a way's drives between crossings, else and in slow hours."""
        key = kind.factor, way.start, way.end, way.corridor, direction
        if key not in self._slowed:
            self._slowed[key] = list(self._drives_of(kind, way, direction))
        return self._slowed[key]

    def _drives_of(self, kind: Kind, way: Way, direction: Direction) -> Iterator[tuple[int, int]]:
        quick = slow = 0
        stops = self._stops(way.start, way.end, way.corridor, direction)
        for (_, a), (crossing, b) in pairwise(stops):
            quick += self._drives.seconds(a, b, kind.factor * self._fastest) or 0
            slow += self._drives.seconds(a, b, kind.factor * (self.slowest or 1)) or 0
            if crossing is not None:
                yield quick, slow
                quick = slow = 0
        yield quick, slow

    def _way(
        self, kind: Kind, start: str, end: str, corridor: str | None, direction: Direction
    ) -> Way | None:
        stops = self._stops(start, end, corridor, direction)
        factor = kind.factor * self._fastest
        drives = []
        for (_, a), (_, b) in pairwise(stops):
            seconds = self._drives.seconds(a, b, factor)
            if seconds is None:
                return None
            drives.append(seconds)
        inspections = self._reading.inspections
        # Crossings with their place among the stops, in the order of travel.
        passed = [(i, c) for i, (c, _) in enumerate(stops) if c is not None]
        own = [inspections[c, kind.id, direction][0] for _, c in passed]
        convoy = [s + self._beside[c, direction] for s, (_, c) in zip(own, passed, strict=True)]
        drive = sum(drives)
        whole = drive + sum(convoy)
        if not passed:
            return Way(start, end, corridor, None, 0, 0, whole, drive, 0, whole)
        key = own.index(max(own))
        at, crossing = passed[key]
        lead = sum(drives[:at]) + sum(convoy[:key]) + own[key]
        tail = sum(drives[at:]) + sum(convoy[key + 1 :])
        total = sum(own)
        beyond = sum(drives[at:]), sum(own[key + 1 :])
        added = [self._quickest[c, direction] for _, c in passed]
        return Way(
            start=start,
            end=end,
            corridor=corridor,
            key=crossing,
            key_s=own[key],
            lead=lead,
            tail=tail,
            drive=drive,
            own=total,
            whole=whole,
            beyond=beyond,
            added=sum(added),
            added_from=(added[key], sum(added[key + 1 :])),
        )

    def _stops(
        self, start: str, end: str, corridor: str | None, direction: Direction
    ) -> list[tuple[str | None, str]]:
        """Return what a leg passes, in order: the crossing (None elsewhere) and the node."""
        places = self._reading.places
        inner: list[tuple[str | None, str]] = []
        if corridor is not None:
            bound = self._reading.corridors[corridor]
            inner = [(c, places[c].node) for c in bound.crossings]
            inner += [(None, node) for node in bound.via]
        if direction == Direction.IN:
            inner.reverse()
        return [(None, places[start].node), *inner, (None, places[end].node)]
