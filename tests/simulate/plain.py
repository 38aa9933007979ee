"""Timetables of hamlets, and what is drawn of them, set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from safepassage.cases import OpenCase
from safepassage.plan import Plan
from safepassage.simulate import slip
from safepassage.simulate.draws import nothing_drawn
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
    found = slip.carried_out(tb, drawn, replan=replan, arrivals=True)
    return Result(
        found.clearance_s[0],
        int(found.in_time[0]),
        found.left[0].tolist(),
        found.curve[0].tolist(),
        int(found.refused[0]),
        dict(zip(timetable.rotations, found.arrivals[0].tolist(), strict=True)),
    )
