"""The commands for the table: what they promise, what they write, what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command
from tests.negotiate.ford import ford


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ford")
    ford().write(folder)
    return str(folder)


def _json(run: Command, *args: str, code: int = 0) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.exit_code == code, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_window_tells_what_is_promised(run: Command, place: str) -> None:
    """The binding keys are there, and every claim without its evidence."""
    told = _json(run, "window", place, "--points", "3")
    assert told.keys() >= {"shortest_window_s", "lower_bound_s", "frontier", "by_count", "notice"}
    assert told["lower_bound_s"] <= told["shortest_window_s"]
    assert "suffices" not in told


def test_needs_tells_what_is_promised(run: Command, place: str) -> None:
    """Each change says what, from where to where, by which clause, and how long it then takes."""
    told = _json(run, "needs", place, "--proposal", "terms")
    assert told["feasible"] is False
    for change in told["changes"]:
        assert change.keys() >= {"what", "from", "to", "clause_id", "clearance_time_s", "proven"}


def test_compare_tells_what_is_promised(run: Command, place: str) -> None:
    """Every proposal with the binding keys."""
    told = _json(run, "compare", place)
    (row,) = told["proposals"]
    assert row.keys() >= {
        "id",
        "status",
        "feasible",
        "clearance_time_s",
        "lower_bound_s",
        "deadline_s",
        "evacuated_by_deadline",
        "shortest_window_s",
        "person_hours_waiting",
    }
    assert row["feasible"] is False


def test_compare_takes_plans_that_were_made_before(
    run: Command, place: str, tmp_path: Path
) -> None:
    """A plan file that fits is taken; a missing, a spoilt and another case's are a line each."""
    out = tmp_path / "plan"
    assert run("plan", place, "--out", str(out)).exit_code == 1
    told = _json(run, "compare", place, "--plan", str(out / "plan.json"))
    assert told["proposals"][0]["timetable"] in ("first", "given")
    spoilt = out / "spoilt.json"
    spoilt.write_text((out / "plan.json").read_text().replace('"persons": 600', '"persons": -1', 1))
    result = run("compare", place, "--plan", str(spoilt), "--plan", str(out / "none.json"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert [Path(line.split(":")[0]).name for line in result.stderr.strip().splitlines()] == [
        "none.json",
        "spoilt.json",
    ]
    changed = ("--set", "fleet.vehicles.bus.counts.d.count=2")
    result = run("compare", place, *changed, "--plan", str(out / "plan.json"))
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1)
    assert "same --set" in result.stderr


def test_delay_needs_the_source_of_a_rate(run: Command, place: str) -> None:
    """A rate comes with its source and as a range, or not at all."""
    dates = ("--from", "2030-01-01", "--to", "2030-01-05")
    assert _json(run, "delay", place, *dates)["casualties"] is None
    good = ("--rate", "0.01-0.2", "--rate-source", "somebody")
    assert len(_json(run, "delay", place, *dates, *good)["casualties"]) == 2
    bad = [
        ("--rate", "0.1-0.2"),
        ("--rate-source", "somebody"),
        ("--rate", "0.1", "--rate-source", "somebody"),
        ("--rate", "0.2-0.1", "--rate-source", "somebody"),
        ("--rate", "a-b", "--rate-source", "somebody"),
        ("--rate", "1e999999999-2", "--rate-source", "somebody"),
    ]
    for options in bad:
        told = _json(run, "delay", place, *dates, *options, code=2)
        assert len(told["errors"]) == 1


@pytest.mark.parametrize("name", ["window", "needs", "compare"])
def test_files_are_written_and_verified(
    run: Command, place: str, tmp_path: Path, name: str
) -> None:
    """What is written is what the checker accepts; text forms lie beside it."""
    out = tmp_path / "out"
    result = run(name, place, "--out", str(out))
    assert result.exit_code == 0, result.output
    names = {file.name for file in out.iterdir()}
    assert names >= {f"{name}.json", f"{name}.md", f"{name}.csv"}
    verified = run("verify", str(out / f"{name}.json"), "--json")
    assert verified.exit_code == 0, verified.output
    assert json.loads(verified.stdout)["valid"] is True


def test_settings_travel_with_the_answer(run: Command, place: str, tmp_path: Path) -> None:
    """An answer to a what-if says so, and is verified against the changed terms."""
    out = tmp_path / "out"
    setting = "fleet.vehicles.bus.counts.d.count=2"
    told = _json(run, "window", place, "--points", "0", "--set", setting, "--out", str(out))
    assert told["settings"] == [setting]
    assert run("verify", str(out / "window.json")).exit_code == 0
    assert setting in (out / "window.md").read_text(encoding="utf-8").replace("\\", "")


def test_brief_holds_only_what_is_shared(run: Command, place: str, tmp_path: Path) -> None:
    """Nothing is marked as shared in the ford, so the brief shows no term and no figure."""
    out = tmp_path / "out"
    assert run("compare", place, "--out", str(out), "--for", "council").exit_code == 0
    brief = (out / "brief-council.html").read_text(encoding="utf-8")
    assert "no proposal as shared" in brief
    assert "clause-window" not in brief
    assert "clause-window" in (out / "compare.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "args",
    [
        ("needs", "--proposal", "nix"),
        ("window", "--proposal", "nix"),
        ("needs", "--weight", "vehicles:bus"),
        ("needs", "--weight", "trams=1"),
        ("window", "--set", "fleet.nix=1"),
        ("compare", "--for", "nix"),
        ("compare", "--for", "council"),
        ("delay", "--from", "soon", "--to", "2030-01-01"),
        ("delay", "--from", "2030-01-01"),
        ("window", "--out", ""),
        ("needs", "--time-limit", "nan"),
        ("simulate", "--precision", "nan"),
    ],
)
def test_bad_input_is_one_clear_line(run: Command, place: str, args: tuple[str, ...]) -> None:
    """Wrong names, weights, dates and settings: one line, exit code 2, nothing written."""
    result = run(args[0], place, *args[1:])
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert result.stdout == ""


STEPS = "proposals.linked-deal-17-dec.clauses.lnk-steps.steps"
LATER = "{rule: after_safe_arrival_of_step, step: step-3, gist: a test}"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("compare", "--set", f"{STEPS}.step-1.after=[step-4]"), "a circle"),
        (("compare", "--set", f"{STEPS}.step-2.release=[{LATER}]"), "step-3"),
        (("plan", "--set", f"{STEPS}.step-1.batches.0.share=1/7"), "a whole number of people"),
        (("window", "--set", f"{STEPS}.step-1.batches.1.persons=12500"), "at most 4000 people"),
        (("needs", "--proposal", "us-russia-9-sep"), "expected a 'leave' clause"),
        (("window", "--proposal", "us-russia-9-sep"), "expected a 'leave' clause"),
        (("plan", "--proposal", "us-russia-9-sep"), "expected a 'leave' clause"),
        (("compare", "--set", "fleet.vehicles.bus.count=3"), "known step"),
        (("compare", "--set", "fleet.vehicles.bus.counts.0.count=many"), "whole number"),
        (("window", "--set", "fleet.vehicles.bus=3"), "add a step"),
        (("compare", "--set", "fleet.vehicles.bus.counts.0.count"), "path=value"),
    ],
)
def test_terms_that_cannot_be_are_told_in_one_line(
    run: Command, args: tuple[str, ...], words: str
) -> None:
    """Circles, waits in vain, parts of people, nobody who leaves: a line that says what is so."""
    result = run(args[0], "aleppo-2016", *args[1:])
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert words in result.stderr
    assert result.stdout == ""
