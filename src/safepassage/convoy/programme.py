"""A linear programme as it grows: named rows, blocks of columns, entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Bools", "Floats", "Ints", "Programme", "RowKey"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
RowKey = tuple[Any, ...]
"""Name of a family of rows, then what tells its rows apart."""


@dataclass
class Programme:
    """Rows and columns as they are added; a maximisation with ``row <= limit`` or ``= limit``."""

    rows: dict[RowKey, int] = field(default_factory=dict)
    limits: list[float] = field(default_factory=list)
    equal: list[bool] = field(default_factory=list)
    row_index: list[Ints] = field(default_factory=list)
    column_index: list[Ints] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)
    columns: int = 0
    upper: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    gain: list[Floats] = field(default_factory=list)
    called: dict[int, str] = field(default_factory=dict)
    """What limits a row, where its family does not say so."""

    def row(self, key: RowKey, limit: float, *, equal: bool = False) -> int:
        """Add a row; returns its index. Each has a name of its own, under which it is proven."""
        if key in self.rows:
            raise ValueError(f"there is a row {key} already")
        self.rows[key] = len(self.limits)
        self.limits.append(limit)
        self.equal.append(equal)
        return self.rows[key]

    def rows_of(self, prefix: RowKey, limits: Iterable[float], *, equal: bool = False) -> Ints:
        """Add a row for each slot; returns their indices."""
        return np.array(
            [self.row((*prefix, j), x, equal=equal) for j, x in enumerate(limits)], np.int64
        )

    def block(
        self, count: int, upper: float | Floats, gain: float | Floats = 0.0, lower: float = 0.0
    ) -> Ints:
        """Add columns; returns their indices."""
        index = np.arange(self.columns, self.columns + count, dtype=np.int64)
        self.columns += count
        self.upper.append(np.broadcast_to(np.asarray(upper, float), (count,)))
        self.lower.append(np.full(count, lower))
        self.gain.append(np.broadcast_to(np.asarray(gain, float), (count,)))
        return index

    def put(self, rows: Ints, columns: Ints, value: float) -> None:
        """Enter the same coefficient at pairs of row and column; row -1 is no row."""
        keep = rows >= 0
        self.row_index.append(rows[keep])
        self.column_index.append(columns[keep])
        self.values.append(np.full(int(keep.sum()), value))

    def fill(self, row: int, columns: Ints, value: float) -> None:
        """Enter the same coefficient in one row for several columns."""
        self.put(np.full(columns.size, row, np.int64), columns, value)

    def close(self, columns: Ints) -> None:
        """Set the upper ends of some columns of the newest block to 0."""
        if columns.size:
            offset = self.columns - len(self.upper[-1])
            upper = np.array(self.upper[-1])
            upper[columns - offset] = 0.0
            self.upper[-1] = upper
