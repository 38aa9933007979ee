"""Holds that make a timetable keep linked steps, computed from when its convoys move.

A timetable is decoded step by step. Each wait between batches turns into holds of rows of the
order: not to be fetched, not to depart, or not to leave the exchange point before some moment.
Holds only grow, and a step is decoded again until none has to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from safepassage.convoy.holds_kernel import (
    AFTER,
    ARRIVE,
    COLUMNS,
    DEPART,
    EXCHANGE,
    FIRST,
    LAST,
    NEVER,
    ORDER,
    Waits,
    raise_holds,
    read_moves,
)
from safepassage.convoy.kernel import (
    HELD_AT,
    HOLD,
    HOLD_AT,
    HOLD_OUT,
    NO_SERVER,
    PAIR_OF,
    advance,
    begin,
    copy,
)
from safepassage.convoy.search import Order
from safepassage.convoy.tables import Board, mark
from safepassage.instance import Linked, Operation

__all__ = ["Settling", "Stages", "release", "settle"]

KINDS = {"after": AFTER, "order": ORDER, "first": FIRST, "last": LAST, "exchange": EXCHANGE}

MOST_PASSES = 150
"""Decodes of one step; exchanges of many convoys settle one after another."""
MOST_ROUNDS = 8


@dataclass(frozen=True)
class Stages:
    """An order in stretches that are decoded one after another, and the linked steps behind it."""

    op: Operation
    linked: Linked
    batch_of: Sequence[int]
    """Batch of each pair."""
    cuts: Sequence[int]
    """First row of each stretch, and the number of rows."""
    lead: int | None = None
    """How long (s) a rotation may begin before one that stands before it in the order: who goes
    ahead of time and waits keeps an escort from others."""


def release(order: Order) -> None:
    """Free all rows of their holds."""
    for column in (HOLD, HOLD_OUT, HOLD_AT):
        order[:, column] = 0
    order[:, HELD_AT] = NO_SERVER


def settle(board: Board, stages: Stages, order: Order) -> bool:
    """Decode an order so that its convoys wait for one another; ``order`` receives the holds.

    Tells whether that went well: not where the horizon is too short, somebody is left behind, or
    no holds were found that keep every wait.
    """
    return Settling(board, stages).all(order)


class Settling:
    """Decodes orders of the same stages, all of an order or one stretch after another."""

    def __init__(self, board: Board, stages: Stages) -> None:
        self.board, self.stages = board, stages
        self.waits = _waits(board, stages)
        self.batch_of = np.array(stages.batch_of, np.int64)
        self.ends = board.tables.trip_ptr[1:]
        self.aboard = np.concatenate(([0], np.cumsum(board.tables.trip_persons)))
        self.mark = mark(board)
        self.runs = 0
        """Rotations before the stretch."""
        self.moves = _none(0)
        self.batch = np.zeros(0, np.int64)

    def all(self, order: Order) -> bool:
        """Settle a whole order, as :func:`settle` does."""
        work = self.board.work
        rows = order.shape[0]
        self.moves = _none(rows)
        self.batch = self.batch_of[order[:, PAIR_OF]]
        for _ in range(MOST_ROUNDS):
            self.restart()
            for first, last in pairwise(self.stages.cuts):
                self.begin()
                if not self._stretch(order, first, last):
                    return False
            if (work.done < self.ends).any():
                return False
            if not self._raise(order, 0, rows):
                return True
        return False

    def restart(self) -> None:
        """Go back to the start of the operation."""
        begin(self.board.tables, self.board.work)

    def begin(self) -> None:
        """Begin a stretch after those that are settled."""
        work = self.board.work
        copy(work, self.mark)
        self.runs = int(work.tally[4])

    def stretch(
        self, order: Order, first: int, last: int, spoilt: Callable[[], bool] | None = None
    ) -> bool:
        """Settle a stretch after those before it, which stay; tells whether its pairs are done.

        Gives up where ``spoilt`` says so of a decode, on the way.
        """
        copy(self.mark, self.board.work)
        if self.moves.shape[0] != order.shape[0]:
            self.moves = _none(order.shape[0])
        self.batch = self.batch_of[order[:, PAIR_OF]]
        self.moves[last:, DEPART] = NEVER
        if not self._stretch(order, first, last, spoilt):
            return False
        pairs = order[first:last, PAIR_OF]
        return bool((self.board.work.done[pairs] >= self.ends[pairs]).all())

    def released(self) -> dict[int, int]:
        """When what each batch comes after is over, as far as it is settled."""
        found: dict[int, int] = {}
        gone = self.moves[:, DEPART] >= 0
        for wait in self.stages.linked.waits:
            over = self.moves[gone & np.isin(self.batch, wait.awaited), ARRIVE]
            for batch in wait.waiting if over.size and wait.kind == "after" else ():
                found[batch] = max(found.get(batch, 0), int(over.max()))
        return found

    def _stretch(
        self, order: Order, first: int, last: int, spoilt: Callable[[], bool] | None = None
    ) -> bool:
        tables, work = self.board.tables, self.board.work
        for _ in range(MOST_PASSES):
            if not advance(tables, work, order, first, last, 0):
                return False
            if spoilt is not None and spoilt():
                return False
            self.moves[first:last, DEPART] = NEVER
            read_moves(
                work.rec,
                work.bays,
                work.departs,
                self.aboard,
                self.moves,
                self.runs,
                int(work.tally[4]),
            )
            if not self._raise(order, first, last):
                return True
            copy(self.mark, work)
        return False

    def _raise(self, order: Order, first: int, last: int) -> bool:
        work = self.board.work
        seen = (work.rec, work.stops, self.board.tables.route_server)
        return bool(raise_holds(order, self.batch, self.moves, first, last, self.waits, seen))


def _none(rows: int) -> Order:
    return np.full((rows, COLUMNS), NEVER, np.int64)


def _waits(board: Board, stages: Stages) -> Waits:
    """Lay out the waits of linked steps, and who boards before whom."""
    batches, waits = stages.linked.batches, stages.linked.waits
    elders = _elders(board)
    older = [elders.get(p, []) for p in range(len(board.trips.pairs))]
    crossings = {c.id: 2 * i for i, c in enumerate(stages.op.crossings)}

    def of(named: Sequence[Sequence[int]]) -> npt.NDArray[np.bool_]:
        every = np.zeros((len(named), len(batches) + 1), np.bool_)
        for row, some in zip(every, named, strict=True):
            row[list(some)] = True
        return every

    def persons(some: Sequence[int]) -> int:
        return sum(batches[b].persons for b in some)

    return Waits(
        kind=_ints(KINDS[w.kind] for w in waits),
        waiting=of([w.waiting for w in waits]),
        awaited=of([w.awaited for w in waits]),
        server=_ints(-1 if w.crossing is None else crossings[w.crossing] for w in waits),
        longest=_ints(-1 if w.longest is None else w.longest for w in waits),
        mine=_ints(persons(w.waiting) for w in waits),
        theirs=_ints(persons(w.awaited) for w in waits),
        elder_ptr=np.cumsum([0, *(len(x) for x in older)]).astype(np.int64),
        elder=_ints(p for x in older for p in x),
        rules=_ints([stages.linked.goes_on, -1 if stages.lead is None else stages.lead]),
    )


def _ints(values: Iterable[int]) -> npt.NDArray[np.int64]:
    return np.array(list(values), np.int64)


Elders = dict[int, list[int]]
"""By pair: pairs of earlier ranks at the same place for the same type of vehicle."""


def _elders(board: Board) -> Elders:
    pairs = board.trips.pairs
    ranks = [sorted(load.rank for load in pair.loads) for pair in pairs]
    by_yard: dict[tuple[str, str], list[int]] = {}
    for p, pair in enumerate(pairs):
        by_yard.setdefault((pair.place, pair.kind), []).append(p)
    elders: Elders = {}
    for together in by_yard.values():
        for p in together:
            older = [
                q
                for q in together
                if ranks[q]
                and ranks[p]
                and ranks[q][-1] < ranks[p][-1]
                and ranks[q][0] < ranks[p][0]
            ]
            if older:
                elders[p] = older
    return elders
