"""Who is out by a deadline, and the most who can be."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from safepassage.flow.arrays import SECOND_MS, RoadArrays
from safepassage.flow.cut import Tight, cut_by
from safepassage.flow.lexicographic import Shipper
from safepassage.plan.clearance import CutOverTime, Departure

if TYPE_CHECKING:
    from safepassage.network.road_instance import RoadInstance

__all__ = ["most_out_by", "out_by"]

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
        last = min(departure.to_s, deadline_s - driving - sum(departure.waits_s))
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
