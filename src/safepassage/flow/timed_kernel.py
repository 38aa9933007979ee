"""The compiled heart of clearance with changing capacities: augmenting flows over time.

Time is cut into cells of equal width, each node by its own clock (:mod:`.timed_grid`), so that the
state is one rate for each link and cell. With unlimited waiting the cells of a node that can be
reached in the residual network are upward closed in time. One label a node, its earliest such cell,
therefore stands for the whole time-expanded network, backward arcs included, and this stays so
when capacities change with time. ``label`` finds the labels; ``augment`` sends blocking flows along
arcs that are tight for them, for every shift in time (Dinic's phases, with reduced transit time in
place of the number of arcs). The labels of a phase that reaches no destination are a minimum cut.

All functions that call one another stay in this file: numba's cache notices no other change.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np

from safepassage.flow.compiling import bare, entry, entry_bare

__all__ = [
    "Cells",
    "Labels",
    "augment",
    "dispatch",
    "label",
    "waiting",
]

# A named tuple is what numba takes as a record of arrays without compiling a class.
Cells = namedtuple(  # noqa: PYI024 - numba knows collections.namedtuple
    "Cells",
    [
        "tail",  # [links] node
        "head",
        "delay",  # [links] cells from entering to leaving
        "most",  # [links] highest rate, where it does not change
        "row",  # [links] row of ``changing``, -1: constant
        "changing",  # [rows, cells] highest rate by cell of the tail's clock
        "in_ptr",  # [nodes + 1] into in_link
        "in_link",
        "out_ptr",
        "out_link",
        "ready_ptr",  # [nodes + 1] into ready and left
        "ready",  # [supplies] first cell
        "left",  # [supplies] rate cells that have not been sent
        "sink",  # [sinks] node
        "room",  # [sinks] rate cells it can still receive
        "keeps",  # [sinks] whether what it received may be exchanged
        "rate",  # [links, cells] the flow
        "waiting",  # [nodes, cells] from this cell to the next
    ],
)

Labels = namedtuple(  # noqa: PYI024 - as above
    "Labels",
    [
        "earliest",  # [nodes] first cell that can be reached; as many as there are cells: none
        "via",  # [nodes] arc by which: 2 x link, + 1 backwards; -1: supply
        "last",  # [nodes] latest visit
        "before",  # [visits] the same node's visit before this one
        "cell",  # [visits]
        "arc",  # [visits]
        "first",  # [cells + 1] queue of nodes by label
        "end",
        "next",  # [nodes]
        "previous",
        "mark",  # [nodes] cells up to here were tried in vain
        "vain_from",  # [arcs] cells from here ...
        "vain_to",  # [arcs] ... to here are of no use, as long as nothing changes
        "wait_from",  # [nodes] in each cell from here ...
        "wait_to",  # [nodes] ... to before here somebody waits for the next
        "open",  # [nodes] how often it is on the stack
        "stack",  # [depth, 10]
    ],
)

_NODE, _CELL, _AMOUNT, _TRY, _LATE, _MARK, _ARC, _AT, _VISIT, _AGAIN = range(10)


@entry_bare
def label(cells, labels):
    """Find each node's earliest cell that unsent supply can reach; returns the visits made."""
    tail, head, delay = cells.tail, cells.head, cells.delay
    rate, waiting = cells.rate, cells.waiting
    earliest, via, nxt, prv = labels.earliest, labels.via, labels.next, labels.previous
    first, end = labels.first, labels.end
    n, n_cells = waiting.shape
    first[:] = -1
    end[:] = -1
    for v in range(n):
        earliest[v] = n_cells
        via[v] = -1
        labels.last[v] = -1
        nxt[v] = -2
        for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
            if cells.left[k] > 0 and cells.ready[k] < earliest[v]:
                earliest[v] = cells.ready[k]
        if earliest[v] < n_cells:
            _append(first, end, nxt, prv, v, earliest[v])
    current = np.int64(0)
    visits = 0
    while current < n_cells:
        v = first[current]
        if v < 0:
            current += 1
            continue
        _remove(first, end, nxt, prv, v, current)
        j = earliest[v]
        while j > 0 and waiting[v, j - 1] > 0:
            j -= 1
        earliest[v] = j
        if visits < labels.before.shape[0]:
            labels.before[visits] = labels.last[v]
            labels.cell[visits] = j
            labels.arc[visits] = via[v]
            labels.last[v] = visits
        visits += 1
        for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
            e = cells.out_link[p]
            w = head[e]
            top = earliest[w] - delay[e]
            i = j
            r = cells.row[e]
            if r < 0:
                most = cells.most[e]
                while i < top and rate[e, i] >= most:
                    i += 1
            else:
                while i < top and rate[e, i] >= cells.changing[r, i]:
                    i += 1
            if i < top:
                t = i + delay[e]
                if nxt[w] != -2:
                    _remove(first, end, nxt, prv, w, earliest[w])
                earliest[w] = t
                via[w] = 2 * e
                _append(first, end, nxt, prv, w, t)
                current = min(current, t)
        for p in range(cells.in_ptr[v], cells.in_ptr[v + 1]):
            e = cells.in_link[p]
            w = tail[e]
            top = earliest[w]
            i = max(j - delay[e], 0)
            while i < top and rate[e, i] <= 0:
                i += 1
            if i < top:
                if nxt[w] != -2:
                    _remove(first, end, nxt, prv, w, earliest[w])
                earliest[w] = i
                via[w] = 2 * e + 1
                _append(first, end, nxt, prv, w, i)
                current = min(current, i)
    return visits


