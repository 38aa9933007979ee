"""Later starts in linked steps: people wait where they are, not in vehicles.

Who is free early may fetch people of a later step, or of the other side, and stand with them for
hours until others release them. Here such convoys set out so much later that they still come in
time, with some minutes to spare, as long as nobody arrives later for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from safepassage.convoy.holds_kernel import BOARDED, DEPART, PERSONS, RUN, START
from safepassage.convoy.kernel import CREW_OF, GUESTS, HOLD, HOSTS, OUT_ROUTE, SIZE
from safepassage.convoy.search import Order, key
from safepassage.convoy.tables import Board
from safepassage.convoy.waits import Settling, Stages

__all__ = ["start_later", "waiting_aboard"]

SPARE_S = 1_800
"""How long a convoy still waits in all, so that a small delay on its way delays nobody else."""
LEAST_S = 3_600
"""Waits up to which a convoy is left as it is."""


def start_later(board: Board, stages: Stages, order: Order, decodes: int) -> Order:
    """Return the order with later starts, found by so many decodes at most.

    No more people are late, the last arrival is no later, and the mean wait is no longer; people
    wait less in vehicles.
    """
    search = _Search(board, stages, order.copy(), decodes)
    if search.settled:
        search.run()
    return search.order


def waiting_aboard(board: Board, moves: Order) -> Order:
    """Seconds that each row's convoy waits with people aboard, before and after its inspections.

    Returns an array [rows, 2]: until its last inspection begins, and from then on.
    """
    found = np.zeros((moves.shape[0], 2), np.int64)
    work, tables = board.work, board.tables
    for i in np.flatnonzero(moves[:, DEPART] >= 0).tolist():
        run = moves[i, RUN]
        stops = work.stops[run, 1, : tables.route_n[work.rec[run, OUT_ROUTE]]]
        found[i, 0] = moves[i, DEPART] - moves[i, BOARDED] + (stops[:, 1] - stops[:, 0]).sum()
        held = stops[:, 3] - stops[:, 2]
        found[i, 0] += held[:-1].sum()
        found[i, 1] = held[-1:].sum()
    return found


class _Search:
    def __init__(self, board: Board, stages: Stages, order: Order, decodes: int) -> None:
        self.settling = Settling(board, stages)
        self.board, self.order, self.left = board, order, decodes
        self.settled = self.settling.all(order)
        self.tally = key(board)
        self.read()

    def read(self) -> None:
        """Read the timetable that was decoded last."""
        self.moves = self.settling.moves.copy()
        self.records = self.board.work.rec.copy()
        self.waits = waiting_aboard(self.board, self.moves)
        self.aboard = int((self.waits.sum(axis=1) * self.moves[:, PERSONS]).sum())

    def run(self) -> None:
        """Let all who wait long start later, wholly or by what they wait for inspections."""
        for whole in (False, True):
            rows = np.flatnonzero(self._shifts(whole) * self.moves[:, PERSONS])
            # The last ones first: what they leave free is for those before them.
            self._try(rows[::-1].tolist(), whole)

    def _shifts(self, whole: bool) -> Order:
        waits = self.waits.sum(axis=1) if whole else self.waits[:, 0]
        return np.where(waits > LEAST_S, waits - SPARE_S, 0)

    def _try(self, rows: Sequence[int], whole: bool) -> None:
        """Try all of them together, else one half after the other."""
        rows = [i for i in rows if self._shifts(whole)[i] > 0]
        if not rows or self.left <= 0:
            return
        for part in (1, 2, 4) if len(rows) == 1 else (1,):
            if self._later(rows, self._shifts(whole) // part):
                return
        if len(rows) > 1:
            middle = (len(rows) + 1) // 2
            self._try(rows[:middle], whole)
            self._try(rows[middle:], whole)

    def _later(self, rows: Sequence[int], shifts: Order) -> bool:
        self.left -= 1
        trial = self.order.copy()
        trial[rows, HOLD] = self.moves[rows, START] + shifts[rows]
        # Whoever is free by then would make convoys formed anew larger, with other loads for all.
        formed = [i for i in rows if trial[i, CREW_OF] > 0]
        hosts, size = self.records[self.moves[formed, RUN]][:, [HOSTS, SIZE]].T
        trial[formed, CREW_OF], trial[formed, GUESTS] = hosts, size - hosts
        if not self.settling.all(trial) or key(self.board) > self.tally:
            return False
        before = self.aboard, self.moves, self.waits, self.records
        self.read()
        if self.aboard >= before[0]:
            self.aboard, self.moves, self.waits, self.records = before
            return False
        self.order, self.tally = trial, key(self.board)
        return True
