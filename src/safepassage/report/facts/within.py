"""Which legs lie within the terms, and which run on after a window or deadline is over."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from safepassage.instance import Interval, Timeline
from safepassage.instance.demand import group_terms
from safepassage.plan import Leg, Plan, Rotation
from safepassage.terms.case import Case

__all__ = ["Within"]


@dataclass(frozen=True, slots=True)
class Within:
    """Open times and deadlines as the terms state them, not extended."""

    crossings: dict[str, tuple[Interval, ...]]
    movement: tuple[Interval, ...] | None
    """None where wheels may turn at any time."""
    window_end_s: int | None
    deadlines: dict[str, int | None]

    @classmethod
    def of(cls, case: Case, plan: Plan, timeline: Timeline) -> Within:
        """Read them for one plan."""
        until = 1 + max((r.loaded_leg.arrive_s for r in plan.rotations), default=0)
        proposal = case.proposal(plan.proposal)
        passed = {s.crossing for r in plan.rotations for _, leg in r.legs() for s in leg.stops}
        bound = any(term.moves for term in timeline.terms)
        end = timeline.window_end
        return cls(
            crossings={
                c: tuple(timeline.crossing_open(c, until, extended=False)) for c in sorted(passed)
            },
            movement=tuple(timeline.movement_open(until, extended=False)) if bound else None,
            window_end_s=end,
            deadlines={
                g.id: group_terms(case, proposal, g, plan.start, end).deadline for g in case.groups
            },
        )

    def leg(self, rotation: Rotation, leg: Leg, *, loaded: bool) -> bool:
        """Whether a leg passes every crossing and, with people, arrives within the terms."""
        passes = all(
            _inside(self.crossings[s.crossing], s.inspect_from_s, s.inspect_to_s) for s in leg.stops
        )
        return passes and self._moves(leg) and (not loaded or self._in_time(rotation, leg))

    def _moves(self, leg: Leg) -> bool:
        if self.movement is None:
            return True
        edges = [leg.depart_s]
        for stop in leg.stops:
            edges += [stop.arrive_s, stop.leave_s]
        edges.append(leg.arrive_s)
        drives = list(pairwise(edges))[::2]
        return all(_inside(self.movement, a, b) for a, b in drives)

    def _in_time(self, rotation: Rotation, leg: Leg) -> bool:
        limits = {self.window_end_s}
        limits |= {self.deadlines.get(g) for b in rotation.boarding for g in b.persons}
        return all(limit is None or leg.arrive_s <= limit for limit in limits)


def _inside(spans: Sequence[Interval], start: int, end: int) -> bool:
    i = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return i >= 0 and end <= spans[i][1]