@bare
def _append(first, end, nxt, prv, v, b):
    nxt[v] = -1
    prv[v] = end[b]
    if end[b] >= 0:
        nxt[end[b]] = v
    else:
        first[b] = v
    end[b] = v


@bare
def _remove(first, end, nxt, prv, v, b):
    if prv[v] >= 0:
        nxt[prv[v]] = nxt[v]
    else:
        first[b] = nxt[v]
    if nxt[v] >= 0:
        prv[nxt[v]] = prv[v]
    else:
        end[b] = prv[v]
    nxt[v] = -2


@bare
def _move(waiting, v, arrives, leaves, amount):
    """Account for an amount that is at a node from one cell on and needed in another."""
    for i in range(arrives, leaves):
        waiting[v, i] += amount
    for i in range(leaves, arrives):
        waiting[v, i] -= amount


@bare
def _visit_by(last, before, cell_of, v, cell):
    """The first visit at which a node had a label of at most so much."""
    visit = last[v]
    earlier = before[visit]
    while earlier >= 0 and cell_of[earlier] <= cell:
        visit = earlier
        earlier = before[visit]
    return visit


@bare
def _push(stack, mark, opened, depth, v, cell, amount, visit):
    stack[depth, _NODE] = v
    stack[depth, _CELL] = cell
    stack[depth, _AMOUNT] = amount
    stack[depth, _TRY] = 0
    stack[depth, _LATE] = cell
    stack[depth, _MARK] = mark[v]
    stack[depth, _VISIT] = visit
    stack[depth, _AGAIN] = opened[v] > 0
    opened[v] += 1
    mark[v] = cell


@entry_bare
def augment(cells, labels, slack, exact):
    """Send a blocking flow along tight arcs, for every shift in time; returns what was sent.

    A depth-first search backwards from each destination's cells, the earliest first. A frame wants
    vehicles at a node in a cell: from supply, by a link that has room, by taking back what left
    the node, or, in a second round, by taking those who wait there and finding others for later.
    With ``exact`` arcs lead only to nodes visited earlier in the labelling, which excludes cycles;
    without it any arc within the shift will do.
    """
    earliest, mark, stack, opened = labels.earliest, labels.mark, labels.stack, labels.open
    n_cells = cells.waiting.shape[1]
    mark[:] = -1
    opened[:] = 0
    labels.vain_to[:] = -1
    labels.vain_from[:] = 0
    labels.wait_to[:] = -1
    sent = unsent = bottom = np.int64(0)
    for k in range(cells.left.shape[0]):
        unsent += cells.left[k]
    shift = 0
    stride = 1
    vain = 0
    while shift < n_cells:
        need = max(shift - slack, 0)
        before = sent
        for s in range(cells.sink.shape[0]):
            sink = cells.sink[s]
            goal = earliest[sink] + shift
            if goal >= n_cells or cells.room[s] == 0 or mark[sink] >= goal:
                continue
            visit = _visit_by(labels.last, labels.before, labels.cell, sink, goal - need)
            _push(stack, mark, opened, bottom, sink, goal, cells.room[s], visit)
            got = _pull(cells, labels, need, exact)
            cells.room[s] -= got
            if cells.keeps[s]:
                for i in range(goal, n_cells):
                    cells.waiting[sink, i] += got
            sent += got
        if sent == unsent:
            break
        # Where nothing can be sent for long, not every shift is tried.
        vain = 0 if sent > before else vain + 1
        stride = 1 if vain < 8 else 2 * stride
        shift += stride
    return sent


