"""A disturbed timetable that is held: what is late begins as soon as it can.

What happens is defined in ``docs/design/simulation-model.md``. ``carry_out`` follows the plan's
steps in their planned order: each begins no earlier than planned, and no earlier than all that it
needs is there.
"""

from __future__ import annotations

import numpy as np

from safepassage.simulate.compiling import bare, inner
from safepassage.simulate.crew_kernel import crew, escort, stand_anew, take_up
from safepassage.simulate.dispatch_kernel import dispatch
from safepassage.simulate.passing_kernel import clear, credit, departure, note, pass_crossing
from safepassage.simulate.slip_tables import (
    ARRIVE,
    BEGIN,
    BOARD,
    CANCELLED,
    EVENT,
    FLOOR,
    FOUND,
    GATE,
    GOES,
    HIGH,
    INF,
    INSPECT,
    KIND,
    LEAVE,
    LOW,
    MISSING,
    NEVER,
    NODE,
    NOT_LOST,
    NOT_YET,
    ROT,
    SECONDS,
    UNLOAD,
    A,
    B,
)

__all__ = ["go_on", "slip"]


@inner
def _present(tb, lost, there):
    """Fill how many vehicles of each load are still there; return whether any is missing."""
    there[:] = tb.load_n
    missing = False
    for v in range(lost.size):
        for k in range(tb.veh_ptr[v] + lost[v], tb.veh_ptr[v + 1]):
            there[tb.veh_load[k]] -= 1
            missing = True
    return missing


@bare
def _keep_pace(tb, load, taken, paced):
    """Count a load; ``paced`` is by how many more have departed than planned until then."""
    for k in range(tb.load_ptr[load], tb.load_ptr[load + 1]):
        for pace in range(tb.pace_s.size):
            if tb.pace_cell[pace, tb.item_cell[k]]:
                paced[pace] += taken[k] - tb.item_n[k]


@bare
def _spared(tb, load, cell, paced):
    """Return how many people of a cell can join a load, that nobody is ahead of the pace."""
    most = NOT_LOST
    for pace in range(tb.pace_s.size):
        if tb.pace_cell[pace, cell]:
            most = min(most, max(0, tb.pace_spare[pace, load] - paced[pace]))
    return most


@inner
def _board_people(tb, there, going, fate, waiting, room, paced, taken, extra, aboard):
    """Fill the seats of the rotations that go, in planned order; the rest is left waiting.

    Whoever is in a convoy that stands for ever stays in it.

    People of the plan take the seats planned for them. Those beyond it, or whose vehicle was lost,
    take seats that are free in later vehicles which suit them, as far as an agreed pace allows;
    ``paced`` [paces] receives who is counted for it.
    """
    paced[:] = 0
    taken[:] = 0
    pool = np.minimum(going, tb.cell_planned)
    waiting[:] = going - pool
    aboard[:] = 0
    beyond = waiting.sum()
    for load in range(tb.load_rot.size):
        rot = tb.load_rot[load]
        first, last = tb.load_ptr[load], tb.load_ptr[load + 1]
        if fate[rot] != GOES and fate[rot] != NEVER:
            if paced.size:
                _keep_pace(tb, load, taken, paced)
            continue
        seats = there[load] * tb.kind_seats[tb.load_kind[load]]
        for k in range(first, last):
            cell = tb.item_cell[k]
            wanted = min(tb.item_n[k], pool[cell])
            got = min(wanted, seats)
            pool[cell] -= wanted
            waiting[cell] += wanted - got
            beyond += wanted - got
            taken[k] = got
            seats -= got
            aboard[rot] += got
        if paced.size:
            _keep_pace(tb, load, taken, paced)
        if beyond > 0 and seats > 0:
            to = tb.load_to[load]
            for k in range(tb.fit_ptr[load], tb.fit_ptr[load + 1]):
                cell = tb.fit_cell[k]
                got = min(waiting[cell], seats, room[to])
                if paced.size:
                    got = min(got, _spared(tb, load, cell, paced))
                    for pace in range(paced.size):
                        paced[pace] += got if tb.pace_cell[pace, cell] else 0
                if got > 0:
                    extra[k] = got
                    waiting[cell] -= got
                    beyond -= got
                    seats -= got
                    room[to] -= got
                    aboard[rot] += got
    waiting += pool  # of rotations that have not begun
    for k in range(tb.item_cell.size if paced.size else 0):
        for pace in range(paced.size):
            paced[pace] += tb.item_n[k] if tb.pace_cell[pace, tb.item_cell[k]] else 0


