"""Lower bounds: the quickest time of a set of origins, exactly, and the cut that proves it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from safepassage.errors import InternalFault
from safepassage.flow.arrays import SECOND_MS, RoadArrays
from safepassage.flow.lexicographic import Pass, Shipper, Static
from safepassage.network.network import Link
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import CutOverTime

__all__ = [
    "Crossings",
    "Tight",
    "crossings",
    "cut_by",
    "cut_over_time",
    "first_bound",
    "quickest",
    "tightest_prefix",
]


@dataclass(frozen=True)
class Tight:
    """A set of origins with the least time in which all of its vehicles can be out."""

    origins: NDArray[np.int64]
    time_s: Fraction
    static: Static
    base_s: int
    """The circulation is optimal for all horizons from ``base_s`` to one second later."""


def quickest(
    roads: RoadArrays, shipper: Shipper, chosen: NDArray[np.int64], than: Fraction | None = None
) -> Tight | None:
    """Return the quickest time of a set of origins.

    What a set can send by a horizon is convex and piecewise linear in it, with a circulation of
    constant rate and cost between whole seconds (Ford and Fulkerson 1958). So a Newton step from
    anywhere leads to the solution or beyond, and steps from beyond lead back to it and end there
    (discrete Newton, as in Lin and Jaillet 2015).

    Parameters
    ----------
    chosen
        Indices of origins, at least one.
    than
        Where given, only a later time is of use, and None is returned as soon as it is not.
    """
    vehicles = sum((roads.vehicles[i] for i in chosen.tolist()), Fraction(0))
    wanted = roads.amount(vehicles)
    nearest = int(roads.distance[roads.origins[chosen]].min()) // SECOND_MS
    # Before its nearest exit can be reached, a set sends nothing at all.
    base_s = max(nearest, math.floor(than or 0))
    while True:
        # A millisecond later: right of the whole second, where the circulation may change.
        static = shipper.static(base_s * SECOND_MS + 1, chosen)
        time_s = (wanted + static.cost) / (static.rate * SECOND_MS)
        if than is not None and time_s <= than:
            return None
        if base_s <= time_s <= base_s + 1:
            return Tight(chosen, time_s, static, base_s)
        base_s = math.floor(time_s)


def first_bound(roads: RoadArrays, shipper: Shipper, *, alone: bool) -> Tight:
    """Return the quickest time of all origins, or of the one that needs longest by itself.

    Where there are few origins, a single one is often the bound of all, or near to it, and costs
    little: its circulation has few ways.

    Parameters
    ----------
    alone
        Whether single origins are tried.
    """
    sets = [np.arange(len(roads.origins))]
    if alone:
        # Those first that are likely to need long; the others are found not to in one step.
        sets = [*np.argsort(-roads.demand, kind="stable")[:, None], *sets]
    tight: Tight | None = None
    for chosen in sets:
        tight = quickest(roads, shipper, chosen, tight.time_s if tight else None) or tight
    if tight is None:
        raise InternalFault("there is no origin")
    return tight


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
    entered = _entered(cut, instance, crossings(cut, instance))
    return (most if entered is None else min(most, entered)), cut


def _labels(roads: RoadArrays, instance: RoadInstance, tight: Tight) -> dict[str, Fraction]:
    fraction = tight.time_s - tight.base_s
    # One past a whole second when tied to the horizon, on it when tied to an origin.
    seconds, tied = np.divmod(-tight.static.potential, SECOND_MS)
    zero, end = Fraction(0), tight.time_s
    labels = dict.fromkeys(roads.dead_ends, zero)
    # Many nodes share a label, and fractions take their time.
    known: dict[tuple[int, bool], Fraction] = {}
    for node, whole, ms in zip(roads.nodes, seconds.tolist(), (tied > 0).tolist(), strict=True):
        label = known.get((whole, ms))
        if label is None:
            label = min(max(whole + (fraction if ms else zero), zero), end)
            known[whole, ms] = label
        labels[node] = label
    for destination in instance.destinations:
        labels[destination.node] = end
    # What is not named has the horizon for its label.
    return {node: label for node, label in labels.items() if label is not end and label < end}


def _proves(cut: CutOverTime, instance: RoadInstance, total: Fraction) -> bool:
    """Say whether fewer than all can arrive before the horizon by this cut.

    Where as many as all can by its value, moving it earlier has to make it fewer, which it does if
    any road crosses it: labels beyond that of the road's beginning move, and the others stay.
    """
    crossed = crossings(cut, instance)
    entered = _entered(cut, instance, crossed)
    if entered is None:
        return False
    return entered < total or (entered == total and bool(crossed.windows))


@dataclass(frozen=True)
class Crossings:
    """The roads that cross a cut over time, and when."""

    unit: int
    """Parts of a second in which times are whole."""
    windows: list[tuple[Link, int, int]]
    """Link, first and last moment at which entering it crosses."""


def crossings(cut: CutOverTime, instance: RoadInstance) -> Crossings:
    """Return the roads with capacity that cross a cut, in the order of the instance."""
    horizon = cut.horizon_s
    unit = lcm(horizon.denominator, *{label.denominator for label in cut.labels.values()})
    end = horizon.numerator * (unit // horizon.denominator)
    label = {n: t.numerator * (unit // t.denominator) for n, t in cut.labels.items()}
    windows = []
    for link in instance.network.links.values():
        first, last = label.get(link.from_node, end), label.get(link.to_node, end)
        if last > first and (link.capacity_vph is None or link.capacity_vph > 0):
            last -= instance.transit_s(link.id) * unit
            if last > first:
                windows.append((link, first, last))
    return Crossings(unit, windows)


def _entered(cut: CutOverTime, instance: RoadInstance, crossed: Crossings) -> Fraction | None:
    """Return the most that can pass a cut; None: no limit."""
    # By denominator of the capacity, so that nothing is reduced before the end.
    amounts: dict[int, int] = {}
    for link, first, last in crossed.windows:
        rate = link.capacity_vph
        if rate is None:
            return None
        amounts[rate.denominator] = amounts.get(rate.denominator, 0) + rate.numerator * (
            last - first
        )
    entered = sum(
        (Fraction(amount, rate * crossed.unit * 3600) for rate, amount in amounts.items()),
        Fraction(0),
    )
    for origin in instance.origins:
        if cut.labels.get(origin.node, cut.horizon_s) > 0:
            entered += origin.vehicles
    return entered


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
