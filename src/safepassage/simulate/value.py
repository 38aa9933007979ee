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

from safepassage.simulate.estimate import CONFIDENCE, Interval
from safepassage.simulate.sample import Sample

__all__ = ["Worth", "worth_of_knowing"]

STRATA = 8
"""Parts of equally many futures into which the values of an unknown are divided."""

RESAMPLES = 400

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing an unknown first would bring, each with its bootstrap interval."""

    unknown: str
    p: float
    """More probability of success."""
    p_interval: Interval
    left: float
    """Fewer people left, on average."""
    left_interval: Interval


def worth_of_knowing(
    unknowns: Sequence[str], samples: Sequence[Sample], seed: int = 0
) -> list[Worth]:
    """Value each unknown.

    Futures are divided into strata by the value of the unknown, and into two halves. In each
    stratum the timetable that is best in one half is valued in the other half, and the other way
    round; so a timetable that only seems best by luck brings nothing, and the worth is, if
    anything, too low. It is measured against the one timetable chosen in the same way without
    strata. Intervals are percentile bootstraps over whole futures, so that what several timetables
    do in one future stays together (Efron and Tibshirani 1993, chapter 13); timetables are chosen
    anew in each resample, and a future drawn twice stays in its half. An interval holds its
    estimate.

    Parameters
    ----------
    samples
        One a timetable, all of the same futures.
    seed
        Of the resamples.
    """
    n = len(samples[0])
    gains = np.array([[s.succeeds for s in samples], [-s.left for s in samples]], np.float64)
    times = _resampled(n, seed)
    base = _chosen(gains, np.zeros(n, np.int64), times)
    found = []
    for i, name in enumerate(unknowns):
        p, left = _chosen(gains, _strata(samples[0].drawn[:, i]), times) - base
        found.append(Worth(name, *_told(p), *_told(left)))
    return found


def _resampled(n: int, seed: int) -> Reals:
    """How often each future is drawn [1 + resamples, n]; the first row is the futures as given."""
    draws = np.random.default_rng([seed, n, RESAMPLES])
    rows = [np.bincount(draws.integers(0, n, n), minlength=n) for _ in range(RESAMPLES)]
    return np.array([np.ones(n, np.int64), *rows], np.float64)


def _told(worths: Reals) -> tuple[float, Interval]:
    """Return the worth in the futures as given, and its interval; knowing never costs anything."""
    tail = (1 - CONFIDENCE) / 2
    worth = max(0.0, float(worths[0]))
    low, high = np.quantile(worths[1:], [tail, 1 - tail])
    return worth, (min(worth, max(0.0, float(low))), max(worth, float(high)))


def _strata(values: Reals) -> NDArray[np.int64]:
    """Number of the stratum of each future; equal values are together."""
    edges = np.unique(np.quantile(values, np.arange(1, STRATA) / STRATA))
    return np.searchsorted(edges, values, side="left").astype(np.int64)


def _chosen(gains: Reals, strata: NDArray[np.int64], times: Reals) -> Reals:
    """Mean gain when the timetable is chosen by stratum, in the other half of the futures.

    Parameters
    ----------
    gains
        [measures, timetables, futures] whole numbers, so that no sum depends on its order.
    strata
        [futures]
    times
        [resamples, futures] how often each future counts.

    Returns
    -------
    ndarray
        [measures, resamples]
    """
    measures, plans, n = gains.shape
    total = np.zeros((measures, len(times)))
    for stratum in np.unique(strata):
        parts = [np.flatnonzero((strata == stratum) & (np.arange(n) % 2 == h)) for h in (0, 1)]
        counts = [times[:, part].sum(axis=1) for part in parts]
        sums = [
            (times[:, part] @ gains[..., part].reshape(-1, len(part)).T).reshape(
                -1, measures, plans
            )
            for part in parts
        ]
        for here, there in ((0, 1), (1, 0)):
            ground = np.where(counts[there][:, None, None] > 0, sums[there], sums[here])
            best = ground.argmax(axis=2)[..., None]
            total += np.take_along_axis(sums[here], best, axis=2)[..., 0].T
    mean: Reals = total / n
    return mean
