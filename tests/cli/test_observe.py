"""``safepassage observe``: findings, history, exit codes, and input that is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safepassage.cases import write_template
from safepassage.terms.observations import COLUMNS
from tests.cli.conftest import Command

OUT = "out,agency-note,2030-05-03T10:00+02:00,,100,,,,,,,"
LATER = "out,council-letter,2030-05-03T11:00+02:00,,80,,,,,,,"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The template's town."""
    write_template(tmp_path / "town")
    return tmp_path / "town"


def report(folder: Path, *rows: str) -> None:
    """Put rows into the observations of a case."""
    text = "\n".join([",".join(COLUMNS), *rows]) + "\n"
    (folder / "observations.csv").write_text(text, encoding="utf-8")


def test_findings_come_with_code_sources_and_rows(run: Command, folder: Path) -> None:
    """Exit 1, and everything that a program needs to go back to the rows."""
    report(folder, OUT, LATER)
    done = run("observe", str(folder), "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    (finding,) = told["findings"]
    assert finding["code"] == "sources-contradict"
    assert finding["severity"] == "warning"
    assert finding["sources"] == ["council-letter", "agency-note"]
    assert finding["rows"] == ["observations.csv:3", "observations.csv:2"]
    assert told["history"] is None
    assert told["rows"] == {"out": 2, "convoy": 0, "stop": 0}


def test_reports_that_fit_are_no_finding(run: Command, folder: Path) -> None:
    """Exit 0, and said so."""
    report(folder, OUT, LATER.replace(",80,", ",120,"))
    done = run("observe", str(folder))
    assert done.exit_code == 0
    assert "2 reports of 2 sources" in done.stdout
    assert "No findings." in done.stdout


def test_a_case_without_observations_is_no_error(run: Command) -> None:
    """Nothing was reported, so nothing contradicts itself."""
    done = run("observe", "fort-mcmurray-2016")
    assert done.exit_code == 0
    assert "no reports" in done.stdout


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("unknown-id", OUT.replace("agency-note", "agency-nose")),
        ("bad-value", OUT.replace(",100,", ",-100,")),
        ("observations-order", OUT.replace("T10", "T09")),
        ("bad-value", OUT.replace("+02:00", "")),
        ("unknown-word", OUT.replace("out,", "in,")),
    ],
)
def test_rows_that_are_none_are_refused_at_their_line(
    run: Command, folder: Path, code: str, row: str
) -> None:
    """One line each, exit 2, nothing else."""
    report(folder, OUT, row)
    done = run("observe", str(folder), "--json")
    assert done.exit_code == 2
    (error,) = json.loads(done.stdout)["errors"]
    assert error["code"] == code
    assert error["where"].endswith("observations.csv:3")


def test_all_faults_are_told_at_once(run: Command, folder: Path) -> None:
    """Two bad rows are two lines on stderr."""
    report(folder, OUT.replace(",100,", ",-1,"), OUT.replace("agency-note", "nobody"))
    done = run("observe", str(folder))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 2


def test_history_is_told_and_written(run: Command, folder: Path, tmp_path: Path) -> None:
    """The prediction beside the counts, as text, as JSON, as a page, a picture and a table."""
    stop = "stop,agency-note,2030-05-03T10:00+02:00,2030-05-03T11:00+02:00,,,,,,held up,,"
    report(folder, OUT, stop, LATER.replace(",80,", ",400,"))
    out = tmp_path / "out"
    done = run("observe", str(folder), "--history", "--out", str(out), "--json")
    told = json.loads(done.stdout)
    history = told["history"]
    assert [s["source"] for s in history["series"]] == ["agency-note", "council-letter"]
    assert history["stops"] == [[7200, 10800]]
    assert history["duration"]["actual_s"] == 3 * 3600
    names = ("history.html", "history.png", "history.csv")
    assert told["files"] == [str(out / name) for name in names]
    assert "council-letter" in (out / "history.html").read_text(encoding="utf-8")
    assert (out / "history.png").read_bytes().startswith(b"\x89PNG")
    assert (out / "history.csv").read_text().startswith("what,hours,persons,predicted\n")
    spoken = run("observe", str(folder), "--history")
    assert "It stood still from" in spoken.stdout
    assert "council-letter" in spoken.stdout


def test_a_setting_changes_what_is_predicted_and_judged(run: Command, folder: Path) -> None:
    """With half the buses it takes longer; the setting is told."""
    report(folder, OUT)
    setting = "fleet.vehicles.bus.counts.0.count=5"
    base = json.loads(run("observe", str(folder), "--history", "--json").stdout)
    half = json.loads(run("observe", str(folder), "--history", "--json", "--set", setting).stdout)
    assert half["overrides"] == [setting]
    assert half["history"]["curve"][-1][0] > base["history"]["curve"][-1][0]


def test_wrong_usage_is_refused_before_anything_is_done(
    run: Command, folder: Path, tmp_path: Path
) -> None:
    """A picture of no history, an unknown proposal, a file for a folder."""
    (tmp_path / "file").write_text("mine")
    for words in (
        ("--out", str(tmp_path / "out")),
        ("--proposal", "peace"),
        ("--history", "--out", str(tmp_path / "file")),
        ("--count", "most"),
    ):
        assert run("observe", str(folder), *words).exit_code == 2, words
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "file").read_text() == "mine"
