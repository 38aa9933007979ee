"""What convoys do at windows, suspensions, holds and crossings, and how people are counted.

Time is in seconds after the plan's start, as float64, so that factors need no rounding; where
nothing is disturbed every moment is a whole number.
"""

from __future__ import annotations

import numpy as np

from safepassage.simulate.compiling import bare, inlined, inner
from safepassage.simulate.slip_tables import INF

__all__ = ["clear", "credit", "departure", "note", "pass_crossing", "resumed"]


@inlined
def resumed(t, on, off):
    """Return the first moment from t on that lies in no suspension."""
    for k in range(on.size):
        if on[k] > t:
            break
        t = max(t, off[k])
    return t


@inlined
def first_open(t, low, high, ends):
    """Return the first stretch that ends no sooner than t."""
    while low < high:
        middle = (low + high) >> 1
        if ends[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def drive_s(tb, dr, i, pace, n, t):
    """Return the seconds of drive n that begins at t."""
    low, high = 0, tb.change_at.size
    while low < high:
        middle = (low + high) >> 1
        if tb.change_at[middle] <= t:
            low = middle + 1
        else:
            high = middle
    seconds = tb.drive[n, tb.change_col[low]] * pace
    for w in range(dr.snow_on.shape[1]):
        if dr.snow_on[i, w] <= t < dr.snow_off[i, w]:
            seconds *= dr.snow_factor[i, w]
    return seconds


@bare
def _in_hours(tb, dr, i, pace, n, t, on, off):
    """Return the first beginning of drive n from t on that keeps within hours of movement."""
    k = first_open(t, 0, tb.move_to.size, tb.move_to)
    while k < tb.move_to.size:
        begin = resumed(max(t, tb.move_from[k]), on, off)
        if begin < INF and begin + drive_s(tb, dr, i, pace, n, begin) <= tb.move_to[k]:
            return begin
        k += 1
    return INF


@inlined
def departure(tb, dr, i, pace, n, t, on, off):
    """Return when drive n begins and ends, that may begin at t at the earliest."""
    begin = resumed(t, on, off)
    if tb.move_to.size and tb.drive_moves[n]:
        begin = _in_hours(tb, dr, i, pace, n, begin, on, off)
    end = INF
    if begin < INF:
        end = begin + drive_s(tb, dr, i, pace, n, begin)
    return begin, end


@bare
def note(log, logged, t):
    """Note the moment of an event, while there is room."""
    if logged[0] < log.size:
        log[logged[0]] = t
        logged[0] += 1


@inlined
def pass_crossing(tb, server, t, d, on, off, server_free, holds):
    """Take a convoy through a crossing, inspected for d seconds; return when it is free again.

    The inspection takes place within one stretch of open time; a suspension stops the work, which
    goes on afterwards if the stretch lasts, and else is done anew.
    """
    hold_next, hold_k, hold_gap, hold_s, log, logged = holds
    c = server >> 1
    high = tb.open_ptr[c + 1]
    t = max(t, server_free[server] + tb.sizes[1])
    k = first_open(t, tb.open_ptr[c], high, tb.open_to)
    begin = end = INF
    while k < high:
        at = resumed(max(t, tb.open_from[k]), on, off)
        if at <= tb.open_to[k]:
            done = at + d
            for s in range(on.size):
                if on[s] >= done:
                    break
                if on[s] >= at:
                    done += off[s] - on[s]
            if done <= tb.open_to[k]:
                begin, end = at, done
                break
        k += 1
    if end < INF:
        if server & 1 == 0 and begin >= hold_next[c]:
            j = hold_k[c]
            end += hold_s[c, j]
            hold_k[c] = j + 1
            hold_next[c] = end + hold_gap[c, j + 1] if j + 1 < hold_gap.shape[1] else INF
            note(log, logged, end)
        server_free[server] = end
    return end


@bare
def credit(sizes, cell_group, cell_limit, tally, cell, persons, depart, arrive):
    """Count people who depart and arrive."""
    if depart < INF:
        group = cell_group[cell]
        tally.first[group] = min(tally.first[group], depart)
        tally.final[group] = max(tally.final[group], depart)
    if arrive < INF:
        at = int(np.ceil(arrive / sizes[5]))
        tally.curve[min(max(at, 0), sizes[4] + 1)] += persons
        tally.last[0] = max(tally.last[0], arrive)
        if arrive > cell_limit[cell]:
            tally.late[cell_group[cell]] += persons
    else:
        tally.last[0] = INF
        tally.late[cell_group[cell]] += persons


@inner
def clear(tally):
    """Count nobody yet."""
    tally.curve[:] = 0
    tally.late[:] = 0
    tally.last[0] = 0.0
    tally.first[:], tally.final[:] = INF, -INF
