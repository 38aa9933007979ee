"""The one way into the road engine: an instance and a stopping rule give a clearance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from safepassage.flow.arrays import SECOND_MS, RoadArrays, compile_roads
from safepassage.flow.bottleneck import bottleneck_of
from safepassage.flow.cut import cut_over_time
from safepassage.flow.decompose import departures_of
from safepassage.flow.search import Search
from safepassage.plan.clearance import Clearance, CutOverTime, Departure, InstanceReference

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
        Also count the vehicles out by this time.
    seed
        Not needed where capacities are constant: nothing there is left to chance.
    progress
        Takes a few words on what is being done.

    Returns
    -------
    Clearance
        Complete unless ``no_way_out`` names origins.
    """
    del seed
    roads = compile_roads(instance)
    if not len(roads.origins):
        return _clearance(instance, roads, _Found(Fraction(0), None, ()), deadline_s)
    search = Search(roads, stop, progress)
    search.run()
    progress("writing down who leaves when")
    departures = departures_of(roads, search.parts())
    cut = cut_over_time(roads, instance, search.tight)
    time_s = max(map(_arrival(instance), departures))
    return _clearance(instance, roads, _Found(time_s, cut, departures), deadline_s)


@dataclass(frozen=True, slots=True)
class _Found:
    time_s: Fraction
    cut: CutOverTime | None
    departures: tuple[Departure, ...]


def _arrival(instance: RoadInstance) -> Callable[[Departure], Fraction]:
    def arrival(departure: Departure) -> Fraction:
        driving = sum(instance.transit_s(link) for link in departure.links)
        return departure.to_s + sum(departure.waits_s) + driving

    return arrival


def _clearance(
    instance: RoadInstance, roads: RoadArrays, found: _Found, deadline_s: Fraction | None
) -> Clearance:
    bound_s = found.cut.horizon_s if found.cut is not None else Fraction(0)
    # Who stands at a destination is out when the others are, or at once if there is nobody else.
    until = found.time_s or Fraction(1, SECOND_MS)
    here = tuple(
        Departure(node, node, (), (), Fraction(0), until, vehicles * 3600 / until)
        for node, vehicles in roads.at_once
    )
    complete = not roads.no_way_out
    time_s = max(found.time_s, until) if here else found.time_s
    return Clearance(
        instance=InstanceReference(instance.location, instance.digest),
        vehicles=instance.vehicles,
        clearance_time_s=time_s if complete else None,
        lower_bound_s=bound_s,
        gap=_gap(time_s, bound_s) if complete else None,
        deadline_s=deadline_s,
        evacuated_by_deadline=None,
        evacuated_at_most=None,
        no_way_out=roads.no_way_out,
        complete=True,
        bottleneck=bottleneck_of(instance, found.cut) if found.cut is not None else None,
        certificate=found.cut,
        deadline_certificate=None,
        departures=(*here, *found.departures),
    )


def _gap(time_s: Fraction, bound_s: Fraction) -> float | None:
    if bound_s > 0:
        return float(time_s / bound_s - 1)
    return 0.0 if time_s == 0 else None