@bare
def carry_out(tb, dr, i, on, off, hold_gap, until, st, there, missing, fate, short, work, anew):
    """Follow the steps of the timetable; rotations that would begin at ``until`` or later do not.

    ``fate`` [rotations] says on entry which are cancelled, on return what became of each. Returns
    the arrivals in ``work`` and crossings and teams in ``st``. ``anew`` (else None) says which
    rotations are open: those keep their order and their waits, not their times, and go with
    whichever vehicles and teams are free first.
    """
    # Named one by one: a tuple of arrays costs more to pass, or to look into, than a step.
    position, full, arrived, event_leave, event_arrive, begun, bay_free, veh_free = work[:8]
    departed, stood, held = work[8:]
    step, pace = tb.step, dr.driving[i]
    wait_ptr, wait_event, wait_arrival = tb.wait_ptr, tb.wait_event, tb.wait_arrival
    rot_side, rot_gap, rot_to = tb.rot_side, tb.rot_gap, tb.rot_to
    rot_team, begin_ptr, begin_node = tb.rot_team, tb.begin_ptr, tb.begin_node
    server_free, team_free, team_place = st.server_free, st.team_free, st.team_place
    boarding, inspecting, log, logged = dr.boarding[i], dr.inspecting[i], st.log, st.logged
    holds = st.hold_next, st.hold_k, hold_gap, dr.hold_s[i], log, logged
    own, varied, posts = dr.own, dr.own.shape[2] > 0, 1.0
    arrived[:] = INF
    held[0] = 0.0
    begun[:] = -INF
    if anew is not None:
        # A stretch at a bay that is still to come does not free anybody yet.
        veh_free[:] = INF
    bay_free[0] = veh_free[0] = 0.0
    for e in range(event_leave.size):
        never = short[tb.event_rot[e]]
        event_leave[e] = event_arrive[e] = INF if never else -INF
    for o in range(step.shape[0]):
        r = step[o, ROT]
        kind = step[o, KIND]
        floor = float(step[o, FLOOR])
        if anew is not None:
            floor = anew.since[0] if anew.open[r] else min(floor, anew.since[0])
        if varied:
            boarding, pace = dr.boarding[i] * own[i, 0, r], dr.driving[i] * own[i, 1, r]
            posts = own[i, 2, r]
        if fate[r] != GOES:
            # What it would have held is free as it was before.
            if kind in (BOARD, UNLOAD):
                bay_free[step[o, NODE]] = bay_free[step[o, A]]
                veh_free[step[o, NODE]] = full[r]
            elif kind == BEGIN:
                full[r] = 0.0
                for k in range(begin_ptr[r], begin_ptr[r + 1]):
                    full[r] = max(full[r], veh_free[begin_node[k]])
                if fate[r] == MISSING:
                    if max(floor, full[r]) >= until:
                        fate[r] = NOT_YET
                    else:
                        note(log, logged, max(floor, full[r]) + FOUND)
        elif kind == BOARD:
            t = max(floor, position[r], bay_free[step[o, A]])
            if anew is None or not anew.open[r]:
                t = max(t, veh_free[step[o, B]])
            gate = step[o, GATE]
            if gate >= 0:
                for k in range(gate, gate + step[o, HIGH]):
                    t = max(t, begun[k])
                low, high = gate + step[o, LOW], gate + step[o, HIGH]
                begun[low] = max(t, begun[low])
                begun[high] = max(t, begun[high])
            t += step[o, SECONDS] * boarding
            bay_free[step[o, NODE]] = t
            full[r] = max(full[r], t)
        elif kind == UNLOAD:
            t = max(floor, position[r], bay_free[step[o, A]])
            t += step[o, SECONDS] * boarding
            bay_free[step[o, NODE]] = veh_free[step[o, NODE]] = t
        elif kind == INSPECT:
            server = step[o, A]
            d = float(step[o, SECONDS])
            if missing:
                d = 0.0
                for k in range(tb.rot_load[r], tb.rot_load[r + 1]):
                    d += there[k] * tb.inspect[server, tb.load_kind[k]]
            d *= inspecting[server] * posts
            t = max(floor, position[r])
            end = pass_crossing(tb, server, t, d, on, off, server_free, holds)
            if end == INF:
                _stuck(tb, st, r, fate, full, event_leave, event_arrive)
                continue
            stood[r] = position[r] + d
            position[r] = end
        elif kind == ARRIVE:
            arrived[r] = position[r]
            if rot_team[r] >= 0 and (anew is None or not anew.open[r]):
                team_free[rot_team[r]] = arrived[r]
                team_place[rot_team[r]] = rot_to[r]
        else:
            t = floor
            n = step[o, A]
            if kind == LEAVE:
                t = max(t, position[r])
                if step[o, B]:
                    t = max(t, full[r])
                    if rot_side[r]:
                        t = max(t, _late(tb, dr, i, r))
                for k in range(wait_ptr[o], wait_ptr[o + 1]):
                    e = wait_event[k]
                    t = max(t, event_arrive[e] if wait_arrival[k] else event_leave[e])
            elif anew is not None and anew.open[r]:
                full[r] = crew(tb, r, fate, arrived, veh_free, there, anew)
                t = max(t, full[r], escort(tb, r, fate, arrived, pace, anew))
                missing = True
            else:
                if rot_team[r] >= 0:
                    t = max(t, team_free[rot_team[r]] + rot_gap[r] * pace)
                full[r] = 0.0
                for k in range(begin_ptr[r], begin_ptr[r + 1]):
                    full[r] = max(full[r], veh_free[begin_node[k]])
                if n >= 0:
                    t = max(t, full[r])
            end = t
            if n >= 0:
                t, end = departure(tb, dr, i, pace, n, t, on, off)
            e = step[o, EVENT]
            if e >= 0 and not short[r]:
                event_leave[e], event_arrive[e] = t, end
            if t == INF:
                _stuck(tb, st, r, fate, full, event_leave, event_arrive)
            elif kind == LEAVE:
                since = stood[r]
                if step[o, B]:
                    departed[r], since = t, full[r]
                if step[o, HIGH] and t - since > step[o, HIGH] - 0.5:
                    held[0] += 1.0
            elif kind == BEGIN and t >= until:
                fate[r] = NOT_YET
            elif kind == BEGIN and missing:
                for k in range(tb.rot_load[r], tb.rot_load[r + 1]):
                    if there[k] < tb.load_n[k]:
                        note(log, logged, t + FOUND)
                        break
            position[r] = end


