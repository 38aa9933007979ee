"""Search for good timetables: many quick greedy ones, then annealing of the best."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from safepassage.convoy.kernel import (
    HELD_AT,
    NO_SERVER,
    PAIR,
    PAIR_OF,
    UNIT,
    WISH_IN,
    WISH_OUT,
    WISH_UNIT,
    WISHES,
    decode,
)
from safepassage.convoy.order_kernel import anneal
from safepassage.convoy.tables import Board, states
from safepassage.instance import Operation

__all__ = ["Tally", "improve", "key", "move_row", "sample"]

Order = npt.NDArray[np.int64]
Tally = tuple[int, int, int]
"""People late, arrival of the last vehicle (s), person-seconds of waiting."""

EDGES = ((0.0, 0.0), (1.0, 1.0))
"""When all of types with time to spare begin and end: first, or last."""

HEAT_S, MOST_VEHICLES = 6.0, 10.0
"""Heat of annealing at first, for each vehicle of a convoy (what convoys win or lose grows with
what they take at a crossing), and for how many at most ..."""
HOTTER = 50
"""... as often again as there are so many changes for each row."""

PARTS, MORE_PARTS, MANY = 4, 12, 400
"""States kept along an order, from which a change is decoded again: more of one with many convoys,
since they are copied, too."""


def key(board: Board) -> Tally:
    """Objective of the last decode, the most important part first."""
    late, last, waiting = (int(x) for x in board.work.tally[:3])
    return late, last, waiting


def sample(
    board: Board, op: Operation, *, seed: int, tries: int, target: int
) -> tuple[Order | None, Tally]:
    """Try greedy timetables with drawn settings; returns the best as a fixed order.

    The settings: when types with time to spare begin and end within the busiest type's work, how
    strictly assembly points are kept level, and how far distant ones lead. Of several tries, two
    more have these types all first, where crossings may stand idle, and all last.
    """
    draw = random.Random(seed)
    scarce = _busiest(board, op)
    best: Order | None = None
    value: Tally = (1 << 60, 1 << 60, 1 << 60)
    far = max(1.0, float(board.tables.far[board.tables.far < 1 << 49].mean()) * 4)
    for i in range(tries + len(EDGES) * (tries > 1)):
        begin, end = (0.0, 1.0) if i == 0 else (draw.uniform(0, 0.3), draw.uniform(0.6, 1.05))
        level = math.exp(draw.uniform(math.log(500), math.log(30_000)))
        lead = 0.0 if i < 2 else draw.uniform(-0.5, 3.0) / far
        if i >= tries:
            begin, end = EDGES[i - tries]
            lead = 0.0
        order = _interleave(board, scarce, begin, end)
        if decode(board.tables, board.work, order, (level, lead), target) and key(board) < value:
            fixed = _fixed(board)
            # The fixed order decodes a little differently from the draw it came from.
            if decode(board.tables, board.work, fixed, (0.0, 0.0), target) and key(board) < value:
                best, value = fixed, key(board)
    return best, value


def _fixed(board: Board) -> Order:
    """Pairs that the last decode chose as a new order, in the same sequence.

    Units that make one journey are named too: with another choice the loads might not fit.
    """
    records = board.work.rec[: int(board.work.tally[4])]
    units = records[:, UNIT]
    fixed = np.zeros((len(records), WISHES), np.int64)
    fixed[:, PAIR_OF] = records[:, PAIR]
    fixed[:, [WISH_IN, WISH_OUT]] = -1
    fixed[:, WISH_UNIT] = np.where(board.tables.unit_returns[units], -1, units)
    fixed[:, HELD_AT] = NO_SERVER
    return fixed


def _busiest(board: Board, op: Operation) -> int:
    """Vehicle type whose loads ask most of its fleet."""
    tables = board.tables
    work = [0.0] * len(op.kinds)
    for p in range(tables.pair_kind.size):
        kind = int(tables.pair_kind[p])
        total = max(1, op.kinds[kind].total)
        first, last = int(tables.trip_ptr[p]), int(tables.trip_ptr[p + 1])
        work[kind] += (last - first) * float(tables.far[tables.trip_class[first], kind]) / total
    return max(range(len(work)), key=lambda k: (work[k], -k))


def _interleave(board: Board, scarce: int, begin: float, end: float) -> Order:
    """Tokens of every type spread evenly; types with time to spare over a part of the work."""
    tables = board.tables
    count: dict[int, int] = {}
    for p in range(tables.pair_kind.size):
        kind = int(tables.pair_kind[p])
        count[kind] = count.get(kind, 0) + int(tables.trip_ptr[p + 1] - tables.trip_ptr[p])
    rows: list[tuple[float, int]] = []
    for kind, n in sorted(count.items()):
        a, b = (0.0, 1.0) if kind == scarce else (begin, end)
        rows += [(a + (b - a) * (j + 0.5) / n, -1 - kind) for j in range(n)]
        # Spare tokens: one is lost where the unit that is free first has nobody to fetch.
        rows += [(2.0, -1 - kind)] * sum(k == kind for k in tables.unit_kind.tolist())
    rows.sort()
    return _order([row for _, row in rows])


def _order(pairs: Sequence[int]) -> Order:
    order = np.full((len(pairs), WISHES), -1, np.int64)
    order[:, 0] = pairs
    order[:, 1] = 0
    return order


def move_row(order: Order, i: int, j: int) -> None:
    """Move a row of an order from place ``i`` to place ``j``; those between close up."""
    row = order[i].copy()
    if i < j:
        order[i:j] = order[i + 1 : j + 1]
    else:
        order[j + 1 : i + 1] = order[j:i].copy()
    order[j] = row


def improve(
    board: Board, order: Order, *, target: int, goal: int, steps: int, seed: int
) -> tuple[Order, Tally]:
    """Anneal an order for so many steps; returns the best found and its objective.

    The objective counts one part after another: people late, then the last arrival, then waiting.
    """
    best = np.zeros(5, np.int64)
    better = order.copy()
    parts = PARTS if len(order) <= MANY else MORE_PARTS
    anneal(
        board.tables,
        board.work,
        states(board, parts),
        states(board, parts),
        better,
        target,
        goal,
        steps,
        seed,
        _heat(board, len(order), steps),
        board.total_trips,
        board.persons,
        best,
    )
    return better, (int(best[0]), int(best[1]), int(best[2]))


def _heat(board: Board, rows: int, steps: int) -> float:
    """Heat to begin with: where there is time to cool down, from where all is tried."""
    vehicles = min(MOST_VEHICLES, float(board.tables.unit_size.mean()))
    return HEAT_S * vehicles * (1 + steps / (HOTTER * max(1, rows)))
