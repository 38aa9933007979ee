"""The earliest-arrival curve: as many vehicles out as possible at every moment, and when how many.

Gale (1959) showed that one flow over time can be largest for every horizon at once. With places
that do not fill up, all destinations act as one, and such a flow exists for any number of origins.
Extending the horizon cell by cell, and augmenting each time as far as can be, finds it: nobody who
has arrived is taken back. What is lost is what cells of time lose; the most who could be out by
each time is proven beside it, by cuts over time. Where destinations fill up no flow need be largest
at every moment (Baumann and Skutella 2009), and the distance between the two curves is the
guarantee: cells are made finer until it is short.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from safepassage.errors import BadInput, InternalFault
from safepassage.flow.clear import clear_roads
from safepassage.flow.deadline import out_by
from safepassage.flow.limited_waiting import waits_broken
from safepassage.flow.timed_cut import TimedCut
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_plan import at_once, departures, last_arrival
from safepassage.flow.timed_roads import TICKS, TimedRoads, compile_roads
from safepassage.plan.clearance import (
    ArrivalPoint,
    Clearance,
    Departure,
    EarliestArrival,
)
from safepassage.plan.departures import together

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance
    from safepassage.stop import Stop

__all__ = ["ArrivalPlan", "clear_early", "earliest_arrival"]

_DECIMALS: Final = 10**9
_CELLS: Final = 200
"""Of the clearance time, to begin with."""
_FINER: Final = 2
_MOST_CELLS: Final = 4000
_MOST_RATES: Final = 16_000_000
"""Cells of all links together: twice 128 MB."""
_CLOSE: Final = Fraction(1, 1000)
"""Of the clearance time: a lag that is short enough."""
_MOST_LABELS: Final = 400_000
"""Of all certificates together."""
_LEAST_POINTS: Final = 20
_TOLERATED: Final = Fraction(1, 2 * 10**6)
"""Of all vehicles: what rounding to the decimals of a file can move, and half of what is let go."""


class Arrivals:
    """Vehicles out over time, as departures have them: straight from each change to the next."""

    def __init__(self, departures_: Sequence[Departure], instance: RoadInstance) -> None:
        changes: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
        transit = {link: instance.transit_s(link) for link in instance.network.links}
        for d in departures_:
            driving = sum(map(transit.__getitem__, d.links)) + sum(d.waits_s, Fraction(0))
            changes[d.from_s + driving] += d.vehicles_per_hour / 3600
            changes[d.to_s + driving] -= d.vehicles_per_hour / 3600
        self._times = sorted({Fraction(0), *changes})
        self._rates, self._amounts = [], [Fraction(0)]
        rate = Fraction(0)
        for time, after in pairwise([*self._times, self._times[-1]]):
            rate += changes.get(time, 0)
            self._rates.append(rate)
            self._amounts.append(self._amounts[-1] + rate * (after - time))
        self._amounts.pop()

    def out(self, by_s: Fraction) -> Fraction:
        """Vehicles that have arrived by a time."""
        at = bisect_right(self._times, by_s) - 1
        return self._amounts[at] + self._rates[at] * (by_s - self._times[at])

    def reached_s(self, vehicles: Fraction) -> Fraction | None:
        """When so many have arrived; None: they never have."""
        at = bisect_left(self._amounts, vehicles)
        if at == len(self._amounts):
            return None
        if at == 0:
            return Fraction(0)
        return self._times[at - 1] + (vehicles - self._amounts[at - 1]) / self._rates[at - 1]


@dataclass(frozen=True, slots=True)
class ArrivalPlan:
    """A plan for every moment, with its curve."""

    departures: Sequence[Departure]
    arrivals: Arrivals
    curve: tuple[ArrivalPoint, ...]
    """In order of time, without certificates."""
    cuts: tuple[TimedCut | None, ...]
    """By point, the cut that its bound is of; None: everyone."""
    vehicles: Fraction
    """All who have a way out."""

    def reached_s(self, share: Fraction) -> Fraction | None:
        """When a share of the vehicles is out in the plan; None: not in it."""
        return self.arrivals.reached_s(share * self.vehicles)

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

        This is the guarantee: at each point of the curve at least as many are out as any plan could
        have out so much earlier, but for half a millionth of all vehicles.
        """
        slack = max(self.vehicles, Fraction(1)) * _TOLERATED
        lags = [Fraction(0)]
        for point in self.curve:
            reached = self.arrivals.reached_s(point.at_most - slack)
            if reached is not None:
                lags.append(reached - point.time_s)
        return max(lags)


