from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from safepassage.cases import OpenCase
from safepassage.plan import read_plan
from safepassage.stop import AnyOf, Gap, MaxRuntime
from tests.cli.conftest import Command
from tests.report import village

FIGURES = {
    "feasible",
    "clearance_time_s",
    "lower_bound_s",
    "gap",
    "deadline_s",
    "slack_s",
    "evacuated_by_deadline",
    "persons",
    "bottleneck",
}

Calls = list[dict[str, Any]]


def test_json_holds_what_is_promised(run: Command, case: Path, solver: Calls) -> None:
    result = run("plan", str(case), "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert told.keys() >= {*FIGURES, "by_count", "files", "not_modelled", "notice"}
    assert set(told["by_count"]) == {"low", "likely", "high"}
    for figures in told["by_count"].values():
        assert figures.keys() >= FIGURES
    assert {key: told[key] for key in FIGURES} == {
        key: told["by_count"]["likely"][key] for key in FIGURES
    }
    assert told["bottleneck"].keys() >= {"sentence", "clause_ids"}
    assert told["feasible"] is True
    assert told["by_count"]["high"]["feasible"] is False
    assert (told["clearance_time_s"], told["deadline_s"], told["slack_s"]) == (2400, 4500, 2100)
    assert told["files"] == []
    assert told["not_modelled"] == ["items"]
    assert "never a guarantee of safety" in told["notice"]


def test_no_deadline_is_null(run: Command, case: Path, solver: Calls) -> None:
    told = json.loads(run("plan", str(case), "--proposal", "open", "--json").stdout)
    assert told["deadline_s"] is None
    assert told["slack_s"] is None
    assert told["proposal"] == "open"


def test_answer_that_is_no_exits_with_1(
    run: Command, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(opened: OpenCase, proposal: str | None = None, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(plans={"high": village.plan(opened, "high")})

    module = ModuleType("safepassage.solver")
    module.solve = solve  # type: ignore[attr-defined]  # a stand-in module
    monkeypatch.setitem(sys.modules, "safepassage.solver", module)
    result = run("plan", str(case), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["feasible"] is False


def test_summary_for_a_person(run: Command, case: Path, solver: Calls) -> None:
    result = run("plan", str(case))
    assert result.exit_code == 0
    assert "Yes for 62 and 102" in result.stdout
    assert result.stderr == "", "no progress where nobody watches"


def test_report_is_written(run: Command, case: Path, solver: Calls, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = json.loads(run("plan", str(case), "--out", str(out), "--json").stdout)
    assert [Path(f).name for f in told["files"]] == [
        "plan.json",
        "plan-low.json",
        "plan-high.json",
        "timetable.csv",
        "report.html",
        "map.png",
        "strings.png",
        "curve.png",
    ]
    assert all(Path(f).is_file() for f in told["files"])
    assert read_plan(out / "plan.json").case.location == str(case)


def test_options_reach_the_planner(run: Command, case: Path, solver: Calls) -> None:
    run("plan", str(case), "--seed", "7", "--time-limit", "7.5", "--gap", "0.01")
    (call,) = solver
    assert call["seed"] == 7
    assert isinstance(call["stop"], AnyOf)
    limit, gap = call["stop"].criteria
    assert isinstance(limit, MaxRuntime)
    # The limit is for all three counts together.
    assert limit.seconds == 2.5
    assert gap == Gap(0.01)


def test_planner_decides_when_to_stop_unless_told(run: Command, case: Path, solver: Calls) -> None:
    run("plan", str(case))
    assert solver[0]["stop"] is None
    assert solver[0]["proposal"] is None
    assert solver[0]["progress"] is None


@pytest.mark.parametrize(
    "options",
    [
        ["--seed", "-1"],
        ["--seed", "x"],
        ["--time-limit", "0"],
        ["--time-limit", "nan"],
        ["--gap", "-0.1"],
        ["--out", ""],
        ["--nonsense"],
    ],
)
def test_wrong_options(run: Command, case: Path, solver: Calls, options: list[str]) -> None:
    result = run("plan", str(case), *options)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert solver == []


def test_unknown_proposal(run: Command, case: Path, solver: Calls) -> None:
    result = run("plan", str(case), "--proposal", "timd", "--json")
    assert result.exit_code == 2
    (error,) = json.loads(result.stdout)["errors"]
    assert error["code"] == "unknown-id"
    assert error["where"] == "--proposal"
    assert "timed" in error["message"]
    assert solver == []


def test_folder_that_is_a_file_is_told_before_planning(
    run: Command, case: Path, solver: Calls, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    result = run("plan", str(case), "--out", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert solver == []


def test_plan_that_the_checker_refuses_is_a_fault_of_the_program(
    run: Command, case: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def solve(opened: OpenCase, proposal: str | None = None, **_: Any) -> SimpleNamespace:
        plan = village.plan(opened, "likely")
        wrong = replace(plan, answer=replace(plan.answer, evacuated_by_deadline=103))
        return SimpleNamespace(plans={"likely": wrong})

    module = ModuleType("safepassage.solver")
    module.solve = solve  # type: ignore[attr-defined]  # a stand-in module
    monkeypatch.setitem(sys.modules, "safepassage.solver", module)
    result = run("plan", str(case), "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert error["code"] == "internal-fault"
    assert "the checker refuses the plan for the likely count" in error["message"]
    assert not (tmp_path / "out").exists()


def test_same_seed_gives_the_same_bytes(run: Command, case: Path, solver: Calls) -> None:
    assert run("plan", str(case), "--json").stdout == run("plan", str(case), "--json").stdout
