"""The one way in: levels, seeds, progress, and the answer's numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import OpenCase, open_case
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from safepassage.errors import BadInput
from safepassage.plan import dumps_plan
from safepassage.solver import LEVELS, solve
from safepassage.stop import Gap
from tests.convoy.hamlet import Group, Hamlet, figure


@pytest.fixture(scope="module")
def aleppo() -> OpenCase:
    return open_case("aleppo-2016")


def test_every_level_is_planned_and_valid(aleppo: OpenCase) -> None:
    result = solve(aleppo, stop=Gap(0.05))
    assert tuple(result.plans) == LEVELS
    assert result.elapsed_s > 0
    for level, plan in result.plans.items():
        assert plan.count == level
        verdict = verify(plan, aleppo)
        assert verdict.valid
        assert verdict.lower_bound_verified


def test_same_seed_same_bytes(aleppo: OpenCase) -> None:
    texts = [
        dumps_plan(solve(aleppo, seed=5, stop=Gap(0.0), levels=["low"]).plans["low"])
        for _ in range(2)
    ]
    assert texts[0] == texts[1]
    assert '"seed": 5' in texts[0]


def test_progress_is_told(aleppo: OpenCase) -> None:
    told: list[str] = []
    solve(
        aleppo,
        stop=Gap(0.0),
        levels=["high"],
        effort=Effort(rounds=1, steps=50),
        progress=told.append,
    )
    assert told[0] == "high count: planning"
    assert any("first timetable" in line for line in told)
    assert any("bound" in line and "h)" in line for line in told)


def test_unknown_proposal_names_the_known_ones(aleppo: OpenCase) -> None:
    with pytest.raises(BadInput, match=r"expected one of .*agreement-13-dec.*, got 'peace'"):
        solve(aleppo, "peace")


def test_proposal_of_words_cannot_be_planned(aleppo: OpenCase) -> None:
    with pytest.raises(BadInput, match="un-resolution-2328"):
        solve(aleppo, "un-resolution-2328")


def test_numbers_of_the_answer(tmp_path: Path) -> None:
    """Two loads of fifty: out at 3,960 and 8,040 s; the window ends after two hours."""
    hamlet = Hamlet(groups={"people": Group(100, "a")}, window={"length": figure("2h")})
    case = hamlet.write(tmp_path)
    answer = solve(case, levels=["likely"], stop=Gap(0.0)).plans["likely"].answer
    assert (answer.persons, answer.evacuated_by_deadline) == (100, 50)
    assert answer.clearance_time_s == 8_040
    assert (answer.window_end_s, answer.deadline_s) == (7_200, 7_200)
    assert answer.slack_s == 7_200 - 8_040
    assert answer.person_seconds_waiting == 50 * 3_960 + 50 * 8_040
    assert not answer.feasible
    assert answer.gap is not None
    assert answer.gap == 8_040 / answer.lower_bound_s - 1
    assert 50 <= answer.evacuated_at_most < 100


@pytest.mark.parametrize("persons", [0, 50])
def test_a_group_of_nobody_keeps_its_deadline(tmp_path: Path, persons: int) -> None:
    """The deadline is that of the terms, for planner and checker alike, whoever is there to go."""
    groups = {"people": Group(persons, "a"), "nobody": Group(0, "a")}
    later = {
        "kind": "leave",
        "id": "later",
        "gist": "They leave later.",
        "groups": ["nobody"],
        "within": figure("9h"),
        "assumed": "made up for tests",
    }
    hamlet = Hamlet(
        groups=groups, leave={"groups": ["people"], "within": figure("3h")}, clauses=[later]
    )
    case = hamlet.write(tmp_path)
    plan = solve(case, levels=["likely"]).plans["likely"]
    assert plan.answer.deadline_s == 9 * 3_600
    assert plan.answer.feasible
    assert verify(plan, case).valid


def test_a_bound_of_everybody_is_no_bottleneck(tmp_path: Path) -> None:
    """Where no proof rules out that all are in time, the bottleneck is that of the clearance."""
    hamlet = Hamlet(
        groups={"people": Group(100, "a")},
        conditions=[
            {
                "kind": "period",
                "id": "snow",
                "from": "2030-01-01T09:00:00+00:00",
                "to": "2030-01-02T09:00:00+00:00",
                "factor": figure(0.5),
            }
        ],
        leave={"within": figure("3h")},
    )
    answer = solve(hamlet.write(tmp_path), levels=["likely"]).plans["likely"].answer
    assert not answer.feasible
    assert answer.evacuated_at_most == answer.persons
    assert answer.bottleneck.resource == "fleet/bus"


def test_assumptions_are_listed(tmp_path: Path) -> None:
    case = Hamlet().write(tmp_path)
    plan = solve(case, levels=["likely"]).plans["likely"]
    where = [a.where for a in plan.assumptions]
    assert "network/length" in where
    assert any(w.startswith("groups/people/persons") for w in where)
    assert any(w.startswith("proposals/terms/clauses/window") for w in where)
