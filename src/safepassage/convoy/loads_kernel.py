"""Compiled: loads of people as convoys take them up, keep to an agreed pace, and arrive.

Whole seconds in int64 arrays, as in the kernel, of which nothing is called here.
"""

from __future__ import annotations

from safepassage.convoy.compiling import inner

__all__ = ["at_pace", "count", "invited"]


@inner
def invited(tb, wk, q, cls, most):
    """How many vehicles of another pair may go along: those who have loads of the same class."""
    n, trip = 0, wk.done[q]
    while n < most and trip + n < tb.trip_ptr[q + 1] and tb.trip_class[trip + n] == cls:
        n += 1
    return n


@inner
def at_pace(tb, wk, trip, full, t):
    """Least moment from ``t`` at which the next convoy, with these trips, keeps to every pace."""
    for k in range(tb.pace_s.size):
        before = wk.paced[k]
        for x in range(trip, trip + full):
            wk.paced[k] += tb.trip_pace[x, k]
        if wk.paced[k] > before:
            periods = (wk.paced[k] + tb.pace_persons[k] - 1) // tb.pace_persons[k] - 1
            t = max(t, periods * tb.pace_s[k])
    return t


@inner
def count(tb, wk, p, full, t, target):
    """Count the next loads of a pair as arrived."""
    trip = wk.done[p]
    for x in range(trip, trip + full):
        if t > tb.trip_deadline[x]:
            wk.tally[0] += tb.trip_persons[x]
        wk.tally[2] += tb.trip_persons[x] * t
    wk.tally[1] = max(wk.tally[1], t)
    if t > target:
        wk.tally[3] += full * (t - target)
    wk.done[p] += full
