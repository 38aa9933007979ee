"""Openings and conditions against a second-by-second reading of the definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.instance.timeline import (
    ConditionSpan,
    Daily,
    TimedTerm,
    Timeline,
    intersect,
    unite,
)

HOUR = 3_600
DAY = 24 * HOUR
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)
QUICK = settings(max_examples=100, deadline=None, derandomize=True)


def _seconds(spans: list[tuple[int, int]]) -> set[int]:
    return {t for a, b in spans for t in range(a, b)}


@QUICK
@given(SPANS, SPANS)
def test_union_and_intersection(a: list[tuple[int, int]], b: list[tuple[int, int]]) -> None:
    one, two = unite(a), unite(b)
    assert _seconds(one) == _seconds(a)
    assert all(x[1] < y[0] for x, y in pairwise(one)), "what touches is one"
    assert _seconds(intersect(one, two)) == _seconds(a) & _seconds(b)


@QUICK
@given(st.integers(0, 23), st.integers(0, 23), st.integers(-23, 0), st.integers(1, 80))
def test_daily_hours(start: int, end: int, midnight: int, horizon: int) -> None:
    daily = Daily(start * HOUR, end * HOUR)
    spans = unite(daily.spans(midnight * HOUR, horizon * HOUR))
    length = (end - start) % 24 or 24
    for t in range(horizon):
        inside = (t - midnight - start) % 24 < length
        assert any(a <= t * HOUR < b for a, b in spans) is inside


def _term(start: int, end: int | None, *, crossings: tuple[str, ...] = (), moves: bool = False):
    return TimedTerm("t", start, end, (), frozenset(crossings), moves)


def test_crossing_is_open_when_all_that_governs_it_is() -> None:
    line = Timeline(
        midnight=-8 * HOUR,
        terms=(_term(0, 10 * HOUR), _term(HOUR, None, crossings=("x",))),
        hours={"x": (Daily(8 * HOUR, 12 * HOUR),), "y": ()},
        conditions=(),
    )
    assert line.crossing_open("x", DAY, extended=False) == [(HOUR, 4 * HOUR)]
    assert line.crossing_open("y", DAY, extended=False) == [(0, 10 * HOUR)]
    assert line.crossing_open("y", DAY) == [(0, DAY)], "extended time has no end"
    assert line.window_end == 10 * HOUR
    assert line.governing("y") == ["t"]
    assert line.movement_open(DAY) == [(0, DAY)]


def test_movement_needs_the_terms_that_say_so() -> None:
    line = Timeline(0, (_term(HOUR, 3 * HOUR, moves=True), _term(0, 2 * HOUR)), {}, ())
    assert line.movement_open(DAY, extended=False) == [(HOUR, 3 * HOUR)]


def test_conditions_multiply_where_they_meet() -> None:
    night = ConditionSpan(Fraction(1, 2), Daily(19 * HOUR, 6 * HOUR))
    snow = ConditionSpan(Fraction(3, 4), (4 * HOUR, 8 * HOUR))
    points, factors = Timeline(0, (), {}, (night, snow)).factors(DAY)
    assert dict(zip(points, factors, strict=True)) == {
        0: Fraction(1, 2),
        4 * HOUR: Fraction(3, 8),
        6 * HOUR: Fraction(3, 4),
        8 * HOUR: Fraction(1),
        19 * HOUR: Fraction(1, 2),
    }
