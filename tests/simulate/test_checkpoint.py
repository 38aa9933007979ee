"""An interrupted study goes on as if nothing had happened, and only as itself."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from safepassage.errors import BadInput
from safepassage.simulate import checkpoint as checkpoint_module
from safepassage.simulate import keeping as keeping_module
from safepassage.simulate.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from safepassage.simulate.executors import InProcess
from safepassage.simulate.keeping import Keeping
from safepassage.simulate.records import COLUMNS, Records, fill
from safepassage.simulate.study import run_study
from safepassage.simulate.tally import Tally, tally_of
from tests.simulate.standin import Line
from tests.simulate.test_study import STUDY, content

needs_parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """A checkpoint after 900 of 2,500 futures."""
    file = tmp_path / "half.checkpoint"
    write_checkpoint(file, Checkpoint(STUDY, tally_of(Line().outcomes(0, 900, 4)), 3))
    return file


def test_interrupted_and_resumed_equals_uninterrupted(tmp_path: Path) -> None:
    """Stop after some blocks, read the file, go on: the same bytes as without a stop."""
    file = tmp_path / "study.checkpoint"
    keeper = Keeping(STUDY, file)
    asked = iter([False, False, False, True])
    run_study(STUDY, Line(), InProcess(), keeper=keeper, stop=lambda: next(asked))
    assert keeper.keep()
    begun = read_checkpoint(file)
    study = begun.fits(STUDY, str(file))
    resumed = run_study(study, Line(), InProcess(), begun=(begun.tally, begun.blocks))
    assert content(resumed.tally) == content(run_study(STUDY, Line(), InProcess()).tally)


def test_nothing_done_is_nothing_kept(tmp_path: Path) -> None:
    """Without a block there is no checkpoint; forgetting one that is not there is fine."""
    keeper = Keeping(STUDY, tmp_path / "c")
    assert not keeper.keep()
    keeper.forget()
    assert list(tmp_path.iterdir()) == []


def test_checkpoints_are_written_on_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that is killed loses only what came after the last one."""
    monkeypatch.setattr(keeping_module, "EVERY_S", 0.0)
    file = tmp_path / "study.checkpoint"
    keeper = Keeping(STUDY, file)
    asked = iter([False, True])
    run_study(STUDY, Line(), InProcess(), keeper=keeper, stop=lambda: next(asked))
    assert read_checkpoint(file).tally.runs == 600
    keeper.forget()
    assert not file.exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"case": "other"}, "the case as it was"),
        ({"version": "2"}, "the same version"),
        ({"proposal": "q"}, "--proposal p"),
        ({"policy": "replan"}, "--policy slip"),
        ({"seed": 5}, "--seed 4"),
        ({"plan": "other"}, "the same timetable"),
        ({"runs": 800}, "at least 900"),
    ],
)
def test_checkpoint_of_another_study_is_refused(
    half: Path, change: dict[str, object], told: str
) -> None:
    """One line that says what is different; more futures or another precision are no difference."""
    with pytest.raises(BadInput, match=told) as caught:
        read_checkpoint(half).fits(replace(STUDY, **change), "file")
    assert [f.code for f in caught.value.faults] == ["checkpoint-other-study"]
    assert "\n" not in str(caught.value)


def test_more_futures_and_other_blocks_are_the_same_study(half: Path) -> None:
    """A study goes on in the blocks it was begun in."""
    wanted = replace(STUDY, runs=5_000, precision=0.01, block=50)
    assert read_checkpoint(half).fits(wanted, "file") == replace(wanted, block=300)


def test_last_block_that_was_cut_short_cannot_grow(tmp_path: Path) -> None:
    """A whole study of 2,500 in blocks of 300 cannot go on to 3,000; it can be told again."""
    file = tmp_path / "c"
    write_checkpoint(file, Checkpoint(STUDY, tally_of(Line().outcomes(0, 2_500, 4)), 9))
    begun = read_checkpoint(file)
    assert begun.fits(STUDY, "file") == STUDY
    with pytest.raises(BadInput, match="2,500"):
        begun.fits(replace(STUDY, runs=3_000), "file")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"{}", b"\x93NUMPY\x01\x00"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever is in a file, it is one line and no code of it is run."""
    file = tmp_path / "c"
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_checkpoint(file)
    assert [f.code for f in caught.value.faults] == ["checkpoint-unreadable"]


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    """A name that is no file is one line."""
    for file in (tmp_path / "none", tmp_path):
        with pytest.raises(BadInput, match="expected a checkpoint"):
            read_checkpoint(file)


def test_damaged_checkpoint_is_refused(half: Path) -> None:
    """Cut off, or with counts that are not those of its blocks."""
    whole = half.read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match="damaged"):
        read_checkpoint(half)
    write_checkpoint(half, Checkpoint(STUDY, Tally(), 3))
    with pytest.raises(BadInput, match="damaged"):
        read_checkpoint(half)
    with np.load(half) as held:
        arrays = {name: held[name] for name in held.files if name != "numbers"}
    with half.open("wb") as stream:
        np.savez(stream, **arrays)
    with pytest.raises(BadInput, match="damaged"):
        read_checkpoint(half)


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", -1), ("runs", 10**40), ("block", 10**18), ("precision", 0.5), ("blocks", -1)],
)
def test_study_that_nobody_can_ask_for_is_refused(half: Path, key: str, value: float) -> None:
    """What a checkpoint states is held to what the command line takes."""
    assert read_checkpoint(half).study == STUDY
    with np.load(half) as held:
        arrays = {name: held[name] for name in held.files}
    head = json.loads(str(arrays.pop("head")))
    np.savez(half.with_suffix(""), head=np.array(json.dumps({**head, key: value})), **arrays)
    half.with_suffix(".npz").replace(half)
    with pytest.raises(BadInput, match="damaged"):
        read_checkpoint(half)


def test_checkpoint_that_is_changed_by_a_byte_is_refused_or_whole(half: Path) -> None:
    """Wherever a file is damaged, reading it ends in one line or in a checkpoint."""
    whole = half.read_bytes()
    codes = set()
    for at in range(0, len(whole), 7):
        half.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            read_checkpoint(half)
        except BadInput as error:
            codes |= {f.code for f in error.faults}
    assert codes == {"checkpoint-unreadable"}


def test_checkpoints_that_would_fill_the_memory_are_refused(
    half: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file over the limit, packed or once unpacked, is not read."""
    size = half.stat().st_size
    monkeypatch.setattr(checkpoint_module, "MOST_BYTES", size - 1)
    with pytest.raises(BadInput, match="MB"):
        read_checkpoint(half)
    monkeypatch.setattr(checkpoint_module, "MOST_BYTES", size)
    with pytest.raises(BadInput, match="damaged"):
        read_checkpoint(half)


