"""Blocks as Markdown, and answers as CSV, for pasting into a cable."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.wording import cell, printable

__all__ = ["csv_text", "markdown"]

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>|#"})


def markdown(title: Sequence[str], blocks: Sequence[Block], notice: str) -> str:
    """Write blocks as Markdown; text of the case cannot become markup."""
    parts = [f"# {_plain(title[0])}", *(_plain(line) for line in title[1:])]
    for block in blocks:
        if not (block.words or block.items or (block.grid is not None and block.grid.rows)):
            continue
        parts.append(f"## {_plain(block.heading)}")
        parts += [_plain(words) for words in block.words]
        if block.items:
            parts.append("\n".join(f"- {_cell(item)}" for item in block.items))
        if block.grid is not None and block.grid.rows:
            parts.append(_table(block.grid))
    parts.append(f"**{_plain(notice)}**")
    return "\n\n".join(parts) + "\n"


def _table(grid: Grid) -> str:
    rule = ["---:" if i in grid.numbers else "---" for i in range(len(grid.head))]
    lines = [grid.head, rule, *([_cell(told) for told in row] for row in grid.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(told: Cell) -> str:
    clauses = f" [{', '.join(told.clauses)}]" if told.clauses else ""
    return _plain((told.text + clauses).strip())


def _plain(text: str) -> str:
    return " ".join(printable(text).split()).translate(_SPECIAL)


def csv_text(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> str:
    """Write some keys of each row; a cell cannot begin a formula in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(keys)
    for row in rows:
        writer.writerow([_written(row[key]) for key in keys])
    return out.getvalue()


def _written(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    return cell(value) if isinstance(value, str) else value
