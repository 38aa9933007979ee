"""What is told, before it is known where: headings, sentences and grids."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Block", "Cell", "Grid"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text, and what it rests on."""

    text: str
    clauses: tuple[str, ...] = ()
    """Clause ids that make the figure what it is."""
    sources: tuple[str, ...] = ()
    """Source ids."""
    mark: str = ""
    """``good``, ``warn`` or nothing; the text says the same in words."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; numbers stand to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    """Columns that hold numbers."""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with sentences, and perhaps a grid."""

    heading: str
    words: tuple[str, ...] = ()
    grid: Grid | None = None
    items: tuple[Cell, ...] = ()
    """Points of a list."""
    drawing: str = ""
    """Name of what a page draws in it."""
