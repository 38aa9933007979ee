"""The kernel's calendars of busy time against a list of every second."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.convoy import kernel

# As Python: compiled, each would be compiled again for these arguments.
free, reserve = kernel._free.py_func, kernel._reserve.py_func
ASKED = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=20)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ASKED)
def test_each_gets_the_earliest_free_time(asked: list[tuple[int, int]]) -> None:
    work = SimpleNamespace(
        cal_from=np.zeros((1, 30), np.int64),
        cal_to=np.zeros((1, 30), np.int64),
        cal_n=np.zeros(1, np.int64),
    )
    busy: set[int] = set()
    for moment, length in asked:
        start = free(work, 0, moment, length)
        expected = next(t for t in range(moment, 400) if not busy & set(range(t, t + length)))
        assert start == expected
        assert reserve(work, 0, start, start + length)
        busy |= set(range(start, start + length))
        n = int(work.cal_n[0])
        spans = list(zip(work.cal_from[0, :n], work.cal_to[0, :n], strict=True))
        assert {t for a, b in spans for t in range(a, b)} == busy
        assert all(x[1] < y[0] for x, y in pairwise(spans)), "merged"


def test_full_calendar_says_so() -> None:
    work = SimpleNamespace(
        cal_from=np.zeros((1, 1), np.int64),
        cal_to=np.zeros((1, 1), np.int64),
        cal_n=np.zeros(1, np.int64),
    )
    assert reserve(work, 0, 0, 5)
    assert not reserve(work, 0, 7, 9)
    assert reserve(work, 0, 5, 6), "what touches needs no place of its own"
