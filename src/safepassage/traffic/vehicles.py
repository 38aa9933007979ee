"""From a fluid to whole vehicles, each with a moment at which it sets out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from safepassage.plan.clearance import Departure

__all__ = ["Vehicle", "whole_vehicles"]

Way = tuple[str, tuple[str, ...]]
"""Destination and links."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One passenger-car equivalent."""

    origin: str
    destination: str
    links: tuple[str, ...]
    depart_s: float


def whole_vehicles(departures: Sequence[Departure]) -> list[Vehicle]:
    """Divide departures into whole vehicles, in the order in which they set out.

    Each origin sends as many as it has, to the nearest whole number, and its ways share them by
    largest remainders. On each way a vehicle sets out when half of it has: the first of two parts
    of a fluid is as late as the second is early. Who starts at a destination is left out.

    Parameters
    ----------
    departures
        Of a result. Waits on the way are left out: a vehicle waits where the road is full.
    """
    ways: defaultdict[str, defaultdict[Way, list[Departure]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for departure in departures:
        if departure.links:
            way = departure.destination, departure.links
            ways[departure.origin][way].append(departure)
    found = [
        Vehicle(origin, way[0], way[1], depart_s)
        for origin, by_way in ways.items()
        for way, number in _shared(by_way).items()
        for depart_s in _moments(by_way[way], number)
    ]
    return sorted(found, key=lambda v: (v.depart_s, v.origin, v.links))


def _shared(by_way: dict[Way, list[Departure]]) -> dict[Way, int]:
    """Whole numbers of vehicles by way that add up to those of the origin."""
    amounts = {way: sum(d.vehicles for d in some) for way, some in by_way.items()}
    numbers = {way: int(amount) for way, amount in amounts.items()}
    left = round(sum(amounts.values(), Fraction(0))) - sum(numbers.values())
    order = sorted(amounts, key=lambda way: (numbers[way] - amounts[way], way))
    for way in order[:left]:
        numbers[way] += 1
    return numbers


def _moments(departures: list[Departure], number: int) -> list[float]:
    """When each of so many vehicles sets out on one way (s): in step with the fluid."""
    changes: defaultdict[Fraction, Fraction] = defaultdict(Fraction)
    for d in departures:
        first = d.waits_s[0] if d.waits_s else Fraction(0)
        changes[d.from_s + first] += d.vehicles_per_hour / 3600
        changes[d.to_s + first] -= d.vehicles_per_hour / 3600
    total = sum((d.vehicles for d in departures), Fraction(0))
    marks = [total * Fraction(2 * k + 1, 2 * number) for k in range(number)]
    moments: list[float] = []
    times = sorted(changes)
    gone = rate = Fraction(0)
    for time, after in pairwise(times):
        rate += changes[time]
        then = gone + rate * (after - time)
        while len(moments) < number and marks[len(moments)] <= then and rate:
            moments.append(float(time + (marks[len(moments)] - gone) / rate))
        gone = then
    return moments
