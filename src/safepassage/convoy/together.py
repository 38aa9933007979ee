"""Groups that travel together: whether they do, and another order where they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

import numpy as np

from safepassage.convoy.assemble import aboard
from safepassage.convoy.kernel import HOLD, PAIR_OF, decode
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board
from safepassage.instance import Demand, Operation

__all__ = ["apart", "gather"]

OPENINGS = 8
"""Openings of a crossing at which a group's rotations may begin together."""


def apart(board: Board, demand: Demand) -> set[str]:
    """Groups whose loaded legs depart over a longer time than their terms allow."""
    within = {c.group: c.together for c in demand.cells if c.together is not None}
    if not within:
        return set()
    return {
        group
        for group, moments in _departures(board).items()
        if group in within and max(moments) - min(moments) > within[group]
    }


def _departures(board: Board) -> dict[str, list[int]]:
    moments: dict[str, list[int]] = defaultdict(list)
    for (run, _), persons in aboard(board).items():
        for group in persons:
            moments[group].append(int(board.work.departs[run, 1]))
    return moments


def gather(op: Operation, demand: Demand, board: Board, order: Order) -> tuple[Order, Tally] | None:
    """Find an order that keeps every group together, by moving what breaks it; None where not.

    The rotations of the groups come first, or last, and are held until their last one can
    follow, or until a crossing opens.
    """
    if not decode(board.tables, board.work, order, (0.0, 0.0), 0):
        return None
    groups = apart(board, demand)
    best: tuple[Order, Tally] | None = None
    holds = list(_holds(op, demand, board, groups))
    for hold in holds:
        for first in (True, False):
            trial = _together(board, order, groups, hold, first=first)
            if not decode(board.tables, board.work, trial, (0.0, 0.0), 0):
                continue
            if (best is None or key(board) < best[1]) and not apart(board, demand):
                best = trial, key(board)
    return best


def _holds(op: Operation, demand: Demand, board: Board, groups: AbstractSet[str]) -> Iterator[int]:
    """Moments until which the rotations of the groups may be held."""
    yield 0
    departures = _departures(board)
    for cell in demand.cells:
        if cell.group in groups and cell.together is not None:
            yield max(0, max(departures[cell.group]) - cell.together)
    last = int(board.work.tally[1])
    for crossing in op.crossings:
        for start, _ in op.timeline.crossing_open(crossing.id, last)[:OPENINGS]:
            yield start


def _together(
    board: Board, order: Order, groups: AbstractSet[str], hold: int, *, first: bool
) -> Order:
    """Put the rows of the groups' pairs side by side, held until a moment."""
    pairs = [
        p
        for p, pair in enumerate(board.trips.pairs)
        if any(groups & load.persons.keys() for load in pair.loads)
    ]
    chosen = np.isin(order[:, PAIR_OF], pairs)
    theirs = order[chosen].copy()
    theirs[:, HOLD] = np.maximum(theirs[:, HOLD], hold)
    rest = order[~chosen]
    return np.concatenate([theirs, rest] if first else [rest, theirs])
