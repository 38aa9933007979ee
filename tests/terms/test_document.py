"""YAML: what is refused and where, and how plain words are read."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safepassage.errors import BadInput, Fault
from safepassage.terms.document import MOST_BYTES, read_document


def read(tmp_path: Path, text: str | bytes) -> Any:
    """Write and read a document."""
    file = tmp_path / "case.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_document(file)


def outcome(tmp_path: Path, text: str | bytes) -> dict[str, Any] | tuple[Fault, ...]:
    """What a document holds, or its faults."""
    try:
        data: dict[str, Any] = read(tmp_path, text).data
    except BadInput as error:
        return error.faults
    return data


# code, bad, line of the fault, good
PAIRS = [
    ("yaml-anchor", "a: 1\nb: &x 2\n", 2, "a: 1\nb: 2\n"),
    ("yaml-tag", "a: !!python/object/apply:os.system ['true']\n", 1, "a: ['true']\n"),
    ("yaml-tag", "a: 1\nb: !ours x\n", 2, "a: 1\nb: '!ours x'\n"),
    ("duplicate-key", "a: 1\nb: 2\na: 3\n", 3, "a: 1\nb: 2\nc: 3\n"),
    ("duplicate-key", "x:\n  - {a: 1, a: 2}\n", 2, "x:\n  - {a: 1, b: 2}\n"),
    ("several-documents", "a: 1\n---\nb: 2\n", 2, "---\na: 1\nb: 2\n"),
    ("not-a-mapping", "- a\n", 1, "a: [b]\n"),
    ("not-a-mapping", "", 1, "a:\n"),
    ("key-not-text", "a: 1\n? [b]\n: 2\n", 2, "a: 1\n? b\n: 2\n"),
    ("yaml-syntax", "a: 1\nb: [2\nc: 3\n", 3, "a: 1\nb: [2]\nc: 3\n"),
    ("yaml-syntax", "a: 1\n\tb: 2\n", 2, "a: 1\nb: 2\n"),
    ("yaml-syntax", "a: 1\nb: \x07\n", 2, "a: 1\nb: 7\n"),
    ("nested-too-deep", "a:\n " + "[" * 40 + "]" * 40 + "\n", 2, "a:\n " + "[" * 39 + "]" * 39),
    ("identity-field", "a:\n - {date_of_birth: x}\n", 2, "a:\n - {date: x}\n"),
    ("identity-field", "a: 1\nPhone Numbers: []\n", 2, "a: 1\ntelephony: []\n"),
]


@pytest.mark.parametrize(("code", "bad", "line", "good"), PAIRS)
def test_refused_with_its_line_and_near_good_taken(
    tmp_path: Path, code: str, bad: str, line: int, good: str
):
    """Each thing refused is told at its line; the nearest good document reads."""
    with pytest.raises(BadInput) as told:
        read(tmp_path, bad)
    assert [(f.code, f.where.rpartition(":")[2]) for f in told.value.faults] == [(code, str(line))]
    assert isinstance(read(tmp_path, good).data, dict)


def test_all_of_a_kind_are_told(tmp_path: Path):
    """An alias, a tag and a duplicate key in one file are three faults."""
    with pytest.raises(BadInput) as told:
        read(tmp_path, "a: &x 1\nb: *x\nb: !t 3\n")
    codes = [f.code for f in told.value.faults]
    assert codes == ["yaml-anchor", "yaml-alias", "duplicate-key", "yaml-tag"]


def test_yaml_bomb_is_refused_at_once(tmp_path: Path):
    """Nine levels of nine aliases would be 387 million entries; none is built."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    started = time.perf_counter()
    with pytest.raises(BadInput) as told:
        read(tmp_path, "\n".join(lines))
    assert time.perf_counter() - started < 0.5
    assert {f.code for f in told.value.faults} == {"yaml-anchor", "yaml-alias"}


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path):
    """The size is looked at first; a file just under the limit is read."""
    file = tmp_path / "case.yaml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    started = time.perf_counter()
    with pytest.raises(BadInput) as told:
        read_document(file)
    assert time.perf_counter() - started < 0.1
    assert [f.code for f in told.value.faults] == ["file-too-large"]
    body = b"a: '" + b"x" * (MOST_BYTES - 6) + b"'\n"
    assert len(read(tmp_path, body).data["a"]) == MOST_BYTES - 6


def test_text_that_is_not_utf8_is_told_at_its_line(tmp_path: Path):
    """Latin-1 is refused with line and byte; the same word in UTF-8 reads."""
    with pytest.raises(BadInput) as told:
        read(tmp_path, "a: 1\nb: Orléans\n".encode("latin-1"))
    (fault,) = told.value.faults
    assert (fault.code, fault.where.rpartition(":")[2]) == ("not-utf-8", "2")
    assert "0xe9" in fault.message
    assert read(tmp_path, "a: 1\nb: حلب\n").data["b"] == "حلب"


def test_byte_order_mark_is_no_part_of_the_text(tmp_path: Path):
    """Editors on some systems write one."""
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0.25", 0.25),
        ("1e3", 1000.0),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("08:00", "08:00"),
        ("2016-12-13", "2016-12-13"),
        ("0100", "0100"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("9" * 19, "9" * 19),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!", "!"),
    ],
)
def test_plain_words(tmp_path: Path, text: str, value: object):
    """Only null, true, false, whole numbers and decimals are anything but text."""
    if text == "!":
        text = "'!'"
    read_back = read(tmp_path, f"a: {text}\n").data["a"]
    assert read_back == value
    assert type(read_back) is type(value)


def test_merge_keys_are_plain_keys(tmp_path: Path):
    """``<<`` merges nothing; as a key that no record knows it is refused later."""
    assert read(tmp_path, "a:\n  <<: {b: 1}\n").data == {"a": {"<<": {"b": 1}}}


def test_lines_of_parts(tmp_path: Path):
    """A path leads to the line of its key or entry, an unknown one to what is around it."""
    document = read(tmp_path, "a: 1\nb:\n  - x\n  -\n    c: [1,\n      2]\n")
    where = {path: document.where(path).rpartition(":")[2] for path in document.lines}
    assert where == {
        (): "1",
        ("a",): "1",
        ("b",): "2",
        ("b", 0): "3",
        ("b", 1): "5",
        ("b", 1, "c"): "5",
        ("b", 1, "c", 0): "5",
        ("b", 1, "c", 1): "6",
    }
    assert document.where(("b", 1, "zzz", 4)).endswith(":5")
    assert document.where(("zzz",)).endswith(":1")


def test_pure_python_loader_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where PyYAML has no C loader, the result and the lines are the same."""
    text = "a: [1, {b: 'x'}]\nc: >-\n  folded\n  text\n"
    fast = read(tmp_path, text)
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    slow = read(tmp_path, text)
    assert (slow.data, slow.lines) == (fast.data, fast.lines)


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, raw: bytes):
    """No input raises anything but BadInput with one-line faults."""
    found = outcome(tmp_path, raw)
    if not isinstance(found, dict):
        assert found
        assert all("\n" not in str(f) and "expected" in f.message for f in found)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), PLAIN))
def test_what_is_written_reads_back(tmp_path: Path, data: dict[str, object]):
    """Plain values written as YAML with every text quoted are read as they were."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, _: object) -> bool:
            return True

    Dumper.add_representer(
        str, lambda d, s: d.represent_scalar("tag:yaml.org,2002:str", s, style='"')
    )
    found = outcome(tmp_path, yaml.dump(data, Dumper=Dumper))
    if isinstance(found, dict):
        assert found == data
    else:
        assert {f.code for f in found} == {"identity-field"}
