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
    "chains",
    "distances_to",
    "mix",
    "reached_from",
    "ship",
]

MOST = 1 << 60
"""Stands for infinitely much or far."""

EVER = 1 << 50
"""Stands for a time before all others (ms)."""

UNUSED = -2
"""Stands for a list that is never looked into."""


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
    """Return for each node the least transit time to any target over all links; else MOST."""
    nodes = len(arcs.first) - 1
    distance = np.full(nodes, MOST, np.int64)
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
                    distance[w] = far
                    size = _push(keys, values, size, far, w)
    return distance


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
def _put(ways, pieces, sizes, way, begin, end, rate):
    """Add a rate from begin to end to a way; its pieces stay in order and apart."""
    if begin < -EVER // 2:
        begin = -EVER
    before, x = -1, ways[way, 3]
    while begin < end and end > -EVER // 2:
        if x >= 0 and pieces[x, 1] <= begin:
            before, x = x, pieces[x, 3]
            continue
        if x < 0 or pieces[x, 0] > begin:
            # A gap: up to the next piece, or to the end.
            until = end if x < 0 else min(end, pieces[x, 0])
            new = sizes[0]
            sizes[0] += 1
            pieces[new, 0], pieces[new, 1], pieces[new, 2], pieces[new, 3] = begin, until, 0, x
            if before < 0:
                ways[way, 3] = new
            else:
                pieces[before, 3] = new
            x = new
        elif pieces[x, 0] < begin:
            _cut(pieces, sizes, x, begin)
            before, x = x, pieces[x, 3]
        if pieces[x, 1] > end:
            _cut(pieces, sizes, x, end)
        pieces[x, 2] += rate
        begin = pieces[x, 1]


@njit(cache=True)
def _cut(pieces, sizes, x, time):
    """Divide a piece."""
    new = sizes[0]
    sizes[0] += 1
    pieces[new, 0], pieces[new, 1] = time, pieces[x, 1]
    pieces[new, 2], pieces[new, 3] = pieces[x, 2], pieces[x, 3]
    pieces[x, 1], pieces[x, 3] = time, new


@njit(cache=True)
def _tidy(ways, pieces, way):
    """Drop pieces without a rate, and join those that go on as they were."""
    before, x = -1, ways[way, 3]
    while x >= 0:
        following = pieces[x, 3]
        goes_on = (
            before >= 0 and pieces[before, 1] == pieces[x, 0] and pieces[before, 2] == pieces[x, 2]
        )
        if pieces[x, 2] == 0 or goes_on:
            if before < 0:
                ways[way, 3] = following
            else:
                pieces[before, 3] = following
                if goes_on:
                    pieces[before, 1] = pieces[x, 1]
        else:
            before = x
        x = following


@njit(cache=True)
def _way_of(transit, index, table, ways, pool, entries, sizes, origin, first, second, begin, end):
    """Return the way of an origin over some links and then a stretch of the pool, new or known."""
    count = len(first) + end - begin
    code = np.int64(origin)
    for j in range(count):
        code = (code * 1_000_003) ^ (
            first[j] if j < len(first) else second[begin + j - len(first), 0]
        )
    slot = code & (len(table) - 1)
    while table[slot] >= 0:
        way = table[slot]
        if ways[way, 0] == origin and ways[way, 2] - ways[way, 1] == count:
            start = ways[way, 1]
            j = 0
            while j < count:
                e = first[j] if j < len(first) else second[begin + j - len(first), 0]
                if pool[start + j, 0] != e:
                    break
                j += 1
            if j == count:
                return way
        slot = (slot + 1) & (len(table) - 1)
    way, row = sizes[1], sizes[2]
    table[slot] = way
    ways[way, 0], ways[way, 1], ways[way, 2], ways[way, 3] = origin, row, row + count, -1
    now = np.int64(0)
    for j in range(-1, count):
        e = len(transit) + origin
        if j >= 0:
            e = first[j] if j < len(first) else second[begin + j - len(first), 0]
            pool[row + j, 0], pool[row + j, 1] = e, now
            now += transit[e]
        if index[e] != UNUSED:
            noted = sizes[3]
            entries[noted, 0], entries[noted, 2] = way, index[e]
            entries[noted, 1] = row + j if j >= 0 else -1
            index[e] = noted
            sizes[3] = noted + 1
    sizes[1], sizes[2] = way + 1, row + count
    return way


