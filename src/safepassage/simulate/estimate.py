"""Estimates from futures, each with an interval that holds whatever the distribution is.

A probability has the interval of Clopper and Pearson (1934): its coverage is at least what it says
for every probability and every number of futures, where Wilson's is a little shorter but may fall
below what it says near 0 and 1, which is where a promise is most easily made. A quantile lies
between two order statistics whose ranks the binomial distribution gives (David and Nagaraja, *Order
Statistics*, 3rd edition, section 7.1), so nothing is assumed of the times themselves.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, betaincinv

__all__ = [
    "CONFIDENCE",
    "Interval",
    "look_confidence",
    "paired_difference",
    "paired_quantile_difference",
    "proportion",
    "quantile",
    "quantile_rank",
    "quantile_ranks",
]

CONFIDENCE = 0.95

Interval = tuple[float, float]


def proportion(successes: int, runs: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the interval of a probability by Clopper and Pearson; [0, 1] where nothing was run."""
    if runs == 0:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = float(betaincinv(successes, runs - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, runs - successes, 1 - tail)) if successes < runs else 1.0
    return low, high


def quantile_rank(runs: int, q: float) -> int:
    """Rank, from 1, of the least value that at least a share ``q`` does not exceed."""
    # A share such as 0.95 is not exact in binary: 0.95 of 20 is 19, not a little more.
    return max(1, math.ceil(round(q * runs, 9)))


def quantile_ranks(runs: int, q: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Ranks, from 1, of the order statistics between which a quantile lies.

    Returns
    -------
    tuple of int
        The lower is 0 where no value is low enough, the upper ``runs + 1`` where none is high
        enough: the interval has no such end then.
    """
    tail = (1 - confidence) / 2
    # So P(X(l) > quantile) = P(Bin < l) and P(X(u) < quantile) = P(Bin >= u) may be ``tail`` each.
    low = bisect_left(range(runs + 1), True, key=lambda r: bdtr(r, runs, q) > tail)
    high = bisect_left(range(1, runs + 1), True, key=lambda r: bdtrc(r - 1, runs, q) <= tail) + 1
    return low, high


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of clearance times in whole seconds; None is later than anything that clears."""

    value: int | None
    low: int | None
    """Lower end of the interval; 0 where there are too few futures for one."""
    high: int | None


def quantile(
    seconds: NDArray[np.int64], counts: NDArray[np.int64], runs: int, q: float
) -> Quantile:
    """Return a quantile with its interval.

    Parameters
    ----------
    seconds, counts
        Clearance times that occur, ascending, and in how many futures each.
    runs
        Futures in all; those not in ``counts`` never clear.
    """
    if runs == 0:
        return Quantile(None, 0, None)
    up_to = np.cumsum(counts)

    def at(rank: int) -> int | None:
        if rank < 1:
            return 0
        i = int(np.searchsorted(up_to, rank))
        return int(seconds[i]) if i < len(seconds) else None

    low, high = quantile_ranks(runs, q)
    return Quantile(at(quantile_rank(runs, q)), at(low), at(high))


def look_confidence(look: int, confidence: float = CONFIDENCE) -> float:
    """Confidence of the ``look``-th interval, from 1, so that all of them hold together.

    Stopping as soon as an interval is short enough favours the lucky ones. So the errors allowed
    are shared out: the k-th look takes a part 1/(k(k+1)) of them, and these parts sum to one.
    """
    return 1 - (1 - confidence) / (look * (look + 1))


def paired_difference(
    only_first: int, only_second: int, runs: int, confidence: float = CONFIDENCE
) -> tuple[float, Interval]:
    """Return the difference of two probabilities seen in the same futures, first less second.

    The interval is that of Agresti and Min (2005): half a future is added to each of the four
    possible outcomes of a pair, and the normal interval taken. It is near its stated coverage in
    small samples too, and never of no width.

    Parameters
    ----------
    only_first, only_second
        Futures in which only the one of the two succeeds.
    runs
        Futures in all.
    """
    if runs == 0:
        return 0.0, (-1.0, 1.0)
    b, c, n = only_first + 0.5, only_second + 0.5, runs + 2.0
    centre = (b - c) / n
    half = NormalDist().inv_cdf((1 + confidence) / 2) * math.sqrt((b + c) - (b - c) ** 2 / n) / n
    return (only_first - only_second) / runs, (max(-1.0, centre - half), min(1.0, centre + half))


RESAMPLES = 400


def paired_quantile_difference(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    q: float,
    seed: int,
    confidence: float = CONFIDENCE,
) -> tuple[float, Interval] | None:
    """Return the difference of one quantile of two plans in the same futures, first less second.

    The interval is a percentile bootstrap over whole futures, which keeps pairs together (Efron and
    Tibshirani 1993, chapter 13).

    Returns
    -------
    tuple or None
        None where either quantile, or that of many resamples, is later than anything that clears.
    """
    n = len(first)
    if n == 0:
        return None
    at = quantile_rank(n, q) - 1
    draws = np.random.default_rng([seed, n])
    found = np.empty(RESAMPLES + 1)
    for i in range(RESAMPLES + 1):
        chosen = slice(None) if i == 0 else draws.integers(0, n, n)
        a, b = np.partition(first[chosen], at)[at], np.partition(second[chosen], at)[at]
        if not (math.isfinite(a) and math.isfinite(b)):
            return None
        found[i] = a - b
    tail = (1 - confidence) / 2
    low, high = np.quantile(found[1:], [tail, 1 - tail])
    return float(found[0]), (float(low), float(high))
