"""Bounds from an agreed pace: who may set out in each period, and the least way after it.

Definition and proof: ``docs/reference/certificate-format.md``, "Pace".
"""

from __future__ import annotations

from typing import Any

from safepassage.convoy.questions import Bound
from safepassage.convoy.ways import way
from safepassage.instance import Demand, Operation, Pace

__all__ = ["PACE_FORMAT", "paced_clearance", "paced_people"]

PACE_FORMAT = "safepassage-pace/1"


def paced_clearance(op: Operation, demand: Demand) -> Bound:
    """Lower bound on the clearance time from the pace that holds people back longest."""
    best = Bound(0, None, {})
    for pace in op.paces:
        persons = _counted(demand, pace)
        least = _least_way(op, demand, pace)
        if persons == 0 or least is None:
            continue
        value = pace.release_s(persons) + least
        if value > best.value:
            data = _certificate(pace, "clearance-at-least", value, value - 1)
            best = Bound(value, data, {f"pace/{pace.clause_id}": 1.0})
    return best


def paced_people(op: Operation, demand: Demand, by: int) -> Bound:
    """Upper bound on the people out by a moment, from the pace that lets fewest go."""
    best = Bound(demand.persons, None, {})
    for pace in op.paces:
        persons = _counted(demand, pace)
        least = _least_way(op, demand, pace)
        if persons == 0 or least is None:
            continue
        value = demand.persons - persons + min(persons, pace.most(by - least))
        if value < best.value:
            data = _certificate(pace, "out-by-at-most", value, by)
            best = Bound(value, data, {f"pace/{pace.clause_id}": 1.0})
    return best


def _counted(demand: Demand, pace: Pace) -> int:
    return sum(c.persons for c in demand.cells if c.group in pace.groups)


def _least_way(op: Operation, demand: Demand, pace: Pace) -> int | None:
    """Least seconds of a loaded leg of anybody whom a pace counts; None where there is no way."""
    kinds = {k.id: k for k in op.kinds}
    found = [
        way(op, route, kind, outward=True).whole
        for cell in demand.cells
        if cell.group in pace.groups
        for kind in cell.kinds
        if kinds[kind].total and kinds[kind].seats
        for to in cell.destinations
        for route in op.carry.get((cell.place, to), ())
        if route.corridor in cell.corridors
    ]
    return min(found, default=None)


def _certificate(pace: Pace, claim: str, value: int, by_s: int) -> dict[str, Any]:
    return {
        "format": PACE_FORMAT,
        "claim": claim,
        "clause": pace.clause_id,
        "value": value,
        "by_s": by_s,
    }
