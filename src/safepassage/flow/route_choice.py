"""Which few routes of a plan to announce at each origin.

Choosing routes so that nobody is kept long by others is as hard as dividing numbers evenly (an
unsplittable flow; Kleinberg 1996, "Single-source unsplittable flow", FOCS), so several choices are
made and whoever asks tries each. The first keeps the busiest routes of every origin. The others
balance: the vehicles of an origin go in equal parts, each part by the route on which the roads are
then least full, with full roads weighing the more the fuller they are (a potential of high power,
as in Awerbuch, Azar, Grove, Kao, Krishnan and Vitter 1995, "Load balancing in the Lp norm", FOCS),
until no part is better off elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from safepassage.network.capacity_steps import integral, rate_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from safepassage.network.road_instance import RoadInstance
    from safepassage.plan.clearance import Clearance

__all__ = ["Route", "RoutesOfOrigin", "route_choices"]

Route = tuple[str, ...]
"""Ids of links in a row."""
RoutesOfOrigin = dict[str, list[Route]]

_POWERS: Final = (4.0, 6.0, 16.0, 48.0)
"""Of the potential: low ones spread, high ones look at the fullest road alone."""
_ROUNDS: Final = 20
"""Most times every part is looked at for one power; it is mostly at rest after five."""
_CANDIDATES: Final = 60
"""Most routes of an origin that are looked at, the busiest first."""
_LEAST_SHARE: Final = 1e-5
"""Of all vehicles, what a road has room for at least, so that high powers stay finite."""
_AMPLE: Final = 1e-9
"""How full a road without a limit counts for one vehicle, so that a short way is preferred."""


def route_choices(
    instance: RoadInstance, clearance: Clearance, most: int, time_s: Fraction
) -> Iterator[RoutesOfOrigin]:
    """Yield routes for each origin, at most so many, chosen in several ways.

    Parameters
    ----------
    instance
        What was solved.
    clearance
        A complete plan for it.
    most
        Routes from each origin, at least 1.
    time_s
        In which the routes are to suffice, as far as can be (s).
    """
    use = _use(clearance)
    yield _busiest(clearance, use, most)
    yield from _balanced(instance, use, most, time_s)


def _use(clearance: Clearance) -> dict[str, dict[Route, Fraction]]:
    """By origin and route, how many vehicles of the plan take it."""
    use: defaultdict[str, defaultdict[Route, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for departure in clearance.departures:
        if departure.links:
            use[departure.origin][departure.links] += departure.vehicles
    return {origin: dict(ways) for origin, ways in use.items()}


def _busiest(
    clearance: Clearance, use: dict[str, dict[Route, Fraction]], most: int
) -> RoutesOfOrigin:
    """By origin, its busiest routes, each of them through other roads of the bottleneck.

    Many routes of a plan differ before and after a full road only, where others would do as well.
    So those through the same full roads count as one, for which the busiest stands.
    """
    bottleneck = clearance.bottleneck
    full = {cut.link for cut in bottleneck.links} if bottleneck is not None else set()
    return {origin: _of_one(ways, full, most) for origin, ways in use.items()}


def _of_one(ways: dict[Route, Fraction], full: set[str], most: int) -> list[Route]:
    groups: defaultdict[Route, list[Route]] = defaultdict(list)
    for way in sorted(ways, key=lambda way: (-ways[way], way)):
        groups[tuple(link for link in way if link in full)].append(way)
    amount = {key: sum(ways[way] for way in group) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-amount[key], key))
    chosen = [groups[key][0] for key in order[:most]]
    rest = [way for way in sorted(ways, key=lambda way: (-ways[way], way)) if way not in chosen]
    return chosen + rest[: most - len(chosen)]


class _Candidates(NamedTuple):
    """Routes that origins may have, over numbered roads and places of destinations."""

    routes: list[list[Route]]
    """By origin."""
    roads: list[list[NDArray[np.int64]]]
    """By origin and route, what it takes up."""
    room: NDArray[np.float64]
    """By road, how many vehicles can pass in time; infinite where there is no limit."""


def _balanced(
    instance: RoadInstance, use: dict[str, dict[Route, Fraction]], most: int, time_s: Fraction
) -> Iterator[RoutesOfOrigin]:
    """Parts of origins moved until the roads are evenly full, for one power after another."""
    origins = sorted(use)
    ways = _ways(instance, use)
    found = _candidates(instance, [ways[origin] for origin in origins], time_s)
    amounts = [float(sum(use[origin].values())) / most for origin in origins]
    # Who has most to send chooses first.
    order = sorted(range(len(origins)), key=lambda k: -amounts[k])
    weight = 1 / found.room
    weight[weight == 0] = _AMPLE
    fill = np.zeros(len(weight))
    taken = [[-1] * most for _ in origins]
    for power in _POWERS:
        for _ in range(_ROUNDS):
            if not _round(found, order, amounts, weight, fill, taken, power):
                break
        yield {
            origin: [found.routes[k][q] for q in dict.fromkeys(taken[k])]
            for k, origin in enumerate(origins)
        }


def _round(
    found: _Candidates,
    order: list[int],
    amounts: list[float],
    weight: NDArray[np.float64],
    fill: NDArray[np.float64],
    taken: list[list[int]],
    power: float,
) -> bool:
    """Move each part to where it does least harm; tell whether any was moved."""
    moved = False
    for k in order:
        amount, roads = amounts[k], found.roads[k]
        for part, was in enumerate(taken[k]):
            if was >= 0:
                at = roads[was]
                fill[at] = np.maximum(fill[at] - amount * weight[at], 0)
            harm = [
                float(np.sum((fill[at] + amount * weight[at]) ** power - fill[at] ** power))
                for at in roads
            ]
            best = int(np.argmin(harm))
            if was >= 0 and harm[was] <= harm[best] * (1 + 1e-12):
                best = was
            fill[roads[best]] += amount * weight[roads[best]]
            taken[k][part] = best
            moved = moved or best != was
    return moved


@dataclass(slots=True)
class _Spans:
    """Roads, and places at destinations, numbered as they come up."""

    number: dict[str | tuple[str], int] = field(default_factory=dict)
    """A destination stands as a tuple, as roads and nodes may share an id."""
    first: list[int] = field(default_factory=list)
    """By road, seconds until the first can be there."""
    rest: list[int] = field(default_factory=list)
    """By road, least seconds from its entrance to a destination."""

    def along(self, route: Sequence[str | tuple[str]], transit: list[int]) -> NDArray[np.int64]:
        """Return the numbers of a route's roads, which take so long (s)."""
        before, behind = 0, sum(transit)
        numbers = []
        for name, seconds in zip(route, transit, strict=True):
            at = self.number.setdefault(name, len(self.number))
            if at == len(self.first):
                self.first.append(before)
                self.rest.append(behind)
            self.first[at] = min(self.first[at], before)
            self.rest[at] = min(self.rest[at], behind)
            numbers.append(at)
            before, behind = before + seconds, behind - seconds
        return np.array(numbers, np.int64)


