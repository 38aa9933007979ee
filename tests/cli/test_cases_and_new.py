from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_cases(run: Command) -> None:
    told = json.loads(run("cases", "--json").stdout)
    assert {"name": "aleppo-2016", "title": "Eastern Aleppo, 2016"} in told["cases"]
    spoken = run("cases")
    assert spoken.exit_code == 0
    assert len(spoken.stdout.splitlines()) == len(told["cases"])


def test_new_writes_a_case(run: Command, tmp_path: Path) -> None:
    told = json.loads(run("new", str(tmp_path / "mine"), "--json").stdout)
    assert str(tmp_path / "mine" / "case.yaml") in told["files"]
    assert all(Path(f).is_file() for f in told["files"])


def test_new_leaves_what_is_there(run: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = run("new", str(tmp_path), "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["code"] == "folder-not-empty"
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
