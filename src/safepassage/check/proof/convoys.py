"""Kinds of convoys that pass one crossing, each with the least times that the terms give it.

Definitions: ``docs/reference/certificate-format.md``, "Gaps".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from safepassage.check.fleet import Kind
from safepassage.check.proof.demand import Cell
from safepassage.check.proof.programme import Programme
from safepassage.check.proof.ways import Ways
from safepassage.terms.places import AssemblyPoint, Direction

__all__ = ["Convoy", "Passers", "read_passers"]

_MOST_CONVOYS = 5_000
_MOST_TRIED = 1_000_000
"""Numbers of vehicles by type, of convoys of whatever size."""

Stretches = tuple[tuple[str, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Convoy:
    """A kind of convoy; all times are the least there can be."""

    place: str
    sizes: Mapping[str, int]
    """Vehicles by type."""
    counted: int
    """Vehicles of the type whose gaps are counted."""
    hold_s: int
    """Its inspections at the crossing, and the spacing."""
    lag_s: int
    """Of a vehicle that is counted: from the end of the hold before to this one."""
    lead_s: int
    """From its departure to the crossing."""
    tail_s: int
    """From leaving the crossing to its arrival."""


@dataclass(frozen=True, slots=True)
class Passers:
    """Who passes the crossing: people, and the convoys that they can be in."""

    cells: tuple[Cell, ...]
    convoys: tuple[Convoy, ...]


def read_passers(
    programme: Programme, ways: Ways, groups: Collection[str], crossing: str, vehicle: str
) -> Passers | str:
    """Read the convoys of some groups; or why they do not all pass the crossing."""
    cells = tuple(c for c in programme.cells if c.group in groups)
    reading = programme.reading
    if vehicle not in reading.kinds or reading.kinds[vehicle].own or reading.kinds[vehicle].once:
        return f"vehicle: expected a type that makes more than one journey, got {vehicle}"
    found = _Found(programme, ways, cells, crossing, vehicle)
    for cell in cells:
        seen = list(found.ways_out(cell))
        if not seen or any(crossings.count(crossing) != 1 for _, (crossings, _) in seen):
            return f"crossing: people of {cell.group} at {cell.place} need not pass {crossing}"
    convoys = found.convoys()
    if len(convoys) > _MOST_CONVOYS or not any(c.counted for c in convoys):
        return f"convoys: expected from 1 to {_MOST_CONVOYS} kinds with {vehicle}"
    return Passers(cells, tuple(convoys))


@dataclass(frozen=True, slots=True)
class _Way:
    """A loaded leg, by type that can go so."""

    inspections: Sequence[Mapping[str, int]]
    """At each crossing before the one that counts."""
    drives: Mapping[str, int]
    """Up to that one."""
    tails: Mapping[str, int]


def _held(inspections: Iterable[Mapping[str, int]], sizes: Mapping[str, int]) -> int:
    """Return what the inspections of a convoy take at some crossings."""
    return sum(times[k] * n for times in inspections for k, n in sizes.items())


@dataclass(frozen=True)
class _Found:
    programme: Programme
    ways: Ways
    cells: Sequence[Cell]
    crossing: str
    vehicle: str
    _known: dict[str, Sequence[_Way]] = field(default_factory=dict)
    _empty: dict[str, Sequence[tuple[int, list[Mapping[str, int]]]]] = field(default_factory=dict)

    def ways_out(self, cell: Cell) -> Iterator[tuple[str, Stretches]]:
        """Yield the ways that people may go, with where they lead, in the types that suit them."""
        reading = self.programme.reading
        for kind in (reading.kinds[k] for k in cell.kinds):
            if any(n for _, n in kind.counts):
                for to in cell.destinations:
                    for corridor in reading.groups[cell.group].corridors:
                        found = self.loaded(kind, cell.place, to, corridor)
                        if found is not None:
                            yield to, found

    def loaded(self, kind: Kind, place: str, to: str, corridor: str) -> Stretches | None:
        """Return crossings and drives of a loaded leg."""
        return self.ways.stretches(kind, place, to, corridor, Direction.OUT)

    def convoys(self) -> list[Convoy]:
        """Return every kind of convoy from the places of these people, or far too many or none."""
        limits = self.programme.reading.convoys
        kinds = self.programme.reading.kinds
        found: list[Convoy] = []
        for place in sorted({c.place for c in self.cells}):
            here = [c for c in self.programme.cells if c.place == place]
            suits = {k for c in here for k in c.kinds if kinds[k].seats > 0}
            numbers = {k: sum(n for _, n in kinds[k].counts) for k in sorted(suits)}
            numbers = {k: min(n, limits.most) for k, n in numbers.items() if n}
            if math.prod(n + 1 for n in numbers.values()) > _MOST_TRIED:
                return []
            for sizes in _divided(list(numbers.items()), limits.most):
                if sum(sizes.values()) >= limits.least:
                    found.append(self.convoy(place, sizes))
                if len(found) > _MOST_CONVOYS:
                    return found
        return found

    def convoy(self, place: str, sizes: Mapping[str, int]) -> Convoy:
        """Work out the times of one kind of convoy."""
        kinds = self.programme.reading.kinds
        counted = sizes.get(self.vehicle, 0)
        # A convoy goes as fast as the slowest in it.
        open_ = [w for w in self._out(place) if all(k in w.drives for k in sizes)]
        lead = min(
            (max(w.drives[k] for k in sizes) + _held(w.inspections, sizes) for w in open_),
            default=0,
        )
        tail = min((max(w.tails[k] for k in sizes) for w in open_), default=0)
        spacing_s = self.programme.reading.convoys.spacing_s
        hold = _held([self._at_crossing], sizes) + spacing_s
        lag = 0
        if counted:
            # Own vehicles stand there, the others come together.
            came = {k: n for k, n in sizes.items() if not kinds[k].own}
            round_s = self._returned + self.fetched(place, came) + self.boarded(place, came)
            lag = max(0, round_s + lead - spacing_s)
        return Convoy(place, dict(sizes), counted, hold, lag, lead, tail)

    def _out(self, place: str) -> Sequence[_Way]:
        """Return the ways from a place that people who count may go, in any type that can."""
        if place not in self._known:
            self._known[place] = [self._way(place, to, by) for to, by in sorted(self.legs(place))]
        return self._known[place]

    def _way(self, place: str, to: str, corridor: str) -> _Way:
        drives: dict[str, int] = {}
        tails: dict[str, int] = {}
        before: Sequence[str] = ()
        for kind in self.programme.reading.kinds.values():
            out = self.loaded(kind, place, to, corridor)
            around = self.ways.around(kind, place, to, corridor, self.crossing)
            if out is not None and around is not None:
                before = out[0][: out[0].index(self.crossing)]
                drives[kind.id] = sum(out[1][: len(before) + 1])
                tails[kind.id] = around[1]
        return _Way([self._inspected(x, Direction.OUT) for x in before], drives, tails)

    @cached_property
    def _at_crossing(self) -> Mapping[str, int]:
        return self._inspected(self.crossing, Direction.OUT)

    def _inspected(self, crossing: str, way: Direction) -> Mapping[str, int]:
        """Return by type, what one vehicle takes at a crossing."""
        inspections = self.programme.reading.inspections
        return {k: inspections[crossing, k, way][0] for k in self.programme.reading.kinds}

    def legs(self, place: str) -> set[tuple[str, str]]:
        """Return where people who count may go from a place, and by which corridors."""
        groups = self.programme.reading.groups
        return {
            (to, corridor)
            for c in self.cells
            if c.place == place
            for to in c.destinations
            for corridor in groups[c.group].corridors
        }

    def goes(self) -> set[tuple[str, str]]:
        """Return between which places vehicles that are counted may go loaded."""
        cells = self.programme.cells
        return {(c.place, to) for c in cells if self.vehicle in c.kinds for to in c.destinations}

    @cached_property
    def _returned(self) -> int:
        """Return the least time from leaving the crossing to having unloaded."""
        reading, goes = self.programme.reading, self.goes()
        kind = reading.kinds[self.vehicle]
        moments = []
        for place in {c.place for c in self.cells}:
            for to, corridor in self.legs(place):
                around = self.ways.around(kind, place, to, corridor, self.crossing)
                if (place, to) in goes and around is not None:
                    moments.append(around[1] + reading.bay_times[to, kind.id])
        return min(moments, default=0)

    def fetched(self, place: str, sizes: Mapping[str, int]) -> int:
        """Return the least time of the empty leg of vehicles that come together."""
        if place not in self._empty:
            self._empty[place] = list(self._fetching(place))
        return min((drive + _held(held, sizes) for drive, held in self._empty[place]), default=0)

    def _fetching(self, place: str) -> Iterator[tuple[int, list[Mapping[str, int]]]]:
        """Yield the drive of each empty leg, and what one vehicle takes at its crossings."""
        kind = self.programme.reading.kinds[self.vehicle]
        for start in {to for _, to in self.goes()}:
            for corridor in (None, *self.ways.corridors):
                back = self.ways.stretches(kind, start, place, corridor, Direction.IN)
                if back is not None:
                    yield sum(back[1]), [self._inspected(x, Direction.IN) for x in back[0]]

    def boarded(self, place: str, sizes: Mapping[str, int]) -> int:
        """Return the least time in which vehicles that come together have all boarded."""
        reading = self.programme.reading
        yard = reading.places[place]
        bays = yard.bays.value if isinstance(yard, AssemblyPoint) else 1
        seconds = {k: reading.bay_times[place, k] for k in sizes}
        times = [0]
        for least in seconds.values():
            as_long = sum(n for k, n in sizes.items() if seconds[k] >= least)
            times.append(least * -(-as_long // bays))
        return max(times)


def _divided(numbers: Sequence[tuple[str, int]], most: int) -> Iterator[dict[str, int]]:
    """Yield all ways to take some vehicles, at most so many in all."""
    ranges = [range(min(n, most) + 1) for _, n in numbers]
    for counts in itertools.product(*ranges):
        if 0 < sum(counts) <= most:
            yield {k: n for (k, _), n in zip(numbers, counts, strict=True) if n}
