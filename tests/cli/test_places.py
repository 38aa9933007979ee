"""Places to write into: what cannot be written, or must not be lost, is told before any work."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from safepassage.cli.places import checkpoint_faults, file_faults, folder_faults, named_path
from tests.cli.conftest import Command
from tests.simulate.test_study import STUDY

LONG = "x" * 300


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_folders_that_can_be_made_are_taken(here: Path) -> None:
    """One that is there, one to be made, and none at all."""
    for out in (None, Path(), Path("new"), Path("a/b/c"), here / "d"):
        assert folder_faults(out) == []
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("file", "got a file;"),
        ("file/below", "got one within a file;"),
        ("file/far/below", "got one within a file;"),
        (LONG, "got one that cannot be: File name too long;"),
        (f"{LONG}/below", "got one that cannot be: File name too long;"),
    ],
)
def test_folders_that_cannot_be_written_are_told(name: str, got: str) -> None:
    """One line says what stands there instead."""
    Path("file").touch()
    (fault,) = folder_faults(Path(name))
    assert fault.code == "folder-not-writable"
    assert got in fault.message


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_folder_without_permission_is_told() -> None:
    """Whoever may not write there learns it at once."""
    Path("closed").mkdir(mode=0o500)
    (fault,) = folder_faults(Path("closed/new"))
    assert "got one that may not be written;" in fault.message


def test_files_may_be_new_or_replaced() -> None:
    """A new name and an old file are places for a file."""
    Path("old").write_text("old")
    for out in (None, Path("old"), Path("new")):
        assert file_faults(out) == []


@pytest.mark.parametrize(
    ("name", "got"),
    [(".", "got a folder;"), ("none/new", "got another one;"), (LONG, "File name too long;")],
)
def test_places_for_no_file_are_told(name: str, got: str) -> None:
    """A folder, a name in a folder that is not there, and a name that no file can have."""
    (fault,) = file_faults(Path(name))
    assert got in fault.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_never_replaced(run: Command) -> None:
    """What is moved into its place would do away with a device or a pipe: it stays what it is."""
    os.mkfifo("pipe")
    (fault,) = file_faults(Path("pipe"))
    assert "got a device or a pipe;" in fault.message
    refused = run("clear", "--example", "--out", "pipe")
    assert refused.exit_code == 2
    assert Path("pipe").is_fifo()
    assert [p.name for p in Path().iterdir()] == ["pipe"]


def test_checkpoints_take_no_other_files_place(run: Command) -> None:
    """A study ends by removing its checkpoint, so that must not be a file of another kind."""
    Path("notes.txt").write_text("not to be lost")
    (fault,) = checkpoint_faults(Path("notes.txt"))
    assert fault.code == "checkpoint-not-writable"
    assert "got one that is no checkpoint;" in fault.message
    refused = run("simulate", "aleppo-2016", "--checkpoint", "notes.txt")
    assert refused.exit_code == 2
    assert Path("notes.txt").read_text() == "not to be lost"


def test_checkpoints_go_where_an_earlier_one_is(here: Path) -> None:
    """An earlier checkpoint, a new name, and one in a folder to be made."""
    from safepassage.simulate.checkpoint import Checkpoint, write_checkpoint
    from safepassage.simulate.tally import tally_of
    from tests.simulate.standin import Line

    write_checkpoint(here / "kept", Checkpoint(STUDY, tally_of(Line().outcomes(0, 300, 4)), 1))
    for file in (None, Path("kept"), Path("new"), Path("later/new")):
        assert checkpoint_faults(file) == []
    for file in (Path("kept/new"), Path(LONG), here):
        assert [f.code for f in checkpoint_faults(file)] == ["checkpoint-not-writable"]


@pytest.mark.parametrize(
    "args",
    [
        ("plan", "aleppo-2016", "--out", LONG),
        ("clear", "--example", "--out", LONG),
        ("clear", "--example", "--report", LONG),
        ("compare", "aleppo-2016", "--out", LONG),
        ("observe", "aleppo-2016", "--history", "--out", LONG),
        ("simulate", "aleppo-2016", "--out", LONG),
        ("simulate", "aleppo-2016", "--checkpoint", LONG),
        ("docs", LONG),
    ],
)
def test_names_too_long_are_one_line(run: Command, args: tuple[str, ...]) -> None:
    """A name that no file can have is wrong input, not a fault of the program."""
    refused = run(*args)
    assert refused.exit_code == 2
    assert refused.stderr.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_a_name_is_not_nothing() -> None:
    """An empty name is refused; the nearest one is taken."""
    context: Any = None
    with pytest.raises(click.BadParameter):
        named_path(context, context, "")
    assert named_path(context, context, "a") == Path("a")
    assert named_path(context, context, None) is None
