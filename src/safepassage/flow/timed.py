"""Clearance when capacities change with time, and with ready times, receptions and deadlines.

The search goes from wide cells of time to narrow ones (:mod:`.timed_grid`). On each width the flow
is made as large as it can be by the best horizon known to be too short; the minimum cut then says,
in exact arithmetic and on the network as it is, whether everyone could have been out
(:mod:`.timed_cut`). Extending the horizon until everyone is sent gives a complete plan on each
width, so that there is an answer early, and a better one with every halving.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Final

from safepassage.errors import InternalFault
from safepassage.flow.deadline import out_by
from safepassage.flow.timed_roads import TICKS, TimedRoads, compile_roads
from safepassage.network.road_instance import FOR_GOOD_S, RoadInstance
from safepassage.plan.clearance import (
    Clearance,
    CutOverTime,
    Departure,
    InstanceReference,
    RoadBottleneck,
)
from safepassage.stop import Stop

if TYPE_CHECKING:
    from safepassage.flow.timed_cut import TimedCut
    from safepassage.flow.timed_grid import TimedGrid

__all__ = ["clear_timed"]

#: Cells of a horizon to begin with.
_FEWEST: Final = 16
_FEWEST_RELAXED: Final = 20
#: Most cells of all links together; 16 bytes each while a plan is completed.
_MOST_CELLS: Final = 16_000_000
#: Below the grid of the instance's own times, only small networks are refined further.
_MOST_FINER: Final = 400_000
#: A plan is completed when the gap can become so many times smaller.
_MUCH: Final = 4
#: As good as none (s).
_NOTHING: Final = Fraction(1, 1000)


def _silent(_: str) -> None:
    return


def clear_timed(
    instance: RoadInstance,
    *,
    stop: Stop,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = _silent,
) -> Clearance:
    """Find the least time in which everyone can be out, with a plan and a proof.

    Honoured are capacities that change, closures, ready times and reception capacities. Limits on
    waiting are not: the bound holds with them, the plan may not. Where it cannot be exact there is
    a proven gap.

    Parameters
    ----------
    instance
        Who, where from, where to, by which roads.
    stop
        Asked again and again; a complete plan is there in any case.
    deadline_s
        Where given, the vehicles out by then are counted.
    seed
        Not used: nothing is drawn.
    progress
        Told, in a few words, what is going on.

    Returns
    -------
    Clearance
        ``clearance_time_s`` is None where some have no way out, or not everyone ever can.
    """
    del seed
    roads = compile_roads(instance)
    if not roads.origins:
        return _told(instance, roads, None, deadline_s)
    search = _Search(roads, stop, progress)
    search.run()
    return _told(instance, roads, search, deadline_s)


@dataclass(slots=True)
class _Proof:
    """A lower bound and what proves it."""

    bound_s: Fraction
    cut: TimedCut | None


class _Search:
    """The state of a search: the best plan and the best bound so far."""

    def __init__(self, roads: TimedRoads, stop: Stop, progress: Callable[[str], None]) -> None:
        from safepassage.flow.timed_grid import quanta  # noqa: PLC0415 - loads numba

        self.roads = roads
        self._stop = stop
        self._progress = progress
        self.finest = _finest(roads)
        self._unit = quanta(roads, self.finest)
        self.best: TimedGrid | None = None
        self.proof = _Proof(Fraction(0), None)
        self.deadline_proof: _Proof | None = None
        self.never: TimedCut | None = None
        self.interrupted = False

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
                return
            grid = grid.halved(ceil(self.proof.bound_s * TICKS))

    def _begin(self) -> TimedGrid:
        """Return a grid of few cells, up to the horizon that a relaxed one proves too short.

        Newton's method on the horizon: each minimum cut gives the next.
        """
        from safepassage.flow.timed_grid import TimedGrid  # noqa: PLC0415

        horizon = max(
            ceil(o.ready_s * TICKS) + int(self.roads.distance[v])
            for o, v in zip(self.roads.origins, self.roads.origin_node, strict=True)
        )
        horizon = max(horizon, self.finest)
        while self.never is None:
            width = self._width(horizon, _FEWEST_RELAXED)
            grid = TimedGrid(self.roads, width, horizon, self._unit, relaxed=True)
            if grid.maximise(self._halted) and grid.left == 0:
                break
            self._prove(grid)
            bound = ceil(self.proof.bound_s * TICKS)
            if bound <= horizon:
                break
            horizon = bound
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
            hoped += _cells_needed(grid) * grid.width
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
        from safepassage.flow.timed_cut import TimedCut  # noqa: PLC0415

        cut = TimedCut(self.roads, grid.cut(), grid.horizon)
        bound = cut.bound()
        if bound is None:
            self.never = cut
        elif bound > self.proof.bound_s:
            self.proof = _Proof(bound, cut)

    def _complete(self, grid: TimedGrid) -> None:
        """Extend a copy until everyone is sent; keep it if it is the best plan."""
        whole = grid.copy() if grid.left else grid
        while whole.left > 0:
            if self._halted():
                return
            if self.best is not None and whole.horizon >= self.best.horizon:
                return
            whole.extend(whole.n_cells + _cells_needed(whole))
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


def _finest(roads: TimedRoads) -> int:
    """The narrowest cell: the instance's own grid halved while it stays whole."""
    width = roads.grid
    for _ in range(4):
        if width % 2:
            break
        width //= 2
    return width


