"""How hard the crossings, vehicles, bays and escort teams are worked, hour by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from safepassage.instance import Interval, Timeline
from safepassage.plan import Plan
from safepassage.report.facts.movement import vehicle_type
from safepassage.terms.case import Case
from safepassage.terms.places import AssemblyPoint, ReceptionPoint

__all__ = ["HOUR", "HourOfUse", "Use", "UseKind", "closed_times", "crossing_uses", "yard_uses"]

HOUR = 3_600

UseKind = Literal["crossing-out", "crossing-in", "vehicles", "boarding", "unloading", "escorts"]


@dataclass(frozen=True, slots=True)
class HourOfUse:
    """One clock hour: seconds that could be used, and that were."""

    start_s: int
    open_s: int
    """Seconds on offer; several bays or vehicles count several times."""
    used_s: int
    spacing_s: int = 0
    """Seconds lost to the distance that convoys keep."""

    @property
    def share(self) -> float:
        """Share of the seconds on offer that was used or lost to spacing."""
        return (self.used_s + self.spacing_s) / self.open_s if self.open_s else 0.0


@dataclass(frozen=True, slots=True)
class Use:
    """The use of one resource over the whole operation."""

    id: str
    """Id of the crossing, vehicle type or place; ``escorts`` for the teams."""
    kind: UseKind
    hours: tuple[HourOfUse, ...]

    def binds(self, resource: str | None) -> bool:
        """Whether it is the resource that a bottleneck names.

        A plan names ``crossings``, ``fleet/TYPE``, ``bays/PLACE``, ``escorts``, or what is not
        drawn: a capacity, a pace, evacuees' own vehicles.
        """
        family, _, rest = (resource or "").partition("/")
        if family == "crossings":
            return self.kind in ("crossing-out", "crossing-in")
        if family == "fleet":
            return self.kind == "vehicles" and self.id == rest
        if family == "bays":
            return self.kind in ("boarding", "unloading") and self.id == rest
        return family == self.kind == "escorts"

    @property
    def share(self) -> float:
        """Share of all seconds on offer, up to the arrival of the last person."""
        offered = sum(h.open_s for h in self.hours)
        return sum(h.used_s + h.spacing_s for h in self.hours) / offered if offered else 0.0

    @property
    def peak(self) -> HourOfUse | None:
        """The busiest hour, the first of them among equals."""
        return max(self.hours, key=lambda h: (h.share, -h.start_s), default=None)


def crossing_uses(case: Case, timeline: Timeline, plan: Plan, first_hour_s: int) -> list[Use]:
    """Inspection seconds against open seconds, for each crossing and direction in use."""
    end = _end(plan)
    spacing = case.fleet.convoys.spacing if case.fleet.convoys else None
    busy: defaultdict[tuple[str, bool], list[Interval]] = defaultdict(list)
    for rotation in plan.rotations:
        for kind, leg in rotation.legs():
            for stop in leg.stops:
                span = (stop.inspect_from_s, stop.inspect_to_s)
                busy[stop.crossing, kind == "loaded_leg"].append(span)
    uses = []
    for (crossing, out), spans in sorted(busy.items(), key=lambda b: (b[0][0], not b[0][1])):
        spans.sort()
        kept = _spacings(spans, spacing.value if spacing else 0)
        opened = timeline.crossing_open(crossing, end, extended=True)
        parts = (_by_hour(s, first_hour_s, end) for s in (opened, spans, kept))
        hours = zip(range(first_hour_s, end, HOUR), *parts, strict=True)
        kind_: UseKind = "crossing-out" if out else "crossing-in"
        uses.append(Use(crossing, kind_, tuple(HourOfUse(*h) for h in hours)))
    return uses


def yard_uses(case: Case, plan: Plan, teams: int | None, first_hour_s: int) -> list[Use]:
    """Vehicles on the way or at a bay, bays taken, escort teams on the road."""
    busy: defaultdict[tuple[str, UseKind], list[Interval]] = defaultdict(list)
    for rotation in plan.rotations:
        begin = rotation.empty_leg.depart_s if rotation.empty_leg else None
        first = min((b.from_s for b in rotation.boarding), default=rotation.loaded_leg.depart_s)
        begin = first if begin is None else begin
        done = {u.vehicle: u.to_s for u in rotation.unloading}
        for vehicle in rotation.vehicles:
            span = (begin, done.get(vehicle, rotation.loaded_leg.arrive_s))
            busy[vehicle_type(vehicle), "vehicles"].append(span)
        for b in rotation.boarding:
            if b.bay is not None:
                busy[rotation.place, "boarding"].append((b.from_s, b.to_s))
        for u in rotation.unloading:
            busy[rotation.loaded_leg.to, "unloading"].append((u.from_s, u.to_s))
        if rotation.team is not None:
            busy["escorts", "escorts"].append((begin, rotation.loaded_leg.arrive_s))
    offered = _offered(case, teams)
    end = _end(plan)
    clock = _by_hour([(0, end)], first_hour_s, end)
    uses = []
    for key, spans in sorted(busy.items()):
        if offered.get(key):
            hours = zip(
                range(first_hour_s, end, HOUR),
                (offered[key] * seconds for seconds in clock),
                _by_hour(spans, first_hour_s, end),
                strict=True,
            )
            uses.append(Use(*key, tuple(HourOfUse(*h) for h in hours)))
    return uses


def closed_times(timeline: Timeline, crossing: str, end_s: int) -> tuple[Interval, ...]:
    """When a crossing is shut, up to ``end_s``; what lies beyond the window counts as open."""
    opened = timeline.crossing_open(crossing, end_s, extended=True)
    edges = [0, *(edge for span in opened for edge in span), end_s]
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b)


def _offered(case: Case, teams: int | None) -> dict[tuple[str, UseKind], int]:
    """How many can be in use at once."""
    offered: dict[tuple[str, UseKind], int] = {
        (v.id, "vehicles"): sum(c.count.value for c in v.counts)
        for v in case.fleet.vehicles
        if not v.own
    }
    for place in case.places:
        if isinstance(place, AssemblyPoint):
            offered[place.id, "boarding"] = place.bays.value
        elif isinstance(place, ReceptionPoint):
            offered[place.id, "unloading"] = place.bays.value
    if teams:
        offered["escorts", "escorts"] = teams
    return offered


def _end(plan: Plan) -> int:
    """Arrival of the last person."""
    return max((r.loaded_leg.arrive_s for r in plan.rotations if r.persons), default=0)


def _spacings(spans: list[Interval], spacing: int) -> list[Interval]:
    """The gap kept after each convoy, as far as another one follows it."""
    return [
        (before[1], min(before[1] + spacing, after[0]))
        for before, after in pairwise(spans)
        if spacing
    ]


def _by_hour(spans: Iterable[Interval], first_s: int, end_s: int) -> list[int]:
    """Seconds of the spans inside each hour from ``first_s``, up to ``end_s``."""
    seconds = [0] * len(range(first_s, end_s, HOUR))
    for start, stop in spans:
        at = start
        while at < min(stop, end_s):
            hour = (at - first_s) // HOUR
            until = min(stop, end_s, first_s + (hour + 1) * HOUR)
            seconds[hour] += until - at
            at = until
    return seconds
