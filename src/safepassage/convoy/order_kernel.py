"""Compiled: annealing of an order of rotations that the kernel decodes.

An order says in which sequence convoys are sent, and little more: which of them goes is the one
that would be there first. So what a convoy does all day follows from where it went once, and an
order alone cannot have one that serves a near place go over to a distant one before the end. Rows
may *name* a convoy therefore: two rows that exchange their convoys exchange all that these do
later.
"""

from __future__ import annotations

import numpy as np

from safepassage.convoy.compiling import FAMILY, inner
from safepassage.convoy.kernel import (
    HOLD,
    NO_PACE,
    PAIR_OF,
    ROW,
    UNIT,
    WISH_IN,
    WISH_OUT,
    WISH_UNIT,
    WISHES,
    advance_rows,
    complete,
    reset,
)
from safepassage.convoy.states_kernel import fill, hand_over, restore, save

__all__ = ["anneal"]

NOTHING, ROWS, BLOCK, HELD, WAY, NAMED, NAMES = range(7)
"""What a change alters: nothing; two rows change places; a row goes elsewhere; its hold, its way,
or the convoy that it names; two rows name the one that went for the other."""

LATE_S = 20.0
"""What a person late counts, in seconds of the last arrival."""


@inner
def _value(tally, trips, persons):
    beyond = 4.0 * tally[3] / trips
    return LATE_S * tally[0] + tally[1] + beyond + 0.002 * tally[2] / max(persons, 1)


@inner
def _better(tally, best):
    """Whether a timetable is better by the objective itself, one part after another."""
    for part in range(3):
        if tally[part] != best[part]:
            return tally[part] < best[part]
    return False


@inner
def _shift(order, i, j):
    """Move row ``i`` to place ``j``."""
    for c in range(WISHES):
        moved = order[i, c]
        if i < j:
            for x in range(i, j):
                order[x, c] = order[x + 1, c]
        else:
            for x in range(i, j, -1):
                order[x, c] = order[x - 1, c]
        order[j, c] = moved


@inner
def _same(a, b):
    for c in range(WISHES):
        if a[c] != b[c]:
            return False
    return True


@inner
def _draw():
    """What to change next."""
    x = np.random.randint(0, 28)
    if x < 10:
        return ROWS
    if x < 16:
        return BLOCK
    if x < 18:
        return HELD
    if x < 20:
        return WAY
    return NAMED if x < 24 else NAMES


@inner
def _alike(tb, unit):
    """Draw a unit of the same type."""
    kind = tb.unit_kind[unit]
    drawn, seen = unit, 0
    for u in range(tb.unit_kind.size):
        if tb.unit_kind[u] == kind:
            seen += 1
            if np.random.randint(0, seen) == 0:
                drawn = u
    return drawn


