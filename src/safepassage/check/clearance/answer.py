"""The figures a result states, against those recounted from its departures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from safepassage.check.clearance.departures import HOUR_UNITS, SECOND, Trips
from safepassage.check.clearance.loads import MILLION, tolerated
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CLEARANCE_NOTICE, Clearance

__all__ = ["Recount", "check_answer", "recount"]

#: By how much a stated time may be missed (s): what the decimals of the file may do to it.
_MOMENT: Final = Fraction(1, MILLION)
#: By how much a stated gap may be missed: it is a floating-point number.
_GAP: Final = 1e-8


@dataclass(frozen=True, slots=True)
class Recount:
    """What the departures amount to."""

    last_arrival_s: Fraction
    everyone: bool
    """Every vehicle has a departure."""
    by_deadline: Fraction | None


def recount(clearance: Clearance, instance: RoadInstance, trips: Trips) -> Recount:
    """Count anew what the departures amount to."""
    ends = map(sum, zip(trips.begin, trips.lasting, trips.driving, strict=True))
    sent = sum((rate * lasting for rate, lasting in zip(trips.rate, trips.lasting, strict=True)), 0)
    deadline = clearance.deadline_s
    count: Fraction | None = None
    if deadline is not None:
        arrived = sum(trips.arrived(trip, deadline) for trip in range(len(trips.index)))
        count = Fraction(arrived, HOUR_UNITS)
    vehicles = instance.vehicles
    return Recount(
        Fraction(max(ends, default=0), SECOND),
        Fraction(sent, HOUR_UNITS) >= vehicles - tolerated(vehicles),
        count,
    )


def check_answer(
    clearance: Clearance,
    instance: RoadInstance,
    recounted: Recount,
    stuck: Mapping[str, Fraction],
    findings: Findings,
) -> None:
    """Compare every stated figure."""
    if clearance.notice != CLEARANCE_NOTICE:
        findings.add("notice-differs", "notice", f"expected {CLEARANCE_NOTICE!r}")
    if clearance.instance.digest != instance.digest:
        message = f"expected {instance.digest}, got {clearance.instance.digest}"
        findings.add("instance-differs", "instance.digest", message)
    vehicles = instance.vehicles
    if abs(clearance.vehicles - vehicles) > tolerated(vehicles):
        message = f"expected {float(vehicles):.9g}, got {float(clearance.vehicles):.9g}"
        findings.add("vehicles-differ", "vehicles", message)
    _check_ways_out(clearance, stuck, findings)
    _check_clearance(clearance, recounted, findings, stuck=bool(stuck))
    _check_gap(clearance, findings)
    _check_deadline(clearance, recounted, findings)
    _check_told(clearance, instance, recounted, findings)


def _check_ways_out(
    clearance: Clearance, stuck: Mapping[str, Fraction], findings: Findings
) -> None:
    stated = set(clearance.no_way_out)
    for node in sorted(stated - stuck.keys()):
        findings.add("way-out-exists", "no_way_out", f"all vehicles of {node!r} have a way out")
    for node in sorted(stuck.keys() - stated):
        message = f"{float(stuck[node]):.9g} vehicles of {node!r} have none"
        findings.add("way-out-missing", "no_way_out", message)


def _check_clearance(
    clearance: Clearance, recounted: Recount, findings: Findings, *, stuck: bool
) -> None:
    stated, last = clearance.clearance_time_s, recounted.last_arrival_s
    if stated is None:
        # Of hardly any vehicles, those with a way out can be all but what decimals cost.
        if recounted.everyone and clearance.complete and not stuck:
            message = f"expected {float(last):.9g} s, as everyone arrives, got none"
            findings.add("clearance-differs", "clearance_time_s", message)
    elif not recounted.everyone or not clearance.complete:
        message = f"expected null, as not everyone arrives, got {float(stated):.9g}"
        findings.add("clearance-not-had", "clearance_time_s", message)
    elif abs(stated - last) > _MOMENT:
        message = f"expected {float(last):.9g} s, got {float(stated):.9g}"
        findings.add("clearance-differs", "clearance_time_s", message)


def _check_gap(clearance: Clearance, findings: Findings) -> None:
    time, bound = clearance.clearance_time_s, clearance.lower_bound_s
    wanted: float | None = None
    if time is not None and bound is not None and (bound > 0 or time == 0):
        wanted = float(time / bound - 1) if bound > 0 else 0.0
    got = clearance.gap
    same = (
        wanted is got if wanted is None or got is None else abs(wanted - got) <= _GAP * (1 + wanted)
    )
    if not same:
        findings.add("gap-differs", "gap", f"expected {wanted}, got {got}")


def _check_deadline(clearance: Clearance, recounted: Recount, findings: Findings) -> None:
    stated, counted = clearance.evacuated_by_deadline, recounted.by_deadline
    where = "evacuated_by_deadline"
    if counted is None:
        if stated is not None or clearance.evacuated_at_most is not None:
            findings.add("deadline-missing", "deadline_s", "expected a deadline, got none")
    elif stated is None or abs(stated - counted) > tolerated(counted):
        got = "nothing" if stated is None else f"{float(stated):.9g}"
        message = f"expected {float(counted):.9g} vehicles, got {got}"
        findings.add("deadline-count-differs", where, message)


def _check_told(
    clearance: Clearance, instance: RoadInstance, recounted: Recount, findings: Findings
) -> None:
    told = instance.told_until_s
    if told is None:
        return
    times = {
        "departures": recounted.last_arrival_s,
        "certificate": clearance.certificate.horizon_s if clearance.certificate else None,
        "deadline_s": clearance.deadline_s,
    }
    for where, time in times.items():
        if time is not None and time > told:
            message = f"capacities are told up to {float(told):g} s, got {float(time):g}"
            findings.add("beyond-told", where, message)
