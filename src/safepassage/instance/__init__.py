"""What the solver sees: the terms of one proposal as whole numbers, every limit with its clause."""

from __future__ import annotations

from safepassage.instance.compile import compile_operation
from safepassage.instance.demand import Cell, Demand, compile_demand
from safepassage.instance.operation import Crossing, Operation, Route, VehicleKind, Yard
from safepassage.instance.timeline import Interval, Timeline

__all__ = [
    "Cell",
    "Crossing",
    "Demand",
    "Interval",
    "Operation",
    "Route",
    "Timeline",
    "VehicleKind",
    "Yard",
    "compile_demand",
    "compile_operation",
]