@bare
def _pull(cells, labels, need, exact):
    """Bring as much as can be to the frame at the bottom of the stack; returns how much."""
    earliest, mark, stack = labels.earliest, labels.mark, labels.stack
    rate, waiting, delay = cells.rate, cells.waiting, cells.delay
    row, most, changing = cells.row, cells.most, cells.changing
    ready_ptr, ready, left = cells.ready_ptr, cells.ready, cells.left
    last, before, cell_of, opened = labels.last, labels.before, labels.cell, labels.open
    vain_from, vain_to = labels.vain_from, labels.vain_to
    wait_from, wait_to = labels.wait_from, labels.wait_to
    n_cells = waiting.shape[1]
    d = np.int64(0)
    total = 0
    while d >= 0:
        w, j, step, late = stack[d, _NODE], stack[d, _CELL], stack[d, _TRY], stack[d, _LATE]
        stack[d, _TRY] += 1
        n_in = cells.in_ptr[w + 1] - cells.in_ptr[w]
        n_out = cells.out_ptr[w + 1] - cells.out_ptr[w]
        if step == 0:
            k = _supply(ready_ptr, ready, left, w, late)
            if k < 0:
                continue
            got = min(stack[d, _AMOUNT], left[k])
            for i in range(j, ready[k]):
                got = min(got, waiting[w, i])
            if got <= 0:
                continue
            left[k] -= got
            _move(waiting, w, ready[k], j, got)
            wait_to[w] = -1
            d = _send(cells, labels, d, got)
            total += got
            if stack[0, _AMOUNT] == 0:
                mark[stack[0, _NODE]] = stack[0, _MARK]
                opened[stack[0, _NODE]] -= 1
                return total
            continue
        if step == 1:
            arc = labels.arc[stack[d, _VISIT]]
            if arc < 0:
                continue
        elif step < 2 + n_in:
            arc = 2 * cells.in_link[cells.in_ptr[w] + step - 2]
        elif step < 2 + n_in + n_out:
            arc = 2 * cells.out_link[cells.out_ptr[w] + step - 2 - n_in] + 1
        else:
            until = j
            if late == j:
                if wait_from[w] <= j <= wait_to[w]:
                    until = wait_to[w]
                while until < n_cells - 1 and waiting[w, until] > 0:
                    until += 1
                if not wait_from[w] <= j <= wait_to[w]:
                    wait_from[w] = j
                wait_to[w] = until
            if until > j:
                stack[d, _LATE] = until
                stack[d, _TRY] = 0
                mark[w] = until
            else:
                opened[w] -= 1
                d -= 1
            continue
        e = arc >> 1
        k = delay[e]
        if arc & 1 == 0:
            v = cells.tail[e]
            i = _latest(
                rate[e],
                most[e],
                row[e],
                changing,
                vain_from,
                vain_to,
                arc,
                late - k,
                max(earliest[v] + need, mark[v] + 1),
            )
            if i < 0:
                continue
            amount = min(
                stack[d, _AMOUNT], (most[e] if row[e] < 0 else changing[row[e], i]) - rate[e, i]
            )
            at = i + k
            wanted = i
        else:
            v = cells.head[e]
            low = max(max(earliest[v] + need, mark[v] + 1) - k, 0)
            i = _latest(
                rate[e],
                most[e],
                row[e],
                changing,
                vain_from,
                vain_to,
                arc,
                min(late, n_cells - 1 - k),
                low,
            )
            if i < 0:
                continue
            amount = min(stack[d, _AMOUNT], rate[e, i])
            at = i
            wanted = i + k
        for t in range(j, at):
            amount = min(amount, waiting[w, t])
        if amount <= 0 or d + 1 >= stack.shape[0]:
            continue
        visit = _visit_by(last, before, cell_of, v, wanted - need)
        if exact and visit >= stack[d, _VISIT]:
            continue
        stack[d, _ARC] = arc
        stack[d, _AT] = i
        d += 1
        _push(stack, mark, opened, d, v, wanted, amount, visit)
    return total


@bare
def _latest(rates, most, row, changing, vain_from, vain_to, arc, late, low):
    """The latest cell, from ``low`` to ``late``, in which an arc has room; -1: there is none."""
    first, last = vain_from[arc], vain_to[arc]
    i = late
    while i >= low:
        if first <= i <= last:
            i = first - 1
            continue
        if arc & 1:
            if rates[i] > 0:
                break
        elif rates[i] < (most if row < 0 else changing[row, i]):
            break
        i -= 1
    if i + 1 <= last + 1 and late >= first - 1 and first <= last:
        vain_from[arc] = min(first, i + 1)
        vain_to[arc] = max(last, late)
    elif late - i > last - first:
        vain_from[arc] = i + 1
        vain_to[arc] = late
    return i if i >= low else -1


@bare
def _supply(ready_ptr, ready, left, v, late):
    """The supply at a node that is ready last, of those ready by a cell; -1: none."""
    best = -1
    for k in range(ready_ptr[v], ready_ptr[v + 1]):
        if left[k] > 0 and ready[k] <= late:
            if best < 0 or ready[k] > ready[best]:
                best = k
    return best