@njit(cache=True)
def _partner(index, entries, ways, pieces, pool, e, begin, end, rate, run):
    """Find whom to meet who enters a link from begin to end; returns entry and piece.

    Best is who came by most of the links that are to be driven backwards next, for it meets
    nobody there; then who takes up most of the rate.
    """
    most, longest, entry, best = 0.0, -1, -1, -1
    x = index[e]
    while x >= 0:
        way, at = entries[x, 0], entries[x, 1]
        ahead = pool[at, 1] if at >= 0 else 0
        match = -1
        piece = ways[way, 3]
        while piece >= 0:
            low = max(begin, pieces[piece, 0] + ahead)
            high = min(end, pieces[piece, 1] + ahead)
            if low < high:
                if match < 0:
                    match = 0
                    start = ways[way, 1]
                    while (
                        match < len(run)
                        and at - match > start
                        and pool[at - 1 - match, 0] == run[match]
                    ):
                        match += 1
                amount = float(high - low) * float(min(rate, pieces[piece, 2]))
                if low == begin or begin < -EVER // 2:
                    amount *= 4
                if high == end:
                    amount *= 4
                if low == pieces[piece, 0] + ahead:
                    amount *= 4
                if high == pieces[piece, 1] + ahead:
                    amount *= 4
                if rate == pieces[piece, 2]:
                    amount *= 8
                if match > longest or (match == longest and amount > most):
                    most, longest, entry, best = amount, match, x, piece
            piece = pieces[piece, 3]
        x = entries[x, 2]
    return entry, best


@njit(cache=True)
def _carry(carriers, c, origin, begin, end, rate, length, mark):
    if begin < -EVER // 2:
        begin = -EVER
    carriers[c, 0], carriers[c, 1], carriers[c, 2] = origin, begin, end
    carriers[c, 3], carriers[c, 4], carriers[c, 5] = rate, length, mark


@njit(cache=True)
def _drop(carriers, prefix, c, count):
    """Take a carrier out; returns how many are left."""
    last = count - 1
    if c < last:
        for j in range(6):
            carriers[c, j] = carriers[last, j]
        for j in range(carriers[c, 4]):
            prefix[c, j] = prefix[last, j]
    return last


@njit(cache=True)
def _join(carriers, prefix, count):
    """Make one of carriers that have come the same way at the same time; returns how many are."""
    c = 1
    while c < count:
        joined = False
        for d in range(c):
            same = carriers[d, 0] == carriers[c, 0] and carriers[d, 1] == carriers[c, 1]
            same = same and carriers[d, 2] == carriers[c, 2] and carriers[d, 4] == carriers[c, 4]
            if not same:
                continue
            j = carriers[c, 4] - 1
            while j >= 0 and prefix[c, j] == prefix[d, j]:
                j -= 1
            if j < 0:
                carriers[d, 3] += carriers[c, 3]
                joined = True
                break
        if joined:
            count = _drop(carriers, prefix, c, count)
        else:
            c += 1
    return count


@njit(cache=True)
def _meet(transit, e, mark, count, index, table, memory, sizes, run):
    """Let all carriers run backwards over a link, or leave through an origin.

    Returns the carriers there are then, or -1: too little memory, -2: nobody to meet.
    """
    pool, pieces, ways, entries, carriers, prefix = memory
    links = len(transit)
    c = 0
    while c < count:
        if carriers[c, 5] == mark:
            c += 1
            continue
        o, begin, end = carriers[c, 0], carriers[c, 1], carriers[c, 2]
        rate, length = carriers[c, 3], carriers[c, 4]
        if e < links and length > 0 and prefix[c, length - 1] == e:
            carriers[c, 4], carriers[c, 5] = length - 1, mark
            c += 1
            continue
        if e >= links and length == 0 and o == e - links:
            # It gives up a right of its own.
            count = _drop(carriers, prefix, c, count)
            continue
        there = -transit[e] if e < links else np.int64(0)
        for j in range(length):
            there += transit[prefix[c, j]]
        x, piece = _partner(
            index, entries, ways, pieces, pool, e, begin + there, end + there, rate, run
        )
        if x < 0:
            return -2
        way, at = entries[x, 0], entries[x, 1]
        ahead = pool[at, 1] if at >= 0 else np.int64(0)
        low = max(begin + there, pieces[piece, 0] + ahead)
        high = min(end + there, pieces[piece, 1] + ahead)
        part = min(rate, pieces[piece, 2])
        start, stop = ways[way, 1], ways[way, 2]
        rest = at + 1 if at >= 0 else start
        if (
            count + 4 > len(carriers)
            or max(length + stop - rest, at - start) > prefix.shape[1]
            or sizes[0] + 8 > len(pieces)
            or 2 * (sizes[1] + 1) > min(2 * len(ways), len(table))
            or sizes[2] + length + stop - rest > len(pool)
            or sizes[3] + length + stop - rest + 1 > len(entries)
        ):
            return -1
        # The carrier takes over the rest of the way of the piece.
        _put(ways, pieces, sizes, way, low - ahead, high - ahead, -part)
        _tidy(ways, pieces, way)
        new = _way_of(
            transit,
            index,
            table,
            ways,
            pool,
            entries,
            sizes,
            o,
            prefix[c, :length],
            pool,
            rest,
            stop,
        )
        _put(ways, pieces, sizes, new, low - there, high - there, part)
        _tidy(ways, pieces, new)
        # What the piece does not take up has still to meet somebody.
        for k in range(3):
            first = high - there if k == 1 else (low - there if k == 2 else begin)
            last = low - there if k == 0 else (end if k == 1 else high - there)
            left = rate - part if k == 2 else rate
            if first < last and left > 0 and last > -EVER // 2:
                _carry(carriers, count, o, first, last, left, length, -1)
                for j in range(length):
                    prefix[count, j] = prefix[c, j]
                count += 1
        if e < links:
            # Its vehicles turn aside where the link begins.
            _carry(carriers, c, ways[way, 0], low - ahead, high - ahead, part, at - start, mark)
            for j in range(start, at):
                prefix[c, j - start] = pool[j, 0]
            c += 1
        else:
            count = _drop(carriers, prefix, c, count)
    return _join(carriers, prefix, count)


