"""Numbers that can only be a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from safepassage.errors import Fault
from safepassage.terms.case import Case
from safepassage.terms.checks.walk import Where, walk
from safepassage.terms.clauses import EscortClause, Extension, LeaveClause, TimedClause
from safepassage.terms.fleet import (
    ConvoyRules,
    Escorts,
    NightCondition,
    PeriodCondition,
    VehicleCount,
    VehicleType,
)
from safepassage.terms.places import AssemblyPoint, Handling, Inspection, ReceptionPoint
from safepassage.terms.provenance import Figure
from safepassage.terms.record import Record
from safepassage.units import format_duration

__all__ = ["absurd_numbers"]

_DAY = 86_400
_YEAR = 366 * _DAY

#: The largest value taken, and whether it is a length of time.
MOST: dict[tuple[type[Record], str], tuple[int, bool]] = {
    (AssemblyPoint, "bays"): (10_000, False),
    (ConvoyRules, "max_vehicles"): (10_000, False),
    (ConvoyRules, "spacing"): (_DAY, True),
    (EscortClause, "teams"): (10_000, False),
    (Escorts, "teams"): (10_000, False),
    (Extension, "by"): (_YEAR, True),
    (Handling, "time"): (_DAY, True),
    (Inspection, "time"): (_DAY, True),
    (LeaveClause, "within"): (_YEAR, True),
    (NightCondition, "factor"): (1, False),
    (PeriodCondition, "factor"): (1, False),
    (ReceptionPoint, "bays"): (10_000, False),
    (TimedClause, "length"): (_YEAR, True),
    (VehicleCount, "count"): (100_000, False),
    (VehicleType, "seats"): (1_000, False),
    (VehicleType, "speed_factor"): (3, False),
}


@cache
def _limited(model: type[Record]) -> tuple[tuple[str, int, bool], ...]:
    """Fields of a model that have a largest value."""
    return tuple((f, most, time) for (m, f), (most, time) in MOST.items() if issubclass(model, m))


def absurd_numbers(case: Case, where: Where) -> Iterator[Fault]:
    """Every figure stays below what can be meant."""
    for path, record in walk(case):
        for field, most, is_time in _limited(type(record)):
            figure = getattr(record, field)
            if isinstance(figure, Figure) and figure.value > most:
                limit, got = (
                    (format_duration(most), format_duration(figure.value))
                    if is_time
                    else (str(most), str(figure.value))
                )
                message = f"{field}: expected at most {limit}, got {got}; check the number"
                yield Fault(where((*path, field)), "absurd-number", message)
