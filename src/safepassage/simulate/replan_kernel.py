"""The compiled heart of the simulator: one future after another, held or planned again.

What happens is defined in ``docs/design/simulation-model.md``.
"""

from __future__ import annotations

import numpy as np

from safepassage.simulate.compiling import entry, inner
from safepassage.simulate.dispatch_kernel import dispatch
from safepassage.simulate.passing_kernel import clear, credit
from safepassage.simulate.slip_kernel import go_on, slip
from safepassage.simulate.slip_tables import INF, MOST_EVENTS, NOT_LOST, RULES, SAVED, SOONER

__all__ = ["run"]


@inner
def _next_event(after, off, count_known, st):
    """Return the first moment after one at which something is known that was not."""
    t = count_known if count_known > after else INF
    k = np.searchsorted(off, after, "right")
    if k < off.size:
        t = min(t, off[k])
    for k in range(st.logged[0]):
        if st.log[k] > after:
            t = min(t, st.log[k])
    return t


@inner
def _copy(st, to):
    to.veh_free[:] = st.veh_free
    to.veh_place[:] = st.veh_place
    to.veh_turn[:] = st.veh_turn
    to.team_free[:] = st.team_free
    to.team_place[:] = st.team_place
    to.server_free[:] = st.server_free
    to.bay_free[:] = st.bay_free
    to.hold_next[:] = st.hold_next
    to.hold_k[:] = st.hold_k
    to.waiting[:] = st.waiting
    to.room[:] = st.room
    to.paced[:] = st.paced
    to.logged[0] = 0


@inner
def _best_rule(tb, dr, i, t, lost, at, before, best, future, trial, lines):
    """Return the rule (from 1) by which those who wait at ``t`` are gone best, or 0.

    ``before`` counts those who are on their way already; ``best`` holds how many are late and when
    the last is out otherwise. Suspensions that have not begun and holds are not known.
    """
    n, rule = np.searchsorted(dr.stop_on[i], t), 0
    on, off = dr.stop_on[i, :n], dr.stop_off[i, :n]
    for v in range(RULES):
        _copy(at, future)
        future.hold_next[:] = INF
        clear(trial)
        dispatch(tb, dr, i, on, off, INF, future, lost, v, trial, *lines)
        late = before.late.sum() + trial.late.sum() + future.waiting.sum()
        last = INF if future.waiting.sum() else max(before.last[0], trial.last[0])
        if late < best[0] or (late == best[0] and last < best[1] - 1.0):
            best[0], best[1], rule = late, last, v + 1
    return rule


@inner
def replanned(tb, dr, i, st, who, work, tally, lines, spare):
    """Carry the timetable out; at each event plan again, by what is known at that moment."""
    on, off, lost, gap = dr.stop_on[i], dr.stop_off[i], dr.lost[i], dr.hold_gap[i]
    at, future, who2, work2, before, trial, held, seen, best, anew = spare
    linked = tb.sizes[10] > 0
    slip(tb, dr, i, on, off, gap, INF, st, lost, who, work, tally, lines)
    who2[0][:], who2[1][:] = who[0], who[1]
    count_known = tb.sizes[8] if who[1].sum() != tb.cell_planned.sum() else INF
    t, rule = -INF, 0
    for _ in range(MOST_EVENTS):
        t = _next_event(t, off, count_known, st)
        if t >= tally.last[0] or t == INF:
            return
        slip(tb, dr, i, on, off, gap, t, at, lost, who2, work2, before, lines)
        if at.waiting.sum() == 0 and not linked:
            return
        for v in range(lost.size):
            seen[v] = lost[v] if at.veh_turn[v] > lost[v] else NOT_LOST
            at.veh_free[v] = max(at.veh_free[v], t)
        held[:] = INF
        for c in range(gap.shape[0]):
            held[c, : at.hold_k[c]] = gap[c, : at.hold_k[c]]
        n = np.searchsorted(on, t)
        slip(tb, dr, i, on[:n], off[:n], held, INF, future, seen, who2, work2, trial, lines)
        best[0] = trial.late.sum() + future.waiting.sum()
        best[1] = INF if future.waiting.sum() else trial.last[0]
        if best[0] == 0 and tb.sizes[9]:
            continue  # all are in time, as far as is known: a timetable that holds is kept
        # A timetable that all know is not dropped for a gain that the next event may undo.
        best[0], best[1] = (1.0 - SAVED) * best[0], t + (1.0 - SOONER) * (best[1] - t)
        if linked:
            known = (on[:n], off[:n], held)
            go_on(tb, dr, i, *known, t, future, seen, who2, work2, trial, lines, anew)
            late = trial.late.sum() + future.waiting.sum()
            last = INF if future.waiting.sum() else trial.last[0]
            if late < best[0] or (late == best[0] and last < best[1]):
                go_on(tb, dr, i, on, off, gap, t, st, lost, who, work, tally, lines, anew)
                return
            continue
        rule = _best_rule(tb, dr, i, t, seen, at, before, best, future, trial, lines)
        if rule:
            break
    if rule:
        tally.curve[:], tally.late[:] = before.curve, before.late
        tally.first[:], tally.final[:] = before.first, before.final
        tally.last[0] = before.last[0]
        _dispatch_on(tb, dr, i, t, rule, at, tally, lines, spare)
        st.waiting[:] = at.waiting


