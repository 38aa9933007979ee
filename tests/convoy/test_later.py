"""Convoys of linked steps that start later, so that people wait less in vehicles."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy import linked as module
from safepassage.convoy.effort import Effort
from safepassage.convoy.holds_kernel import PERSONS
from safepassage.convoy.kernel import HOLD
from safepassage.convoy.later import SPARE_S, start_later, waiting_aboard
from safepassage.convoy.search import Order, key
from safepassage.convoy.tables import Board
from safepassage.convoy.waits import Settling, Stages
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, Kind, plan_of
from tests.convoy.linked_hamlets import linked_hamlets
from tests.convoy.strategies import relaxed

Open = Callable[[Hamlet], OpenCase]


def _one_after_another() -> Hamlet:
    """One bus brings three loads out of ``a``; only then may a van leave ``b`` with others."""
    steps = [
        {"id": "one", "gist": "Some go.", "batches": [{"groups": ["people"], "rest": True}]},
        {
            "id": "two",
            "gist": "Others go.",
            "batches": [{"groups": ["others"], "rest": True}],
            "after": ["one"],
        },
    ]
    return Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds={"bus": Kind(50, {"d": 1}), "van": Kind(7, {"d": 1})},
        groups={"people": Group(150, "a"), "others": Group(7, "b", ("van",))},
        clauses=[{"kind": "linked", "id": "steps", "steps": steps}],
    )


def _plan(opened: OpenCase, *, later: bool) -> Plan:
    if later:
        return plan_of(opened, effort=Effort.quick())
    with patch.object(module, "start_later", lambda _board, _stages, order, _decodes: order):
        return plan_of(opened, effort=Effort.quick())


def test_people_board_half_an_hour_before_they_may_leave(opened: Open) -> None:
    """Others need not sit in a van for two hours until the people have arrived."""
    case = opened(_one_after_another())
    before, after = (_plan(case, later=x) for x in (False, True))
    van, late = (next(r for r in p.rotations if "van-1" in r.vehicles) for p in (before, after))
    over = max(r.loaded_leg.arrive_s for r in after.rotations if "bus-1" in r.vehicles)
    # 30 min on the way, 5 min of boarding; three rounds of 68 min, the last without the way back.
    assert van.boarding[0].to_s == 2_100
    assert over == 2 * 4_080 + 1_800 + 300 + 60 + 1_800
    assert late.boarding[0].to_s == over - SPARE_S
    assert late.loaded_leg == van.loaded_leg
    assert after.answer == before.answer
    assert verify(after, case).valid


@relaxed(15)
@given(linked_hamlets(), st.integers(0, 12))
def test_nobody_arrives_later_for_it(hamlet: Hamlet, decodes: int) -> None:
    """However few decodes there are, the end and the mean wait stay, and less is waited aboard."""
    seen: list[tuple[int, ...]] = []

    def start(board: Board, stages: Stages, order: Order, _decodes: int) -> Order:
        first = _measure(board, stages, order.copy())
        later = start_later(board, stages, order, decodes)
        second = _measure(board, stages, later.copy())
        assert second[0] <= first[0]
        assert second[1] <= first[1]
        assert (later[:, HOLD] >= 0).all()
        seen.append((first[1], second[1]))
        return later

    with tempfile.TemporaryDirectory() as folder, patch.object(module, "start_later", start):
        opened = hamlet.write(Path(folder))
        plan = plan_of(opened, effort=Effort.quick())
        refused = [f for f in verify(plan, opened).findings if f.severity == "error"]
    assert not refused, "\n".join(map(str, refused))
    assert seen or not plan.rotations


def _measure(board: Board, stages: Stages, order: Order) -> tuple[tuple[int, int, int], int]:
    """The objective, and person-seconds of waiting aboard."""
    settling = Settling(board, stages)
    assert settling.all(order)
    waits = waiting_aboard(board, settling.moves).sum(axis=1)
    return key(board), int(np.where(waits > 0, waits, 0) @ settling.moves[:, PERSONS].clip(0))
