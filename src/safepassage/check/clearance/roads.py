"""The roads as the checker sees them: every link as it is in the tables, capacities by time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import FOR_GOOD_S, CapacityPeriod, RoadInstance

__all__ = ["Rate", "Road", "Step", "read_roads", "with_shared_lanes"]

Rate = Fraction | None
"""Vehicles an hour; None: not limited."""


class Step(NamedTuple):
    """From ``from_s`` up to the next step a link takes ``rate``."""

    from_s: Fraction
    rate: Rate


class Road(NamedTuple):
    """A link; ``steps`` begin at 0, one of them for a constant capacity."""

    from_node: str
    to_node: str
    transit_s: int
    steps: tuple[Step, ...]


def read_roads(
    instance: RoadInstance, reversed_links: Sequence[str], findings: Findings
) -> dict[str, Road]:
    """Read the roads, some of them with their lanes given to the opposite direction.

    The capacity of a reversed link goes, at every moment, to the link that leads the other way
    between the same nodes: the first of several to the first, the second to the second.
    """
    roads: dict[str, Road] = {}
    constant: dict[Rate, tuple[Step, ...]] = {}
    for name, link in instance.network.links.items():
        rate = link.capacity_vph
        steps = constant.get(rate) or constant.setdefault(rate, (Step(Fraction(0), rate),))
        if name in instance.changes:
            steps = _steps(rate, instance.changes[name])
        roads[name] = Road(link.from_node, link.to_node, instance.transit_s(name), steps)
    if reversed_links:
        _reverse(roads, reversed_links, findings)
    return roads


def with_shared_lanes(roads: Mapping[str, Road], giving: Iterable[str]) -> dict[str, Road]:
    """Return the roads where links that may give way do so, and keep what they have as well.

    No choice of lanes to reverse, at whatever times, lets more vehicles in anywhere.
    """
    opposite = _opposites(roads)
    shared = dict(roads)
    for name in giving:
        other = opposite.get(name)
        if other is not None:
            steps = _sum(roads[other].steps, roads[name].steps)
            shared[other] = roads[other]._replace(steps=steps)
    return shared


def _steps(rate: Rate, periods: Sequence[CapacityPeriod]) -> tuple[Step, ...]:
    steps = [Step(Fraction(0), rate)]
    for period in sorted(periods, key=lambda p: p.from_s):
        if steps[-1].from_s == period.from_s:
            steps.pop()
        steps.append(Step(period.from_s, period.capacity_vph))
        if period.to_s < FOR_GOOD_S:
            steps.append(Step(period.to_s, rate))
    return tuple(steps)


def _reverse(roads: dict[str, Road], reversed_links: Sequence[str], findings: Findings) -> None:
    opposite = _opposites(roads)
    given = set(reversed_links)
    for i, name in enumerate(reversed_links):
        where = f"instance.reversed_links[{i}]"
        if name not in roads:
            findings.add("reversed-unknown", where, f"there is no link {name!r}")
        elif name not in opposite:
            findings.add("reversed-alone", where, f"no link leads the other way beside {name!r}")
        elif opposite[name] in given:
            findings.add("reversed-both", where, f"{name!r} and {opposite[name]!r} both give way")
        else:
            other = opposite[name]
            taken = _sum(roads[other].steps, roads[name].steps)
            roads[other] = roads[other]._replace(steps=taken)
            roads[name] = roads[name]._replace(steps=(Step(Fraction(0), Fraction(0)),))


def _opposites(roads: Mapping[str, Road]) -> dict[str, str]:
    between: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, road in roads.items():
        if road.from_node != road.to_node:
            between[road.from_node, road.to_node].append(name)
    pairs: dict[str, str] = {}
    for (a, b), names in between.items():
        pairs.update(zip(names, between.get((b, a), ()), strict=False))
    return pairs


def _sum(first: tuple[Step, ...], second: tuple[Step, ...]) -> tuple[Step, ...]:
    times = sorted({step.from_s for step in (*first, *second)})
    return tuple(Step(t, _added(_at(first, t), _at(second, t))) for t in times)


def _at(steps: tuple[Step, ...], time: Fraction) -> Rate:
    return next(step.rate for step in reversed(steps) if step.from_s <= time)


def _added(a: Rate, b: Rate) -> Rate:
    return None if a is None or b is None else a + b
