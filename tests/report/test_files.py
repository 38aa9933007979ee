"""A report is there whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from safepassage.cases import OpenCase
from safepassage.check import Verification
from safepassage.errors import BadInput
from safepassage.plan import Level, Plan, read_plan
from safepassage.report import files as files_module
from safepassage.report.files import write_report

NAMES = [
    "plan.json",
    "plan-low.json",
    "plan-high.json",
    "timetable.csv",
    "report.html",
    "map.png",
    "strings.png",
    "curve.png",
]

Plans = dict[Level, Plan]
Verifications = dict[Level, Verification]


def test_files_are_listed_and_there(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    out = tmp_path / "a" / "b"
    written = write_report(opened, plans, verifications, out)
    assert written == [out / name for name in NAMES]
    assert sorted(p.name for p in out.iterdir()) == sorted(NAMES)
    assert all(file.stat().st_size > 500 for file in written)


def test_plan_files_read_back(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    write_report(opened, plans, verifications, tmp_path)
    assert read_plan(tmp_path / "plan.json") == plans["likely"]
    assert read_plan(tmp_path / "plan-high.json") == plans["high"]


def test_same_plans_give_the_same_bytes(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    first = write_report(opened, plans, verifications, tmp_path / "1")
    second = write_report(opened, plans, verifications, tmp_path / "2")
    for a, b in zip(first, second, strict=True):
        assert a.read_bytes() == b.read_bytes(), a.name


def test_other_files_stay_and_old_ones_are_replaced(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "plan.json").write_text("old")
    write_report(opened, plans, verifications, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "plan.json").read_text() != "old"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_when_writing_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: OpenCase,
    plans: Plans,
    verifications: Verifications,
    error: type[BaseException],
) -> None:
    def fail(*_: object) -> str:
        raise error

    monkeypatch.setattr(files_module, "page", fail)
    with pytest.raises(error):
        write_report(opened, plans, verifications, tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_was_there_stays_as_it_was_when_writing_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: OpenCase,
    plans: Plans,
    verifications: Verifications,
) -> None:
    (tmp_path / "plan.json").write_text("old")
    monkeypatch.setattr(files_module, "page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_report(opened, plans, verifications, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]
    assert (tmp_path / "plan.json").read_text() == "old"


def test_folder_that_takes_the_place_of_a_file_is_no_reason_to_replace_others(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    """Where one file cannot be put in its place, all others stay as they were."""
    (tmp_path / "plan.json").write_text("old")
    (tmp_path / "report.html").mkdir()
    with pytest.raises(BadInput, match=r"something at .*report.html"):
        write_report(opened, plans, verifications, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.json", "report.html"]
    assert (tmp_path / "plan.json").read_text() == "old"


def test_folder_that_cannot_be_written(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="folder to write into"):
        write_report(opened, plans, verifications, tmp_path / "file")
    with pytest.raises(BadInput, match="folder to write into"):
        write_report(opened, plans, verifications, tmp_path / "file" / "below")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission(
    tmp_path: Path, opened: OpenCase, plans: Plans, verifications: Verifications
) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(BadInput):
            write_report(opened, plans, verifications, tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)
