"""Departures as late as the first inspection allows: vehicles wait at home, not at a crossing.

A timetable is built with every departure as early as can be. Here a convoy that would wait at its
first crossing departs so much later that it arrives when its inspection begins. Nobody arrives at
another moment, and no crossing, bay or team is used longer than before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from safepassage.instance import Demand, Interval, Linked, Operation
from safepassage.instance.operation import Segment
from safepassage.plan.document import Leg, Rotation

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
    clock = _Clock(op, horizon)
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
    return tuple(_later(clock, r, staying, later_boarding) for r in rotations)


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
    """Driving times as they are at each moment."""

    def __init__(self, op: Operation, horizon: int) -> None:
        self.op = op
        self.points, self.factors = op.timeline.factors(horizon)
        self.moving = op.timeline.movement_open(horizon)

    def later(self, leg: Leg, kinds: Sequence[str], *, loaded: bool) -> Leg:
        """Return the leg with the latest departure that reaches its first inspection."""
        if not leg.stops or leg.stops[0].arrive_s >= leg.stops[0].inspect_from_s:
            return leg
        ways = (self.op.carry if loaded else self.op.fetch)[leg.from_, leg.to]
        segment = next(r.segments[0] for r in ways if r.corridor == leg.corridor)
        depart = self._latest(segment, kinds, leg.depart_s, leg.stops[0].inspect_from_s)
        stop = replace(leg.stops[0], arrive_s=leg.stops[0].inspect_from_s)
        if depart is None:
            return leg
        return replace(leg, depart_s=depart, stops=(stop, *leg.stops[1:]))

    def _latest(
        self, segment: Segment, kinds: Sequence[str], first: int, arrive: int
    ) -> int | None:
        """Latest departure from ``first`` on that arrives at that very moment, if any does."""
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
