"""The convoy planner against CP-SAT and randomised list scheduling, in the same run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.convoy_instances import INSTANCES, write_case
from benchmarks.registry import Row, chosen, register
from safepassage.cases import OpenCase, open_case
from safepassage.check import verify
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import WISHES, decode
from safepassage.convoy.tables import build
from safepassage.convoy.trips import allot
from safepassage.convoy.units import form_units, unit_sizes
from safepassage.instance import compile_demand, compile_operation
from safepassage.solver import solve
from safepassage.stop import AnyOf, Gap, MaxRuntime

FIGURES = ("base", "600-vehicles", "4-crossings", "12-points", "10-days")
"""Instances with a figure to reach: a proven gap of 1 % of clock time within 30 s."""


def _planner(opened: OpenCase, seconds: float) -> Row:
    begin = time.monotonic()
    result = solve(
        opened,
        levels=("likely",),
        effort=Effort(),
        stop=AnyOf((Gap(0.005), MaxRuntime(seconds))),
        seed=1,
    )
    took = time.monotonic() - begin
    plan = result.plans["likely"]
    verdict = verify(plan, opened)
    return {
        "planner_h": round((plan.answer.clearance_time_s or 0) / 3600, 3),
        "bound_h": round(plan.answer.lower_bound_s / 3600, 3),
        "gap_percent": None if plan.answer.gap is None else round(100 * plan.answer.gap, 2),
        "planner_s": round(took, 1),
        "checker": "accepts" if verdict.valid and verdict.lower_bound_verified else "refuses",
    }


def _lists(opened: OpenCase, seconds: float) -> Row:
    """List scheduling: trips in random order, each vehicle sent as soon as it is free."""
    case = opened.case
    op = compile_operation(case, opened.network, case.proposal())
    demand = compile_demand(case, case.proposal(), "likely", op.start, None)
    trips = allot(op, demand)
    units = form_units(op, trips, unit_sizes(op, trips)[0])
    board = build(op, trips, units, 40 * 86_400)
    pairs = np.repeat(
        np.arange(len(trips.pairs), dtype=np.int64), [len(p.loads) for p in trips.pairs]
    )
    draw = np.random.default_rng(1)
    best, tries, begin = None, 0, time.monotonic()
    while time.monotonic() - begin < seconds:
        order = np.full((pairs.size, WISHES), -1, np.int64)
        order[:, 0], order[:, 1] = draw.permutation(pairs), 0
        if decode(board.tables, board.work, order, (0.0, 0.0), 0):
            last = int(board.work.tally[1])
            best = last if best is None else min(best, last)
        tries += 1
    return {"lists_h": None if best is None else round(best / 3600, 3), "lists_tries": tries}


def _cp_sat(folder: Path, seconds: float) -> Row:
    # In a process of its own: OR-Tools and the planner's solver each bring a HiGHS library.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.convoys_cpsat", str(folder), str(seconds)],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + 120,
    )
    if done.returncode:
        return {"cpsat_h": None, "cpsat_note": done.stderr.strip().splitlines()[-1][:120]}
    row: Row = json.loads(done.stdout)
    return row


@register(
    "convoys",
    "Convoy timetables: planner, CP-SAT, randomised list scheduling",
    key=("instance",),
)
def convoys(seconds: float) -> Iterator[Row]:
    """Measure every instance with the same time for each solver."""
    for instance in (INSTANCES[name] for name in chosen("convoys", FIGURES)):
        with tempfile.TemporaryDirectory() as folder:
            case = write_case(instance, Path(folder))
            opened = open_case(str(case))
            row: Row = {"instance": instance.name}
            row |= _planner(opened, seconds)
            row |= _lists(opened, min(seconds, 10.0))
            row |= _cp_sat(case, seconds)
            yield row
