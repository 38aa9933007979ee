"""Levers: single terms that can be turned further, step by step, each step easier for the convoys.

What suffices at one step suffices at every later one: more vehicles need not be used, longer hours
hold the shorter ones, a convoy that is inspected faster can wait for as long as it was looked at
before. So one step that does not suffice rules out all before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from safepassage.cases import OpenCase, changed_case
from safepassage.instance import compile_operation
from safepassage.negotiate.limits import limits, moved
from safepassage.network.routes import drive_time
from safepassage.plan.table import STEPS
from safepassage.terms.case import Case
from safepassage.terms.checks.numbers import MOST
from safepassage.terms.clauses import (
    EscortClause,
    InspectionClause,
    LeaveClause,
    PaceClause,
    RouteClause,
    TimedClause,
)
from safepassage.terms.fleet import VehicleCount, VehicleType
from safepassage.terms.places import Crossing, Direction, Inspection
from safepassage.terms.proposals import Proposal
from safepassage.terms.scalars import MOST as MOST_COUNTED

__all__ = ["DAY", "Lever", "daily_hours", "levers", "movable", "together"]

DAY = 86_400
LONG_WAY = 3
"""A way out so many times as long as the shortest is no other crossing for the same people."""
LATEST = 366 * DAY
"""Deadlines are not moved further than that: the terms take no longer lengths."""


@dataclass(frozen=True)
class Lever:
    """One term that can be turned further."""

    kind: str
    """``vehicles``, ``escorts``, ``pace``, ``hours``, ``inspection``, ``crossing`` or
    ``deadline``."""
    of: str
    """What it turns: a vehicle type, a crossing, a corridor, a clause; empty for the rest."""
    clause_id: str | None
    """The clause that is changed, where it is one."""
    amounts: range
    """From the terms as they stand on; the unit is that of :data:`STEPS`."""
    settings: Callable[[int], tuple[str, ...]]
    """Settings for an amount."""

    @property
    def id(self) -> str:
        """Name such as ``vehicles:bus``; ``deadline`` stands alone."""
        return f"{self.kind}:{self.of}" if self.of else self.kind

    @property
    def now(self) -> int:
        """The amount in the terms as they stand."""
        return self.amounts[0]


def levers(opened: OpenCase, proposal: Proposal) -> tuple[Lever, ...]:
    """All that can be turned further in a proposal."""
    case = opened.case
    found = [
        *_vehicles(case, proposal),
        *_hours(proposal),
        *_inspections(case, proposal),
        *_crossings(opened, proposal),
        *_escorts(case, proposal),
        *_paces(proposal),
        *_deadline(proposal),
    ]
    return tuple(lever for lever in found if len(lever.amounts) > 1)


def _leaving(case: Case, proposal: Proposal) -> list[str]:
    named = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    return [g.id for g in case.groups if g.id in named]


def movable(case: Case, proposal: Proposal) -> list[VehicleType]:
    """Types of vehicles, but for people's own, in which somebody of those who leave may go."""
    leaving = set(_leaving(case, proposal))
    used = {v for g in case.groups if g.id in leaving for v in g.vehicles}
    return [v for v in case.fleet.vehicles if v.id in used and not v.own]


def _vehicles(case: Case, proposal: Proposal) -> Iterator[Lever]:
    """More vehicles of a type, where most of them start."""
    for vehicle in movable(case, proposal):
        if not vehicle.counts:
            continue
        place, now = max(((c.place, c.count.value) for c in vehicle.counts), key=lambda c: c[1])
        path = f"fleet.vehicles.{vehicle.id}.counts.{place}.count"
        amounts = _many(now, 64, MOST[VehicleCount, "count"][0], STEPS["vehicles"])
        yield Lever("vehicles", vehicle.id, None, amounts, _set(path))


def _many(now: int, more: int, most: int, step: int) -> range:
    """Amounts up to eight times as many, or so many more, and never more than terms may state."""
    return range(now, min(max(8 * now, now + more), most) + 1, step)


def _set(path: str) -> Callable[[int], tuple[str, ...]]:
    return lambda amount: (f"{path}={amount}",)


def _escorts(case: Case, proposal: Proposal) -> Iterator[Lever]:
    for clause in proposal.clauses:
        if not isinstance(clause, EscortClause):
            continue
        if clause.teams is not None:
            now, clause_id = clause.teams.value, clause.id
            path = f"proposals.{proposal.id}.clauses.{clause.id}.teams"
        elif case.fleet.escorts is not None:
            now, clause_id = case.fleet.escorts.teams.value, clause.id
            path = "fleet.escorts.teams"
        else:
            return
        amounts = _many(now, 32, MOST[EscortClause, "teams"][0], STEPS["escorts"])
        yield Lever("escorts", "", clause_id, amounts, _set(path))
        return


def _paces(proposal: Proposal) -> Iterator[Lever]:
    """More people who may set out in each period."""
    for clause in proposal.clauses:
        if isinstance(clause, PaceClause):
            path = f"proposals.{proposal.id}.clauses.{clause.id}.persons"
            now = clause.persons.value
            amounts = _many(now, 64, MOST_COUNTED, STEPS["pace"])
            yield Lever("pace", clause.id, clause.id, amounts, _set(path))


