"""Results of benchmarks are kept by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from benchmarks.keeping import keep, merged
from benchmarks.registry import Benchmark, Row, chosen

NOW = {"date": "2026-12-01", "python": "3.11.7", "cores": 2, "seconds": 30.0}
BEFORE = {**NOW, "date": "2026-11-25"}


def nothing(seconds: float) -> Iterator[Row]:
    del seconds
    yield from ()


FAMILY = Benchmark("family", "Some figures", nothing, ("instance",))


def old(**setting: Any) -> dict[str, Any]:
    rows = [{"instance": "a", "cpu_s": 1}, {"instance": "b", "cpu_s": 2}]
    return {**BEFORE, **setting, "rows": rows}


def test_rows_that_were_not_run_stay_with_their_date(monkeypatch: pytest.MonkeyPatch):
    """A run of one row replaces this row, and leaves the others as they were, in their order."""
    monkeypatch.setenv("BENCH_FAMILY", "b")
    assert merged(FAMILY, NOW, [{"instance": "b", "cpu_s": 3}], old()) == [
        {"instance": "a", "cpu_s": 1, "measured": "2026-11-25"},
        {"instance": "b", "cpu_s": 3, "measured": "2026-12-01"},
    ]


def test_a_run_of_everything_leaves_no_row_of_an_old_name():
    """Without a choice, what is not measured any more is gone."""
    found = merged(FAMILY, NOW, [{"instance": "b"}, {"instance": "c"}], old())
    assert [(row["instance"], row["measured"]) for row in found] == [
        ("b", "2026-12-01"),
        ("c", "2026-12-01"),
    ]


def test_a_row_that_was_skipped_replaces_none_that_was_measured():
    """Where data are missing the figure that there is stays; one that went wrong does not."""
    rows = [{"instance": "a", "note": "skipped: no data"}, {"instance": "b", "x_note": "not done"}]
    found = merged(FAMILY, NOW, rows, old())
    assert found[0] == {"instance": "a", "cpu_s": 1, "measured": "2026-11-25"}
    assert found[1] == {"instance": "b", "x_note": "not done", "measured": "2026-12-01"}


def test_a_kept_row_says_how_it_was_measured_if_not_as_the_others(monkeypatch: pytest.MonkeyPatch):
    """The table's head tells of the last run only."""
    monkeypatch.setenv("BENCH_FAMILY", "b")
    found = merged(FAMILY, NOW, [{"instance": "b"}], old(cores=4))
    assert found[0]["measured"] == "2026-11-25, cores 4"


def test_a_date_once_given_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """However often other rows are measured anew, a row keeps its own date, in data and table."""
    monkeypatch.setenv("BENCH_FAMILY", "b")
    (tmp_path / "family.json").write_text(json.dumps(old()), encoding="utf-8")
    for day in ("2026-12-01", "2026-12-02"):
        keep(tmp_path, FAMILY, {**NOW, "date": day}, [{"instance": "b", "cpu_s": 3}])
    data = json.loads((tmp_path / "family.json").read_text(encoding="utf-8"))
    assert [row["measured"] for row in data["rows"]] == ["2026-11-25", "2026-12-02"]
    table = (tmp_path / "family.md").read_text(encoding="utf-8")
    assert "| a | 1 | 2026-11-25 |\n| b | 3 | 2026-12-02 |\n" in table


def test_a_family_without_a_key_is_written_as_a_whole(tmp_path: Path):
    """What is measured together is replaced together, and has one date."""
    family = Benchmark("family", "Some figures", nothing)
    (tmp_path / "family.json").write_text(json.dumps(old()), encoding="utf-8")
    keep(tmp_path, family, NOW, [{"instance": "c"}])
    data = json.loads((tmp_path / "family.json").read_text(encoding="utf-8"))
    assert data["rows"] == [{"instance": "c"}]


def test_names_are_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch):
    """Known names come in the family's order, unknown ones are told, and none means all."""
    assert chosen("family", "abc") == ["a", "b", "c"]
    monkeypatch.setenv("BENCH_FAMILY", "c, a")
    assert chosen("family", "abc") == ["a", "c"]
    monkeypatch.setenv("BENCH_FAMILY", "z")
    with pytest.raises(SystemExit, match="expected names among a, b, c, got z"):
        chosen("family", "abc")