@inner
def _dispatch_on(tb, dr, i, t, rule, at, tally, lines, spare):
    """Go on without the timetable from ``t``, choosing the rule anew at each event."""
    on, off, lost = dr.stop_on[i], dr.stop_off[i], dr.lost[i]
    _, future, _, _, _, trial, _, seen, best, _ = spare
    for _ in range(MOST_EVENTS):
        later = _next_event(t, off, INF, at)
        dispatch(tb, dr, i, on, off, later, at, lost, rule - 1, tally, *lines)
        if later == INF or at.waiting.sum() == 0:
            return
        t = later
        for v in range(lost.size):
            seen[v] = lost[v] if at.veh_turn[v] >= lost[v] else NOT_LOST
            at.veh_free[v] = max(at.veh_free[v], t)
        best[0], best[1] = INF, INF
        rule = max(1, _best_rule(tb, dr, i, t, seen, at, tally, best, future, trial, lines))
    dispatch(tb, dr, i, on, off, INF, at, lost, rule - 1, tally, *lines)


@entry
def run(tb, dr, replan, space, willing, going, columns):
    """Carry the timetable out in each of n futures; fill the columns of the outcomes.

    Parameters
    ----------
    tb, dr, replan
        The timetable, what is drawn, and whether to plan again at each event.
    space
        Room to work in (``slip.carried_out`` makes it).
    willing, going
        [n, cells] people who want to leave, and those of them who are let go.
    columns
        Last arrival [n], in time [n], left [n, groups], new by moment [n, moments], from first to
        last departure [n, groups]; held too long [n], arrivals [n, rotations] (without ``replan``,
        or of linked steps).
    """
    clearance, in_time, left, curve, apart, held, arrivals = columns
    st, who, work, tally, lines, spare = space
    for i in range(clearance.size):
        who[0][:] = willing[i]
        who[1][:] = going[i]
        if replan:
            replanned(tb, dr, i, st, who, work, tally, lines, spare)
        else:
            on, off, gap = dr.stop_on[i], dr.stop_off[i], dr.hold_gap[i]
            slip(tb, dr, i, on, off, gap, INF, st, dr.lost[i], who, work, tally, lines)
        if arrivals.size:
            arrivals[i] = work[2]
        for c in range(willing.shape[1]):
            never = st.waiting[c] + willing[i, c] - going[i, c]
            if never:
                credit(tb.sizes, tb.cell_group, tb.cell_limit, tally, c, never, INF, INF)
        clearance[i] = tally.last[0]
        in_time[i] = willing[i].sum() - tally.late.sum()
        left[i], held[i] = tally.late, int(work[10][0])
        apart[i] = tally.final - tally.first
        curve[i] = tally.curve[: curve.shape[1]]
