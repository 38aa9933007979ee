"""The one way into the checker of clearance results."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from safepassage.check.clearance.answer import check_answer, recount
from safepassage.check.clearance.arrival import check_arrival
from safepassage.check.clearance.bounds import (
    Ground,
    check_bottleneck,
    check_bounds,
    never_everyone,
)
from safepassage.check.clearance.contraflow import check_contraflow
from safepassage.check.clearance.departures import drive
from safepassage.check.clearance.escape import latest_ways_out, stuck_vehicles
from safepassage.check.clearance.loads import check_links, check_origins, check_receptions
from safepassage.check.clearance.roads import read_roads
from safepassage.check.clearance.telling import Findings
from safepassage.check.findings import Finding
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance

__all__ = ["ClearanceVerification", "verify_clearance"]


@dataclass(frozen=True, slots=True)
class ClearanceVerification:
    """What came of checking a result of ``clear``."""

    valid: bool
    """No finding is an error."""
    findings: tuple[Finding, ...]
    lower_bound_verified: bool
    """Every stated bound follows from its certificate and the tables alone."""
    last_arrival_s: Fraction
    """Recounted from the departures."""


def verify_clearance(clearance: Clearance, instance: RoadInstance) -> ClearanceVerification:
    """Check a result against the instance it is said to be of.

    The departures are driven over the network as it stands in the tables, nothing simplified; the
    bounds are reckoned anew from their certificates, in exact arithmetic.

    Parameters
    ----------
    clearance
        The result, with the decimals of its file (``as_written``).
    instance
        The instance, read from its folder.

    Returns
    -------
    ClearanceVerification
        A result that is invalid is an answer, not an error.
    """
    findings = Findings()
    roads = read_roads(instance, clearance.instance.reversed_links, findings)
    latest = latest_ways_out(roads, instance.destinations)
    stuck = stuck_vehicles(instance.origins, latest)
    free = [o for o in instance.origins if o.ready_s < latest.get(o.node, 0)]
    ground = Ground(instance.network.nodes, roads, free, instance.destinations)
    trips = drive(clearance.departures, instance, roads, findings)
    check_links(trips, roads, findings)
    hopeless = clearance.clearance_time_s is None and never_everyone(clearance, ground)
    complete = clearance.complete and not hopeless
    check_origins(trips, instance.origins, stuck, findings, complete=complete)
    check_receptions(trips, instance.destinations, findings)
    recounted = recount(clearance, instance, trips)
    check_answer(clearance, instance, recounted, stuck, findings)
    check_bottleneck(clearance, ground, findings)
    verified = check_bounds(clearance, ground, findings)
    if clearance.contraflow is not None:
        verified = _check_contraflow(clearance, instance, findings) and verified
    if clearance.arrival is not None:
        verified = check_arrival(clearance.arrival, trips, ground, findings) and verified
    told = findings.all()
    valid = not any(found.severity == "error" for found in told)
    return ClearanceVerification(valid, told, verified, recounted.last_arrival_s)


def _check_contraflow(clearance: Clearance, instance: RoadInstance, findings: Findings) -> bool:
    """Check what is said of lanes, and the plan without reversed ones as the result that it is."""
    told = clearance.contraflow
    if told is None:
        return True
    good = check_contraflow(clearance, told, instance, findings)
    if told.without is None:
        return good
    without = verify_clearance(told.without, instance)
    for found in without.findings:
        findings.add(found.code, f"contraflow.without: {found.where}", found.message)
    return without.lower_bound_verified and good
