"""Linked batches: the deal of Aleppo on both sides, and batches one after another."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.convoy_instances import INSTANCES, write_case
from benchmarks.registry import Row, chosen, register
from safepassage.cases import OpenCase, open_case
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from safepassage.solver import solve
from safepassage.stop import AnyOf, Gap, MaxRuntime

BATCHES = ("batches-of-50", "batches-of-20", "batches-of-8")
"""Buses in a batch; a gap of 3 % is the figure to reach, and 1 % for the deal."""
DEAL = "linked-deal-17-dec"


def _row(name: str, opened: OpenCase, proposal: str | None, effort: Effort, seconds: float) -> Row:
    begin = time.process_time()
    stop = AnyOf((Gap(0.005), MaxRuntime(seconds)))
    result = solve(opened, proposal, levels=("likely",), effort=effort, stop=stop, seed=1)
    took = time.process_time() - begin
    plan = result.plans["likely"]
    verdict = verify(plan, opened)
    return {
        "instance": name,
        "planner_h": round((plan.answer.clearance_time_s or 0) / 3600, 3),
        "bound_h": round(plan.answer.lower_bound_s / 3600, 3),
        "gap_percent": None if plan.answer.gap is None else round(100 * plan.answer.gap, 2),
        "cpu_s": round(took, 1),
        "checker": "accepts" if verdict.valid and verdict.lower_bound_verified else "refuses",
    }


@register(
    "linked",
    "Linked batches: the deal of Aleppo, and batches one after another",
    key=("instance",),
)
def linked(seconds: float) -> Iterator[Row]:
    """Measure the deal, quick and with time to improve, and the batches."""
    names = chosen("linked", (DEAL, *BATCHES))
    if DEAL in names:
        aleppo = open_case("aleppo-2016")
        yield _row(f"{DEAL}, quick", aleppo, DEAL, Effort.quick(), seconds)
        yield _row(DEAL, aleppo, DEAL, Effort(), seconds)
    for name in (name for name in BATCHES if name in names):
        with tempfile.TemporaryDirectory() as folder:
            opened = open_case(str(write_case(INSTANCES[name], Path(folder))))
            yield _row(f"{name}, quick", opened, None, Effort.quick(), seconds)
            yield _row(name, opened, None, Effort(), seconds)
