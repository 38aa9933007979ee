"""Timetables of hamlets, and what is drawn of them, set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.cases import OpenCase
from safepassage.plan import Plan
from safepassage.simulate.draws import nothing_drawn
from safepassage.simulate.slip_kernel import run
from safepassage.simulate.timetable import timetable_of
from safepassage.simulate.timetable_terms import Terms


@dataclass
class Result:
    clearance: float
    in_time: int
    left: list[int]
    curve: list[int]
    refused: int
    arrivals: dict[str, float]
    """Arrival of each rotation of the timetable."""


def carried_out(opened: OpenCase, plan: Plan, *, replan: bool = False, **changes: Any) -> Result:
    """Carry a plan out once: as planned, but for the changes (fields of ``Drawn``, without n)."""
    terms = Terms(opened.case, opened.network, opened.case.proposal(plan.proposal), plan)
    timetable = timetable_of(terms)
    tb = timetable.tables
    refusing = [float(terms.refusing(g)) for g in timetable.groups]
    drawn = nothing_drawn(tb, timetable.persons, refusing)
    arrays = {
        name: np.asarray([value], np.int64 if name == "lost" else np.float64)
        for name, value in changes.items()
    }
    drawn = drawn._replace(**arrays)
    groups = len(timetable.groups)
    columns = (
        np.zeros(1),
        np.zeros(1, np.int64),
        np.zeros((1, groups), np.int64),
        np.zeros((1, int(tb.sizes[4]) + 1), np.int64),
        np.zeros(1, np.int64),
    )
    arrivals = np.zeros((1, len(timetable.rotations)))
    run(tb, drawn, replan, *columns, arrivals)
    clearance, in_time, left, curve, refused = columns
    return Result(
        clearance[0],
        int(in_time[0]),
        left[0].tolist(),
        curve[0].tolist(),
        int(refused[0]),
        dict(zip(timetable.rotations, arrivals[0].tolist(), strict=True)),
    )
