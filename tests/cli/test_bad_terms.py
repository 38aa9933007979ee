"""Terms that cannot be, through every command that can change a term: one line, no more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from safepassage.cli.main import COMMANDS as ALL
from tests.cli.conftest import Command
from tests.convoy.hamlet import Group, Hamlet, Kind, figure
from tests.docs.commands import parts_of

NEEDED = {"delay": ("--from", "2030-01-01", "--to", "2030-01-05")}
"""Options without which a command does not begin."""

COMMANDS = ("compare", "delay", "needs", "observe", "plan", "simulate", "window")
"""All that take ``--set``, as a test below holds."""

FIRST = "{rule: first_mover, waiting: [north], awaited: [south], gist: x}"
STEPS = "proposals.terms.clauses.steps.steps"

BAD = {
    "a circle": (f"{STEPS}.one.after=[two]", "a circle"),
    "a circle through a rule": (
        f"proposals.terms.clauses.steps.rules=[{FIRST}]",
        "'south' to move",
    ),
    "no whole people": (f"{STEPS}.one.batches.0.share=1/7", "a whole number of people"),
    "more than the group": (f"{STEPS}.one.batches.1.persons=61", "at most 60 people"),
    "a step unknown": (f"{STEPS}.two.after=[three]", "expected a step of this clause"),
    "nobody is left": (f"{STEPS}.one.batches.1.rest=true", "exactly one of"),
    "no such path": ("fleet.trams=3", "known step"),
    "no such entry": ("groups.west.persons.low=3", "known step"),
    "too short a path": ("fleet.vehicles.bus=3", "add a step"),
    "text for a number": ("fleet.vehicles.bus.counts.d.count=many", "whole number"),
    "a number below 0": ("fleet.vehicles.bus.counts.d.count=-1", "whole number"),
    "a list for text": ("groups.north.name=[a]", "text"),
    "no value": ("title", "path=value"),
    "not YAML": ("title=[", "--set title"),
    "an id that is not there": ("groups.north.vehicles=[nix]", "'nix'"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sides in two steps, and a truce by which nobody leaves."""
    folder = tmp_path_factory.mktemp("pair")
    hamlet = Hamlet(
        roads={("a", "x"): 10, ("b", "x"): 10, ("x", "r"): 20},
        bays={"a": 1, "b": 1},
        kinds={"bus": Kind(50, {"d": 1})},
        groups={"north": Group(60, "a"), "south": Group(60, "b")},
        clauses=[_steps()],
    )
    hamlet.write(folder)
    file = folder / "case.yaml"
    data = json.loads(file.read_text(encoding="utf-8"))
    (terms,) = data["proposals"]
    kept = [c for c in terms["clauses"] if c["kind"] == "window"]
    data["proposals"].append({**terms, "id": "truce", "clauses": [{**kept[0], "id": "lull"}]})
    file.write_text(json.dumps(data), encoding="utf-8")
    return folder


def _steps() -> dict[str, Any]:
    half = [
        {"groups": ["north"], "share": figure("1/2")},
        {"groups": ["north"], "persons": figure(5)},
    ]
    then = {"id": "two", "gist": "x", "after": ["one"]}
    return {
        "kind": "linked",
        "id": "steps",
        "steps": [
            {"id": "one", "gist": "x", "batches": half},
            {**then, "batches": [{"groups": ["south"], "rest": True}]},
        ],
    }


def _takes(name: str, option: str) -> bool:
    return any(option in p.opts for _, command in parts_of(name) for p in command.params)


def _refused(run: Command, name: str, place: Path, out: Path, *args: str) -> str:
    """One line of the command, with exit code 2 and nothing written; the same in JSON."""
    writes = ("--out", str(out)) if _takes(name, "--out") else ()
    asked = (name, str(place), *NEEDED.get(name, ()), *writes, *args)
    if name == "observe":
        asked += ("--history",)
    result = run(*asked)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    (line,) = result.stderr.strip().splitlines()
    told = run(*asked, "--json")
    assert (told.exit_code, told.stderr) == (2, result.stderr)
    (error,) = json.loads(told.stdout)["errors"]
    assert line == f"{error['where']}: {error['message']}"
    assert not out.exists()
    return line


def test_commands_are_known() -> None:
    """Whoever gives another command ``--set`` has it tried here, with the options it needs."""
    assert sorted(name for name in ALL if _takes(name, "--set")) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("what", BAD)
def test_terms_that_cannot_be_are_one_line(
    run: Command, place: Path, tmp_path: Path, name: str, what: str
) -> None:
    """Whatever is asked, terms that cannot be are told in one line that names the setting."""
    setting, words = BAD[what]
    line = _refused(run, name, place, tmp_path / "out", "--set", setting)
    assert line.startswith("--set")
    assert words in line


@pytest.mark.parametrize("name", sorted({*COMMANDS} - {"compare"}))
def test_a_proposal_by_which_nobody_leaves_is_one_line(
    run: Command, place: Path, tmp_path: Path, name: str
) -> None:
    """A truce cannot be planned, and an id that is not there names nothing."""
    line = _refused(run, name, place, tmp_path / "out", "--proposal", "truce")
    assert "'leave' clause" in line
    line = _refused(run, name, place, tmp_path / "out", "--proposal", "nix")
    assert "terms, truce" in line


@pytest.fixture(scope="module")
def spoilt(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder, with two steps that wait for each other."""
    folder = tmp_path_factory.mktemp("spoilt") / "pair"
    shutil.copytree(place, folder)
    text = (place / "case.yaml").read_text(encoding="utf-8")
    data = json.loads(text)
    data["proposals"][0]["clauses"][-1]["steps"][0]["after"] = ["two"]
    (folder / "case.yaml").write_text(json.dumps(data), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [*COMMANDS, "check"])
def test_a_folder_with_terms_that_cannot_be_is_one_line(
    run: Command, spoilt: Path, tmp_path: Path, name: str
) -> None:
    """What stands in the file is told with its line there."""
    line = _refused(run, name, spoilt, tmp_path / "out")
    assert line.startswith(f"{spoilt / 'case.yaml'}:1: expected steps that can begin")


def test_a_plan_is_not_judged_by_terms_that_cannot_be(
    run: Command, place: Path, spoilt: Path, tmp_path: Path
) -> None:
    """``verify`` reads the terms as every command does."""
    out = tmp_path / "plan"
    assert run("plan", str(place), "--out", str(out)).exit_code == 0
    file = str(out / "plan.json")
    assert run("verify", file, "--against", str(place)).exit_code == 0
    result = run("verify", file, "--against", str(spoilt))
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.strip().splitlines()) == 1
