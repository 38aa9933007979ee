"""Contraflow: lanes given to the opposite direction, and what that gains.

A road's two directions between the same nodes can share their lanes: reversing one gives the other
the capacity of both, for the whole time. Which to reverse is hard to say exactly, as that is one
choice for all times and origins (Kim, Shekhar and Min 2008; Rebennack et al. 2010). So every
direction is first given the lanes of both at once. No choice can do better than that relaxation,
whose lower bound therefore holds for all of them; for a single destination and whole flows it
even tells a best choice, by what is left of opposite flows (Rebennack et al.). Roads are reversed
where the relaxed plan drives one way only, or nearly so, and takes more than that direction has;
then the network as it now is is cleared anew. What then holds it back is given the lanes opposite,
as long as that gains anything and the bound is not met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from fractions import Fraction
from typing import Final

from safepassage.flow.arrival import clear_early
from safepassage.flow.clear import clear_roads
from safepassage.network.capacity_steps import integral, rate_steps
from safepassage.network.lanes import opposite_links, reverse, with_shared_lanes
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance, Contraflow
from safepassage.stop import Stop

__all__ = ["clear_with_contraflow"]

_NEARLY: Final = Fraction(1, 20)
"""Share of a direction's vehicles that may find another way when it is reversed."""


def clear_with_contraflow(
    instance: RoadInstance,
    *,
    stop: Stop,
    roads: Collection[str] | None = None,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    max_routes: int | None = None,
    early: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Clearance:
    """Choose lanes to reverse, and clear the roads with and without.

    Parameters
    ----------
    instance
        Roads, origins and destinations.
    stop
        For each of the searches.
    roads
        Links that may give way; None: all.
    deadline_s, seed, max_routes
        As for :func:`safepassage.flow.clear_roads`.
    early
        Have as many as possible out at every moment, with the lanes so chosen.
    progress
        Takes a few words on what is being done.

    Returns
    -------
    Clearance
        Names the reversed links; in ``contraflow`` there are the plan without, and the bound for
        any choice of lanes. Where nothing is gained, it is the plan without.
    """

    def cleared(on: RoadInstance) -> Clearance:
        return clear_roads(
            on,
            stop=stop,
            deadline_s=deadline_s,
            seed=seed,
            progress=progress,
            max_routes=max_routes,
        )

    opposite = opposite_links(instance.network)
    may = {
        link for link in (instance.network.links if roads is None else roads) if link in opposite
    }
    progress("clearing the roads as they are")
    without = cleared(instance)
    progress("clearing them with the lanes of both directions in each")
    shared = with_shared_lanes(instance, may, opposite)
    relaxed = clear_roads(shared, stop=stop, seed=seed, progress=progress)
    told = Contraflow(
        roads=None if roads is None else tuple(sorted(roads)),
        any_choice_s=relaxed.lower_bound_s,
        certificate=relaxed.certificate,
        without=None,
    )
    best = without
    reversed_links: tuple[str, ...] = ()
    given = _given_way(instance, relaxed, may, opposite)
    over = stop.begin()
    while given:
        progress(f"clearing them with {len(given)} links reversed")
        found = cleared(reverse(instance, given))
        if not _sooner(found, best):
            break
        best, reversed_links = found, given
        time_s = float(best.clearance_time_s or 0)
        if stop(time_s, float(relaxed.lower_bound_s or 0)) or over(time_s, 0.0):
            break
        more = _held_back(best, given, may, opposite)
        given = tuple(sorted({*given, *more})) if more else ()
    if early:
        on = reverse(instance, reversed_links)
        best = clear_early(on, stop=stop, deadline_s=deadline_s, seed=seed, progress=progress)
    return replace(
        best,
        instance=replace(without.instance, reversed_links=reversed_links),
        contraflow=replace(told, without=without) if reversed_links else told,
    )


def _sooner(one: Clearance, other: Clearance) -> bool:
    if len(one.no_way_out) != len(other.no_way_out):
        return len(one.no_way_out) < len(other.no_way_out)
    if one.clearance_time_s is None or other.clearance_time_s is None:
        return other.clearance_time_s is None and one.clearance_time_s is not None
    return one.clearance_time_s < other.clearance_time_s


def _given_way(
    instance: RoadInstance, relaxed: Clearance, may: Collection[str], opposite: dict[str, str]
) -> tuple[str, ...]:
    """Links that a relaxed plan hardly uses while it takes more than there is opposite."""
    used = _used(relaxed)
    time = relaxed.clearance_time_s or relaxed.lower_bound_s or Fraction(0)
    given = []
    for link in sorted(may):
        other = opposite[link]
        if used[link] > used[other] * _NEARLY or not used[other]:
            continue
        taken = integral(rate_steps(instance, other), Fraction(0), time)
        short = taken is not None and taken < used[other]
        if short or _holds_back(relaxed, other, instance):
            given.append(link)
    return tuple(given)


def _held_back(
    plan: Clearance, given: Collection[str], may: Collection[str], opposite: dict[str, str]
) -> set[str]:
    """Links opposite to roads that hold a plan back: all that nobody uses, else the least used."""
    full = plan.bottleneck.links if plan.bottleneck is not None else ()
    used = _used(plan)
    idle = sorted(
        (used[opposite[cut.link]], opposite[cut.link])
        for cut in full
        if cut.link not in given
        and opposite.get(cut.link) in may
        and opposite[cut.link] not in given
    )
    return {link for amount, link in idle if not amount} or {link for _, link in idle[:1]}


def _used(plan: Clearance) -> defaultdict[str, Fraction]:
    """Vehicles by link."""
    used: defaultdict[str, Fraction] = defaultdict(Fraction)
    for departure in plan.departures:
        for link in departure.links:
            used[link] += departure.vehicles
    return used


def _holds_back(relaxed: Clearance, link: str, instance: RoadInstance) -> bool:
    """Whether a link with a limit of its own is in the bottleneck, even with all lanes."""
    if relaxed.bottleneck is None:
        return False
    own = instance.network.links[link].capacity_vph
    return own is not None and any(cut.link == link for cut in relaxed.bottleneck.links)
