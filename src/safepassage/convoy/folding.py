"""A smaller programme in which types of vehicles that are alike are one.

Rows that differ only in the type are added up, and columns that are the same afterwards become
one. Whatever multipliers the small programme has, each row of the large one can take that of the
row it went into: they bound the large programme just as high. So folding can cost tightness, where
types are scarce in different ways, but no bound is ever wrong for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.linear import entries
from safepassage.convoy.programme import Floats, Ints, Programme, RowKey

__all__ = ["Folded", "fold"]

KIND_AT = {
    "ready": 1,
    "arrived": 1,
    "boarded": 1,
    "unload": 1,
    "begin": 1,
    "time": 1,
    "whole": 1,
    "rotations": 1,
    "rounds": 1,
    "turns": 1,
    "shared-rounds": 1,
    "shared-turns": 1,
    "journeys": 1,
    "slow": 1,
    "seats": 2,
}
"""Where a row's name has the type, by family."""
BITS = 24
"""Binary places to which entries are compared."""


@dataclass(frozen=True)
class Folded:
    """The small programme, and how its rows come from the large one's."""

    programme: Programme
    gain: Floats
    rows: Ints
    """By row of the large programme, the row it went into ..."""
    weights: Floats
    """... and by what it was multiplied on the way."""

    def unfolded(self, multipliers: Floats) -> Floats:
        """Multipliers of the large programme."""
        found: Floats = multipliers[self.rows] * self.weights
        return found


def fold(
    lp: Programme, gain: Floats, alike: Mapping[str, str], seats: Mapping[str, int]
) -> Folded | None:
    """Fold a programme that counts loads; None where no types are alike.

    Parameters
    ----------
    gain
        Objective, by column: what a person is of a load.
    alike
        By type, the type that stands for it.
    seats
        By type; rows of seats are counted in vehicles before they are added up.
    """
    if all(k == v for k, v in alike.items()):
        return None
    names: dict[RowKey, int] = {}
    into = np.zeros(len(lp.limits), np.int64)
    weights = np.ones(len(lp.limits))
    for own, row in lp.rows.items():
        key = own
        at = KIND_AT.get(str(key[0]))
        kind = "" if at is None or (key[0] == "unload" and len(key) < 4) else str(key[at])
        if at is not None and kind in alike:
            key = (*key[:at], alike[kind], *key[at + 1 :])
            if at == KIND_AT["seats"] and seats[kind]:
                weights[row] = 1 / seats[kind]
        into[row] = names.setdefault(key, len(names))
    rows, columns, values = entries(lp)
    rows, values = into[rows], values * weights[rows]
    first, merged = _same(rows, columns, values, gain, len(names))
    n = first.size
    kept = np.zeros(lp.columns, bool)
    kept[first] = True
    kept = kept[columns]
    places, at_place = np.unique(rows[kept] * n + merged[columns[kept]], return_inverse=True)
    equal = np.zeros(len(names), bool)
    equal[into] = np.array(lp.equal)
    small = Programme(
        rows=names,
        limits=_sums(into, np.array(lp.limits) * weights, len(names)).tolist(),
        equal=equal.tolist(),
        row_index=[places // n],
        column_index=[places % n],
        values=[_sums(at_place, values[kept], places.size)],
        columns=n,
        upper=[_sums(merged, np.concatenate(lp.upper), n)],
        lower=[_sums(merged, np.concatenate(lp.lower), n)],
        gain=[gain[first]],
    )
    return Folded(small, gain[first], into, weights)


def _sums(into: Ints, values: Floats, count: int) -> Floats:
    return np.bincount(into, weights=values, minlength=count).astype(np.float64)


def _same(
    rows: Ints, columns: Ints, values: Floats, gain: Floats, height: int
) -> tuple[Ints, Ints]:
    """Tell which columns are the same, by random sums over their entries.

    Returns
    -------
    One column of each sort, and by column the number of its sort.
    """
    draw = np.random.default_rng(1)
    whole = np.rint(values * 2**BITS).astype(np.int64)
    sums = np.zeros((gain.size, 3), np.int64)
    sums[:, 2] = np.rint(gain * 2**BITS)
    for k in range(2):
        # Sums that overflow wrap around, the same for the same entries.
        mark = draw.integers(-(2**62), 2**62, height)
        np.add.at(sums[:, k], columns, whole * mark[rows])
    _, first, merged = np.unique(sums, axis=0, return_index=True, return_inverse=True)
    return first, merged.ravel()
