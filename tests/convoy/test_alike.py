"""Types that differ in nothing that takes time: planned, bounded and divided as one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.convoy import bounds
from safepassage.convoy.alike import alike_kinds, as_one
from safepassage.convoy.appointments import appointed, in_turn
from safepassage.convoy.beats import beat_model
from safepassage.convoy.bounds import clearance_bound
from safepassage.convoy.diving import whole_passes
from safepassage.convoy.folding import fold
from safepassage.convoy.grid import grid_points
from safepassage.convoy.kernel import decode
from safepassage.convoy.linear import entries
from safepassage.convoy.proving import prove
from safepassage.convoy.relaxation import model
from safepassage.convoy.sharing import shared
from safepassage.convoy.tables import build
from safepassage.convoy.trips import allot
from safepassage.convoy.units import form_units
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled

Open = Callable[[Hamlet], OpenCase]
DAY = 86_400
HOUR = 3_600


def village(**more: object) -> Hamlet:
    """Two types alike, two assembly points, one crossing that is open in the mornings."""
    return replace(
        Hamlet(
            roads={("a", "x"): 10, ("b", "x"): 15, ("x", "r"): 20},
            bays={"a": 3, "b": 3},
            crossings={"x": (120, 120)},
            kinds={"bus": Kind(50, {"d": 8}), "ambulance": Kind(2, {"d": 2})},
            groups={
                "people": Group(1_500, "a"),
                "others": Group(900, "b"),
                "wounded": Group(12, "a", ("ambulance",)),
                "hurt": Group(8, "b", ("ambulance",)),
            },
            window={"daily": [{"from": "08:00", "to": "12:00"}]},
        ),
        **more,
    )


def test_types_with_the_same_times_are_alike(opened: Open) -> None:
    """Seats make no difference."""
    operation, _ = compiled(opened(village()))
    assert len(set(alike_kinds(operation).values())) == 1


@pytest.mark.parametrize(
    "change",
    [{"special": {("x", "ambulance"): (60, 120)}}],
    ids=["inspection"],
)
def test_types_with_other_times_are_not_alike(opened: Open, change: dict[str, object]) -> None:
    """A type that is inspected faster is planned as itself."""
    operation, demand = compiled(opened(village(**change)))
    assert len(set(alike_kinds(operation).values())) == 2
    assert as_one(operation, allot(operation, demand)) is None


def test_as_one_keeps_vehicles_and_loads(opened: Open) -> None:
    """The one type has all vehicles, and carries all loads of each place."""
    operation, demand = compiled(opened(village()))
    trips = allot(operation, demand)
    made = as_one(operation, trips)
    assert made is not None
    one, loads = made
    assert [k.total for k in one.kinds] == [10]
    total: Counter[str] = Counter()
    for pair in trips.pairs:
        total[pair.place] += len(pair.loads)
    assert {p.place: len(p.loads) for p in loads.pairs} == total


@settings(max_examples=20, deadline=None, derandomize=True)
@given(
    buses=st.integers(1, 9),
    ambulances=st.integers(1, 4),
    wounded=st.integers(1, 40),
    hours=st.integers(2, 30),
)
def test_folded_programmes_prove_no_more_than_whole_ones(
    tmp_path_factory: pytest.TempPathFactory,
    buses: int,
    ambulances: int,
    wounded: int,
    hours: int,
) -> None:
    """Multipliers unfolded bound the large programme, never below what it proves itself."""
    hamlet = village(
        kinds={"bus": Kind(50, {"d": buses}), "ambulance": Kind(2, {"d": ambulances})},
        groups={"people": Group(900, "a"), "wounded": Group(wounded, "b", ("ambulance",))},
    )
    operation, demand = compiled(hamlet.write(tmp_path_factory.mktemp("village")))
    by = hours * HOUR
    m = model(operation, demand, grid_points(operation, by, 300), by, whole=True, bays=False)
    seats = {k.id: k.seats for k in operation.kinds}
    whole = prove(m, whole=True)
    folded = prove(m, whole=True, alike=alike_kinds(operation), seats=seats)
    assert whole is not None
    assert folded is not None
    assert folded.short <= whole.short + 1e-6


def test_folding_adds_up_what_differs_only_in_the_type(opened: Open) -> None:
    """The folded programme is the sum over rows: entries, limits and columns' ends."""
    operation, demand = compiled(opened(village()))
    by = 6 * HOUR
    lp = model(operation, demand, [0, HOUR, by], by, whole=True, bays=False).programme
    gain = np.concatenate(lp.gain)
    seats = {k.id: 1 for k in operation.kinds}
    folded = fold(lp, gain, alike_kinds(operation), seats)
    assert folded is not None
    small = folded.programme
    assert small.columns < lp.columns
    assert math.isclose(sum(small.limits), sum(lp.limits))
    assert math.isclose(np.concatenate(small.upper).sum(), np.concatenate(lp.upper).sum())
    # A random price of each row costs the same in both.
    price = np.random.default_rng(1).random(len(small.limits))
    rows, columns, values = entries(lp)
    large = np.bincount(columns, weights=folded.unfolded(price)[rows] * values)
    rows, columns, values = entries(small)
    few = np.bincount(columns, weights=price[rows] * values, minlength=small.columns)
    assert set(np.round(large, 9)) == set(np.round(few, 9))


def test_types_that_all_differ_are_not_folded(opened: Open) -> None:
    """There is nothing to fold."""
    operation, demand = compiled(opened(village(special={("x", "ambulance"): (60, 120)})))
    lp = model(operation, demand, [0, HOUR], HOUR, whole=True, bays=False).programme
    gain = np.concatenate(lp.gain)
    assert fold(lp, gain, alike_kinds(operation), {}) is None


def test_bounds_are_as_good_with_types_as_one(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that takes alike types as one ends no lower than one that does not."""
    operation, demand = compiled(opened(village()))
    folded = clearance_bound(operation, demand, 28 * HOUR, goal=0.001)
    monkeypatch.setattr(bounds, "_alike", lambda _: None)
    whole = clearance_bound(operation, demand, 28 * HOUR, goal=0.001)
    assert folded.value >= whole.value > 0


def test_types_share_passes_so_that_each_carries_its_own(opened: Open) -> None:
    """Divided, each place has as many ways out of each type as the type has loads there."""
    operation, demand = compiled(opened(village()))
    trips = allot(operation, demand)
    made = as_one(operation, trips)
    assert made is not None
    until = 2 * DAY + 4 * HOUR
    plan = beat_model(*made, until, until)
    x = whole_passes(plan, lambda: math.inf)
    assert x is not None
    turns = shared(operation, trips, in_turn(plan, x))
    out = Counter((p.place, p.kind) for _, p, _ in turns if not p.inward)
    assert out == {(p.place, p.kind): len(p.loads) for p in trips.pairs}
    units = form_units(operation, trips, {k.id: 1 for k in operation.kinds})
    board = build(operation, trips, units, 6 * DAY)
    order, loose = appointed(operation, board, turns)
    assert loose == 0
    assert decode(board.tables, board.work, order, (0.0, 0.0), 0)
    assert int(board.work.tally[1]) <= until
