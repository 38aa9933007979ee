"""What there is to say of a clearance result, unformatted."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from safepassage.network.lanes import reverse
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance

__all__ = ["ClearanceFacts", "Curve", "gather_clearance", "most_routes"]

_DECIMAL = Fraction(2, 10**9)
"""Of a file: the time is rounded up and the bound down."""

SHARES = (50, 90, 100)
"""Per cent of the vehicles whose times are told, as regulators ask for them."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Vehicles out over time: straight from each time to the next."""

    times_s: tuple[float, ...]
    vehicles: tuple[float, ...]

    def reached(self, vehicles: float) -> float | None:
        """Return when so many are out (s); None where they never are."""
        at = bisect_left(self.vehicles, vehicles)
        if at == len(self.vehicles):
            return None
        if at == 0:
            return self.times_s[0]
        t0, t1 = self.times_s[at - 1], self.times_s[at]
        n0, n1 = self.vehicles[at - 1], self.vehicles[at]
        return t0 + (t1 - t0) * (vehicles - n0) / (n1 - n0)


@dataclass(frozen=True, slots=True)
class ClearanceFacts:
    """The result, its instance, and what follows from both."""

    clearance: Clearance
    instance: RoadInstance
    """With capacities as they are when lanes are reversed."""
    curve: Curve
    out_s: Mapping[int, float | None]
    """By per cent of all vehicles: when so many are out (s)."""
    sent: float
    """Vehicles that have a departure."""
    received: Mapping[str, float]
    """Vehicles by destination."""
    max_routes: int | None = None
    """How many ways out of each origin were asked for at most."""
    no_sooner_s: Mapping[int, float] = field(default_factory=dict)
    """By per cent of all vehicles: proven that so many cannot be out before (s)."""

    @property
    def exact(self) -> bool:
        """Nothing is left between the clearance time and the bound but their last decimals."""
        c = self.clearance
        if c.clearance_time_s is None or c.lower_bound_s is None:
            return False
        return c.clearance_time_s - c.lower_bound_s <= max(_DECIMAL, c.lower_bound_s / 10**12)

    @property
    def most_price_s(self) -> Fraction | None:
        """What few ways out can have cost at most: the bound holds for any number of them."""
        c = self.clearance
        if self.max_routes is None or c.clearance_time_s is None or c.lower_bound_s is None:
            return None
        return c.clearance_time_s - c.lower_bound_s

    @property
    def gain_s(self) -> Fraction | None:
        """How much sooner everyone is out than in the plan without reversed lanes."""
        contraflow, after = self.clearance.contraflow, self.clearance.clearance_time_s
        if contraflow is None or contraflow.without is None or after is None:
            return None
        before = contraflow.without.clearance_time_s
        return None if before is None else before - after

    @property
    def gain_at_least_s(self) -> Fraction | None:
        """How much sooner everyone is out than in any plan without reversed lanes, proven."""
        contraflow, after = self.clearance.contraflow, self.clearance.clearance_time_s
        if contraflow is None or contraflow.without is None or after is None:
            return None
        bound = contraflow.without.lower_bound_s
        return None if bound is None else bound - after

    @property
    def placed(self) -> bool:
        """There are coordinates to draw a map with."""
        return any(node.lon is not None for node in self.instance.network.nodes.values())


def most_routes(clearance: Clearance) -> int:
    """Return the number of ways out of the origin that has most of them."""
    routes: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for departure in clearance.departures:
        routes[departure.origin].add((departure.destination, *departure.links))
    return max(map(len, routes.values()), default=0)


def gather_clearance(
    clearance: Clearance, instance: RoadInstance, *, max_routes: int | None = None
) -> ClearanceFacts:
    """Gather the facts of a result.

    Parameters
    ----------
    clearance
        The result, verified.
    instance
        The instance it is of, with all lanes as they are in its tables.
    max_routes
        How many ways out of each origin were asked for at most, if that was asked for.
    """
    if clearance.instance.reversed_links:
        instance = reverse(instance, clearance.instance.reversed_links)
    curve, received = _arrivals(clearance, instance)
    vehicles = float(clearance.vehicles)
    last = clearance.clearance_time_s
    out: dict[int, float | None] = {
        # A little less than all, as decimals of departures need not add up to the last digit.
        share: curve.reached(vehicles * share / 100 * (1 - 1e-6))
        for share in SHARES
    }
    if last is not None:
        out[100] = float(last)
    return ClearanceFacts(
        clearance=clearance,
        instance=instance,
        curve=curve,
        out_s=out,
        sent=curve.vehicles[-1],
        received=received,
        max_routes=max_routes,
        no_sooner_s=_no_sooner(clearance),
    )


def _no_sooner(clearance: Clearance) -> dict[int, float]:
    """Before when shares of the vehicles cannot be out, by the points of the curve."""
    if clearance.arrival is None or clearance.no_way_out:
        return {}
    none = Fraction(0)
    found = {
        share: max(
            (
                p.time_s
                for p in clearance.arrival.points
                if p.at_most < clearance.vehicles * share / 100
            ),
            default=none,
        )
        for share in SHARES
    }
    found[100] = max(found[100], clearance.lower_bound_s or none)
    return {share: float(time) for share, time in found.items()}


def _arrivals(clearance: Clearance, instance: RoadInstance) -> tuple[Curve, dict[str, float]]:
    transit = {link: instance.transit_s(link) for link in instance.network.links}
    changes: defaultdict[float, float] = defaultdict(float)
    received: defaultdict[str, float] = defaultdict(float)
    for departure in clearance.departures:
        driving = sum(map(transit.__getitem__, departure.links))
        waited = float(sum(departure.waits_s, Fraction(0)))
        rate = float(departure.vehicles_per_hour) / 3600
        begin = float(departure.from_s) + driving + waited
        end = float(departure.to_s) + driving + waited
        changes[begin] += rate
        changes[end] -= rate
        received[departure.destination] += rate * (end - begin)
    times = sorted({0.0, *changes})
    out, rate = [0.0], 0.0
    for begin, end in pairwise(times):
        rate += changes.get(begin, 0.0)
        out.append(out[-1] + max(rate, 0.0) * (end - begin))
    return Curve(tuple(times), tuple(out)), dict(received)
