"""What prices of convoys prove, in whole numbers: how long a gap is, less the prices in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from safepassage.convoy.gaps import Convoy, Gaps, Side

__all__ = ["SCALE", "Key", "Packing", "Prices", "Slack", "Value", "evaluate", "least", "pack"]

SCALE = 1_000
"""Parts of a second that prices are whole numbers of."""

Key = tuple[int, int]
"""Length of a gap (s), and vehicles in the convoy at its end."""
Numbers = npt.NDArray[Any]
"""Whole numbers, or floats while prices are looked for."""


@dataclass(frozen=True)
class Prices:
    """Whole prices, in parts of a second."""

    people: Mapping[tuple[str, str], int]
    """Worth of one person, by group and place, in time of all vehicles together."""
    sizes: tuple[int, ...]
    """Of a convoy in each gap that it passes in, by its vehicles that are counted, from one on."""
    guests: Mapping[str, tuple[int, ...]]
    """Of each vehicle of another type beside so many of them."""


@dataclass(frozen=True)
class Packing:
    """What convoys that pass in a time are worth together, at most."""

    items: list[tuple[int, int, Any, Convoy]]
    """Vehicles that are counted, units, price, and the convoy itself."""
    best: Numbers
    """[units + 1, vehicles + 1]"""
    any_number: Numbers
    """[units + 1], whatever the number of vehicles."""

    @cached_property
    def _items(self) -> tuple[Numbers, Numbers, Numbers]:
        """Their vehicles, units and prices."""
        numbers, times = (np.array([i[x] for i in self.items], np.int64) for x in (0, 1))
        return numbers, times, np.array([i[2] for i in self.items])

    def content(self, units: int, vehicles: int | None) -> list[Convoy]:
        """Convoys that are worth most in a time; ``vehicles``: at most so many, None for any."""
        found: list[Convoy] = []
        numbers, times, worth = self._items
        while units > 0:
            table = self.any_number if vehicles is None else self.best[:, vehicles]
            # The least time that holds as much.
            units = int(np.searchsorted(table[: units + 1], table[units]))
            fits = times <= units
            if vehicles is None:
                before = table[np.maximum(units - times, 0)]
            else:
                fits &= numbers <= vehicles
                rest = np.maximum(vehicles - numbers, 0)
                before = self.best[np.maximum(units - times, 0), rest]
            last = np.flatnonzero(fits & (before + worth >= table[units]))
            if not units or not last.size:
                break
            n, time, _, convoy = self.items[int(last[0])]
            found.append(convoy)
            units, vehicles = units - time, None if vehicles is None else vehicles - n
        return found


def pack(gaps: Gaps, price: Mapping[Convoy, Any]) -> Packing:
    """Fill times up to the longest with convoys that are worth most."""
    most: dict[tuple[int, int], tuple[Any, Convoy]] = {}
    for convoy in gaps.convoys:
        key = convoy.counted, convoy.hold // gaps.unit
        if key not in most or price[convoy] > most[key][0]:
            most[key] = price[convoy], convoy
    items = [(n, units, p, convoy) for (n, units), (p, convoy) in most.items() if p > 0]
    worth = np.array([i[2] for i in items])
    numbers, times = (np.array([i[x] for i in items], np.int64) for x in (0, 1))
    best = np.zeros((gaps.longest + 1, gaps.number), worth.dtype if items else np.int64)
    loose = np.zeros(gaps.longest + 1, best.dtype)
    rest = np.arange(gaps.number)[None, :] - numbers[:, None]
    # No convoy takes less than this, so as many times in a row do not rest on one another.
    stride = int(times.min(initial=gaps.longest))
    for first in range(1, gaps.longest + 1, stride):
        these = np.arange(first, min(first + stride, gaps.longest + 1))
        left = these[:, None] - times[None, :]
        fits = left >= 0
        if fits.any():
            before = np.maximum(left, 0)
            found = best[before[:, :, None], np.maximum(rest, 0)[None]] + worth[None, :, None]
            fitting = fits[:, :, None] & (rest >= 0)[None]
            best[these] = np.where(fitting, found, 0).max(axis=1)
            loose[these] = np.where(fits, loose[before] + worth[None, :], 0).max(axis=1)
        span = slice(first - 1, int(these[-1]) + 1)
        best[span] = np.maximum.accumulate(best[span], axis=0)
        loose[span] = np.maximum.accumulate(loose[span])
    return Packing(items, best, loose)


def least(
    gaps: Gaps, packing: Packing, keys: Sequence[Key], second: int = 1
) -> list[tuple[Any, int, int | None]]:
    """Least that gaps take, less the prices in them.

    Parameters
    ----------
    second
        A second of it, in the unit of the prices.

    Returns
    -------
    Of each gap the least, the units of time that what passes in it takes, and how many vehicles may
    pass in it; None where one may pass more than once.
    """
    units = np.arange(gaps.longest + 1)[None, :]
    lengths = np.array([length for length, _ in keys], np.int64)[:, None]
    others = gaps.number - np.array([counted for _, counted in keys], np.int64)
    ends = (units + 1) * gaps.unit
    alone, once = ends <= lengths + gaps.shortest, ends <= gaps.twice
    wide = np.where(once[0], packing.best[:, gaps.number - 1], packing.any_number)
    worth = np.where(alone, packing.best[:, others].T, wide[None, :])
    short = np.maximum(lengths, units * gaps.unit) * second - worth
    at = np.where(units < lengths // gaps.unit, short.max() + 1, short).argmin(axis=1)
    found: list[tuple[Any, int, int | None]] = []
    for row, u in enumerate(at.tolist()):
        some = int(others[row]) if alone[row, u] else gaps.number - 1 if once[0, u] else None
        found.append((short[row, u].item(), u, some))
    return found


@dataclass(frozen=True)
class Value:
    """What prices prove."""

    moment: int
    """Nobody has everyone there before."""
    dear: Fraction
    """Largest worth of a convoy's people for what it costs; at most 1 where it holds."""
    crossing: float
    """Share of the crossing in what a convoy of the commonest size costs; the rest is vehicles'."""


