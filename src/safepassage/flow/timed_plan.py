"""From a flow over cells to departures that people can act on."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from safepassage.flow.peel_kernel import lasting, peel, postpone, through
from safepassage.flow.timed_grid import TimedGrid
from safepassage.flow.timed_roads import TICKS
from safepassage.plan.clearance import Departure
from safepassage.plan.departures import Departures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from safepassage.network.road_instance import Origin

    Ints = NDArray[np.int64]

__all__ = ["at_once", "departures", "last_arrival"]

_SWEEPS = 8
"""Waiting has moved to where people set out after so many, but for loops."""
_AT_ONCE = Fraction(1, 1000)
"""How long those take at least to be counted who are safe where they are (s)."""
_MOST_RATE = 10**11
"""Vehicles an hour; a result file states no more than ten times that."""


def departures(grid: TimedGrid, *, postponed: bool = True) -> Departures:
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
    supplies, amounts = array("i"), array("q")
    for trip, steps in _trips(grid, leaving):
        supply, first, times, rate = trip.tolist()[:4]
        teller.put(supply, first, times, rate, steps)
        supplies.append(supply)
        amounts.append(times * rate)
    return _exactly(grid, teller.found, np.array(supplies), np.array(amounts))


def _exactly(grid: TimedGrid, found: Departures, supplies: Ints, amounts: Ints) -> Departures:
    """Leave out what supplies send beyond what they have: the smallest trips, part of another."""
    order = np.lexsort((amounts, supplies))
    gone: set[int] = set()
    ends: dict[int, Fraction] = {}
    for mine in np.split(order, np.flatnonzero(np.diff(supplies[order])) + 1):
        spare = grid.spare(int(supplies[mine[0]])) if len(mine) else Fraction(0)
        for row, amount in zip(mine.tolist(), amounts[mine].tolist(), strict=True):
            if spare <= 0:
                break
            if amount > spare:
                trip = found[row]
                hours = grid.vehicles(spare) / trip.vehicles_per_hour
                ends[row] = trip.to_s - hours * 3600
                break
            gone.add(row)
            spare -= amount
    return found.kept(gone, ends)


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


def at_once(safe: Iterable[Origin]) -> list[Departure]:
    """Return departures of those who are safe where they are, as soon as they are ready."""
    return [
        Departure(o.node, o.node, (), (), o.ready_s, o.ready_s + time, o.vehicles * 3600 / time)
        for o in safe
        if (time := max(_AT_ONCE, o.vehicles * 3600 / _MOST_RATE))
    ]


class _Teller:
    """Turns trips over cells into departures; roads of the grid may be several links in a row."""

    def __init__(self, grid: TimedGrid) -> None:
        roads = grid.roads
        self._grid = grid
        self.found = Departures(TICKS, grid.unit)
        name = self.found.name
        self._nodes = [name(node) for node in roads.nodes]
        self._links = [tuple(map(name, links)) for links in roads.links]
        self._counts = np.array([len(links) for links in roads.links], np.int64)
        self._waits: dict[int, int] = {}

    def put(self, supply: int, first: int, times: int, rate: int, steps: Ints) -> None:
        """Add a trip."""
        grid, roads = self._grid, self._grid.roads
        v = roads.origin_node[supply]
        taken = steps[:, 0]
        end = int(roads.head[taken[-1]]) if len(steps) else v
        way = array("i", (self._nodes[v], self._nodes[end]))
        for e in taken.tolist():
            way.extend(self._links[e])
        begin = int(grid.clock[v]) + first * grid.width
        self.found.put(
            self.found.way(way),
            self.found.pattern(self._waiting(taken, steps[:, 1])),
            begin,
            begin + times * grid.width,
            rate,
        )

    def _waiting(self, taken: Ints, entered: Ints) -> array[int]:
        """Return places of links and waits before them; none before a destination's own link."""
        grid = self._grid
        before = taken[:-1]
        ticks = (entered[1:] - entered[:-1] - grid.delay[before]) * grid.width + grid.late[before]
        held = np.flatnonzero(ticks)
        pairs = array("i")
        if len(held):
            held = held[self._counts[taken[held + 1]] > 0]
            places = np.cumsum(self._counts[before])[held]
            for place, wait in zip(places.tolist(), ticks[held].tolist(), strict=True):
                number = self._waits.get(wait)
                if number is None:
                    number = self._waits[wait] = self.found.wait(Fraction(wait, TICKS))
                pairs.append(place)
                pairs.append(number)
        return pairs


def last_arrival(found: Sequence[Departure], transit_s: Mapping[str, int]) -> Fraction:
    """When the last of some departures arrives (s)."""
    columns = Departures.of(found)
    driving = [sum(map(transit_s.__getitem__, links)) for links in columns.way_links()]
    return columns.last_arrival(driving)
