"""Observations: typed rows, one series a source, faults by line."""

# The tables below read best with one case a line.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.errors import BadInput
from safepassage.terms.observations import COLUMNS, read_observations, series, stops

HEADER = ",".join(COLUMNS)
OUT = "out,un,2016-12-16T10:40+02:00,,8500,3000,360,10 batches,,,stated,"
STOP = "stop,un,2016-12-16T11:00+02:00,2016-12-18T23:00+02:00,,,,,,violence,,"
CONVOY = "convoy,un,2016-12-16T10:00+02:00,2016-12-16T09:00+02:00,350,,,5 buses,,,,"


def read(tmp_path: Path, *rows: str, header: str = HEADER):
    """Read rows under the full header."""
    file = tmp_path / "observations.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_observations(file, ["un", "icrc"])


def test_rows_are_typed(tmp_path: Path):
    """Counts are whole numbers, times have their zone, empty cells are None."""
    out, stop = read(tmp_path, OUT, STOP)
    assert (out.kind, out.persons, out.fighters, out.vehicles) == ("out", 8500, 3000, "10 batches")
    assert out.until is None
    assert out.cause is None
    assert stop.until is not None
    assert (stop.until - stop.time).total_seconds() == 60 * 3600
    assert (out.line, stop.line) == (2, 3)


def test_series_are_kept_apart(tmp_path: Path):
    """Two sources with different counts of one moment stay two series."""
    rows = read(tmp_path, OUT, OUT.replace("un", "icrc").replace("8500", "10000"), STOP)
    assert {s: [r.persons for r in rs] for s, rs in series(rows).items()} == {
        "un": [8500],
        "icrc": [10000],
    }


PAIRS = [
    ("bad-value", STOP.replace("23:00+02:00,,", "23:00+02:00,40,"), STOP),
    ("bad-value", CONVOY.removesuffix(",,,,") + ",,a flat tyre,,", CONVOY),
    ("bad-value", OUT.replace("10:40+02:00,", "10:40+02:00,2016-12-16T11:40+02:00"), OUT),
    ("unknown-word", OUT.replace("out", "in", 1), OUT),
    ("unknown-id", OUT.replace("un", "uno", 1), OUT.replace("un", "icrc", 1)),
    ("bad-value", OUT.replace("+02:00", ""), OUT.replace("+02:00", "Z")),
    ("bad-value", OUT.replace("2016-12-16T10:40+02:00", ""), OUT),
    ("bad-value", OUT.replace("8500", "").replace("10 batches", ""), OUT.replace("8500", "")),
    ("bad-value", OUT.replace("8500", "8 500"), OUT),
    ("bad-value", OUT.replace("8500", "-1"), OUT),
    ("bad-value", OUT.replace("8500", "2999"), OUT.replace("8500", "3000")),
    ("bad-value", OUT.replace("360", "many"), OUT.replace("360", "")),
    ("ends-before-start", STOP.replace("12-18", "12-15"), STOP.replace("2016-12-18T23:00+02:00", "")),
    ("bad-value", CONVOY.replace("350", "-350"), CONVOY.replace("350", "")),
    ("ends-before-start", STOP.replace("12-18", "12-15"), CONVOY),
    ("ends-before-start", OUT.replace("batches,", "batches,2016-12-16T11:00Z"), OUT.replace("batches,", "batches,2016-12-15T11:00Z")),
    ("csv-shape", OUT + ",x", OUT.replace("10 batches", '"10, batches"')),
    ("csv-syntax", OUT.replace("10 batches", '"10" batches'), OUT),
]  # fmt: skip


@pytest.mark.parametrize(("code", "bad", "good"), PAIRS)
def test_refused_at_its_line_and_near_good_taken(tmp_path: Path, code: str, bad: str, good: str):
    """Each fault is told at its row; the nearest good row is read."""
    with pytest.raises(BadInput) as told:
        read(tmp_path, STOP, bad)
    assert [(f.code, f.where.rpartition(":")[2]) for f in told.value.faults] == [(code, "3")]
    assert len(read(tmp_path, STOP, good)) == 2


def test_a_series_out_of_order_is_refused(tmp_path: Path):
    """Two counts of one source for one moment, or backwards, are a slip."""
    later = OUT.replace("10:40", "10:41")
    assert len(read(tmp_path, OUT, later)) == 2
    for rows in ((later, OUT), (OUT, OUT)):
        with pytest.raises(BadInput) as told:
            read(tmp_path, *rows)
        assert [f.code for f in told.value.faults] == ["observations-order"]


@pytest.mark.parametrize(
    ("code", "header"),
    [
        ("missing-column", HEADER.replace("time,", "hour,")),
        ("repeated-column", HEADER.replace("note", "time")),
        ("unknown-column", HEADER.replace("fighters", "figthers")),
        ("identity-field", HEADER.replace("note", "names")),
    ],
)
def test_headers(tmp_path: Path, code: str, header: str):
    """A column that is missing, repeated, misspelt or about identity is told at line 1."""
    with pytest.raises(BadInput) as told:
        read(tmp_path, OUT, header=header)
    assert code in {f.code for f in told.value.faults}
    assert all(f.where.endswith(":1") for f in told.value.faults)


def test_a_convoy_is_no_count_of_everybody(tmp_path: Path):
    """A convoy is kept out of the series, and one that arrives before it departs is read."""
    rows = read(tmp_path, CONVOY, OUT)
    assert [r.kind for r in rows] == ["convoy", "out"]
    assert rows[0].until is not None
    assert rows[0].until < rows[0].time
    assert [r.kind for r in series(rows)["un"]] == ["out"]


def test_stops_that_overlap_are_one(tmp_path: Path):
    """Whoever tells of them; what comes after a stop without an end belongs to it."""

    def row(begin: str, end: str, source: str = "un") -> str:
        until = f"2016-12-16T{end}+02:00" if end else ""
        return f"stop,{source},2016-12-16T{begin}+02:00,{until},,,,,,,,"

    def hours(*rows: str) -> list[tuple[int, int | None]]:
        found = stops(read(tmp_path, *rows))
        return [(a.hour, None if b is None else b.hour) for a, b in found]

    assert hours(OUT) == []
    assert hours(row("10:00", "12:00"), OUT, row("11:00", "13:00", "icrc")) == [(10, 13)]
    assert hours(row("12:00", "13:00"), row("10:00", "12:00")) == [(10, 13)]
    assert hours(row("14:00", "15:00"), row("10:00", "12:00")) == [(10, 12), (14, 15)]
    assert hours(row("10:00", ""), row("11:00", "12:00")) == [(10, None)]
    assert hours(row("10:00", "12:00"), row("11:00", "")) == [(10, None)]


def test_only_three_columns_are_needed(tmp_path: Path):
    """A column of the author's own is kept out of the way, not refused."""
    rows = read(tmp_path, "stop,un,2016-12-16T11:00Z,blue", header="kind,source,time,colour")
    assert rows[0].cause is None


def test_no_more_faults_are_told_than_anybody_reads(tmp_path: Path):
    """Of thousands of faulty rows the first are told, and that there are more."""
    with pytest.raises(BadInput) as caught:
        read(tmp_path, *(["out,nobody,2016-12-16T10:40+02:00,,1,,,,,,,"] * 1_000))
    assert len(caught.value.faults) < 250
    assert "too-many-faults" in {fault.code for fault in caught.value.faults}
