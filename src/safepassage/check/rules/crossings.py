"""Inspection at crossings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.replay import LegRun, Passage

__all__ = ["Crossings"]


class Crossings:
    """Inspection takes its time, while the crossing is open, one convoy after another."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield inspections that are too short, at a closed time, or on top of another."""
        for run in context.replay.legs:
            yield from self._order(run)
        for passages in context.replay.passages.values():
            for passage in passages:
                yield from self._duration(passage, context)
                yield from self._open(passage, context)
            yield from self._one_at_a_time(passages, context)

    @staticmethod
    def _order(run: LegRun) -> Iterator[Finding]:
        for i, stop in enumerate(run.leg.stops):
            times = [stop.arrive_s, stop.inspect_from_s, stop.inspect_to_s, stop.leave_s]
            if times != sorted(times):
                message = (
                    "expected arrival, inspection from, inspection to, departure in this order"
                )
                yield finding("stop-out-of-order", f"{run.where}.stops[{i}]", message)

    @staticmethod
    def _duration(passage: Passage, context: Context) -> Iterator[Finding]:
        vehicles = [context.reading.vehicle(v) for v in passage.rotation.vehicles]
        times = [
            context.reading.inspections[passage.crossing, v.kind.id, passage.direction]
            for v in vehicles
            if v is not None
        ]
        if len(times) < len(vehicles):
            return  # an unknown vehicle's time cannot be told
        expected = sum(seconds for seconds, _ in times)
        took = passage.to_s - passage.from_s
        if took != expected:
            clause_id = next((clause for _, clause in times if clause is not None), None)
            message = f"the inspection takes {expected} s, the plan has {took} s"
            yield finding("inspection-time-wrong", passage.where, message, clause_id)

    @staticmethod
    def _open(passage: Passage, context: Context) -> Iterator[Finding]:
        windows = context.reading.windows
        times = passage.from_s, passage.to_s
        if not windows.crossing_open(passage.crossing, *times):
            clause_id = windows.closed_by(passage.crossing, *times)
            message = (
                f"{passage.crossing} is not open all the time from {times[0]} s to {times[1]} s"
            )
            yield finding("crossing-closed", passage.where, message, clause_id)

    @staticmethod
    def _one_at_a_time(passages: Sequence[Passage], context: Context) -> Iterator[Finding]:
        spacing = context.reading.convoys.spacing_s
        ordered = sorted(passages, key=lambda p: (p.from_s, p.to_s))
        last = ordered[0]
        for passage in ordered[1:]:
            if passage.from_s < last.to_s:
                message = f"begins at {passage.from_s} s, {last.where} ends at {last.to_s} s"
                yield finding("crossing-shared", passage.where, message)
            elif passage.from_s < last.to_s + spacing:
                message = (
                    f"begins {passage.from_s - last.to_s} s after {last.where}, not {spacing} s"
                )
                yield finding("spacing-broken", passage.where, message)
            last = max(last, passage, key=lambda p: p.to_s)
