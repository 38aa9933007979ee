"""Compiled: a flow over cells of time is taken apart into trips.

Cells and their flow are those of :mod:`.timed_kernel`; nothing here calls what is there.
"""

from __future__ import annotations

import numpy as np

from safepassage.flow.compiling import bare, entry

__all__ = ["lasting", "peel", "postpone", "through"]


@entry
def lasting(cells, leaving, span, trips, steps, state, way):
    """Take trips out of a flow that last for some cells at least and wait nowhere on the way.

    At each node a trip goes on by the link that most of it can take all the time. It is taken for
    as long as its rate holds, before and after.

    Parameters
    ----------
    leaving
        From ``through``; reduced as trips are taken, as is the flow.
    span
        Cells.
    trips
        [most, 5] out: supply, first cell, number of cells, rate, first of its rows in ``steps``.
    steps
        [most, 2] out: link, cell of the first entry.
    state
        ``[supply, cell, trips, steps]`` to go on from; moved on.
    way
        [2, nodes] scratch.

    Returns whether all supplies have been gone through; else a buffer is full.
    """
    rate, delay, head = cells.rate, cells.delay, cells.head
    nodes, n_cells = cells.waiting.shape
    is_sink = np.zeros(nodes, np.bool_)
    for s in range(cells.sink.shape[0]):
        is_sink[cells.sink[s]] = True
    home = np.zeros(leaving.shape[0], np.int64)
    for v in range(nodes):
        for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
            home[k] = v
    seen = np.zeros(nodes, np.int64)
    stamp, one = 0, np.int64(1)
    link, at = way[0], way[1]
    while state[0] < leaving.shape[0]:
        k, first = state[0], state[1]
        if first + span > n_cells:
            state[0], state[1] = k + 1, 0
            continue
        amount = leaving[k, first]
        j = first + 1
        while j < first + span and amount > 0:
            amount = min(amount, leaving[k, j])
            j += 1
        if amount <= 0:
            state[1] = j
            continue
        if state[2] == trips.shape[0] or state[3] + nodes > steps.shape[0]:
            return False
        stamp += 1
        v, t, length = home[k], first, 0
        seen[v] = stamp
        while amount > 0 and not is_sink[v]:
            best, most = -1, np.int64(0)
            for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
                e = cells.out_link[p]
                if seen[head[e]] == stamp or t + span > n_cells:
                    continue
                here, j = amount, t
                while j < t + span and here > most:
                    here = min(here, rate[e, j])
                    j += 1
                if here > most:
                    best, most = e, here
            amount = most
            if best >= 0:
                link[length], at[length] = best, t
                length += 1
                t += delay[best]
                v = head[best]
                seen[v] = stamp
        if amount == 0:
            state[1] = first + max(1, span // 2)
            continue
        early = _as_well(rate, leaving, k, link, at, length, first, -one, amount)
        late = _as_well(rate, leaving, k, link, at, length, first + span - 1, one, amount)
        leaving[k, early : late + 1] -= amount
        row, end = state[2], state[3]
        for q in range(length):
            begin = at[q] + early - first
            rate[link[q], begin : begin + late + 1 - early] -= amount
            steps[end + q, 0], steps[end + q, 1] = link[q], begin
        trips[row, 0], trips[row, 1], trips[row, 2] = k, early, late + 1 - early
        trips[row, 3], trips[row, 4] = amount, end
        state[2], state[3] = row + 1, end + length
    return True


@bare
def _as_well(rate, leaving, k, link, at, length, cell, step, amount):
    """How far a trip holds on from a cell, earlier or later; ``at`` belongs to the first cell."""
    n_cells = leaving.shape[1]
    # ``at`` tells entries for a departure in the cell that links were searched from.
    shift = cell + step - (at[0] if length else cell)
    while 0 <= cell + step < n_cells and leaving[k, cell + step] >= amount:
        for q in range(length):
            i = at[q] + shift
            if i < 0 or i >= n_cells or rate[link[q], i] < amount:
                return cell
        cell += step
        shift += step
    return cell


@entry
def postpone(cells, order):
    """Let everyone enter each link as late as those further on allow, and wait before it instead.

    For a link, ``most[i]`` is how much of what enters up to cell ``i`` can be put off beyond it:
    no more than waits at its end then, and than later cells have room for. Arrivals at
    destinations stay as they are. A sweep from the destinations outwards moves waiting on the way
    to where people set out.

    Parameters
    ----------
    order
        Nodes, those near destinations first; those at which nobody needs to wait are left out.
    """
    n_cells = cells.waiting.shape[1]
    most = np.zeros(n_cells + 1, np.int64)
    for v in order:
        for p in range(cells.in_ptr[v], cells.in_ptr[v + 1]):
            e = cells.in_link[p]
            u, k, r = cells.tail[e], cells.delay[e], cells.row[e]
            last = n_cells - 1 - k
            if last < 0:
                continue
            most[last] = 0
            for i in range(last, 0, -1):
                room = (cells.most[e] if r < 0 else cells.changing[r, i]) - cells.rate[e, i]
                most[i - 1] = min(cells.waiting[v, i - 1 + k], most[i] + room)
            moved = 0
            for i in range(last + 1):
                held = min(most[i], moved + cells.rate[e, i])
                cells.rate[e, i] += moved - held
                cells.waiting[v, i + k] -= held
                cells.waiting[u, i] += held
                moved = held


@entry
def through(cells, sent, leaving):
    """Divide who waits from who has not left home: those who pass through a node go first.

    Fills ``leaving[supply, cell]``, the rate at which a supply sets out, and ``cells.waiting``
    with those who wait on their way. Who is ready first sets out first.
    """
    n_cells = cells.waiting.shape[1]
    waits = cells.waiting
    waits[:] = 0
    out = np.zeros(n_cells, np.int64)
    is_sink = np.zeros(waits.shape[0], np.bool_)
    for s in range(cells.sink.shape[0]):
        is_sink[cells.sink[s]] = True
    for v in range(waits.shape[0]):
        if is_sink[v]:
            for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
                leaving[k, cells.ready[k]] = sent[k]
            continue
        out[:] = 0
        for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
            e = cells.out_link[p]
            for i in range(n_cells):
                out[i] += cells.rate[e, i]
        for p in range(cells.in_ptr[v], cells.in_ptr[v + 1]):
            e = cells.in_link[p]
            for i in range(n_cells - cells.delay[e]):
                waits[v, i + cells.delay[e]] += cells.rate[e, i]
        stock = 0
        k, end = cells.ready_ptr[v], cells.ready_ptr[v + 1]
        unsent = sent[k] if k < end else 0
        for i in range(n_cells):
            stock += waits[v, i]
            use = min(stock, out[i])
            stock -= use
            rest = out[i] - use
            while rest > 0 and k < end:
                part = min(rest, unsent)
                leaving[k, i] += part
                unsent -= part
                rest -= part
                if unsent == 0:
                    k += 1
                    unsent = sent[k] if k < end else 0
            waits[v, i] = stock


@entry
def peel(cells, leaving, final, start, trips, steps):
    """Take the flow apart into trips that repeat for some cells, until a buffer is full.

    Parameters
    ----------
    leaving
        From ``through``; reduced as trips are taken.
    final
        [links] last cell with a flow, or -1; lowered as the flow goes.
    start
        [2] supply and cell to go on from; moved on.
    trips
        [most, 5] out: supply, first cell, number of cells, rate, first of its rows in ``steps``.
    steps
        [most, 2] out: link, cell of the first entry.

    Returns the number of trips and of steps.
    """
    n_cells = cells.waiting.shape[1]
    is_sink = np.zeros(cells.waiting.shape[0], np.bool_)
    for s in range(cells.sink.shape[0]):
        is_sink[cells.sink[s]] = True
    home = np.zeros(leaving.shape[0], np.int64)
    for v in range(cells.waiting.shape[0]):
        for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
            home[k] = v
    seen = np.full(cells.waiting.shape[0], -1, np.int64)
    n_trips = 0
    n_steps = 0
    while start[0] < leaving.shape[0]:
        k, i = start[0], start[1]
        if i >= n_cells:
            start[0] += 1
            start[1] = 0
            continue
        if leaving[k, i] == 0:
            start[1] += 1
            continue
        room = steps.shape[0] - n_steps
        if n_trips == trips.shape[0] or room < 2 * cells.waiting.shape[0]:
            break
        length = _trace(cells, home[k], i, final, is_sink, seen, steps[n_steps:])
        if length < 0:
            continue
        amount, times = _repeats(cells, leaving, k, i, home[k], steps[n_steps : n_steps + length])
        trips[n_trips, 0] = k
        trips[n_trips, 1] = steps[n_steps, 1] if length else i
        trips[n_trips, 2] = times
        trips[n_trips, 3] = amount
        trips[n_trips, 4] = n_steps
        n_trips += 1
        n_steps += length
    return n_trips, n_steps


@bare
def _trace(cells, v, i, final, is_sink, seen, steps):
    """Follow the flow from a node and cell to a destination; -1: a loop was taken out instead.

    Leaving with the first flow that leaves is always right: whoever arrived waits until then.
    """
    length = 0
    at = i
    origin = v
    seen[v] = 0
    loop = -1
    while not is_sink[v]:
        link, cell = -1, cells.waiting.shape[1]
        for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
            e = cells.out_link[p]
            while final[e] >= 0 and cells.rate[e, final[e]] == 0:
                final[e] -= 1
            t = at
            end = min(final[e], cell)
            while t <= end and cells.rate[e, t] == 0:
                t += 1
            if t <= end and (t < cell or (t == cell and cells.rate[e, t] > cells.rate[link, t])):
                link, cell = e, t
        steps[length, 0] = link
        steps[length, 1] = cell
        length += 1
        v = cells.head[link]
        at = cell + cells.delay[link]
        if seen[v] >= 0:
            loop = seen[v]
            break
        seen[v] = length
    seen[origin] = -1
    for q in range(length):
        seen[cells.head[steps[q, 0]]] = -1
    if loop < 0:
        return length
    amount = cells.rate[steps[loop, 0], steps[loop, 1]]
    for q in range(loop, length):
        amount = min(amount, cells.rate[steps[q, 0], steps[q, 1]])
    for q in range(loop, length):
        cells.rate[steps[q, 0], steps[q, 1]] -= amount
        here = cells.head[steps[q, 0]]
        left = steps[q + 1, 1] if q + 1 < length else -1
        arrived = steps[q, 1] + cells.delay[steps[q, 0]]
        if left >= 0:
            for t in range(arrived, left):
                cells.waiting[here, t] -= amount
        else:
            for t in range(steps[loop, 1], arrived):
                cells.waiting[here, t] += amount
    return -1


@bare
def _repeats(cells, leaving, k, i, v, steps):
    """Take a trip out of the flow as often as it repeats cell by cell; returns rate and times."""
    n_cells = cells.waiting.shape[1]
    amount = leaving[k, i]
    for q in range(steps.shape[0]):
        amount = min(amount, cells.rate[steps[q, 0], steps[q, 1]])
    times = np.int64(0)
    while i + times < n_cells and leaving[k, i + times] >= amount:
        if times and not _holds(cells, steps, v, i, times, amount):
            break
        leaving[k, i + times] -= amount
        at = i + times
        for q in range(steps.shape[0]):
            e, t = steps[q, 0], steps[q, 1] + times
            for wait in range(at, t):
                cells.waiting[v, wait] -= amount
            cells.rate[e, t] -= amount
            v = cells.head[e]
            at = t + cells.delay[e]
        v = cells.tail[steps[0, 0]] if steps.shape[0] else v
        times += 1
    return amount, times


@bare
def _holds(cells, steps, v, i, times, amount):
    """Whether a trip can also be made some cells later."""
    n_cells = cells.waiting.shape[1]
    for q in range(steps.shape[0]):
        e, t = steps[q, 0], steps[q, 1] + times
        if t >= n_cells or cells.rate[e, t] < amount:
            return False
        for wait in range(i + times, t):
            if cells.waiting[v, wait] < amount:
                return False
        v, i = cells.head[e], steps[q, 1] + cells.delay[e]
    return True
