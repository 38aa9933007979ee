"""The ways that legs take through the network."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.check.context import Context
from safepassage.check.findings import Finding, finding
from safepassage.check.people import clauses_of
from safepassage.check.replay import LegRun
from safepassage.terms.clauses import RouteClause
from safepassage.terms.places import Direction

__all__ = ["Routes"]


class Routes:
    """Links follow on one another, through the crossings of an open corridor and no others."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield ways that do not exist or are not allowed."""
        for run in context.replay.legs:
            trace = context.tracer.trace(run.leg, outward=run.direction == Direction.OUT)
            for code, message in trace.faults:
                yield finding(code, run.where, message)
            yield from self._stops(run, context)
            yield from self._open_to_all(run, context)

    @staticmethod
    def _stops(run: LegRun, context: Context) -> Iterator[Finding]:
        corridor = context.reading.corridors.get(run.leg.corridor or "")
        if corridor is None and run.leg.corridor is not None:
            return  # told as an unknown corridor
        wanted = corridor.crossings if corridor is not None else ()
        if run.direction == Direction.IN:
            wanted = wanted[::-1]
        stops = tuple(stop.crossing for stop in run.leg.stops)
        if stops != wanted:
            expected, got = ", ".join(wanted) or "none", ", ".join(stops) or "none"
            yield finding("stops-differ", run.where, f"expected the stops {expected}; got {got}")

    @staticmethod
    def _open_to_all(run: LegRun, context: Context) -> Iterator[Finding]:
        groups = context.reading.groups
        corridor = run.leg.corridor
        if corridor is None:
            if run.direction == Direction.OUT:
                yield finding("corridor-missing", run.where, "a loaded leg names its corridor")
            return
        aboard = {g for b in run.rotation.boarding for g in b.persons if g in groups}
        if run.direction == Direction.OUT and aboard:
            shut_out = sorted(g for g in aboard if corridor not in groups[g].corridors)
            for group in shut_out:
                message = f"corridor {corridor} is not open to {group}"
                yield finding("corridor-closed", run.where, message, groups[group].route_clause)
        elif not any(corridor in group.corridors for group in groups.values()):
            # Without people aboard it is enough that some leaving group may use the corridor.
            clauses = clauses_of(context.reading.proposal, RouteClause)
            clause_id = clauses[0].id if clauses else None
            message = f"corridor {corridor} is open to no group that leaves"
            yield finding("corridor-closed", run.where, message, clause_id)
