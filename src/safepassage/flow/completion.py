"""From a mixture that nearly meets what everyone wants to a complete plan, over cells of time.

Taking a mixture of many columns apart splits it into ever smaller rates. So it is poured into
cells of time (:mod:`.timed_grid`) instead: each link takes as much in a cell as the mixture sends
along it on average, as far as vehicles are there by then. That loses whom rounding delays too much,
one or two per cent. Residual search sends these, and those whom the mixture left short, along with
the others, and cells are halved until all of them are out by the mixture's horizon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil, inf
from typing import TYPE_CHECKING, Final

import numpy as np

from safepassage.errors import InternalFault
from safepassage.flow.cells_kernel import align, follow, ranks, spread, withdraw
from safepassage.flow.decompose import Flow, changes_of
from safepassage.flow.mix import PARTS
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_kernel import waiting
from safepassage.flow.timed_plan import departures
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.flow.timed_search import cells_needed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from safepassage.flow.arrays import RoadArrays
    from safepassage.flow.cut import Tight
    from safepassage.plan.departures import Departures
    from safepassage.stop import Stop

    Ints = NDArray[np.int64]

__all__ = ["Completion"]

#: Cells of the horizon to begin with, and how often they can be halved.
_FEWEST: Final = 128
_HALVINGS: Final = 4
#: Most cells of all links together; 8 bytes each.
_MOST_CELLS: Final = 60_000_000
#: By how much (a share) later than the bound everyone is to be out: cells come to just that time,
#: as those of a five-hundredth of it would else cost twice as much as they lose by rounding.
_ABOVE: Final = 0.0008
#: Share of the vehicles at the bottleneck that rounding its capacities may cost.
_ROUNDING: Final = 1e-4
#: Share of any road's capacity that this may cost.
_ROUNDING_OF_ONE: Final = 0.01
#: A better plan is looked for at a gap that is so many times smaller.
_NEARER: Final = 3


class Completion:
    """Cells of time with a flow that becomes complete; the best plan is kept."""

    def __init__(
        self,
        roads: RoadArrays,
        timed: TimedRoads,
        tight: Tight,
        stop: Stop,
        progress: Callable[[str], None],
    ) -> None:
        """Take the same roads for columns and for cells, and the set that proves the bound."""
        self._roads = roads
        self._timed = timed
        self._bound_s = float(tight.time_s)
        self._unit = _unit(roads, timed, tight)
        self._stop = stop
        self._progress = progress
        self._sinks = np.zeros(len(timed.nodes), np.bool_)
        self._sinks[list(timed.sinks)] = True
        self.best: TimedGrid | None = None

    def run(self, flows: list[Flow]) -> Departures:
        """Complete a flow; better plans are looked for until it is good enough or time is over.

        The only flow is taken out of its list, so that its memory is free while cells fill up.
        """
        flow = flows.pop()
        aim = min(flow.horizon, ceil(self._bound_s * TICKS * (1 + _ABOVE)))
        grid = self._poured(replace(flow, horizon=aim))
        del flow
        while True:
            grid.maximise(self._halted)
            in_time = grid.left == 0
            self._complete(grid)
            if self._halted():
                break
            if in_time:
                aim = self._nearer(grid)
            if self._may_halve(grid):
                # Of two grids, the one before the last takes few bytes.
                grid.pack()
                grid = self._halved(grid, aim)
            elif in_time and self._cells(grid.width, aim) < grid.n_cells - 1:
                grid = self._shortened(grid, aim)
            else:
                break
        del grid
        if self.best is None:
            raise InternalFault("the search over cells ended without a plan")
        self.best.unpack()
        return departures(self.best)

    def _halted(self) -> bool:
        time_s = inf if self.best is None else self.best.horizon / TICKS
        return self._stop(time_s, self._bound_s)

    def _may_halve(self, grid: TimedGrid) -> bool:
        if grid.width % 2:
            return False
        return 2 * grid.n_cells * len(self._timed.links) <= _MOST_CELLS

    def _complete(self, grid: TimedGrid) -> None:
        """Extend a grid until everyone is sent, if that can be the best plan, and keep it."""
        while grid.left:
            more = cells_needed(grid)
            if self.best is not None and grid.horizon + more * grid.width >= self.best.horizon:
                return
            grid.extend(grid.n_cells + more)
            grid.maximise(_never if self.best is None else self._halted)
            if grid.left and self.best is not None and self._halted():
                return
        if self.best is None or grid.horizon < self.best.horizon:
            self.best = grid
            self._progress(
                f"everyone out in {grid.horizon / TICKS:,.1f} s, at least {self._bound_s:,.1f} s "
                f"(cells of {grid.width / TICKS:g} s)"
            )

    def _nearer(self, grid: TimedGrid) -> int:
        """By when everyone is to be out next (ticks)."""
        bound = self._bound_s * TICKS
        return ceil(bound + (grid.horizon - bound) / _NEARER)

    def _cells(self, width: int, aim: int) -> int:
        """How many cells of a width are just enough; where nothing is rounded, for the bound."""
        least = ceil(self._bound_s * TICKS / width)
        if self._timed.grid % width == 0:
            return least
        return max(aim // width, least)

    def _shortened(self, grid: TimedGrid, aim: int) -> TimedGrid:
        """Return a copy with the flow as far as it is out by an earlier time."""
        horizon = self._cells(grid.width, aim) * grid.width
        short = TimedGrid(self._timed, grid.width, horizon, self._unit, clock=grid.clock)
        short.cells.rate[:] = grid.cells.rate[:, : short.n_cells]
        self._fill(short)
        return short

    def _halved(self, grid: TimedGrid, aim: int) -> TimedGrid:
        """Return a grid of half the width, up to the time aimed at."""
        width = grid.width // 2
        cells = min(self._cells(width, aim), 2 * grid.n_cells)
        fine = grid.halved(cells * width)
        if cells < 2 * grid.n_cells:
            fine.cells.left[:] = fine.supply
            self._fill(fine)
        return fine

    def _poured(self, flow: Flow) -> TimedGrid:
        """Return the fewest cells with what they can carry of a flow."""
        timed = self._timed
        width = self._widest(flow.horizon)
        number = {link: i for i, link in enumerate(self._roads.links)}
        chains = [[number.get(link, -1) for link in chain] for chain in timed.links]
        total = np.append(self._totals(flow), 0.0)
        carried = np.array([min(total[chain], default=0.0) for chain in chains])
        first = np.array([chain[0] if chain else -1 for chain in chains], np.int64)
        # Who turns round inside a chain of roads only bides his time there.
        kept = np.clip(carried / np.where(total[first] > 0, total[first], 1.0), 0.0, 1.0)
        busiest = np.argsort(-carried, kind="stable")
        clock = align(
            timed.tail,
            timed.head,
            timed.transit,
            busiest[carried[busiest] > 0],
            np.array(timed.sinks, np.int64),
            len(timed.nodes),
        )
        clock = (clock + timed.distance) % width - timed.distance
        horizon = ceil(flow.horizon / width) * width
        grid = TimedGrid(timed, width, horizon, self._unit, clock=clock)
        rates = self._rates(flow, grid, first)
        rates *= kept[:, None] * (self._unit / (self._roads.scale * PARTS))
        amounts = np.round(np.cumsum(np.cumsum(rates, axis=1), axis=1))
        grid.cells.rate[:] = np.diff(amounts, axis=1, prepend=0.0).clip(0.0)
        self._fill(grid)
        return grid

    def _widest(self, horizon: int) -> int:
        """The width to begin with: halved, it comes to that of all times, if this is worth it."""
        grid = self._timed.grid
        if horizon / grid * len(self._timed.links) <= _MOST_CELLS:
            width = grid
            while 2 * width * _FEWEST <= horizon:
                width *= 2
            return width
        step = 1 << _HALVINGS
        return ceil(horizon / (_FEWEST * step)) * step

    def _totals(self, flow: Flow) -> NDArray[np.float64]:
        """What passes each link, in parts."""
        links = len(self._roads.links)
        total = np.zeros(links)
        for part in flow.parts:
            rows = changes_of(self._roads, part)
            rows = rows[rows[:, 0] < links]
            amounts = rows[:, 2] * (flow.horizon - rows[:, 1]).astype(np.float64) * part.parts
            total += np.bincount(rows[:, 0], amounts, links)
        return total

    def _rates(self, flow: Flow, grid: TimedGrid, first: Ints) -> NDArray[np.float64]:
        """Differences of the mean rates by cell that a flow has on links, in parts."""
        place = np.full(len(self._roads.links), -1, np.int64)
        ahead = np.zeros(len(self._roads.links), np.int64)
        used = np.flatnonzero(first >= 0)
        place[first[used]] = used
        ahead[first[used]] = -grid.clock[self._timed.tail[used]]
        rates = np.zeros((len(first), grid.n_cells))
        for part in flow.parts:
            rows = changes_of(self._roads, part)
            spread(rows, float(part.parts), place, ahead, grid.width, rates)
        return rates

    def _fill(self, grid: TimedGrid) -> None:
        """Take a grid's rates for what is wanted, and send as much of that as can be."""
        timed, cells = self._timed, grid.cells
        far = np.argsort(-timed.distance, kind="stable")
        order = ranks(cells, cells.rate.any(axis=1), far)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        # In a circle of links that take no cell one has to come last.
        circular = (grid.delay == 0) & (place[timed.tail] > place[timed.head])
        lag = grid.delay + circular
        order = order[~self._sinks[order]]
        follow(cells, lag, order)
        withdraw(cells, lag, order, grid.sent.copy())
        waiting(cells, grid.sent)


def _never() -> bool:
    return False


def _unit(roads: RoadArrays, timed: TimedRoads, tight: Tight) -> int:
    """Parts of a vehicle an hour in which to count: the fewest that cost next to nothing.

    Rates that are multiples of something add up to trips that are; so trips are fewer and larger.
    """
    horizon = float(tight.time_s) * TICKS
    label = np.clip(-tight.static.potential, 0, horizon)
    forward = roads.arcs.link >= 0
    tail, head = roads.arcs.to[roads.arcs.twin[forward]], roads.arcs.to[forward]
    open_ms = np.clip(label[head] - roads.arcs.cost[forward] - label[tail], 0, None)
    vph = roads.capacity[roads.arcs.link[forward]] / roads.scale
    finest = quanta(timed, max(1, int(horizon) // (_FEWEST << _HALVINGS)))
    unit = 1
    while unit < finest:
        lost = vph - np.floor(vph * unit) / unit
        at_bottleneck = float(lost @ open_ms) <= _ROUNDING * float(vph @ open_ms)
        if at_bottleneck and bool(np.all(lost <= _ROUNDING_OF_ONE * vph)):
            break
        unit *= 10
    return unit
