"""The template: good as it is written, and written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.cases import open_case, write_template
from safepassage.errors import BadInput
from safepassage.terms.protection import protection_findings

FILES = {
    "case.yaml",
    "sources.yaml",
    "observations.csv",
    "network/node.csv",
    "network/link.csv",
    "network/config.csv",
}


@pytest.mark.parametrize("there", [False, True])
def test_template_is_written_and_passes(tmp_path: Path, there: bool):
    """Into a new folder, deep down, or an empty one: it opens without a finding."""
    folder = tmp_path / "a" / "b"
    if there:
        folder.mkdir(parents=True)
    written = write_template(folder)
    assert {path.relative_to(folder).as_posix() for path in written} == FILES
    opened = open_case(folder)
    assert protection_findings(opened.case) == ()
    assert len(opened.observations) == 2
    assert [p.name for p in folder.parent.iterdir()] == ["b"]


def test_template_is_commented():
    """Whoever begins from it finds what each part is for."""
    text = (Path(open_case.__code__.co_filename).parent / "_template" / "case.yaml").read_text()
    assert text.count("#") > 20


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path):
    """One file is enough to refuse; it stays as it is, and nothing is added."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadInput) as told:
        write_template(tmp_path)
    assert told.value.faults[0].code == "folder-not-empty"
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]
    with pytest.raises(BadInput) as told:
        write_template(tmp_path / "notes.txt")
    assert told.value.faults[0].code == "folder-not-empty"


def test_a_fault_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A full disk after two files leaves neither files nor folders behind."""
    write = Path.write_bytes
    count = 0

    def full(path: Path, data: bytes) -> int:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(BadInput) as told:
        write_template(tmp_path / "case")
    assert told.value.faults[0].code == "folder-not-writable"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_no_system_takes(tmp_path: Path, name: str):
    """It is one line, not a crash."""
    with pytest.raises(BadInput) as told:
        write_template(tmp_path / name)
    assert told.value.faults[0].code == "folder-not-writable"
