"""The command as a person or a program meets it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from safepassage.cli import simulate as command_module
from safepassage.cli.interruption import Interruption
from safepassage.simulate import asking
from safepassage.simulate import study as study_module
from safepassage.simulate.sizes import SIZES
from tests.cli.conftest import Command
from tests.convoy.hamlet import Group, figure
from tests.negotiate.ford import ford

PROMISED = {
    "p_deadline",
    "p_deadline_ci",
    "ete_50_s",
    "ete_90_s",
    "ete_95_s",
    "runs",
    "drivers",
    "files",
    "notice",
}
QUICK = ("--runs", "300", "--no-changes")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ford whose 200 people at least can be out in time, and whose 480 at most cannot."""
    folder: Path = tmp_path_factory.mktemp("ford") / "case"
    persons = {"low": figure(200), "likely": figure(300), "high": figure(480)}
    group = Group(300, "a", more={"persons": persons})
    ford(groups={"people": group}).write(folder)
    return str(folder)


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints go into a folder of their own; what is asked beside the study is asked little."""
    monkeypatch.chdir(tmp_path)
    few = replace(SIZES["slip"], points=64, worth=200, changes=200, curves=100, robust=200)
    monkeypatch.setattr(asking, "SIZES", {**SIZES, "slip": few})


def test_json_holds_what_is_promised(run: Command, place: str) -> None:
    """One object, nothing on stderr, and the keys that others rely on."""
    result = run("simulate", place, *QUICK, "--json")
    assert result.stderr == ""
    told = json.loads(result.stdout)
    assert told.keys() >= PROMISED
    assert told["runs"] == 300
    low, high = told["p_deadline_ci"]
    assert low <= told["p_deadline"] <= high
    assert result.exit_code == (0 if told["p_deadline"] >= 0.5 else 1)
    assert {d["unknown"] for d in told["drivers"]} >= {"people.people", "events"}
    assert told["files"] == []
    assert list(Path().iterdir()) == []


def test_same_seed_gives_the_same_bytes_on_any_engine(run: Command, place: str) -> None:
    """One process or two: the same text; another seed: another one."""
    one = run("simulate", place, *QUICK, "--json", "--workers", "1")
    two = run("simulate", place, *QUICK, "--json", "--workers", "2")
    assert one.stdout == two.stdout
    other = run("simulate", place, *QUICK, "--json", "--seed", "1")
    assert other.stdout != one.stdout


def test_exit_code_says_whether_half_of_the_futures_succeed(run: Command, place: str) -> None:
    """A window far too short is a no, one that is ample a yes."""
    length = "proposals.terms.clauses.window.length"
    short = run("simulate", place, *QUICK, "--set", f"{length}=1h")
    ample = run("simulate", place, *QUICK, "--set", f"{length}=60d")
    assert (short.exit_code, ample.exit_code) == (1, 0)


def test_no_deadline_is_null(run: Command, place: str) -> None:
    """Without an end in the terms there is no probability of meeting one."""
    length = "proposals.terms.clauses.window.length=null"
    told = json.loads(run("simulate", place, *QUICK, "--json", "--set", length).stdout)
    assert told["deadline_s"] is None
    assert told["p_deadline"] is None
    assert told["p_deadline_ci"] is None
    assert told["p_out"] > 0


def test_text_says_how_sure_and_what_is_assumed(run: Command, place: str) -> None:
    """The sentence that is asked for comes first, and assumed distributions are named."""
    told = " ".join(run("simulate", place, "--runs", "300").stdout.split())
    assert re.search(r"In \S+ of 300 simulated futures everyone who is willing is out", told)
    assert "What matters most:" in told
    assert "Assumed distributions" in told
    assert "What a change to the terms buys" in told


def test_out_writes_page_answer_and_timetables(run: Command, place: str) -> None:
    """Everything or nothing; the answer in the file is the one on stdout."""
    result = run("simulate", place, "--runs", "200", "--robust", "deadline", "--out", "o", "--json")
    told = json.loads(result.stdout)
    names = {Path(f).name for f in told["files"]}
    assert names == {
        "simulate.html",
        "simulate.md",
        "simulate.json",
        "curve.csv",
        "plan.json",
        "plan-robust.json",
    }
    assert {f.name for f in Path("o").iterdir()} == names
    written = json.loads(Path("o/simulate.json").read_text(encoding="utf-8"))
    assert written.items() <= told.items()
    assert told["by_fleet"]["points"]
    assert told["by_deadline"]["points"]
    assert told["robust"]["candidates"]


def test_precision_goes_on_until_it_is_reached(run: Command, place: str) -> None:
    """The interval is as short as asked for; more runs are taken for it."""
    result = run("simulate", place, "--no-changes", "--precision", "0.03", "--json")
    told = json.loads(result.stdout)
    low, high = told["p_deadline_ci"]
    assert (high - low) / 2 <= 0.03
    assert told["precise"] is True
    assert told["runs"] >= 1_024


@pytest.fixture
def interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the second block of 100 futures."""
    monkeypatch.setattr(study_module, "FIRST_LOOK", 10**9)
    presses = iter([False, True])

    class Pressed(Interruption):
        @property
        def pressed(self) -> bool:
            return next(presses, False)

        @pressed.setter
        def pressed(self, value: bool) -> None:
            """Nobody else presses."""

    import contextlib

    @contextlib.contextmanager
    def interruptible(said: str):  # type: ignore[no-untyped-def]  # as in the module
        yield Pressed()

    monkeypatch.setattr(command_module, "interruptible", interruptible)


