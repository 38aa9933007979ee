"""Open times and slow times of a proposal, as whole seconds after the plan's start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from safepassage.terms.case import Case
from safepassage.terms.clauses import TimedClause
from safepassage.terms.fleet import NightCondition
from safepassage.terms.places import Crossing, DailyHours
from safepassage.terms.proposals import Proposal

__all__ = ["HORIZON_S", "Hours", "condition_columns", "crossing_hours", "movement_hours"]

HORIZON_S = 400 * 86_400
"""Nothing is simulated beyond; who is not out by then counts as never out."""

_DAY = 86_400 * 1_000_000
_FAR = HORIZON_S * 1_000_000

Span = tuple[int, int]

Hours = tuple[Span, ...]
"""Disjoint stretches in order; here in microseconds, as results in whole seconds."""


def _microseconds(start: datetime, moment: datetime) -> int:
    return (moment - start) // timedelta(microseconds=1)


def _united(spans: Iterable[Span]) -> Hours:
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        elif begin < end:
            found.append((begin, end))
    return tuple(found)


def _common(one: Hours, other: Hours) -> Hours:
    found, i, j = [], 0, 0
    while i < len(one) and j < len(other):
        begin, end = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if begin < end:
            found.append((begin, end))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _daily(pairs: Iterable[Span], start: datetime, case: Case) -> Hours:
    """Occurrences of hours of each day (seconds after local midnight), until the horizon."""
    local = start.astimezone(case.utc_offset)
    midnight = _microseconds(start, local.replace(hour=0, minute=0, second=0, microsecond=0))
    spans = []
    for from_, to in pairs:
        length = (to - from_) * 1_000_000 + (_DAY if to <= from_ else 0)
        first = midnight - _DAY + from_ * 1_000_000
        spans += [(at, at + length) for at in range(first, _FAR, _DAY)]
    return _united(spans)


def _pairs(hours: Sequence[DailyHours]) -> list[Span]:
    return [(h.from_, h.to) for h in hours]


def _clause_hours(clause: TimedClause, start: datetime, case: Case) -> Hours:
    """Open time of a clause, running on after its length as an extended timetable does."""
    begin = _microseconds(start, clause.start.value) if clause.start is not None else 0
    hours: Hours = ((begin, _FAR),)
    return _common(hours, _daily(_pairs(clause.daily), start, case)) if clause.daily else hours


def _whole(hours: Hours) -> Hours:
    """Whole seconds within."""
    return tuple((-(-begin // 1_000_000), end // 1_000_000) for begin, end in hours)


def _timed(proposal: Proposal) -> list[TimedClause]:
    return [c for c in proposal.clauses if isinstance(c, TimedClause)]


def movement_hours(case: Case, proposal: Proposal, start: datetime) -> Hours | None:
    """When wheels may turn, in seconds; None where they always may."""
    found = _movement(case, proposal, start)
    return None if found is None else _whole(found)


def _movement(case: Case, proposal: Proposal, start: datetime) -> Hours | None:
    hours: Hours | None = None
    for clause in _timed(proposal):
        if clause.movement == "all":
            mine = _clause_hours(clause, start, case)
            hours = mine if hours is None else _common(hours, mine)
    return hours


def crossing_hours(case: Case, proposal: Proposal, start: datetime) -> dict[str, Hours]:
    """When each crossing may inspect, in seconds: its open time and that of all movement."""
    movement = _movement(case, proposal, start)
    found = {}
    for place in case.places:
        if not isinstance(place, Crossing):
            continue
        hours: Hours = ((-_FAR, _FAR),) if movement is None else movement
        for clause in _timed(proposal):
            if not clause.crossings or place.id in clause.crossings:
                hours = _common(hours, _clause_hours(clause, start, case))
        if place.hours:
            hours = _common(hours, _daily(_pairs(place.hours), start, case))
        found[place.id] = _whole(hours)
    return found


def condition_columns(
    case: Case, start: datetime
) -> tuple[list[float], list[int], list[tuple[Fraction, frozenset[str]]]]:
    """When the conditions of the fleet change, and what they come to.

    Returns
    -------
    tuple
        Moments in seconds in order; the column from each moment on (one more in front, for the
        time before); and for each column the product of the factors in force and their ids.
    """
    spans: list[tuple[int, int, Fraction, str]] = []
    for condition in case.fleet.conditions:
        factor = condition.factor.value
        if isinstance(condition, NightCondition):
            hours = _daily([(condition.from_, condition.to)], start, case)
            spans += [(begin, end, factor, condition.id) for begin, end in hours]
        else:
            begin, end = (_microseconds(start, m) for m in (condition.from_, condition.to))
            spans.append((begin, end, factor, condition.id))
    moments = sorted({m for begin, end, _, _ in spans for m in (begin, end)})
    columns: list[tuple[Fraction, frozenset[str]]] = []
    col: list[int] = []
    for moment in [-_FAR - 2 * _DAY, *moments]:
        held = [(factor, name) for begin, end, factor, name in spans if begin <= moment < end]
        product = Fraction(1)
        for factor, _ in held:
            product *= factor
        column = product, frozenset(name for _, name in held)
        if column not in columns:
            columns.append(column)
        col.append(columns.index(column))
    return [m / 1_000_000 for m in moments], col, columns
