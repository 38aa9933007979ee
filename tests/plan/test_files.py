from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from safepassage.errors import BadInput
from safepassage.plan import dumps_plan, json_files, read_plan, write_plan
from tests.plan.sample import PLAN, ROTATION


def test_a_plan_written_is_read_back_the_same(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_plan(PLAN, file)
    assert read_plan(file) == PLAN
    assert file.read_text(encoding="utf-8") == dumps_plan(PLAN)
    assert dumps_plan(read_plan(file)) == dumps_plan(PLAN)


def test_the_text_is_laid_out_as_the_format_says() -> None:
    text = dumps_plan(PLAN)
    lines = text.splitlines()
    assert list(json.loads(text)) == [
        "format",
        "notice",
        "case",
        "proposal",
        "count",
        "seed",
        "start",
        "answer",
        "left",
        "certificates",
        "not_modelled",
        "assumptions",
        "rotations",
    ]
    assert lines[1] == '  "format": "safepassage-plan/1",'
    assert '    "title": "مدينة",' in lines
    assert sum(line.startswith('    {"id": "R000') for line in lines) == 2
    assert list(json.loads(text)["rotations"][0]) == [
        "id",
        "vehicles",
        "team",
        "empty_leg",
        "boarding",
        "loaded_leg",
        "unloading",
    ]
    assert list(json.loads(text)["rotations"][0]["loaded_leg"]) == [
        "from",
        "to",
        "corridor",
        "links",
        "depart_s",
        "stops",
        "arrive_s",
    ]
    assert text.endswith("\n}\n")


def test_the_order_of_groups_aboard_does_not_show() -> None:
    boarding = ROTATION.boarding[0]
    turned = replace(boarding, persons=dict(reversed(list(boarding.persons.items()))))
    other = replace(PLAN, rotations=(replace(ROTATION, boarding=(turned,)), PLAN.rotations[1]))
    assert dumps_plan(other) == dumps_plan(PLAN)


def test_an_empty_plan_is_read_back(tmp_path: Path) -> None:
    empty = replace(PLAN, left=(), certificates=(), not_modelled=(), assumptions=(), rotations=())
    write_plan(empty, tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json") == empty


def test_a_rotation_knows_its_place_persons_and_legs() -> None:
    assert ROTATION.place == "school"
    assert ROTATION.persons == 50
    assert [key for key, _ in ROTATION.legs()] == ["loaded_leg"]
    assert [key for key, _ in PLAN.rotations[1].legs()] == ["empty_leg", "loaded_leg"]


def test_writing_replaces_the_file_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("old", encoding="utf-8")
    write_plan(PLAN, file)
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]
    assert stat.S_IMODE(file.stat().st_mode) & 0o600 == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_writing_never_replaces_a_pipe(tmp_path: Path) -> None:
    """Only a file gives way to a file."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="other than a file"):
        write_plan(PLAN, tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()
    write_plan(PLAN, tmp_path / "file")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "pipe"]


def test_a_write_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "plan.json"
    file.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_plan(PLAN, file)
    assert file.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.json"]


def _read(tmp_path: Path, content: bytes) -> list[tuple[str, str]]:
    file = tmp_path / "p.json"
    file.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        read_plan(file)
    return [(f.where.removeprefix(f"{tmp_path}/"), f.code) for f in caught.value.faults]


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        (b"", "p.json:1", "plan-not-json"),
        (b'{\n  "format": oops\n}', "p.json:2", "plan-not-json"),
        (b"\n\xff\xfe", "p.json:2", "plan-not-utf8"),
        (b"\xef\xbb\xbf{}", "p.json:1", "plan-not-json"),
        (b"[" * 100_000, "p.json", "plan-not-json"),
        (b'{"seed": ' + b"9" * 10_000 + b"}", "p.json", "plan-not-json"),
        (b"null", "p.json", "plan-wrong-type"),
    ],
)
def test_files_that_are_no_plan(tmp_path: Path, content: bytes, where: str, code: str) -> None:
    assert _read(tmp_path, content) == [(where, code)]


def test_a_key_twice_and_numbers_that_are_none(tmp_path: Path) -> None:
    text = dumps_plan(PLAN)
    text = text.replace('"seed": 7', '"seed": 7, "seed": 8')
    text = text.replace('"weights": [1, 2]', '"weights": [NaN, -Infinity, 1e999]')
    text = text.replace('"bay": 0', '"bay": 0, "bay": 1', 1)
    assert _read(tmp_path, text.encode()) == [
        ("p.json", "plan-duplicate-key"),
        ("p.json:certificates[0].weights[0]", "plan-bad-value"),
        ("p.json:certificates[0].weights[1]", "plan-bad-value"),
        ("p.json:certificates[0].weights[2]", "plan-bad-value"),
        ("p.json:rotations[0].boarding[0]", "plan-duplicate-key"),
    ]


def test_a_key_twice_among_many_takes_no_longer_than_reading(tmp_path: Path) -> None:
    """Looking for what stands twice takes one look at each key."""
    file = tmp_path / "plan.json"
    file.write_text('{"a": 0, ' + ", ".join(f'"k{i}": 0' for i in range(200_000)) + ', "a": 1}')
    with pytest.raises(BadInput) as caught:
        read_plan(file)
    assert [f.code for f in caught.value.faults] == ["plan-duplicate-key"]


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(BadInput) as caught:
            read_plan(path)
        assert [fault.code for fault in caught.value.faults] == ["plan-unreadable"]
    monkeypatch.setattr(json_files, "LARGEST_FILE", 10)
    assert _read(tmp_path, b" " * 11) == [("p.json", "plan-too-large")]