@njit(cache=True)
def chains(arcs, log, path, table, memory):
    """Write a column as constant rates along single ways.

    An augmentation with a gain sends its rate into its way from ever before until the gain. Where
    the way runs backwards over a link it meets what earlier augmentations send over it: those
    vehicles turn aside and go on along the way instead, and the newcomers take over the rest of
    theirs. What enters before time 0 are no vehicles but a right of way; an augmentation that
    leaves through an origin takes over a right of that origin. This is the flow of Hoppe and
    Tardos (2000, section 5), told by who drives where.

    Parameters
    ----------
    log, path
        What :func:`ship` wrote.
    table
        -1 throughout; a power of two long.
    memory
        Arrays to work in: ``pool``, rows of link and time from the origin to its entrance;
        ``pieces``, rows of begin, end, rate and the next piece of the same way; ``ways``, rows of
        origin, first and last row in ``pool``, first piece; then rows of 3, rows of 6, and for
        each of the latter a row of links.

    Returns
    -------
    int
        Ways in use; -1: too little memory; -2: the log does not add up.
    """
    pool, pieces, ways, entries, carriers, prefix = memory
    links = len(arcs.to) // 2
    transit = np.empty(links, np.int64)
    for a in range(len(arcs.to)):
        if arcs.link[a] >= 0:
            transit[arcs.link[a]] = arcs.cost[a]
    index = np.full(links + len(arcs.first), UNUSED, np.int64)
    for i in range(len(path)):
        if arcs.link[path[i]] < 0:
            index[-1 - arcs.link[path[i]]] = -1
    for row in range(len(log)):
        if log[row, 5]:
            index[links + log[row, 4]] = -1
    sizes = np.zeros(4, np.int64)
    run = np.empty(len(arcs.first), np.int64)
    for row in range(len(log)):
        _carry(carriers, 0, log[row, 0], -EVER, log[row, 2], log[row, 1], 0, -1)
        count = 1
        for i in range(log[row - 1, 3] if row else 0, log[row, 3]):
            e = arcs.link[path[i]]
            if e < 0:
                ahead = 0
                while i + 1 + ahead < log[row, 3] and arcs.link[path[i + 1 + ahead]] < 0:
                    run[ahead] = -1 - arcs.link[path[i + 1 + ahead]]
                    ahead += 1
                count = _meet(transit, -1 - e, i, count, index, table, memory, sizes, run[:ahead])
                if count < 0:
                    return count
                continue
            for c in range(count):
                if carriers[c, 4] >= prefix.shape[1]:
                    return -1
                prefix[c, carriers[c, 4]] = e
                carriers[c, 4] += 1
        if log[row, 5]:
            e = links + log[row, 4]
            count = _meet(transit, e, np.int64(-2), count, index, table, memory, sizes, run[:0])
            if count < 0:
                return count
            continue
        for c in range(count):
            length = carriers[c, 4]
            if (
                sizes[0] + 4 > len(pieces)
                or 2 * (sizes[1] + 1) > min(2 * len(ways), len(table))
                or sizes[2] + length > len(pool)
                or sizes[3] + length + 1 > len(entries)
            ):
                return -1
            way = _way_of(
                transit,
                index,
                table,
                ways,
                pool,
                entries,
                sizes,
                carriers[c, 0],
                prefix[c, :length],
                pool,
                0,
                0,
            )
            _put(ways, pieces, sizes, way, carriers[c, 1], carriers[c, 2], carriers[c, 3])
            _tidy(ways, pieces, way)
    return sizes[1]