@bare
def _send(cells, labels, d, amount):
    """Send an amount along the stack; returns the frame before the first arc that is now full.

    Where the way comes to a node twice, it may give back what it takes, and the arc is not full
    after all; it is not tried again, or tiny amounts would be sent for ever.
    """
    stack, mark = labels.stack, labels.mark
    for q in range(d - 1, -1, -1):
        e, i = stack[q, _ARC] >> 1, stack[q, _AT]
        # What is used one way has room the other way.
        labels.vain_to[stack[q, _ARC] ^ 1] = -1
        labels.vain_from[stack[q, _ARC] ^ 1] = 0
        labels.wait_to[stack[q, _NODE]] = -1
        if stack[q, _ARC] & 1:
            cells.rate[e, i] -= amount
            _move(cells.waiting, stack[q, _NODE], i, stack[q, _CELL], amount)
        else:
            cells.rate[e, i] += amount
            _move(cells.waiting, stack[q, _NODE], i + cells.delay[e], stack[q, _CELL], amount)
    back = d
    for q in range(1, d + 1):
        if stack[q, _AMOUNT] == amount:
            back = q - 1
            break
    again = False
    for q in range(d, 0, -1):
        again = again or stack[q, _AGAIN] > 0
    for q in range(d, back, -1):
        mark[stack[q, _NODE]] = stack[q, _MARK]
        labels.open[stack[q, _NODE]] -= 1
    for q in range(back + 1):
        stack[q, _AMOUNT] -= amount
    if not again:
        stack[back, _TRY] -= 1
    return back


@entry_bare
def waiting(cells, sent):
    """Fill in who waits, from the rates and what each supply has sent."""
    n_cells = cells.waiting.shape[1]
    balance = cells.waiting
    balance[:] = 0
    for e in range(cells.tail.shape[0]):
        for i in range(n_cells):
            amount = cells.rate[e, i]
            if amount:
                balance[cells.tail[e], i] -= amount
                if i + cells.delay[e] < n_cells:
                    balance[cells.head[e], i + cells.delay[e]] += amount
    for v in range(balance.shape[0]):
        for k in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
            if cells.ready[k] < n_cells:
                balance[v, cells.ready[k]] += sent[k]
        for i in range(1, n_cells):
            balance[v, i] += balance[v, i - 1]
    for s in range(cells.sink.shape[0]):
        if not cells.keeps[s]:
            balance[cells.sink[s]] = 0


@bare
def _sort(order, need):
    """Sort by insertion: from one cell to the next little changes."""
    for x in range(1, len(order)):
        q = order[x]
        y = x
        while y > 0 and need[order[y - 1]] > need[q]:
            order[y] = order[y - 1]
            y -= 1
        order[y] = q


@entry
def dispatch(cells, first, links, offsets, home, begin, trips):
    """Send supplies along given routes, as early as links have room; nobody waits on the way.

    For each cell in which last links are entered, the earliest first, routes are tried in the
    order of how long what is left at their origin will take.

    Parameters
    ----------
    first
        [routes + 1] into ``links``.
    links, offsets
        By route, its links and how many cells after departure each is entered.
    home
        [routes] supply.
    begin
        Cell of the last links to go on from.
    trips
        [most, 3] out: route, cell of departure, rate.

    Returns the number of trips, and the cell to go on from when there are more cells or there is
    more room in ``trips``.
    """
    n_cells = cells.rate.shape[1]
    n_routes = home.shape[0]
    narrow = np.zeros(n_routes)
    for q in range(n_routes):
        rate = np.int64(1) << 60
        for p in range(first[q], first[q + 1]):
            rate = min(rate, cells.most[links[p]])
        narrow[q] = max(rate, 1)
    found = 0
    need = np.zeros(n_routes)
    order = np.zeros(n_routes, np.int64)
    for q in range(n_routes):
        order[q] = q
    for arrival in range(begin, n_cells):
        if found + n_routes > trips.shape[0]:
            return found, arrival
        for q in range(n_routes):
            need[q] = -(cells.left[home[q]] / narrow[q] + offsets[first[q + 1] - 1])
        _sort(order, need)
        for q in order:
            k = home[q]
            cell = arrival - offsets[first[q + 1] - 1]
            if cells.left[k] == 0 or cell < cells.ready[k]:
                continue
            amount = cells.left[k]
            for p in range(first[q], first[q + 1]):
                e, i = links[p], cell + offsets[p]
                r = cells.row[e]
                most = cells.most[e] if r < 0 else cells.changing[r, i]
                amount = min(amount, most - cells.rate[e, i])
                if amount <= 0:
                    break
            if amount <= 0:
                continue
            for p in range(first[q], first[q + 1]):
                cells.rate[links[p], cell + offsets[p]] += amount
            cells.left[k] -= amount
            trips[found, 0], trips[found, 1], trips[found, 2] = q, cell, amount
            found += 1
    return found, n_cells
