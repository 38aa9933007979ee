"""How long drives take, and when wheels may turn."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.replay import LegRun

__all__ = ["Driving"]


class Driving:
    """Drive segments take exactly their time, and all movement lies in time open to it."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield drives that are too short, too long, or at a time that is closed."""
        for run in context.replay.legs:
            yield from self._durations(run, context)
            yield from self._movement(run, context)

    @staticmethod
    def _durations(run: LegRun, context: Context) -> Iterator[Finding]:
        vehicles = [context.reading.vehicle(v) for v in run.rotation.vehicles]
        known = [v.kind.factor for v in vehicles if v is not None]
        if len(known) < len(vehicles):
            return  # the slowest vehicle cannot be told
        slowest = min(known)
        for drive in run.drives:
            if drive.links is None:
                continue  # told as a fault of the route
            factor = slowest * context.reading.slowness(drive.from_s)
            expected = context.tracer.drive_s(drive.links, factor)
            if drive.to_s - drive.from_s != expected:
                took = drive.to_s - drive.from_s
                message = f"the drive to here takes {expected} s, the plan has {took} s"
                yield finding("drive-time-wrong", drive.where, message)

    @staticmethod
    def _movement(run: LegRun, context: Context) -> Iterator[Finding]:
        windows = context.reading.windows
        # A drive over no links is no movement: the place sits on the crossing's own node.
        times = [(d.where, d.from_s, d.to_s) for d in run.drives if d.links != ()]
        times += [
            (f"{run.where}.stops[{i}]", stop.inspect_from_s, stop.inspect_to_s)
            for i, stop in enumerate(run.leg.stops)
        ]
        for where, from_s, to_s in times:
            if not windows.movement_open(from_s, to_s):
                clause_id = windows.closed_by(None, from_s, to_s)
                message = f"the convoy moves from {from_s} s to {to_s} s, when nothing may move"
                yield finding("movement-closed", where, message, clause_id)
