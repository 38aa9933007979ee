"""From a programme over beats to whole vehicles.

The programme is solved as it stands, for all types together. Then the types are made whole one
after another, those with the fewest loads first, each as near to the common solution as can be, and
the largest last, by its own objective within what the others have left. A type is made whole by
*diving*: what the linear programme has at one is fixed, and the largest fractions with it, and the
rest is solved again from where it stood. What little is left at the end is a small whole-number
programme, solved as such.
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np

from safepassage.convoy.beats import LEFT, BeatModel
from safepassage.convoy.linear import stated
from safepassage.convoy.programme import Floats, Ints

__all__ = ["whole_passes"]

NEAR = 1e-6
SHARE = 0.15
"""Share of the fractions that is fixed at once, of those above a half."""
TURNS = 200
FEW_LOOSE, FEW_EARLIER = 300, 20
"""Fractions that are left to branch and bound, for the last type and for those before it ..."""
BRANCH_S = 2.0
"""... for so long (s) ..."""
MOST_MISSED = 4
"""Loads that the programme of the last type may leave behind."""
GAP = 0.02
"""... to within this share of the best."""

FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible

Left = Callable[[], float]
"""Seconds that are left."""


def whole_passes(model: BeatModel, left: Left) -> Floats | None:
    """Choose whole passes; returns the columns' values, or None where time was over first.

    Some loads may be left behind. If there are many in the programme as it stands, making it whole
    is not worth the time, and the answer is None, too.
    """
    lp = model.programme
    gain = np.concatenate(lp.gain)
    kinds = sorted(model.left, key=lambda k: (model.events(k).size, k))
    together = np.zeros(lp.columns)
    if len(kinds) > 1:
        problem = stated(lp, gain)
        most = np.concatenate(lp.upper)
        most[model.held_back()] = 0.0
        problem.col_upper_ = most
        found = _Solver(problem, left).run(interior=True)
        if found is None:
            return None
        together = found
    placed = np.zeros(lp.columns)
    before: list[Ints] = []
    for kind in kinds:
        last = kind == kinds[-1]
        aim = gain if last else _near(model, kind, together)
        solver = _Solver(_given(model, kind, aim, placed, before), left)
        x = solver.run(interior=True)
        if x is None or (last and x[model.left[kind]].sum() > MOST_MISSED):
            return None
        x = solver.dive(x, model, kind, FEW_LOOSE if last else FEW_EARLIER)
        events = model.events(kind)
        if np.abs(x[events] - np.rint(x[events])).max(initial=0) > NEAR:
            return None
        both = np.concatenate([events, model.left[kind]])
        placed[both] = x[both]
        before.append(both)
    return placed


def _near(model: BeatModel, kind: str, x: Floats) -> Floats:
    """Objective of being near a solution."""
    aim = np.zeros(x.size)
    mine = model.events(kind)
    aim[mine] = x[mine]
    aim[model.left[kind]] = -LEFT
    return aim


def _given(
    model: BeatModel, kind: str, aim: Floats, placed: Floats, before: list[Ints]
) -> highspy.HighsLp:
    """The programme of one type: those placed before stay, those to come are left out."""
    lp = model.programme
    problem = stated(lp, aim)
    most, least = np.concatenate(lp.upper), np.zeros(lp.columns)
    most[np.setdiff1d(model.events(), model.events(kind))] = 0.0
    for columns in before:
        most[columns] = least[columns] = placed[columns]
    problem.col_upper_, problem.col_lower_ = most, least
    return problem


class _Solver:
    """HiGHS with a programme in it."""

    def __init__(self, problem: highspy.HighsLp, left: Left) -> None:
        self.left = left
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.passModel(problem)

    def run(self, *, interior: bool = False) -> Floats | None:
        """Solve to a vertex; None where there is no solution or no time."""
        self.highs.setOptionValue("solver", "ipm" if interior else "simplex")
        # HiGHS counts the time of all its runs.
        limit = self.highs.getRunTime() + max(0.1, self.left())
        self.highs.setOptionValue("time_limit", limit)
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def dive(self, x: Floats, model: BeatModel, kind: str, branch_at: int) -> Floats:
        """Fix passes of a type until all are whole, or time is over."""
        events = model.events(kind)
        fixed = np.zeros(x.size, bool)
        share = SHARE
        for _ in range(TURNS):
            y = x[events]
            free = ~fixed[events]
            loose = events[(np.abs(y - np.rint(y)) > NEAR) & free]
            if not loose.size or self.left() <= 0:
                break
            whole = events[(y > 1 - NEAR) & free]
            self._bound(whole, 1.0, 1.0)
            fixed[whole] = True
            if loose.size <= branch_at:
                branch_at = loose.size // 3
                found = self._branch(events[~fixed[events]])
                # Cut short, it may leave loads behind that diving would not.
                missed = model.left[kind]
                if found is not None and found[missed].sum() < x[missed].sum() + 0.5:
                    return found
            loose = loose[np.argsort(-x[loose], kind="stable")]
            picked = loose[: max(1, int(share * loose.size))]
            picked = picked[x[picked] > 0.5] if x[loose[0]] > 0.5 else loose[:1]
            self._bound(picked, 1.0, 1.0)
            found = self.run()
            fixed[picked] = found is not None
            if found is None:
                # Together they do not fit; one alone that does not is out.
                alone = picked.size == 1
                self._bound(picked, 0.0, 0.0 if alone else np.inf)
                fixed[picked] = alone
                share = share if alone else share / 4
                found = self.run()
                if found is None:
                    break
            x = found
        return x

    def _branch(self, events: Ints) -> Floats | None:
        """Solve the rest in whole numbers, or not at all."""
        h = self.highs
        n = events.size
        h.changeColsIntegrality(
            n, events.astype(np.int32), np.full(n, highspy.HighsVarType.kInteger)
        )
        h.setOptionValue("mip_rel_gap", GAP)
        h.setOptionValue("solver", "choose")
        h.setOptionValue("time_limit", h.getRunTime() + max(0.1, min(BRANCH_S, self.left())))
        h.run()
        solved = (
            h.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        )
        x = np.array(h.getSolution().col_value) if solved else None
        h.changeColsIntegrality(
            n, events.astype(np.int32), np.full(n, highspy.HighsVarType.kContinuous)
        )
        return x

    def _bound(self, columns: Ints, least: float, most: float) -> None:
        n = columns.size
        if n:
            self.highs.changeColsBounds(
                n, columns.astype(np.int32), np.full(n, least), np.full(n, most)
            )