LONG = ("--runs", "4000", "--no-changes")


def test_interrupted_and_resumed_is_the_same_answer(
    run: Command, place: str, interrupted: None
) -> None:
    """Ctrl-C keeps a checkpoint and says how to go on; what comes then is as without it."""
    stopped = run("simulate", place, *LONG, "--seed", "3", "--json")
    assert stopped.exit_code == 130
    error = json.loads(stopped.stdout)["errors"][0]
    assert error["code"] == "interrupted"
    assert "after 2,000 of 4,000 futures" in error["message"]
    (file,) = Path().glob("*.checkpoint")
    assert f"--resume {file}" in error["message"]
    resumed = run("simulate", place, "--no-changes", "--resume", str(file), "--json")
    assert list(Path().iterdir()) == []
    whole = run("simulate", place, *LONG, "--seed", "3", "--json")
    assert resumed.stdout == whole.stdout


def test_checkpoint_of_other_terms_is_refused(run: Command, place: str, interrupted: None) -> None:
    """Another case or seed is one line, exit 2, and the checkpoint stays."""
    run("simulate", place, *LONG, "--checkpoint", "kept")
    changed = ("--set", "fleet.vehicles.bus.counts.0.count=2")
    for others in (changed, ("--seed", "8")):
        refused = run("simulate", place, *LONG, "--resume", "kept", *others)
        assert refused.exit_code == 2
        assert refused.stderr.startswith("kept: expected")
        assert refused.stderr.count("\n") == 1
    assert Path("kept").exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--resume", "none"), "checkpoint-unreadable"),
        (("--parquet",), "usage"),
        (("--address", "127.0.0.1:1"), "usage"),
        (("--precision", "0"), "usage"),
        (("--runs", "0"), "usage"),
        (("--out", ""), "usage"),
        (("--proposal", "none"), "unknown-id"),
    ],
)
def test_what_cannot_be_is_one_line(
    run: Command, place: str, options: tuple[str, ...], code: str
) -> None:
    """Exit 2, one line, nothing written."""
    result = run("simulate", place, *options, "--json")
    assert result.exit_code == 2
    assert [e["code"] for e in json.loads(result.stdout)["errors"]] == [code]
    assert result.stderr.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_ray_that_is_missing_or_silent_is_one_line(
    run: Command, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 in either case."""
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    missing = run("simulate", place, *QUICK, "--engine", "ray", "--json")
    assert missing.exit_code == 2
    assert json.loads(missing.stdout)["errors"][0]["code"] == "extra-missing"


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_ray_that_does_not_answer_is_one_line(run: Command, place: str) -> None:
    """The address is told."""
    silent = run("simulate", place, *QUICK, "--engine", "ray", "--address", "127.0.0.1:1")
    assert silent.exit_code == 2
    assert silent.stderr.startswith("--address 127.0.0.1:1: expected a Ray cluster")


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
def test_parquet_has_a_row_a_future(run: Command, place: str) -> None:
    """Rows in the order of the futures, beside the page."""
    import pyarrow.parquet

    result = run("simulate", place, *QUICK, "--out", "o", "--parquet", "--json")
    told = json.loads(result.stdout)
    assert str(Path("o/futures.parquet")) in told["files"]
    table = pyarrow.parquet.read_table("o/futures.parquet")
    assert table.column("number").to_pylist() == list(range(300))
    assert sum(table.column("succeeds").to_pylist()) / 300 == told["p_deadline"]
    assert [f.name for f in Path("o").iterdir() if f.name.startswith(".")] == []
