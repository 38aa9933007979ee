"""What enters each link against what it takes, what each origin sends, what destinations receive.

Amounts are held to a millionth, as the decimals of the file round every time and rate a little:
see ``docs/reference/clearance-format.md``.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from safepassage.check.clearance.departures import HOUR_UNITS, SECOND, Trips
from safepassage.check.clearance.roads import Road, Step
from safepassage.check.clearance.telling import Findings
from safepassage.network.road_instance import Destination, Origin

__all__ = ["MILLION", "check_links", "check_origins", "check_receptions", "tolerated"]

MILLION: Final = 10**6


def tolerated(vehicles: Fraction) -> Fraction:
    """By how much an amount may be missed: a millionth of it, or of one vehicle."""
    return max(vehicles, Fraction(1)) / MILLION


def check_links(trips: Trips, roads: Mapping[str, Road], findings: Findings) -> None:
    """Compare what enters each link with its capacity at every moment.

    The rate is piecewise constant. In all, those above the capacity may be a millionth of those
    that enter the link: so much and no more is due to rounding.
    """
    for link in trips.entering:
        over = _over(trips, link, roads[link].steps)
        if over is not None:
            found = "closed" if over.rate == 0 else f"of {float(over.rate):g} vehicles an hour"
            message = (
                f"link {link!r} is {found} at {over.at / SECOND:.3f} s, and "
                f"{over.entering / SECOND:g} vehicles an hour enter it; "
                f"{over.excess / HOUR_UNITS:.6g} vehicles too many in all"
            )
            code = "link-closed" if over.rate == 0 else "capacity-exceeded"
            findings.add(code, f"departures[{trips.index[over.trip]}]", message)


class _Over(NamedTuple):
    """Where a link takes more than its capacity, at its worst."""

    rate: Fraction
    at: int
    entering: int
    excess: int
    trip: int


def _over(trips: Trips, link: str, steps: tuple[Step, ...]) -> _Over | None:
    rates, lasting = trips.rate, trips.lasting
    limits = [step.rate for step in steps]
    least = min((rate for rate in limits if rate is not None), default=None)
    if least is None or trips.together(link) <= int(least * SECOND):
        return None
    starts, members = trips.entries(link)
    changes: defaultdict[int, int] = defaultdict(int)
    entered = 0
    for start, trip in zip(starts, members, strict=True):
        rate = rates[trip]
        changes[start] += rate
        changes[start + lasting[trip]] -= rate
        entered += rate * lasting[trip]
    times = sorted(changes)
    totals = list(accumulate(map(changes.__getitem__, times)))
    if len(steps) == 1 and max(totals) <= int(least * SECOND):
        return None
    return _worst(times, totals, entered, steps, (starts, members))


def _worst(
    times: list[int],
    totals: list[int],
    entered: int,
    steps: tuple[Step, ...],
    entries: tuple[array[int], array[int]],
) -> _Over | None:
    """Sum the excess over the capacity; None where rounding can have made it."""
    excess = worst = 0
    at = (0, 0, Fraction(0))
    for begin, end, total, rate in _pieces(times, totals, steps):
        above = total - int(rate * SECOND) if rate is not None else 0
        if above > 0 and rate is not None:
            excess += above * (end - begin)
            if above * (end - begin) > worst:
                worst, at = above * (end - begin), (begin, total, rate)
    if excess * MILLION <= entered:
        return None
    trip = max((s, t) for s, t in zip(*entries, strict=True) if s <= at[0])[1]
    return _Over(at[2], at[0], at[1], excess, trip)


def _pieces(
    times: list[int], totals: list[int], steps: tuple[Step, ...]
) -> Iterable[tuple[int, int, int, Fraction | None]]:
    """Yield stretches of time in which neither what enters nor the capacity changes."""
    bounds = [int(step.from_s * SECOND) for step in steps]
    bounds.append(max(times[-1], bounds[-1]) + 1)
    step = 0
    for (begin, end), total in zip(pairwise(times), totals, strict=False):
        while bounds[step + 1] <= begin:
            step += 1
        at = begin
        for i in range(step, len(steps)):
            until = min(end, bounds[i + 1])
            if until > at:
                yield at, until, total, steps[i].rate
                at = until
            if at >= end:
                break


def check_origins(
    trips: Trips,
    origins: Iterable[Origin],
    stuck: Mapping[str, Fraction],
    findings: Findings,
    *,
    complete: bool,
) -> None:
    """Compare what leaves each origin with what was ready, and in all with what there is.

    Parameters
    ----------
    trips
        The departures.
    origins
        Every origin of the instance.
    stuck
        Vehicles by node that have no way out, and are to stay.
    findings
        Takes what is wrong.
    complete
        Whether everyone who has a way out is to leave.
    """
    ready: defaultdict[str, dict[Fraction, Fraction]] = defaultdict(dict)
    for origin in origins:
        rows = ready[origin.node]
        rows[origin.ready_s] = rows.get(origin.ready_s, Fraction(0)) + origin.vehicles
    leaving: defaultdict[str, list[int]] = defaultdict(list)
    for trip, node in enumerate(trips.origin):
        leaving[node].append(trip)
    for node, rows in ready.items():
        there = sum(rows.values(), Fraction(0))
        sent = sum((trips.vehicles(trip) for trip in leaving[node]), Fraction(0))
        wanted = there - stuck.get(node, Fraction(0))
        where = f"origin {node}"
        if sent > wanted + tolerated(there):
            message = f"expected {float(wanted):.9g} vehicles from {node!r}, got {float(sent):.9g}"
            findings.add("vehicles-added", where, message)
        elif complete and sent < wanted - tolerated(there):
            message = f"expected {float(wanted):.9g} vehicles from {node!r}, got {float(sent):.9g}"
            findings.add("vehicles-short", where, message)
        if max(rows) > 0:
            _check_ready(trips, leaving[node], rows, node, findings)


def _check_ready(
    trips: Trips,
    leaving: list[int],
    rows: Mapping[Fraction, Fraction],
    node: str,
    findings: Findings,
) -> None:
    """See that at no moment more have left than were ready."""
    changes: defaultdict[int, int] = defaultdict(int)
    for trip in leaving:
        changes[trips.begin[trip]] += trips.rate[trip]
        changes[trips.begin[trip] + trips.lasting[trip]] -= trips.rate[trip]
    slack = tolerated(sum(rows.values(), Fraction(0))) * HOUR_UNITS
    moments = sorted({*changes, *(int(ready * SECOND) for ready in rows)})
    added: defaultdict[int, Fraction] = defaultdict(Fraction)
    for ready, vehicles in rows.items():
        added[int(ready * SECOND)] += vehicles * HOUR_UNITS
    gone = rate = before = 0
    allowed = Fraction(0)
    for moment in moments:
        gone += rate * (moment - before)
        if gone > allowed + slack:
            message = (
                f"by {moment / SECOND:.3f} s {gone / HOUR_UNITS:.9g} vehicles have left "
                f"{node!r}, and {float(allowed / HOUR_UNITS):.9g} were ready"
            )
            findings.add("before-ready", f"origin {node}", message)
            return
        allowed += added.get(moment, 0)
        rate += changes.get(moment, 0)
        before = moment


def check_receptions(trips: Trips, destinations: Iterable[Destination], findings: Findings) -> None:
    """Compare what ends at each destination with what it can receive."""
    received: defaultdict[str, Fraction] = defaultdict(Fraction)
    for trip, node in enumerate(trips.destination):
        received[node] += trips.vehicles(trip)
    for destination in destinations:
        capacity, got = destination.capacity, received[destination.node]
        if capacity is not None and got > capacity + tolerated(capacity):
            message = (
                f"{destination.node!r} can receive {float(capacity):.9g} vehicles, got "
                f"{float(got):.9g}"
            )
            findings.add("reception-exceeded", f"destination {destination.node}", message)
