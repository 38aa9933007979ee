"""What the planner sees of the terms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.errors import BadInput
from safepassage.instance import compile_operation
from tests.convoy.hamlet import START, Group, Hamlet, Kind, compiled, figure

Open = Callable[[Hamlet], OpenCase]


def _clause(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "id": name, **fields}


def test_routes_are_cut_at_the_crossings(opened: Open) -> None:
    operation, _ = compiled(opened(Hamlet()))
    (out,) = operation.carry["a", "r"]
    assert (out.corridor, out.crossings) == ("c", ("x",))
    assert out.segments == (("a-x",), ("x-r",))
    (back,) = operation.fetch["d", "a"]
    assert back.segments == (("x-r~",), ("a-x~",))
    assert [operation.least_drive(s, "bus") for s in out.segments] == [600, 1_200]


def test_corridor_of_two_crossings_is_passed_in_order(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "y"): 5, ("y", "r"): 20},
        crossings={"x": (60, 0), "y": (30, 0)},
        corridors={"c": ["x", "y"]},
    )
    operation, _ = compiled(opened(hamlet))
    assert operation.carry["a", "r"][0].crossings == ("x", "y")
    assert operation.fetch["r", "a"][0].crossings == ("y", "x")


def test_way_without_a_crossing_comes_first(opened: Open) -> None:
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("x", "r"): 20, ("e", "a"): 5},
        depots={"d": "r", "inner": "e"},
        kinds={"bus": Kind(50, {"d": 1, "inner": 1})},
    )
    operation, _ = compiled(opened(hamlet))
    assert [r.corridor for r in operation.fetch["inner", "a"]] == [None, "c"]
    assert [r.corridor for r in operation.fetch["d", "a"]] == ["c"]


def test_later_inspection_clause_goes_first(opened: Open) -> None:
    def inspection(name: str, *entries: tuple[str, str, int]) -> dict[str, Any]:
        rows = [
            {"vehicle_class": k, "direction": d, "time": figure(f"{t}s")} for k, d, t in entries
        ]
        return _clause("inspection", name, crossing="x", inspection=rows)

    hamlet = Hamlet(
        crossings={"x": (60, 30)},
        kinds={"bus": Kind(50, {"d": 1}), "van": Kind(7, {"d": 1})},
        clauses=[
            inspection("early", ("bus", "out", 500)),
            inspection("late", ("bus", "both", 90), ("any", "out", 120)),
        ],
    )
    operation, _ = compiled(opened(hamlet))
    (crossing,) = operation.crossings
    # An entry for the class goes before one for any, whatever the direction.
    assert crossing.out == {"bus": 90, "van": 120}
    # The late clause has no entry for vans on the way in; the crossing itself has.
    assert crossing.back == {"bus": 90, "van": 30}
    assert crossing.clause_ids == ("window", "late", "early")


@pytest.mark.parametrize(("named", "returns"), [([], (False, False)), (["van"], (True, False))])
def test_return_of_vehicles(opened: Open, named: list[str], returns: tuple[bool, bool]) -> None:
    clause = _clause("return_of_vehicles", "back", returns=False, vehicles=named)
    hamlet = Hamlet(kinds={"bus": Kind(50, {"d": 1}), "van": Kind(7, {"d": 1})}, clauses=[clause])
    operation, _ = compiled(opened(hamlet))
    assert tuple(k.returns for k in operation.kinds) == returns


def test_own_vehicles_never_return(opened: Open) -> None:
    hamlet = Hamlet(
        kinds={"car": Kind(4, {"a": 2}, {"own": True})},
        groups={"people": Group(8, "a", ("car",))},
        clauses=[_clause("return_of_vehicles", "back", returns=True)],
    )
    operation, _ = compiled(opened(hamlet))
    assert [(k.own, k.returns, k.total) for k in operation.kinds] == [(True, False, 2)]


def test_driving_times_by_type_and_condition(opened: Open) -> None:
    snow = {
        "kind": "period",
        "id": "snow",
        "from": START,
        "to": "2030-01-02T08:00:00+00:00",
        "factor": figure(0.75),
    }
    hamlet = Hamlet(
        kinds={"bus": Kind(50, {"d": 1}, {"speed_factor": figure(0.5)})}, conditions=[snow]
    )
    operation, _ = compiled(opened(hamlet))
    assert operation.drive[("a-x",), "bus", Fraction(1)] == 1_200
    assert operation.drive[("a-x",), "bus", Fraction(3, 4)] == 1_600
    assert operation.least_drive(("a-x",), "bus") == 1_200, "the best there can be"


def test_escorts_come_from_the_clause_before_the_fleet(opened: Open) -> None:
    assert compiled(opened(Hamlet()))[0].teams is None
    assert compiled(opened(Hamlet(teams=4)))[0].teams == 4
    assert compiled(opened(Hamlet(teams=4, escort={"teams": figure(2)})))[0].teams == 2


def test_escorts_drive_alone_without_inspection(opened: Open) -> None:
    operation, _ = compiled(opened(Hamlet(teams=1)))
    assert operation.team_drive["r", "a"] == 1_800
    assert operation.team_drive["r", "d"] == 0


def test_proposal_without_people_or_start_cannot_be_planned(opened: Open) -> None:
    case = opened(Hamlet())
    terms = case.case.proposal()
    nobody = terms.model_copy(update={"clauses": terms.clauses[1:]})
    with pytest.raises(BadInput, match="expected a 'leave' clause"):
        compile_operation(case.case, case.network, nobody)
    never = terms.model_copy(update={"clauses": terms.clauses[:1]})
    with pytest.raises(BadInput, match="expected 'start'"):
        compile_operation(case.case, case.network, never)
