"""States of a decode: copied from one work area to another, or held to be gone on from.

Those that are held are rows of arrays (:class:`~safepassage.convoy.arrays.States`). As a tuple of
work areas they took longer to compile than all else of the planner, and longer to copy.
"""

from __future__ import annotations

from safepassage.convoy.arrays import States
from safepassage.convoy.compiling import inner

__all__ = ["copy_state", "fill", "hand_over", "restore", "save"]


@inner
def fill(src, dst):
    """Fill an array from the first of another."""
    for i in range(dst.size):
        dst[i] = src[i]


@inner
def copy_state(src, dst):
    """Copy the state of one decode into another; records of rotations stay where they are."""
    for c in range(src.cal_n.size):
        n = src.cal_n[c]
        dst.cal_n[c] = n
        for i in range(n):
            dst.cal_from[c, i] = src.cal_from[c, i]
            dst.cal_to[c, i] = src.cal_to[c, i]
    fill(src.unit_free, dst.unit_free)
    fill(src.unit_used, dst.unit_used)
    fill(src.unit_at, dst.unit_at)
    fill(src.done, dst.done)
    fill(src.last_begin, dst.last_begin)
    fill(src.team_free, dst.team_free)
    fill(src.team_at, dst.team_at)
    fill(src.paced, dst.paced)
    fill(src.tally, dst.tally)


@inner
def _state(states, m):
    """One of the states that are held. Only for functions that count no references themselves."""
    return States(
        states.cal_from[m],
        states.cal_to[m],
        states.cal_n[m],
        states.unit_free[m],
        states.unit_used[m],
        states.unit_at[m],
        states.done[m],
        states.last_begin[m],
        states.team_free[m],
        states.team_at[m],
        states.paced[m],
        states.tally[m],
    )


@inner
def save(wk, states, m):
    """Hold the state of a decode."""
    copy_state(wk, _state(states, m))


@inner
def restore(states, m, wk):
    """Go on from a state that is held."""
    copy_state(_state(states, m), wk)


@inner
def hand_over(states, others, m):
    """Hold a state among others."""
    copy_state(_state(states, m), _state(others, m))
