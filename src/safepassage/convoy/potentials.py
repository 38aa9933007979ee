"""Least multipliers of waiting vehicles, for given prices of everything else.

A multiplier of a state is what a vehicle in that state is worth at that moment. Given the prices
of crossings, bays and seats, the least values that no movement beats are longest paths in time,
found exactly in whole numbers from the last moment backwards. So any prices make a bound that
holds, and rounding them loses nothing on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safepassage.convoy.linear import entries
from safepassage.convoy.programme import Ints, Programme

__all__ = ["States", "settle"]

STATES = frozenset({"ready", "arrived", "boarded", "unload"})
PASSES = 4
"""Rounds within one moment, for movements that take no time."""


@dataclass(frozen=True)
class States:
    """Which rows are balances of states, by family and grid index."""

    family: Ints
    """By row; -1 for a row that is no balance."""
    index: Ints
    row: Ints
    """[families, indices] row."""

    @classmethod
    def of(cls, lp: Programme) -> States:
        """Find the balance rows by their names."""
        family = np.full(len(lp.limits), -1, np.int64)
        index = np.zeros(len(lp.limits), np.int64)
        names: dict[tuple[object, ...], int] = {}
        for key, row in lp.rows.items():
            if key[0] in STATES and len(key) == 4:
                family[row] = names.setdefault(key[:3], len(names))
                index[row] = key[3]
        table = np.full((len(names), int(index.max(initial=0)) + 1), -1, np.int64)
        known = np.flatnonzero(family >= 0)
        table[family[known], index[known]] = known
        return cls(family, index, table)


def settle(lp: Programme, gain: Ints, multipliers: Ints) -> Ints:
    """Replace the multipliers of states by the least that hold with all the others.

    Parameters
    ----------
    gain
        Objective by column, in the unit of the multipliers.
    multipliers
        By row, whole numbers; those of states are not read.
    """
    states = States.of(lp)
    if not states.row.size:
        return multipliers
    rows, columns, values = entries(lp)
    whole = np.rint(values).astype(np.int64)
    balance = states.family[rows] >= 0
    worth = gain.copy()
    other = ~balance
    np.subtract.at(worth, columns[other], multipliers[rows[other]] * whole[other])
    taken = np.full(lp.columns, -1, np.int64)
    given = np.full(lp.columns, -1, np.int64)
    out, into = balance & (whole > 0), balance & (whole < 0)
    taken[columns[out]] = rows[out]
    given[columns[into]] = rows[into]
    moves = np.flatnonzero((taken >= 0) & (np.concatenate(lp.upper) > 0))
    order = moves[np.argsort(-states.index[taken[moves]], kind="stable")]
    potential = _backwards(states, worth, taken, given, order)
    settled = multipliers.copy()
    known = states.family >= 0
    settled[known] = potential[known]
    return settled


def _backwards(
    states: States, worth: Ints, taken: Ints, given: Ints, order: Ints
) -> npt.NDArray[np.int64]:
    last = states.row.shape[1] - 1
    at = states.index[taken[order]]
    bounds = np.searchsorted(-at, -np.arange(last, -2, -1), side="left")
    potential = np.zeros(states.family.size, np.int64)
    for i, a, b in zip(range(last, -1, -1), bounds[:-1], bounds[1:], strict=True):
        here = states.row[:, i]
        if i < last:
            # Whoever waits keeps the later worth.
            potential[here] = potential[states.row[:, i + 1]]
        leave = order[a:b]
        if not leave.size:
            continue
        to = given[leave]
        for _ in range(PASSES):
            before = potential[here]
            value = worth[leave] + np.where(to >= 0, potential[to], 0)
            np.maximum.at(potential, taken[leave], value)
            if np.array_equal(before, potential[here]):
                break
    return potential
