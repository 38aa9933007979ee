"""From a flow over cells to departures that people can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from safepassage.flow.peel_kernel import lasting, peel, postpone, through
from safepassage.flow.timed_grid import TimedGrid
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.plan.clearance import Departure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["at_once", "departures", "last_arrival"]

_SWEEPS = 8
"""Waiting has moved to where people set out after so many, but for loops."""
_AT_ONCE = Fraction(1, 1000)
"""How long those take to be counted who are safe where they are (s)."""


def departures(grid: TimedGrid, *, postponed: bool = True) -> tuple[Departure, ...]:
    """Take a flow apart into departures; the grid's flow is used up.

    The rates of a departure are those of whole cells, so that on every link they add up to the
    rate of the flow, cell by cell. Each arc's rounding becomes a wait at its head. Unless
    ``postponed`` is false, everyone first waits at home as far as that can be. What supplies send
    too much, as they are rounded up, is left out.
    """
    cells = grid.cells
    leaving = np.zeros((len(grid.roads.origins), grid.n_cells), np.int64)
    sinks = set(grid.roads.sinks)
    near = np.argsort(grid.roads.distance, kind="stable")
    order = np.array([v for v in near.tolist() if v not in sinks], np.int64)
    for _ in range(_SWEEPS if postponed else 0):
        postpone(cells, order)
    through(cells, grid.sent, leaving)
    teller = _Teller(grid)
    found: list[Departure] = []
    amounts: list[tuple[int, int]] = []
    for trip, steps in _trips(grid, leaving):
        amounts.append((int(trip[0]), int(trip[2] * trip[3])))
        found.append(teller.departure(trip, steps))
    return _exactly(grid, found, amounts)


def _exactly(
    grid: TimedGrid, found: list[Departure], amounts: list[tuple[int, int]]
) -> tuple[Departure, ...]:
    """Leave out what supplies send beyond what they have: the smallest trips, part of another."""
    mine: dict[int, list[tuple[int, int]]] = {}
    for at, (supply, amount) in enumerate(amounts):
        mine.setdefault(supply, []).append((amount, at))
    gone: set[int] = set()
    for supply, trips in mine.items():
        spare = grid.spare(supply)
        if spare <= 0:
            continue
        for amount, at in sorted(trips):
            if amount > spare:
                trip = found[at]
                hours = grid.vehicles(spare) / trip.vehicles_per_hour
                found[at] = replace(trip, to_s=trip.to_s - hours * 3600)
                break
            gone.add(at)
            spare -= amount
    return tuple(trip for at, trip in enumerate(found) if at not in gone)


def _trips(grid: TimedGrid, leaving: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield trips with their steps: those that last and wait nowhere first, then what is left."""
    cells, n = grid.cells, len(grid.roads.nodes)
    trips = np.zeros((4096, 5), np.int64)
    steps = np.zeros((max(4 * n, 1 << 18), 2), np.int64)
    way = np.zeros((2, n), np.int64)
    span = grid.n_cells // 2
    while span > 0:
        state = np.zeros(4, np.int64)
        done = False
        while not done:
            state[2:] = 0
            done = lasting(cells, leaving, span, trips, steps, state, way)
            yield from _rows(trips, steps, int(state[2]), int(state[3]))
        span //= 2
    final = np.full(len(grid.roads.links), grid.n_cells - 1, np.int64)
    start = np.zeros(2, np.int64)
    while True:
        n_trips, n_steps = peel(cells, leaving, final, start, trips, steps)
        if n_trips == 0:
            return
        yield from _rows(trips, steps, n_trips, n_steps)


def _rows(trips: Ints, steps: Ints, n_trips: int, n_steps: int) -> Iterator[tuple[Ints, Ints]]:
    if n_trips == 0:
        return
    ends = np.append(trips[1:n_trips, 4], n_steps)
    for trip, end in zip(trips[:n_trips], ends, strict=True):
        yield trip, steps[trip[4] : end]


