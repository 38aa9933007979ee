"""Mixed convoys in linked steps, and convoys that wait for more vehicles or do not."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.convoy import linked as module
from safepassage.convoy.anew import Anew, form_anew
from safepassage.convoy.annealing import improve_anew
from safepassage.convoy.assemble import rotations
from safepassage.convoy.batches import divide_demand
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import CREW_OF, GUEST_OF, GUESTS, PAIR_OF, PATIENCE
from safepassage.convoy.search import key
from safepassage.convoy.waits import release, settle
from safepassage.instance import Operation
from safepassage.plan import Plan
from tests.convoy.hamlet import Group, Hamlet, Kind, compiled, figure, plan_of

Open = Callable[[Hamlet], OpenCase]
HOUR = 3_600


def _linked(steps: list[tuple[list[str], int]]) -> dict[str, object]:
    """One clause: each step after the one before, with so many people of some groups."""
    return {
        "kind": "linked",
        "id": "steps",
        "steps": [
            {
                "id": f"step-{k}",
                "gist": "Some go.",
                "batches": [{"groups": groups, "persons": figure(persons)}],
                "after": [f"step-{k - 1}"] if k else [],
            }
            for k, (groups, persons) in enumerate(steps)
        ],
    }


def _with_sick(**more: object) -> Hamlet:
    """Eight loads for four buses and four for two vans, from one place by a slow crossing."""
    hamlet = Hamlet(
        bays={"a": 6},
        crossings={"x": (60, 0)},
        kinds={"bus": Kind(50, {"d": 4}), "van": Kind(5, {"d": 2})},
        groups={"people": Group(400, "a"), "sick": Group(20, "a", ("van",))},
        convoys=(2, 6, 3 * HOUR),
        clauses=[_linked([(["people", "sick"], 420)])],
    )
    return replace(hamlet, **more)  # type: ignore[arg-type]  # fields of the hamlet


def _formed(opened: OpenCase, sizes: dict[str, int]) -> tuple[Operation, Anew]:
    op, demand = compiled(opened)
    assert demand.linked is not None
    division = divide_demand(op, demand, demand.linked, "far-first", large=True)
    stages = module._stages(demand.linked)
    made = form_anew(op, demand.linked, division, stages, sizes, 20 * 86_400)
    assert made is not None
    return op, made


def _kinds(vehicles: tuple[str, ...]) -> set[str]:
    return {name.rpartition("-")[0] for name in vehicles}


def test_types_go_together_where_a_crossing_loses_much_between_convoys(opened: Open) -> None:
    """A van in a convoy of buses costs a minute; a convoy of vans costs three hours more."""
    op, made = _formed(opened(_with_sick()), {"bus": 4, "van": 2})
    better = improve_anew(made, op, 1, 400, lambda: False)
    assert settle(better.board, better.stages, better.order)
    convoys = [_kinds(r.vehicles) for r in rotations(better.board)]
    assert {"bus", "van"} in convoys
    # Two convoys, each of four buses and two vans, are all it takes.
    assert len(convoys) == 2


def test_whoever_goes_along_carries_their_own(opened: Open) -> None:
    """Buses of a mixed convoy carry those who may go by bus, vans those who may go by van."""
    plan = plan_of(opened(_with_sick()), effort=Effort.quick())
    for rotation in plan.rotations:
        for boarding in rotation.boarding:
            kind = boarding.vehicle.rpartition("-")[0]
            expected = {"bus": "people", "van": "sick"}[kind]
            assert set(boarding.persons) <= {expected}
    assert sum(r.persons for r in plan.rotations) == 420


def test_nobody_goes_along_from_another_batch(opened: Open) -> None:
    """Vans of the second step are not taken along in the first."""
    steps = [(["people"], 400), (["sick"], 20)]
    _, made = _formed(opened(_with_sick(clauses=[_linked(steps)])), {"bus": 4, "van": 2})
    assert not made.along


@st.composite
def _mixed(draw: st.DrawFn) -> Hamlet:
    people, sick = draw(st.integers(10, 120)), draw(st.integers(2, 20))
    first = draw(st.integers(1, people + sick))
    both = ["people", "sick"]
    slow = {"speed_factor": figure(draw(st.sampled_from([0.5, 1.0])))}
    return Hamlet(
        roads={("a", "x"): draw(st.integers(1, 30)), ("x", "r"): draw(st.integers(1, 30))},
        bays={"a": draw(st.integers(1, 4))},
        crossings={"x": (draw(st.sampled_from([30, 120])), draw(st.sampled_from([0, 30])))},
        special={("x", "van"): (20, 10)},
        quick={"van": 120},
        kinds={
            "bus": Kind(16, {"d": draw(st.integers(2, 5))}),
            "van": Kind(3, {"d": draw(st.integers(2, 4))}, slow),
        },
        groups={"people": Group(people, "a"), "sick": Group(sick, "a", ("van",))},
        convoys=(draw(st.integers(1, 2)), draw(st.integers(3, 5)), 600),
        teams=draw(st.sampled_from([None, 1, 3])),
        window={"daily": [{"from": "08:00", "to": "20:00"}]} if draw(st.booleans()) else {},
        clauses=[_linked([(both, first), (both, people + sick - first)][: 1 + (first < people)])],
    )


def _all_along(
    made: Anew,
    op: Operation,
    seed: int,
    tries: int,
    enough: Callable[[], bool],
    seconds: float = math.inf,
) -> Anew:
    """Take one vehicle of another type along wherever that can be, and wait for few others."""
    for patience in (0, -1):
        order = made.order.copy()
        release(order)
        for pair, others in made.along.items():
            mine = order[:, PAIR_OF] == pair
            order[mine, GUEST_OF], order[mine, GUESTS] = others[0], 1
        order[:, PATIENCE] = patience
        if made.along and settle(made.board, made.stages, order):
            return replace(made, order=order, tally=key(made.board))
    return made


def _always(_best: module._Choice, anew: Anew) -> module._Choice:
    return module._Choice(
        anew.division, anew.sizes, None, anew.board, anew.stages, anew.order, anew.tally
    )


MIXED: list[bool] = []


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(_mixed())
def _examples(hamlet: Hamlet) -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened = hamlet.write(Path(folder))
        with (
            patch.object(module, "improve_anew", _all_along),
            patch.object(module, "_instead", _always),
        ):
            plan: Plan = plan_of(opened, effort=Effort.quick())
        verification = verify(plan, opened)
    refused = [f for f in verification.findings if f.severity == "error"]
    assert not refused, "\n".join(map(str, refused))
    assert verification.lower_bound_verified
    MIXED.append(any(len(_kinds(r.vehicles)) > 1 for r in plan.rotations))


def test_checker_accepts_mixed_convoys() -> None:
    """A mixed convoy drives as its slowest, is inspected for all, and boards at bays in turn."""
    MIXED.clear()
    _examples()
    assert sum(MIXED) >= 5


def test_a_convoy_that_is_large_enough_need_not_wait(opened: Open) -> None:
    """Of three that come back one after another, two go at once; asked for all, they wait."""
    hamlet = Hamlet(
        bays={"a": 3},
        reception={"r": (1, None)},
        unload_s=HOUR,
        kinds={"bus": Kind(50, {"d": 3})},
        groups={"people": Group(300, "a")},
        convoys=(2, 3, 0),
        clauses=[_linked([(["people"], 300)])],
    )
    _, made = _formed(opened(hamlet), {"bus": 3})
    second = {}
    for patience in (-1, 0):
        order = np.repeat(made.order[:1], 3, axis=0)
        release(order)
        order[:, CREW_OF], order[:, PATIENCE], order[:, GUESTS] = 3, patience, 0
        assert settle(made.board, replace(made.stages, cuts=[0, 3]), order)
        rotation = rotations(made.board)[1]
        assert rotation.empty_leg is not None
        second[patience] = (len(rotation.vehicles), rotation.empty_leg.depart_s)
    # Each unloads for an hour, one after another.
    assert (second[-1][0], second[0][0]) == (3, 2)
    assert second[-1][1] == second[0][1] + HOUR
