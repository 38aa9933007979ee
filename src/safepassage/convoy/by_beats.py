"""A timetable from the programme over beats, worked out beside the bounds."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from safepassage.convoy.appointments import appointed
from safepassage.convoy.beats import beat_model, stretches, suits
from safepassage.convoy.diving import whole_passes
from safepassage.convoy.kernel import decode
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board, build
from safepassage.convoy.trips import Trips
from safepassage.convoy.units import form_units
from safepassage.instance import Operation

__all__ = ["Appointed", "Aside", "plan_by_beats"]

HORIZON = 4
"""Days beyond the end that a board holds."""
MOST_LOOSE = 4
"""Loads without passes that are worth placing one by one."""
NEARBY = 200
"""Places at the end of an order at which a load without passes is tried."""
NOT_BEFORE, LONG_S = 5.0, 60.0
"""Seconds that have to be left to begin, with few days and with many."""


@dataclass(frozen=True)
class Appointed:
    """A timetable of single vehicles, as an order."""

    board: Board
    order: Order
    tally: Tally


def plan_by_beats(
    op: Operation,
    trips: Trips,
    *,
    until: int,
    aim: int,
    left: Callable[[], float],
) -> Appointed | None:
    """Plan by the programme over beats.

    Parameters
    ----------
    until
        Latest arrival aimed at (s).
    aim
        Moment up to which arrivals are in time.
    left
        Seconds that are left.

    Returns
    -------
    The timetable, or None where the operation does not suit (:func:`~.beats.suits`), or there is
    no time to find one.
    """
    if not suits(op, trips, until):
        return None
    if len(stretches(op, until)) > 1 and left() < LONG_S:
        return None
    model = beat_model(op, trips, until, aim)
    x = whole_passes(model, left)
    if x is None:
        return None
    units = form_units(op, trips, {k.id: 1 for k in op.kinds})
    board = build(op, trips, units, (math.ceil(until / 86_400) + HORIZON) * 86_400)
    order, loose = appointed(op, board, model, x)
    if loose > MOST_LOOSE:
        return None
    fixed = order[: len(order) - loose]
    for row in order[len(order) - loose :]:
        if left() <= 0:
            return None
        fixed = _inserted(board, fixed, row)
    if not decode(board.tables, board.work, fixed, (0.0, 0.0), 0):
        return None
    return Appointed(board, fixed, key(board))


def _inserted(board: Board, order: Order, row: Order) -> Order:
    """Put a load where the timetable ends earliest; orders in between lack the loads to come."""
    best: tuple[tuple[int, int], Order] | None = None
    n = len(order)
    for at in range(max(0, n - NEARBY), n + 1):
        trial = np.insert(order, at, row, axis=0)
        decode(board.tables, board.work, trial, (0.0, 0.0), 0)
        if int(board.work.tally[4]) < len(trial):
            continue
        value = (int(board.work.tally[0]), int(board.work.tally[1]))
        if best is None or value < best[0]:
            best = value, trial
    return np.insert(order, n, row, axis=0) if best is None else best[1]


@dataclass
class Aside:
    """Work in a thread of its own; the solver of linear programmes leaves others room."""

    work: Callable[[], Appointed | None]
    found: Appointed | None = None
    fault: Exception | None = None
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        # A daemon, so that an interrupted command need not wait for it.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.found = self.work()
        except Exception as fault:  # noqa: BLE001 - raised again by result()
            self.fault = fault

    def result(self) -> Appointed | None:
        """Wait for the end; raises what the work raised."""
        self._thread.join()
        if self.fault is not None:
            raise self.fault
        return self.found
