"""Lanes given to the opposite direction.

Engine and reports use this; the checker reckons capacities by a rule of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from safepassage.network.capacity_steps import Step, rate_at, rate_steps
from safepassage.network.network import Network
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, RoadInstance

__all__ = ["opposite_links", "reverse", "with_shared_lanes"]


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


def with_shared_lanes(
    instance: RoadInstance, may: Collection[str], opposite: Mapping[str, str]
) -> RoadInstance:
    """Return the instance with each direction given the lanes that the other may give way with."""
    steps = {
        opposite[link]: _sum(rate_steps(instance, opposite[link]), rate_steps(instance, link))
        for link in may
    }
    return _with_steps(instance, steps)


def _with_steps(instance: RoadInstance, steps: dict[str, tuple[Step, ...]]) -> RoadInstance:
    """Replace capacities; what changes with time becomes periods."""
    links = dict(instance.network.links)
    changes = {link: periods for link, periods in instance.changes.items() if link not in steps}
    for link, own in steps.items():
        # A period states a number: what has no limit now and then is the link's own capacity.
        usual = None if any(step.vph is None for step in own) else own[0].vph
        links[link] = replace(links[link], capacity_vph=usual)
        periods = []
        for i, step in enumerate(own):
            until = own[i + 1].from_s if i + 1 < len(own) else FOR_GOOD_S
            if step.vph is not None and step.vph != usual:
                periods.append(CapacityPeriod(step.from_s, until, step.vph))
        if periods:
            changes[link] = tuple(periods)
    network = Network(instance.network.nodes, MappingProxyType(links))
    return replace(instance, network=network, changes=MappingProxyType(changes))


def _sum(first: tuple[Step, ...], second: tuple[Step, ...]) -> tuple[Step, ...]:
    times = sorted({step.from_s for step in (*first, *second)})
    return tuple(Step(t, _added(rate_at(first, t), rate_at(second, t))) for t in times)


def _added(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b
