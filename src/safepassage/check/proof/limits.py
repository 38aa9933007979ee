"""Rows with a limit: what they add by slot to the price of an event, and what they allow."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from safepassage.check.proof.frame import Frame
from safepassage.check.proof.prices import Prices, Triple
from safepassage.check.proof.programme import Fleet
from safepassage.check.proof.slots import Interval, Slots
from safepassage.check.proof.ways import Way

__all__ = [
    "capacity_by_slot",
    "capacity_limit",
    "lane_by_slot",
    "lane_limit",
    "time_by_slot",
]


def capacity_by_slot(prices: Prices, family: str) -> list[int] | None:
    """By slot the sum of the multipliers of all stretches of slots that hold it."""
    triples = prices.triples(family)
    if not triples:
        return None
    steps = [0] * (prices.count + 2)
    for first, last, price in triples:
        steps[first + 1] += price
        steps[last + 2] -= price
    return list(accumulate(steps))[:-1]


def capacity_limit(frame: Frame, prices: Prices, family: str) -> int:
    """Sum of the multipliers times the events that fit into their stretches."""
    least, grid = frame.least_s[family], frame.slots.grid
    total = 0
    for first, last, price in prices.triples(family):
        begin, end = grid[first], grid[last + 1]
        if family in frame.bay_count:
            fits = frame.bay_count[family] * -(-(end - begin) // least)
        else:
            crossing = family.split("/")[1]
            fits = _inspections(frame.open[crossing], begin, end, least)
        total += price * fits
    return total


def _inspections(open_: Sequence[Interval], begin: int, end: int, least: int) -> int:
    """Most inspections that can end after one moment and by another."""
    fits = 0
    # Intervals follow on one another: those that end before the stretch are passed over.
    for x, y in open_[bisect_right(open_, begin, key=lambda interval: interval[1]) :]:
        if x >= end:
            break
        x0, x1 = max(begin, x), min(end, y)
        if x1 > x0:
            fits += min((x1 - x) // least, -(-(x1 - x0) // least))
    return fits


def time_by_slot(triples: Sequence[Triple], slots: Slots, chain_s: int) -> list[int] | None:
    """By slot the price of an event that keeps a vehicle busy for so long afterwards.

    Each stretch counts the time from the end of the slot to its own end, at most the chain; so it
    is level over the slots that end early enough and falls with the moment after them.
    """
    if not triples:
        return None
    size = slots.count + 2
    level, falling = [0] * size, [0] * size
    for x, y, price in triples:
        low, high = slots.spanned(x, y)
        if low > high:
            continue
        # The first slot that ends within the chain before the stretch is over.
        turn = min(max(low, bisect_right(slots.grid, y - chain_s)), high + 1)
        level[low] += price * chain_s
        level[turn] += price * (y - chain_s)
        level[high + 1] -= price * y
        falling[turn] += price
        falling[high + 1] -= price
    pairs = zip(accumulate(level), accumulate(falling), slots.grid, strict=False)
    return [constant - slope * moment for constant, slope, moment in pairs]


def lane_by_slot(frame: Frame, prices: Prices, fleet: Fleet, way: Way) -> list[int] | None:
    """By slot the price of a loaded leg in the rows of rounds at its key crossing."""
    c, kind = way.key or "", fleet.kind.id
    lane = frame.lanes[c]
    side = "own-" if fleet.kind.own else ""
    found = [(i, j, -p) for i, j, p in prices.stretches(f"{side}stretch-least/{c}")]
    found += prices.stretches(f"{side}stretch-most/{c}")
    found += [(i, j, way.key_s * p) for i, j, p in prices.stretches(f"stretch-spacing/{c}")]
    if kind in lane.rounds:
        found += prices.stretches(f"turns/{kind}/{c}")
        takes = lane.rounds[kind].round_s(way)
        sizes = prices.sizes(f"rounds/{kind}/{c}")
        if kind in frame.shared:
            sizes += prices.sizes(f"shared-rounds/{kind}")
            found += prices.stretches(f"shared-turns/{kind}")
        found += [(i, j, (takes + lane.rounds[kind].steeper(v)) * p) for i, j, v, p in sizes]
    if not found:
        return None
    steps = [0] * (frame.slots.count + 2)
    for i, j, price in found:
        first, last = lane.slots_of(i, j)
        if first <= last:
            steps[first] += price
            steps[last + 1] -= price
    return list(accumulate(steps))[:-1]


def lane_limit(frame: Frame, prices: Prices) -> int:
    """Sum of the multipliers of the rows of rounds times what they allow."""
    total = 0
    for c, lane in frame.lanes.items():
        for i, j, price in prices.stretches(f"stretch-spacing/{c}"):
            total += price * lane.spaced_s(i, j)
        for kind, rounds in lane.rounds.items():
            for i, j, v, price in prices.sizes(f"rounds/{kind}/{c}"):
                total += price * rounds.time_s(lane.within(kind, i, j), v)
            for i, j, price in prices.stretches(f"turns/{kind}/{c}"):
                total += price * rounds.turns(lane.within(kind, i, j))
    for kind, shared in frame.shared.items():
        for i, j, v, price in prices.sizes(f"shared-rounds/{kind}"):
            total += price * shared.time_s(i, j, v)
        for i, j, price in prices.stretches(f"shared-turns/{kind}"):
            total += price * shared.turns(i, j)
    return total