def at_once(roads: TimedRoads) -> list[Departure]:
    """Return departures of those who are safe where they are."""
    return [
        Departure(
            o.node, o.node, (), (), o.ready_s, o.ready_s + _AT_ONCE, o.vehicles * 3600 / _AT_ONCE
        )
        for o in roads.safe
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way in the network's own links."""

    links: tuple[str, ...]
    destination: str
    at: list[int]
    """By road of the grid, its first link; -1 for a destination's own."""


class _Teller:
    """Turns trips over cells into departures; what many of them share is made once."""

    def __init__(self, grid: TimedGrid) -> None:
        self._grid = grid
        self._seconds: dict[int, Fraction] = {}
        self._ways: dict[bytes, _Way] = {}
        self._waits: dict[tuple[bytes, bytes], tuple[Fraction, ...]] = {}
        self._rates: dict[int, Fraction] = {}

    def departure(self, trip: Ints, steps: Ints) -> Departure:
        grid, roads = self._grid, self._grid.roads
        supply, first, times, rate = trip.tolist()[:4]
        v = roads.origin_node[supply]
        numbers = steps[:, 0].copy()
        key = numbers.tobytes()
        way = self._ways.get(key)
        if way is None:
            way = self._ways[key] = self._way(numbers)
        from_ticks = int(grid.clock[v]) + first * grid.width
        return Departure(
            origin=roads.nodes[v],
            destination=way.destination or roads.nodes[v],
            links=way.links,
            waits_s=self._waiting(way, key, numbers, steps[:, 1]),
            from_s=self._s(from_ticks),
            to_s=self._s(from_ticks + times * grid.width),
            vehicles_per_hour=self._rate(rate),
        )

    def _way(self, numbers: Ints) -> _Way:
        roads = self._grid.roads
        links: list[str] = []
        at = []
        for e in numbers.tolist():
            at.append(len(links) if roads.links[e] else -1)
            links += roads.links[e]
        end = roads.nodes[int(roads.head[numbers[-1]])] if at else ""
        return _Way(tuple(links), end, at)

    def _waiting(self, way: _Way, key: bytes, numbers: Ints, entered: Ints) -> tuple[Fraction, ...]:
        """Return the waits before each link; none where nobody waits."""
        grid = self._grid
        before = numbers[:-1]
        ticks = (entered[1:] - entered[:-1] - grid.delay[before]) * grid.width + grid.late[before]
        if not ticks.any():
            return ()
        shape = key, ticks.tobytes()
        told = self._waits.get(shape)
        if told is None:
            waits = [self._s(0)] * len(way.links)
            for i in np.flatnonzero(ticks).tolist():
                if way.at[i + 1] >= 0:
                    waits[way.at[i + 1]] = self._s(int(ticks[i]))
            told = self._waits[shape] = tuple(waits) if any(waits) else ()
        return told

    def _rate(self, rate: int) -> Fraction:
        told = self._rates.get(rate)
        if told is None:
            told = self._rates[rate] = Fraction(rate, self._grid.unit)
        return told

    def _s(self, ticks: int) -> Fraction:
        time = self._seconds.get(ticks)
        if time is None:
            time = self._seconds[ticks] = Fraction(ticks, TICKS)
        return time


def last_arrival(found: Sequence[Departure], transit_s: Mapping[str, int]) -> Fraction:
    """When the last of some departures arrives (s)."""
    # By identity: ways and waits are shared, and long.
    driving: dict[int, int] = {}
    waiting: dict[int, Fraction] = {}
    last = Fraction(0)
    for departure in found:
        links, waits = departure.links, departure.waits_s
        drive = driving.get(id(links))
        if drive is None:
            drive = driving[id(links)] = sum(map(transit_s.__getitem__, links))
        wait = waiting.get(id(waits))
        if wait is None:
            wait = waiting[id(waits)] = sum((w for w in waits if w), Fraction(0))
        last = max(last, departure.to_s + drive + wait)
    return last
