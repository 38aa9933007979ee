"""What it is worth to know an unknown before the timetable is chosen.

The expected value of partial perfect information (Howard 1966; Strong, Oakley and Brennan 2014):
with several timetables to choose from, how much better it is on average to choose after the unknown
has become known than before. It is 0 where one timetable is best whatever turns out, however much
the unknown matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.sample import Sample

__all__ = ["Worth", "worth_of_knowing"]

STRATA = 8
"""Parts of equally many futures into which the values of an unknown are divided."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing an unknown first would bring."""

    unknown: str
    p: float
    """More probability of success."""
    left: float
    """Fewer people left, on average."""


def worth_of_knowing(unknowns: Sequence[str], samples: Sequence[Sample]) -> list[Worth]:
    """Value each unknown.

    Futures are divided into strata by the value of the unknown, and into two halves. In each
    stratum the timetable that is best in one half is valued in the other half, and the other way
    round; so a timetable that only seems best by luck brings nothing, and the worth is, if
    anything, too low. It is measured against the one timetable chosen in the same way without
    strata.

    Parameters
    ----------
    samples
        One a timetable, all of the same futures.
    """
    successes = np.array([s.succeeds for s in samples], np.float64)
    spared = -np.array([s.left for s in samples], np.float64)
    n = successes.shape[1]
    one = np.zeros(n, np.int64)
    base = _chosen(successes, one), _chosen(spared, one)
    found = []
    for i, name in enumerate(unknowns):
        strata = _strata(samples[0].drawn[:, i])
        p, left = _chosen(successes, strata) - base[0], _chosen(spared, strata) - base[1]
        found.append(Worth(name, max(0.0, p), max(0.0, left)))
    return found


def _strata(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the stratum of each future; equal values are together."""
    edges = np.unique(np.quantile(values, np.arange(1, STRATA) / STRATA))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def _chosen(gains: NDArray[np.float64], strata: NDArray[np.int64]) -> float:
    """Mean gain when the timetable is chosen by stratum, in the other half of the futures."""
    n = gains.shape[1]
    half = np.arange(n) % 2
    total = 0.0
    for stratum in np.unique(strata):
        parts = [np.flatnonzero((strata == stratum) & (half == h)) for h in (0, 1)]
        for here, there in (parts, parts[::-1]):
            ground = there if len(there) else here
            best = int(np.argmax(gains[:, ground].mean(axis=1)))
            total += float(gains[best, here].sum()) if len(here) else 0.0
    return total / float(n)
