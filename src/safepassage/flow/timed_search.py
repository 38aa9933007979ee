"""The search for the quickest clearance over cells of time, from wide ones to narrow ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, inf
from typing import Final

import numpy as np

from safepassage.flow.timed_cut import TimedCut
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.network.road_instance import FOR_GOOD_S
from safepassage.stop import Stop

__all__ = ["Endless", "Proof", "TimedSearch", "cells_needed"]

#: Cells of a horizon to begin with.
_FEWEST: Final = 16
_FEWEST_RELAXED: Final = 20
#: Most cells of all links together; 16 bytes each while a plan is completed.
_MOST_CELLS: Final = 16_000_000
#: Below the grid of the instance's own times, only small networks are refined further.
_MOST_FINER: Final = 400_000
#: The same for a plan aimed at a deadline, which goes on in cells of that width until everyone is
#: out: about 2.5 GB; and most cells of one link, as who waits at home is counted cell by cell.
_MOST_ALONG: Final = 250_000_000
_LONGEST: Final = 100_000
#: A plan is completed when the gap can become so many times smaller.
_MUCH: Final = 4
#: As good as none (s).
_NOTHING: Final = Fraction(1, 1000)
#: A share of all vehicles for which twice the time is not worth while.
_GAIN: Final = 1e-6


class Endless(Exception):
    """Not everyone can be out within the time that any result speaks of."""

    def __init__(self, bound_s: Fraction) -> None:
        super().__init__(bound_s)
        self.bound_s = bound_s


@dataclass(slots=True)
class Proof:
    """A lower bound and what proves it."""

    bound_s: Fraction
    cut: TimedCut | None


class TimedSearch:
    """The state of a search: the best plan and the best bound so far."""

    def __init__(self, roads: TimedRoads, stop: Stop, progress: Callable[[str], None]) -> None:
        self.roads = roads
        self._stop = stop
        self._progress = progress
        self.finest = _finest(roads)
        self._unit = quanta(roads, self.finest)
        self.best: TimedGrid | None = None
        self.proof = Proof(Fraction(0), None)
        self.most: Fraction | None = None
        self.most_cut: TimedCut | None = None
        self.never: TimedCut | None = None

    def run(self) -> None:
        """Refine until it is good enough or nothing is left to refine."""
        grid = self._begin()
        while True:
            self._maximise(grid)
            if self.never is not None:
                self.best = grid.copy()
            elif self._worth(grid):
                self._complete(grid)
            if self._enough(grid):
                self._meet()
                break
            grid = grid.halved(max(ceil(self.proof.bound_s * TICKS), grid.horizon))
        if self.never is not None:
            settled = self._settled()
            self.aim(settled, settled)
            self.most = self.most_cut = None

    def _settled(self) -> Fraction:
        """Return a moment by which about as many are out as ever can be (s).

        It lies behind the last change, and so far behind that twice the time is of no use.
        """
        last = max(step.from_s for steps in self.roads.steps for step in steps)
        way = max(int(self.roads.distance[v]) for v in self.roads.origin_node)
        horizon = max(ceil(last * TICKS) + way, self.finest)
        left = [self._left_by(horizon), self._left_by(2 * horizon)]
        while left[-1] < left[-2] - _GAIN and not self._over():
            horizon *= 2
            left.append(self._left_by(2 * horizon))
        return Fraction(horizon, TICKS)

    def _left_by(self, horizon: int) -> float:
        """Return the share of all that few cells leave behind by a horizon."""
        grid = TimedGrid(self.roads, self._width(horizon, _FEWEST), horizon, self._unit)
        grid.maximise(self._over)
        return grid.share_left

    def _meet(self) -> None:
        """Try cells that divide the bound as well as all times: often that is the answer."""
        horizon = self.proof.bound_s * TICKS
        if self.best is None or self.never is not None or self._over():
            return
        if horizon.denominator > 1 or not 0 < horizon < self.best.horizon:
            return
        width = gcd(self.roads.grid, int(horizon))
        if horizon / width * len(self.roads.links) > _MOST_FINER:
            return
        grid = TimedGrid(self.roads, width, int(horizon), quanta(self.roads, width))
        if grid.maximise(self._over) and grid.left == 0:
            self.best = grid

    def late(self, deadline_s: Fraction) -> bool:
        """Say whether the best plan leaves somebody behind at a deadline."""
        if self.never is not None:
            return False
        return self.best is not None and self.best.horizon > deadline_s * TICKS

    @property
    def everyone_s(self) -> Fraction:
        """When everyone is out by the best plan (s)."""
        return Fraction(self.best.horizon if self.best is not None else 0, TICKS)

    def aim(self, deadline_s: Fraction, everyone_s: Fraction) -> None:
        """Send as many as can be out by a deadline, then everyone else as soon as that allows.

        Cells are no finer than there is room for up to ``everyone_s``, by when all can be out.
        Who has arrived stays so when a horizon is extended, except where places that fill up are
        exchanged; what is found by then is stated in any case. The cut at the deadline bounds it.
        """
        horizon = int(deadline_s * TICKS)
        if horizon < self.finest:
            return
        width = self._width(horizon, _FEWEST)
        while everyone_s * TICKS > width * _LONGEST:
            width *= 2
        grid = TimedGrid(self.roads, width, horizon, self._unit)
        grid.maximise(_never)
        while grid.left:
            self._count(grid, deadline_s)
            loose = grid.eased()
            if not grid.exact and loose.maximise(self._over):
                self._count(loose, deadline_s)
            cells = 2 * everyone_s * TICKS / grid.width
            long = cells > min(_LONGEST, _MOST_ALONG / len(self.roads.links))
            if long or self._last(grid) or self._counted(grid) or self._over():
                break
            grid = grid.halved(max(horizon, grid.horizon))
            grid.maximise(self._over)
        if self.never is not None:
            if self.best is None or grid.share_left < self.best.share_left:
                self.best = grid
            return
        self.best = None
        self._complete(grid)

    def _over(self) -> bool:
        """Say whether to stop whatever is found: the time is over, or somebody wishes it."""
        return self._stop(inf, 1.0)

    def _count(self, grid: TimedGrid, deadline_s: Fraction) -> None:
        """Take a cut's bound on those out by the deadline, if it is the best yet."""
        if grid.left == 0:
            return
        cut = TimedCut(self.roads, grid.cut(), grid.horizon)
        value = cut.value(deadline_s)
        if value is not None and (self.most is None or value < self.most):
            self.most, self.most_cut = value, cut

    def _counted(self, grid: TimedGrid) -> bool:
        """Say whether those out by the deadline are close enough to the most who can be."""
        if self.most is None:
            return False
        sent = self.roads.vehicles * (1 - Fraction(grid.share_left))
        return self._stop(float(self.most), float(sent))

    def _begin(self) -> TimedGrid:
        """Return a grid of few cells, up to a horizon by which a relaxed one leaves somebody.

        Newton's method on the horizon: each minimum cut gives the next; where one gives none, the
        horizon is doubled, or cells would be far too narrow for all the time it takes.
        """
        horizon = max(
            ceil(o.ready_s * TICKS) + int(self.roads.distance[v])
            for o, v in zip(self.roads.origins, self.roads.origin_node, strict=True)
        )
        horizon = tried = max(horizon, self.finest)
        while self.never is None:
            width = self._width(tried, _FEWEST_RELAXED)
            grid = TimedGrid(self.roads, width, tried, self._unit, relaxed=True)
            if grid.maximise(self._halted) and grid.left == 0:
                break
            self._prove(grid)
            bound = ceil(self.proof.bound_s * TICKS)
            horizon = max(tried, bound)
            tried = bound if bound > tried else 2 * tried
        return TimedGrid(self.roads, self._width(horizon, _FEWEST), horizon, self._unit)

    def _width(self, horizon: int, fewest: int) -> int:
        """The widest cell of which a horizon holds so many."""
        width = self.finest
        while 2 * width * fewest <= horizon:
            width *= 2
        return width

    def _worth(self, grid: TimedGrid) -> bool:
        """Say whether to complete the plan on this width, which costs as much as the next one.

        It is if there is none, if it would be good enough, or much better than the best.
        """
        if self.best is None or self._last(grid):
            return True
        if self._halted():
            return False
        hoped = grid.horizon
        if grid.left:
            hoped += cells_needed(grid) * grid.width
        bound = float(self.proof.bound_s) * TICKS
        if self._stop(hoped / TICKS, bound / TICKS):
            return True
        return (hoped - bound) * _MUCH <= self.best.horizon - bound

    def _halted(self) -> bool:
        if self.best is None:
            return False
        return self._stop(self.best.horizon / TICKS, float(self.proof.bound_s))

    def _maximise(self, grid: TimedGrid) -> None:
        """Make the flow by the proven bound as large as can be, as that bound moves.

        Unless the cells are exact, it is a relaxed grid that moves the bound: it begins with the
        flow of the other, so that only little is left to send.
        """
        if not grid.maximise(self._halted) or grid.left == 0:
            return
        loose = grid if grid.exact else grid.eased()
        while not self._halted():
            cells = self._bound_cells(loose)
            loose.extend(cells)
            if not loose.maximise(self._halted) or loose.left == 0:
                break
            self._prove(loose)
            if self.never is not None or self._bound_cells(loose) <= loose.n_cells:
                break
        if grid is not loose:
            grid.extend(int(self.proof.bound_s * TICKS) // grid.width)
            grid.maximise(self._halted)

    def _bound_cells(self, grid: TimedGrid) -> int:
        """Whole cells up to the proven bound; a relaxed grid needs the last one too."""
        bound = self.proof.bound_s * TICKS
        return ceil(bound / grid.width) if grid.relaxed else int(bound // grid.width)

    def _prove(self, grid: TimedGrid) -> None:
        """Take the bound of a grid's minimum cut, if it is the best yet."""
        cut = TimedCut(self.roads, grid.cut(), grid.horizon)
        bound = cut.bound()
        if bound is None:
            self.never = cut
        elif bound > FOR_GOOD_S:
            raise Endless(bound)
        elif bound > self.proof.bound_s:
            self.proof = Proof(bound, cut)

    def _complete(self, grid: TimedGrid) -> None:
        """Extend a copy until everyone is sent; keep it if it is the best plan."""
        whole = grid.copy() if grid.left else grid
        while whole.left > 0:
            if self._halted():
                return
            if self.best is not None and whole.horizon >= self.best.horizon:
                return
            whole.extend(whole.n_cells + cells_needed(whole))
            whole.maximise(self._halted)
            if whole.left:
                self._prove(whole)
            if self.never is not None:
                self.best = whole
                return
        if self.best is None or whole.horizon < self.best.horizon:
            self.best = whole.copy() if whole is grid else whole
            self._progress(
                f"everyone out in {whole.horizon / TICKS:.0f} s, at least "
                f"{float(self.proof.bound_s):.0f} s (cells of {whole.width / TICKS:g} s)"
            )

    def _enough(self, grid: TimedGrid) -> bool:
        if self._halted():
            return True
        plan = self.best if self.never is None else None
        if plan is not None and plan.horizon <= (self.proof.bound_s + _NOTHING) * TICKS:
            return True
        return self._last(grid)

    def _last(self, grid: TimedGrid) -> bool:
        """Say whether cells of half the width would be too many, or no use."""
        cells = 2 * grid.n_cells * len(self.roads.links)
        if grid.width <= self.roads.grid:
            return grid.width <= self.finest or cells > _MOST_FINER
        return cells > _MOST_CELLS


def _never() -> bool:
    return False


def _finest(roads: TimedRoads) -> int:
    """The narrowest cell: the instance's own grid halved while it stays whole."""
    width = roads.grid
    for _ in range(4):
        if width % 2:
            break
        width //= 2
    return width


def cells_needed(grid: TimedGrid) -> int:
    """How many more cells at least it takes to send the rest."""
    reached = grid.labels.earliest < grid.n_cells
    crossing = reached[grid.cells.tail] & ~reached[grid.cells.head]
    rate = int(grid.cells.most[crossing].sum())
    for e in np.flatnonzero(crossing & (grid.cells.row >= 0)):
        later = [step.vph for step in grid.roads.steps[e]]
        if None not in later:
            top = max(step for step in later if step is not None)
            rate += max(int(top * grid.unit) - int(grid.cells.most[e]), 0)
    return max(grid.left // rate, 1) if rate > 0 else 1
