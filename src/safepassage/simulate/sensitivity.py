"""Which unknown matters: shares of the variance, and what each does when it alone is moved.

Sobol's indices (Sobol 2001; estimators of Saltelli et al. 2010, by ``scipy.stats.sobol_indices``)
say which share of the variance of an answer is due to an unknown: alone (first order), and
together with others (total). Besides the unknowns there is one more input: *events*, all that is
drawn in the course of a future and not before it, such as when a convoy is held. It is exchanged
like the others, by giving a future the number of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc, sobol_indices

from safepassage.simulate.estimate import CONFIDENCE
from safepassage.simulate.sample import Sample, Sampler
from safepassage.simulate.study import Simulates

__all__ = ["EVENTS", "HIGH", "LOW", "MEASURES", "Driver", "Ends", "Share", "drivers"]

EVENTS = "events"
"""Name of what is drawn in the course of a future."""
LOW, HIGH = 0.1, 0.9
"""Shares of its distribution at which an unknown is held for the tornado."""
MEASURES = ("success", "clearance", "left")
"""Whether a future succeeds; its clearance time; the people it leaves."""

RESAMPLES = 200
_A, _B = 1 << 40, (1 << 40) + (1 << 30)
"""First numbers of the futures, far from those of a study."""
_LEAST = 2.0**-40
"""No point of the design is at the very end of a distribution."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Share:
    """Share of the variance of one measure, with its bootstrap interval."""

    first: float
    first_interval: tuple[float, float]
    total: float
    total_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ends:
    """What comes out with an unknown held at one end, all else drawn as before."""

    value: float
    """Of the unknown, in its own unit."""
    p: float
    """Share of futures that succeed."""
    median_s: float | None
    """Clearance time not exceeded in half of the futures; None where they never clear."""
    left: float
    """People left on average."""


@dataclass(frozen=True, slots=True)
class Driver:
    """One unknown, and what is due to it."""

    unknown: str
    shares: dict[str, Share | None]
    """By measure; None where the measure does not vary."""
    low: Ends | None
    """None for events, which have no low and high."""
    high: Ends | None


def drivers(
    futures: Simulates,
    sampler: Sampler,
    points: int,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Driver]:
    """Find what each unknown does, in the order of the unknowns, events last.

    Parameters
    ----------
    points
        Rows of the design, a power of 2; ``points * (3 d + 3)`` futures are simulated for d
        unknowns.
    progress
        Told what is being done.
    """
    names = futures.unknowns
    d = len(names)
    # One sequence for both matrices: better than two drawn apart (Saltelli et al. 2010, section 5).
    design = qmc.Sobol(2 * d, rng=np.random.default_rng([sampler.seed, d])).random(points)
    design = np.clip(design, _LEAST, 1 - _LEAST)
    a, b = design[:, :d], design[:, d:]
    progress("which unknown matters")
    f_a = sampler.given(futures, a, _A)
    f_b = sampler.given(futures, b, _B)
    mixed = [sampler.given(futures, _put(a, i, b[:, i]), _A) for i in range(d)]
    mixed.append(sampler.given(futures, a, _B))
    shares = _shares(f_a, f_b, mixed, sampler.seed)
    found = []
    for i, name in enumerate(names):
        ends = [_ends(sampler.given(futures, _put(a, i, q), _A), i) for q in (LOW, HIGH)]
        found.append(Driver(name, shares[i], ends[0], ends[1]))
    return [*found, Driver(EVENTS, shares[d], None, None)]


def _put(uniforms: Reals, column: int, values: Reals | float) -> Reals:
    changed = uniforms.copy()
    changed[:, column] = values
    return changed


def _ends(sample: Sample, column: int) -> Ends:
    return Ends(
        value=float(np.median(sample.drawn[:, column])),
        p=sample.p,
        median_s=sample.clearance_at(0.5),
        left=sample.mean_left,
    )


def _measured(sample: Sample, latest_s: float) -> Reals:
    """Return an array [measures, futures]."""
    return np.array([sample.succeeds, np.minimum(sample.clearance_s, latest_s), sample.left])


def _shares(
    a: Sample, b: Sample, mixed: Sequence[Sample], seed: int
) -> list[dict[str, Share | None]]:
    """Shares of each input by measure, with percentile bootstrap intervals over rows."""
    # A variance needs numbers: a future that never clears counts with the latest that does.
    times = np.concatenate([a.clearance_s, b.clearance_s])
    latest = float(times[np.isfinite(times)].max(initial=0.0))
    whole = [_measured(a, latest), _measured(b, latest)]
    crossed = np.array([_measured(m, latest) for m in mixed])
    varies = [bool(np.ptp(np.concatenate([whole[0][k], whole[1][k]])) > 0) for k in range(3)]
    chosen = np.flatnonzero(varies)
    n = len(a)
    draws = np.random.default_rng([seed, n, len(mixed)])
    runs = []
    for i in range(RESAMPLES + 1 if len(chosen) else 0):
        rows = np.arange(n) if i == 0 else draws.integers(0, n, n)
        f_a, f_b = (f[chosen][:, rows] for f in whole)
        runs.append(_indices(f_a, f_b, crossed[:, chosen][..., rows]))
    table = np.array(runs)  # [resamples, first or total, measure, input]
    found: list[dict[str, Share | None]] = []
    for j in range(len(mixed)):
        shares: dict[str, Share | None] = dict.fromkeys(MEASURES)
        for k, measure in enumerate(chosen):
            shares[MEASURES[measure]] = _share(table[:, :, k, j])
        found.append(shares)
    return found


def _indices(f_a: Reals, f_b: Reals, f_ab: Reals) -> Reals:
    """Return an array [first or total, measure, input]."""
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may happen not to vary
        result = sobol_indices(func={"f_A": f_a, "f_B": f_b, "f_AB": f_ab}, n=f_a.shape[1])
    # With a single measure its axis is left out.
    return np.array([result.first_order, result.total_order]).reshape(2, len(f_a), len(f_ab))


def _share(runs: Reals) -> Share:
    tail = (1 - CONFIDENCE) / 2
    first, total = (float(x) for x in runs[0])
    # A resample may happen not to vary, which makes no share; of none, nothing is known.
    varied = runs[1:][np.isfinite(runs[1:]).all(axis=1)]
    if not len(varied):
        return Share(first, (0.0, 1.0), total, (0.0, 1.0))
    low, high = np.quantile(varied, [tail, 1 - tail], axis=0)
    return Share(first, (float(low[0]), float(high[0])), total, (float(low[1]), float(high[1])))