def evaluate(gaps: Gaps, prices: Prices) -> Value:
    """Work out exactly what prices prove."""
    number, second = gaps.number, gaps.number * SCALE
    aboard = _aboard(gaps, prices)
    worth = {c: sum(n * aboard.get((c.place, k), 0) for k, n in c.numbers) for c in gaps.convoys}
    # All in parts of a second times the number of vehicles.
    price = {c: _price(gaps, prices, c, worth[c]) for c in gaps.convoys}
    dear = max(Fraction(price[c], c.hold * second) for c in gaps.convoys)
    packing = pack(gaps, price)
    beyond = _beyond(gaps, packing, second)
    keys = list({(c.lag, c.counted): None for c in gaps.convoys if c.counted})
    shortest = (min(found, beyond) for found, _, _ in least(gaps, packing, keys, second))
    gap = dict(zip(keys, shortest, strict=True))
    excess: dict[int, int] = {}
    for c in (c for c in gaps.convoys if c.counted):
        more = number * worth[c] - c.counted * c.hold * second - (number - c.counted) * price[c]
        excess[c.counted] = max(excess.get(c.counted, 0), -(-more // (number * c.counted)))
        if worth[c]:
            costs = number * worth[c] - more + c.counted * gap[c.lag, c.counted]
            dear = max(dear, Fraction(number * worth[c], max(1, costs)))
    slack = Slack(gaps, {c: (c.hold * second - price[c]) // number for c in gaps.convoys}, excess)
    begins = slack.begins()
    departed = gaps.phases - gaps.open_start
    total = sum(_least_worth(side, prices) for side in gaps.sides) + departed * begins[0]
    if gaps.open_start:
        total -= _most_early(gaps, aboard, begins)
    leads = departed * min(c.before for c in gaps.convoys) * second
    by_clock = -(-(total + leads + gaps.phases * slack.end(SCALE)[0]) // second)
    moment = gaps.start + by_clock - gaps.phases * gaps.spacing
    if gaps.closes:
        by_hours = -(-(total + gaps.phases * slack.end(0)[0]) // second)
        lost = -(-max(excess.values()) // SCALE) + gaps.spacing
        passed = gaps.elapsed(by_hours - gaps.phases * gaps.spacing, lost)
        moment = max(moment, passed + min(c.after for c in gaps.convoys))
    size = max(gaps.convoys, key=lambda c: (bool(c.counted), worth[c] / c.hold))
    share = price[size] / (size.hold * second)
    return Value(moment, dear, share)


class Slack:
    """What convoys leave over in the first, and in the last, intervals of all vehicles.

    A convoy lies in the interval of every vehicle that has not passed yet (or passes no more), and
    leaves over what it holds the crossing for beyond its price. What those aboard are worth beyond
    that, where a vehicle passes for the first time, is taken off.
    """

    def __init__(self, gaps: Gaps, spare: Mapping[Convoy, Any], excess: Mapping[int, Any]) -> None:
        self.gaps = gaps
        self.spare = spare if gaps.busy else dict.fromkeys(spare, 0)
        self.excess = excess
        self.best: dict[int, Convoy] = {}
        """By vehicles that are counted, the convoy that leaves over least."""
        for c in (c for c in gaps.convoys if c.counted):
            least_ = self.best.setdefault(c.counted, c)
            if self.spare[c] < self.spare[least_]:
                self.best[c.counted] = c
        self.firsts: dict[int, tuple[int, int]] = {}
        """By vehicles that have passed: which convoy comes next, and how many of it pass for the
        first time."""

    def begins(self) -> list[Any]:
        """Least that is left over from a beginning on, by how many have passed already."""
        number = self.gaps.number
        rest = [0] * (number + 1)
        for gone in range(number - 1, -1, -1):
            rest[gone], self.firsts[gone] = min(
                (
                    (number - gone - some) * self.spare[c]
                    - some * self.excess[n]
                    + rest[gone + some],
                    (n, some),
                )
                for n, c in self.best.items()
                for some in range(1, min(n, number - gone) + 1)
            )
        return rest

    def end(self, second: int) -> tuple[Any, list[Convoy]]:
        """Least that is left over up to the last arrival of a phase.

        With the convoys, the last one first. ``second``: a second of the way to the arrival, in the
        unit of what is left.
        """
        number = self.gaps.number
        rest: list[tuple[Any, list[Convoy]]] = [(0, [])] * (number + 1)
        for gone in range(number - 1, -1, -1):
            found = []
            for n, c in self.best.items():
                more = rest[min(number, gone + n)]
                found.append((max(0, number - gone - n) * self.spare[c] + more[0], [c, *more[1]]))
            rest[gone] = min(found, key=lambda x: x[0])
        lasts = []
        for c in self.gaps.convoys:
            more = rest[min(number, c.counted)]
            left = number * c.after * second + (number - c.counted) * self.spare[c] + more[0]
            lasts.append((left, [c, *more[1]]))
        return min(lasts, key=lambda x: x[0])


def _aboard(gaps: Gaps, prices: Prices) -> dict[tuple[str, str], int]:
    """Most that the people in one vehicle are worth, by place and type."""
    found: dict[tuple[str, str], int] = {}
    for c in (c for side in gaps.sides for c in side.cells):
        for k in c.kinds:
            worth = gaps.seats[k] * prices.people[c.group, c.place]
            found[c.place, k] = max(worth, found.get((c.place, k), 0))
    return found


def _price(gaps: Gaps, prices: Prices, convoy: Convoy, worth: int) -> int:
    """Price of a convoy in each gap, times the number of vehicles."""
    if not convoy.counted:
        return worth
    guests = (
        n * prices.guests[k][convoy.counted - 1] for k, n in convoy.numbers if k != gaps.vehicle
    )
    return gaps.number * (prices.sizes[convoy.counted - 1] + sum(guests))


def _beyond(gaps: Gaps, packing: Packing, second: int) -> int:
    """Least of any gap that is longer than those looked at."""
    part = max((Fraction(p, t * gaps.unit * second) for _, t, p, _ in packing.items), default=0)
    return int((1 - part) * gaps.longest * gaps.unit * second) if part < 1 else 0


def _least_worth(side: Side, prices: Prices) -> int:
    """Worth of as many people of a side as have to pass, of those worth least."""
    total, left = 0, side.persons
    for c in sorted(side.cells, key=lambda c: prices.people[c.group, c.place]):
        some = min(left, c.persons)
        total += some * prices.people[c.group, c.place]
        left -= some
    return total


def _most_early(gaps: Gaps, aboard: Mapping[tuple[str, str], int], begins: Sequence[int]) -> int:
    """Most that is won at an open start: by those who are inspected early, and by first passes.

    Whoever is inspected early has no first pass later on.
    """
    early = gaps.early
    if early is None:
        return -begins[0]
    others, counted = [], (0, 0, 1)
    for kind, places, number, weight in early.vehicles:
        worth = max((aboard.get((p, kind), 0) for p in places), default=0)
        if kind == gaps.vehicle:
            counted = worth, number, weight
        elif worth:
            others.append((Fraction(worth, weight), worth, number, weight))
    others.sort(reverse=True)
    most = None
    for gone in range(min(counted[1], early.room // counted[2]) + 1):
        total, room = Fraction(gone * counted[0] - begins[gone]), early.room - gone * counted[2]
        for _, worth, number, weight in others:
            some = min(Fraction(number), Fraction(room, weight))
            total += some * worth
            room -= int(some * weight)
        most = total if most is None else max(most, total)
    return -int(-(most or 0) // 1)
