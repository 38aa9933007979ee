"""When crossings are open and wheels may turn, read from the timed clauses of a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from safepassage.check.hours import ALWAYS, SECOND, Hours, daily_hours, microseconds
from safepassage.terms.case import Case
from safepassage.terms.clauses import TimedClause
from safepassage.terms.fleet import Condition, NightCondition
from safepassage.terms.places import Crossing, DailyHours
from safepassage.terms.proposals import Proposal

__all__ = ["Opening", "Slowdown", "Windows", "operation_start", "read_slowdowns", "read_windows"]


@dataclass(frozen=True, slots=True)
class Opening:
    """Open time that one clause (or, without an id, a crossing itself) allows."""

    clause_id: str | None
    hours: Hours
    """With the daily hours, and as if its length had no end."""


@dataclass(frozen=True, slots=True)
class Slowdown:
    """A condition that slows driving while it is in force."""

    hours: Hours
    condition: Condition


@dataclass(frozen=True, slots=True)
class Windows:
    """Open times beyond the terms as well; whether somebody is out in time is told by the end."""

    crossings: dict[str, tuple[Hours, tuple[Opening, ...]]]
    """Open time of each crossing, and what it is cut from."""
    movement: tuple[Hours, tuple[Opening, ...]]
    """The same for every drive and every inspection."""
    window_end_s: int | None
    window_end_clause: str | None

    def crossing_open(self, crossing: str, from_s: int, to_s: int) -> bool:
        """Tell whether the crossing is open all the time from one second to another."""
        return self.crossings[crossing][0].hold(from_s, to_s)

    def movement_open(self, from_s: int, to_s: int) -> bool:
        """Tell whether wheels may turn all the time from one second to another."""
        return self.movement[0].hold(from_s, to_s)

    def closed_by(self, crossing: str | None, from_s: int, to_s: int) -> str | None:
        """Return the clause that closes a crossing (or, for None, movement) at that time."""
        openings = self.movement[1] if crossing is None else self.crossings[crossing][1]
        for opening in openings:
            if not opening.hours.hold(from_s, to_s):
                return opening.clause_id
        return None


def operation_start(proposal: Proposal) -> datetime | None:
    """Return the moment ``t = 0``, or None where the proposal states none."""
    if proposal.start is not None:
        return proposal.start.value
    return min((c.start.value for c in _timed(proposal) if c.start is not None), default=None)


def _timed(proposal: Proposal) -> Iterator[TimedClause]:
    return (c for c in proposal.clauses if isinstance(c, TimedClause))


def _begin(clause: TimedClause, start: datetime) -> int:
    return microseconds(start, clause.start.value) if clause.start is not None else 0


def _pairs(entries: tuple[DailyHours, ...]) -> list[tuple[int, int]]:
    return [(e.from_, e.to) for e in entries]


def _opening(clause: TimedClause, start: datetime, local: datetime, until_s: int) -> Opening:
    hours = Hours(((_begin(clause, start), ALWAYS.spans[0][1]),))
    if clause.daily:
        hours = hours.within(daily_hours(_pairs(clause.daily), start, local, until_s))
    return Opening(clause.id, hours)


def read_windows(case: Case, proposal: Proposal, start: datetime, until_s: int) -> Windows:
    """Read all open times up to a second of interest."""
    local = start.astimezone(case.utc_offset)
    clauses = list(_timed(proposal))
    openings = {c.id: _opening(c, start, local, until_s) for c in clauses}
    crossings = {}
    for place in case.places:
        if isinstance(place, Crossing):
            parts = [openings[c.id] for c in clauses if not c.crossings or place.id in c.crossings]
            if place.hours:
                parts.append(Opening(None, daily_hours(_pairs(place.hours), start, local, until_s)))
            crossings[place.id] = (_common(parts), tuple(parts))
    moving = [openings[c.id] for c in clauses if c.movement == "all"]
    ends = [
        # Whole seconds count, so a window that ends within a second ends at its beginning.
        ((_begin(c, start) + c.length.value * SECOND) // SECOND, c.id)
        for c in clauses
        if c.length is not None
    ]
    end, end_clause = min(ends, default=(None, None))
    return Windows(crossings, (_common(moving), tuple(moving)), end, end_clause)


def _common(openings: list[Opening]) -> Hours:
    return reduce(Hours.within, (o.hours for o in openings), ALWAYS)


def read_slowdowns(case: Case, start: datetime, until_s: int) -> tuple[Slowdown, ...]:
    """Read when each condition of the fleet is in force."""
    local = start.astimezone(case.utc_offset)
    slowdowns = []
    for condition in case.fleet.conditions:
        if isinstance(condition, NightCondition):
            hours = daily_hours([(condition.from_, condition.to)], start, local, until_s)
        else:
            span = (microseconds(start, condition.from_), microseconds(start, condition.to))
            hours = Hours.of([span])
        slowdowns.append(Slowdown(hours, condition))
    return tuple(slowdowns)