def daily_hours(proposal: Proposal, clause: TimedClause, begin: int, amounts: range) -> Lever:
    """Daily hours of a clause, from a time of day on, for so many seconds a day."""
    path = f"proposals.{proposal.id}.clauses.{clause.id}.daily"

    def settings(amount: int) -> tuple[str, ...]:
        if amount >= DAY:
            return (f"{path}=[]",)
        end = (begin + amount) % DAY
        return (f'{path}=[{{from: "{_clock(begin)}", to: "{_clock(end)}"}}]',)

    return Lever("hours", clause.id, clause.id, amounts, settings)


def _clock(seconds: int) -> str:
    return f"{seconds // 3_600:02d}:{seconds // 60 % 60:02d}"


def _hours(proposal: Proposal) -> Iterator[Lever]:
    """Longer days, at their end; only where a clause has one span of hours a day."""
    for clause in proposal.clauses:
        if isinstance(clause, TimedClause) and len(clause.daily) == 1:
            hours = clause.daily[0]
            now = (hours.to - hours.from_) % DAY or DAY
            # A day has no more than its hours: the last step may fall short of them.
            amounts = range(now, DAY + 1, STEPS["hours"])
            yield daily_hours(proposal, clause, hours.from_, amounts)


def _inspections(case: Case, proposal: Proposal) -> Iterator[Lever]:
    """Faster inspection on the way out, of every class that takes longer."""
    corridors = _opened(case, proposal)
    passed = {x for c in case.corridors if c.id in corridors for x in c.crossings}
    for place in case.places:
        if not isinstance(place, Crossing) or place.id not in passed:
            continue
        path, entries, clause_id = f"places.{place.id}", place.inspection, None
        for clause in proposal.clauses:
            if isinstance(clause, InspectionClause) and clause.crossing == place.id:
                path = f"proposals.{proposal.id}.clauses.{clause.id}"
                entries, clause_id = clause.inspection, clause.id
        outward = _outward(entries)
        now = max((seconds for _, seconds in outward), default=0)
        if now > STEPS["inspection"]:
            yield Lever(
                "inspection",
                place.id,
                clause_id,
                range(now, 0, -STEPS["inspection"]),
                _faster(path, outward),
            )


def _outward(entries: tuple[Inspection, ...]) -> list[tuple[int, int]]:
    return [
        (i, entry.time.value)
        for i, entry in enumerate(entries)
        if entry.direction in (Direction.OUT, Direction.BOTH)
    ]


def _faster(path: str, outward: list[tuple[int, int]]) -> Callable[[int], tuple[str, ...]]:
    """Nobody takes longer than so many seconds; the slowest class takes exactly as long."""
    slowest = max((seconds for _, seconds in outward), default=0)
    return lambda most: tuple(
        f"{path}.inspection.{i}.time={most if seconds == slowest else min(seconds, most)}s"
        for i, seconds in outward
    )


def _opened(case: Case, proposal: Proposal) -> list[str]:
    named = [r for c in proposal.clauses if isinstance(c, RouteClause) for r in c.corridors]
    return named or [c.id for c in case.corridors]


def _crossings(opened: OpenCase, proposal: Proposal) -> Iterator[Lever]:
    """Another way out, where one leads from somebody who leaves to where they may go."""
    clause = next((c for c in proposal.clauses if isinstance(c, RouteClause)), None)
    if clause is None:
        return
    path = f"proposals.{proposal.id}.clauses.{clause.id}.corridors"
    for corridor in opened.case.corridors:
        if corridor.id in _opened(opened.case, proposal):
            continue
        setting = f"{path}=[{', '.join((*clause.corridors, corridor.id))}]"
        if _leads_out(changed_case(opened, [setting]), proposal.id, corridor.id):
            yield Lever(
                "crossing",
                corridor.id,
                clause.id,
                range(2),
                lambda n, setting=setting: (setting,) if n else (),  # type: ignore[misc]  # bound here
            )


def together(settings: Iterable[str]) -> tuple[str, ...]:
    """Settings of several levers at once: corridors that are each opened are open together."""
    values: dict[str, str] = {}
    for setting in settings:
        path, _, value = setting.partition("=")
        if path in values and path.endswith(".corridors"):
            both = (*_listed(values[path]), *_listed(value))
            value = f"[{', '.join(dict.fromkeys(both))}]"
        values[path] = value
    return tuple(f"{path}={value}" for path, value in values.items())


def _listed(value: str) -> list[str]:
    return value.removeprefix("[").removesuffix("]").split(", ")


def _leads_out(opened: OpenCase, proposal_id: str, corridor: str) -> bool:
    """Whether somebody gets out by a corridor, and by no very long way round."""
    proposal = opened.case.proposal(proposal_id)
    leaving = set(_leaving(opened.case, proposal))
    operation = compile_operation(opened.case, opened.network, proposal)
    places = {p.place for g in opened.case.groups if g.id in leaving for p in g.places}
    ways = [
        (sum(drive_time(opened.network, s) for s in route.segments), route.corridor)
        for (place, _), routes in operation.carry.items()
        if place in places
        for route in routes
    ]
    shortest = min((seconds for seconds, _ in ways), default=0)
    return any(c == corridor and seconds <= LONG_WAY * shortest for seconds, c in ways)


def _deadline(proposal: Proposal) -> Iterator[Lever]:
    """Later ends, all that are earlier moved to the same moment."""
    known = sorted(limits(proposal))
    if known:
        now, clause_id = known[0]
        amounts = range(now, LATEST, STEPS["deadline"])
        yield Lever("deadline", "", clause_id, amounts, lambda s: moved(proposal, s))
