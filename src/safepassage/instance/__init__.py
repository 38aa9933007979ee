"""What the solver sees: the terms of one proposal as whole numbers, every limit with its clause."""

from __future__ import annotations

from safepassage.instance.compile import compile_operation
from safepassage.instance.demand import Cell, Demand, compile_demand
from safepassage.instance.linked import Batch, Linked, Wait
from safepassage.instance.operation import Crossing, Operation, Route, VehicleKind, Yard
from safepassage.instance.pace import Pace
from safepassage.instance.timeline import Interval, Timeline

__all__ = [
    "Batch",
    "Cell",
    "Crossing",
    "Demand",
    "Interval",
    "Linked",
    "Operation",
    "Pace",
    "Route",
    "Timeline",
    "VehicleKind",
    "Wait",
    "Yard",
    "compile_demand",
    "compile_operation",
]