def _candidates(instance: RoadInstance, ways: list[list[Route]], time_s: Fraction) -> _Candidates:
    """Number the roads of these routes, and find how many vehicles can pass each in that time.

    A road helps from when the first can be there until the last has just time enough to go on.
    """
    links = instance.network.links
    ends = {d.node: d.capacity for d in instance.destinations if d.capacity is not None}
    spans = _Spans()

    def along(route: Route) -> NDArray[np.int64]:
        last = links[route[-1]].to_node
        transit = [instance.transit_s(link) for link in route]
        if last in ends:
            return spans.along((*route, (last,)), [*transit, 0])
        return spans.along(route, transit)

    roads = [[along(route) for route in routes] for routes in ways]
    least = float(instance.vehicles) * _LEAST_SHARE
    room = np.full(len(spans.number), np.inf)
    for name, at in spans.number.items():
        if isinstance(name, tuple):
            limit: Fraction | None = ends[name[0]]
        else:
            span = Fraction(spans.first[at]), time_s - spans.rest[at]
            limit = integral(rate_steps(instance, name), *span)
        if limit is not None:
            room[at] = max(float(limit), least)
    return _Candidates(ways, roads, room)


def _ways(instance: RoadInstance, use: dict[str, dict[Route, Fraction]]) -> dict[str, list[Route]]:
    """By origin, its routes in the plan, and the ways on from there of others that pass it.

    The busiest of both, its own first.
    """
    own = {origin: sorted(ways, key=lambda way: (-ways[way], way)) for origin, ways in use.items()}
    passing: dict[str, defaultdict[Route, Fraction]] = {o: defaultdict(Fraction) for o in use}
    tail = {name: link.from_node for name, link in instance.network.links.items()}
    for ways in use.values():
        for way, vehicles in ways.items():
            for i, link in enumerate(way):
                if i and tail[link] in passing:
                    passing[tail[link]][way[i:]] += vehicles
    for origin, others in passing.items():
        new = others.keys() - use[origin].keys()
        own[origin] += sorted(new, key=lambda way: (-others[way], way))
    return {origin: ways[:_CANDIDATES] for origin, ways in own.items()}
