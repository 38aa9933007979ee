"""Mixtures completed over cells of time, as for many origins: complete, and near the bound."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from safepassage.check.clearance import verify_clearance
from safepassage.flow import clear, clear_roads
from safepassage.flow.cells_kernel import align
from safepassage.flow.timed_grid import TimedGrid
from safepassage.flow.timed_plan import departures
from safepassage.flow.timed_roads import compile_roads
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Departure
from safepassage.plan.clearance_files import as_written
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.check.clearance.small import Road, build
from tests.flow.test_against import constant

EXACT = AnyOf((Gap(0.0), MaxRuntime(60)))

#: The finest cells for times that are whole seconds (s), and how many may be lost.
FINEST = Fraction(1, 8)
LOST = 8


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(instance=constant())
def test_complete_and_near_the_bound(instance: RoadInstance, monkeypatch: pytest.MonkeyPatch):
    """Everyone with a way out gets out, at most some finest cells after the bound."""
    monkeypatch.setattr(clear, "MANY", 0)
    result = clear_roads(instance, stop=EXACT)
    assert verify_clearance(as_written(result), instance).findings == ()
    last = max((time(d, instance) for d in result.departures if d.links), default=Fraction(0))
    assert result.lower_bound_s is not None
    assert last <= result.lower_bound_s + LOST * FINEST


def time(departure: Departure, instance: RoadInstance) -> Fraction:
    """When the last of a departure arrives (s)."""
    driving = sum(instance.transit_s(link) for link in departure.links)
    return departure.to_s + driving + sum(departure.waits_s)


def test_clocks_follow_the_busiest_links():
    """Of a short way and a busy detour, the detour's clocks agree: nothing on it is rounded."""
    tail, head = np.array([0, 0, 1]), np.array([2, 1, 2])
    transit = np.array([5, 4, 7])
    busiest = np.array([2, 1, 0])
    clock = align(tail, head, transit, busiest, np.array([2]), 3)
    assert clock.tolist() == [-11, -7, 0]


def test_nodes_that_carry_nothing_have_any_clock():
    """Who is on no busy link is tied to nobody."""
    clock = align(np.array([0]), np.array([1]), np.array([4]), np.array([0]), np.array([1]), 3)
    assert clock.tolist() == [-4, 0, 0]


FORK: list[Road] = [("r", "a", "c", 2, 3), ("s", "b", "c", 3, 2), ("t", "c", "d", 1, 4)]


def test_halved_cells_keep_the_flow_whatever_their_clocks():
    """A clock that is a cell late moves what leaves there into later cells, and nobody is lost."""
    roads = compile_roads(build(FORK, [("a", 9, 0), ("b", 8, 0)], {"d": None}))
    clock = np.where(roads.distance > 0, 700, 0) - roads.distance
    grid = TimedGrid(roads, 1000, 12_000, 1, clock=clock)
    assert grid.maximise(lambda: False)
    fine = grid.halved(12_000)
    assert fine.left == 0
    assert (fine.clock + roads.distance < 500).all()
    assert fine.cells.waiting.min() >= 0
    assert fine.cells.rate.sum() == 2 * grid.cells.rate.sum()


def test_a_packed_flow_is_the_same_when_it_is_taken_up_or_halved():
    """What is kept in few bytes is a flow that loses nothing, and halves as it did before."""
    roads = compile_roads(build(FORK, [("a", 9, 0), ("b", 8, 0)], {"d": None}))
    grid = TimedGrid(roads, 1000, 12_000, 1)
    assert grid.maximise(lambda: False)
    rate, waits, fine = grid.cells.rate.copy(), grid.cells.waiting.copy(), grid.halved(12_000)
    grid.pack()
    assert grid.cells.rate.itemsize == 2
    again = grid.halved(12_000)
    assert (again.cells.rate == fine.cells.rate).all()
    assert (again.cells.waiting == fine.cells.waiting).all()
    grid.unpack()
    assert grid.cells.rate.dtype == np.int64
    assert (grid.cells.rate == rate).all()
    assert (grid.cells.waiting == waits).all()


def test_cells_added_at_the_end_change_no_flow():
    """A longer horizon has the same flow: those at a destination with a limit stay counted."""
    roads = compile_roads(build(FORK, [("a", 9, 0), ("b", 8, 0)], {"d": 30}))
    grid = TimedGrid(roads, 1000, 12_000, 1)
    assert grid.maximise(lambda: False)
    rate, waits = grid.cells.rate.copy(), grid.cells.waiting.copy()
    grid.extend(15)
    assert (grid.cells.rate[:, :12] == rate).all()
    assert not grid.cells.rate[:, 12:].any()
    assert (grid.cells.waiting[:, :12] == waits).all()
    assert (grid.cells.waiting[:, 12:] == waits[:, -1:]).all()


def test_exactly_the_vehicles_there_are():
    """Amounts are rounded up to whole rates in whole cells; departures are not."""
    instance = build(FORK, [("a", 1, 0), ("b", 3, 0)], {"d": None})
    grid = TimedGrid(compile_roads(instance), 2000, 12_000, 1)
    assert grid.maximise(lambda: False)
    out = {"a": Fraction(0), "b": Fraction(0)}
    for departure in departures(grid):
        out[departure.origin] += departure.vehicles
    assert out == {"a": 1, "b": 3}
