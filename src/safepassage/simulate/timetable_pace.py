"""What an agreed pace leaves for people beyond the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.timetable_terms import Cell, Terms

__all__ = ["paces"]


def paces(
    terms: Terms, cells: Sequence[Cell], loads: Sequence[tuple[int, dict[int, int]]]
) -> dict[str, NDArray[Any]]:
    """Return the tables of the paces.

    Parameters
    ----------
    terms
        The terms.
    cells
        All cells.
    loads
        Of each load of the timetable, in the order of departures: the planned departure (s), and
        people by cell.
    """
    found = terms.paces()
    counted = np.array([[c.group in groups for c in cells] for groups, _, _ in found], np.bool_)
    counted = counted.reshape(len(found), len(cells))
    spare = np.zeros((len(found), len(loads)), np.int64)
    for k, (_, persons, every) in enumerate(found):
        departed = 0
        for i, (depart_s, aboard) in enumerate(loads):
            departed += sum(n for cell, n in aboard.items() if counted[k, cell])
            spare[k, i] = persons * (depart_s // every + 1) - departed
        # Whoever is added sets out before all who come later.
        spare[k] = np.minimum.accumulate(spare[k][::-1])[::-1]
    return {
        "pace_persons": np.array([persons for _, persons, _ in found], np.int64),
        "pace_s": np.array([every for _, _, every in found], np.float64),
        "pace_cell": counted,
        "pace_spare": spare,
    }
