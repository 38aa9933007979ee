"""Lower bounds on clearance and upper bounds on people out, each with its certificate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt

from safepassage.convoy.grid import grid_points
from safepassage.convoy.relaxation import Model, model
from safepassage.instance import Demand, Operation

__all__ = ["CERTIFICATE_FORMAT", "Bound", "clearance_bound", "people_bound"]

CERTIFICATE_FORMAT = "safepassage-certificate/1"
SCALE = 10**9

GRIDS = ((900, False), (300, False))
"""Steps of the finer grids (s), and whether bays have states of their own."""

MOST_SLOTS = 1_000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bound:
    """A proven number and what proves it."""

    value: int
    certificate: dict[str, Any] | None
    load: dict[str, float]
    """Share of the bound that each family of limits carries, for naming the bottleneck."""


@dataclass(frozen=True)
class _Proof:
    most: int
    """People out by the moment asked about, at most (rounded down)."""
    optimum: float
    multipliers: npt.NDArray[np.int64]


def _solve(m: Model) -> tuple[float, Floats, Floats]:
    """Optimum, row multipliers and column values, by interior point and crossover."""
    lp = m.programme
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = lp.columns, len(lp.limits)
    problem.col_cost_ = np.concatenate(lp.gain)
    problem.col_lower_ = np.concatenate(lp.lower)
    problem.col_upper_ = np.concatenate(lp.upper)
    limits = np.array(lp.limits)
    problem.row_upper_ = limits
    problem.row_lower_ = np.where(np.array(lp.equal), limits, -highspy.kHighsInf)
    problem.sense_ = highspy.ObjSense.kMaximize
    rows, columns, values = _entries(m)
    order = np.lexsort((rows, columns))
    problem.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    problem.a_matrix_.start_ = np.searchsorted(columns[order], np.arange(lp.columns + 1))
    problem.a_matrix_.index_ = rows[order]
    problem.a_matrix_.value_ = values[order]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    # A small programme is quicker, and its multipliers cleaner, by simplex.
    if lp.columns > 2_000:
        solver.setOptionValue("solver", "ipm")
        # Without a basis the multipliers are too blurred to prove much once they are rounded.
        solver.setOptionValue("run_crossover", "on")
    solver.passModel(problem)
    solver.run()
    solution = solver.getSolution()
    return (
        float(solver.getInfo().objective_function_value),
        np.array(solution.row_dual),
        np.array(solution.col_value),
    )


def _entries(m: Model) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
    lp = m.programme
    return (
        np.concatenate(lp.row_index),
        np.concatenate(lp.column_index),
        np.concatenate(lp.values),
    )


def _prove(m: Model, duals: Floats, optimum: float) -> _Proof:
    """Round the multipliers to whole numbers and evaluate the bound they prove, exactly."""
    lp = m.programme
    equal = np.array(lp.equal)
    p = np.rint(duals * SCALE).astype(np.int64)
    p = np.where(equal, p, np.maximum(p, 0))
    rows, columns, values = _entries(m)
    whole = np.rint(values).astype(np.int64)
    priced = np.zeros(lp.columns, np.int64)
    np.add.at(priced, columns, p[rows] * whole)
    reduced = np.rint(np.concatenate(lp.gain)).astype(np.int64) * SCALE - priced
    upper = np.concatenate(lp.upper)
    lower = np.concatenate(lp.lower)
    total = sum(int(a) * int(b) for a, b in zip(p, lp.limits, strict=True) if a)
    for i in np.flatnonzero((reduced > 0) & (upper > 0)):
        total += int(reduced[i]) * int(upper[i])
    for i in np.flatnonzero((reduced < 0) & (lower < 0)):
        total += int(reduced[i]) * int(lower[i])
    return _Proof(total // SCALE, optimum, p)


def _certificate(m: Model, proof: _Proof, claim: str, value: int, by: int) -> dict[str, Any]:
    families: dict[str, Any] = {}
    for key, index in m.programme.rows.items():
        p = int(proof.multipliers[index])
        name = str(key[0])
        if name in {"ready", "arrived", "boarded"} or (name == "unload" and len(key) == 4):
            families.setdefault("/".join(map(str, key[:3])), []).append(p)
        elif name in {"motion", "people"}:
            families.setdefault(name, []).append(p)
        elif name == "capacity":
            place, direction, first, last = key[1:]
            family = (
                f"{place}/{direction}"
                if place in ("board", "unload")
                else f"capacity/{place}/{direction}"
            )
            if p:
                families.setdefault(_LIMIT + family, []).append([first, last, p])
        elif name == "time":
            if p:
                families.setdefault(f"time/{key[1]}", []).append([key[2], key[3], p])
        elif p:
            families["/".join(map(str, key))] = p
    kept = {k: v for k, v in families.items() if not isinstance(v, list) or _some(v)}
    return {
        "format": CERTIFICATE_FORMAT,
        "claim": claim,
        "value": value,
        "by_s": by,
        "grid": [int(g) for g in m.grid],
        "bays": m.bays,
        "scale": SCALE,
        "multipliers": {k.removeprefix(_LIMIT): v for k, v in kept.items()},
        "sentence": "",
    }


_LIMIT = "limit:"


def _some(values: list[Any]) -> bool:
    return any(values)


def _load(m: Model, proof: _Proof) -> dict[str, float]:
    """Value of each limit at its multiplier, as a share of the bound."""
    load: dict[str, float] = {}
    for key, index in m.programme.rows.items():
        p = float(proof.multipliers[index]) / SCALE * m.programme.limits[index]
        if p <= 0:
            continue
        name = str(key[0])
        if name == "capacity":
            label = f"{key[1]}/{key[2]}"
        elif name in {"time", "rotations", "whole", "ready"}:
            label = f"fleet/{key[1]}"
        elif name == "spacing":
            label = f"{key[1]}/out"
        elif name in {"escorts", "motion"}:
            label = "escorts"
        elif name == "boarded":
            label = f"own/{key[1]}"
        else:
            label = "/".join(map(str, key[:2]))
        load[label] = load.get(label, 0.0) + p
    total = sum(load.values()) or 1.0
    return {k: v / total for k, v in load.items()}


def _coarse(op: Operation, until: int) -> list[int]:
    """A few slots: openings and closings, and finer ones at the two ends.

    Where crossings close in between, the hours of each opening are divided too: what a vehicle
    can still do before the closing is then told apart.
    """
    points = {0, until}
    spans = {
        span
        for crossing in op.crossings
        for span in op.timeline.crossing_open(crossing.id, until + 1)
    }
    for a, b in spans:
        points.update(p for p in (a, b) if p <= until)
    if _closes(op, until):
        total = sum(b - a for a, b in spans)
        step = max(1_800, total // 80)
        points.update(p for a, b in spans for p in range(a, min(b, until), step))
    step = 1_800
    for k in range(1, 5):
        points.update(p for p in (k * step, until - k * step) if 0 < p < until)
    return sorted(points)


def _closes(op: Operation, until: int) -> bool:
    """Whether some crossing closes and opens again."""
    return any(len(op.timeline.crossing_open(c.id, until + 1)) > 1 for c in op.crossings)


def _ask(
    op: Operation, demand: Demand, grid: Sequence[int], by: int, *, whole: bool, bays: bool
) -> tuple[Model, _Proof]:
    m = model(op, demand, grid, by, whole=whole, bays=bays)
    optimum, duals, _ = _solve(m)
    return m, _prove(m, duals, optimum)


def people_bound(op: Operation, demand: Demand, by: int, *, step: int | None = None) -> Bound:
    """Upper bound on the people out by a moment."""
    grid = _coarse(op, by) if step is None else grid_points(op, by, step)
    m, proof = _ask(op, demand, grid, by, whole=False, bays=step is not None)
    most = min(max(proof.most, 0), demand.persons)
    return Bound(most, _certificate(m, proof, "out-by-at-most", most, by), _load(m, proof))


def clearance_bound(
    op: Operation,
    demand: Demand,
    clearance: int,
    *,
    goal: float,
    enough: Callable[[int], bool] = lambda _: False,
    progress: Callable[[int], None] = lambda _: None,
    fine: bool = True,
) -> Bound:
    """Lower bound on the clearance time, refined until it is within ``goal`` of ``clearance``.

    First a programme of a few slots; then finer grids, which only tell more where crossings close
    in between.
    """
    best = _threshold(op, demand, clearance)
    progress(best.value)
    closes = _closes(op, clearance)
    for step, bays in GRIDS if fine and closes else ():
        if clearance <= best.value * (1 + goal) or enough(best.value):
            break
        if len(grid_points(op, clearance, step)) > MOST_SLOTS:
            continue
        best = _refine(op, demand, best, clearance, step, bays=bays, goal=goal, enough=enough)
        progress(best.value)
    return best


def _threshold(op: Operation, demand: Demand, clearance: int) -> Bound:
    """Largest moment by which the programme of a few slots proves that not all can be out.

    The shortfall grows almost in proportion to the time that is missing, so a secant through two
    of them finds the threshold in a few steps; halving is the fallback.
    """
    low, high = 0, clearance
    best = Bound(0, None, {})
    known: list[tuple[int, float]] = []
    by = int(clearance * 0.95)
    for turn in range(12):
        m, proof = _ask(op, demand, _coarse(op, by), by, whole=True, bays=False)
        if proof.most < m.target:
            low = by
            known.append((by, m.target - proof.optimum))
            certificate = _certificate(m, proof, "clearance-at-least", by + 1, by)
            best = Bound(by + 1, certificate, _load(m, proof))
        else:
            high = by
        if high - low <= max(60, clearance // 1_000):
            break
        by = _guess(known, low, high, turn)
    return best


def _guess(known: list[tuple[int, float]], low: int, high: int, misses: int) -> int:
    middle = (low + high) // 2
    if not known:
        # Still too late to prove anything: the threshold is mostly not far below, but may be.
        return max(middle, int(high * (1 - 0.04 * 2**misses)))
    if len(known) < 2:
        return max(middle, low + (high - low) * 3 // 4)
    if len(known) > 6:
        return middle
    (a, short_a), (b, short_b) = known[-2:]
    if b <= a or short_a <= short_b:
        return middle
    guess = b + int(short_b * (b - a) / (short_a - short_b))
    # A little below the threshold there is something to prove; at it there is not.
    return min(max(guess - 20, low + 1), max(high - 50, low + 1))


def _refine(
    op: Operation,
    demand: Demand,
    best: Bound,
    clearance: int,
    step: int,
    *,
    bays: bool,
    goal: float,
    enough: Callable[[int], bool],
) -> Bound:
    """Ask finer programmes at a few moments between the bound and the clearance time.

    The first is where the goal would be met. Where that cannot be proven, the shortfall at
    earlier moments tells by a secant where the threshold is.
    """
    known: list[tuple[int, float]] = []
    high = clearance
    by = int(clearance / (1 + goal))
    for _ in range(5):
        by = min(max(by // step * step, best.value), high - 1)
        m, proof = _ask(op, demand, grid_points(op, by, step), by, whole=True, bays=bays)
        if proof.most < m.target:
            known.append((by, m.target - proof.optimum))
            if by + 1 > best.value:
                certificate = _certificate(m, proof, "clearance-at-least", by + 1, by)
                best = Bound(by + 1, certificate, _load(m, proof))
        else:
            high = by
        if clearance <= best.value * (1 + goal) or enough(best.value):
            break
        if high - best.value <= step:
            break
        by = _next(known, best.value, high, m.target, step)
    return best


def _next(known: list[tuple[int, float]], low: int, high: int, target: int, step: int) -> int:
    """Where the shortfall should come to nothing, kept inside the open interval."""
    if not known:
        return max(low, int(high * 0.98))
    known.sort()
    at, short = known[-1]
    if len(known) > 1 and known[-2][1] > short:
        rate = (known[-2][1] - short) / (at - known[-2][0])
    else:
        # People an hour over the whole operation; the true rate at the end is higher.
        rate = 1.5 * (target - short) / max(at, 1)
    guess = at + int(short / rate)
    return min(max(guess, low + step), max(high - step, low))
