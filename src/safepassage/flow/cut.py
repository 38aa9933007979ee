"""Lower bounds: the quickest time of a set of origins, exactly, and the cut that proves it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import SECOND_MS, RoadArrays
from safepassage.flow.lexicographic import Pass, Shipper, Static
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CutOverTime

__all__ = ["Tight", "cut_by", "cut_over_time", "quickest", "tightest_prefix"]


@dataclass(frozen=True)
class Tight:
    """A set of origins with the least time in which all of its vehicles can be out."""

    origins: NDArray[np.int64]
    time_s: Fraction
    static: Static
    base_s: int
    """The circulation is optimal for all horizons from ``base_s`` to one second later."""


def quickest(
    roads: RoadArrays, shipper: Shipper, chosen: NDArray[np.int64], near_s: int | None = None
) -> Tight:
    """Return the quickest time of a set of origins.

    What a set can send by a horizon is convex and piecewise linear in it, with a circulation of
    constant rate and cost between whole seconds (Ford and Fulkerson 1958). So a Newton step from
    anywhere leads to the solution or beyond, and steps from beyond lead back to it and end there
    (discrete Newton, as in Lin and Jaillet 2015).

    Parameters
    ----------
    chosen
        Indices of origins, at least one.
    near_s
        A time to begin at; better guesses need fewer steps.
    """
    vehicles = sum((roads.vehicles[i] for i in chosen.tolist()), Fraction(0))
    wanted = roads.amount(vehicles)
    nearest = int(roads.distance[roads.origins[chosen]].min()) // SECOND_MS
    base_s = max(nearest, near_s or 0)
    while True:
        # A millisecond later: right of the whole second, where the circulation may change.
        static = shipper.static(base_s * SECOND_MS + 1, chosen)
        time_s = (wanted + static.cost) / (static.rate * SECOND_MS)
        if base_s <= time_s <= base_s + 1:
            return Tight(chosen, time_s, static, base_s)
        base_s = math.floor(time_s)


def tightest_prefix(
    roads: RoadArrays, shipper: Shipper, order: NDArray[np.int64], horizon: int
) -> NDArray[np.int64] | None:
    """Return the first origins of an order whose vehicles exceed most what they can send.

    One lexicographic flow with rates as high as roads allow gives what every prefix can send
    at most. None: all prefixes can be out by the horizon (ms).
    """
    most = np.full(len(order), 4 * int(roads.demand.sum()))
    sent = shipper.column(horizon, [Pass(order, most)]).sent
    spare = np.cumsum((sent - roads.demand)[order])
    least = int(np.argmin(spare))
    # Demand is rounded up by less than one unit an origin.
    return order[: least + 1] if spare[least] < -len(order) else None


def cut_over_time(roads: RoadArrays, instance: RoadInstance, tight: Tight) -> CutOverTime:
    """Return the cut that proves a set's quickest time, true in exact arithmetic.

    The label of a node is its distance from the origins in the residual network of the
    circulation, by the duality of Ford and Fulkerson: it is the potential with its sign changed,
    held between 0 and the horizon. Potentials are whole seconds from an origin, or whole seconds
    and the horizon's fraction from its end.

    Where a road without a limit lies across the cut, or capacities had to be rounded, horizon and
    labels are shortened in proportion until it proves something; this takes no more than some
    milliseconds.
    """
    total = sum((v for _, v in roads.at_once), sum(roads.vehicles, Fraction(0)))
    cut = CutOverTime(tight.time_s, _labels(roads, instance, tight))
    shorter = Fraction(1, 10**12)
    while not _proves(cut, instance, total):
        cut = _closed(_scaled(cut, 1 - shorter), instance)
        shorter *= 4
    return cut


def cut_by(roads: RoadArrays, instance: RoadInstance, tight: Tight) -> tuple[Fraction, CutOverTime]:
    """Return the cut of a circulation at its horizon, and the most that can pass it."""
    cut = CutOverTime(tight.time_s, _labels(roads, instance, tight))
    most = instance.vehicles
    entered, _ = _entered(cut, instance)
    return (most if entered is None else min(most, entered)), cut


def _labels(roads: RoadArrays, instance: RoadInstance, tight: Tight) -> dict[str, Fraction]:
    fraction = tight.time_s - tight.base_s
    # One past a whole second when tied to the horizon, on it when tied to an origin.
    seconds, tied = np.divmod(-tight.static.potential, SECOND_MS)
    zero, end = Fraction(0), tight.time_s
    labels = dict.fromkeys(roads.dead_ends, zero)
    for node, whole, ms in zip(roads.nodes, seconds.tolist(), tied.tolist(), strict=True):
        labels[node] = min(max(whole + (fraction if ms else zero), zero), end)
    for destination in instance.destinations:
        labels[destination.node] = end
    return {node: label for node, label in labels.items() if label < end}


def _proves(cut: CutOverTime, instance: RoadInstance, total: Fraction) -> bool:
    """Say whether fewer than all can arrive before the horizon by this cut.

    Where as many as all can by its value, moving it earlier has to make it fewer, which it does
    if it is crossed from the start.
    """
    entered, from_start = _entered(cut, instance)
    if entered is None:
        return False
    return entered < total or (entered == total and from_start)


def _entered(cut: CutOverTime, instance: RoadInstance) -> tuple[Fraction | None, bool]:
    """Return the most that can pass a cut (None: no limit), and whether a road crosses it at 0."""
    horizon = cut.horizon_s
    unit = lcm(horizon.denominator, *(label.denominator for label in cut.labels.values()))
    end = int(horizon * unit)
    label = {node: int(time * unit) for node, time in cut.labels.items()}
    entered, from_start = Fraction(0), False
    rates: dict[Fraction, int] = {}
    for link in instance.network.links.values():
        first = label.get(link.from_node, end)
        width = label.get(link.to_node, end) - instance.transit_s(link.id) * unit - first
        if width > 0 and link.capacity_vph != 0:
            if link.capacity_vph is None:
                return None, False
            rates[link.capacity_vph] = rates.get(link.capacity_vph, 0) + width
            from_start = from_start or first == 0
    entered = sum((rate * width for rate, width in rates.items()), Fraction(0)) / (3600 * unit)
    for origin in instance.origins:
        if label.get(origin.node, end) > 0:
            entered += origin.vehicles
    return entered, from_start


def _scaled(cut: CutOverTime, by: Fraction) -> CutOverTime:
    labels = {node: label * by for node, label in cut.labels.items()}
    return CutOverTime(cut.horizon_s * by, labels)


def _closed(cut: CutOverTime, instance: RoadInstance) -> CutOverTime:
    """Lower labels, and the horizon with them, until no road without a limit crosses the cut."""
    label = {node: cut.labels.get(node, cut.horizon_s) for node in instance.network.nodes}
    free = [x for x in instance.network.links.values() if x.capacity_vph is None]
    changed = True
    while changed:
        changed = False
        for link in free:
            latest = label[link.from_node] + instance.transit_s(link.id)
            if label[link.to_node] > latest:
                label[link.to_node] = latest
                changed = True
    horizon = min(label[destination.node] for destination in instance.destinations)
    return CutOverTime(horizon, {node: time for node, time in label.items() if time < horizon})
