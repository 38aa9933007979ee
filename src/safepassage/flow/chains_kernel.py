"""Compiled: who drives where in a flow over time, as constant rates along single ways.

In the same whole numbers as :mod:`safepassage.flow.kernel`, whose functions are not called here.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["assemble", "chains"]

MOST = 1 << 60
"""Stands for infinitely much."""

EVER = 1 << 50
"""Stands for a time before all others (ms)."""

UNUSED = -2
"""Stands for a list that is never looked into."""

NOBODY = -1
"""Origin of a rate that stands for no vehicles."""


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
def _new(pieces, sizes):
    """Return a row for a piece, a used one where there is one."""
    row = sizes[4]
    if row >= 0:
        sizes[4] = pieces[row, 3]
        return row
    sizes[0] += 1
    return sizes[0] - 1


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
            new = _new(pieces, sizes)
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
    new = _new(pieces, sizes)
    pieces[new, 0], pieces[new, 1] = time, pieces[x, 1]
    pieces[new, 2], pieces[new, 3] = pieces[x, 2], pieces[x, 3]
    pieces[x, 1], pieces[x, 3] = time, new


@njit(cache=True)
def _tidy(ways, pieces, sizes, way):
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
            pieces[x, 3] = sizes[4]
            sizes[4] = x
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
def _partner(index, entries, ways, pieces, pool, e, begin, end, rate, run, later):
    """Find whom to meet who enters a link from begin to end; returns entry and piece.

    Best is who came by most of the links that are to be driven backwards next, for it meets
    nobody there; then who takes up most of the rate. Who came by a link that is to be driven
    backwards later would have to meet itself there, and is taken only if there is nobody else.
    """
    most, longest, entry, best = 0.0, -EVER, -1, -1
    x = index[e]
    while x >= 0:
        way, at = entries[x, 0], entries[x, 1]
        ahead = pool[at, 1] if at >= 0 else 0
        match = -EVER
        piece = ways[way, 3]
        while piece >= 0:
            low = max(begin, pieces[piece, 0] + ahead)
            high = min(end, pieces[piece, 1] + ahead)
            if low < high:
                if match == -EVER:
                    match = 0
                    start = ways[way, 1]
                    while (
                        match < len(run)
                        and at - match > start
                        and pool[at - 1 - match, 0] == run[match]
                    ):
                        match += 1
                    for i in range(start, at - match):
                        if later[pool[i, 0]]:
                            match -= len(later)
                            break
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
def _meet(transit, e, mark, count, index, table, memory, sizes, run, later):
    """Let all carriers run backwards over a link, or leave through an origin.

    A carrier that meets nobody, which can be where ways run in circles, and one too many is given
    up. Returns the carriers there are then, or -1: too little memory.
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
            index, entries, ways, pieces, pool, e, begin + there, end + there, rate, run, later
        )
        if x < 0:
            if o == NOBODY:
                count = _drop(carriers, prefix, c, count)
                continue
            j = length - 1
            while j >= 0 and prefix[c, j] != e:
                j -= 1
            if j < 0 or count + 1 > len(carriers):
                count = _drop(carriers, prefix, c, count)
                continue
            # It meets itself, driving in a circle: it turns aside the first time already. Those
            # it would have met in the circle's last round have still to turn aside.
            first = -transit[e]
            for k in range(j):
                first += transit[prefix[c, k]]
            lag = transit[e]
            _carry(carriers, count, NOBODY, end + first + 2 * lag, end + there + lag, rate, 0, -1)
            if first + lag < there:
                count += 1
            carriers[c, 4], carriers[c, 5] = j, mark
            c += 1
            continue
        way, at = entries[x, 0], entries[x, 1]
        ahead = pool[at, 1] if at >= 0 else np.int64(0)
        low = max(begin + there, pieces[piece, 0] + ahead)
        high = min(end + there, pieces[piece, 1] + ahead)
        part = min(rate, pieces[piece, 2])
        start, stop = ways[way, 1], ways[way, 2]
        rest = at + 1 if at >= 0 else start
        if count + 4 > len(carriers) or at - start > prefix.shape[1]:
            count = _drop(carriers, prefix, c, count)
            continue
        if (
            sizes[0] + 8 > len(pieces)
            or 2 * (sizes[1] + 1) > min(2 * len(ways), len(table))
            or sizes[2] + length + stop - rest > len(pool)
            or sizes[3] + length + stop - rest + 1 > len(entries)
        ):
            return -1
        # The carrier takes over the rest of the way of the piece.
        _put(ways, pieces, sizes, way, low - ahead, high - ahead, -part)
        _tidy(ways, pieces, sizes, way)
        if o != NOBODY:
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
            _tidy(ways, pieces, sizes, new)
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
    Tardos (2000, section 5), told by who drives where; nearly so, as some rates are given up
    where it would take too many pieces. So each has to be compared with the flow itself.

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
        Ways in use; -1: too little memory.
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
    sizes = np.zeros(5, np.int64)
    sizes[4] = -1
    run = np.empty(len(arcs.first), np.int64)
    later = np.zeros(links, np.bool_)
    for row in range(len(log)):
        for i in range(log[row - 1, 3] if row else 0, log[row, 3]):
            if arcs.link[path[i]] < 0:
                later[-1 - arcs.link[path[i]]] = True
        _carry(carriers, 0, log[row, 0], -EVER, log[row, 2], log[row, 1], 0, -1)
        count = 1
        for i in range(log[row - 1, 3] if row else 0, log[row, 3]):
            e = arcs.link[path[i]]
            if e < 0:
                later[-1 - e] = False
                ahead = 0
                while i + 1 + ahead < log[row, 3] and arcs.link[path[i + 1 + ahead]] < 0:
                    run[ahead] = -1 - arcs.link[path[i + 1 + ahead]]
                    ahead += 1
                count = _meet(
                    transit, -1 - e, i, count, index, table, memory, sizes, run[:ahead], later
                )
                if count < 0:
                    return count
                continue
            for c in range(count):
                if carriers[c, 4] >= prefix.shape[1]:
                    carriers[c, 4] -= 1
                prefix[c, carriers[c, 4]] = e
                carriers[c, 4] += 1
        if log[row, 5]:
            e = links + log[row, 4]
            count = _meet(
                transit, e, np.int64(-2), count, index, table, memory, sizes, run[:0], later
            )
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
            _tidy(ways, pieces, sizes, way)
    return sizes[1]
