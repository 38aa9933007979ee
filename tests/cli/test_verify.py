from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from safepassage.cases import open_case
from safepassage.plan import Plan, write_plan
from tests.cli.conftest import Command
from tests.report import village


@pytest.fixture
def plan(case: Path) -> Plan:
    return village.plan(open_case(case), "likely")


@pytest.fixture
def file(plan: Plan, tmp_path: Path) -> Path:
    write_plan(plan, tmp_path / "plan.json")
    return tmp_path / "plan.json"


def test_good_plan(run: Command, file: Path) -> None:
    result = run("verify", str(file), "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["valid"] is True
    assert told["lower_bound_verified"] is True
    assert not [f for f in told["findings"] if f["severity"] == "error"]


def test_good_plan_for_a_person(run: Command, file: Path) -> None:
    result = run("verify", str(file))
    assert result.exit_code == 0
    assert "valid. 2 rotations replayed; bounds verified." in result.stdout
    assert "never a guarantee of safety" in result.stdout


def test_refused_plan(run: Command, plan: Plan, file: Path) -> None:
    write_plan(replace(plan, answer=replace(plan.answer, persons=103)), file)
    result = run("verify", str(file), "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["valid"] is False
    assert all(f.keys() >= {"code", "severity", "clause_id", "message"} for f in told["findings"])
    spoken = run("verify", str(file))
    assert spoken.exit_code == 1
    assert "refused, " in spoken.stdout


def test_settings_of_a_plan_that_do_not_fit_are_told_as_the_files(
    run: Command, plan: Plan, file: Path
) -> None:
    """Who never wrote ``--set`` is told where the setting stands, each in one line."""
    changed = ("fleet.vehicles.tram.seats=9", "places", "groups.civilians.persons.low=many")
    write_plan(replace(plan, case=replace(plan.case, overrides=changed)), file)
    result = run("verify", str(file))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{file}: case.overrides") for line in lines)
    assert "--set" not in result.stderr


def test_case_that_has_changed(run: Command, case: Path, file: Path) -> None:
    """The digest has to match: a plan is good only for the terms it was made from."""
    (case / "case.yaml").write_text((case / "case.yaml").read_text() + "\n")
    result = run("verify", str(file), "--json")
    assert result.exit_code == 1
    assert "other-digest" in {f["code"] for f in json.loads(result.stdout)["findings"]}


def test_against_a_copy(run: Command, case: Path, file: Path, tmp_path: Path) -> None:
    case.rename(tmp_path / "moved")
    gone = run("verify", str(file))
    assert gone.exit_code == 2
    assert "--against" in gone.stderr
    assert run("verify", str(file), "--against", str(tmp_path / "moved")).exit_code == 0


def test_against_another_case(run: Command, file: Path) -> None:
    assert run("verify", str(file), "--against", "aleppo-2016").exit_code == 1


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "safepassage-plan/1"}'])
def test_file_that_is_no_plan(run: Command, tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)
    result = run("verify", str(tmp_path / "x.json"), "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert errors
    assert all(e.keys() == {"code", "message", "where"} for e in errors)
    assert len(result.stderr.splitlines()) == len(errors)


def test_file_that_is_not_there(run: Command, tmp_path: Path) -> None:
    assert run("verify", str(tmp_path / "nix.json")).exit_code == 2
    assert run("verify", str(tmp_path)).exit_code == 2


def test_plan_cannot_steer_the_terminal(run: Command, plan: Plan, file: Path) -> None:
    write_plan(replace(plan, proposal="\x1b[2Jx"), file)
    result = run("verify", str(file))
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
