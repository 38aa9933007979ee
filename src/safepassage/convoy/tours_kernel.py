"""Compiled: the tour of one vehicle that is worth most."""

from __future__ import annotations

import numpy as np

from safepassage.convoy.compiling import entry

__all__ = ["best_tour"]


@entry
def best_tour(start, starts, later, origin, flow, goal, worth, counts):
    """Return what a tour is worth at most, and count its loaded legs by flow in ``counts``.

    ``start``, ``starts``: by first journey, its flow, reception point, and from which part of the
    time on the vehicle is ready again (beyond the last one: never, though it arrives; -1: it does
    not arrive). ``later``: [journeys, parts] the same by the part in which the vehicle is ready
    before; ``origin``, ``flow``, ``goal``: where journeys begin and end, and their flows.
    """
    points = 1 + max(goal.max(), start[:, 1].max())
    parts = later.shape[1]
    size = points * (parts + 1)
    best = np.full(size, -1, np.int64)
    before = np.full(size, -1, np.int64)
    by = np.full(size, -1, np.int64)
    last, total = -1, 0
    for j in range(starts.size):
        if starts[j] < 0:
            continue
        at = start[j, 1] * (parts + 1) + min(starts[j], parts)
        value = worth[start[j, 0]]
        if value > best[at]:
            best[at], before[at], by[at] = value, -1, start[j, 0]
            if value > total:
                total, last = value, at
    for i in range(parts):
        for p in range(points):
            at = p * (parts + 1) + i
            if i > 0 and best[at - 1] > best[at]:
                best[at], before[at], by[at] = best[at - 1], at - 1, -1
            elif i > 0 and best[at] == best[at - 1]:
                continue
            if best[at] < 0 or by[at] < 0:
                # Nothing new is there: whoever waits does so on arrival.
                continue
            for j in range(origin.size):
                if origin[j] != p or later[j, i] < 0:
                    continue
                to = goal[j] * (parts + 1) + min(later[j, i], parts)
                value = best[at] + worth[flow[j]]
                if value > best[to]:
                    best[to], before[to], by[to] = value, at, flow[j]
                    if value > total:
                        total, last = value, to
    counts[:] = 0
    while last >= 0:
        if by[last] >= 0:
            counts[by[last]] += 1
        last = before[last]
    return total
