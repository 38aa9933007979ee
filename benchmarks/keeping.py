"""Results are kept by row: a run of some rows leaves the others, each with its own date.

A file holds one family: what was run last and when, and its rows. Rows are told apart by columns
that the family names as its key; a family without one is measured as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.registry import Benchmark, Row

__all__ = ["keep", "merged"]

MEASURED = "measured"
"""The column that says when a row was measured."""
_SETTING = ("python", "cores", "seconds")
"""What a row shares with its run; where it differs from that of the last one, its row says so."""


def keep(folder: Path, benchmark: Benchmark, about: Mapping[str, Any], rows: list[Row]) -> None:
    """Write what a run measured as data and as a table, beside the rows that it left out."""
    file = folder / f"{benchmark.name}.json"
    if benchmark.key:
        old = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        rows = merged(benchmark, about, rows, old)
    told = {"benchmark": benchmark.name, "title": benchmark.title, **about}
    file.write_text(json.dumps({**told, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [
        f"# {benchmark.title}",
        "",
        ", ".join(f"{k} {v}" for k, v in about.items()),
        "",
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *("| " + " | ".join(str(row.get(c, "")) for c in columns) + " |" for row in rows),
    ]
    (folder / f"{benchmark.name}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if benchmark.picture is not None:
        benchmark.picture(rows, folder / f"{benchmark.name}.svg")


def merged(
    benchmark: Benchmark, about: Mapping[str, Any], rows: Iterable[Row], old: Mapping[str, Any]
) -> list[Row]:
    """Return the rows of a run, among those of the file before it that it does not replace.

    A run of the whole family leaves no other rows, so that what has a new name is not told twice.
    A row that was skipped, for want of data, replaces none that was measured.

    Parameters
    ----------
    about
        The run: ``date``, ``python``, ``cores``, ``seconds``.
    old
        The file as it was; empty if there was none.
    """
    new = {_name(benchmark, row): _dated(row, str(about["date"])) for row in rows}
    before = {_name(benchmark, row): _dated(row, _when(old, about)) for row in old.get("rows", ())}
    kept = {
        name: row
        for name, row in before.items()
        if (benchmark.partial() and name not in new) or (name in new and _skipped(new[name]))
    }
    found = {**new, **kept}
    order = [*before, *(name for name in new if name not in before)]
    return [found[name] for name in order if name in found]


def _name(benchmark: Benchmark, row: Row) -> tuple[str, ...]:
    return tuple(str(row.get(column, "")) for column in benchmark.key)


def _dated(row: Row, when: str) -> Row:
    return row if MEASURED in row else {**row, MEASURED: when}


def _when(old: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Say when the rows of a file were measured, and how, if not as now."""
    other = [f"{what} {old[what]}" for what in _SETTING if what in old and old[what] != about[what]]
    return ", ".join((str(old.get("date", "")), *other))


def _skipped(row: Row) -> bool:
    return str(row.get("note", "")).startswith("skipped")
