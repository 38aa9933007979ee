"""A prediction beside counts, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from safepassage.record.history import Curve, Duration, History, fit_series

STEPS = Curve((0, 100, 200), (0, 40, 100))
FLOW = Curve((0, 100, 200), (0, 40, 100), straight=True)


def test_a_convoy_is_out_when_it_arrives() -> None:
    """Between arrivals nobody comes out."""
    assert [STEPS.at(t) for t in (-1, 0, 99, 100, 199, 200, 999)] == [0, 0, 0, 40, 40, 100, 100]
    assert [STEPS.reached(n) for n in (1, 40, 41, 100, 101)] == [100, 100, 200, 200, None]


def test_a_flow_comes_out_all_the_time() -> None:
    """Between two moments it grows evenly."""
    assert [FLOW.at(t) for t in (0, 50, 100, 150, 200)] == [0, 20, 40, 70, 100]
    assert [FLOW.reached(n) for n in (20, 40, 70, 101)] == [50, 100, 150, None]


@given(st.integers(1, 100))
def test_when_so_many_are_out_so_many_are_out(persons: int) -> None:
    """The moment at which a number is reached has at least as many out, the one before fewer."""
    at = STEPS.reached(persons)
    assert at is not None
    assert STEPS.at(at) >= persons > STEPS.at(at - 1)


def test_errors_by_hand() -> None:
    """Counts of 50 at 100 s (40 predicted) and 80 at 200 s (100 predicted): -20 % and +25 %."""
    (fit,) = fit_series(STEPS, [("a", [(2, 100, 50), (3, 200, 80)])])
    assert fit.mean_error == (0.2 + 0.25) / 2
    assert fit.bias == (-0.2 + 0.25) / 2
    assert fit.mean_off == (10 + 20) / 2
    assert [p.late_s for p in fit.points] == [100, 0]
    assert fit.mean_late_s == 50


def test_a_count_of_everybody_tells_nothing_of_the_pace() -> None:
    """Once all who were planned for are out by both, no error is counted."""
    (fit,) = fit_series(STEPS, [("a", [(2, 300, 100)])])
    assert fit.mean_error is None
    assert fit.mean_late_s == -100
    (fit,) = fit_series(STEPS, [("a", [(2, 300, 99)])])
    assert fit.mean_error is not None


def test_sources_without_counts_are_left_out_and_others_weigh_the_same() -> None:
    """A source with many counts does not outweigh one with a single one."""
    fits = fit_series(
        STEPS, [("a", [(2, 100, 50), (3, 100, 50)]), ("b", [(4, 100, 80)]), ("c", [])]
    )
    assert [f.source for f in fits] == ["a", "b"]
    history = History(
        proposal="p",
        level="likely",
        movement="convoys",
        persons=100,
        begin=datetime(2030, 1, 1, tzinfo=UTC),
        stops=((10, None),),
        curve=STEPS,
        undisturbed=STEPS,
        fits=fits,
        duration=Duration(persons=100, actual_s=400, predicted_s=200, undisturbed_s=100),
    )
    assert history.mean_error == (0.2 + 0.5) / 2
    told = history.to_json()
    assert told["duration"]["ratio"] == 0.5
    assert told["stops"] == [[10, None]]
    assert told["curve"] == [[0, 0], [100, 40], [200, 100]]
