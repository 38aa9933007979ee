"""Departures as late as inspections allow: vehicles wait at home, not at a crossing.

A timetable is built with every departure as early as can be. Here a convoy that would wait at a
crossing departs so much later that it arrives when its inspection begins: at the last crossing on
its way that inspection stays where it is, at those before it goes to the latest time that nobody
else takes. Nobody arrives at another moment, and no crossing, bay or team is used longer than
before.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from safepassage.instance import Demand, Interval, Linked, Operation
from safepassage.instance.operation import Segment
from safepassage.instance.timeline import intersect
from safepassage.plan.document import Leg, Rotation, Stop

__all__ = ["depart_just_in_time"]


def depart_just_in_time(
    op: Operation, demand: Demand, rotations: Sequence[Rotation]
) -> tuple[Rotation, ...]:
    """Return the same rotations with later departures, where that is all that changes.

    Loaded legs of people whose departures or arrivals at a crossing others wait for stay.
    """
    if not rotations:
        return ()
    horizon = max(r.loaded_leg.arrive_s for r in rotations) + 1
    clock = _Clock(op, horizon, rotations)
    staying = {c.group for c in demand.cells if c.together is not None}
    if demand.linked is not None:
        staying |= _awaited(demand.linked)
    ranks: dict[tuple[str, str], set[int]] = defaultdict(set)
    for cell in demand.cells:
        for kind in cell.kinds:
            ranks[cell.place, kind].add(cell.rank)
    # Own vehicles need no bay, so they may board later too, unless the order of boarding counts.
    later_boarding = {
        (place, kind.id)
        for kind in op.kinds
        if kind.own
        for place, _ in kind.counts
        if len(ranks[place, kind.id]) == 1
    }
    moved = list(rotations)
    # Whoever passes last first: what that leaves free is of use to those before.
    for i in sorted(range(len(moved)), key=lambda i: -moved[i].loaded_leg.arrive_s):
        moved[i] = _later(clock, moved[i], staying, later_boarding)
    return tuple(moved)


def _awaited(linked: Linked) -> set[str]:
    """Groups whose departures tell more than that they were after a step was over.

    A leg that departs later, and arrives when it did, is after the same steps and before the same.
    But who moved first or last, how long a convoy is held, and which of two batches of a side is
    the first, where the one does not wait for the other, is told by departures.
    """
    found: set[str] = set()
    for wait in linked.waits:
        named = {*wait.waiting, *wait.awaited}
        if wait.kind == "order":
            freely = all(set(wait.awaited) <= linked.before(i) for i in wait.waiting)
        else:
            freely = wait.kind == "after" and wait.longest is None
        if not freely:
            found |= {g for i in named for g in linked.batches[i].groups}
    return found


def _later(
    clock: _Clock,
    rotation: Rotation,
    staying: set[str],
    later_boarding: set[tuple[str, str]],
) -> Rotation:
    kinds = sorted({name.rpartition("-")[0] for name in rotation.vehicles})
    if rotation.empty_leg is not None:
        moved = clock.later(rotation.empty_leg, kinds, loaded=False)
        rotation = replace(rotation, empty_leg=moved)
    if any(staying & b.persons.keys() for b in rotation.boarding):
        return rotation
    before = rotation.loaded_leg
    rotation = replace(rotation, loaded_leg=clock.later(before, kinds, loaded=True))
    shift = rotation.loaded_leg.depart_s - before.depart_s
    if all((before.from_, kind) in later_boarding for kind in kinds):
        boarding = tuple(
            replace(b, from_s=b.from_s + shift, to_s=b.to_s + shift) for b in rotation.boarding
        )
        rotation = replace(rotation, boarding=boarding)
    return rotation


class _Clock:
    """Driving times as they are at each moment, and when crossings are open and free."""

    def __init__(self, op: Operation, horizon: int, rotations: Sequence[Rotation]) -> None:
        self.op = op
        self.points, self.factors = op.timeline.factors(horizon)
        self.moving = op.timeline.movement_open(horizon)
        self.open = {
            c.id: [self._open(c.id, horizon, extended=extended) for extended in (False, True)]
            for c in op.crossings
        }
        """When convoys can be inspected at a crossing: within the terms, and in extended time."""
        self.taken: dict[tuple[str, bool], list[Interval]] = defaultdict(list)
        """Inspections by crossing and direction, in order."""
        for rotation in rotations:
            for leg, loaded in ((rotation.empty_leg, False), (rotation.loaded_leg, True)):
                for stop in leg.stops if leg is not None else ():
                    inspected = (stop.inspect_from_s, stop.inspect_to_s)
                    self.taken[stop.crossing, loaded].append(inspected)
        for inspections in self.taken.values():
            inspections.sort()

    def _open(self, crossing: str, horizon: int, *, extended: bool) -> list[Interval]:
        timeline = self.op.timeline
        return intersect(
            timeline.crossing_open(crossing, horizon, extended=extended),
            timeline.movement_open(horizon, extended=extended),
        )

    def later(self, leg: Leg, kinds: Sequence[str], *, loaded: bool) -> Leg:
        """Return the leg with the latest departure that reaches its last inspection in time."""
        if all(stop.arrive_s >= stop.inspect_from_s for stop in leg.stops):
            return leg
        ways = (self.op.carry if loaded else self.op.fetch)[leg.from_, leg.to]
        segments = next(r.segments for r in ways if r.corridor == leg.corridor)
        stops = list(leg.stops)
        for i in range(len(stops) - 1, 0, -1):
            before, stop = stops[i - 1], stops[i]
            reached = stop.inspect_from_s
            leave = self._latest(segments[i], kinds, before.leave_s, reached)
            begin = None if leave is None else self._last_free(before, leave, loaded=loaded)
            if leave is not None and begin is not None:
                stops[i] = replace(stop, arrive_s=reached)
                stops[i - 1] = self._inspected(before, begin, leave, loaded=loaded)
        first = stops[0]
        depart = self._latest(segments[0], kinds, leg.depart_s, first.inspect_from_s)
        if depart is None:
            # It stands at the first crossing as long as before.
            return replace(leg, stops=tuple(stops))
        stops[0] = replace(first, arrive_s=first.inspect_from_s)
        return replace(leg, depart_s=depart, stops=tuple(stops))

    def _last_free(self, stop: Stop, leave: int, *, loaded: bool) -> int | None:
        """Latest begin of an inspection that is over by a moment, if it is later than it was."""
        length, spacing = stop.inspect_to_s - stop.inspect_from_s, self.op.spacing
        others = self.taken[stop.crossing, loaded]
        mine = (stop.inspect_from_s, stop.inspect_to_s)
        # Nobody who keeps to the terms is to do so no longer.
        spans = next((x for x in self.open[stop.crossing] if _within(x, *mine)), [])
        begin = leave - length
        while begin > stop.inspect_from_s:
            end = begin + length
            if not _within(spans, begin, end):
                begin = max((y for _, y in spans if y < end), default=0) - length
                continue
            # Inspections do not overlap, so only those next to it can be in the way.
            at = bisect_left(others, (end + spacing, 0))
            near = [x for x in others[max(0, at - 2) : at] if x != mine]
            if not near or near[-1][1] + spacing <= begin:
                return begin
            begin = near[-1][0] - spacing - length
        return None

    def _inspected(self, stop: Stop, begin: int, leave: int, *, loaded: bool) -> Stop:
        """Have a convoy inspected later, and leave at a moment."""
        end = begin + stop.inspect_to_s - stop.inspect_from_s
        others = self.taken[stop.crossing, loaded]
        others.remove((stop.inspect_from_s, stop.inspect_to_s))
        insort(others, (begin, end))
        return replace(stop, inspect_from_s=begin, inspect_to_s=end, leave_s=leave)

    def _latest(
        self, segment: Segment, kinds: Sequence[str], first: int, arrive: int
    ) -> int | None:
        """Latest departure after ``first`` that arrives at that very moment, if any does."""
        seconds = {self._drive(segment, kinds, factor) for factor in self.factors}
        for drive in sorted(seconds):
            depart = arrive - drive
            if depart <= first:
                continue
            in_force = self.factors[_last_at(self.points, depart)]
            fits = not segment or _within(self.moving, depart, arrive)
            if fits and self._drive(segment, kinds, in_force) == drive:
                return depart
        return None

    def _drive(self, segment: Segment, kinds: Sequence[str], factor: Fraction) -> int:
        """Seconds of a convoy, which is as slow as its slowest type."""
        return max(self.op.drive[segment, kind, factor] for kind in kinds)


def _last_at(points: Sequence[int], moment: int) -> int:
    return max(i for i, p in enumerate(points) if p <= moment)


def _within(spans: Sequence[Interval], first: int, last: int) -> bool:
    return any(a <= first and last <= b for a, b in spans)