@inner
def _change(tb, now, ways, went, keep):
    """Change the order at random; ``keep`` receives what the two rows were.

    ``went``: unit by row. Returns what was changed, and the rows.
    """
    n = now.shape[0]
    what = _draw()
    # Later rows decide the end, and cost less to decode again.
    i = n - 1 - int(n * np.random.random() ** 1.5 * np.random.random() ** 0.5)
    j = i
    if what in (ROWS, BLOCK, NAMES):
        reach = 1 + int(max(2, n // 6) * np.random.random() ** 2)
        j = min(n - 1, max(0, i + (reach if np.random.random() < 0.5 else -reach)))
        if i == j:
            return NOTHING, i, j
    fill(now[i], keep[0])
    fill(now[j], keep[1])
    if what == ROWS:
        if _same(now[i], now[j]):
            return NOTHING, i, j
        fill(keep[1], now[i])
        fill(keep[0], now[j])
    elif what == BLOCK:
        _shift(now, i, j)
    elif what == HELD:
        if now[i, HOLD] > 0 and np.random.random() < 0.5:
            now[i, HOLD] = 0
        else:
            now[i, HOLD] = max(0, now[i, HOLD] + np.random.randint(-3600, 3601))
    elif what == WAY:
        which = WISH_IN if np.random.random() < 0.5 else WISH_OUT
        now[i, which] = -1 if np.random.random() < 0.3 else np.random.randint(0, ways)
    else:
        return _renamed(tb, now, what, i, j, went)
    return what, i, j


@inner
def _comes_again(tb, now, i, u):
    """Whether a unit could go for a row, as far as its type tells, and others after it."""
    return tb.unit_kind[u] == tb.pair_kind[now[i, PAIR_OF]] and tb.unit_returns[u]


@inner
def _renamed(tb, now, what, i, j, went):
    """Have a row name any convoy or none, or two rows that of the other; as :func:`_change`."""
    u, v = went[i], went[j]
    if not _comes_again(tb, now, i, u) or not _comes_again(tb, now, j, v):
        return NOTHING, i, j
    if what == NAMED:
        now[i, WISH_UNIT] = -1 if np.random.random() < 0.3 else _alike(tb, u)
        return what, i, j
    alike = now[i, PAIR_OF] == now[j, PAIR_OF] and tb.unit_size[u] == tb.unit_size[v]
    if u == v or tb.unit_kind[u] != tb.unit_kind[v] or alike:
        return NOTHING, i, j
    now[i, WISH_UNIT] = v
    now[j, WISH_UNIT] = u
    return what, i, j


@inner
def _undo(now, what, i, j, keep):
    if what == BLOCK:
        _shift(now, j, i)
    else:
        fill(keep[0], now[i])
        fill(keep[1], now[j])


@inner
def _note(wk, first, went):
    """Note which unit went for each row, from a run on."""
    for r in range(first, wk.tally[4]):
        went[wk.rec[r, ROW]] = wk.rec[r, UNIT]


@FAMILY(nogil=True)
def anneal(tb, wk, marks, spare, order, target, goal, steps, seed, heat, trips, persons, best):
    """Simulated annealing over the order of rotations, their holds, their ways and their convoys.

    ``marks`` and ``spare`` hold states of the current order and of the trial at evenly spaced rows,
    so that a change costs only what comes after it. Works in place: ``order`` ends as the best
    order found, ``best`` as its tally. Stops early when nobody is late and the last arrival is at
    or before ``goal``. Returns the number of orders tried, or -1 where the first does not fit the
    horizon.
    """
    np.random.seed(seed)
    n = order.shape[0]
    now = order.copy()
    parts = marks.cal_n.shape[0]
    at = np.array([n * m // parts for m in range(parts + 1)])
    reset(tb, wk)
    for m in range(parts):
        save(wk, marks, m)
        if not advance_rows(tb, wk, now, at[m], at[m + 1], NO_PACE, target):
            return -1
    if not complete(tb, wk):
        return -1
    value = _value(wk.tally, trips, persons)
    best[:] = wk.tally
    ways = tb.route_n.size
    keep = np.zeros((2, WISHES), np.int64)
    went = np.zeros(n, np.int64)
    _note(wk, 0, went)
    for step in range(steps):
        if best[0] == 0 and best[1] <= goal:
            return step
        warm = heat * (1.0 - step / steps) ** 2 + 0.01
        what, i, j = _change(tb, now, ways, went, keep)
        if what == NOTHING:
            continue
        m = parts - 1
        while at[m] > min(i, j):
            m -= 1
        restore(marks, m, wk)
        first = wk.tally[4]
        # Drawn ahead, it tells as early as can be that a trial is too bad: all parts only grow.
        limit = value - warm * np.log(1.0 - np.random.random())
        ok = True
        for q in range(m, parts):
            if q > m:
                save(wk, spare, q)
            ok = advance_rows(tb, wk, now, at[q], at[q + 1], NO_PACE, target)
            if not ok or _value(wk.tally, trips, persons) > limit:
                ok = False
                break
        if ok and complete(tb, wk):
            value = _value(wk.tally, trips, persons)
            for q in range(m + 1, parts):
                hand_over(spare, marks, q)
            _note(wk, first, went)
            if _better(wk.tally, best):
                best[:] = wk.tally
                order[:] = now
        else:
            _undo(now, what, i, j, keep)
    return steps
