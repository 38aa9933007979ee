"""What rounds of one returning type by way of a key crossing take, and lose at both ends.

Definitions and proof: ``docs/reference/certificate-format.md``, "Rounds".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.builder import Builder, Flow
from safepassage.convoy.rotation_rows import earliest
from safepassage.convoy.ways import Way, fetches
from safepassage.instance import VehicleKind

__all__ = ["Rounds", "SharedRounds"]

SMALLER, LARGER = 2, 2
"""Sizes below the least convoy, and from it on, that rows are added for ..."""
JUMPS = 2
"""... and larger ones from which on bays board in one turn more, at most."""


class Rounds:
    """Rounds of one returning type by way of a key crossing, in least seconds."""

    def __init__(self, b: Builder, crossing: str, kind: VehicleKind, flows: Sequence[Flow]) -> None:
        op = b.op
        self.b, self.crossing, self.kind = b, crossing, kind
        self.flows = [f for f in flows if f.kind == kind.id]
        self.back = {d for _, k, d in b.served if k == kind.id}
        mates = [f for f in flows if not op.kind(f.kind).own]
        self.own = self._inspections(self.flows)
        self.other = min(self._inspections([f]) for f in mates)
        """Least inspections of a vehicle beside those of this type, in a round ..."""
        self.other_before = min(
            self._emptied(f) + f.way.inspections - f.way.inspect - f.way.rest[1] for f in mates
        )
        """... and before the key crossing."""
        self.pass_s = self.flows[0].way.inspect
        self.other_pass = min(f.way.inspect for f in mates)
        self.longest_pass = op.convoy_most * max(f.way.inspect for f in flows)
        self.least, self.most = op.convoy_least, min(op.convoy_most, kind.total)
        self.parts = [self._part(f) for f in self.flows]
        self.soonest = min(earliest(b, f) for f in self.flows)
        self.latest = b.by - min(f.way.tail for f in self.flows)
        every = range(op.convoy_most + 1)
        self.boards = [min(p.boards[x] for p in self.parts) for x in every]
        """By size: seconds for which a convoy boards longer than one vehicle, at bays in turns."""
        self.waits = [
            x * (x * self.own + self.missing(x) * self.other + self.boards[x]) for x in every
        ]
        """By size: seconds that a convoy's vehicles spend together on that, and on inspections."""
        self.passes = [x * self.pass_s + self.missing(x) * self.other_pass for x in every]
        """Seconds for which it takes the key crossing."""
        self.first = [
            min(s + x * own + p.boards[x] for p in self.parts for s, own in p.first)
            for x in range(self.most + 1)
        ]
        """When its first pass begins at the earliest."""
        self.least_round = min(p.before + p.after for p in self.parts) + self.waits[1]
        self.sizes = self._sizes()
        self.ends = Ends(self)
        self._times: dict[tuple[int, Within], int] = {}
        self._numbers: dict[Within, int] = {}

    def _sizes(self) -> list[int]:
        """Sizes for which there are chords: around the least one, and where boarding jumps."""
        sizes = set(range(max(0, self.least - SMALLER), min(self.most, self.least + LARGER)))
        jumps = [x for x in range(1, self.most) if self.boards[x + 1] > self.boards[x]]
        return sorted(sizes | {x for x in jumps[:JUMPS] if x > self.least})

    def _inspections(self, flows: Sequence[Flow]) -> int:
        """Least inspections of a vehicle on an empty leg of this type's, and on the loaded one."""
        return min(f.way.inspections + self._emptied(f) for f in flows)

    def _emptied(self, flow: Flow) -> int:
        return min((w.inspections for w in self._empty(flow)), default=0)

    def _empty(self, flow: Flow) -> list[Way]:
        """Empty legs before a loaded one, from where this type's rounds end."""
        if not self.b.op.kind(flow.kind).returns:
            return []
        return fetches(self.b.op, flow.way.route.start, flow.kind, self.back)

    def _part(self, flow: Flow) -> Parts:
        way, op = flow.way, self.b.op
        place = next(a for a in op.assembly if a.id == way.route.start)
        board = place.handling[self.kind.id]
        unload = next(d for d in op.reception if d.id == way.route.end).handling[self.kind.id]
        empty = self._empty(flow)
        ahead = way.drive - way.rest[0]
        own = way.inspections - way.inspect - way.rest[1]
        nearest = fetches(op, way.route.start, self.kind.id)
        return Parts(
            before=min((w.drive for w in empty), default=0) + board + ahead,
            before_own=min((w.inspections for w in empty), default=0) + own,
            after=way.rest[0] + unload,
            after_own=way.rest[1],
            first=tuple((w.drive + board + ahead, w.inspections + own) for w in nearest),
            boards=tuple(
                max(0, -(-x // place.bays) - 1) * board for x in range(op.convoy_most + 1)
            ),
        )

    def missing(self, size: int) -> int:
        """Vehicles of other types, at least, in a convoy with so many of this one."""
        return max(0, self.least - size)

    def slope(self, size: int) -> int:
        """How much more a round takes with one more in the convoy: at least so, from here on."""
        known = self.waits[size]
        return min((w - known) // (x + 1) for x, w in enumerate(self.waits[size + 1 :]))

    def less(self, size: int) -> int:
        """By how much the chord at a size lies below nought where there is none."""
        slope = self.slope(size)
        return max(slope * x - w for x, w in enumerate(self.waits))

    def within(self, begin: int, end: int) -> Within:
        """Time of a stretch for these rounds: from the first pass that there can be to the last."""
        first, last = max(begin, self.soonest), min(end, self.latest)
        return self.of_shared(first, last, first, last)

    def of_shared(self, begin: int, end: int, first: int, last: int) -> Within:
        """Time from ``begin`` to ``end`` if no pass begins before ``first`` or ends after ``last``.

        That is so where vehicles may pass another crossing sooner, or later.
        """
        delays = tuple(max(0, s - begin, first - begin) for s in self.first)
        return Within(max(0, end - begin), delays, end - last)

    def time(self, v: int, within: Within) -> int:
        """Seconds of rounds by the chord at ``v``, of all vehicles that pass at all."""
        key = v, within
        if key not in self._times:
            self._times[key] = most_time(within.length, *self.ends.of_time(v, within, alone=True))
        return self._times[key]

    def turns(self, within: Within) -> int:
        """Whole rounds of all vehicles, at most."""
        if within not in self._numbers:
            ends = self.ends.of_turns(within, alone=True)
            self._numbers[within] = most_turns(within.length, self.least_round, *ends)
        return self._numbers[within]


@dataclass(frozen=True)
class Within:
    """Time for rounds in a stretch."""

    length: int
    delays: tuple[int, ...]
    """By size, how long after the begin the first convoy passes, if it is of that size."""
    closed: int
    """How long before the end the last pass is over."""


def most_time(length: int, first: Sequence[int], last: Sequence[int]) -> int:
    """Seconds of rounds of as many vehicles as suits best, by twice what they lose at both ends."""
    return max(n * length - (a + b) // 2 for n, (a, b) in enumerate(zip(first, last, strict=True)))


def most_turns(length: int, round_: int, first: Sequence[int], last: Sequence[int]) -> int:
    """Whole rounds of all vehicles, by twice what the ends of their first and last rounds take."""
    found, left = len(first) - 1, length
    while left >= 0:
        fit = (n for n in range(len(first) - 1, 0, -1) if first[n] + last[n] <= 2 * n * left)
        found += next(fit, 0)
        left -= round_
    return found


class SharedRounds:
    """Rounds of one type by way of several crossings with the same openings."""

    def __init__(self, parts: Sequence[Rounds]) -> None:
        self.parts = parts
        self.least_round = min(p.least_round for p in parts)
        """The least round, or 0 where some may take no time."""
        self._times: dict[tuple[int, int, tuple[Within, ...]], int] = {}
        self._numbers: dict[tuple[int, tuple[Within, ...]], int] = {}

    def _within(self, begin: int, end: int) -> tuple[int, tuple[Within, ...]]:
        """Time from the first pass of any crossing to the last, and as each crossing sees it."""
        firsts = [max(begin, p.soonest) for p in self.parts]
        lasts = [min(end, p.latest) for p in self.parts]
        first, last = min(firsts), max(lasts)
        seen = zip(self.parts, firsts, lasts, strict=True)
        return max(0, last - first), tuple(p.of_shared(first, last, a, z) for p, a, z in seen)

    def time(self, v: int, begin: int, end: int) -> int:
        """Seconds of rounds by the chords at ``v``, of all vehicles that pass at all."""
        length, within = self._within(begin, end)
        key = v, length, within
        if key not in self._times:
            seen = zip(self.parts, within, strict=True)
            ends = [p.ends.of_time(v, w, alone=False) for p, w in seen]
            self._times[key] = most_time(length, *_together(ends))
        return self._times[key]

    def turns(self, begin: int, end: int) -> int:
        """Whole rounds of all vehicles, at most."""
        length, within = self._within(begin, end)
        key = length, within
        if key not in self._numbers:
            seen = zip(self.parts, within, strict=True)
            ends = [p.ends.of_turns(w, alone=False) for p, w in seen]
            self._numbers[key] = most_turns(length, self.least_round, *_together(ends))
        return self._numbers[key]


def _together(ends: Sequence[tuple[list[int], list[int]]]) -> tuple[list[int], list[int]]:
    """What vehicles lose at both ends of a stretch, divided over crossings as suits best.

    By which crossing a vehicle passes first does not tell by which it passes last.
    """
    firsts, lasts = zip(*ends, strict=True)
    return _divided(firsts), _divided(lasts)


def _divided(losses: Sequence[list[int]]) -> list[int]:
    total = np.array(losses[0], np.int64)
    for more in losses[1:]:
        other = np.array(more, np.int64)
        total = np.array(
            [(total[: n + 1] + other[n::-1]).min() for n in range(total.size)], np.int64
        )
    return [int(n) for n in total]


@dataclass(frozen=True)
class Parts:
    """A round by one way, without inspections at the key crossing: seconds, and own inspections."""

    before: int
    before_own: int
    after: int
    after_own: int
    first: tuple[tuple[int, int], ...]
    """The part before it of a first round, by where the vehicle may stand."""
    boards: tuple[int, ...]
    """By size, for how much longer the whole convoy boards than one vehicle."""


class Ends:
    """What vehicles lose at the two ends of a stretch, since convoys pass one after another."""

    def __init__(self, of: Rounds) -> None:
        self.of, self.total = of, of.kind.total
        self.apart = [2 * (p + of.b.op.spacing) for p in of.passes]
        """Twice the time from one convoy's pass to the next one's, by size."""
        sizes, parts = range(1, of.most + 1), of.parts
        self.before, self.after, self.passed, self.again = [0], [0], [0], [0]
        for x in sizes:
            rest = of.waits[x] // x - of.boards[x] - of.passes[x]
            whole = rest + max(p.before + p.after for p in parts)
            before = max(0, rest + max(p.before - x * p.after_own for p in parts))
            ahead = of.missing(x) * of.other_before
            after = rest - ahead + max(p.after - x * p.before_own for p in parts)
            self.before.append(before + of.boards[x])
            """Seconds of a round that may lie before a vehicle's first pass begins."""
            self.after.append(max(0, after, whole - before))
            """Seconds that may lie after its last pass; with those before, all but a pass."""
            self.passed.append(of.passes[x] + min(p.after + x * p.after_own for p in parts))
            """From the begin of the first pass to the end of the round, at least."""
            begun = min(p.before + x * p.before_own for p in parts)
            self.again.append(begun + ahead + of.boards[x] + of.passes[x])
            """From the begin of the last round to the end of its pass, at least."""

    def of_time(self, v: int, within: Within, *, alone: bool) -> tuple[list[int], list[int]]:
        """Twice what vehicles lose of rounds by the chord at ``v``, by number: first and last.

        ``alone``: whether they pass no other crossing.
        """
        of = self.of
        spare = within.length - of.longest_pass - self.total * self.apart[1]
        spare -= within.delays[-1] + within.closed
        # What a convoy waits beyond the chord is told at both ends together, and once more as far
        # as there is time to spare; of what may lie before its first pass, all at the first.
        slope, less, spare = of.slope(v), of.less(v), max(0, spare)
        above = [w - slope * x + less for x, w in enumerate(of.waits)]
        ahead = [x * board for x, board in enumerate(of.boards)]
        begun = [min(2 * o, o + b + spare) for o, b in zip(above, ahead, strict=True)]
        ended = [min(2 * o, max(0, o - b) + spare) for o, b in zip(above, ahead, strict=True)]
        first = self._least(begun, self.before, -2, within.delays, alone=alone)
        return first, self._closed(self._least(ended, self.after, -2), within)

    def of_turns(self, within: Within, *, alone: bool) -> tuple[list[int], list[int]]:
        """Twice what first and last rounds take within a stretch, by number of vehicles."""
        none = [0] * (self.of.most + 1)
        first = self._least(none, self.passed, 2, within.delays, alone=alone)
        return first, self._closed(self._least(none, self.again, 2), within)

    @staticmethod
    def _closed(last: list[int], within: Within) -> list[int]:
        return [lost + 2 * n * within.closed for n, lost in enumerate(last)]

    def _least(
        self,
        convoy: Sequence[int],
        each: Sequence[int],
        times: int,
        delays: Sequence[int] | None = None,
        *,
        alone: bool = True,
    ) -> list[int]:
        """By number of vehicles: twice the least that they lose at one end, in any convoys.

        ``convoy``: what a convoy loses, by size; ``each``, ``times``: what each of its vehicles
        does, and how often that counts.
        """
        largest, apart = self.of.most, self.apart
        sizes = range(1, largest + 1)
        some = [0] + [
            min(convoy[x] + times * new * each[x] for x in range(new, largest + 1)) for new in sizes
        ]
        later = [0]
        for n in range(1, self.total + 1):
            later.append(
                min(some[y] + apart[y] * (n - y) + later[n - y] for y in sizes[: min(n, largest)])
            )
        if delays is None:
            return later
        # Of the first convoy all pass for the first time, so it is of the size that they make,
        # unless they can have passed elsewhere before.
        late = [convoy[y] + times * y * each[y] for y in range(largest + 1)] if alone else some
        return [0] + [
            min(
                late[y] + 2 * delays[y] * n + apart[y] * (n - y) + later[n - y]
                for y in sizes[: min(n, largest)]
            )
            for n in range(1, self.total + 1)
        ]
