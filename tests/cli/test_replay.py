"""``export`` and ``replay``: a result of ``clear`` taken to simulators."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safepassage.traffic.sumo import SUMO_FILES
from tests.cli.conftest import Command
from tests.cli.test_clear import WIDE
from tests.cli.test_clear import folder as town

folder = town


@pytest.fixture
def result(run: Command, folder: Path, tmp_path: Path) -> Path:
    """A result in which a lane of the bridge is reversed."""
    (folder / "link.csv").write_text(WIDE)
    out = tmp_path / "r.json"
    assert run("clear", str(folder), "--contraflow", "--out", str(out)).exit_code == 0
    return out


def test_export_writes_what_sumo_reads(run: Command, result: Path, tmp_path: Path):
    """All files, and no edge for the link that gives way."""
    told = run("export", str(result), "--out", str(tmp_path / "sumo"), "--json")
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    assert data["vehicles"] == 12
    assert [Path(f).name for f in data["files"]] == list(SUMO_FILES)
    edges = (tmp_path / "sumo" / "edges.edg.xml").read_text(encoding="utf-8")
    assert 'id="bc"' in edges
    assert 'id="cb"' not in edges
    assert "12 vehicles" in run("export", str(result), "--out", str(tmp_path / "sumo")).stdout


def test_a_result_that_is_refused_goes_nowhere(run: Command, result: Path, tmp_path: Path):
    """What the checker does not accept is not exported, and nothing is written."""
    result.write_text(result.read_text().replace('"vehicles": 12', '"vehicles": 13'))
    for args in (("export", str(result), "--out", str(tmp_path / "x")), ("replay", str(result))):
        told = run(*args, "--json")
        assert told.exit_code == 2
        assert [e["code"] for e in json.loads(told.stdout)["errors"]] == ["result-refused"]
    assert not (tmp_path / "x").exists()


def test_replay_tells_plan_and_simulation(run: Command, result: Path):
    """Both times of each share, in JSON and for a person."""
    pytest.importorskip("uxsim", reason="the extra uxsim is not installed")
    told = run("replay", str(result), "--json")
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    assert data["arrived"] == data["vehicles"] == 12
    assert data["planned"]["ete_100_s"] <= data["simulated"]["ete_100_s"] + 1
    spoken = run("replay", str(result)).stdout
    assert "12 of 12 vehicles out." in spoken
    assert "100%  plan" in spoken
