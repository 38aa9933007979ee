"""From a flow over cells to departures that people can act on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from safepassage.flow.timed_grid import TimedGrid
from safepassage.flow.timed_kernel import peel, postpone, through
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.plan.clearance import Departure

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["at_once", "departures", "last_arrival"]

_SWEEPS = 8
"""Waiting has moved to where people set out after so many, but for loops."""
_AT_ONCE = Fraction(1, 1000)
"""How long those take to be counted who are safe where they are (s)."""


def departures(grid: TimedGrid, *, postponed: bool = True) -> tuple[Departure, ...]:
    """Take a flow apart into departures; the grid's flow is used up.

    The rates of a departure are those of whole cells, so that on every link they add up to the
    rate of the flow, cell by cell. Each arc's rounding becomes a wait at its head. Unless
    ``postponed`` is false, everyone first waits at home as far as that can be.
    """
    cells = grid.cells
    leaving = np.zeros((len(grid.roads.origins), grid.n_cells), np.int64)
    sinks = set(grid.roads.sinks)
    near = np.argsort(grid.roads.distance, kind="stable")
    order = np.array([v for v in near.tolist() if v not in sinks], np.int64)
    for _ in range(_SWEEPS if postponed else 0):
        postpone(cells, order)
    through(cells, grid.sent, leaving)
    n = len(grid.roads.nodes)
    final = np.full(len(grid.roads.links), grid.n_cells - 1, np.int64)
    start = np.zeros(2, np.int64)
    trips = np.zeros((4096, 5), np.int64)
    steps = np.zeros((max(4 * n, 1 << 18), 2), np.int64)
    found: list[Departure] = []
    teller = _Teller(grid)
    while True:
        n_trips, n_steps = peel(cells, leaving, final, start, trips, steps)
        if n_trips == 0:
            break
        ends = np.append(trips[1:n_trips, 4], n_steps)
        for trip, end in zip(trips[:n_trips], ends, strict=True):
            found.append(teller.departure(trip, steps[trip[4] : end]))
    return tuple(found)


def at_once(roads: TimedRoads) -> list[Departure]:
    """Return departures of those who are safe where they are."""
    return [
        Departure(
            o.node, o.node, (), (), o.ready_s, o.ready_s + _AT_ONCE, o.vehicles * 3600 / _AT_ONCE
        )
        for o in roads.safe
    ]


class _Teller:
    """Turns trips over cells into departures; what many of them share is made once."""

    def __init__(self, grid: TimedGrid) -> None:
        self._grid = grid
        self._seconds: dict[int, Fraction] = {}
        self._ways: dict[bytes, tuple[tuple[str, ...], tuple[Fraction, ...], str]] = {}

    def departure(self, trip: NDArray[np.int64], steps: NDArray[np.int64]) -> Departure:
        grid, roads = self._grid, self._grid.roads
        supply, first, times, rate = (int(x) for x in trip[:4])
        v = roads.origin_node[supply]
        key = steps.copy()
        key[:, 1] -= first
        shape = key.tobytes()
        way = self._ways.get(shape)
        if way is None:
            way = self._ways[shape] = self._way(key)
        links, waits, destination = way
        from_ticks = int(grid.clock[v]) + first * grid.width
        return Departure(
            origin=roads.nodes[v],
            destination=destination or roads.nodes[v],
            links=links,
            waits_s=waits,
            from_s=self._s(from_ticks),
            to_s=self._s(from_ticks + times * grid.width),
            vehicles_per_hour=Fraction(rate, grid.unit),
        )

    def _way(self, steps: NDArray[np.int64]) -> tuple[tuple[str, ...], tuple[Fraction, ...], str]:
        grid, roads = self._grid, self._grid.roads
        links: list[str] = []
        waits: list[Fraction] = []
        arrived, late = int(steps[0, 1]) if len(steps) else 0, 0
        v = -1
        for e, cell in steps.tolist():
            chain = roads.links[e]
            wait = (cell - arrived) * grid.width + late
            arrived, late = cell + int(grid.delay[e]), int(grid.late[e])
            v = int(roads.head[e])
            if chain:
                links.extend(chain)
                waits.append(self._s(wait))
                waits.extend([self._s(0)] * (len(chain) - 1))
        told = tuple(waits) if any(waits) else ()
        return tuple(links), told, roads.nodes[v] if v >= 0 else ""

    def _s(self, ticks: int) -> Fraction:
        time = self._seconds.get(ticks)
        if time is None:
            time = self._seconds[ticks] = Fraction(ticks, TICKS)
        return time


def last_arrival(found: tuple[Departure, ...], transit_s: dict[str, int]) -> Fraction:
    """When the last of some departures arrives (s)."""
    driving: dict[tuple[str, ...], int] = {}
    last = Fraction(0)
    for departure in found:
        time = driving.get(departure.links)
        if time is None:
            time = driving[departure.links] = sum(transit_s[link] for link in departure.links)
        last = max(last, departure.to_s + time + sum(departure.waits_s))
    return last
