"""A plan with few routes from each origin, and what that costs.

Of each origin's routes a few are kept, in several ways (:mod:`route_choice`). Vehicles leave by
them as early as the roads have room, over cells of time, without waiting on the way; whose vehicles
would need longest go first. The quickest of these plans stands. That is a heuristic: how much later
everyone is out is stated with it, and the lower bound stays, as it holds for any number of routes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from safepassage.flow.deadline import out_by
from safepassage.flow.limited_waiting import waits_broken
from safepassage.flow.route_choice import RoutesOfOrigin, route_choices
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_kernel import dispatch
from safepassage.flow.timed_roads import TICKS, TimedRoads, compile_roads
from safepassage.plan.clearance import Clearance, Departure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from safepassage.network.road_instance import RoadInstance

__all__ = ["with_few_routes"]

_CELLS: Final = 500
"""Cells of the plan's time; a route can lose part of one on each link."""
_MOST_CELLS: Final = 16_000_000
_PATIENCE: Final = 8
"""How many times the plan's own time it may take."""


class _Routes(NamedTuple):
    """Routes over numbered links, as ``dispatch`` takes them."""

    first: NDArray[np.int64]
    links: NDArray[np.int64]
    offsets: NDArray[np.int64]
    home: NDArray[np.int64]


def with_few_routes(instance: RoadInstance, clearance: Clearance, most: int) -> Clearance:
    """Return a plan that uses at most so many routes from each origin.

    Parameters
    ----------
    instance
        What was solved.
    clearance
        A complete plan for it.
    most
        Routes from each origin, at least 1.

    Returns
    -------
    Clearance
        With the same lower bound. The plan itself where it has no more routes than that; None as
        its clearance time and ``complete`` false where the routes kept are closed before everyone
        has left.
    """
    used = {(d.origin, d.links) for d in clearance.departures if d.links}
    ways = max(Counter(origin for origin, _ in used).values(), default=0)
    if clearance.clearance_time_s is None or ways <= most:
        return clearance
    found = _quickest(instance, clearance, most, clearance.clearance_time_s)
    if found is None:
        return replace(clearance, clearance_time_s=None, gap=None, complete=False)
    time, sent = found
    here = [d for d in clearance.departures if not d.links]
    time = max(time, *(d.to_s for d in here)) if here else time
    departures = (*here, *sent)
    bound, deadline = clearance.lower_bound_s, clearance.deadline_s
    gap = float(time / bound - 1) if bound else None
    return replace(
        clearance,
        departures=departures,
        clearance_time_s=time,
        gap=gap,
        evacuated_by_deadline=None if deadline is None else out_by(instance, departures, deadline),
    )


def _quickest(
    instance: RoadInstance, clearance: Clearance, most: int, plan_s: Fraction
) -> tuple[Fraction, list[Departure]] | None:
    """Return the quickest departures found by few routes, and when the last arrives (s).

    Routes that suffice in the plan's own time are often not to be had; then they are chosen for the
    time that the first choices take, or for as long as is waited at all where all of these shut.
    """
    roads = compile_roads(instance)
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    best: tuple[Fraction, list[Departure]] | None = None
    time_s = plan_s
    tried: list[RoutesOfOrigin] = []
    for _ in range(2):
        for kept in route_choices(instance, clearance, most, time_s):
            if kept in tried:
                continue
            tried.append(kept)
            sent = _sent(roads, kept, plan_s, exact=bool(instance.longest_wait_s))
            if sent is not None and not waits_broken(instance, sent):
                time = max(
                    d.to_s + sum(d.waits_s) + sum(map(transit.__getitem__, d.links)) for d in sent
                )
                if best is None or time < best[0]:
                    best = time, sent
        time_s = _PATIENCE * plan_s if best is None else best[0]
    return best


