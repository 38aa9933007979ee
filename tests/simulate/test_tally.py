"""Counts of futures add up to the same whatever the blocks, and are exact where it is said."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safepassage.simulate.tally import Counts, Tally, coarse, tally_of
from tests.simulate.standin import Line


def same(a: Tally, b: Tally) -> bool:
    x, y = a.arrays(), b.arrays()
    return x.keys() == y.keys() and all(np.array_equal(x[k], y[k]) for k in x)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_blocks_add_up_to_the_whole(sizes: list[int]) -> None:
    """The sum over blocks is the count of all futures at once, byte for byte."""
    line, total, first = Line(end=2.8), Tally(), 0
    for size in sizes:
        total.add(tally_of(line.outcomes(first, size, 5)))
        first += size
    assert same(total, tally_of(line.outcomes(0, first, 5)))


def test_tally_counts_what_the_futures_say() -> None:
    """Successes, clearance to the second, people left and refusing: each as counted directly."""
    outcomes = Line(end=3.0).outcomes(0, 500, 1)
    tally = tally_of(outcomes)
    clears = np.isfinite(outcomes.clearance_s)
    assert 0 < clears.sum() < 500
    assert tally.runs == 500
    assert tally.successes == (outcomes.left_by_group.sum(axis=1) == 0).sum()
    seconds, counts = tally.clearance.table()
    assert counts.sum() == clears.sum()
    assert np.array_equal(
        np.repeat(seconds, counts), np.sort(np.ceil(outcomes.clearance_s[clears]))
    )
    assert tally.left_sum == [outcomes.left_by_group.sum()]
    assert tally.left_any == [(outcomes.left_by_group > 0).sum()]
    assert tally.refused_sum == outcomes.refused.sum()
    people, times = tally.curve.part(2)
    assert np.array_equal(np.repeat(people, times), np.sort(coarse(outcomes.curve[:, 2])))


@given(st.lists(st.integers(0, 2**31), min_size=1))
def test_people_are_kept_to_one_in_a_thousand(people: list[int]) -> None:
    """Exact under 2,048; above, less than a thousandth too few, never too many."""
    exact = np.array(people, np.int64)
    kept = coarse(exact)
    assert np.array_equal(kept[exact < 2_048], exact[exact < 2_048])
    assert (kept <= exact).all()
    assert ((exact - kept) * 1_000 <= exact).all()


def test_counts_stay_few_however_many_futures() -> None:
    """What is kept grows with the different values, not with the futures."""
    counts = Counts()
    values = np.arange(100, dtype=np.int64)
    for _ in range(3_000):
        counts.add(Counts.of(values))
    assert counts._held < 2 * 65_536
    keys, times = counts.table()
    assert len(keys) == 100
    assert (times == 3_000).all()


def test_arrays_make_the_same_tally_again() -> None:
    """Nothing is lost on the way through a file."""
    tally = tally_of(Line().outcomes(0, 50, 0))
    again = Tally.from_arrays(tally.arrays())
    assert same(tally, again)
    again.add(tally)
    assert again.runs == 100
