"""Plans that keep to limits on waiting.

The engine's plans wait as long as they like. Where that breaks a limit, a plan is made anew in
which nobody waits at the nodes that have one: cell by cell of time, with cells that divide all
transit times, so that none has to wait for the next cell either. The lower bound stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from safepassage.flow.deadline import out_by
from safepassage.flow.timed_grid import TimedGrid, quanta
from safepassage.flow.timed_plan import at_once, departures, last_arrival
from safepassage.flow.timed_roads import TICKS, TimedRoads, compile_roads
from safepassage.flow.waiting_kernel import find_ways, take_ways
from safepassage.network.road_instance import FOR_GOOD_S
from safepassage.plan.clearance import Clearance, Departure
from safepassage.plan.departures import together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from safepassage.network.road_instance import RoadInstance

__all__ = ["waits_broken", "without_waiting"]

_MOST_CELLS: Final = 40_000_000
"""Of all nodes together, 16 bytes each."""
_PATIENCE: Final = 4
"""How many times the time without limits it may take, after the last change."""


def waits_broken(
    instance: RoadInstance, departures_: Iterable[Departure]
) -> Mapping[str, Fraction]:
    """Return by node the longest wait of a plan (s) that is longer than the node allows."""
    broken: dict[str, Fraction] = {}
    if instance.longest_wait_s:
        for departure in departures_:
            # The wait before the first road is told as a later departure.
            for link, wait in list(zip(departure.links, departure.waits_s, strict=False))[1:]:
                node = instance.network.links[link].from_node
                limit = instance.longest_wait_s.get(node)
                if limit is not None and wait > limit:
                    broken[node] = max(broken.get(node, wait), wait)
    return broken


def without_waiting(instance: RoadInstance, clearance: Clearance) -> Clearance | None:
    """Return a plan in which nobody waits where waiting is limited.

    Parameters
    ----------
    instance
        What was solved.
    clearance
        A complete plan that waits too long somewhere.

    Returns
    -------
    Clearance | None
        With the same lower bound; None where the cells would be too many, or none was found in
        four times the time.
    """
    if clearance.clearance_time_s is None:
        return None
    roads = compile_roads(instance)
    grid = _filled(instance, roads, clearance.clearance_time_s)
    if grid is None:
        return None
    found = together(at_once(roads.safe), departures(grid, postponed=False))
    transit_s = {link: instance.transit_s(link) for link in instance.network.links}
    time, bound = last_arrival(found, transit_s), clearance.lower_bound_s
    deadline = clearance.deadline_s
    return replace(
        clearance,
        departures=found,
        clearance_time_s=time,
        gap=float(time / bound - 1) if bound else None,
        evacuated_by_deadline=None if deadline is None else out_by(instance, found, deadline),
    )


def _filled(instance: RoadInstance, roads: TimedRoads, time_s: Fraction) -> TimedGrid | None:
    width, horizon = roads.grid, int(time_s * TICKS)
    limited = np.array([node in instance.longest_wait_s for node in roads.nodes], np.bool_)
    grid = TimedGrid(roads, width, horizon + width, quanta(roads, width))
    opens = (step.from_s for steps in roads.steps for step in steps if step.vph != 0)
    last = max((time for time in opens if time < FOR_GOOD_S), default=Fraction(0))
    end = _PATIENCE * (horizon + width) + int(last * TICKS)
    while grid.left:
        if grid.n_cells * len(roads.nodes) > _MOST_CELLS or grid.horizon > end:
            return None
        parent = np.zeros((len(roads.nodes), grid.n_cells), np.int32)
        find_ways(grid.cells, limited, parent)
        if take_ways(grid.cells, parent) == 0:
            grid.extend(grid.n_cells + 1 + grid.n_cells // 50)
    return grid
