"""Departures in whole seconds judged second by second: nothing clever, nothing shared."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Departure
from tests.check.clearance.reference import HOUR, rate_at


def can_be_driven(instance: RoadInstance, departures: list[Departure]) -> bool:
    """Say whether every vehicle of the instance gets to a destination this way."""
    entering: defaultdict[tuple[str, int], Fraction] = defaultdict(Fraction)
    leaving: defaultdict[str, defaultdict[int, Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    ending: defaultdict[str, Fraction] = defaultdict(Fraction)
    for d in departures:
        if d.to_s <= d.from_s or d.vehicles_per_hour <= 0 or d.from_s < 0:
            return False
        rate = d.vehicles_per_hour / HOUR
        waits = d.waits_s or (Fraction(0),) * len(d.links)
        if len(waits) != len(d.links):
            return False
        for second in range(int(d.from_s), int(d.to_s)):
            at, time = d.origin, Fraction(second)
            leaving[at][second] += rate
            for name, wait in zip(d.links, waits, strict=True):
                link = instance.network.links[name]
                if link.from_node != at:
                    return False
                if wait > instance.longest_wait_s.get(at, wait):
                    return False
                time += wait
                entering[name, int(time)] += rate
                at, time = link.to_node, time + instance.transit_s(name)
            if at != d.destination:
                return False
        ending[d.destination] += rate * (d.to_s - d.from_s)
    room = {d.node: d.capacity for d in instance.destinations}
    if any(n not in room or (room[n] is not None and x > room[n]) for n, x in ending.items()):
        return False
    for (name, second), rate in entering.items():
        most = rate_at(instance, name, second)
        if most is not None and rate > most:
            return False
    return (
        all(_sent_when_ready(instance, node, gone) for node, gone in leaving.items())
        and sum(ending.values()) == instance.vehicles
    )


def _sent_when_ready(instance: RoadInstance, node: str, gone: defaultdict[int, Fraction]) -> bool:
    rows = [o for o in instance.origins if o.node == node]
    if sum(gone.values()) != sum(o.vehicles for o in rows):
        return False
    total = Fraction(0)
    for second in range(max(gone) + 1):
        total += gone[second]
        if total > sum(o.vehicles for o in rows if o.ready_s <= second):
            return False
    return True