def clear_early(
    instance: RoadInstance,
    *,
    stop: Stop,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Clearance:
    """Clear the roads so that at every moment as many vehicles are out as possible.

    Parameters
    ----------
    instance
        Roads, origins and destinations.
    stop
        For the search for the clearance time, and again for making the curve finer; a first curve
        is always finished.
    deadline_s, seed, progress
        As for :func:`safepassage.flow.clear_roads`.

    Returns
    -------
    Clearance
        With ``arrival``, unless nobody has to drive or not everyone can ever be out. Its
        clearance time may be a cell of time above the least; the lower bound is that of the least.

    Raises
    ------
    BadInput
        If the plan waits longer at a node than the node allows.
    """
    quickest = clear_roads(instance, stop=stop, deadline_s=deadline_s, seed=seed, progress=progress)
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    last = last_arrival(quickest.departures, transit)
    hopeless = quickest.clearance_time_s is None and not quickest.no_way_out
    if hopeless or not last:
        return quickest
    progress("looking for as many out as possible at every moment")
    plan = _finer(instance, stop.begin(), last, progress)
    if not plan.curve:
        return quickest
    _within_waits(instance, plan)
    time = last_arrival(plan.departures, transit)
    complete = quickest.clearance_time_s is not None
    bound = quickest.lower_bound_s
    return replace(
        quickest,
        departures=plan.departures,
        clearance_time_s=time if complete else None,
        gap=float(time / bound - 1) if complete and bound else None,
        evacuated_by_deadline=None
        if deadline_s is None
        else out_by(instance, plan.departures, deadline_s),
        arrival=_told(plan, len(instance.network.nodes)),
    )


def _finer(
    instance: RoadInstance, stop: Stop, time_s: Fraction, progress: Callable[[str], None]
) -> ArrivalPlan:
    """Make cells finer until the plan is close behind what can be, or that takes too long."""
    cells = _CELLS
    plan = earliest_arrival(instance, cells=cells, clearance_time_s=time_s, progress=progress)
    most = min(_MOST_CELLS, _MOST_RATES // max(len(instance.network.links), 1))

    def over() -> bool:
        return stop(math.inf, 0.0)

    while plan.lag_s > time_s * _CLOSE and cells * _FINER <= most and not over():
        cells *= _FINER
        try:
            plan = earliest_arrival(
                instance, cells=cells, clearance_time_s=time_s, progress=progress, stop=over
            )
        except _Stopped:
            break
    return plan


def _within_waits(instance: RoadInstance, plan: ArrivalPlan) -> None:
    broken = waits_broken(instance, plan.departures)
    if broken:
        node, wait = next(iter(broken.items()))
        raise BadInput.one(
            f"{instance.location}/node.csv",
            "waiting-limit-unmet",
            f"longest_wait_s of node {node!r}: to have as many out as possible at every moment, "
            f"vehicles wait {float(wait):g} s there; leave the limit out, or do without --arrival",
        )


def _told(plan: ArrivalPlan, nodes: int) -> EarliestArrival:
    """The curve as a result states it: not more points than have room for their certificates."""
    most = max(_MOST_LABELS // max(nodes, 1), _LEAST_POINTS)
    step = -(-len(plan.curve) // most)
    kept = set(range(0, len(plan.curve), step)) | {len(plan.curve) - 1}
    for share in (Fraction(1, 2), Fraction(9, 10), Fraction(1)):
        under = [i for i, p in enumerate(plan.curve) if p.at_most < share * plan.vehicles]
        kept |= set(under[-1:])
    points = (
        replace(point, certificate=None if cut is None else cut.certificate(point.time_s))
        for i, (point, cut) in enumerate(zip(plan.curve, plan.cuts, strict=True))
        if i in kept
    )
    return EarliestArrival(plan.lag_s, tuple(points))


class _Stopped(Exception):
    """It takes too long."""


def earliest_arrival(
    instance: RoadInstance,
    *,
    cells: int = 200,
    clearance_time_s: Fraction,
    progress: Callable[[str], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> ArrivalPlan:
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
    stop
        Asked now and then whether to give it up.

    Raises
    ------
    InternalFault
        If not everyone is out after four times that.
    """
    roads = compile_roads(instance)
    safe = tuple(at_once(roads.safe))
    if not roads.origins:
        return ArrivalPlan(
            safe,
            Arrivals(safe, instance),
            (),
            (),
            sum((o.vehicles for o in roads.safe), Fraction(0)),
        )
    horizon = int(clearance_time_s * TICKS)
    width = _width(roads.grid, horizon, cells)
    unit = quanta(roads, width)
    grid = TimedGrid(roads, width, width, unit)
    loose = TimedGrid(roads, width, width, unit, relaxed=True)
    curve: list[ArrivalPoint] = []
    cuts: list[TimedCut | None] = []
    while True:
        if not (grid.maximise(stop) and loose.maximise(stop)) and stop():
            raise _Stopped
        time = Fraction(grid.horizon, TICKS)
        most, cut = _most(roads, loose, time)
        cuts.append(cut)
        waiting = (o.vehicles for o in roads.safe if cut is None or o.ready_s < time)
        curve.append(ArrivalPoint(time, _sent(grid), most + sum(waiting, Fraction(0)), None))
        if grid.left == 0:
            break
        if grid.horizon > 4 * horizon:
            raise InternalFault("an earliest-arrival plan leaves vehicles behind")
        if grid.n_cells % 50 == 0:
            progress(f"{float(curve[-1].out):.0f} vehicles out by {float(time):.0f} s")
        grid.extend(grid.n_cells + 1)
        loose.extend(grid.n_cells)
    total = roads.vehicles + sum((o.vehicles for o in roads.safe), Fraction(0))
    found = together(safe, departures(grid))
    # Not as the cells have it: within one some arrive sooner, and where places fill up, who has
    # arrived may be taken back for somebody else.
    arrivals = Arrivals(found, instance)
    counted = (replace(point, out=arrivals.out(point.time_s)) for point in curve)
    return ArrivalPlan(found, arrivals, tuple(counted), tuple(cuts), total)


def _width(grid: int, horizon: int, cells: int) -> int:
    """Ticks of a cell: what all times have in common, doubled or halved to give enough of them."""
    width = grid
    while width * 2 * cells <= horizon:
        width *= 2
    while width * cells > horizon and width % 2 == 0:
        width //= 2
    return width


def _sent(grid: TimedGrid) -> Fraction:
    """Vehicles that arrive by the horizon."""
    if grid.left == 0:
        return grid.roads.vehicles
    cells = int(np.sum(grid.sent))
    return Fraction(cells * grid.width, 3600 * TICKS * grid.unit)


def _most(roads: TimedRoads, loose: TimedGrid, time: Fraction) -> tuple[Fraction, TimedCut | None]:
    """The most who can arrive by a time, in nine decimals, and the relaxed grid's cut for it.

    None where the cut lets everyone pass.
    """
    if loose.left:
        cut = TimedCut(roads, loose.cut(), loose.horizon)
        value = cut.value(time)
        if value is not None and value < roads.vehicles:
            return Fraction(-(-value.numerator * _DECIMALS // value.denominator), _DECIMALS), cut
    return roads.vehicles, None
