from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from safepassage.errors import BadInput
from safepassage.plan.reader import plan_from_json
from tests.plan.sample import PLAN

Bend = Callable[[dict[str, Any]], Any]


def bent(bend: Bend) -> dict[str, Any]:
    data = copy.deepcopy(PLAN.to_json())
    bend(data)
    return data


def faults(bend: Bend) -> list[tuple[str, str]]:
    with pytest.raises(BadInput) as caught:
        plan_from_json(bent(bend), "p.json")
    return [(fault.where, fault.code) for fault in caught.value.faults]


def parent(data: dict[str, Any], *path: str | int) -> Any:
    part: Any = data
    for key in path:
        part = part[key]
    return part


def _set(*path: str | int, value: Any) -> Bend:
    def bend(data: dict[str, Any]) -> None:
        parent(data, *path[:-1])[path[-1]] = value

    return bend


LEG_AT = ("rotations", 0, "loaded_leg")
WHERE_LEG = "p.json:rotations[0].loaded_leg"


@pytest.mark.parametrize(
    ("bend", "where", "code"),
    [
        (_set("format", value="safepassage-plan/9"), "p.json:format", "plan-bad-value"),
        (_set("extra", value=1), "p.json:extra", "plan-unknown-key"),
        (lambda d: d.pop("left"), "p.json:left", "plan-missing-key"),
        (_set("case", value=None), "p.json:case", "plan-wrong-type"),
        (_set("case", "digest", value="ABC"), "p.json:case.digest", "plan-bad-value"),
        (_set("case", "overrides", value="a=1"), "p.json:case.overrides", "plan-wrong-type"),
        (_set("count", value="most"), "p.json:count", "plan-bad-value"),
        (_set("answer", "gap", value=10**400), "p.json:answer.gap", "plan-bad-value"),
        (_set("seed", value=True), "p.json:seed", "plan-wrong-type"),
        (_set("seed", value=-1), "p.json:seed", "plan-bad-value"),
        (_set("start", value="2030-05-10T06:30"), "p.json:start", "plan-bad-value"),
        (_set("start", value=0), "p.json:start", "plan-wrong-type"),
        (_set("notice", value=""), "p.json:notice", "plan-bad-value"),
        (_set("proposal", value="\ud800"), "p.json:proposal", "plan-bad-value"),
        (_set("answer", "feasible", value=1), "p.json:answer.feasible", "plan-wrong-type"),
        (_set("answer", "gap", value=float("nan")), "p.json:answer.gap", "plan-bad-value"),
        (_set("answer", "gap", value=False), "p.json:answer.gap", "plan-wrong-type"),
        (_set("answer", "persons", value=1.0), "p.json:answer.persons", "plan-wrong-type"),
        (_set("answer", "persons", value=10**30), "p.json:answer.persons", "plan-bad-value"),
        (_set("left", 0, "persons", value=0), "p.json:left[0].persons", "plan-bad-value"),
        (_set("certificates", 0, value=[]), "p.json:certificates[0]", "plan-wrong-type"),
        (_set("rotations", value={}), "p.json:rotations", "plan-wrong-type"),
        (
            _set("rotations", 0, "vehicles", value=[]),
            "p.json:rotations[0].vehicles",
            "plan-bad-value",
        ),
        (_set(*LEG_AT, "depart_s", value=-1), f"{WHERE_LEG}.depart_s", "plan-bad-value"),
        (_set(*LEG_AT, "arrive_s", value="5"), f"{WHERE_LEG}.arrive_s", "plan-wrong-type"),
        (_set(*LEG_AT, "links", 1, value=7), f"{WHERE_LEG}.links[1]", "plan-wrong-type"),
        (lambda d: parent(d, *LEG_AT).pop("from"), f"{WHERE_LEG}.from", "plan-missing-key"),
        (_set(*LEG_AT, "from_", value="x"), f"{WHERE_LEG}.from_", "plan-unknown-key"),
        (
            _set(*LEG_AT, "stops", 0, "leave_s", value=None),
            f"{WHERE_LEG}.stops[0].leave_s",
            "plan-wrong-type",
        ),
        (
            _set("rotations", 0, "boarding", 0, "persons", "civilians", value=0),
            "p.json:rotations[0].boarding[0].persons.civilians",
            "plan-bad-value",
        ),
        (
            _set("rotations", 0, "boarding", 0, "persons", value=[50]),
            "p.json:rotations[0].boarding[0].persons",
            "plan-wrong-type",
        ),
        (
            _set("rotations", 0, "unloading", 0, "bay", value=None),
            "p.json:rotations[0].unloading[0].bay",
            "plan-wrong-type",
        ),
    ],
)
def test_structural_faults_are_told_with_their_place(bend: Bend, where: str, code: str) -> None:
    assert faults(bend) == [(where, code)]


def test_all_faults_are_told_at_once() -> None:
    def bend(data: dict[str, Any]) -> None:
        data["seed"] = "7"
        del data["answer"]["gap"]
        data["rotations"][1]["id"] = 5
        data["surprise"] = None

    assert set(faults(bend)) == {
        ("p.json:seed", "plan-wrong-type"),
        ("p.json:answer.gap", "plan-missing-key"),
        ("p.json:rotations[1].id", "plan-wrong-type"),
        ("p.json:surprise", "plan-unknown-key"),
    }


@pytest.mark.parametrize("data", [None, [], "plan", 3, True])
def test_what_is_no_object_is_no_plan(data: object) -> None:
    with pytest.raises(BadInput, match="expected an object") as caught:
        plan_from_json(data, "p.json")
    assert caught.value.faults[0].where == "p.json"


def test_faults_without_end_are_cut() -> None:
    """A file that is wrong throughout is told by its first 200 faults, and that there are more."""

    def strangers(count: int) -> Bend:
        return lambda data: data.update({f"stranger{i:03}": 1 for i in range(count)})

    assert len(faults(strangers(200))) == 200
    told = faults(strangers(300))
    assert len(told) == 201
    assert ("p.json", "too-many-faults") in told
