"""Distributions as numbers for the kernel that draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate import draws_kernel as kernel
from safepassage.terms.uncertainty import (
    Constant,
    Empirical,
    Estimates,
    Exponential,
    Lognormal,
    Mixture,
    Triangular,
    Uniform,
)

__all__ = ["Code", "Coded", "coded", "encode", "steps"]

Code = tuple[int, tuple[float, ...]]
"""A kind of distribution and its parameters, as the kernel takes them."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Distributions in columns."""

    kinds: NDArray[np.int64]
    at: NDArray[np.int64]
    parameters: NDArray[np.float64]

    def values(self, u: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the quantiles [n, m] at ``u`` [n, m]."""
        out = np.empty(u.shape)
        kernel.quantiles(self.kinds, self.at, self.parameters, np.ascontiguousarray(u), out)
        return out

    def column(self, j: int, count: int) -> Coded:
        """Return one distribution, so many times."""
        return Coded(np.full(count, self.kinds[j]), np.full(count, self.at[j]), self.parameters)


def coded(codes: Sequence[Code]) -> Coded:
    """Put distributions beside each other."""
    parameters: list[float] = []
    at = []
    for _, values in codes:
        at.append(len(parameters))
        parameters += [*values, *([0.0] * (3 - len(values)))]
    return Coded(
        np.array([kind for kind, _ in codes], np.int64),
        np.array(at, np.int64),
        np.array(parameters, np.float64),
    )


def steps(values: Sequence[float], weights: Sequence[float]) -> Code:
    """Return a distribution of single values, each with its weight."""
    pairs = sorted(zip(values, weights, strict=True))
    summed = np.cumsum([w for _, w in pairs])
    return kernel.STEPS, (len(pairs), *(v for v, _ in pairs), *summed.tolist())


def encode(distribution: Any) -> Code:
    """Return the numbers of a distribution that is not to be fitted."""
    if isinstance(distribution, Constant):
        return kernel.CONSTANT, (distribution.value.value,)
    if isinstance(distribution, Uniform):
        return kernel.UNIFORM, (distribution.low.value, distribution.high.value)
    if isinstance(distribution, Triangular):
        low, likely, high = distribution.low, distribution.likely, distribution.high
        return kernel.TRIANGULAR, (low.value, likely.value, high.value)
    if isinstance(distribution, Lognormal):
        first, second = distribution.quantiles
        z0, z1 = (NormalDist().inv_cdf(float(q.share)) for q in (first, second))
        x0, x1 = math.log(first.value.value), math.log(second.value.value)
        spread = (x1 - x0) / (z1 - z0)
        return kernel.LOGNORMAL, (x0 - spread * z0, spread)
    if isinstance(distribution, Exponential):
        return kernel.EXPONENTIAL, (distribution.mean.value,)
    if isinstance(distribution, Estimates):
        of = distribution.of
        return steps([e.value.value for e in of], [float(e.weight) for e in of])
    if isinstance(distribution, Empirical):
        values = [v.value for v in distribution.values]
        return steps(values, [1 / len(values)] * len(values))
    if isinstance(distribution, Mixture):
        parts = [encode(p.distribution) for p in distribution.of]
        flat = [x for kind, ps in parts for x in (kind, *ps, *([0.0] * (3 - len(ps))))]
        weights = [float(p.weight) for p in distribution.of]
        return kernel.MIXTURE, (len(parts), *weights, *flat)
    raise TypeError(f"expected a distribution, got {distribution!r}")
