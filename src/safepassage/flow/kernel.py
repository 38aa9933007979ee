"""The compiled heart of the road engine: augmentation and mixing.

Everything is in whole numbers: times in milliseconds, rates in the units of
:class:`safepassage.flow.arrays.RoadArrays`, amounts in rate units times milliseconds. Only
:func:`mix`, which cannot make a claim false, uses floating point.

All compiled functions are in this one file: numba's cache does not see a change in another one.
Zeros that are passed on are written ``np.int64(0)``: numba gives a literal a type of its own, and
would compile what takes it twice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from safepassage.flow.compiling import bare, entry, inner

__all__ = [
    "MOST",
    "Arcs",
    "adjacency",
    "assemble",
    "distances_to",
    "loads",
    "mix",
    "reached_from",
    "ship",
]

MOST = 1 << 60
"""Stands for infinitely much or far."""


class Arcs(NamedTuple):
    """Residual arcs in order of their tail: each link once forward, once backward."""

    first: Any
    """``first[v]`` to ``first[v + 1]`` are the arcs out of node ``v``."""
    to: Any
    twin: Any
    """The same link the other way."""
    link: Any
    """``e`` on the forward arc of link ``e``, ``-1 - e`` on its backward arc."""
    cost: Any
    """Transit time, negative backwards."""


@entry
def adjacency(nodes, tail, head, transit):
    """Return the residual arcs of links."""
    links = len(tail)
    first = np.zeros(nodes + 1, np.int64)
    for e in range(links):
        first[tail[e] + 1] += 1
        first[head[e] + 1] += 1
    for v in range(nodes):
        first[v + 1] += first[v]
    free = first[:-1].copy()
    to = np.empty(2 * links, np.int64)
    twin = np.empty(2 * links, np.int64)
    link = np.empty(2 * links, np.int64)
    cost = np.empty(2 * links, np.int64)
    for e in range(links):
        a = free[tail[e]]
        free[tail[e]] += 1
        b = free[head[e]]
        free[head[e]] += 1
        to[a], to[b] = head[e], tail[e]
        twin[a], twin[b] = b, a
        link[a], link[b] = e, -1 - e
        cost[a], cost[b] = transit[e], -transit[e]
    return Arcs(first, to, twin, link, cost)


@bare
def _push(keys, values, size, key, value):
    i = size
    while i > 0:
        above = (i - 1) >> 1
        if keys[above] <= key:
            break
        keys[i], values[i] = keys[above], values[above]
        i = above
    keys[i], values[i] = key, value
    return size + 1


@bare
def _pop(keys, values, size):
    key, value = keys[0], values[0]
    size -= 1
    last_key, last_value = keys[size], values[size]
    i = 0
    while True:
        below = 2 * i + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= last_key:
            break
        keys[i], values[i] = keys[below], values[below]
        i = below
    if size > 0:
        keys[i], values[i] = last_key, last_value
    return key, value, size


@entry
def distances_to(targets, arcs):
    """Return for each node the least transit time to any target (else MOST), and the arc to take.

    Times are over all links, whatever their capacity; at a target, and without a way, the arc
    is -1.
    """
    nodes = len(arcs.first) - 1
    distance = np.full(nodes, MOST, np.int64)
    onward = np.full(nodes, -1, np.int64)
    keys = np.empty(len(arcs.to) + nodes + 1, np.int64)
    values = np.empty(len(arcs.to) + nodes + 1, np.int32)
    size = none = np.int64(0)
    for t in targets:
        if distance[t] > 0:
            distance[t] = 0
            size = _push(keys, values, size, none, t)
    while size > 0:
        key, v, size = _pop(keys, values, size)
        if key > distance[v]:
            continue
        for a in range(arcs.first[v], arcs.first[v + 1]):
            if arcs.link[a] < 0:
                w = arcs.to[a]
                far = key - arcs.cost[a]
                if far < distance[w]:
                    distance[w], onward[w] = far, arcs.twin[a]
                    size = _push(keys, values, size, far, w)
    return distance, onward


@entry
def loads(arcs, onward, origins, amounts):
    """Return what passes each link when amounts go straight to the nearest destinations."""
    load = np.zeros(len(arcs.to) // 2, np.int64)
    for i in range(len(origins)):
        v = origins[i]
        while amounts[i] > 0 and onward[v] >= 0:
            load[arcs.link[onward[v]]] += amounts[i]
            v = arcs.to[onward[v]]
    return load


@entry
def reached_from(sources, arcs):
    """Return for each node whether any source has a way to it."""
    nodes = len(arcs.first) - 1
    reached = np.zeros(nodes, np.bool_)
    queue = np.empty(nodes, np.int32)
    end = 0
    for s in sources:
        if not reached[s]:
            reached[s] = True
            queue[end] = s
            end += 1
    begin = 0
    while begin < end:
        v = queue[begin]
        begin += 1
        for a in range(arcs.first[v], arcs.first[v + 1]):
            if arcs.link[a] >= 0 and not reached[arcs.to[a]]:
                reached[arcs.to[a]] = True
                queue[end] = arcs.to[a]
                end += 1
    return reached


@entry
def ship(
    arcs,
    left,
    is_destination,
    horizon,
    order,
    want,
    sent,
    source,
    potential,
    log,
    path,
    progress,
):
    """Add origins in order of priority, each at the least rates that send what it wants.

    This is the construction of lexicographically maximal flows over time (Hoppe and Tardos 2000)
    run forwards. Kept is a minimum-cost circulation through a super-origin: out of it into the
    origins added so far, along links to any destination, back at cost ``-horizon``. An origin is
    added by augmenting along shortest residual ways from it to the super-origin, which are ways to
    a destination or back into an origin that came before. A rate ``r`` along a way of cost
    ``-gain`` sends ``r * gain`` more, from time 0 to ``gain``, and takes nothing from those before
    it. Where Hoppe and Tardos let a rate be as high as roads allow, it is here no higher than
    needed, which leaves more for origins that come later.

    Shortest ways are found by a search from the origin in reduced costs, which ends at the nearest
    exit; ``potential`` holds lower bounds on the cost to the super-origin, raised where a search
    has been.

    Parameters
    ----------
    arcs
        All arcs. ``left``: residual rate by arc; changed.
    order
        Nodes in order of priority. ``want`` and ``sent``: amounts by node; ``source``: rate by
        node; ``potential`` by node. The last three are changed.
    log
        A row for each augmentation: origin, rate, gain, end of its arcs in ``path``, node at which
        it leaves, whether it leaves through the origin there.
    progress
        ``[position in order, rows of log, arcs of path]``; changed.

    Returns
    -------
    bool
        Whether all is done; else ``log`` or ``path`` is full, and the call may be repeated with
        longer ones.
    """
    nodes = len(arcs.first) - 1
    distance = np.zeros(nodes, np.int64)
    seen = np.zeros(nodes, np.int32)
    done = np.zeros(nodes, np.int32)
    via = np.empty(nodes, np.int32)
    keys = np.empty(len(arcs.to) + nodes + 1, np.int64)
    values = np.empty(len(arcs.to) + nodes + 1, np.int32)
    stack = np.empty(len(arcs.to) + nodes + 1, np.int32)
    turned = np.empty(len(arcs.to) + nodes + 1, np.int32)
    settled = np.empty(nodes, np.int32)
    stamp = 0
    while progress[0] < len(order):
        s = order[progress[0]]
        while sent[s] < want[s] and potential[s] < 0:
            stamp += 1
            size, top, back = np.int64(0), 1, 0
            stack[0] = s
            distance[s], seen[s], via[s] = 0, stamp, -1
            count, now = 0, np.int64(0)
            # Beyond this distance nothing is gained.
            best, leaves = -potential[s], -1
            while True:
                if top > 0:
                    top -= 1
                    v = stack[top]
                    if done[v] == stamp or distance[v] != now:
                        continue
                elif back > 0:
                    # As few links as can be are driven backwards: each makes others turn aside.
                    back -= 1
                    v = turned[back]
                    if done[v] == stamp or distance[v] != now:
                        continue
                elif size > 0:
                    key, v, size = _pop(keys, values, size)
                    if done[v] == stamp or key > distance[v]:
                        continue
                    if key >= best:
                        break
                    now = key
                else:
                    break
                done[v] = stamp
                settled[count] = v
                count += 1
                here = potential[v]
                leave = MOST
                if source[v] > 0 and v != s:
                    leave = -here
                if is_destination[v] and -horizon - here < leave:
                    leave = -horizon - here
                if now + leave < best:
                    best, leaves = now + leave, v
                    if leave == 0:
                        break
                for a in range(arcs.first[v], arcs.first[v + 1]):
                    if left[a] > 0:
                        w = arcs.to[a]
                        step = arcs.cost[a] + potential[w] - here
                        far = now + step
                        if far >= best or done[w] == stamp:
                            continue
                        if seen[w] == stamp and far >= distance[w]:
                            if far > distance[w] or arcs.link[a] < 0 or arcs.link[via[w]] >= 0:
                                continue
                        distance[w], seen[w], via[w] = far, stamp, a
                        if step > 0:
                            size = _push(keys, values, size, far, w)
                        elif arcs.link[a] >= 0:
                            stack[top] = w
                            top += 1
                        else:
                            turned[back] = w
                            back += 1
            for i in range(count):
                v = settled[i]
                if distance[v] < best:
                    potential[v] += best - distance[v]
            gain = -potential[s]
            if leaves < 0 or gain <= 0:
                break
            back_home = source[leaves] > 0 and leaves != s and potential[leaves] == 0
            rate = (want[s] - sent[s] + gain - 1) // gain
            if back_home and source[leaves] < rate:
                rate = source[leaves]
            steps = 0
            v = leaves
            while v != s:
                a = via[v]
                rate = min(rate, left[a])
                v = arcs.to[arcs.twin[a]]
                steps += 1
            row, end = progress[1], progress[2] + steps
            if row >= len(log) or end > len(path):
                return False
            v = leaves
            at = end
            while v != s:
                a = via[v]
                left[a] -= rate
                left[arcs.twin[a]] += rate
                at -= 1
                path[at] = a
                v = arcs.to[arcs.twin[a]]
            if back_home:
                source[leaves] -= rate
            source[s] += rate
            sent[s] += rate * gain
            log[row, 0], log[row, 1], log[row, 2] = s, rate, gain
            log[row, 3], log[row, 4], log[row, 5] = end, leaves, back_home
            progress[1], progress[2] = row + 1, end
        progress[0] += 1
    return True


@bare
def _helps(wanted, weight, mixed, way, far):
    """How much a step further along a way still helps."""
    total = 0.0
    for i in range(len(way)):
        total += weight[i] * max(0.0, wanted[i] - mixed[i] - far * way[i]) * way[i]
    return total


@entry
def mix(columns, wanted, weight, share, steps):
    """Choose shares of columns that leave the least weighted square of what is still wanted.

    Pairwise Frank-Wolfe over the simplex: in each step, share moves from the used column that
    helps least to the one that helps most, as far as it improves.

    Parameters
    ----------
    columns
        Amounts, one row a column. ``wanted`` and ``weight`` by origin.
    share
        Shares to begin with; they sum to 1 and are changed.

    Returns
    -------
    array
        The mixed amounts.
    """
    count, width = columns.shape
    mixed = np.zeros(width)
    for j in range(count):
        if share[j] > 0.0:
            for i in range(width):
                mixed[i] += share[j] * columns[j, i]
    slope, way = np.empty(count), np.empty(width)
    for _ in range(steps):
        best, worst = 0, -1
        for j in range(count):
            slope[j] = 0.0
            for i in range(width):
                slope[j] += columns[j, i] * (weight[i] * max(0.0, wanted[i] - mixed[i]))
            if slope[j] > slope[best]:
                best = j
        for j in range(count):
            if share[j] > 0.0 and (worst < 0 or slope[j] < slope[worst]):
                worst = j
        if slope[best] - slope[worst] <= 1e-12 * abs(slope[best]):
            break
        for i in range(width):
            way[i] = columns[best, i] - columns[worst, i]
        low, high = 0.0, share[worst]
        if _helps(wanted, weight, mixed, way, high) >= 0.0:
            low = high
        else:
            for _ in range(40):
                middle = 0.5 * (low + high)
                if _helps(wanted, weight, mixed, way, middle) > 0.0:
                    low = middle
                else:
                    high = middle
        if low <= 0.0:
            break
        share[best] += low
        share[worst] = share[worst] - low if share[worst] - low > 1e-15 else 0.0
        for i in range(width):
            mixed[i] += low * way[i]
    return mixed


@inner
def _unwind(arcs, is_destination, source, use, rows, count):
    """Write a stationary flow as ways that start at time 0; returns the rows, -1 if too many."""
    nodes = len(arcs.first) - 1
    mark = np.full(nodes, -1, np.int64)
    arc = arcs.first[:-1].copy()
    way = np.empty(nodes + 1, np.int64)
    round_trips = np.zeros(len(use), np.int64)
    for s in range(nodes):
        while source[s] > 0:
            v, length = s, 0
            mark[s] = 0
            while not is_destination[v]:
                while arcs.link[arc[v]] < 0 or use[arcs.link[arc[v]]] <= 0:
                    arc[v] += 1
                a = arc[v]
                way[length] = a
                length += 1
                v = arcs.to[a]
                if mark[v] < 0:
                    mark[v] = length
                    continue
                # A circle of no duration: it moves nobody.
                begin = mark[v]
                rate = MOST
                for i in range(begin, length):
                    rate = min(rate, use[arcs.link[way[i]]])
                for i in range(begin, length):
                    use[arcs.link[way[i]]] -= rate
                    round_trips[arcs.link[way[i]]] += rate
                    mark[arcs.to[way[i]]] = -1
                mark[v] = begin
                length = begin
            rate = source[s]
            for i in range(length):
                rate = min(rate, use[arcs.link[way[i]]])
            if count + length > len(rows):
                return -1
            time = np.int64(0)
            mark[s] = -1
            for i in range(length):
                e = arcs.link[way[i]]
                use[e] -= rate
                rows[count, 0], rows[count, 1], rows[count, 2] = e, time, rate
                count += 1
                time += arcs.cost[way[i]]
                mark[arcs.to[way[i]]] = -1
            source[s] -= rate
    for e in range(len(use)):
        # What is left runs in circles too, and later changes count on it.
        if use[e] + round_trips[e] > 0:
            if count >= len(rows):
                return -1
            rows[count, 0], rows[count, 1], rows[count, 2] = e, 0, use[e] + round_trips[e]
            count += 1
    return count


@entry
def assemble(arcs, is_destination, log, path, horizon, clock, rows):
    """Turn the augmentations of a column into changes of rate at the entrances of links.

    The flow over time of a column: what is left of the circulation in the end runs from time 0
    for ever, and for each augmentation the same rate runs backwards along its way, starting at
    the super-origin at time 0 (Hoppe and Tardos 2000, section 5). Each augmentation also starts
    its rate at its origin at time 0 and ends it after its gain; this is written as changes on
    ``links + origin``.

    Parameters
    ----------
    log, path
        What :func:`ship` wrote for a horizon.
    clock
        What the clock of each node reads at the column's time 0.
    rows
        Link, time and change of rate; written.

    Returns
    -------
    int
        Rows written; -1 if there are too few.
    """
    nodes = len(arcs.first) - 1
    links = len(arcs.to) // 2
    use = np.zeros(links, np.int64)
    source = np.zeros(nodes, np.int64)
    if len(path) + 2 * len(log) > len(rows):
        return -1
    count = np.int64(0)
    for row in range(len(log)):
        s, rate, leaves = log[row, 0], log[row, 1], log[row, 4]
        source[s] += rate
        time = horizon
        if log[row, 5]:
            source[leaves] -= rate
            time = np.int64(0)
        for i in range(log[row, 3] - 1, (log[row - 1, 3] if row else 0) - 1, -1):
            a = path[i]
            time -= arcs.cost[a]
            if arcs.link[a] >= 0:
                e, at, change = arcs.link[a], time, -rate
            else:
                e, at, change = -1 - arcs.link[a], time + arcs.cost[a], rate
            use[e] -= change
            rows[count, 0], rows[count, 1], rows[count, 2] = e, at, change
            count += 1
        for end in range(2):
            rows[count, 0], rows[count, 1] = links + s, log[row, 2] if end else 0
            rows[count, 2] = -rate if end else rate
            count += 1
    count = _unwind(arcs, is_destination, source, use, rows, count)
    tail = np.empty(links, np.int64)
    for a in range(len(arcs.to)):
        if arcs.link[a] >= 0:
            tail[arcs.link[a]] = arcs.to[arcs.twin[a]]
    for i in range(count):
        e = rows[i, 0]
        rows[i, 1] += clock[e - links] if e >= links else clock[tail[e]]
    return count
