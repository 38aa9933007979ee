"""Drivers and the worth of knowing, against cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.simulate.executors import InProcess
from safepassage.simulate.sample import Sample, Sampler
from safepassage.simulate.sensitivity import EVENTS, Driver, drivers
from safepassage.simulate.value import worth_of_knowing
from tests.simulate.standin import HOUR, Line, uniforms

SAMPLER = Sampler(InProcess(), seed=3, block=100)


def found(line: Line, points: int = 512) -> dict[str, Driver]:
    return {d.unknown: d for d in drivers(line, SAMPLER, points)}


@pytest.mark.parametrize("c", [0.0, 2.0])
def test_shares_of_a_sum_are_its_squares(c: float) -> None:
    """Of 2 u + v + c w, uniform and apart, the variance is due as 4 to 1 to c²; events are w."""
    told = found(Line(a=2.0, b=1.0, c=c))
    whole = 4 + 1 + c**2
    for name, part in (("people.all", 4), ("driving", 1), (EVENTS, c**2)):
        share = told[name].shares["clearance"]
        assert share is not None
        assert share.first == pytest.approx(part / whole, abs=0.08)
        assert share.total == pytest.approx(part / whole, abs=0.08)
        assert share.first_interval[0] <= share.first <= share.first_interval[1]
        assert share.total_interval[0] <= share.total <= share.total_interval[1]
        assert share.total_interval[0] <= part / whole <= share.total_interval[1] or part == 0


def test_what_does_not_vary_has_no_shares() -> None:
    """Where every future succeeds, nothing drives success; clearance is driven all the same."""
    told = found(Line(deadline=40.0), points=64)
    assert told["driving"].shares["success"] is None
    assert told["driving"].shares["left"] is None
    assert told["driving"].shares["clearance"] is not None


def test_share_of_what_hardly_varies_is_finite() -> None:
    """One success in hundreds: most resamples have none, and still every number is one."""
    told = found(Line(deadline=1.2), points=64)
    shares = [d.shares["success"] for d in told.values()]
    numbers = [x for s in shares if s for x in (s.first, *s.first_interval, *s.total_interval)]
    assert numbers
    assert np.isfinite(numbers).all()


def test_ends_hold_one_unknown_and_draw_the_rest() -> None:
    """At a tenth and nine tenths of u the median is 1 + 2 u + 1/2 hours; values in their unit."""
    told = found(Line(a=2.0, b=1.0))["people.all"]
    assert told.low is not None
    assert told.high is not None
    assert (told.low.value, told.high.value) == (pytest.approx(100), pytest.approx(900))
    assert told.low.median_s == pytest.approx((1 + 0.2 + 0.5) * HOUR, rel=0.02)
    assert told.high.median_s == pytest.approx((1 + 1.8 + 0.5) * HOUR, rel=0.02)
    assert (told.low.p, told.high.p) == (1.0, 0.0)
    assert told.low.left == 0
    assert told.high.left == pytest.approx(901)


def test_events_have_no_ends() -> None:
    """What is drawn on the way has no low and high, and comes last."""
    last = drivers(Line(), SAMPLER, 16)[-1]
    assert last.unknown == EVENTS
    assert last.low is None
    assert last.high is None


def test_median_that_is_never_reached_is_none() -> None:
    """Where more than half never clear there is no such time."""
    told = found(Line(end=1.6), points=64)["people.all"]
    assert told.low is not None
    assert told.high is not None
    assert told.high.median_s is None


def test_same_seed_gives_the_same_drivers() -> None:
    """Design and resamples are drawn from the seed; the blocks make no difference."""
    again = Sampler(InProcess(), seed=3, block=7)
    assert drivers(Line(), SAMPLER, 32) == drivers(Line(), again, 32)
    other = Sampler(InProcess(), seed=4)
    assert drivers(Line(), SAMPLER, 32) != drivers(Line(), other, 32)


def sample(succeeds: np.ndarray, drawn: np.ndarray) -> Sample:
    left = np.where(succeeds, 0, 100)
    return Sample(succeeds, np.where(succeeds, 1.0, np.inf), left, drawn)


def test_knowing_is_worth_half_where_it_decides() -> None:
    """Two timetables, one good below the middle and one above: chosen blindly, half succeed."""
    u = uniforms(1, 0, 4_000, 2)
    low = u[:, 0] < 0.5
    first, second = worth_of_knowing(("decides", "idle"), [sample(low, u), sample(~low, u)])
    assert first.unknown == "decides"
    assert first.p == pytest.approx(0.5, abs=0.03)
    assert first.left == pytest.approx(50, abs=3)
    assert second.p < 0.03


def test_knowing_is_worth_nothing_where_one_timetable_is_best() -> None:
    """However much an unknown matters: what one would do anyway needs no knowledge."""
    u = uniforms(2, 0, 2_000, 1)
    better, worse = u[:, 0] < 0.7, u[:, 0] < 0.4
    (told,) = worth_of_knowing(("matters",), [sample(better, u), sample(worse, u)])
    assert told.p == 0
    assert told.left == 0


def test_values_that_are_alike_are_known_alike() -> None:
    """An unknown of two values makes two strata, however the futures are ordered."""
    u = uniforms(3, 0, 2_000, 1)
    two = (u > 0.5).astype(float)
    good = two[:, 0] > 0
    (told,) = worth_of_knowing(("two",), [sample(good, two), sample(~good, two)])
    assert told.p == pytest.approx(0.5, abs=0.04)
    (none,) = worth_of_knowing(("one",), [sample(good, two * 0), sample(~good, two * 0)])
    assert none.p == 0


def test_worth_lies_within_its_interval_and_the_seed_decides_it() -> None:
    """Half is in the interval of what is worth half; an interval of nothing begins at nothing."""
    u = uniforms(1, 0, 2_000, 2)
    low = u[:, 0] < 0.5
    samples = [sample(low, u), sample(~low, u)]
    told = worth_of_knowing(("decides", "idle"), samples, 3)
    for worth in told:
        assert worth.p_interval[0] <= worth.p <= worth.p_interval[1]
        assert worth.left_interval[0] <= worth.left <= worth.left_interval[1]
    low_end, high_end = told[0].p_interval
    assert low_end <= 0.5 <= high_end
    assert 0 < high_end - low_end < 0.1
    assert told[1].p_interval[0] == 0
    assert told == worth_of_knowing(("decides", "idle"), samples, 3)
    assert told != worth_of_knowing(("decides", "idle"), samples, 4)


def test_more_futures_make_the_interval_of_a_worth_shorter() -> None:
    """Sixteen times as many futures: about a quarter of the length."""
    lengths = []
    for n in (500, 8_000):
        u = uniforms(5, 0, n, 1)
        low = u[:, 0] < 0.5
        (told,) = worth_of_knowing(("decides",), [sample(low, u), sample(~low, u)])
        lengths.append(told.p_interval[1] - told.p_interval[0])
    assert lengths[1] < lengths[0] / 2
