"""Vehicles and teams for the convoys of a timetable that goes on in its order: the first free.

What happens is defined in ``docs/design/simulation-model.md``.
"""

from __future__ import annotations

from safepassage.simulate.compiling import bare, inner
from safepassage.simulate.slip_tables import CANCELLED, INF, MISSING, NEVER, NOT_YET

__all__ = ["crew", "escort", "stand_anew", "take_up"]


@inner
def take_up(tb, fate, st, lost, since, anew):
    """Fill ``anew`` from where the timetable stands: what is open, who was last in what."""
    anew.since[0] = since
    anew.role[:] = anew.team_last[:] = -1
    anew.turn[:] = st.veh_turn
    for k in range(tb.rot_order.size):
        r = tb.rot_order[k]
        # One that was to have only vehicles that are missing can have others.
        anew.open[r] = fate[r] == NOT_YET or fate[r] == CANCELLED or fate[r] == MISSING
        if anew.open[r]:
            continue
        for j in range(tb.rot_ptr[r], tb.rot_ptr[r + 1]):
            anew.role[tb.rot_vehicle[j]] = j
        if tb.rot_team[r] >= 0:
            anew.team_last[tb.rot_team[r]] = r
    for v in range(lost.size):
        anew.lost[v] = lost[v]
        # It is missed at its beginning, so it is known by then.
        anew.gone[v] = anew.turn[v] > lost[v]


@bare
def _free(tb, v, fate, arrived, veh_free, anew):
    """Return from when a vehicle can set out again; INF if never, or not as far as is known."""
    j = anew.role[v]
    if anew.gone[v]:
        return INF
    if j < 0:
        return 0.0
    r, node = tb.role_rot[j], tb.rot_node[j]
    if fate[r] == NEVER or tb.kind_once[tb.veh_kind[v]]:
        return INF
    return veh_free[node] if node >= 0 else arrived[r]


@bare
def _first(tb, kind, place, fate, arrived, veh_free, anew):
    """Return which vehicle of a type at a place is free first, or -1, and when."""
    best, found = INF, -1
    for v in range(tb.kind_ptr[kind], tb.kind_ptr[kind + 1]):
        j = anew.role[v]
        at = tb.veh_place[v] if j < 0 else tb.rot_to[tb.role_rot[j]]
        if at == place:
            t = _free(tb, v, fate, arrived, veh_free, anew)
            if t < best:
                best, found = t, v
    return found, best


@bare
def crew(tb, r, fate, arrived, veh_free, there, anew):
    """Give a rotation the vehicles that are free first where it begins; return when all are there.

    Each takes the part of a planned one. ``there`` [loads] counts those that came: one that is
    lost as it begins does not, nor does one where there are fewer than planned.
    """
    last, place = 0.0, tb.rot_from[r]
    for load in range(tb.rot_load[r], tb.rot_load[r + 1]):
        kind = tb.load_kind[load]
        there[load] = 0
        for j in range(tb.rot_ptr[r], tb.rot_ptr[r + 1]):
            if tb.veh_kind[tb.rot_vehicle[j]] != kind:
                continue
            v, t = _first(tb, kind, place, fate, arrived, veh_free, anew)
            if v < 0:
                break
            last = max(last, t)
            anew.role[v] = j
            if anew.turn[v] >= anew.lost[v]:
                anew.gone[v] = True
            else:
                there[load] += 1
            anew.turn[v] += 1
    return last


@bare
def escort(tb, r, fate, arrived, pace, anew):
    """Give a rotation the team that can be where it begins first; return when, or 0."""
    if tb.rot_team[r] < 0:
        return 0.0
    best, found = INF, tb.rot_team[r]
    for k in range(anew.team_last.size):
        before, t = anew.team_last[k], 0.0
        if before >= 0:
            way = tb.team_s[tb.rot_to[before], tb.rot_from[r]]
            t = INF if fate[before] == NEVER else arrived[before] + way * pace
        if t < best:
            best, found = t, k
    anew.team_last[found] = r
    return best


@bare
def stand_anew(tb, st, fate, arrived, veh_free, anew):
    """Put into the state where vehicles and teams are after all rotations."""
    for v in range(anew.role.size):
        j = anew.role[v]
        st.veh_turn[v] = anew.turn[v]
        st.veh_free[v] = _free(tb, v, fate, arrived, veh_free, anew)
        st.veh_place[v] = tb.veh_place[v] if j < 0 else tb.rot_to[tb.role_rot[j]]
    for k in range(anew.team_last.size):
        r = anew.team_last[k]
        if r >= 0:
            st.team_free[k] = INF if fate[r] == NEVER else arrived[r]
            st.team_place[k] = tb.rot_to[r]
