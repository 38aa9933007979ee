"""Blocks in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from safepassage.report.table.blocks import Block, Cell, Grid
from safepassage.report.wording import joined, printable

__all__ = ["print_blocks"]

_WIDEST = 100
_STYLES = {"good": "green", "warn": "red"}


def print_blocks(
    title: Sequence[str],
    blocks: Sequence[Block],
    notice: str,
    console: Console,
    files: Sequence[Path] = (),
) -> None:
    """Print an answer: its title, every block that says something, and the notice."""
    console.width = min(console.width, _WIDEST)
    for line in title:
        console.print(_text(line, "bold" if line == title[0] else ""))
    for block in blocks:
        if block.words or block.items or (block.grid is not None and block.grid.rows):
            _block(console, block)
    _block(console, Block("Notice", (notice,)))
    if files:
        names = joined([file.name for file in files])
        _block(console, Block("Written", (f"{names}, in {files[0].parent}.",)))


def _block(console: Console, block: Block) -> None:
    console.print()
    console.print(_text(block.heading, "bold"))
    for words in block.words:
        console.print(Padding(_text(words), (0, 0, 0, 2), expand=False))
    if block.items:
        grid = Table.grid(padding=(0, 1))
        for item in block.items:
            grid.add_row(_text("-"), _cell(item, refer=True))
        console.print(Padding(grid, (0, 0, 0, 2), expand=False))
    if block.grid is not None and block.grid.rows:
        console.print(Padding(_table(block.grid), (0, 0, 0, 2), expand=False))


def _table(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    # Ids stay whole, so that they can be typed again; names may be broken over lines.
    ids = all(" " not in row[0].text for row in grid.rows)
    for i, head in enumerate(grid.head):
        number = i in grid.numbers
        table.add_column(
            head, justify="right" if number else "left", no_wrap=number or (i == 0 and ids)
        )
    for row in grid.rows:
        table.add_row(*(_cell(cell, refer=False) for cell in row))
    return table


def _cell(cell: Cell, *, refer: bool) -> Text:
    clauses = f" [{', '.join(cell.clauses)}]" if refer and cell.clauses else ""
    return _text(cell.text + clauses, _STYLES.get(cell.mark, ""))


def _text(words: str, style: str = "") -> Text:
    return Text(printable(words), style=style)
