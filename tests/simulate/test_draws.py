"""Draws: counted, not remembered; distributions as stated; fits as worked out by hand."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from safepassage.cases import open_case
from safepassage.simulate.draws import People
from safepassage.simulate.draws_code import coded, encode, steps
from safepassage.simulate.draws_fit import fitted, record_of
from safepassage.simulate.draws_kernel import correlate, normal_cdf, normal_quantile, uniforms
from safepassage.terms.observations import Observation
from safepassage.terms.uncertainty import Distribution
from safepassage.terms.uncertainty_faults import correlation_root

HOUR = 3600.0


def quantiles(told: dict[str, Any], u: list[float]) -> list[float]:
    """The quantiles of a distribution as written in a file."""
    record: Any = TypeAdapter(Distribution).validate_python(told)
    return coded([encode(record)]).values(np.array(u)[:, None])[:, 0].tolist()


def test_uniforms_are_those_of_philox() -> None:
    """numpy's Philox at the same key and counter gives the same words."""
    out = np.zeros((3, 10))
    uniforms(7, 5, 2, out)
    for i in range(3):
        counter = np.array([2**64 - 1, 1, 5 + i, 0], np.uint64)  # numpy counts up before it draws
        words = np.random.Philox(key=np.array([7, 0], np.uint64), counter=counter).random_raw(10)
        assert out[i].tolist() == (((words >> np.uint64(11)) + 0.5) * 2.0**-53).tolist()


@settings(deadline=None, max_examples=50)
@given(st.floats(1e-300, 1 - 2**-53))
def test_normal_quantile_and_distribution_agree_with_the_library(u: float) -> None:
    """The quantile is Python's own; the distribution function leads back."""
    z = normal_quantile(u)
    assert z == pytest.approx(NormalDist().inv_cdf(u), rel=1e-13, abs=1e-14)
    assert normal_cdf(z) == pytest.approx(u, rel=1e-9)


def test_distributions_by_hand() -> None:
    """Quantiles that can be worked out without a table."""
    because = {"assumed": "x"}
    triangle = {"kind": "triangular", "low": 0, "likely": 1, "high": 2, **because}
    assert quantiles(triangle, [0.125, 0.5, 0.875]) == pytest.approx([0.5, 1, 1.5])
    assert quantiles({"kind": "uniform", "low": 2, "high": 4, **because}, [0.25]) == [2.5]
    assert quantiles({"kind": "exponential", "mean": "1h", **because}, [0.5]) == pytest.approx(
        [HOUR * math.log(2)]
    )
    points = [{"share": 0.1, "value": "15min"}, {"share": 0.9, "value": "2h"}]
    middle = math.sqrt(0.25 * 2) * HOUR
    found = quantiles({"kind": "lognormal", "quantiles": points, **because}, [0.1, 0.5, 0.9])
    assert found == pytest.approx([900, middle, 7200])
    told = [{"value": 5, "weight": 0.25, **because}, {"value": 1, "weight": 0.75, **because}]
    assert quantiles({"kind": "estimates", "of": told}, [0.74, 0.76]) == [1, 5]
    assert quantiles({"kind": "empirical", "values": [3, 1], **because}, [0.4, 0.6]) == [1, 3]


def test_mixture_is_the_inverse_of_the_mixed_distribution_function() -> None:
    """Two uniform stretches apart: the first fills the quantiles up to its weight."""
    parts = [
        {"weight": 0.25, "distribution": {"kind": "uniform", "low": 0, "high": 1, "assumed": "x"}},
        {"weight": 0.75, "distribution": {"kind": "uniform", "low": 9, "high": 12, "assumed": "x"}},
    ]
    found = quantiles({"kind": "mixture", "of": parts}, [0.125, 0.5, 0.75])
    assert found == pytest.approx([0.5, 10, 11])


def test_correlated_scores_have_the_correlation_stated() -> None:
    """And each alone stays uniform; what goes with nothing stays as it was."""
    u = np.zeros((20_000, 3))
    uniforms(1, 0, 0, u)
    record: Any = type("C", (), {"between": ("a", "b"), "coefficient": 0.6})
    root = correlation_root(["a", "b", "c"], [record])
    out = np.zeros_like(u)
    correlate(u, np.array(root), out)
    scores = np.vectorize(NormalDist().inv_cdf)(out)
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(0.6, abs=0.02)
    assert out.mean(axis=0) == pytest.approx([0.5] * 3, abs=0.01)
    assert out[:, 2].tolist() == u[:, 2].tolist()


def test_groups_follow_their_total() -> None:
    """Between the case's counts by straight lines, beyond them in proportion."""
    people = People(0, np.array([0, 1]), np.array([[10.0, 0.0], [20.0, 20.0], [30.0, 60.0]]))
    total = np.array([5.0, 10, 25, 40, 65, 90, 180])
    found = people.persons(total)
    assert found[:, 0].tolist() == [5, 10, 15, 20, 25, 30, 60]
    assert found.sum(axis=1).tolist() == total.tolist()


def _row(kind: str, at: float, until: float | None = None) -> Observation:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    end = None if until is None else start + timedelta(hours=until)
    return Observation(kind, "x", start + timedelta(hours=at), until=end, persons=1)  # type: ignore[arg-type]  # a word


def test_stops_told_by_several_are_one_and_movement_is_counted_between() -> None:
    """Stops of 10 to 14 and 20 to 30 h, counts from 4 to 36 h: 6, 6, and 6 without a stop."""
    rows = [_row("out", 4), _row("stop", 10, 12), _row("stop", 11, 14), _row("stop", 20, 30)]
    record = record_of([*rows, _row("out", 36)])
    assert record.lengths_s == (4 * HOUR, 10 * HOUR)
    assert (record.gaps_s, record.rest_s) == ((6 * HOUR, 6 * HOUR), 6 * HOUR)
    assert fitted("exponential", [record], "onset") == ("exponential", (9 * HOUR,))
    assert fitted("exponential", [record], "length") == ("exponential", (7 * HOUR,))
    assert fitted("empirical", [record, record], "length") == (
        "empirical",
        (4 * HOUR, 4 * HOUR, 10 * HOUR, 10 * HOUR),
    )
    family, (mean, spread) = fitted("lognormal", [record], "length") or ("", (0, 0))
    assert family == "lognormal"
    assert math.exp(mean) == pytest.approx(math.sqrt(40) * HOUR)
    assert spread == pytest.approx(math.log(2.5) / math.sqrt(2))
    assert fitted("lognormal", [record_of([_row("stop", 1, 2)])], "length") is None


def test_stops_of_december_are_fitted_as_the_page_says() -> None:
    """Three stops of 33, 60 and 27 h; two of them ended a movement, of 21 and 38 h."""
    record = record_of(open_case("aleppo-2016").observations)
    assert [x / HOUR for x in record.lengths_s] == [33, 60, 27]
    assert [x / HOUR for x in record.gaps_s] == pytest.approx([21, 38])


def test_steps_keep_their_weights() -> None:
    """Values come in rising order with the weights that were theirs."""
    assert steps([2.0, 1.0], [0.25, 0.75]) == (5, (2, 1.0, 2.0, 0.75, 1.0))