def _cells_needed(grid: TimedGrid) -> int:
    """How many more cells at least it takes to send the rest."""
    import numpy as np  # noqa: PLC0415

    reached = grid.labels.earliest < grid.n_cells
    crossing = reached[grid.cells.tail] & ~reached[grid.cells.head]
    rate = int(grid.cells.most[crossing].sum())
    for e in np.flatnonzero(crossing & (grid.cells.row >= 0)):
        later = [step.vph for step in grid.roads.steps[e]]
        if None not in later:
            top = max(step for step in later if step is not None)
            rate += max(int(top * grid.unit) - int(grid.cells.most[e]), 0)
    return max(grid.left // rate, 1) if rate > 0 else 1


def _told(
    instance: RoadInstance,
    roads: TimedRoads,
    search: _Search | None,
    deadline_s: Fraction | None,
) -> Clearance:
    """Put plan and proof into a result."""
    found: tuple[Departure, ...] = ()
    bound: Fraction | None = Fraction(0)
    certificate: CutOverTime | None = None
    bottleneck = None
    if search is not None:
        from safepassage.flow.timed_plan import departures  # noqa: PLC0415

        if search.best is None:
            raise InternalFault("a search ended without a plan")
        found = departures(search.best)
        bound = search.proof.bound_s
        cut = search.proof.cut
        if search.never is not None:
            certificate = search.never.certificate(FOR_GOOD_S)
            bound = FOR_GOOD_S
        elif cut is not None and bound > 0:
            certificate = cut.certificate(bound)
            bottleneck = _bottleneck(cut, bound)
    transit_s = {link: instance.transit_s(link) for link in instance.network.links}
    from safepassage.flow.timed_plan import at_once, last_arrival  # noqa: PLC0415

    found = tuple(at_once(roads)) + found
    last = last_arrival(found, transit_s)
    never = search is not None and search.never is not None
    time = None if roads.stuck or never else last
    gap = None
    if time is not None and bound is not None:
        gap = float(time / bound - 1) if bound > 0 else (0.0 if time == 0 else None)
    return Clearance(
        instance=InstanceReference(instance.location, instance.digest),
        vehicles=instance.vehicles,
        clearance_time_s=time,
        lower_bound_s=bound,
        gap=gap,
        deadline_s=deadline_s,
        evacuated_by_deadline=None if deadline_s is None else out_by(instance, found, deadline_s),
        evacuated_at_most=None,
        no_way_out=roads.stuck,
        complete=True,
        bottleneck=bottleneck,
        certificate=certificate,
        deadline_certificate=None,
        departures=found,
    )


def _bottleneck(cut: TimedCut, horizon: Fraction) -> RoadBottleneck:
    links = cut.links(horizon)
    origins = cut.origins()
    total = sum((link.vehicles for link in links), Fraction(0))
    sentence = (
        f"{float(total):.0f} vehicles pass {len(links)} roads that are full; "
        f"those from {len(origins)} origins cannot be out before {float(horizon):.0f} s."
    )
    return RoadBottleneck(sentence, origins, links)
