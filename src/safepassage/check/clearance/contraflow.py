"""What a result says of lanes that are given to the opposite direction, against the tables."""

from __future__ import annotations

from safepassage.check.clearance.bounds import Claim, Ground
from safepassage.check.clearance.escape import latest_ways_out
from safepassage.check.clearance.roads import read_roads, with_shared_lanes
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance, Contraflow

__all__ = ["check_contraflow"]


def check_contraflow(
    clearance: Clearance, told: Contraflow, instance: RoadInstance, findings: Findings
) -> bool:
    """Verify what may give way, and the bound for any choice; returns whether it is proven.

    The plan to compare with is a result of its own, and judged as one elsewhere.
    """
    links = instance.network.links
    may = links.keys() if told.roads is None else set(told.roads)
    for i, name in enumerate(told.roads or ()):
        if name not in links:
            message = f"there is no link {name!r}"
            findings.add("reversed-unknown", f"contraflow.roads[{i}]", message)
    for i, name in enumerate(clearance.instance.reversed_links):
        if name not in may:
            message = f"{name!r} is not among the links that may give way"
            findings.add("reversed-not-allowed", f"instance.reversed_links[{i}]", message)
    if told.without is None and clearance.instance.reversed_links:
        message = "expected the result with all lanes as they are, got none"
        findings.add("without-reversed", "contraflow.without", message)
    if told.without is not None and told.without.instance.reversed_links:
        message = "expected all lanes as they are, got some reversed"
        findings.add("without-reversed", "contraflow.without.instance.reversed_links", message)
    roads = with_shared_lanes(read_roads(instance, (), findings), may & links.keys())
    latest = latest_ways_out(roads, instance.destinations)
    free = [o for o in instance.origins if o.ready_s < latest.get(o.node, 0)]
    ground = Ground(instance.network.nodes, roads, free, instance.destinations)
    claim = Claim("contraflow.any_choice_s", "contraflow.certificate", findings)
    below = claim.is_below(told.any_choice_s, clearance.clearance_time_s)
    return claim.takes_as_long(told.any_choice_s, told.certificate, ground) and below
