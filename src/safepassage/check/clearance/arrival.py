"""The earliest-arrival curve a result states, against its departures and certificates."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from safepassage.check.clearance.bounds import Claim, Ground
from safepassage.check.clearance.departures import HOUR_UNITS, SECOND, Trips
from safepassage.check.clearance.loads import tolerated
from safepassage.check.clearance.telling import Findings
from safepassage.plan.clearance import ArrivalPoint, EarliestArrival

__all__ = ["check_arrival"]


def check_arrival(
    arrival: EarliestArrival, trips: Trips, ground: Ground, findings: Findings
) -> bool:
    """Verify every point and the lag; returns whether each bound is proven."""
    if any(a.time_s >= b.time_s for a, b in pairwise(arrival.points)):
        findings.add("arrival-order", "arrival.points", "expected moments in order of time")
        return False
    curve = _Curve(trips)
    slack = tolerated(ground.vehicles)
    good = True
    for i, point in enumerate(arrival.points):
        where = f"arrival.points[{i}]"
        counted = curve.out(point.time_s)
        if abs(point.out - counted) > slack:
            message = f"expected {float(counted):.9g} vehicles, got {float(point.out):.9g}"
            findings.add("arrival-count-differs", f"{where}.out", message)
        if point.out > point.at_most + slack:
            message = f"{float(point.out):.9g} is above {float(point.at_most):.9g}"
            findings.add("count-beats-bound", f"{where}.out", message)
            good = False
        claim = Claim(f"{where}.at_most", f"{where}.certificate", findings)
        proven = claim.lets_out_at_most(point.at_most, point.time_s, point.certificate, ground)
        good = proven and good
    _check_lag(arrival.lag_s, arrival.points, curve, slack, findings)
    return good


def _check_lag(
    lag_s: Fraction,
    points: Sequence[ArrivalPoint],
    curve: _Curve,
    slack: Fraction,
    findings: Findings,
) -> None:
    """See that the plan has as many out as can be, at most so much later."""
    for i, point in enumerate(points):
        reached = curve.reached(point.at_most - slack)
        if reached is None or reached > point.time_s + lag_s:
            late = "never" if reached is None else f"only at {float(reached):.9g} s"
            message = (
                f"{float(point.at_most):.9g} vehicles might be out by {float(point.time_s):.9g} s; "
                f"the departures have them out {late}, more than {float(lag_s):.9g} s later"
            )
            findings.add("arrival-lag-understated", f"arrival.points[{i}]", message)


class _Curve:
    """Vehicles that have arrived, over time: straight from each time to the next."""

    def __init__(self, trips: Trips) -> None:
        changes: defaultdict[int, int] = defaultdict(int)
        for begin, driving, lasting, rate in zip(
            trips.begin, trips.driving, trips.lasting, trips.rate, strict=True
        ):
            changes[begin + driving] += rate
            changes[begin + driving + lasting] -= rate
        self._times = sorted({0, *changes})
        self._rates: list[int] = []
        self._amounts = [0]
        rate = 0
        for time, after in pairwise([*self._times, self._times[-1]]):
            rate += changes.get(time, 0)
            self._rates.append(rate)
            self._amounts.append(self._amounts[-1] + rate * (after - time))
        self._amounts.pop()

    def out(self, by_s: Fraction) -> Fraction:
        """Vehicles that have arrived by a time."""
        units = int(by_s * SECOND)
        at = bisect_right(self._times, units) - 1
        amount = self._amounts[at] + self._rates[at] * (units - self._times[at])
        return Fraction(amount, HOUR_UNITS)

    def reached(self, vehicles: Fraction) -> Fraction | None:
        """When so many have arrived (s); None: they never have."""
        units = vehicles * HOUR_UNITS
        at = bisect_left(self._amounts, units)
        if at == len(self._amounts):
            return None
        if at == 0:
            return Fraction(0)
        since = (units - self._amounts[at - 1]) / self._rates[at - 1]
        return (self._times[at - 1] + since) / SECOND
