"""Who is out by a deadline, the most who can be, and a plan for as many as possible."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from safepassage.flow.arrays import SECOND_MS, RoadArrays
from safepassage.flow.cut import Tight, cut_by
from safepassage.flow.lexicographic import Shipper
from safepassage.flow.timed_plan import departures
from safepassage.flow.timed_roads import compile_roads
from safepassage.flow.timed_search import TimedSearch
from safepassage.plan.clearance import CutOverTime, Departure
from safepassage.stop import Stop

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance

__all__ = ["Aimed", "aimed_at", "most_out_by", "out_by"]

PARTS = 4
"""How many sets of far origins are tried."""


def out_by(
    instance: RoadInstance, departures: Iterable[Departure], deadline_s: Fraction
) -> Fraction:
    """Count the vehicles of a plan that are at a destination by a deadline."""
    total = Fraction(0)
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    for departure in departures:
        driving = sum(map(transit.__getitem__, departure.links))
        waiting = sum((wait for wait in departure.waits_s if wait), Fraction(0))
        last = min(departure.to_s, deadline_s - driving - waiting)
        if last > departure.from_s:
            total += departure.vehicles_per_hour * (last - departure.from_s) / 3600
    return total


def most_out_by(
    instance: RoadInstance, roads: RoadArrays, tight: Tight, deadline_s: Fraction
) -> tuple[Fraction, CutOverTime]:
    """Bound the vehicles that can be out by a deadline, by a cut.

    A set of origins sends the most that it can by then (Ford and Fulkerson 1958), and all others
    count whole. Tried are the set that needs longest, all origins, and in between those that are
    nearest to their destinations left out.
    """
    base_s = math.floor(deadline_s)
    shipper = Shipper(roads)
    far = np.argsort(-roads.distance[roads.origins], kind="stable")
    sets = [tight.origins, *(far[: max(1, len(far) * k // PARTS)] for k in range(1, PARTS + 1))]
    cuts = []
    for chosen in sets:
        static = shipper.static(base_s * SECOND_MS + 1, chosen)
        cuts.append(cut_by(roads, instance, Tight(chosen, deadline_s, static, base_s)))
    return min(cuts, key=lambda found: found[0])


@dataclass(frozen=True, slots=True)
class Aimed:
    """A plan for a deadline, and what was proven on the way."""

    departures: Sequence[Departure]
    """Empty where the deadline leaves no time for anybody."""
    bounds: tuple[tuple[Fraction, CutOverTime], ...]
    """The most who can be out by then, each with its proof."""


def aimed_at(
    instance: RoadInstance,
    deadline_s: Fraction,
    everyone_s: Fraction,
    stop: Stop,
    progress: Callable[[str], None],
) -> Aimed:
    """Plan for as many as possible to be out by a deadline, over cells of time.

    Who is left follows as soon as can be, about by ``everyone_s``; who starts at a destination is
    not among the departures.
    """
    roads = compile_roads(instance)
    search = TimedSearch(roads, stop, progress)
    search.aim(deadline_s, everyone_s)
    found = () if search.best is None else departures(search.best)
    if search.most is None or search.most_cut is None:
        return Aimed(found, ())
    here = sum((o.vehicles for o in roads.safe if o.ready_s < deadline_s), Fraction(0))
    return Aimed(found, ((search.most + here, search.most_cut.certificate(deadline_s)),))