@bare
def _late(tb, dr, i, r):
    """Return before when a convoy may not depart because its side moves late."""
    t, side, bits = 0.0, 0, tb.rot_side[r]
    # Where nothing is drawn, no side is late, and there is no row of them.
    while bits and side < dr.side_first.size:
        if bits & 1 and dr.late[i, side] > 0.0:
            t = max(t, dr.side_first[side] + dr.late[i, side])
        bits >>= 1
        side += 1
    return t


@bare
def _stuck(tb, st, r, fate, full, event_leave, event_arrive):
    """A convoy stands for ever: nothing after it happens, and its vehicles and team are gone."""
    fate[r] = NEVER
    full[r] = INF
    if tb.rot_team[r] >= 0:
        st.team_free[tb.rot_team[r]] = INF
    for e in range(event_leave.size):
        if tb.event_rot[e] == r and event_arrive[e] == -INF:
            event_leave[e] = event_arrive[e] = INF


@inner
def _stand(tb, st, fate, arrived, bay_free, veh_free):
    """Put into the state where vehicles and bays are after the rotations that went."""
    for bay in range(tb.bay_node.size):
        st.bay_free[bay] = bay_free[tb.bay_node[bay]]
    for k in range(tb.rot_order.size):
        r = tb.rot_order[k]
        if fate[r] == CANCELLED or fate[r] == NOT_YET:
            continue
        for j in range(tb.rot_ptr[r], tb.rot_ptr[r + 1]):
            v, node = tb.rot_vehicle[j], tb.rot_node[j]
            st.veh_turn[v] += 1
            if fate[r] == MISSING:
                continue
            st.veh_place[v] = tb.rot_to[r]
            if fate[r] == NEVER or tb.kind_once[tb.veh_kind[v]]:
                st.veh_free[v] = INF
            else:
                st.veh_free[v] = veh_free[node] if node >= 0 else arrived[r]


@inner
def reset(tb, hold_gap, st):
    st.veh_free[:] = st.team_free[:] = st.bay_free[:] = 0.0
    st.veh_place[:] = tb.veh_place
    st.veh_turn[:] = 0
    st.team_place[:] = -1
    st.server_free[:] = -INF
    st.hold_k[:] = 0
    for c in range(st.hold_next.size):
        st.hold_next[c] = hold_gap[c, 0] if hold_gap.shape[1] else INF
    st.room[:] = tb.room
    st.logged[0] = 0


