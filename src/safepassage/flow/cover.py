"""Shares of columns by linear programming: exact where convex combinations are hard to find."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import RoadArrays
from safepassage.flow.lexicographic import Column

__all__ = ["Cover"]


class Cover:
    """The least total share of columns that sends everyone, with a price for each origin.

    If it is at most 1, the columns hold a complete plan. If not, the lexicographic flow that
    serves origins in the order of their prices per vehicle is the column that helps most, or the
    order has a prefix that cannot be out by the horizon.
    """

    def __init__(self, roads: RoadArrays) -> None:
        """Begin without columns."""
        self._demand = roads.demand.astype(np.float64)
        self._model = highspy.Highs()
        self._model.setOptionValue("output_flag", False)
        self._model.setOptionValue("solver", "simplex")
        self._model.setOptionValue("threads", 1)
        empty = np.zeros(0)
        for _ in self._demand:
            self._model.addRow(1.0, highspy.kHighsInf, 0, empty.astype(np.int32), empty)

    def add(self, column: Column) -> None:
        """Add a column."""
        sent = column.sent / self._demand
        rows = np.nonzero(sent > 0)[0].astype(np.int32)
        self._model.addCol(1.0, 0.0, highspy.kHighsInf, len(rows), rows, sent[rows])

    def solve(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the shares, and the prices of an amount by origin."""
        self._model.run()
        solution = self._model.getSolution()
        prices = np.maximum(0.0, np.array(solution.row_dual)) / self._demand
        return np.maximum(0.0, np.array(solution.col_value)), prices
