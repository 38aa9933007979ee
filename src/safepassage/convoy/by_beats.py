"""A timetable from the programme over beats, worked out beside the bounds."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from safepassage.convoy.alike import as_one
from safepassage.convoy.appointments import Turn, appointed, in_turn
from safepassage.convoy.beats import beat_model, stretches, suits
from safepassage.convoy.diving import whole_passes
from safepassage.convoy.kernel import decode
from safepassage.convoy.refinement import bays_bind
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.sharing import shared
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
WAIT_S = 0.1
NOT_BEFORE = 5.0
"""Seconds that have to be left to begin."""
SIZES = (1.0, 1.5, 2.5)
"""Sizes of the programme tried in turn ..."""
SCARCE = (1.2, 2.5)
"""... and where bays are scarce, so that few beats fit."""
PATIENCE = 0.85
"""Share of the time left that all but the last try may take."""
EVEN = 1.02
"""Loads a vehicle of the busiest type, in shares of those of the average, up to which types that
are alike are planned as one."""
LONG_S = 60.0
"""Seconds that have to be left to begin with types one by one where there are many days."""


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
    enough: Callable[[int], bool] = lambda _: True,
    told: Callable[[Appointed], None] = lambda _: None,
) -> Appointed | None:
    """Plan by the programme over beats.

    Types that differ in nothing that takes time, and are about as busy, are planned as one, and
    then share its passes.

    Parameters
    ----------
    until
        Latest arrival aimed at (s).
    aim
        Moment up to which arrivals are in time.
    left
        Seconds that are left.
    enough
        Whether a clearance time (s) will do; if not, and time is left, more is tried.
    told
        Told each better timetable.

    Returns
    -------
    The best timetable found, or None where the operation does not suit (:func:`~.beats.suits`), or
    there is no time to find one.
    """
    if not suits(op, trips, until):
        return None
    one = as_one(op, trips)
    if one is not None and _uneven(op, trips) > EVEN:
        one = None
    if one is None and len(stretches(op, until)) > 1 and left() < LONG_S:
        return None
    best: Appointed | None = None
    sizes = SCARCE if bays_bind(op) else SIZES
    for size in sizes:
        if left() < NOT_BEFORE or (best is not None and enough(best.tally[1])):
            break
        last = until if best is None else min(until, best.tally[1] - 1)
        model = beat_model(*(one or (op, trips)), last, min(aim, last), size=size)
        x = whole_passes(model, _within(left, 1.0 if size == sizes[-1] else PATIENCE))
        if x is None:
            continue
        turns = in_turn(model, x)
        found = _placed(op, trips, turns if one is None else shared(op, trips, turns), last, left)
        if found is not None and (best is None or found.tally < best.tally):
            best = found
            told(best)
    return best


def _uneven(op: Operation, trips: Trips) -> float:
    """Loads a vehicle of the busiest type, in shares of those of the average."""
    loads: dict[str, int] = defaultdict(int)
    for pair in trips.pairs:
        loads[pair.kind] += len(pair.loads)
    fleet = {k: op.kind(k).total for k in loads}
    return max(n / fleet[k] for k, n in loads.items()) * sum(fleet.values()) / sum(loads.values())


def _within(left: Callable[[], float], share: float) -> Callable[[], float]:
    """Seconds left of a share of the seconds that are left now."""
    kept = left() * (1 - share) if share < 1 else 0.0
    return lambda: left() - kept


def _placed(
    op: Operation, trips: Trips, turns: Iterable[Turn], until: int, left: Callable[[], float]
) -> Appointed | None:
    """Give passes to vehicles, and place the loads that none serves."""
    units = form_units(op, trips, {k.id: 1 for k in op.kinds})
    board = build(op, trips, units, (math.ceil(until / 86_400) + HORIZON) * 86_400)
    order, loose = appointed(op, board, turns)
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

    work: Callable[[Aside], Appointed | None]
    """Told in :attr:`found` what is best so far, and asks :attr:`over` whether to stop."""
    found: Appointed | None = None
    over: bool = False
    fault: Exception | None = None
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        # A daemon, so that an interrupted command need not wait for it.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def tell(self, found: Appointed) -> None:
        """Keep the best so far."""
        self.found = found

    def _run(self) -> None:
        try:
            self.found = self.work(self)
        except Exception as fault:  # noqa: BLE001 - raised again by result()
            self.fault = fault

    def result(self, enough: Callable[[int], bool] = lambda _: False) -> Appointed | None:
        """Wait for the end, or for a timetable that will do; raises what the work raised."""
        while self._thread.is_alive():
            self._thread.join(WAIT_S)
            if self.found is not None and enough(self.found.tally[1]):
                self.over = True
                return self.found
        if self.fault is not None:
            raise self.fault
        return self.found