@inner
def _cancel(tb, dr, willing, going, taken, there, aboard, fate, short):
    """Cancel rotations that nobody is left for, and mark those that come short of their part."""
    for r in range(fate.size):
        if fate[r] == GOES and tb.rot_planned[r] > 0 and aboard[r] == 0:
            none = there[tb.rot_load[r] : tb.rot_load[r + 1]].sum() == 0
            fate[r] = MISSING if none else CANCELLED
    short[:] = False
    if dr.halts:
        for load in range(tb.load_rot.size):
            for k in range(tb.load_ptr[load], tb.load_ptr[load + 1]):
                cell = tb.item_cell[k]
                if taken[k] < tb.item_n[k] and going[cell] < willing[cell]:
                    short[tb.load_rot[load]] = True


@inner
def _credit_all(tb, tally, taken, extra, fate, departed, arrived):
    """Count the people in the rotations of the timetable."""
    sizes, group, limit = tb.sizes, tb.cell_group, tb.cell_limit
    for load in range(tb.load_rot.size):
        r = tb.load_rot[load]
        depart, at = (departed[r], arrived[r]) if fate[r] == GOES else (INF, INF)
        for k in range(tb.load_ptr[load], tb.load_ptr[load + 1]):
            if taken[k]:
                credit(sizes, group, limit, tally, tb.item_cell[k], taken[k], depart, at)
        for k in range(tb.fit_ptr[load], tb.fit_ptr[load + 1]):
            if extra[k]:
                credit(sizes, group, limit, tally, tb.fit_cell[k], extra[k], depart, at)


@inner
def slip(tb, dr, i, on, off, gap, until, st, lost, who, work, tally, lines):
    """Hold the timetable from the beginning, and go on with whoever is left after it.

    Rotations that would begin at ``until`` or later are left out, and with them what comes after
    the timetable; then ``st`` is how things stand. ``gap`` are the times to holds.
    """
    willing, going, fate, aboard, short, taken, extra, there = who
    reset(tb, gap, st)
    missing = _present(tb, lost, there)
    fate[:] = GOES
    extra[:] = 0
    _board_people(tb, there, going, fate, st.waiting, st.room, st.paced, taken, extra, aboard)
    _cancel(tb, dr, willing, going, taken, there, aboard, fate, short)
    carry_out(tb, dr, i, on, off, gap, until, st, there, missing, fate, short, work, None)
    if until < INF:
        extra[:] = 0
        st.room[:] = tb.room
        _board_people(tb, there, going, fate, st.waiting, st.room, st.paced, taken, extra, aboard)
    clear(tally)
    _credit_all(tb, tally, taken, extra, fate, work[8], work[2])
    left = st.waiting.sum() > 0
    if until < INF or left:
        _stand(tb, st, fate, work[2], work[6], work[7])
    if until == INF and left:
        dispatch(tb, dr, i, on, off, INF, st, lost, 0, tally, *lines)


@inner
def go_on(tb, dr, i, on, off, gap, since, st, lost, who, work, tally, lines, anew):
    """Hold the timetable until ``since``, and go on in its order with whoever is free first.

    Rotations that have set out by then go on as planned.
    """
    willing, going, fate, aboard, short, taken, extra, there = who
    slip(tb, dr, i, on, off, gap, since, st, lost, who, work, tally, lines)
    take_up(tb, fate, st, lost, since, anew)
    reset(tb, gap, st)
    _present(tb, lost, there)
    for load in range(there.size):
        if anew.open[tb.load_rot[load]]:
            there[load] = tb.load_n[load]
    fate[:] = GOES
    extra[:] = 0
    _board_people(tb, there, going, fate, st.waiting, st.room, st.paced, taken, extra, aboard)
    _cancel(tb, dr, willing, going, taken, there, aboard, fate, short)
    for r in range(fate.size):
        if not anew.open[r]:
            fate[r] = GOES
    carry_out(tb, dr, i, on, off, gap, INF, st, there, True, fate, short, work, anew)
    # Who is aboard follows from the vehicles that came.
    extra[:] = 0
    st.room[:] = tb.room
    _board_people(tb, there, going, fate, st.waiting, st.room, st.paced, taken, extra, aboard)
    clear(tally)
    _credit_all(tb, tally, taken, extra, fate, work[8], work[2])
    if st.waiting.sum() > 0:
        _stand(tb, st, fate, work[2], work[6], work[7])
        stand_anew(tb, st, fate, work[2], work[7], anew)
        dispatch(tb, dr, i, on, off, INF, st, lost, 0, tally, *lines)
