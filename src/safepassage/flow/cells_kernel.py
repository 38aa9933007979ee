"""Compiled: a flow in continuous time is poured into cells of time, and kept feasible there.

Cells and their flow are those of :mod:`.timed_kernel`; nothing here calls what is there.
"""

from __future__ import annotations

import numpy as np

from safepassage.flow.compiling import bare, entry

__all__ = ["align", "follow", "ranks", "spread", "withdraw"]


@entry
def spread(changes, share, place, ahead, width, rates):
    """Add a flow's changes of rate to mean rates by cell, told as differences between cells.

    Parameters
    ----------
    changes
        Rows of link, time (ms) and change of rate; rows of other numbers are skipped.
    share
        What a unit of rate counts.
    place
        By link of ``changes``, its row in ``rates``, or -1.
    ahead
        By link of ``changes``, how far the clock at its entrance runs ahead (ms).
    rates
        [links, cells] floating point; changed. The rate in a cell is the sum up to it.
    """
    n_cells = rates.shape[1]
    for i in range(len(changes)):
        if changes[i, 0] >= len(place) or place[changes[i, 0]] < 0:
            continue
        e = place[changes[i, 0]]
        time = changes[i, 1] + ahead[changes[i, 0]]
        change = float(changes[i, 2]) * share
        k = max(time // width, 0)
        if k >= n_cells:
            continue
        # Of what enters before the first cell begins, all is told in that one.
        here = change * ((k + 1) * width - time) / width
        rates[e, k] += here
        if k + 1 < n_cells:
            rates[e, k + 1] += change - here


@entry
def align(tail, head, transit, busiest, sinks, nodes):
    """Set clocks so that on the busiest links cells begin at both ends at once.

    A largest spanning forest (Kruskal): each link of it ties the clocks of its ends.

    Parameters
    ----------
    busiest
        Links in order of what they carry, the most first; those without are left out.

    Returns
    -------
    array
        By node, what its clock reads; 0 at sinks.
    """
    above = np.empty(nodes, np.int64)
    for v in range(nodes):
        above[v] = v
    later = np.zeros(nodes, np.int64)
    for s in sinks:
        above[s] = sinks[0]
    for e in busiest:
        v, w = _root(above, later, tail[e]), _root(above, later, head[e])
        if v != w:
            above[v] = w
            later[v] = later[head[e]] - transit[e] - later[tail[e]]
    clock = np.empty(nodes, np.int64)
    for v in range(nodes):
        _root(above, later, v)
        clock[v] = later[v]
    home = _root(above, later, sinks[0])
    base = later[sinks[0]]
    for v in range(nodes):
        if above[v] == home or v == home:
            clock[v] -= base
    return clock


@bare
def _root(above, later, v):
    """Find the root of a node's tree, and tie the node to it; ``later`` then is from the root."""
    root, far = v, np.int64(0)
    while above[root] != root:
        far += later[root]
        root = above[root]
    while above[v] != root and v != root:
        step, onward = later[v], above[v]
        above[v], later[v] = root, far
        far -= step
        v = onward
    return root


@entry
def ranks(cells, carries, far):
    """Order nodes so that links that take no cell lead onwards, where they carry something.

    Parameters
    ----------
    carries
        [links] whether anything flows.
    far
        Nodes, those far from destinations first: the order where links run in circles.
    """
    nodes = cells.waiting.shape[0]
    before = np.zeros(nodes, np.int64)
    for e in range(len(cells.tail)):
        if cells.delay[e] == 0 and carries[e]:
            before[cells.head[e]] += 1
    order = np.empty(nodes, np.int64)
    done = np.zeros(nodes, np.bool_)
    free = np.empty(nodes, np.int64)
    top, count, at = 0, 0, 0
    for v in range(nodes):
        if before[v] == 0:
            free[top] = v
            top += 1
    while count < nodes:
        if top > 0:
            top -= 1
            v = free[top]
        else:
            v = far[at]
            at += 1
        if done[v]:
            continue
        done[v] = True
        order[count] = v
        count += 1
        for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
            e = cells.out_link[p]
            if cells.delay[e] == 0 and carries[e]:
                w = cells.head[e]
                before[w] -= 1
                if before[w] == 0 and not done[w]:
                    free[top] = w
                    top += 1
    return order


@entry
def follow(cells, lag, order):
    """Take rates for what is wanted, and send what is there so, or later where that has to be.

    Who is at a node leaves by the links that want most in proportion. What a link wants and does
    not get is made up for as soon as there is room.

    Parameters
    ----------
    cells
        ``rate`` says what is wanted, and nothing has been sent; ``rate`` and ``left`` are changed.
        Capacities have to be constant.
    lag
        [links] cells until what enters can go on.
    order
        Nodes but sinks; where ``lag`` is 0, tails come before heads.
    """
    nodes, n_cells = cells.waiting.shape
    rate = cells.rate
    owed = np.zeros(len(lag), np.int64)
    stock = np.zeros(nodes, np.int64)
    for k in range(n_cells):
        for v in order:
            here = stock[v]
            for p in range(cells.in_ptr[v], cells.in_ptr[v + 1]):
                i = k - lag[cells.in_link[p]]
                if i >= 0:
                    here += rate[cells.in_link[p], i]
            home = np.int64(0)
            for q in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
                if cells.ready[q] <= k:
                    home += cells.left[q]
            total = np.int64(0)
            for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
                e = cells.out_link[p]
                owed[e] += rate[e, k]
                total += min(owed[e], cells.most[e])
            used = np.int64(0)
            for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
                e = cells.out_link[p]
                x = min(owed[e], cells.most[e])
                if total > here + home:
                    x = min(np.int64(x * ((here + home) / total)), here + home - used)
                rate[e, k] = x
                owed[e] -= x
                used += x
            own = min(used, here)
            stock[v] = here - own
            used -= own
            for q in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
                if cells.ready[q] <= k:
                    x = min(used, cells.left[q])
                    cells.left[q] -= x
                    used -= x


@entry
def withdraw(cells, lag, order, sent):
    """Leave those at home who would still be under way at the end.

    Backwards in time, who is left over at a node did not come there: those who came last stay away
    first, as far as nobody else went on in their place.

    Parameters
    ----------
    cells
        With the flow of ``follow``; ``rate`` and ``left`` are changed.
    lag, order
        As there.
    sent
        [supplies] what has been sent; changed.
    """
    nodes, n_cells = cells.waiting.shape
    rate, tail, head = cells.rate, cells.tail, cells.head
    # Who waits after a cell, and the fewest who wait after any cell from there on.
    waits = np.zeros(nodes, np.int64)
    for v in range(nodes):
        for q in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
            waits[v] += sent[q]
    for e in range(len(lag)):
        for k in range(max(0, n_cells - lag[e]), n_cells):
            rate[e, k] = 0
        for k in range(n_cells):
            waits[head[e]] += rate[e, k]
            waits[tail[e]] -= rate[e, k]
    spare = waits.copy()
    for k in range(n_cells - 1, -1, -1):
        for at in range(len(order) - 1, -1, -1):
            v = order[at]
            spare[v] = min(spare[v], waits[v])
            for p in range(cells.in_ptr[v], cells.in_ptr[v + 1]):
                e = cells.in_link[p]
                if k < lag[e]:
                    continue
                x = rate[e, k - lag[e]]
                if x > 0:
                    back = min(x, spare[v])
                    rate[e, k - lag[e]] = x - back
                    spare[v] -= back
                    spare[tail[e]] += back
                    waits[tail[e]] += back
                    waits[v] -= x
            for q in range(cells.ready_ptr[v], cells.ready_ptr[v + 1]):
                if cells.ready[q] == k:
                    back = min(sent[q], spare[v])
                    spare[v] -= back
                    waits[v] -= sent[q]
                    sent[q] -= back
                    cells.left[q] += back
            for p in range(cells.out_ptr[v], cells.out_ptr[v + 1]):
                waits[v] += rate[cells.out_link[p], k]
