"""The earliest-arrival curve: as many vehicles out as possible at every moment, and when how many.

Gale (1959) showed that one flow over time can be largest for every horizon at once. With places
that do not fill up, all destinations act as one, and such a flow exists for any number of origins.
Extending the horizon cell by cell, and augmenting each time as far as can be, finds it: nobody who
has arrived is taken back. What is lost is what cells of time lose; the most who could be out by
each time is proven beside it, by cuts over time. Where destinations fill up no flow need be largest
at every moment (Baumann and Skutella 2009), and the distance between the two curves is the
guarantee.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from safepassage.errors import InternalFault
from safepassage.flow.timed_cut import TimedCut
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_plan import at_once, departures
from safepassage.flow.timed_roads import TICKS, TimedRoads, compile_roads
from safepassage.plan.clearance import Departure

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance

__all__ = ["ArrivalPoint", "EarliestArrival", "earliest_arrival"]

_DECIMALS: Final = 10**9


@dataclass(frozen=True, slots=True)
class ArrivalPoint:
    """One moment of the curve."""

    time_s: Fraction
    out: Fraction
    """Vehicles of the plan that have arrived."""
    at_most: Fraction
    """No more can have arrived before then, whatever the plan; proven by a cut."""


@dataclass(frozen=True, slots=True)
class EarliestArrival:
    """A plan for every moment, with its curve."""

    departures: tuple[Departure, ...]
    curve: tuple[ArrivalPoint, ...]
    """In order of time; between two points the rate is constant in the plan."""
    vehicles: Fraction
    """All who have a way out."""

    def reached_s(self, share: Fraction) -> Fraction | None:
        """When a share of the vehicles is out in the plan; None: not in it."""
        before = ArrivalPoint(Fraction(0), Fraction(0), Fraction(0))
        for point in self.curve:
            if point.out >= share * self.vehicles:
                if point.out == before.out:
                    return point.time_s
                part = (share * self.vehicles - before.out) / (point.out - before.out)
                return before.time_s + part * (point.time_s - before.time_s)
            before = point
        return None

    def no_sooner_s(self, share: Fraction) -> Fraction:
        """Before when that share cannot be out, whatever the plan."""
        time = Fraction(0)
        for point in self.curve:
            if point.at_most >= share * self.vehicles:
                break
            time = point.time_s
        return time

    @property
    def lag_s(self) -> Fraction:
        """By how much later, at worst, the plan has as many out as can be at most at a time.

        This is the guarantee: at every moment at least as many are out as any plan could have out
        so much earlier.
        """
        lag = Fraction(0)
        for point in self.curve:
            if point.at_most > 0 and self.vehicles > 0:
                reached = self.reached_s(point.at_most / self.vehicles)
                if reached is not None:
                    lag = max(lag, reached - point.time_s)
        return lag


def earliest_arrival(
    instance: RoadInstance,
    *,
    cells: int = 200,
    clearance_time_s: Fraction,
    progress: Callable[[str], None] = lambda _: None,
) -> EarliestArrival:
    """Find a plan with as many vehicles out as possible at every moment.

    Parameters
    ----------
    instance
        Roads, origins and destinations.
    cells
        Into how many the clearance time is divided, at least: the finer, the closer the curves.
    clearance_time_s
        About when everyone can be out; over 0.
    progress
        Takes a few words on what is being done.

    Raises
    ------
    InternalFault
        If not everyone is out after four times that.
    """
    roads = compile_roads(instance)
    safe = tuple(at_once(roads))
    if not roads.origins:
        return EarliestArrival(safe, (), sum((o.vehicles for o in roads.safe), Fraction(0)))
    horizon = int(clearance_time_s * TICKS)
    width = roads.grid
    while width * 2 * cells <= horizon:
        width *= 2
    while width * cells > horizon and width % 2 == 0:
        width //= 2
    unit = quanta(roads, width)
    grid = TimedGrid(roads, width, width, unit)
    loose = TimedGrid(roads, width, width, unit, relaxed=True)
    curve = []
    while True:
        grid.maximise(_to_the_end)
        loose.maximise(_to_the_end)
        time = Fraction(grid.horizon, TICKS)
        out = _sent(grid)
        curve.append((time, out, _most(roads, loose, time)))
        if grid.left == 0:
            break
        if grid.horizon > 4 * horizon:
            raise InternalFault("an earliest-arrival plan leaves vehicles behind")
        if grid.n_cells % 50 == 0:
            progress(f"{float(out):.0f} vehicles out by {float(time):.0f} s")
        grid.extend(grid.n_cells + 1)
        loose.extend(grid.n_cells)
    points = tuple(ArrivalPoint(t, _with(roads, t, n), _with(roads, t, m)) for t, n, m in curve)
    total = roads.vehicles + sum((o.vehicles for o in roads.safe), Fraction(0))
    return EarliestArrival((*safe, *departures(grid)), points, total)


def _to_the_end() -> bool:
    return False


def _sent(grid: TimedGrid) -> Fraction:
    """Vehicles that arrive by the horizon."""
    if grid.left == 0:
        return grid.roads.vehicles
    cells = int(np.sum(grid.sent))
    return Fraction(cells * grid.width, 3600 * TICKS * grid.unit)


def _most(roads: TimedRoads, loose: TimedGrid, time: Fraction) -> Fraction:
    """The most who can arrive by a time, by the relaxed grid's cut, in nine decimals."""
    if loose.left == 0:
        return roads.vehicles
    value = TimedCut(roads, loose.cut(), loose.horizon).value(time)
    most = roads.vehicles if value is None else min(value, roads.vehicles)
    return Fraction(-(-most.numerator * _DECIMALS // most.denominator), _DECIMALS)


def _with(roads: TimedRoads, time: Fraction, vehicles: Fraction) -> Fraction:
    """Add those who are safe where they are."""
    return vehicles + sum((o.vehicles for o in roads.safe if o.ready_s < time), Fraction(0))
