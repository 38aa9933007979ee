"""Quantiles of distributions against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.simulate.draws_code import Code, coded
from safepassage.simulate.draws_kernel import (
    EXPONENTIAL,
    LOGNORMAL,
    MIXTURE,
    TRIANGULAR,
    UNIFORM,
)

stats = pytest.importorskip("scipy.stats", reason="SciPy is not installed")

U = np.concatenate([[1e-12, 1e-6], np.linspace(0.001, 0.999, 200), [1 - 1e-6, 1 - 1e-12]])

CASES = {
    "uniform": ((UNIFORM, (2.0, 5.0)), stats.uniform(2, 3)),
    "triangular": ((TRIANGULAR, (1.0, 2.0, 7.0)), stats.triang(1 / 6, 1, 6)),
    "mode at the end": ((TRIANGULAR, (1.0, 7.0, 7.0)), stats.triang(1, 1, 6)),
    "lognormal": ((LOGNORMAL, (1.5, 0.7)), stats.lognorm(0.7, scale=np.exp(1.5))),
    "exponential": ((EXPONENTIAL, (40.0,)), stats.expon(scale=40)),
}


def values(code: Code) -> np.ndarray:
    return coded([code]).values(U[:, None])[:, 0]


@pytest.mark.parametrize(("code", "theirs"), CASES.values(), ids=CASES)
def test_quantiles_agree(code: Code, theirs: stats.rv_continuous) -> None:
    """From far in one tail to far in the other."""
    assert values(code) == pytest.approx(theirs.ppf(U), rel=1e-9)


def test_mixtures_invert_the_mixed_distribution_function() -> None:
    """The distribution function at each quantile is the share asked for."""
    parts = [CASES["triangular"], CASES["lognormal"], CASES["exponential"]]
    weights = (0.5, 0.3, 0.2)
    flat = [x for (kind, ps), _ in parts for x in (kind, *ps, *([0.0] * (3 - len(ps))))]
    found = values((MIXTURE, (3, *weights, *flat)))
    mixed = sum(w * theirs.cdf(found) for w, (_, theirs) in zip(weights, parts, strict=True))
    assert mixed == pytest.approx(U, rel=1e-7, abs=1e-12)
