"""The planner as a whole: same seed, same timetable; what it does where the first try fails."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.convoy.kernel import decode
from safepassage.convoy.planner import Effort, Planned, Stranded, plan_demand
from safepassage.convoy.programme import Programme
from safepassage.convoy.rescue import rescue
from safepassage.convoy.search import improve, sample
from safepassage.convoy.tables import build
from safepassage.convoy.trips import allot
from safepassage.convoy.units import form_units
from safepassage.convoy.warm import warm
from safepassage.stop import Gap
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled

Open = Callable[[Hamlet], OpenCase]
BUSY = Hamlet(
    roads={("a", "x"): 10, ("b", "x"): 25, ("x", "r"): 20},
    bays={"a": 2, "b": 1},
    crossings={"x": (240, 60)},
    kinds={"bus": Kind(50, {"d": 4})},
    groups={"a": Group(600, "a"), "b": Group(300, "b")},
)


def _plan(case: OpenCase, **fields: int) -> Planned:
    operation, demand = compiled(case)
    effort = Effort(rounds=1, steps=200, tries=3, more_tries=5)
    found = plan_demand(operation, demand, seed=fields.get("seed", 0), stop=Gap(0.0), effort=effort)
    assert isinstance(found, Planned)
    return found


def test_same_seed_same_timetable(opened: Open) -> None:
    case = opened(BUSY)
    one, two = _plan(case, seed=3), _plan(case, seed=3)
    runs = int(one.board.work.tally[4])
    assert np.array_equal(one.order, two.order)
    assert np.array_equal(one.board.work.stops[:runs], two.board.work.stops[:runs])
    assert one.tally == two.tally
    assert one.clearance is not None
    assert one.clearance.value <= one.tally[1]


def test_annealing_never_ends_worse(opened: Open) -> None:
    operation, demand = compiled(opened(BUSY))
    trips = allot(operation, demand)
    board = build(operation, trips, form_units(operation, trips, {"bus": 1}), 4 * 86_400)
    order, first = sample(board, operation, seed=0, tries=1, target=0)
    assert order is not None
    better, last = improve(board, order, target=0, goal=0, steps=400, seed=1)
    assert last <= first
    assert decode(board.tables, board.work, better, (0.0, 0.0), 0)
    assert tuple(int(x) for x in board.work.tally[:3]) == last


def test_horizon_grows_until_all_fit(opened: Open) -> None:
    """Six days of one bus that can go once a day."""
    hour = {"daily": [{"from": "08:00", "to": "09:00"}]}
    case = opened(Hamlet(groups={"people": Group(600, "a")}, window=hour))
    assert _plan(case).tally[1] > 4 * 86_400


def test_nobody_can_be_carried(opened: Open) -> None:
    operation, demand = compiled(opened(Hamlet(convoys=(2, 3, 0))))
    found = plan_demand(operation, demand, seed=0, stop=Gap(0.0), effort=Effort.quick())
    assert isinstance(found, Stranded)
    assert [(group, n) for group, _, n, _ in found.left] == [("people", 50)]


def test_rescue_leaves_as_few_as_it_must(opened: Open) -> None:
    """A timetable that takes at most seven loads of ten is found by leaving three."""
    kinds = {"bus": Kind(10, {"d": 10}, {"returns": False})}
    operation, demand = compiled(opened(Hamlet(kinds=kinds, groups={"people": Group(100, "a")})))
    made = rescue(
        operation, demand, lambda trips, _: trips if len(trips.pairs[0].loads) <= 7 else None
    )
    assert made is not None
    assert [(n, reason) for _, _, n, reason in made.left] == [
        (30, "no timetable was found that carries them under these terms")
    ]
    assert rescue(operation, demand, lambda *_: None) is None


def test_rows_of_a_programme_have_names_of_their_own() -> None:
    programme = Programme()
    programme.row(("capacity", "x"), 1.0)
    with pytest.raises(ValueError, match="there is a row"):
        programme.row(("capacity", "x"), 2.0)


def test_warm_says_what_it_does() -> None:
    told: list[str] = []
    warm(told.append)
    assert len(told) == 2


def test_bundled_case_is_planned_alike_twice() -> None:
    """A real case: types, convoys, escorts, daily hours."""
    case = open_case("aleppo-2016")
    one, two = _plan(case), _plan(case)
    assert one.tally == two.tally
    assert one.clearance is not None
    assert one.clearance.certificate == (two.clearance and two.clearance.certificate)
