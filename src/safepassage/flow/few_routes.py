"""A plan with few routes from each origin, and what that costs.

The routes that most vehicles of an origin take in a plan are kept. Vehicles then leave by them as
early as the roads have room, over cells of time, without waiting on the way; whose vehicles would
need longest go first. That is a heuristic: how much later everyone is out is stated with it, and
the lower bound stays, as it holds for any number of routes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from safepassage.flow.deadline import out_by
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
    kept = _chosen(clearance, most)
    used = {(d.origin, d.links) for d in clearance.departures}
    if len(used) == sum(map(len, kept.values())) or clearance.clearance_time_s is None:
        return clearance
    here = [d for d in clearance.departures if not d.links]
    roads = compile_roads(instance)
    found = _sent(roads, kept, clearance.clearance_time_s)
    if found is None:
        return replace(clearance, clearance_time_s=None, gap=None, complete=False)
    departures = (*here, *found)
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    time = max(d.to_s + sum(d.waits_s) + sum(map(transit.__getitem__, d.links)) for d in departures)
    bound, deadline = clearance.lower_bound_s, clearance.deadline_s
    gap = float(time / bound - 1) if bound else None
    return replace(
        clearance,
        departures=departures,
        clearance_time_s=time,
        gap=gap,
        evacuated_by_deadline=None if deadline is None else out_by(instance, departures, deadline),
    )


def _chosen(clearance: Clearance, most: int) -> dict[str, list[tuple[str, ...]]]:
    """By origin, its busiest routes, each of them through other roads of the bottleneck.

    Many routes of a plan differ before and after a full road only, where others would do as well.
    So those through the same full roads count as one, for which the busiest stands.
    """
    bottleneck = clearance.bottleneck
    full = {cut.link for cut in bottleneck.links} if bottleneck is not None else set()
    use: defaultdict[str, defaultdict[tuple[str, ...], Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    for departure in clearance.departures:
        if departure.links:
            use[departure.origin][departure.links] += departure.vehicles
    return {origin: _of_one(ways, full, most) for origin, ways in use.items()}


def _of_one(
    ways: dict[tuple[str, ...], Fraction], full: set[str], most: int
) -> list[tuple[str, ...]]:
    groups: defaultdict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for way in sorted(ways, key=lambda way: (-ways[way], way)):
        groups[tuple(link for link in way if link in full)].append(way)
    amount = {key: sum(ways[way] for way in group) for key, group in groups.items()}
    order = sorted(groups, key=lambda key: (-amount[key], key))
    chosen = [groups[key][0] for key in order[:most]]
    rest = [way for way in sorted(ways, key=lambda way: (-ways[way], way)) if way not in chosen]
    return chosen + rest[: most - len(chosen)]


def _sent(
    roads: TimedRoads, kept: dict[str, list[tuple[str, ...]]], time_s: Fraction
) -> list[Departure] | None:
    """Send everyone along the routes kept; None where that takes far too long."""
    horizon = int(time_s * TICKS)
    width = roads.grid
    while width * _CELLS < horizon or horizon // width * len(roads.links) > _MOST_CELLS:
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


def _routes(grid: TimedGrid, kept: dict[str, list[tuple[str, ...]]]) -> _Routes:
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
