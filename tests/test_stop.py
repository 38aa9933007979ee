from __future__ import annotations

import pytest

from safepassage.stop import AnyOf, Gap, MaxRuntime


@pytest.mark.parametrize(
    ("clearance", "bound", "stops"),
    [(101.0, 100.0, True), (102.0, 100.0, False), (100.0, 100.0, True), (0.0, 0.0, False)],
)
def test_gap_is_a_share_of_the_bound(clearance: float, bound: float, *, stops: bool) -> None:
    assert Gap(0.01)(clearance, bound) is stops


def test_time_runs_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [104.9]
    monkeypatch.setattr("safepassage.stop.time.monotonic", lambda: now[0])
    limit = MaxRuntime(5.0, 100.0)
    assert not limit(1.0, 0.0)
    now[0] = 105.0
    assert limit(1.0, 0.0)


def test_another_solve_has_all_its_time() -> None:
    spent = MaxRuntime(1_000.0, -1e9)
    assert spent(1.0, 0.0)
    assert not spent.begin()(1.0, 0.0)
    assert not AnyOf((spent,)).begin()(1.0, 0.0)


def test_any_of_stops_with_the_first() -> None:
    both = AnyOf((Gap(0.1), MaxRuntime(1_000.0)))
    assert both(105.0, 100.0)
    assert not both(120.0, 100.0)
    assert AnyOf((MaxRuntime(0.0),)).begin()(120.0, 100.0)
    assert not AnyOf(())(1.0, 1.0)
