"""``--json`` holds at least the keys that other programs rely on."""

from __future__ import annotations

import json
from typing import Any

from tests.docs.conftest import Shell

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
CLEARANCE = {
    "clearance_time_s",
    "lower_bound_s",
    "gap",
    "vehicles",
    "solve_s",
    "evacuated_by_deadline",
    "bottleneck",
}
FINDING = {"code", "severity", "clause_id", "message"}


def _told(shell: Shell, command: str, exit_code: int) -> dict[str, Any]:
    done = shell(f"safepassage {command} --json")
    assert done.exit_code == exit_code, done.output
    told = json.loads(done.output)
    assert isinstance(told, dict)
    return told


def test_cases(shell: Shell) -> None:
    (first, *_) = _told(shell, "cases", 0)["cases"]
    assert first.keys() >= {"name", "title"}


def test_check(shell: Shell) -> None:
    told = _told(shell, "check aleppo-2016", 1)
    assert told["findings"]
    assert all(found.keys() >= FINDING for found in told["findings"])
    assert "lnk-breach" in told["not_modelled"]


def test_plan(shell: Shell) -> None:
    told = _told(shell, "plan aleppo-2016", 1)
    assert told.keys() >= {*FIGURES, "by_count", "files"}
    assert set(told["by_count"]) == {"low", "likely", "high"}
    for figures in told["by_count"].values():
        assert figures.keys() >= FIGURES
        assert figures["bottleneck"].keys() >= {"sentence", "clause_ids"}
    assert {key: told[key] for key in FIGURES} == {
        key: told["by_count"]["likely"][key] for key in FIGURES
    }
    assert told["files"] == []


def test_plan_without_a_deadline(shell: Shell) -> None:
    told = _told(shell, "plan aleppo-2016 --proposal agreement-13-dec", 0)
    assert told["deadline_s"] is None
    assert told["slack_s"] is None


def test_verify(shell: Shell) -> None:
    shell("safepassage plan aleppo-2016 --out out")  # as in the tutorial
    told = _told(shell, "verify out/plan.json", 0)
    assert told.keys() >= {"valid", "findings", "lower_bound_verified"}
    assert told["valid"] is True
    assert told["lower_bound_verified"] is True


def test_clear(shell: Shell) -> None:
    told = _told(shell, "clear --example --deadline 3600 --out example.json", 0)
    assert told.keys() >= CLEARANCE
    assert told["bottleneck"]["sentence"]
    verified = _told(shell, "verify example.json", 0)
    assert verified.keys() >= {"valid", "findings", "lower_bound_verified"}
    assert verified["lower_bound_verified"] is True


def test_compare(shell: Shell) -> None:
    told = _told(shell, "compare aleppo-2016", 0)
    keys = {"id", "status", "feasible", "clearance_time_s", "lower_bound_s", "deadline_s"}
    keys |= {"evacuated_by_deadline", "shortest_window_s", "person_hours_waiting"}
    assert len(told["proposals"]) == 15
    for row in told["proposals"]:
        assert row.keys() >= keys


def test_window(shell: Shell) -> None:
    told = _told(shell, "window aleppo-2016 --points 2", 0)
    assert told.keys() >= {"shortest_window_s", "lower_bound_s", "frontier"}
    assert told["frontier"]


def test_needs(shell: Shell) -> None:
    told = _told(shell, "needs aleppo-2016 --proposal us-russia-48h", 0)
    assert told["changes"]
    for change in told["changes"]:
        assert change.keys() >= {"what", "from", "to", "clause_id", "clearance_time_s"}


def test_network_import(shell: Shell) -> None:
    told = _told(shell, "network import town.osm --out told", 0)
    assert told.keys() >= {"nodes", "links", "imputed", "findings"}
    assert told["nodes"] > 0
    assert told["imputed"] > 0


def test_faults(shell: Shell) -> None:
    """On stdout as JSON; the runner shows stderr as well, so only the object is read."""
    done = shell("safepassage plan aleppo-2016 --proposal nix --json")
    assert done.exit_code == 2
    (error,) = json.loads(done.output[done.output.index("{") :])["errors"]
    assert error.keys() == {"code", "message", "where"}
