"""New case, plan, verify: the commands after one another, in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def safepassage(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "safepassage", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template case with its report: planning it takes seconds, so it is done once."""
    return tmp_path_factory.mktemp("end-to-end")


@pytest.fixture(scope="module")
def planned(folder: Path) -> subprocess.CompletedProcess[str]:
    assert safepassage("new", str(folder / "case")).returncode == 0
    return safepassage("plan", str(folder / "case"), "--out", str(folder / "out"), "--json")


def test_stdout_is_one_json_object_and_nothing_else(
    planned: subprocess.CompletedProcess[str],
) -> None:
    told = json.loads(planned.stdout)
    assert planned.returncode == (0 if told["feasible"] else 1), planned.stderr
    assert planned.stderr == ""
    assert told["lower_bound_verified"] is True


@pytest.mark.parametrize("name", ["plan.json", "plan-low.json", "plan-high.json"])
def test_written_plans_verify(
    planned: subprocess.CompletedProcess[str], folder: Path, name: str
) -> None:
    done = safepassage("verify", str(folder / "out" / name), "--json")
    assert json.loads(done.stdout)["valid"] is True
    assert done.returncode == 0
