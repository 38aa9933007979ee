"""The plan's clock and the clock on the wall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safepassage.record.clock import Clock, Interval, without

ALWAYS = ((0, 10**9),)
DAY = 86_400


@st.composite
def spans(draw: st.DrawFn) -> tuple[Interval, ...]:
    """Sorted, disjoint spans."""
    points = sorted(draw(st.sets(st.integers(0, 10_000), min_size=0, max_size=8)))
    return tuple(zip(points[::2], points[1::2], strict=False))


def test_without_stops_both_clocks_agree() -> None:
    """Nothing stood still, so nothing moves, within hours or outside them."""
    clock = Clock(((100, 200), (300, 400)), ())
    assert [clock.wall(t) for t in (0, 50, 150, 200, 250, 350)] == [0, 50, 150, 200, 250, 350]


def test_a_stop_moves_what_comes_after_it_by_its_length() -> None:
    """A stop from 100 to 160: before it as planned, after it 60 s later."""
    clock = Clock(ALWAYS, ((100, 160),))
    assert [clock.wall(t) for t in (99, 100, 101, 200)] == [99, 100, 161, 260]


def test_work_lost_moves_into_the_next_hours_that_are_open() -> None:
    """Open from 0 to 100 and from 1000 on; a stop from 50 to 80 leaves 70 s of the first hours."""
    clock = Clock(((0, 100), (1_000, 10_000)), ((50, 80),))
    assert clock.wall(50) == 50
    assert clock.wall(70) == 100
    assert clock.wall(71) == 1_001
    assert clock.wall(1_010) == 1_040


def test_what_is_done_outside_the_hours_goes_on_but_for_stops() -> None:
    """Driving on for 40 s after the hours end at 100, with a stop from 110 to 130."""
    assert Clock(((0, 100),), ((110, 130),)).wall(140) == 160


def test_after_a_stop_without_end_nothing_comes() -> None:
    """Work that never fits is never done."""
    clock = Clock(((0, 1_000),), ((100, 1_000),))
    assert clock.wall(100) == 100
    assert clock.wall(101) is None


@given(spans(), st.integers(0, 20_000))
def test_wall_and_plan_are_inverse_outside_stops(stops: tuple[Interval, ...], planned: int) -> None:
    """Where the way is always open, the moment on the wall leads back to the plan's."""
    clock = Clock(ALWAYS, stops)
    wall = clock.wall(planned)
    assert wall is not None
    assert wall >= planned
    assert clock.planned(wall) == planned
    assert not any(a < wall < b for a, b in stops)


@given(spans(), spans(), st.integers(0, 9_000), st.integers(0, 1_000))
def test_order_is_kept(
    hours: tuple[Interval, ...], stops: tuple[Interval, ...], first: int, more: int
) -> None:
    """What is planned later happens no sooner, while the way is open."""
    clock = Clock((*(h for h in hours if h[1] < 20_000), (20_000, 10**9)), stops)
    inside = [t for t in (first, first + more) if any(a < t <= b for a, b in clock.open)]
    walls = [clock.wall(t) for t in inside]
    assert None not in walls
    assert walls == sorted(walls, key=lambda w: w or 0)


@given(spans(), spans())
def test_without_takes_away_and_nothing_else(
    whole: tuple[Interval, ...], taken: tuple[Interval, ...]
) -> None:
    """A second is left exactly where it was there and was not taken."""

    def seconds(parts: object) -> set[int]:
        return {s for a, b in parts for s in range(a, b)}  # type: ignore[attr-defined]  # spans

    assert seconds(without(whole, taken)) == seconds(whole) - seconds(taken)
