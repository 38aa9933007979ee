"""Estimates against what can be worked out: binomial coverage, ranks, pairs."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from safepassage.simulate.estimate import (
    look_confidence,
    paired_difference,
    paired_quantile_difference,
    proportion,
    quantile,
    quantile_rank,
    quantile_ranks,
)


@pytest.mark.parametrize("runs", [1, 5, 40])
def test_nothing_and_everything_have_the_ends_worked_by_hand(runs: int) -> None:
    """With no success in n, the upper end solves (1 - p)^n = 2.5 %; the rest is its mirror."""
    upper = 1 - 0.025 ** (1 / runs)
    assert proportion(0, runs) == (0.0, pytest.approx(upper))
    assert proportion(runs, runs) == (pytest.approx(1 - upper), 1.0)


def test_nothing_run_says_nothing() -> None:
    """Without a future, every probability is possible."""
    assert proportion(0, 0) == (0.0, 1.0)


@given(st.integers(1, 300), st.data())
def test_interval_is_that_of_scipy(runs: int, data: st.DataObject) -> None:
    """The interval is the exact one of Clopper and Pearson."""
    k = data.draw(st.integers(0, runs))
    told = binomtest(k, runs).proportion_ci(method="exact")
    assert proportion(k, runs) == (pytest.approx(told.low), pytest.approx(told.high))


@pytest.mark.parametrize("runs", [3, 20, 200])
def test_coverage_is_never_below_what_is_said(runs: int) -> None:
    """For every probability, the intervals that hold it have at least 95 % of the weight."""
    ends = [proportion(k, runs) for k in range(runs + 1)]
    for p in np.linspace(0.001, 0.999, 300):
        held = [low <= p <= high for low, high in ends]
        assert binom.pmf(range(runs + 1), runs, p)[held].sum() >= 0.95


@pytest.mark.parametrize(
    ("runs", "q", "rank"), [(20, 0.95, 19), (21, 0.95, 20), (10, 0.5, 5), (1, 0.01, 1)]
)
def test_rank_of_a_quantile(runs: int, q: float, rank: int) -> None:
    """The least value that at least the share does not exceed; 95 % of 20 are 19."""
    assert quantile_rank(runs, q) == rank


def test_ranks_worked_by_hand() -> None:
    """Six values hold the median between least and greatest but for 2/64; five do not suffice."""
    assert quantile_ranks(6, 0.5) == (1, 6)
    assert quantile_ranks(5, 0.5) == (0, 6)


@given(st.integers(1, 400), st.sampled_from([0.5, 0.9, 0.95]))
def test_ranks_hold_the_quantile_and_no_narrower_ones_do(runs: int, q: float) -> None:
    """Each end is missed with at most 2.5 %, and with more if it is moved inwards."""
    low, high = quantile_ranks(runs, q)
    assert binom.cdf(low - 1, runs, q) <= 0.025 + 1e-12
    assert binom.cdf(low, runs, q) > 0.025 - 1e-12
    assert binom.sf(high - 1, runs, q) <= 0.025 + 1e-12 or high == runs + 1
    assert binom.sf(high - 2, runs, q) > 0.025 - 1e-12


def test_quantile_beyond_what_clears_is_nothing() -> None:
    """Of ten futures four clear: half are never done, and still the lower end is known."""
    seconds, counts = np.array([10, 20]), np.array([1, 3])
    found = quantile(seconds, counts, 10, 0.5)
    assert found.value is None
    assert found.high is None
    assert found.low == 20
    assert quantile(seconds, counts, 8, 0.5).value == 20


def test_errors_of_all_looks_together_are_those_allowed() -> None:
    """However often is looked, the looks miss with 5 % at most together; the first with 2.5 %."""
    errors = [1 - look_confidence(k) for k in range(1, 5_000)]
    assert errors[0] == pytest.approx(0.025)
    assert sum(errors) == pytest.approx(0.05, rel=1e-3)
    assert sum(errors) < 0.05


def test_paired_difference_worked_by_hand() -> None:
    """Ten against five in a hundred: 0.05, and the interval of (10.5 - 5.5) / 102."""
    found, (low, high) = paired_difference(10, 5, 100)
    z = NormalDist().inv_cdf(0.975)
    half = z * math.sqrt(16 - 25 / 102) / 102
    assert found == 0.05
    assert (low, high) == (pytest.approx(5 / 102 - half), pytest.approx(5 / 102 + half))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(80, 200))
def test_paired_difference_is_turned_round_with_its_pair(first: int, second: int, n: int) -> None:
    """Second less first is minus first less second; the interval holds the difference."""
    found, (low, high) = paired_difference(first, second, n)
    back, (back_low, back_high) = paired_difference(second, first, n)
    assert found == -back
    assert (low, high) == (pytest.approx(-back_high), pytest.approx(-back_low))
    assert low <= found <= high or abs(found) == 1


def test_quantiles_of_pairs_move_with_what_is_added() -> None:
    """A timetable that is an hour later in every future is an hour later, with no doubt."""
    times = np.random.default_rng(1).uniform(0, 1e5, 500)
    found = paired_quantile_difference(times + 3_600, times, 0.95, seed=3)
    assert found is not None
    assert found[0] == pytest.approx(3_600)
    assert found[1] == (pytest.approx(3_600), pytest.approx(3_600))


def test_quantiles_of_pairs_that_never_clear_have_no_difference() -> None:
    """Never less something is no number; where enough clear, it is one."""
    times = np.array([1.0] * 95 + [np.inf] * 5)
    assert paired_quantile_difference(times, times, 0.95, seed=0) is None
    assert paired_quantile_difference(times, times, 0.5, seed=0) is not None
