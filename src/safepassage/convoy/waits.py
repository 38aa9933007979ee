"""Holds that make a timetable keep linked steps, computed from when its convoys move.

A timetable is decoded step by step. Each wait between batches turns into holds of rows of the
order: not to be fetched, not to depart, or not to leave the exchange point before some moment.
Holds only grow, and a step is decoded again until none has to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.kernel import (
    FULL,
    HELD_AT,
    HOLD,
    HOLD_AT,
    HOLD_OUT,
    IN_ROUTE,
    OUT_ARRIVE,
    OUT_ROUTE,
    PAIR_OF,
    SIZE,
    TRIP,
    advance,
    begin,
    copy,
)
from safepassage.convoy.search import Order
from safepassage.convoy.tables import Board, marks
from safepassage.instance import Linked, Operation, Wait

__all__ = ["Runs", "Settling", "Stages", "settle"]

MOST_PASSES = 150
"""Decodes of one step; exchanges of many convoys settle one after another."""
MOST_ROUNDS = 8


@dataclass
class Runs:
    """When the rotation of each row of an order moves; -1 where it makes none."""

    batch: list[int]
    start: list[int]
    """When it sets out, empty, or boards where it stands."""
    board: list[int]
    """First beginning of boarding."""
    begun: list[int]
    """Last beginning of boarding."""
    boarded: list[int]
    depart: list[int]
    arrive: list[int]
    persons: list[int]
    reach: list[dict[str, tuple[int, int, int]]]
    """By crossing: arrival there, leaving it, and inspection in seconds."""
    rows: dict[int, list[int]]
    """Rows of each batch."""

    @classmethod
    def empty(cls, batches: Sequence[int]) -> Runs:
        """Return rows of these batches that make no rotation yet."""
        never = [-1] * len(batches)
        rows: dict[int, list[int]] = {}
        for i, b in enumerate(batches):
            rows.setdefault(b, []).append(i)
        return cls(
            batch=[*batches],
            start=[*never],
            board=[*never],
            begun=[*never],
            boarded=[*never],
            depart=[*never],
            arrive=[*never],
            persons=[*never],
            reach=[{} for _ in never],
            rows=rows,
        )

    def renew(self, batches: Sequence[int], stretch: range) -> None:
        """Forget a stretch, whose rows may be of other batches now, and all that come after."""
        self.batch = [*batches]
        self.depart[stretch[0] :] = [-1] * (len(batches) - stretch[0])
        self.rows = {}
        for i, b in enumerate(batches):
            self.rows.setdefault(b, []).append(i)

    def of(self, batches: Sequence[int]) -> list[int]:
        """Rows with a rotation of some of these batches."""
        return [i for b in batches for i in self.rows.get(b, ()) if self.depart[i] >= 0]


@dataclass(frozen=True)
class _Before:
    """What was done before a stretch, and what there is to do."""

    done: list[int]
    """Next load of each pair."""
    runs: int
    ends: list[int]
    """Load after the last of each pair."""
    aboard: list[int]
    """People in all loads before each."""


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


def settle(board: Board, stages: Stages, order: Order) -> Runs | None:
    """Decode an order so that its convoys wait for one another; ``order`` receives the holds.

    Returns when the convoys move, or None where the horizon is too short, somebody is left behind,
    or no holds were found that keep every wait.
    """
    return Settling(board, stages).all(order)


class Settling:
    """Decodes orders of the same stages, all of an order or one stretch after another."""

    def __init__(self, board: Board, stages: Stages) -> None:
        self.board, self.stages = board, stages
        self.elders = _elders(board)
        self.ends: list[int] = board.tables.trip_ptr[1:].tolist()
        self.aboard: list[int] = [0, *np.cumsum(board.tables.trip_persons).tolist()]
        (self.mark,) = marks(board, 1)
        self.runs: Runs | None = None
        self.before = _Before([], 0, [], [])

    def all(self, order: Order) -> Runs | None:
        """Settle a whole order, as :func:`settle` does."""
        tables, work = self.board.tables, self.board.work
        pairs: list[int] = order[:, PAIR_OF].tolist()
        self.runs = Runs.empty([self.stages.batch_of[p] for p in pairs])
        for _ in range(MOST_ROUNDS):
            self.restart()
            for first, last in zip(self.stages.cuts, self.stages.cuts[1:], strict=False):
                self.begin()
                if not self._stretch(order, pairs, self.runs, first, last):
                    return None
            if any(work.done[p] < tables.trip_ptr[p + 1] for p in range(work.done.size)):
                return None
            every = range(order.shape[0])
            if not _hold(self.stages, (self.elders, pairs), order, self.runs, every):
                return self.runs
        return None

    def restart(self) -> None:
        """Go back to the start of the operation."""
        begin(self.board.tables, self.board.work)

    def begin(self) -> None:
        """Begin a stretch after those that are settled."""
        work = self.board.work
        copy(work, self.mark)
        self.before = _Before(work.done.tolist(), int(work.tally[4]), self.ends, self.aboard)

    def stretch(self, order: Order, first: int, last: int) -> bool:
        """Settle a stretch after those before it, which stay; tells whether its pairs are done."""
        copy(self.mark, self.board.work)
        pairs: list[int] = order[:, PAIR_OF].tolist()
        batches = [self.stages.batch_of[p] for p in pairs]
        if self.runs is None:
            self.runs = Runs.empty(batches)
        self.runs.renew(batches, range(first, last))
        if not self._stretch(order, pairs, self.runs, first, last):
            return False
        done = self.board.work.done
        return all(done[p] >= self.ends[p] for p in set(pairs[first:last]))

    def _stretch(
        self, order: Order, pairs: Sequence[int], runs: Runs, first: int, last: int
    ) -> bool:
        tables, work = self.board.tables, self.board.work
        for _ in range(MOST_PASSES):
            if not advance(tables, work, order, first, last, 0):
                return False
            _record(self.board, pairs, runs, self.before, (first, last))
            if not _hold(self.stages, (self.elders, pairs), order, runs, range(first, last)):
                return True
            copy(self.mark, work)
        return False


def _record(
    board: Board, pairs: Sequence[int], runs: Runs, before: _Before, stretch: tuple[int, int]
) -> None:
    """Read when the rows of a stretch move; a row whose pair was done before makes no rotation."""
    work = board.work
    done, first = list(before.done), before.runs
    last = int(work.tally[4])
    # Lists, because single numbers are read from them much faster than from arrays.
    recs = work.rec[first:last].tolist()
    bays = work.bays[first:last, 0, :, 1:3].tolist()
    departs = work.departs[first:last].tolist()
    stops = work.stops[first:last, 1].tolist()
    routes = board.routes
    run = 0
    for i in range(*stretch):
        p = pairs[i]
        if done[p] >= before.ends[p]:
            runs.depart[i] = -1
            continue
        rec = recs[run]
        trip, full = rec[TRIP], rec[FULL]
        done[p] += full
        boarding = bays[run][: rec[SIZE]]
        runs.board[i] = min(b[0] for b in boarding)
        runs.begun[i] = max(b[0] for b in boarding)
        runs.boarded[i] = max(b[1] for b in boarding)
        runs.start[i] = departs[run][0] if rec[IN_ROUTE] >= 0 else runs.board[i]
        runs.depart[i] = departs[run][1]
        runs.arrive[i] = rec[OUT_ARRIVE]
        runs.persons[i] = before.aboard[trip + full] - before.aboard[trip]
        runs.reach[i] = {
            c: (arrive, leave, to - since)
            for c, (arrive, since, to, leave) in zip(
                routes[rec[OUT_ROUTE]].crossings, stops[run], strict=False
            )
        }
        run += 1


def _hold(
    stages: Stages, ranks: tuple[Elders, Sequence[int]], order: Order, runs: Runs, rows: range
) -> bool:
    """Raise the holds of rows that break a wait; tell whether any was raised."""
    raised = False
    here = {runs.batch[i] for i in rows}
    for wait in stages.linked.waits:
        if here.isdisjoint(wait.waiting):
            continue
        raised |= _keep(stages, wait, order, runs, rows)
    if stages.lead is not None:
        raised |= _in_turn(stages.lead, order, runs, rows)
    return raised | _in_rank(*ranks, order, runs, rows)


def _in_turn(lead: int, order: Order, runs: Runs, rows: range) -> bool:
    """Hold rotations that would begin long before earlier ones of the order."""
    raised = False
    latest = max((runs.start[i] for i in range(rows[0]) if runs.depart[i] >= 0), default=0)
    for i in rows:
        if runs.depart[i] < 0:
            continue
        if runs.start[i] < latest - lead:
            order[i, HOLD] = latest - lead
            raised = True
        latest = max(latest, runs.start[i])
    return raised


def _keep(stages: Stages, wait: Wait, order: Order, runs: Runs, rows: range) -> bool:
    mine = [i for i in runs.of(wait.waiting) if i in rows]
    if not mine:
        return False
    if wait.kind == "exchange":
        raised = _exchange(stages, wait, order, runs, mine)
    else:
        raised = _departures(stages, wait, order, runs, mine)
    if wait.longest is not None and not raised:
        raised = _short_holds(wait, wait.longest, order, runs, mine)
    return raised


def _departures(stages: Stages, wait: Wait, order: Order, runs: Runs, mine: Sequence[int]) -> bool:
    others = runs.of(wait.awaited)
    if not others:
        return False
    if wait.kind == "after":
        release, held = max(runs.arrive[i] for i in others), list(mine)
    elif wait.kind == "order":
        # A second later, so that nobody can take the one for the other.
        release, held = max(runs.depart[i] for i in others) + 1, list(mine)
    elif wait.kind == "first":
        release, held = min(runs.depart[i] for i in others), list(mine)
    else:
        batches = stages.linked.batches
        waiting = runs.of(wait.waiting)
        carried = sum(runs.persons[i] for i in waiting)
        if carried < sum(batches[b].persons for b in wait.waiting):
            return False
        last = max(waiting, key=lambda i: (runs.depart[i], i))
        release, held = max(runs.depart[i] for i in others), [i for i in mine if i == last]
    raised = False
    for i in held:
        if runs.depart[i] < release:
            order[i, HOLD_OUT] = release
            raised = True
    return raised


def _exchange(stages: Stages, wait: Wait, order: Order, runs: Runs, mine: Sequence[int]) -> bool:
    """Hold each convoy until as large a share of the other batch has reached the crossing."""
    crossing = wait.crossing or ""
    server = _server(stages.op, crossing)
    others = runs.of(wait.awaited)
    size = [stages.linked.batches[b].persons for b in (*wait.waiting, *wait.awaited)]
    if stages.linked.goes_on:
        size = [sum(runs.persons[i] for i in runs.of(b)) for b in (wait.waiting, wait.awaited)]
    there: list[tuple[int, int]] = []
    total = 0
    for moment, persons in sorted((runs.reach[i][crossing][0], runs.persons[i]) for i in others):
        total += persons
        there.append((total, moment))
    raised, gone, at = False, 0, 0
    for i in sorted(mine, key=lambda i: (runs.reach[i][crossing][1], i)):
        gone += runs.persons[i]
        while at < len(there) - 1 and there[at][0] * size[0] < gone * size[1]:
            at += 1
        if not there:
            continue
        if runs.reach[i][crossing][1] < there[at][1]:
            order[i, HOLD_AT] = there[at][1]
            order[i, HELD_AT] = server
            raised = True
    return raised


def _server(op: Operation, crossing: str) -> int:
    return 2 * next(i for i, c in enumerate(op.crossings) if c.id == crossing)


def _short_holds(wait: Wait, longest: int, order: Order, runs: Runs, mine: Sequence[int]) -> bool:
    """Let convoys that would be held too long set out later."""
    raised = False
    for i in mine:
        held = runs.depart[i] - runs.boarded[i]
        if wait.kind == "exchange":
            reach, leave, inspection = runs.reach[i][wait.crossing or ""]
            held = leave - reach - inspection
        if held > longest:
            order[i, HOLD] = runs.start[i] + held - longest
            raised = True
    return raised


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


def _in_rank(elders: Elders, pairs: Sequence[int], order: Order, runs: Runs, rows: range) -> bool:
    """Hold those of later ranks until those of earlier ones, in earlier batches, are boarding."""
    if not elders:
        return False
    begun: dict[int, int] = {}
    for p, depart, moment in zip(pairs, runs.depart, runs.begun, strict=True):
        if depart >= 0 and moment > begun.get(p, -1):
            begun[p] = moment
    wanted = {p: max(begun.get(q, -1) for q in older) for p, older in elders.items()}
    raised = False
    for i in rows:
        least = wanted.get(pairs[i], -1)
        if runs.board[i] < least and runs.depart[i] >= 0:
            order[i, HOLD] = runs.start[i] + least - runs.board[i]
            raised = True
    return raised
