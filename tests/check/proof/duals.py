"""The checker's programme as a matrix, and multipliers for it found by an ordinary LP solver.

Every row is asked of the checker by a certificate that gives it the multiplier 1 and all others
0: what its columns then cost are the coefficients of the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from safepassage.check.proof import Programme, read_form
from safepassage.check.proof.frame import Frame
from safepassage.check.proof.prices import Prices, read_prices
from safepassage.check.proof.verify import all_columns, allowed

Row = tuple[str, Any]
"""A family, and the multipliers that give one of its rows the multiplier 1."""

SCALE = 10**9


def certificate(
    claim: str, value: int, by_s: int, grid: list[int], multipliers: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {
        "format": "safepassage-certificate/1",
        "claim": claim,
        "value": value,
        "by_s": by_s,
        "grid": grid,
        "bays": more.get("bays", False),
        "scale": more.get("scale", SCALE),
        "multipliers": multipliers,
        "sentence": "Made for a test.",
    }


def frame_of(programme: Programme, data: dict[str, Any]) -> Frame:
    form = read_form(data)
    assert not isinstance(form, str), form
    return Frame.of(programme, form)


def prices_of(frame: Frame, multipliers: dict[str, Any]) -> Prices:
    prices = read_prices(multipliers, frame)
    assert not isinstance(prices, str), prices
    return prices


def rows_of(frame: Frame) -> list[Row]:
    """Every row of the programme; of stretches, all that begin and end on the grid."""
    rows: list[Row] = []
    count = frame.slots.count
    for family, shape in frame.families.items():
        if shape == "number":
            rows.append((family, 1))
        elif shape in ("states", "motion", "people"):
            size = len(frame.entries) if shape == "people" else count + 1
            rows += [(family, [int(i == j) for j in range(size)]) for i in range(size)]
        elif shape == "slots":
            rows += [(family, [[i, j, 1]]) for i in range(count) for j in range(i, count)]
        elif shape in ("stretches", "sizes"):
            lane = frame.lanes[family.split("/")[-1]]
            sizes = [[v] for v in range(frame.programme.reading.convoys.most)]
            for v in sizes if shape == "sizes" else [[]]:
                rows += [(family, [[i, j, *v, 1]]) for i, j in lane.stretches]
        elif shape == "legs":
            # Each leg alone: what several are worth together is at most the sum of that.
            fleet = next(f for f in frame.programme.fleets if family == f"tours/{f.kind.id}")
            rows += [(family, [[w.start, w.end, w.corridor, 1]]) for w in fleet.carrying]
        else:
            grid = frame.slots.grid
            rows += [
                (family, [[grid[i], grid[j], 1]])
                for i in range(count)
                for j in range(i + 1, count + 1)
            ]
    return rows


def is_equal(frame: Frame, row: Row) -> bool:
    return frame.families[row[0]] in ("states", "motion")


@dataclass
class Solved:
    """The programme's optimum, and multipliers that prove it but for their rounding."""

    optimum: float
    multipliers: dict[str, Any]


def solve(frame: Frame) -> Solved:
    rows = rows_of(frame)
    found = [list(all_columns(frame, prices_of(frame, {family: p}))) for family, p in rows]
    none = list(all_columns(frame, prices_of(frame, {})))
    matrix = np.array([[v for c in columns for v in c.values] for columns in found], dtype=float)
    limits = [allowed(frame, prices_of(frame, {family: p})) for family, p in rows]
    uppers = [u for c in none for u in (c.uppers or [10**9] * len(c.values))]
    lowers = [c.lower for c in none for _ in c.values]
    gains = [c.gain for c in none for _ in c.values]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(gains, dtype=float)
    lp.col_lower_, lp.col_upper_ = np.array(lowers, dtype=float), np.array(uppers, dtype=float)
    lp.row_upper_ = np.array(limits, dtype=float)
    lp.row_lower_ = np.array(
        [
            limit if is_equal(frame, row) else -highspy.kHighsInf
            for row, limit in zip(rows, limits, strict=True)
        ]
    )
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    used = [np.flatnonzero(row) for row in matrix]
    lp.a_matrix_.start_ = np.cumsum([0, *(len(u) for u in used)])
    lp.a_matrix_.index_ = np.concatenate(used)
    lp.a_matrix_.value_ = np.concatenate([row[u] for row, u in zip(matrix, used, strict=True)])
    solver = highspy.Highs()
    solver.silent()
    solver.passModel(lp)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    duals = list(solver.getSolution().row_dual)
    optimum = solver.getInfo().objective_function_value
    return Solved(optimum, _multipliers(frame, rows, duals))


def _multipliers(frame: Frame, rows: list[Row], duals: list[float]) -> dict[str, Any]:
    multipliers: dict[str, Any] = {}
    for row, dual in zip(rows, duals, strict=True):
        family, unit = row
        price = round(dual * SCALE)
        if not is_equal(frame, row):
            price = max(0, price)
        if not price:
            continue
        if isinstance(unit, int):
            multipliers[family] = price
        elif isinstance(unit[0], list):
            multipliers.setdefault(family, []).append([*unit[0][:-1], price])
        else:
            known = multipliers.setdefault(family, [0] * len(unit))
            known[unit.index(1)] = price
    return multipliers
