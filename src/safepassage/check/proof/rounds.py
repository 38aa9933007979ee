"""Rounds of vehicles within openings of a crossing, where convoys pass one after another.

Definition and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from safepassage.check.proof.programme import Fleet, Programme
from safepassage.check.proof.slots import Interval, spaced_time
from safepassage.check.proof.ways import Way

__all__ = ["Lane", "Rounds", "Within", "read_lanes", "time_left", "turns_left"]

Loss = Callable[[int, int], int]
"""Twice what so many vehicles lose together that are in a convoy of some size of their type."""


@dataclass(frozen=True, slots=True)
class Within:
    """The time for the rounds of one type in a stretch of openings."""

    length_s: int
    late_s: tuple[int, ...]
    """By size of the first convoy: how long after the begin it passes at the earliest."""
    over_s: int = 0
    """How long before the end all have passed; it is only of use at other crossings then."""


@dataclass(frozen=True, slots=True)
class _Leg:
    """A round's parts around its pass of the key crossing: seconds, own inspections apart."""

    before: int
    before_own: int
    after: int
    after_own: int


class Rounds:
    """What rounds of one returning type by one key crossing take, at least."""

    def __init__(self, programme: Programme, fleet: Fleet, crossing: str, by_s: int) -> None:
        convoys = programme.reading.convoys
        self.least, self.most = convoys.least, convoys.most
        self.spacing_s, self.number = convoys.spacing_s, fleet.number
        self._carrying = [w for w in fleet.carrying if w.key == crossing]
        ends = set(fleet.receptions)
        self._legs = {way: self._leg(fleet, way, ends) for way in self._carrying}
        self._bays = [
            (fleet.boarding[way.start], programme.bays[way.start]) for way in self._carrying
        ]
        self._first = [
            (*part, *bays)
            for way, bays in zip(self._carrying, self._bays, strict=True)
            for part in _first_parts(fleet, way)
        ]
        self._soonest_s = min(map(_soonest(fleet), self._carrying))
        self._latest_s = by_s - min(w.tail for w in self._carrying)
        self._own = min(w.own + self._legs[w].before_own - _ahead(w) for w in self._carrying)
        self._pass = self._carrying[0].key_s
        beside = [
            (w, _emptied(f, w, ends))
            for f in programme.fleets
            if not f.kind.own
            for w in f.carrying
            if w.key == crossing
        ]
        self._other = min(w.own + empty for w, empty in beside)
        self._other_ahead = min(_ahead(w) + empty for w, empty in beside)
        self._other_pass = min(w.key_s for w, _ in beside)
        widest = max(w.key_s for f in programme.fleets for w in f.carrying if w.key == crossing)
        self._longest_pass = convoys.most * widest
        self._times: dict[tuple[Within, int], int] = {}
        self._turns: dict[Within, int] = {}
        self._slopes: dict[int, int] = {}
        self._below: dict[int, int] = {}

    @staticmethod
    def _leg(fleet: Fleet, way: Way, ends: set[str]) -> _Leg:
        drive_after, own_after = way.beyond
        empty = [w for w in fleet.fetching if w.end == way.start and w.start in ends]
        before = min((w.drive for w in empty), default=0) + fleet.boarding[way.start]
        return _Leg(
            before=before + way.drive - drive_after,
            before_own=_emptied(fleet, way, ends) + _ahead(way),
            after=drive_after + fleet.unloading[way.end],
            after_own=own_after,
        )

    def round_s(self, way: Way) -> int:
        """Return a round without inspections, by a loaded leg's way."""
        return self._legs[way].before + self._legs[way].after

    def _missing(self, size: int) -> int:
        return max(0, self.least - size)

    def _turned(self, size: int) -> int:
        """For how much longer than one vehicle a whole convoy boards, in turns."""
        return min(_in_turns(size, *bays) for bays in self._bays)

    def _inspected(self, size: int) -> int:
        """All inspections of a round, for each vehicle of the type."""
        return size * self._own + self._missing(size) * self._other

    def _waits(self, size: int) -> int:
        """All of both, for all vehicles of the type in a convoy together."""
        return size * (self._inspected(size) + self._turned(size))

    def _passing(self, size: int) -> int:
        return size * self._pass + self._missing(size) * self._other_pass

    def steeper(self, v: int) -> int:
        """Return the slope of the chord at a size."""
        if v not in self._slopes:
            here = self._waits(v)
            larger = range(v + 1, self.most + 1)
            self._slopes[v] = min((self._waits(x) - here) // (x - v) for x in larger)
        return self._slopes[v]

    def less(self, v: int) -> int:
        """Return by how much the chord at a size lies below nought at nought."""
        if v not in self._below:
            every = range(self.most + 1)
            self._below[v] = max(x * self.steeper(v) - self._waits(x) for x in every)
        return self._below[v]

    @property
    def least_s(self) -> int:
        """The least whole round."""
        return min(leg.before + leg.after for leg in self._legs.values()) + self._waits(1)

    def passing_s(self, begin_s: int, end_s: int) -> Interval:
        """Return from when to when they can pass between two moments."""
        return max(begin_s, self._soonest_s), min(end_s, self._latest_s)

    def within(self, begin_s: int, end_s: int) -> Within:
        """Return the time from a moment to another for what they do."""
        return self.seen(self.passing_s(begin_s, end_s), begin_s, end_s)

    def seen(self, shared: Interval, begin_s: int, end_s: int) -> Within:
        """Return the same where all crossings have some ``shared`` time together."""
        (from_s, to_s), (soonest, latest) = shared, self.passing_s(begin_s, end_s)
        sizes = range(min(self.most, self.number) + 1)
        first = (
            max(soonest, min(s + x * own + _in_turns(x, *bays) for s, own, *bays in self._first))
            for x in sizes
        )
        late = tuple(max(0, s - from_s) for s in first)
        return Within(max(0, to_s - from_s), late, to_s - latest)

    def _spared_before(self, size: int) -> int:
        elsewhere = self._inspected(size) - self._passing(size)
        legs = self._legs.values()
        return max(0, elsewhere + max(leg.before - size * leg.after_own for leg in legs))

    def _spared_after(self, size: int) -> int:
        elsewhere = self._inspected(size) - self._passing(size)
        legs = self._legs.values()
        known = max(leg.after - size * leg.before_own for leg in legs)
        known -= self._missing(size) * self._other_ahead
        all_but = max(leg.before + leg.after for leg in legs) - self._spared_before(size)
        return max(0, elsewhere + max(known, all_but))

    def time_s(self, within: Within, v: int) -> int:
        """Return the seconds of rounds that fit, counted by the chord at a size."""
        if (within, v) not in self._times:
            lost = self.lost_of_time(within, v, alone=True)
            self._times[within, v] = time_left(within.length_s, lost)
        return self._times[within, v]

    def lost_of_time(self, within: Within, v: int, *, alone: bool) -> tuple[list[int], list[int]]:
        """Return by number of vehicles twice what they lose at each end, in seconds of rounds."""
        largest = min(self.most, self.number)
        room = within.length_s - self._longest_pass - within.late_s[largest] - within.over_s
        room -= 2 * self.number * (self._passing(1) + self.spacing_s)

        def above(size: int) -> int:
            return self._waits(size) - size * self.steeper(v) + self.less(v)

        def before(some: int, size: int) -> int:
            over, turned = above(size), self._turned(size)
            told = min(2 * over, over + size * turned + max(0, room))
            return told - 2 * some * (self._spared_before(size) + turned)

        def after(some: int, size: int) -> int:
            over, turned = above(size), self._turned(size)
            told = min(2 * over, max(0, over - size * turned) + max(0, room))
            return told - 2 * some * self._spared_after(size)

        return self._lost_at_ends(before, after, within, alone)

    def turns(self, within: Within) -> int:
        """Return how many passes there can be, each vehicle's a whole number."""
        if within not in self._turns:
            lost = self.lost_of_turns(within, alone=True)
            self._turns[within] = turns_left(within.length_s, self.least_s, lost)
        return self._turns[within]

    def lost_of_turns(self, within: Within, *, alone: bool) -> tuple[list[int], list[int]]:
        """Return by number of vehicles twice what all first and all last rounds take."""
        legs = self._legs.values()

        def from_first(size: int) -> int:
            return self._passing(size) + min(leg.after + size * leg.after_own for leg in legs)

        def to_last(size: int) -> int:
            begun = min(leg.before + size * leg.before_own for leg in legs)
            begun += self._missing(size) * self._other_ahead + self._turned(size)
            return begun + self._passing(size)

        return self._lost_at_ends(
            lambda some, size: 2 * some * from_first(size),
            lambda some, size: 2 * some * to_last(size),
            within,
            alone,
        )

    def _lost_at_ends(
        self, first: Loss, last: Loss, within: Within, alone: bool
    ) -> tuple[list[int], list[int]]:
        after = self._lost(last)
        return (
            self._lost(first, within, alone=alone),
            [a + 2 * n * within.over_s for n, a in enumerate(after)],
        )

    def _lost(self, loss: Loss, first: Within | None = None, *, alone: bool = True) -> list[int]:
        """By number of vehicles, twice the least that they lose at one end of a stretch.

        Others in the first convoy may have passed another crossing before, unless it is ``alone``.
        """
        largest = min(self.most, self.number)
        free = [0, *(min(loss(y, x) for x in range(y, largest + 1)) for y in range(1, largest + 1))]
        known = [0]
        for n in range(1, self.number + 1):
            known.append(
                min(
                    free[y] + 2 * (self._passing(y) + self.spacing_s) * (n - y) + known[n - y]
                    for y in range(1, min(largest, n) + 1)
                )
            )
        if first is None:
            return known
        return [0] + [
            min(
                (loss(y, y) if alone else free[y])
                + 2 * first.late_s[y] * n
                + 2 * (self._passing(y) + self.spacing_s) * (n - y)
                + known[n - y]
                for y in range(1, min(largest, n) + 1)
            )
            for n in range(1, self.number + 1)
        ]


def time_left(length_s: int, lost: tuple[list[int], list[int]]) -> int:
    """Return the seconds of rounds of as many vehicles as there is most room for."""
    return max(n * length_s - (a + b) // 2 for n, (a, b) in enumerate(zip(*lost, strict=True)))


def turns_left(length_s: int, round_s: int, lost: tuple[list[int], list[int]]) -> int:
    """Return the whole rounds that there is room for, with a first and a last pass of each."""
    before, after = lost
    total, left = len(before) - 1, length_s
    while left >= 0:
        total += max(
            n for n in range(len(before)) if before[n] + after[n] <= 2 * n * left or n == 0
        )
        left -= round_s
    return total


def _ahead(way: Way) -> int:
    """The type's own inspections before the key crossing."""
    return way.own - way.key_s - way.beyond[1]


def _emptied(fleet: Fleet, way: Way, ends: set[str]) -> int:
    """Least own inspections of an empty leg from some places to where a loaded one begins."""
    if not fleet.returns:
        return 0
    legs = (w.own for w in fleet.fetching if w.end == way.start and w.start in ends)
    return min(legs, default=0)


def _first_parts(fleet: Fleet, way: Way) -> Iterator[tuple[int, int]]:
    """Yield what comes before the first pass, by where the vehicle may come from."""
    ahead = fleet.boarding[way.start] + way.drive - way.beyond[0]
    for w in fleet.fetching:
        if w.end == way.start:
            yield w.drive + ahead, w.own + _ahead(way)


def _in_turns(size: int, boarding_s: int, bays: int) -> int:
    """For how much longer so many vehicles board than one."""
    return max(0, -(-size // bays) - 1) * boarding_s


def _soonest(fleet: Fleet) -> Callable[[Way], int]:
    def soonest(way: Way) -> int:
        empty = min((w.whole for w in fleet.fetching if w.end == way.start), default=0)
        return empty + fleet.boarding[way.start] + way.lead - way.key_s

    return soonest


@dataclass(frozen=True, slots=True)
class Lane:
    """A key crossing at which rounds are counted, and its openings."""

    openings: Sequence[Interval]
    grid: Sequence[int]
    passes: Interval
    """From when to when loaded legs of any type are inspected."""
    spacing_s: int
    least_s: int
    """Least time from one convoy's inspection to the next one's."""
    rounds: Mapping[str, Rounds]
    sides: tuple[str, ...]
    """Of whom convoys are counted: "" of vehicles that are fetched, "own-" of own ones."""
    stretches: Sequence[Interval] = field(default=())
    """First and last opening of those that are there: single ones, and all up to one."""

    def has(self, i: int, j: int) -> bool:
        """Tell whether there is a stretch from one opening to another."""
        return (i, j) in self.stretches

    def slots_of(self, i: int, j: int) -> Interval:
        """Return the first and the last slot that lie between the openings around a stretch."""
        first = bisect_left(self.grid, self.openings[i - 1][1]) + 1 if i else 1
        if j + 1 == len(self.openings):
            return first, len(self.grid) - 1
        return first, bisect_right(self.grid, self.openings[j + 1][0]) - 1

    def spaced_s(self, i: int, j: int) -> int:
        """Return the seconds for inspections of a stretch and the spacing after them."""
        begin, end = (
            max(self.passes[0], self.openings[i][0]),
            min(self.passes[1], self.openings[j][1]),
        )
        return spaced_time(self.openings[i : j + 1], (begin, end), self.spacing_s)

    def most_convoys(self, i: int, j: int) -> int:
        """Return a number that the convoys of a stretch do not exceed."""
        return 1 + self.spaced_s(i, j) // self.least_s

    def within(self, kind: str, i: int, j: int) -> Within:
        """Return the time for a type's rounds in a stretch."""
        return self.rounds[kind].within(self.openings[i][0], self.openings[j][1])


def read_lanes(
    programme: Programme,
    open_: Mapping[str, Sequence[Interval]],
    grid: Sequence[int],
    by_s: int,
) -> dict[str, Lane]:
    """Read the key crossings at which rounds are counted; none in links of chains."""
    if programme.released or programme.floors:
        return {}
    convoys, lanes = programme.reading.convoys, {}
    legs = [(f, w) for f in programme.fleets for w in f.carrying]
    for c in programme.keys:
        routes = {_route(w) for _, w in legs if w.key == c}
        held = [w for _, w in legs if _route(w) in routes]
        if any(w.key != c or w.key_s == 0 for w in held) or not open_[c]:
            continue
        lanes[c] = Lane(
            openings=open_[c],
            grid=grid,
            passes=programme.inspected_within(c, by_s),
            spacing_s=convoys.spacing_s,
            least_s=convoys.least * min(w.key_s for w in held) + convoys.spacing_s,
            rounds={
                fleet.kind.id: Rounds(programme, fleet, c, by_s)
                for fleet in programme.fleets
                if fleet.returns and any(w.key == c for w in fleet.carrying)
            },
            sides=tuple(
                side
                for own, side in ((False, ""), (True, "own-"))
                if c in programme.keys_of(own=own)
            ),
            stretches=tuple(_stretches(open_[c], grid)),
        )
    return lanes


def _route(way: Way) -> tuple[str, str, str | None]:
    return way.start, way.end, way.corridor


def _stretches(openings: Sequence[Interval], grid: Sequence[int]) -> Iterator[Interval]:
    """Yield the stretches that the grid parts from what is around them."""
    parted = [True]
    for (_, end), (begin, _) in itertools.pairwise(openings):
        at = bisect_left(grid, end)
        parted.append(at < len(grid) and grid[at] <= begin)
    parted.append(True)
    for i in range(len(openings)):
        if parted[i] and parted[i + 1]:
            yield i, i
        if i and parted[i + 1]:
            yield 0, i