def test_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A checkpoint goes where a file can be."""
    (tmp_path / "file").touch()
    keeper = Keeping(STUDY, tmp_path / "file" / "c")
    keeper.take(tally_of(Line().outcomes(0, 300, 4)), 1, None)
    with pytest.raises(BadInput) as caught:
        keeper.keep()
    assert [f.code for f in caught.value.faults] == ["checkpoint-not-writable"]


def written(file: Path, stop_after: int | None, line: Line) -> bytes:
    """Rows of a study, interrupted after some blocks or not."""
    file.parent.mkdir(exist_ok=True)
    begun = None
    if stop_after is not None:
        records = Records(file, STUDY, line.groups, line.unknowns)
        keeper = Keeping(STUDY, file.with_name("c"), records)
        asked = iter([*[False] * (stop_after - 1), True])
        run_study(STUDY, line, InProcess(), keeper=keeper, stop=lambda: next(asked))
        keeper.keep()
        found = read_checkpoint(file.with_name("c"))
        begun = found.tally, found.blocks
    records = Records(file, STUDY, line.groups, line.unknowns)
    fill(records, STUDY, line, InProcess(), begun[1] if begun else 0)
    keeper = Keeping(STUDY, file.with_name("c"), records)
    run_study(STUDY, line, InProcess(), begun=begun, keeper=keeper)
    records.finish(file)
    assert [p.name for p in file.parent.iterdir() if "parts" in p.name] == []
    return file.read_bytes()


@needs_parquet
def test_rows_have_the_same_bytes_after_an_interruption(tmp_path: Path) -> None:
    """The file is the same, wherever the study was stopped on the way."""
    whole = written(tmp_path / "a" / "f.parquet", None, Line(end=3.0))
    for blocks in (1, 4):
        assert written(tmp_path / str(blocks) / "f.parquet", blocks, Line(end=3.0)) == whole


@needs_parquet
def test_rows_are_the_futures(tmp_path: Path) -> None:
    """Every column as documented; null where somebody never leaves, or there is no deadline."""
    import pyarrow.parquet

    line = Line(end=3.0, deadline=None)
    file = tmp_path / "f.parquet"
    written(file, None, line)
    table = pyarrow.parquet.read_table(file)
    assert table.column_names == [
        "number",
        "succeeds",
        "clearance_s",
        "out_by_deadline",
        "refused",
        "left.all",
        "drawn.people.all",
        "drawn.driving",
    ]
    outcomes = line.outcomes(0, 2_500, 4)
    clears = np.isfinite(outcomes.clearance_s)
    rows = table.to_pydict()
    assert rows["number"] == list(range(2_500))
    assert rows["succeeds"] == outcomes.succeeded.tolist()
    assert [x is not None for x in rows["clearance_s"]] == clears.tolist()
    assert [x for x in rows["clearance_s"] if x is not None] == list(outcomes.clearance_s[clears])
    assert set(rows["out_by_deadline"]) == {None}
    assert rows["left.all"] == outcomes.left_by_group[:, 0].tolist()
    assert rows["drawn.driving"] == outcomes.drawn[:, 1].tolist()
    assert b'"seed": 4' in table.schema.metadata[b"safepassage"]


@needs_parquet
def test_rows_that_were_lost_are_simulated_again(tmp_path: Path) -> None:
    """A checkpoint whose rows are gone still leads to the whole file."""
    line, file = Line(), tmp_path / "a" / "f.parquet"
    whole = written(tmp_path / "b" / "f.parquet", None, line)
    file.parent.mkdir()
    begun = tally_of(line.outcomes(0, 900, 4)), 3
    records = Records(file, STUDY, line.groups, line.unknowns)
    fill(records, STUDY, line, InProcess(), 3)
    keeper = Keeping(STUDY, tmp_path / "c", records)
    run_study(STUDY, line, InProcess(), begun=begun, keeper=keeper)
    records.finish(file)
    assert file.read_bytes() == whole


def test_page_tells_every_column() -> None:
    """The page on studies lists the columns as they are written."""
    page = Path(__file__).parents[2] / "docs" / "how-sure.md"
    text = page.read_text(encoding="utf-8")
    for name, meaning in COLUMNS.items():
        assert any(f"`{name}`" in line and meaning in line for line in text.splitlines()), name


def test_parquet_that_is_not_installed_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to install is said."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(BadInput, match=r"safepassage\[parquet\]"):
        Records(tmp_path / "f", STUDY, (), ())
