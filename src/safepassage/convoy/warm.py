"""Compile the planner's kernels ahead of the first plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np

from safepassage.convoy.relaxation import model
from safepassage.convoy.search import improve, sample
from safepassage.convoy.tables import build
from safepassage.convoy.trips import allot
from safepassage.convoy.units import form_units
from safepassage.instance import Cell, Crossing, Demand, Operation, Route, VehicleKind, Yard
from safepassage.instance.timeline import Timeline

__all__ = ["warm"]


def warm(progress: Callable[[str], None] = lambda _: None) -> None:
    """Plan one bus trip, which compiles everything and leaves it in numba's cache."""
    progress("compiling the planner (once, some seconds)")
    op = _smallest()
    demand = Demand(
        "likely", (Cell("g", "a", 60, ("bus",), ("d",), frozenset({"r"}), 0, None, None, None),)
    )
    trips = allot(op, demand)
    board = build(op, trips, form_units(op, trips, {"bus": 1}), 86_400)
    order, _ = sample(board, op, seed=0, tries=2, target=0)
    if order is not None:
        improve(board, order, target=0, goal=0, steps=2, seed=0)
    for tours in model(op, demand, [0, 600], 600, whole=True, bays=False, tours=True).tours:
        tours.most(np.zeros(tours.every + 1, np.int64))
    progress("the planner is ready")


def _smallest() -> Operation:
    out = Route("a", "d", "r", (("1",), ("2",)), ("x",))
    back = Route("d", "a", "r", (("3",), ("4",)), ("x",))
    one = Fraction(1)
    return Operation(
        case_id="warm",
        proposal_id="warm",
        start=datetime(2030, 1, 1, tzinfo=UTC),
        timeline=Timeline(0, (), {}, ()),
        kinds=(VehicleKind("bus", 50, False, True, "bus", one, (("d", 1),)),),
        assembly=(Yard("a", 1, {"bus": 60}),),
        reception=(Yard("d", 1, {"bus": 60}),),
        crossings=(Crossing("x", {"bus": 60}, {"bus": 60}),),
        fetch={("d", "a"): (back,)},
        carry={("a", "d"): (out,)},
        drive={((s,), "bus", one): 60 for s in "1234"},
        least={((s,), "bus"): 60 for s in "1234"},
        least_under={},
        convoy_least=1,
        convoy_most=1,
        spacing=0,
        teams=None,
        team_drive={("d", "a"): 120, ("d", "d"): 0},
        clauses={},
    )
