from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.convoy.dividing import divide


@pytest.mark.parametrize(
    ("count", "size", "least", "most", "parts"),
    [
        (10, 4, 1, 4, [4, 3, 3]),
        (10, 5, 2, 5, [5, 5]),
        (5, 2, 2, 2, [2, 2]),
        (1, 2, 2, 4, []),
        (7, 1, 3, 4, [4, 3]),
        (5, 1, 3, 4, [4]),
        (0, 1, 1, 1, []),
    ],
)
def test_examples(count: int, size: int, least: int, most: int, parts: list[int]) -> None:
    assert divide(count, size, least, most) == parts


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(0, 60), st.integers(1, 8), st.integers(0, 5), st.integers(0, 8))
def test_rules_hold_and_no_vehicle_is_left_out_needlessly(
    count: int, least: int, more: int, over: int
) -> None:
    most = least + more
    parts = divide(count, min(least + over, most), least, most)
    assert all(least <= p <= most for p in parts)
    used = sum(parts)
    assert used <= count
    # The most vehicles that any number of convoys within the rules can hold.
    assert used == max((min(count, n * most) for n in range(count // least + 1)), default=0)
