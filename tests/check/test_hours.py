from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from safepassage.check.hours import ALWAYS, SECOND, Hours, daily_hours

ZONE = timezone(timedelta(hours=2))
HOUR = 3600
spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


def seconds(hours: Hours) -> list[tuple[float, float]]:
    return [(a / SECOND, b / SECOND) for a, b in hours.spans]


def whole(parts: list[tuple[int, int]]) -> Hours:
    return Hours.of([(a * SECOND, b * SECOND) for a, b in parts])


def points(hours: Hours) -> set[int]:
    return {t for t in range(40) if hours.covers(t)}


@given(spans, spans)
def test_union_and_intersection_are_those_of_the_points(
    a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    mine = {t for begin, end in a for t in range(begin, end)}
    theirs = {t for begin, end in b for t in range(begin, end)}
    assert points(whole(a)) == mine
    assert points(whole(a).within(whole(b))) == mine & theirs
    assert points(whole(a).within(ALWAYS)) == mine


@given(spans, st.integers(0, 35), st.integers(0, 35))
def test_a_stretch_holds_what_lies_in_it_whole(
    parts: list[tuple[int, int]], from_s: int, to_s: int
) -> None:
    hours = whole(parts)
    if from_s < to_s:
        expected = all(hours.covers(t) for t in range(from_s, to_s))
    else:
        expected = from_s == to_s and any(a <= from_s <= b for a, b in seconds(hours))
    assert hours.hold(from_s, to_s) == expected


def test_a_moment_may_be_at_the_very_end_and_touching_stretches_are_one() -> None:
    hours = whole([(0, 10), (10, 20), (30, 40)])
    assert len(hours.spans) == 2
    assert hours.hold(5, 20)
    assert hours.hold(20, 20)
    assert not hours.hold(20, 21)
    assert not hours.hold(15, 35)
    assert not hours.covers(20)


def _daily(start: datetime, *entries: tuple[int, int], until_s: int = 0) -> Hours:
    return daily_hours(entries, start, start.astimezone(ZONE), until_s)


def test_daily_hours_count_in_local_time() -> None:
    start = datetime.fromisoformat("2030-05-10T04:30+00:00")  # 06:30 where the operation is
    hours = _daily(start, (8 * HOUR, 18 * HOUR))
    assert hours.hold(5400, 5400 + 10 * HOUR)
    assert not hours.hold(5399, 5400)
    assert not hours.hold(5400, 5400 + 10 * HOUR + 1)
    assert hours.hold(5400 + 24 * HOUR, 5400 + 25 * HOUR)


def test_daily_hours_run_past_midnight_also_into_the_first_day() -> None:
    start = datetime.fromisoformat("2030-05-10T00:00+02:00")
    hours = _daily(start, (22 * HOUR, 6 * HOUR), until_s=48 * HOUR)
    assert hours.hold(0, 6 * HOUR)
    assert not hours.hold(6 * HOUR, 6 * HOUR + 1)
    assert hours.hold(22 * HOUR, 30 * HOUR)


def test_daily_hours_that_meet_at_midnight_are_one_stretch() -> None:
    start = datetime.fromisoformat("2030-05-10T12:00+02:00")
    hours = _daily(start, (20 * HOUR, 24 * HOUR), (0, 4 * HOUR), until_s=24 * HOUR)
    assert hours.hold(8 * HOUR, 16 * HOUR)


def test_no_second_is_won_by_a_start_within_one() -> None:
    start = datetime.fromisoformat("2030-05-10T07:59:59.500000+02:00")
    hours = _daily(start, (8 * HOUR, 9 * HOUR))
    assert not hours.hold(0, 10)
    assert hours.hold(1, 3600)
    assert not hours.hold(1, 3601)
