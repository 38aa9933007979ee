"""The compiled heart of the road engine: augmentation, mixing, and unpicking flows into departures.

Everything is in whole numbers: times in milliseconds, rates in the units of
:class:`safepassage.flow.arrays.RoadArrays`, amounts in rate units times milliseconds. Only
:func:`mix`, which cannot make a claim false, uses floating point.

All compiled functions are in this one file: numba's cache does not see a change in another one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

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
    "unpick",
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


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
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


@njit(cache=True)
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
    size = 0
    for t in targets:
        if distance[t] > 0:
            distance[t] = 0
            size = _push(keys, values, size, 0, t)
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


@njit(cache=True)
def loads(arcs, onward, origins, amounts):
    """Return what passes each link when amounts go straight to the nearest destinations."""
    load = np.zeros(len(arcs.to) // 2, np.int64)
    for i in range(len(origins)):
        v = origins[i]
        while amounts[i] > 0 and onward[v] >= 0:
            load[arcs.link[onward[v]]] += amounts[i]
            v = arcs.to[onward[v]]
    return load


@njit(cache=True)
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


@njit(cache=True)
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
            size, top, back = 0, 1, 0
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


@njit(cache=True)
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
            mixed += share[j] * columns[j]
    slope = np.empty(count)
    for _ in range(steps):
        short = weight * np.maximum(0.0, wanted - mixed)
        best, worst = 0, -1
        for j in range(count):
            slope[j] = (columns[j] * short).sum()
            if slope[j] > slope[best]:
                best = j
        for j in range(count):
            if share[j] > 0.0 and (worst < 0 or slope[j] < slope[worst]):
                worst = j
        if slope[best] - slope[worst] <= 1e-12 * abs(slope[best]):
            break
        way = columns[best] - columns[worst]
        low, high = 0.0, share[worst]
        short = weight * np.maximum(0.0, wanted - mixed - high * way)
        if (short * way).sum() >= 0.0:
            low = high
        else:
            for _ in range(40):
                middle = 0.5 * (low + high)
                short = weight * np.maximum(0.0, wanted - mixed - middle * way)
                if (short * way).sum() > 0.0:
                    low = middle
                else:
                    high = middle
        if low <= 0.0:
            break
        share[best] += low
        share[worst] = share[worst] - low if share[worst] - low > 1e-15 else 0.0
        mixed += low * way
    return mixed


@njit(cache=True)
def _unwind(arcs, is_destination, origins, source, use, rows, count):
    """Write a stationary flow as ways that start at time 0; returns the rows, -1 if too many."""
    nodes = len(arcs.first) - 1
    mark = np.full(nodes, -1, np.int64)
    arc = arcs.first[:-1].copy()
    way = np.empty(nodes + 1, np.int64)
    round_trips = np.zeros(len(use), np.int64)
    for s in origins:
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


@njit(cache=True)
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
    count = 0
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
    count = _unwind(arcs, is_destination, np.nonzero(source)[0], source, use, rows, count)
    tail = np.empty(links, np.int64)
    for a in range(len(arcs.to)):
        if arcs.link[a] >= 0:
            tail[arcs.link[a]] = arcs.to[arcs.twin[a]]
    for i in range(count):
        e = rows[i, 0]
        rows[i, 1] += clock[e - links] if e >= links else clock[tail[e]]
    return count


@njit(cache=True)
def _at(segments, e, time):
    """Return the segment of a link that holds at a time, else its first; a finger stays there."""
    starts, _, after, head, finger = segments
    x = finger[e]
    if x < 0 or starts[x] > time:
        x = head[e]
    while after[x] >= 0 and starts[after[x]] <= time:
        x = after[x]
    finger[e] = x
    return x


@njit(cache=True)
def _least(segments, e, begin, end):
    """Return the least rate that enters a link from begin to end."""
    starts, rates, after, _, _ = segments
    x = _at(segments, e, begin)
    if starts[x] > begin:
        return np.int64(0)
    least = rates[x]
    while least > 0 and after[x] >= 0 and starts[after[x]] < end:
        x = after[x]
        least = min(least, rates[x])
    return least


@njit(cache=True)
def _holds(segments, e, begin, rate):
    """Return until when at least a rate enters a link without a break."""
    starts, rates, after, _, _ = segments
    x = _at(segments, e, begin)
    while rates[x] >= rate:
        x = after[x]
    return starts[x]


@njit(cache=True)
def _since(segments, e, time, rate):
    """Return since when at least a rate enters a link without a break, where it does at a time."""
    starts, rates, after, head, _ = segments
    x = head[e]
    since = starts[x]
    while starts[x] <= time:
        if rates[x] < rate:
            since = starts[after[x]]
        x = after[x]
    return since


@njit(cache=True)
def _take(segments, e, begin, end, rate, used):
    """Take a rate from what enters a link from begin to end; returns the segments in use."""
    starts, rates, after, head, finger = segments
    x = _at(segments, e, begin)
    before = x
    if starts[x] < begin:
        starts[used], rates[used], after[used] = begin, rates[x], after[x]
        after[x] = used
        x = used
        used += 1
    while starts[x] < end:
        follow = after[x]
        if starts[follow] > end:
            starts[used], rates[used], after[used] = end, rates[x], follow
            after[x] = used
            follow = used
            used += 1
        rates[x] -= rate
        x = follow
    # Neighbours at the same rate become one, so that lists stay short.
    x = before
    while after[x] >= 0 and starts[x] < end:
        if rates[after[x]] == rates[x]:
            after[x] = after[after[x]]
        else:
            x = after[x]
    finger[e] = before
    while rates[head[e]] == 0 and after[head[e]] >= 0:
        head[e] = after[head[e]]
    return used


@njit(cache=True)
def _onward(arcs, distance, segments, v, now, lasting, rate, seen, stamp):
    """Choose the arc out of a node that most of a rate can take throughout; returns it and that.

    Of arcs that take equally much it is the one with the least detour. Nodes that were passed
    already are left aside, and then looked at alone: -1 stands for neither.
    """
    for again in range(2 if lasting == 1 else 1):
        best, most, far = -1, np.int64(0), MOST
        for a in range(arcs.first[v], arcs.first[v + 1]):
            if arcs.link[a] >= 0 and (seen[arcs.to[a]] == stamp) == (again == 1):
                here = min(rate, _least(segments, arcs.link[a], now, now + lasting))
                ahead = arcs.cost[a] + distance[arcs.to[a]]
                if here > 0 and lasting == 1:
                    better = ahead < far
                else:
                    better = here > most or (here == most and ahead < far and here > 0)
                if better:
                    best, most, far = a, here, ahead
        if best >= 0:
            return best, most
    return -1, np.int64(0)


@njit(cache=True)
def _walk(arcs, is_destination, distance, segments, s, begin, lasting, stamp, walk):
    """Follow what leaves an origin for some time, by the links that most of it can take.

    Who comes back to a node waits there instead.

    Returns
    -------
    tuple
        Rate that can go all the way; links kept, and links driven; for how long at most; the
        first link driven of a circle of no duration, else -1.
    """
    seen, place, passed, since, way, wait, drive, entry, driven, last = walk
    rate = _least(segments, len(arcs.to) // 2 + s, begin, begin + lasting)
    v, now, length, drives, most = s, begin, 0, 0, MOST
    hold = np.int64(0)
    seen[s], place[s], passed[0], since[0] = stamp, 0, begin, 0
    while rate > 0 and not is_destination[v]:
        a, here = _onward(arcs, distance, segments, v, now, lasting, rate, seen, stamp)
        if a < 0 or drives >= len(drive):
            return np.int64(0), 0, 0, most, -1
        rate = here
        e = arcs.link[a]
        if driven[e] == stamp:
            # It must not meet itself.
            most = min(most, now - last[e])
            if most < lasting:
                return np.int64(0), 0, 0, most, -1
        driven[e], last[e] = stamp, now
        way[length], wait[length] = a, hold
        drive[drives], entry[drives] = e, now
        length += 1
        drives += 1
        hold = np.int64(0)
        now += arcs.cost[a]
        v = arcs.to[a]
        if seen[v] != stamp:
            seen[v], place[v], passed[length], since[length] = stamp, length, now, drives
            continue
        back = place[v]
        round_trip = now - passed[back] - wait[back]
        if round_trip == 0:
            return rate, length, drives, most, since[back]
        for i in range(back, length):
            seen[arcs.to[way[i]]] = 0
        seen[v], since[back] = stamp, drives
        hold = now - passed[back]
        length = back
    return rate, length, drives, most, -1


@njit(cache=True)
def unpick(arcs, is_destination, distance, segments, origins, wanted, span, trips, ways, state):
    """Take constant rates along single ways out of a flow over time.

    What leaves an origin over a span of time is followed to a destination, each time by the link
    that most of it can take throughout, and taken for as long as the rate holds.

    Parameters
    ----------
    segments
        Starts and rates of segments of constant rate at the entrance of links, for each segment
        the next one of its link or -1, for each link, and each ``links + origin``, the first, and
        where it was looked into last, or -1. All are changed.
    wanted
        Amounts by node (floating point) that are still to be taken out; changed.
    span
        Shortest time over which a rate is followed (ms).
    trips
        Rows of origin, begin, end, rate, end of its links in ``ways``.
    ways
        Rows of link and wait before it.
    state
        ``[next origin, trips, rows of ways, segments in use]``; changed.

    Returns
    -------
    bool
        Whether all is done; else there are too few rows or segments, and the call may be repeated
        with more.
    """
    starts, rates, after, head, _ = segments
    nodes = len(arcs.first) - 1
    links = len(arcs.to) // 2
    walk = (
        np.zeros(nodes, np.int64),
        np.zeros(nodes, np.int64),
        np.zeros(nodes + 1, np.int64),
        np.zeros(nodes + 1, np.int64),
        np.zeros(nodes + 1, np.int64),
        np.zeros(nodes + 1, np.int64),
        np.zeros(4 * nodes + 4, np.int64),
        np.zeros(4 * nodes + 4, np.int64),
        np.zeros(links, np.int64),
        np.zeros(links, np.int64),
    )
    way, wait, drive, entry = walk[4], walk[5], walk[6], walk[7]
    stamp = 0
    while state[0] < len(origins):
        s = origins[state[0]]
        begin = starts[head[links + s]]
        while wanted[s] > 0.0:
            x = _at(segments, links + s, begin)
            if after[x] < 0:
                break
            begin = max(begin, starts[x])
            if rates[x] <= 0:
                begin = starts[after[x]]
                continue
            stamp += 1
            rate, length, drives, most, circle = _walk(
                arcs, is_destination, distance, segments, s, begin, span, stamp, walk
            )
            if rate <= 0:
                begin = min(begin + (span + 1) // 2, starts[after[x]])
                continue
            first = _since(segments, links + s, begin, rate)
            end = _holds(segments, links + s, begin, rate)
            for i in range(drives):
                first = max(first, begin + _since(segments, drive[i], entry[i], rate) - entry[i])
                end = min(end, begin + _holds(segments, drive[i], entry[i], rate) - entry[i])
            if most < MOST:
                # It must not meet itself.
                first, end = begin, min(end, begin + most)
            full = state[3] + 2 * drives + 2 > len(starts)
            if full or state[1] >= len(trips) or state[2] + length > len(ways):
                return False
            for i in range(max(circle, 0), drives):
                since = entry[i] + first - begin
                state[3] = _take(segments, drive[i], since, since + end - first, rate, state[3])
            if circle >= 0:
                # It moves nobody.
                continue
            state[3] = _take(segments, links + s, first, end, rate, state[3])
            row, at = state[1], state[2]
            for i in range(length):
                ways[at + i, 0], ways[at + i, 1] = arcs.link[way[i]], wait[i]
            wanted[s] -= float(rate) * float(end - first)
            trips[row, 0], trips[row, 1], trips[row, 2] = s, first, end
            trips[row, 3], trips[row, 4] = rate, at + length
            state[1], state[2] = row + 1, at + length
        state[0] += 1
    return True
