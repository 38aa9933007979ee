"""Keeping a group together by another order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy.kernel import HOLD, PAIR_OF, WISH_IN, WISHES, decode
from safepassage.convoy.tables import Board, build
from safepassage.convoy.together import apart, gather
from safepassage.convoy.trips import allot
from safepassage.convoy.units import form_units
from tests.convoy.hamlet import Group, Hamlet, compiled, plan_of

Open = Callable[[Hamlet], OpenCase]
ROADS = {("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20}


def _hamlet(within: str) -> Hamlet:
    """One bus; two loads of families at ``b``, two of others at ``a``; a rotation is 68 minutes."""
    families = Group(100, "b", more={"together_within": within})
    return Hamlet(
        roads=ROADS, bays={"a": 1, "b": 1}, groups={"a": Group(100, "a"), "families": families}
    )


def _board(opened: OpenCase) -> Board:
    operation, demand = compiled(opened)
    trips = allot(operation, demand)
    return build(operation, trips, form_units(operation, trips, {"bus": 1}), 86_400)


def _order(*pairs: int) -> np.ndarray:
    order = np.full((len(pairs), WISHES), -1, np.int64)
    order[:, PAIR_OF], order[:, HOLD] = pairs, 0
    assert WISH_IN > HOLD
    return order


def test_rows_of_the_group_are_put_side_by_side(opened: Open) -> None:
    case = opened(_hamlet("75min"))
    operation, demand = compiled(case)
    board = _board(case)
    assert [p.place for p in board.trips.pairs] == ["a", "b"]
    alternating = _order(0, 1, 0, 1)
    assert decode(board.tables, board.work, alternating, (0.0, 0.0), 0)
    assert apart(board, demand) == {"families"}
    found = gather(operation, demand, board, alternating)
    assert found is not None
    order, tally = found
    assert list(order[:, PAIR_OF]) in ([1, 1, 0, 0], [0, 0, 1, 1])
    assert tally[1] == 4 * 4_080 - 120, "nothing is lost by it"


def test_group_that_cannot_be_together(opened: Open) -> None:
    case = opened(_hamlet("60min"))
    operation, demand = compiled(case)
    board = _board(case)
    assert gather(operation, demand, board, _order(1, 1, 0, 0)) is None
    plan = plan_of(case)
    assert [(x.group, x.persons) for x in plan.left] == [("families", 100)]
    assert "together" in plan.left[0].reason
    assert sum(r.persons for r in plan.rotations) == 100
    assert not [f for f in verify(plan, case).findings if f.severity == "error"]
