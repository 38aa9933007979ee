"""Contraflow: lanes given to the opposite direction, and what that gains.

A road's two directions between the same nodes can share their lanes: reversing one gives the other
the capacity of both, for the whole time. Which to reverse is hard to say exactly, as that is one
choice for all times and origins (Kim, Shekhar and Min 2008; Rebennack et al. 2010). So every
direction is first given the lanes of both at once. No choice can do better than that relaxation,
whose lower bound therefore holds for all of them; for a single destination and whole flows it
even tells a best choice, by what is left of opposite flows (Rebennack et al.). Roads are reversed
where the relaxed plan drives one way only, or nearly so, and takes more than that direction has;
then the network as it now is is cleared anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from safepassage.flow.clear import clear_roads
from safepassage.flow.timed_steps import Step, rate_steps
from safepassage.network.network import Network
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, RoadInstance
from safepassage.plan.clearance import Clearance, InstanceReference
from safepassage.stop import Stop

__all__ = ["Contraflow", "clear_with_contraflow", "opposite_links", "reverse"]

_NEARLY: Final = Fraction(1, 20)
"""Share of a direction's vehicles that may find another way when it is reversed."""


@dataclass(frozen=True, slots=True)
class Contraflow:
    """A plan with lanes reversed, beside the plan without."""

    clearance: Clearance
    """Names the reversed links; the same as ``without`` where nothing is gained."""
    without: Clearance
    any_choice_s: Fraction | None
    """Whatever is reversed among the roads allowed, everyone cannot be out sooner."""

    @property
    def gain_s(self) -> Fraction | None:
        """How much sooner everyone is out."""
        before, after = self.without.clearance_time_s, self.clearance.clearance_time_s
        return None if before is None or after is None else before - after


