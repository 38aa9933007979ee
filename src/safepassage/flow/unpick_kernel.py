"""Compiled: a flow over time, as rates at the entrances of links, is taken apart into trips.

Everything is in whole numbers: times in milliseconds, rates in parts of the units of
:class:`safepassage.flow.arrays.RoadArrays`.
"""

from __future__ import annotations

import numpy as np

from safepassage.flow.compiling import bare, entry
from safepassage.flow.kernel import MOST

__all__ = ["unpick"]


@bare
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


@bare
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


@bare
def _holds(segments, e, begin, rate):
    """Return until when at least a rate enters a link without a break."""
    starts, rates, after, _, _ = segments
    x = _at(segments, e, begin)
    while rates[x] >= rate:
        x = after[x]
    return starts[x]


@bare
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


@bare
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


@bare
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


@bare
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
            return np.int64(0), 0, drives, most, -1
        rate = here
        e = arcs.link[a]
        if driven[e] == stamp:
            # It must not meet itself.
            most = min(most, now - last[e])
            if most < lasting:
                return np.int64(0), 0, drives, most, -1
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


@entry
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
        ``[next origin, trips, rows of ways, segments in use, links looked into, most of these]``;
        changed.

    Returns
    -------
    bool
        Whether all is done, or as much as may be looked into; else there are too few rows or
        segments, and the call may be repeated with more.
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
        while wanted[s] > 0.0 and state[4] < state[5]:
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
            state[4] += drives + 1
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
