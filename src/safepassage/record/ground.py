"""What terms, roads and fleet allow, for judging reports: ways, rates, beginning and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.instance import Operation, compile_operation
from safepassage.record.tallies import load_of, named, read_tally
from safepassage.terms.clauses import LeaveClause
from safepassage.terms.observations import Span, stops
from safepassage.terms.proposals import Proposal

__all__ = ["Ground", "Loads", "Passing", "open_seconds", "recorded_proposal", "survey"]


@dataclass(frozen=True, slots=True)
class Loads:
    """People whom all vehicles take at once, each with the largest load that was ever reported."""

    returning: Fraction
    """In vehicles that come back for more."""
    once: Fraction
    """In vehicles that make one journey."""


@dataclass(frozen=True, slots=True)
class Passing:
    """Most people who can get out by all corridors together."""

    persons_per_s: Fraction
    """Whom the crossings let through, without a gap."""
    at_once: Fraction
    """Who arrives together, of whom the first passed before: a convoy by each corridor."""

    def within(self, seconds: int) -> Fraction:
        """Most who arrive within so many seconds of movement."""
        return self.persons_per_s * seconds + self.at_once if seconds > 0 else Fraction(0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What can be judged by; None where the terms do not say."""

    start: datetime | None
    """When people can begin to leave."""
    end: datetime | None
    """When the last of them was out, where that is recorded."""
    over: datetime | None
    """The same; where it is not recorded, when the window of the terms ends."""
    most_persons: int | None
    """The high count of everyone who leaves."""
    fastest_s: int | None
    """Seconds of the fastest way from where people board to where they are safe."""
    passing: Passing | None
    """Most people who can pass the crossings, every vehicle with the largest load."""
    seated: Passing | None
    """The same with every vehicle's seats."""
    loads: Loads
    """People whom the fleet takes at once."""
    stops: tuple[Span, ...]
    """When movement stood still by at least one source, in order, without overlap."""


def recorded_proposal(opened: OpenCase, proposal_id: str | None = None) -> Proposal:
    """Return the proposal asked for; else what was carried out; else the case's default.

    Raises
    ------
    KeyError
        If there is none of that id.
    """
    carried_out = opened.case.carried_out
    return opened.case.proposal(proposal_id or (carried_out.proposal if carried_out else None))


def survey(opened: OpenCase, proposal: Proposal) -> Ground:
    """Gather what reports of a case can be judged by."""
    case, done = opened.case, opened.case.carried_out
    done = done if done is not None and done.proposal == proposal.id else None
    try:
        operation = compile_operation(case, opened.network, proposal)
    except BadInput:  # nobody leaves, or there is no start: other rules still apply
        operation = None
    leaving = {g for c in proposal.clauses if isinstance(c, LeaveClause) for g in c.groups}
    most = sum(g.persons.high.value for g in case.groups if g.id in leaving)
    start = operation.start if operation else None
    if done is not None and done.start is not None:
        start = done.start.value
    end = done.end.value if done is not None and done.end is not None else None
    window_s = operation.timeline.window_end if operation else None
    window = operation.start + timedelta(seconds=window_s) if operation and window_s else None
    return Ground(
        start=start,
        end=end,
        over=end or window,
        most_persons=most or None,
        fastest_s=_fastest(operation) if operation else None,
        passing=_passing(opened, operation, seats_only=False) if operation else None,
        seated=_passing(opened, operation, seats_only=True) if operation else None,
        loads=_loads(opened, operation),
        stops=stops(opened.observations),
    )


def _fastest(operation: Operation) -> int | None:
    """Driving alone, by the fastest type under the best conditions, without any inspection."""
    times = [
        sum(min(operation.least_drive(s, k.id) for k in operation.kinds) for s in route.segments)
        for routes in operation.carry.values()
        for route in routes
    ]
    return min(times, default=None)


def _passing(opened: OpenCase, operation: Operation, *, seats_only: bool) -> Passing | None:
    """Most people through all corridors; None where the crossings of some take no time."""
    most = {
        v.id: load_of(v).seats if seats_only else load_of(v).most
        for v in opened.case.fleet.vehicles
    }
    out = {c.id: c.out for c in operation.crossings}
    corridors = {
        (route.corridor, route.crossings)
        for routes in operation.carry.values()
        for route in routes
        if route.corridor is not None
    }
    total = Fraction(0)
    for _, crossings in sorted(corridors):
        rates = [
            max(most[v] / seconds for v, seconds in out[c].items())
            for c in crossings
            if all(out[c].values())
        ]
        if not rates:
            return None
        total += min(rates)
    if not total:
        return None
    together = len(corridors) * operation.convoy_most * max(most.values())
    return Passing(total, Fraction(together))


def _loads(opened: OpenCase, operation: Operation | None) -> Loads:
    """Vehicles of the case, or as many of a kind as any report has, if that is more."""
    returning = {k.id: k.returns for k in operation.kinds} if operation else {}
    total = {True: Fraction(0), False: Fraction(0)}
    fleet = opened.case.fleet
    for vehicle in fleet.vehicles:
        number = sum(n.count.value for n in vehicle.counts)
        total[returning.get(vehicle.id, True)] += number * load_of(vehicle).most
    more: dict[str, int] = {}
    for row in opened.observations:
        for word, n in read_tally(row.vehicles).vehicles.items():
            more[word] = max(n, more.get(word, 0))
    for word, n in more.items():
        types = [v for v in fleet.vehicles if named(v, word)]
        beyond = n - sum(c.count.value for v in types for c in v.counts)
        if types and beyond > 0:
            back = any(returning.get(v.id, True) for v in types)
            total[back] += beyond * max(load_of(v).most for v in types)
    return Loads(returning=total[True], once=total[False])


def open_seconds(held: Sequence[Span], begin: datetime, end: datetime) -> int:
    """Seconds between two moments in which no stop was reported."""
    closed = 0.0
    for a, b in held:
        until = end if b is None else min(b, end)
        closed += max(0.0, (until - max(a, begin)).total_seconds())
    return int((end - begin).total_seconds() - closed)