def clear_with_contraflow(
    instance: RoadInstance,
    *,
    stop: Stop,
    roads: Collection[str] | None = None,
    deadline_s: Fraction | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Contraflow:
    """Choose lanes to reverse, and clear the roads with and without.

    Parameters
    ----------
    instance
        Roads, origins and destinations.
    stop
        For each of the three searches.
    roads
        Links that may give way; None: all.
    deadline_s
        As for :func:`safepassage.flow.clear_roads`.
    progress
        Takes a few words on what is being done.
    """
    opposite = opposite_links(instance.network)
    may = {
        link for link in (instance.network.links if roads is None else roads) if link in opposite
    }
    progress("clearing the roads as they are")
    without = clear_roads(instance, stop=stop, deadline_s=deadline_s, progress=progress)
    progress("clearing them with the lanes of both directions in each")
    relaxed = clear_roads(_shared(instance, may, opposite), stop=stop, progress=progress)
    given = _given_way(instance, relaxed, may, opposite)
    bound = relaxed.lower_bound_s
    if not given:
        return Contraflow(without, without, bound)
    progress(f"clearing them with {len(given)} links reversed")
    reversed_ = clear_roads(
        reverse(instance, given), stop=stop, deadline_s=deadline_s, progress=progress
    )
    reference = InstanceReference(instance.location, instance.digest, given)
    best = replace(reversed_, instance=reference)
    if not _sooner(best, without):
        best = without
    return Contraflow(best, without, bound)


def _sooner(one: Clearance, other: Clearance) -> bool:
    if len(one.no_way_out) != len(other.no_way_out):
        return len(one.no_way_out) < len(other.no_way_out)
    if one.clearance_time_s is None or other.clearance_time_s is None:
        return other.clearance_time_s is None and one.clearance_time_s is not None
    return one.clearance_time_s < other.clearance_time_s


def opposite_links(network: Network) -> dict[str, str]:
    """Pair links between the same nodes: the first of several one way with the first the other."""
    between: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for link in network.links.values():
        if link.from_node != link.to_node:
            between[link.from_node, link.to_node].append(link.id)
    pairs: dict[str, str] = {}
    for (a, b), links in between.items():
        pairs.update(zip(links, between.get((b, a), ()), strict=False))
    return pairs


def reverse(instance: RoadInstance, links: Collection[str]) -> RoadInstance:
    """Return the instance with the capacity of links given to those opposite, at every moment."""
    opposite = opposite_links(instance.network)
    steps: dict[str, tuple[Step, ...]] = {}
    for link in links:
        other = opposite[link]
        steps[other] = _sum(rate_steps(instance, other), rate_steps(instance, link))
        steps[link] = (Step(Fraction(0), Fraction(0)),)
    return _with_steps(instance, steps)


def _shared(instance: RoadInstance, may: Collection[str], opposite: dict[str, str]) -> RoadInstance:
    """Give each direction the lanes that the other may give way with."""
    steps = {
        opposite[link]: _sum(rate_steps(instance, opposite[link]), rate_steps(instance, link))
        for link in may
    }
    return _with_steps(instance, steps)


def _given_way(
    instance: RoadInstance, relaxed: Clearance, may: Collection[str], opposite: dict[str, str]
) -> tuple[str, ...]:
    """Links that a relaxed plan hardly uses while it takes more than there is opposite."""
    used: defaultdict[str, Fraction] = defaultdict(Fraction)
    for departure in relaxed.departures:
        for link in departure.links:
            used[link] += departure.vehicles
    time = relaxed.clearance_time_s or relaxed.lower_bound_s or Fraction(0)
    given = []
    for link in sorted(may):
        other = opposite[link]
        if used[link] > used[other] * _NEARLY or not used[other]:
            continue
        if _taken(instance, other, time) < used[other] or _ever_full(relaxed, other, instance):
            given.append(link)
    return tuple(given)


def _taken(instance: RoadInstance, link: str, time: Fraction) -> Fraction:
    """Vehicles that a link's own lanes can take by a time."""
    steps = rate_steps(instance, link)
    total = Fraction(0)
    for i, step in enumerate(steps):
        end = min(time, steps[i + 1].from_s) if i + 1 < len(steps) else time
        if step.vph is None:
            return Fraction(10**12)
        total += max(end - step.from_s, Fraction(0)) * step.vph / 3600
    return total


def _ever_full(relaxed: Clearance, link: str, instance: RoadInstance) -> bool:
    """Whether the bottleneck's window of a link takes more than its own lanes."""
    if relaxed.bottleneck is None:
        return False
    own = instance.network.links[link].capacity_vph
    return own is not None and any(cut.link == link for cut in relaxed.bottleneck.links)


def _with_steps(instance: RoadInstance, steps: dict[str, tuple[Step, ...]]) -> RoadInstance:
    """Replace capacities; what changes with time becomes periods."""
    links = dict(instance.network.links)
    changes = {link: periods for link, periods in instance.changes.items() if link not in steps}
    for link, own in steps.items():
        links[link] = replace(links[link], capacity_vph=own[0].vph)
        periods = []
        for i, step in enumerate(own[1:], 1):
            until = own[i + 1].from_s if i + 1 < len(own) else FOR_GOOD_S
            if step.vph is not None and step.vph != own[0].vph:
                periods.append(CapacityPeriod(step.from_s, until, step.vph))
        if periods:
            changes[link] = tuple(periods)
    network = Network(instance.network.nodes, MappingProxyType(links))
    return replace(instance, network=network, changes=MappingProxyType(changes))


def _sum(first: tuple[Step, ...], second: tuple[Step, ...]) -> tuple[Step, ...]:
    times = sorted({step.from_s for step in (*first, *second)})
    return tuple(Step(t, _added(_at(first, t), _at(second, t))) for t in times)


def _at(steps: tuple[Step, ...], time: Fraction) -> Fraction | None:
    return next(step.vph for step in reversed(steps) if step.from_s <= time)


def _added(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b
