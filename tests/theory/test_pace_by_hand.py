"""An agreed pace, worked by hand.

The hamlet of ``test_by_hand``: a bus that meets nobody is at ``a`` at 1,800, has boarded at 2,100
and is at ``r`` 1,800 s after it departs (ten minutes and twenty minutes, without inspection).
Twelve buses and bays, so that nothing but the pace holds anybody up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.check import verify
from safepassage.plan import Plan
from safepassage.plan.reader import plan_from_json
from tests.convoy.hamlet import Group, Hamlet, Kind, figure, plan_of

HOUR = 3_600
LEG = 1_800
Data = dict[str, Any]


def _pace(persons: int, every: str, *groups: str) -> Data:
    return {
        "kind": "pace",
        "id": "pace",
        "persons": figure(persons),
        "every": figure(every),
        "groups": list(groups),
    }


def _hamlet(groups: dict[str, Group], *clauses: Data, **more: Any) -> Hamlet:
    return Hamlet(
        bays={"a": 12},
        crossings={"x": (0, 0)},
        reception={"r": (12, None)},
        kinds={"bus": Kind(50, {"d": 12})},
        groups=groups,
        clauses=list(clauses),
        **more,
    )


def _planned(hamlet: Hamlet, folder: Path) -> tuple[Plan, OpenCase]:
    opened = hamlet.write(folder)
    plan = plan_of(opened)
    assert not [str(f) for f in verify(plan, opened).findings if f.severity == "error"]
    return plan, opened


@pytest.mark.parametrize(
    ("persons", "let_go", "release"),
    [(300, 100, 2 * 6), (300, 150, 6), (301, 150, 2 * 6), (250, 60, 4 * 6), (50, 20, 2 * 6)],
)
def test_the_last_depart_in_the_period_that_lets_all_of_them_go(
    persons: int, let_go: int, release: int, tmp_path: Path
) -> None:
    """``ceil(M / N) - 1`` periods of six hours, and the way after it; the bound says the same."""
    hamlet = _hamlet({"people": Group(persons, "a")}, _pace(let_go, "6h"))
    plan, _ = _planned(hamlet, tmp_path)
    assert plan.answer.clearance_time_s == release * HOUR + LEG
    assert plan.answer.lower_bound_s == plan.answer.clearance_time_s
    assert plan.answer.bottleneck.clause_ids == ("pace",)


def test_a_pace_wider_than_the_fleet_changes_nothing(tmp_path: Path) -> None:
    """Six loads could all go in the first period, as they do without it."""
    groups = {"people": Group(300, "a")}
    free, _ = _planned(_hamlet(groups), tmp_path / "free")
    paced, _ = _planned(_hamlet(groups, _pace(300, "6h")), tmp_path / "paced")
    assert paced.answer.clearance_time_s == free.answer.clearance_time_s


def test_what_a_period_fell_short_of_is_made_up_for(tmp_path: Path) -> None:
    """One bus with a minute of inspection carries one load in the first hour, of two that may go;
    the others go as soon as it comes again, 4,080 s and 8,160 s later, before a third could."""
    hamlet = Hamlet(groups={"people": Group(150, "a")}, clauses=[_pace(100, "1h")])
    plan, _ = _planned(hamlet, tmp_path)
    assert plan.answer.clearance_time_s == 3 * 4_080 - 120


def test_only_the_groups_named_are_held_back(tmp_path: Path) -> None:
    """The others are out with their first journey, whatever the pace of the rest."""
    groups = {"slow": Group(100, "a"), "free": Group(200, "a")}
    plan, _ = _planned(_hamlet(groups, _pace(50, "1d", "slow")), tmp_path)
    out = {
        name: max(
            r.loaded_leg.arrive_s
            for r in plan.rotations
            if any(b.persons.get(name) for b in r.boarding)
        )
        for name in groups
    }
    assert out["slow"] == 86_400 + LEG
    assert out["free"] < 2 * HOUR


def test_the_bound_on_people_in_time_counts_the_periods(tmp_path: Path) -> None:
    """Out by 13 hours are those who depart by 13 h less 1,800 s: three periods of 100."""
    hamlet = _hamlet({"people": Group(500, "a")}, _pace(100, "6h"), leave={"within": figure("13h")})
    answer = _planned(hamlet, tmp_path)[0].answer
    assert (answer.evacuated_by_deadline, answer.evacuated_at_most) == (300, 300)
    assert not answer.feasible


def test_a_moment_before_the_way_is_over_nobody_more_is_in_time(tmp_path: Path) -> None:
    """A deadline of 12 h and 1,799 s is a second too early for the third period."""
    late = {"within": figure(f"{12 * HOUR + LEG - 1}s")}
    hamlet = _hamlet({"people": Group(500, "a")}, _pace(100, "6h"), leave=late)
    answer = _planned(hamlet, tmp_path)[0].answer
    assert (answer.evacuated_by_deadline, answer.evacuated_at_most) == (200, 200)


def _codes(data: Data, opened: OpenCase) -> set[str]:
    return {f.code for f in verify(plan_from_json(data), opened).findings if f.severity == "error"}


def _certificate(data: Data, claim: str) -> Data:
    found: Data = next(
        c
        for c in data["certificates"]
        if c["format"] == "safepassage-pace/1" and c["claim"] == claim
    )
    return found


def _a_second_sooner(data: Data) -> None:
    found = _certificate(data, "clearance-at-least")
    found["value"] += 1


def _one_person_fewer(data: Data) -> None:
    found = _certificate(data, "out-by-at-most")
    found["value"] -= 1


def _another_moment(data: Data) -> None:
    _certificate(data, "out-by-at-most")["by_s"] = 14 * HOUR + 6 * HOUR


def _a_clause_that_is_none(data: Data) -> None:
    _certificate(data, "out-by-at-most")["clause"] = "window"


def _a_key_too_many(data: Data) -> None:
    _certificate(data, "out-by-at-most")["grid"] = [0, 1]


def _no_number(data: Data) -> None:
    _certificate(data, "out-by-at-most")["value"] = True


SPOILT: dict[str, Callable[[Data], None]] = {
    "certificate-does-not-prove": _a_second_sooner,
    "certificate-does-not-prove ": _one_person_fewer,
    "certificate-does-not-prove  ": _another_moment,
    "certificate-malformed": _a_clause_that_is_none,
    "certificate-malformed ": _a_key_too_many,
    "certificate-malformed  ": _no_number,
}


@pytest.mark.parametrize("code", SPOILT)
def test_a_spoilt_proof_is_refused(code: str, tmp_path: Path) -> None:
    """One second or person more than the pace proves, or not of the form, is no proof."""
    hamlet = _hamlet({"people": Group(500, "a")}, _pace(100, "6h"), leave={"within": figure("13h")})
    plan, opened = _planned(hamlet, tmp_path)
    data = plan.to_json()
    assert _codes(data, opened) == set()
    SPOILT[code](data)
    assert code.strip() in _codes(data, opened)


def _second_period_at_once(data: Data) -> None:
    """Move a convoy of the second period, and all that it does, into the first."""
    second = next(r for r in data["rotations"] if r["loaded_leg"]["depart_s"] >= 6 * HOUR)
    _sooner(second["loaded_leg"], 6 * HOUR - 2_160)


def _sooner(part: Any, seconds: int) -> None:
    if isinstance(part, list):
        for item in part:
            _sooner(item, seconds)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key.endswith("_s"):
                part[key] = value - seconds
            else:
                _sooner(value, seconds)


def test_a_convoy_ahead_of_the_pace_is_refused(tmp_path: Path) -> None:
    """Nothing but the pace keeps the third load of two that may go in the first six hours."""
    hamlet = _hamlet({"people": Group(150, "a")}, _pace(100, "6h"))
    plan, opened = _planned(hamlet, tmp_path)
    data = plan.to_json()
    _second_period_at_once(data)
    assert "ahead-of-pace" in _codes(data, opened)


def test_the_same_plan_is_valid_where_the_pace_is_wider(tmp_path: Path) -> None:
    """The nearest pace that lets the convoys go takes the very plan that the other refuses."""
    groups = {"people": Group(150, "a")}
    fast, _ = _planned(_hamlet(groups), tmp_path / "fast")
    narrow = _hamlet(groups, _pace(149, "6h")).write(tmp_path / "narrow")
    wide = _hamlet(groups, _pace(150, "6h")).write(tmp_path / "wide")
    data = fast.to_json()
    assert "ahead-of-pace" in _codes(data, narrow)
    assert "ahead-of-pace" not in _codes(data, wide)
