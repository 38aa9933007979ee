"""Compiled: when the convoys of an order move, and the holds that make them wait for one another.

Whole seconds in int64 arrays, as in the kernel, of which nothing is called here.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from safepassage.convoy.compiling import FAMILY, entry
from safepassage.convoy.kernel import (
    FULL,
    GUEST,
    GUEST_FULL,
    GUEST_TRIP,
    HELD_AT,
    HOLD,
    HOLD_AT,
    HOLD_OUT,
    HOSTS,
    IN_ROUTE,
    OUT_ARRIVE,
    OUT_ROUTE,
    PAIR_OF,
    ROW,
    SIZE,
    TRIP,
)

__all__ = ["COLUMNS", "NEVER", "Waits", "raise_holds", "read_moves"]

# Columns of what is read of each row: run; when it sets out or boards where it stands; first and
# last beginning of boarding, of those who go along too (-1 without any); end of boarding;
# departure (-1 where it makes no rotation), arrival; people; pair of those who go along
RUN, START, BOARD, BEGUN, GUEST_BOARD, GUEST_BEGUN, BOARDED, DEPART, ARRIVE, PERSONS = range(10)
GUEST_PAIR = 10
COLUMNS = 11
NEVER = -1

inner = FAMILY.inner

AFTER, ORDER, FIRST, LAST, EXCHANGE = range(5)

# As the kernel's tables: a record of arrays without a class to compile.
Waits = namedtuple(  # noqa: PYI024 - numba knows collections.namedtuple
    "Waits",
    [
        "kind",  # [waits]
        "waiting",  # [waits, batches + 1] whether a batch (the last: none) waits
        "awaited",  # [waits, batches + 1]
        "server",  # [waits] crossing of an exchange, outwards
        "longest",  # [waits] longest hold (s), or -1
        "mine",  # [waits] people of the batches that wait, at this count
        "theirs",  # [waits] people of those awaited
        "elder_ptr",  # [pairs + 1] into elder
        "elder",  # pairs of earlier ranks at the same place, for the same type
        "rules",  # whether steps go on though somebody is missing; lead (s), or -1
    ],
)


@entry
def read_moves(rec, bays, departs, aboard, moves, first, last):
    """Read when the rotations ``first`` to ``last`` move, each for its row of the order."""
    for r in range(first, last):
        move = moves[rec[r, ROW]]
        move[RUN] = r
        hosts, size = rec[r, HOSTS], rec[r, SIZE]
        move[BOARD], move[BEGUN], move[BOARDED] = bays[r, 0, 0, 1], -1, -1
        move[GUEST_BOARD], move[GUEST_BEGUN], move[GUEST_PAIR] = -1, -1, rec[r, GUEST]
        for v in range(size):
            begun = bays[r, 0, v, 1]
            move[BOARDED] = max(move[BOARDED], bays[r, 0, v, 2])
            if v < hosts:
                move[BOARD] = min(move[BOARD], begun)
                move[BEGUN] = max(move[BEGUN], begun)
            else:
                move[GUEST_BOARD] = begun if v == hosts else min(move[GUEST_BOARD], begun)
                move[GUEST_BEGUN] = max(move[GUEST_BEGUN], begun)
        move[START] = departs[r, 0] if rec[r, IN_ROUTE] >= 0 else move[BOARD]
        move[DEPART] = departs[r, 1]
        move[ARRIVE] = rec[r, OUT_ARRIVE]
        trip = rec[r, TRIP]
        move[PERSONS] = aboard[trip + rec[r, FULL]] - aboard[trip]
        if rec[r, GUEST] >= 0:
            trip = rec[r, GUEST_TRIP]
            move[PERSONS] += aboard[trip + rec[r, GUEST_FULL]] - aboard[trip]


@entry
def raise_holds(order, batch, moves, first, last, waits, seen):
    """Raise the holds of rows that break a wait; tell whether any was raised.

    ``batch``: that of each row. Rows before ``first`` and from ``last`` on stay as they are.
    ``seen``: records and stops of the kernel's work area, and ``route_server`` of its tables.
    """
    raised = False
    for w in range(waits.kind.size):
        any_here = False
        for i in range(first, last):
            if waits.waiting[w, batch[i]] and moves[i, DEPART] >= 0:
                any_here = True
                break
        if not any_here:
            continue
        if waits.kind[w] == EXCHANGE:
            more = _exchange(order, batch, moves, (first, last), waits, w, seen)
        else:
            more = _departures(order, batch, moves, first, last, waits, w)
        if waits.longest[w] >= 0 and not more:
            more = _short(order, batch, moves, (first, last), waits, w, seen)
        raised |= more
    if waits.rules[1] >= 0:
        raised |= _in_turn(order, moves, first, last, waits.rules[1])
    if waits.elder.size > 0:
        raised |= _in_rank(order, moves, first, last, waits)
    return raised


@inner
def _departures(order, batch, moves, first, last, waits, w):
    kind = waits.kind[w]
    release, known = 0, False
    for i in range(batch.size):
        if waits.awaited[w, batch[i]] and moves[i, DEPART] >= 0:
            if kind == FIRST:
                moment = moves[i, DEPART]
                release = min(release, moment) if known else moment
            else:
                moment = moves[i, ARRIVE] if kind == AFTER else moves[i, DEPART]
                release = max(release, moment)
            known = True
    if not known:
        return False
    if kind == ORDER:
        # A second later, so that nobody can take the one for the other.
        release += 1
    only = -1
    if kind == LAST:
        carried = 0
        for i in range(batch.size):
            if waits.waiting[w, batch[i]] and moves[i, DEPART] >= 0:
                carried += moves[i, PERSONS]
                if only < 0 or moves[i, DEPART] >= moves[only, DEPART]:
                    only = i
        if carried < waits.mine[w]:
            return False
    raised = False
    for i in range(first, last):
        if not waits.waiting[w, batch[i]] or (only >= 0 and i != only):
            continue
        if 0 <= moves[i, DEPART] < release:
            order[i, HOLD_OUT] = release
            raised = True
    return raised


@inner
def _stop(moves, i, server, seen):
    """Arrival at a crossing on the loaded leg, leaving it, and inspection there; else -1."""
    rec, stops, route_server = seen
    r = moves[i, RUN]
    route = rec[r, OUT_ROUTE]
    for j in range(route_server.shape[1]):
        if route_server[route, j] == server:
            stop = stops[r, 1, j]
            return stop[0], stop[3], stop[2] - stop[1]
    return -1, -1, 0


@inner
def _exchange(order, batch, moves, rows, waits, w, seen):
    """Hold each convoy until as large a share of the other batch has reached the crossing."""
    n = batch.size
    server = waits.server[w]
    there = np.empty(n, np.int64)
    gone = np.empty(n, np.int64)
    count = leaving = 0
    mine, theirs = waits.mine[w], waits.theirs[w]
    carried = awaited = 0
    for i in range(n):
        if moves[i, DEPART] < 0:
            continue
        # Moments above, row below: sorted by moment, then by row.
        if waits.awaited[w, batch[i]]:
            there[count] = _stop(moves, i, server, seen)[0] * n + i
            count += 1
            awaited += moves[i, PERSONS]
        if waits.waiting[w, batch[i]]:
            carried += moves[i, PERSONS]
            if rows[0] <= i < rows[1]:
                gone[leaving] = _stop(moves, i, server, seen)[1] * n + i
                leaving += 1
    if waits.rules[0]:
        mine, theirs = carried, awaited
    if count == 0:
        return False
    there[:count].sort()
    gone[:leaving].sort()
    raised = False
    released, at = 0, 0
    reached = moves[there[0] % n, PERSONS]
    for x in range(leaving):
        i = gone[x] % n
        released += moves[i, PERSONS]
        while at < count - 1 and reached * mine < released * theirs:
            at += 1
            reached += moves[there[at] % n, PERSONS]
        if gone[x] // n < there[at] // n:
            order[i, HOLD_AT] = there[at] // n
            order[i, HELD_AT] = server
            raised = True
    return raised


@inner
def _short(order, batch, moves, rows, waits, w, seen):
    """Let convoys that would be held too long set out later."""
    raised = False
    for i in range(rows[0], rows[1]):
        if moves[i, DEPART] < 0 or not waits.waiting[w, batch[i]]:
            continue
        held = moves[i, DEPART] - moves[i, BOARDED]
        if waits.kind[w] == EXCHANGE:
            reach, leave, seconds = _stop(moves, i, waits.server[w], seen)
            held = leave - reach - seconds
        if held > waits.longest[w]:
            order[i, HOLD] = moves[i, START] + held - waits.longest[w]
            raised = True
    return raised


@inner
def _in_turn(order, moves, first, last, lead):
    """Hold rotations that would begin long before earlier ones of the order."""
    raised = False
    latest = 0
    for i in range(last):
        if moves[i, DEPART] < 0:
            continue
        if i >= first and moves[i, START] < latest - lead:
            order[i, HOLD] = latest - lead
            raised = True
        latest = max(latest, moves[i, START])
    return raised


@inner
def _in_rank(order, moves, first, last, waits):
    """Hold those of later ranks until those of earlier ones, in earlier batches, are boarding."""
    begun = np.full(waits.elder_ptr.size - 1, -1, np.int64)
    for i in range(moves.shape[0]):
        if moves[i, DEPART] >= 0:
            p, q = order[i, PAIR_OF], moves[i, GUEST_PAIR]
            begun[p] = max(begun[p], moves[i, BEGUN])
            if q >= 0:
                begun[q] = max(begun[q], moves[i, GUEST_BEGUN])
    raised = False
    for i in range(first, last):
        if moves[i, DEPART] < 0:
            continue
        short = _before_turn(begun, waits, order[i, PAIR_OF], moves[i, BOARD])
        if moves[i, GUEST_PAIR] >= 0:
            more = _before_turn(begun, waits, moves[i, GUEST_PAIR], moves[i, GUEST_BOARD])
            short = max(short, more)
        if short > 0:
            order[i, HOLD] = moves[i, START] + short
            raised = True
    return raised


@inner
def _before_turn(begun, waits, p, moment):
    """How long before its turn a pair begins to board."""
    wanted = -1
    for x in range(waits.elder_ptr[p], waits.elder_ptr[p + 1]):
        wanted = max(wanted, begun[waits.elder[x]])
    return wanted - moment