def _sent(
    roads: TimedRoads, kept: RoutesOfOrigin, time_s: Fraction, *, exact: bool
) -> list[Departure] | None:
    """Send everyone along the routes kept; None where that takes far too long.

    With ``exact`` cells divide all times, if there is room: then nobody waits for a cell to begin.
    """
    horizon = int(time_s * TICKS)
    width = roads.grid
    while (width * _CELLS < horizon and not exact) or horizon // width * len(
        roads.links
    ) > _MOST_CELLS:
        width *= 2
    grid = TimedGrid(roads, width, horizon + width, quanta(roads, width))
    routes = _routes(grid, kept)
    tables = []
    begin = 0
    while grid.left:
        trips = np.zeros((1 << 20, 3), np.int64)
        found, begin = dispatch(grid.cells, *routes, begin, trips)
        tables.append(trips[:found])
        if begin == grid.n_cells:
            if grid.horizon > _PATIENCE * horizon:
                return None
            grid.extend(grid.n_cells + grid.n_cells // 8 + 1)
    return _departures(grid, routes, np.concatenate(tables))


def _routes(grid: TimedGrid, kept: RoutesOfOrigin) -> _Routes:
    """Number the links of the routes; a destination's own link ends those to it."""
    roads = grid.roads
    number = {chain[0]: e for e, chain in enumerate(roads.links) if chain}
    behind = {int(roads.tail[e]): e for e, chain in enumerate(roads.links) if not chain}
    first, links, offsets, home = [0], [], [], []
    for k, origin in enumerate(roads.origins):
        for way in kept[origin.node]:
            ends = _numbered(way, number, roads)
            if not ends:
                continue
            last = behind.get(int(roads.head[ends[-1]]))
            ends += [] if last is None else [last]
            at = 0
            for e in ends:
                links.append(e)
                offsets.append(at)
                at += int(grid.delay[e])
            first.append(len(links))
            home.append(k)
    return _Routes(*(np.array(a, np.int64) for a in (first, links, offsets, home)))


def _numbered(way: tuple[str, ...], number: dict[str, int], roads: TimedRoads) -> list[int]:
    """A route as numbers of links in a row; empty where it takes roads that are of no use."""
    numbers: list[int] = []
    at = 0
    while at < len(way):
        e = number.get(way[at])
        if e is None or way[at : at + len(roads.links[e])] != roads.links[e]:
            return []
        numbers.append(e)
        at += len(roads.links[e])
    return numbers


def _departures(grid: TimedGrid, routes: _Routes, trips: NDArray[np.int64]) -> list[Departure]:
    """Join trips of one rate that follow one another; write them in the network's names."""
    roads, found = grid.roads, []
    order = np.lexsort((trips[:, 1], trips[:, 0]))
    trips = trips[order]
    fresh = np.ones(len(trips), bool)
    fresh[1:] = (
        (np.diff(trips[:, 0]) != 0) | (np.diff(trips[:, 1]) != 1) | (np.diff(trips[:, 2]) != 0)
    )
    begins = np.flatnonzero(fresh)
    ends = np.append(begins[1:], len(trips))
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        route, cell, rate = (int(x) for x in trips[begin])
        at = slice(routes.first[route], routes.first[route + 1])
        numbers = [int(e) for e in routes.links[at] if roads.links[int(e)]]
        links: list[str] = []
        late: list[int] = []
        for e, before in zip(numbers, [0, *(int(grid.late[e]) for e in numbers)], strict=False):
            links += roads.links[e]
            late += [before] + [0] * (len(roads.links[e]) - 1)
        node = roads.origin_node[int(routes.home[route])]
        start = int(grid.clock[node]) + cell * grid.width
        found.append(
            Departure(
                origin=roads.nodes[node],
                destination=roads.nodes[int(roads.head[numbers[-1]])],
                links=tuple(links),
                waits_s=tuple(Fraction(t, TICKS) for t in late) if any(late) else (),
                from_s=Fraction(start, TICKS),
                to_s=Fraction(start + (end - begin) * grid.width, TICKS),
                vehicles_per_hour=Fraction(rate, grid.unit),
            )
        )
    return found
