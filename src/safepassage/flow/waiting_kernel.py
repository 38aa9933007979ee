"""The compiled search where waiting is limited: vehicles go without waiting at some nodes.

There one label a node does not do, as a cell that can be reached says nothing of later ones. So
every node and cell is looked at. Ways found are used as they are, never given up again: the plan is
complete, and how far it may be from the best is told by the bound, which holds without the limits.
"""

from __future__ import annotations

import numpy as np

from safepassage.flow.compiling import bare, entry, entry_bare

__all__ = ["find_ways", "take_ways"]

_NONE, _HOME, _WAITED = -1, -2, -3


@entry
def find_ways(cells, limited, parent):
    """Find for each node and cell how it can be reached from unsent supply with what is free.

    Parameters
    ----------
    limited
        [nodes] whether nobody may wait there.
    parent
        [nodes, cells] out: the link by which it is reached; or by waiting, or from home.
    """
    n, n_cells = parent.shape
    parent[:] = _NONE
    queue = np.zeros(n, np.int64)
    for t in range(n_cells):
        found = 0
        for v in range(n):
            if parent[v, t] == _NONE:
                for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
                    if cells.left[k] > 0 and cells.ready[k] <= t:
                        parent[v, t] = _HOME
                if parent[v, t] == _NONE and t and not limited[v] and parent[v, t - 1] != _NONE:
                    parent[v, t] = _WAITED
            if parent[v, t] != _NONE:
                queue[found] = v
                found += 1
        at = 0
        while at < found:
            v = queue[at]
            at += 1
            for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
                e = cells.out_link[p]
                w, arrival, r = cells.head[e], t + cells.delay[e], cells.row[e]
                most = cells.most[e] if r < 0 else cells.changing[r, t]
                if arrival >= n_cells or parent[w, arrival] != _NONE or cells.rate[e, t] >= most:
                    continue
                parent[w, arrival] = e
                if arrival == t:
                    queue[found] = w
                    found += 1


@entry_bare
def take_ways(cells, parent):
    """Send what the ways found take, to the earliest cells of destinations first.

    Returns how much was sent.
    """
    n_cells = parent.shape[1]
    sent = 0
    for t in range(n_cells):
        for s in range(cells.sink.shape[0]):
            if parent[cells.sink[s], t] < 0:
                continue
            amount, k = _measure(cells, parent, cells.sink[s], t, cells.room[s])
            if amount <= 0:
                continue
            v, i = cells.sink[s], t
            while parent[v, i] != _HOME:
                if parent[v, i] == _WAITED:
                    i -= 1
                    cells.waiting[v, i] += amount
                else:
                    e = parent[v, i]
                    v, i = cells.tail[e], i - cells.delay[e]
                    cells.rate[e, i] += amount
            cells.left[k] -= amount
            cells.room[s] -= amount
            sent += amount
    return sent


@bare
def _measure(cells, parent, v, i, amount):
    """How much a way still takes, and the supply it begins at."""
    while parent[v, i] != _HOME:
        if parent[v, i] == _WAITED:
            i -= 1
            continue
        e = parent[v, i]
        v, i, r = cells.tail[e], i - cells.delay[e], cells.row[e]
        amount = min(amount, (cells.most[e] if r < 0 else cells.changing[r, i]) - cells.rate[e, i])
    for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
        if cells.left[k] > 0 and cells.ready[k] <= i:
            return min(amount, cells.left[k]), k
    return 0, -1
