"""What is chosen before any order: who goes in vehicles of which type, and in what convoys.

Where people may go in vehicles of several types, seats that would be empty are worth more than
even shares: a few people who ride along in another type can save a whole convoy its round, and
vehicles that carry few take time at crossings that others need. How convoys are divided tells, too,
where there are few of them. A *change* alters one such choice; whether it helps is for a timetable
to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from safepassage.convoy.dividing import usable
from safepassage.convoy.trips import Part, Trips, suited
from safepassage.convoy.units import Division, Unit, divided, units_of
from safepassage.convoy.ways import fetches, whole
from safepassage.instance import Cell, Operation, VehicleKind

__all__ = ["Changes", "Choice", "Divert", "Resize", "Shift", "Trade"]

CONVOYS = (1, 2, 4)
"""Convoys that are filled or emptied at once ..."""
LOAD, ALL = 0, -1
"""... or one load; or all who may go."""
FEW = 4
"""Units of a type at one place of which single vehicles are traded; many even out over time."""

Parts = Mapping[tuple[str, str], Sequence[Part]]


@dataclass(frozen=True)
class Choice:
    """Loads, and the convoys that carry them."""

    op: Operation
    trips: Trips
    sizes: Mapping[str, int]
    """Convoy size by vehicle type, as far as possible."""
    traded: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)
    """Sizes of convoys that are not to be even, as in a division."""

    @cached_property
    def division(self) -> Division:
        """How vehicles are divided into convoys."""
        division = divided(self.op, self.trips, self.sizes, idle=False)
        division.update({key: parts for key, parts in self.traded.items() if key in division})
        return division

    def units(self) -> list[Unit]:
        """Form the convoys."""
        return units_of(self.op, self.division)


@dataclass(frozen=True, slots=True)
class Shift:
    """Have people at a place go in vehicles of another type."""

    place: str
    source: str
    target: str
    much: int
    """Convoys that are emptied or filled, or ``LOAD``, or ``ALL``."""


@dataclass(frozen=True, slots=True)
class Divert:
    """Have people go from a place to another reception point.

    That a journey is longer may be worth it where the vehicle has to go over to another road
    anyhow: with people aboard, it does so for nothing.
    """

    place: str
    kind: str
    source: str
    target: str
    convoys: int


@dataclass(frozen=True, slots=True)
class Resize:
    """Have convoys of a type be of another size."""

    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Trade:
    """Have a vehicle go in another convoy."""

    kind: str
    entry: int
    giver: int
    taker: int


Change = Shift | Divert | Resize | Trade


class Changes:
    """Changes of choices for the same people."""

    def __init__(self, op: Operation, trips: Trips) -> None:
        self.op = op
        self.suited: dict[tuple[Cell, str], frozenset[str]] = {
            (cell, to): suited(op, cell, to)
            for parts in trips.parts.values()
            for cell, _, _ in parts
            for to in cell.destinations
        }
        self._served = set(trips.parts)
        self._known: dict[tuple[str, str, str, str], bool] = {}

    def of(self, choice: Choice) -> list[Change]:
        """All that can be tried, those first that tell most."""
        rounds = self._rounds(choice.trips)
        shifts = sorted(self._shifts(), key=lambda shift: self._price(choice, shift, rounds))
        diverts = self._diverts(choice.trips)
        return [*shifts, *diverts, *self._resizes(choice.trips), *self._trades(choice)]

    def changed(self, choice: Choice, change: Change) -> Choice | None:
        """Make a change; None where that cannot be."""
        if isinstance(change, Shift):
            trips = self._shifted(choice, change)
            return None if trips is None else replace(choice, trips=trips)
        if isinstance(change, Divert):
            trips = self._diverted(choice, change)
            return None if trips is None else replace(choice, trips=trips)
        if isinstance(change, Resize):
            if choice.sizes[change.kind] == change.size:
                return None
            sizes = {**choice.sizes, change.kind: change.size}
            traded = {key: x for key, x in choice.traded.items() if key[0] != change.kind}
            return replace(choice, sizes=sizes, traded=traded)
        return self._traded(choice, change)

    def _shifts(self) -> Iterator[Shift]:
        both = {
            (cell.place, a, b)
            for (cell, _), kinds in self.suited.items()
            for a in kinds
            for b in kinds
            if a != b
        }
        for much in (LOAD, *CONVOYS, ALL):
            yield from (Shift(*way, much) for way in sorted(both))

    def _diverts(self, trips: Trips) -> Iterator[Divert]:
        """Ways to send whole convoys elsewhere: vehicles that go once gain nothing by that."""
        ways = dict.fromkeys(
            (place, kind, source, target)
            for (place, kind), parts in trips.parts.items()
            if self.op.kind(kind).returns and not self.op.kind(kind).own
            for cell, source, _ in parts
            for target in cell.destinations
            if target != source and kind in self.suited[cell, target]
            if self._nearer(kind, place, source, target)
        )
        for convoys in CONVOYS:
            yield from (Divert(*way, convoys) for way in ways)

    def _nearer(self, kind: str, place: str, source: str, target: str) -> bool:
        """Whether some other place lies nearer to one reception point than to the other."""
        key = kind, place, source, target
        if key not in self._known:
            others = {at for at, k in self._served if k == kind and at != place}
            self._known[key] = any(
                self._away(target, at, kind) < self._away(source, at, kind) for at in others
            )
        return self._known[key]

    def _away(self, reception: str, place: str, kind: str) -> float:
        ways = fetches(self.op, place, kind, {reception})
        return whole(ways) if ways else math.inf

    def _diverted(self, choice: Choice, divert: Divert) -> Trips | None:
        key, kind = (divert.place, divert.kind), divert.kind
        parts = choice.trips.parts.get(key, ())
        rest = self.op.kind(kind).seats * choice.sizes[kind] * divert.convoys
        if rest > self._space(choice.trips.parts, divert.target):
            return None
        kept: dict[tuple[Cell, str], int] = {}
        for cell, to, n in parts:
            goes = 0
            if to == divert.source and kind in self.suited.get((cell, divert.target), ()):
                goes = min(rest, n)
            rest -= goes
            for end, some in ((to, n - goes), (divert.target, goes)):
                if some:
                    kept[cell, end] = kept.get((cell, end), 0) + some
        if rest:
            return None
        these: Sequence[Part] = [(cell, to, n) for (cell, to), n in kept.items()]
        return choice.trips.changed(self.op, {key: these})

    def _space(self, parts: Parts, reception: str) -> float:
        """How many more people there is room for at a reception point."""
        capacity = next(d.capacity for d in self.op.reception if d.id == reception)
        if capacity is None:
            return math.inf
        return capacity - sum(
            n for these in parts.values() for _, to, n in these if to == reception
        )

    def _rounds(self, trips: Trips) -> dict[str, float]:
        """Journeys of a vehicle of each type, at least one."""
        rounds = dict.fromkeys((k.id for k in self.op.kinds), 1.0)
        for kind in self.op.kinds:
            loads = sum(len(p.loads) for p in trips.pairs if p.kind == kind.id)
            if kind.returns and kind.total:
                rounds[kind.id] = max(1.0, loads / kind.total)
        return rounds

    def _price(self, choice: Choice, shift: Shift, rounds: Mapping[str, float]) -> float:
        """People moved for what is saved at first: convoys, more so of types with many rounds."""
        parts = choice.trips.parts
        source, target = (shift.place, shift.source), (shift.place, shift.target)
        persons = self._most(parts, source, target)
        if shift.much != ALL:
            persons = min(persons, self._persons(choice, shift))

        def work(kind: str, persons: int) -> float:
            convoys = -(-persons // (self.op.kind(kind).seats * choice.sizes[kind]))
            return rounds[kind] * convoys

        before, after = _persons(parts.get(source, ())), _persons(parts.get(target, ()))
        saved = work(shift.source, before) - work(shift.source, before - persons)
        saved -= work(shift.target, after + persons) - work(shift.target, after)
        return persons / saved if saved > 0 else math.inf

    def _resizes(self, trips: Trips) -> Iterator[Resize]:
        least, most = self.op.convoy_least, self.op.convoy_most
        for kind in sorted({p.kind for p in trips.pairs if not self.op.kind(p.kind).own}):
            for size in sorted({least, min(least + 1, most), (least + most) // 2, most}):
                yield Resize(kind, size)

    def _trades(self, choice: Choice) -> Iterator[Trade]:
        if self.op.convoy_least == self.op.convoy_most:
            return
        for (kind, entry), parts in choice.division.items():
            if not self.op.kind(kind).own and len(parts) <= FEW:
                ends = range(len(parts))
                yield from (Trade(kind, entry, i, j) for i in ends for j in ends if i != j)

    def _traded(self, choice: Choice, trade: Trade) -> Choice | None:
        key = (trade.kind, trade.entry)
        parts = list(choice.division.get(key, ()))
        if max(trade.giver, trade.taker) >= len(parts):
            return None
        parts[trade.giver] -= 1
        parts[trade.taker] += 1
        least, most = self.op.convoy_least, self.op.convoy_most
        if parts[trade.giver] < least or parts[trade.taker] > most:
            return None
        return replace(choice, traded={**choice.traded, key: tuple(parts)})

    def _shifted(self, choice: Choice, shift: Shift) -> Trips | None:
        parts = choice.trips.parts
        source, target = (shift.place, shift.source), (shift.place, shift.target)
        most = self._most(parts, source, target)
        persons = most if shift.much == ALL else self._persons(choice, shift)
        if not 0 < persons <= most:
            return None
        trips = choice.trips.changed(self.op, self._moved(parts, source, target, persons))
        return trips if self._fits(trips, shift.target) else None

    def _persons(self, choice: Choice, shift: Shift) -> int:
        """How many go so that vehicles with more seats are full: emptied, or filled.

        The last convoy or load that is emptied, or filled, may be a part of one.
        """
        parts, sizes = choice.trips.parts, choice.sizes
        source, target = self.op.kind(shift.source), self.op.kind(shift.target)
        empties = source.seats * sizes[source.id] >= target.seats * sizes[target.id]
        kind = source if empties else target
        unit = kind.seats * (1 if shift.much == LOAD else sizes[kind.id])
        persons = _persons(parts.get((shift.place, kind.id), ()))
        rest = persons % unit if empties else -persons % unit
        return (rest or unit) + (max(shift.much, 1) - 1) * unit

    def _most(self, parts: Parts, source: tuple[str, str], target: tuple[str, str]) -> int:
        """How many may change from one pair to another."""
        these = parts.get(source, ())
        able = sum(n for cell, to, n in these if target[1] in self.suited[cell, to])
        return min(able, self._room(parts, target))

    def _room(self, parts: Parts, target: tuple[str, str]) -> int:
        """Seats that are left in vehicles of a type, where each makes one journey."""
        place, name = target
        kind = self.op.kind(name)
        if kind.returns:
            return sum(_persons(p) for p in parts.values())
        used = [p for (at, k), p in parts.items() if k == name and (at == place or not kind.own)]
        return self._stock(kind, place) * kind.seats - sum(_persons(p) for p in used)

    def _stock(self, kind: VehicleKind, place: str) -> int:
        return usable(self.op, kind, place if kind.own else None)

    def _fits(self, trips: Trips, name: str) -> bool:
        """Whether no more loads go in a type than it has vehicles, where each goes once."""
        kind = self.op.kind(name)
        if kind.returns:
            return True
        loads: dict[str, int] = {}
        for pair in trips.pairs:
            if pair.kind == name:
                place = pair.place if kind.own else ""
                loads[place] = loads.get(place, 0) + len(pair.loads)
        return all(n <= self._stock(kind, place) for place, n in loads.items())

    def _moved(
        self, parts: Parts, source: tuple[str, str], target: tuple[str, str], persons: int
    ) -> dict[tuple[str, str], Sequence[Part]]:
        """Move so many people from one pair to another, those first who are last in order."""
        kept: list[Part] = []
        joined = list(parts.get(target, ()))
        rest = persons
        for cell, to, n in reversed(parts[source]):
            goes = min(rest, n) if target[1] in self.suited[cell, to] else 0
            rest -= goes
            if goes < n:
                kept.append((cell, to, n - goes))
            if goes:
                at = next((i for i, p in enumerate(joined) if p[:2] == (cell, to)), len(joined))
                before = joined[at][2] if at < len(joined) else 0
                joined[at : at + 1] = [(cell, to, before + goes)]
        return {source: kept[::-1], target: joined}


def _persons(parts: Sequence[Part]) -> int:
    return sum(n for _, _, n in parts)
