"""The one way into the road engine: an instance and a stopping rule give a clearance.

Where nothing changes over time, flows are mixed that need no grid of time (:mod:`.search`);
anything else goes over cells of time (:mod:`.timed`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from safepassage.errors import BadInput, Fault
from safepassage.flow.arrays import RoadArrays, compile_roads
from safepassage.flow.bottleneck import bottleneck_of
from safepassage.flow.completion import Completion
from safepassage.flow.cut import cut_over_time
from safepassage.flow.deadline import aimed_at, most_out_by, out_by
from safepassage.flow.decompose import departures_of
from safepassage.flow.few_routes import with_few_routes
from safepassage.flow.limited_waiting import waits_broken, without_waiting
from safepassage.flow.search import MANY, Search
from safepassage.flow.timed import clear_timed
from safepassage.flow.timed_plan import at_once, last_arrival
from safepassage.flow.timed_roads import compile_roads as compile_timed
from safepassage.flow.timed_search import Endless
from safepassage.network.road_instance import FOR_GOOD_S, Origin
from safepassage.plan.clearance import Clearance, CutOverTime, Departure, InstanceReference
from safepassage.plan.departures import together

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance
    from safepassage.stop import Stop

__all__ = ["clear_roads"]


def clear_roads(
    instance: RoadInstance,
    *,
    stop: Stop,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
    max_routes: int | None = None,
) -> Clearance:
    """Find how fast everyone can drive out, and prove that it cannot be done much faster.

    Parameters
    ----------
    instance
        Roads, origins and destinations.
    stop
        When the plan is good enough or the search has taken long enough (s). A first plan is
        always finished.
    deadline_s
        Where given, as many as possible are out by then, and everyone as soon as that allows; how
        many can be is bounded.
    seed
        Not needed where capacities are constant: nothing there is left to chance.
    progress
        Takes a few words on what is being done.
    max_routes
        From each origin at most so many routes are used; what that costs is in the clearance time,
        as the lower bound holds for any number of them.

    Returns
    -------
    Clearance
        Complete unless ``no_way_out`` names origins.

    Raises
    ------
    BadInput
        If no plan was found that keeps to the limits on waiting, or not everyone who has a way out
        can be out within a century.
    """
    stop = stop.begin()
    try:
        if _changes(instance):
            clearance = clear_timed(
                instance, stop=stop, deadline_s=deadline_s, seed=seed, progress=progress
            )
        else:
            clearance = _steady(instance, stop, deadline_s, progress)
    except Endless as found:
        raise _endless(instance, found.bound_s) from None
    if clearance.clearance_time_s is not None and clearance.clearance_time_s > FOR_GOOD_S:
        raise _endless(instance, clearance.clearance_time_s)
    clearance = _within_waits(instance, clearance)
    if max_routes is not None:
        clearance = with_few_routes(instance, clearance, max_routes)
    return clearance


def _endless(instance: RoadInstance, time_s: Fraction) -> BadInput:
    message = (
        f"capacity: expected capacities by which everyone is out within a century, got "
        f"{float(time_s) / (366 * 86_400):,.0f} years; it is in vehicles an hour of a whole link"
    )
    return BadInput.one(f"{instance.location}/link.csv", "absurd-number", message)


def _within_waits(instance: RoadInstance, clearance: Clearance) -> Clearance:
    """Return a plan in which nobody waits longer than a node allows, or refuse."""
    broken = waits_broken(instance, clearance.departures)
    if not broken:
        return clearance
    kept = without_waiting(instance, clearance)
    if kept is None:
        raise BadInput(
            Fault(
                f"{instance.location}/node.csv",
                "waiting-limit-unmet",
                f"longest_wait_s of node {node!r}: the quickest plan waits {float(wait):g} s "
                "there, and none that waits less was found; leave the limit out, or change roads",
            )
            for node, wait in broken.items()
        )
    return kept


def _steady(
    instance: RoadInstance,
    stop: Stop,
    deadline_s: Fraction | None,
    progress: Callable[[str], None],
) -> Clearance:
    """Clear roads on which nothing changes over time."""
    roads = compile_roads(instance)
    if not len(roads.origins):
        return _clearance(instance, roads, _Found(Fraction(0), None, ()), deadline_s)
    search = Search(roads, stop, progress)
    if search.tight.time_s > FOR_GOOD_S:
        raise Endless(search.tight.time_s)
    departures: Sequence[Departure] | None = None
    if len(roads.origins) > MANY:
        flows = [search.mixture()]
    else:
        flows = [search.run()]
        progress("writing down who leaves when")
        departures = departures_of(roads, flows[0])
    tight = search.tight
    del search
    if departures is None:
        timed = compile_timed(instance)
        departures = Completion(roads, timed, tight, stop, progress).run(flows)
    transit: dict[str, int] = dict(zip(roads.links, roads.transit_s.tolist(), strict=True))
    time_s = last_arrival(departures, transit)
    cut = cut_over_time(roads, instance, tight)
    clearance = _clearance(instance, roads, _Found(time_s, cut, departures), deadline_s)
    if deadline_s is None or deadline_s >= time_s:
        return clearance
    aimed = aimed_at(instance, deadline_s, time_s, stop, progress)
    if aimed.departures:
        time_s = last_arrival(aimed.departures, transit)
        other = _clearance(instance, roads, _Found(time_s, cut, aimed.departures), deadline_s)
        clearance = max(clearance, other, key=_out_in_time)
    bounds = [most_out_by(instance, roads, tight, deadline_s), *aimed.bounds]
    most, certificate = min(bounds, key=lambda bound: bound[0])
    return replace(clearance, evacuated_at_most=most, deadline_certificate=certificate)


def _out_in_time(clearance: Clearance) -> Fraction:
    return clearance.evacuated_by_deadline or Fraction(0)


def _changes(instance: RoadInstance) -> bool:
    """Say whether anything depends on the time, or on how many came before."""
    return (
        any(instance.changes.values())
        or any(origin.ready_s > 0 for origin in instance.origins)
        or any(destination.capacity is not None for destination in instance.destinations)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    time_s: Fraction
    cut: CutOverTime | None
    departures: Sequence[Departure]


def _clearance(
    instance: RoadInstance, roads: RoadArrays, found: _Found, deadline_s: Fraction | None
) -> Clearance:
    cut = found.cut
    bound_s = cut.horizon_s if cut is not None else Fraction(0)
    here = at_once(Origin(node, vehicles, Fraction(0)) for node, vehicles in roads.at_once)
    complete = not roads.no_way_out
    time_s = max([found.time_s, *(d.to_s for d in here)])
    return Clearance(
        instance=InstanceReference(instance.location, instance.digest),
        vehicles=instance.vehicles,
        clearance_time_s=time_s if complete else None,
        lower_bound_s=bound_s,
        gap=_gap(time_s, bound_s) if complete else None,
        deadline_s=deadline_s,
        evacuated_by_deadline=None
        if deadline_s is None
        else out_by(instance, together(here, found.departures), deadline_s),
        evacuated_at_most=None,
        no_way_out=roads.no_way_out,
        complete=True,
        bottleneck=bottleneck_of(instance, cut, roads.no_way_out) if cut is not None else None,
        certificate=cut,
        deadline_certificate=None,
        departures=together(here, found.departures),
    )


def _gap(time_s: Fraction, bound_s: Fraction) -> float | None:
    if bound_s > 0:
        return float(time_s / bound_s - 1)
    return 0.0 if time_s == 0 else None
