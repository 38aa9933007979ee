"""The same instances as one CP-SAT model: an interval set a trip. Run as a process of its own."""

from __future__ import annotations

import json
import sys
from typing import Any

from ortools.sat.python import cp_model

from safepassage.cases import open_case
from safepassage.convoy.trips import allot
from safepassage.instance import Operation, compile_demand, compile_operation

HORIZON_DAYS = 12


class _Trips:
    """Builds the model: each trip passes a crossing in, boards, passes one out, unloads."""

    def __init__(self, op: Operation) -> None:
        self.op = op
        self.model = cp_model.CpModel()
        self.horizon = HORIZON_DAYS * 86_400
        self.busy: dict[str, list[Any]] = {}
        self.fleet: dict[str, list[Any]] = {}
        self.ends: list[Any] = []

    def trip(self, place: str, kind: str, to: str) -> None:
        model, op = self.model, self.op
        yard = next(a for a in op.assembly if a.id == place)
        board = yard.handling[kind]
        unload = op.reception[0].handling[kind]
        start = model.new_int_var(0, self.horizon, "")
        begin_board = model.new_int_var(0, self.horizon, "")
        arrive = model.new_int_var(0, self.horizon, "")
        self._leg("in", op.fetch[to, place], kind, start, begin_board)
        self._leg("out", op.carry[place, to], kind, begin_board + board, arrive)
        self.busy.setdefault(f"bays/{place}", []).append(
            model.new_fixed_size_interval_var(begin_board, board, "")
        )
        length = model.new_int_var(0, self.horizon, "")
        end = model.new_int_var(0, self.horizon, "")
        model.add(end == arrive + unload)
        self.fleet.setdefault(kind, []).append(model.new_interval_var(start, length, end, ""))
        self.ends.append(arrive)

    def _leg(self, way: str, routes: Any, kind: str, ready: Any, arrive: Any) -> None:
        """One of the routes is taken; waiting is before the inspection."""
        model, op = self.model, self.op
        taken = []
        for route in routes:
            crossing = next(c for c in op.crossings if c.id == route.crossings[0])
            seconds = (crossing.back if way == "in" else crossing.out)[kind]
            before, after = (op.least_drive(s, kind) for s in route.segments)
            use = model.new_bool_var("")
            at = model.new_int_var(0, self.horizon, "")
            interval = model.new_optional_fixed_size_interval_var(at, seconds, use, "")
            self.busy.setdefault(f"{way}/{crossing.id}", []).append(interval)
            model.add(at >= ready + before).only_enforce_if(use)
            model.add(arrive >= at + seconds + after).only_enforce_if(use)
            taken.append(use)
        model.add_exactly_one(taken)

    def solve(self, seconds: float) -> dict[str, Any]:
        model, op = self.model, self.op
        for name, intervals in self.busy.items():
            if name.startswith("bays/"):
                bays = next(a.bays for a in op.assembly if a.id == name[5:])
                model.add_cumulative(intervals, [1] * len(intervals), bays)
                continue
            opened = op.timeline.crossing_open(name.partition("/")[2], self.horizon)
            edges = [0, *(t for span in opened for t in span), self.horizon]
            closed = [
                model.new_fixed_size_interval_var(a, b - a, "")
                for a, b in zip(edges[::2], edges[1::2], strict=True)
                if b > a
            ]
            model.add_no_overlap([*intervals, *closed])
        for kind, intervals in self.fleet.items():
            model.add_cumulative(intervals, [1] * len(intervals), op.kind(kind).total)
        last = model.new_int_var(0, self.horizon, "")
        model.add_max_equality(last, self.ends)
        model.minimize(last)
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 2
        status = solver.solve(model)
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return {
            "cpsat_h": round(solver.objective_value / 3600, 3) if found else None,
            "cpsat_bound_h": round(solver.best_objective_bound / 3600, 3),
            "cpsat_note": solver.status_name(status).lower(),
        }


def main() -> None:
    """Solve the case folder of the first argument within the seconds of the second."""
    opened = open_case(sys.argv[1])
    op = compile_operation(opened.case, opened.network, opened.case.proposal())
    demand = compile_demand(opened.case, opened.case.proposal(), "likely", op.start, None)
    if op.convoy_most > 1:
        print(json.dumps({"cpsat_h": None, "cpsat_note": "convoys are not in this model"}))
        return
    trips = _Trips(op)
    for pair in allot(op, demand).pairs:
        for load in pair.loads:
            trips.trip(pair.place, pair.kind, load.destination)
    print(json.dumps(trips.solve(float(sys.argv[2]))))


if __name__ == "__main__":
    main()
