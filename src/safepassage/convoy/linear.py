"""Solve the relaxation as a linear programme with HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from safepassage.convoy.programme import Floats, Ints, Programme

__all__ = ["Optimum", "entries", "optimum", "stated"]

SMALL = 2_000
"""Columns up to which simplex is quicker, and its multipliers cleaner ..."""
MEDIUM = 10_000
"""... and up to which it is with the primal method, which starts from nobody on the way."""

PRIMAL = 4
"""HiGHS's number of that method."""


@dataclass(frozen=True)
class Optimum:
    """An optimal solution in floating point."""

    value: float
    multipliers: Floats
    """By row; at least 0 for rows with "at most"."""


def entries(lp: Programme) -> tuple[Ints, Ints, Floats]:
    """Rows, columns and values of the entries."""
    return (
        np.concatenate(lp.row_index),
        np.concatenate(lp.column_index),
        np.concatenate(lp.values),
    )


def stated(lp: Programme, gain: Floats) -> highspy.HighsLp:
    """Put a programme and its objective as HiGHS takes it.

    As a minimisation: without crossover HiGHS gives the multipliers of a maximisation with the
    wrong sign.
    """
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = lp.columns, len(lp.limits)
    problem.col_cost_ = -gain
    problem.col_lower_ = np.concatenate(lp.lower)
    problem.col_upper_ = np.concatenate(lp.upper)
    limits = np.array(lp.limits)
    problem.row_upper_ = limits
    problem.row_lower_ = np.where(np.array(lp.equal), limits, -highspy.kHighsInf)
    rows, columns, values = entries(lp)
    order = np.lexsort((rows, columns))
    problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    problem.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(lp.columns + 1))
    problem.a_matrix_.index_ = rows[order]
    problem.a_matrix_.value_ = values[order]
    return problem


def optimum(
    lp: Programme, gain: Floats, *, vertex: bool, seconds: float | None = None
) -> Optimum | None:
    """Maximise ``gain`` over the programme.

    Parameters
    ----------
    gain
        Objective, by column.
    vertex
        Whether to end at a vertex. Without, large programmes end inside the optimal face, in half
        the time; what that blurs in the multipliers of vehicles in waiting can be repaired.
    seconds
        Time limit.

    Returns
    -------
    The optimum, or None where the time was over first.
    """
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    if seconds is not None:
        solver.setOptionValue("time_limit", max(0.1, seconds))
    if SMALL < lp.columns <= MEDIUM:
        solver.setOptionValue("solver", "simplex")
        solver.setOptionValue("simplex_strategy", PRIMAL)
    elif lp.columns > MEDIUM:
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "on" if vertex else "off")
    solver.passModel(stated(lp, gain))
    solver.run()
    # "Unknown" is an optimum that is a little less exact than HiGHS asks for without crossover; any
    # multipliers prove something, and what they do is evaluated afterwards.
    good = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
    if solver.getModelStatus() not in good:
        return None
    value = -float(solver.getInfo().objective_function_value)
    return Optimum(value, -np.array(solver.getSolution().row_dual))
