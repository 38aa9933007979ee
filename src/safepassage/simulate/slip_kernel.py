"""The compiled heart of the simulator: one future after another of a disturbed timetable.

What happens is defined in ``docs/design/simulation-model.md``. ``carry_out`` follows the plan's
steps in their planned order: each begins no earlier than planned, and no earlier than all that it
needs is there. ``dispatch`` sends convoys without a timetable, the next one that can be at safety
first. Time is in seconds after the plan's start, as float64, so that factors need no rounding;
where nothing is disturbed every moment is a whole number.

The functions stay in one file: numba's cache sees changes only in the file of the one it holds.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from safepassage.simulate.compiling import bare, inner
from safepassage.simulate.slip_tables import (
    ARRIVE,
    BEGIN,
    BOARD,
    CANCELLED,
    EVENT,
    FLOOR,
    GATE,
    GOES,
    HIGH,
    INF,
    INSPECT,
    KIND,
    LEAVE,
    LOW,
    MOST_EVENTS,
    NEVER,
    NODE,
    NOT_LOST,
    NOT_YET,
    ROT,
    RULES,
    SAVED,
    SECONDS,
    SOONER,
    UNLOAD,
    A,
    B,
)

__all__ = ["dispatch", "run"]


@njit(cache=True, inline="always")
def _resumed(t, on, off):
    """Return the first moment from t on that lies in no suspension."""
    for k in range(on.size):
        if on[k] > t:
            break
        t = max(t, off[k])
    return t


@njit(cache=True, inline="always")
def _first_open(t, low, high, ends):
    """Return the first stretch that ends no sooner than t."""
    while low < high:
        middle = (low + high) >> 1
        if ends[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, inline="always")
def _drive_s(tb, dr, i, pace, n, t):
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
    k = _first_open(t, 0, tb.move_to.size, tb.move_to)
    while k < tb.move_to.size:
        begin = _resumed(max(t, tb.move_from[k]), on, off)
        if begin < INF and begin + _drive_s(tb, dr, i, pace, n, begin) <= tb.move_to[k]:
            return begin
        k += 1
    return INF


@njit(cache=True, inline="always")
def _departure(tb, dr, i, pace, n, t, on, off):
    """Return when drive n begins and ends, that may begin at t at the earliest."""
    begin = _resumed(t, on, off)
    if tb.move_to.size and tb.drive_moves[n]:
        begin = _in_hours(tb, dr, i, pace, n, begin, on, off)
    end = INF
    if begin < INF:
        end = begin + _drive_s(tb, dr, i, pace, n, begin)
    return begin, end


@bare
def _note(log, logged, t):
    """Note the moment of an event, while there is room."""
    if logged[0] < log.size:
        log[logged[0]] = t
        logged[0] += 1


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


@inner
def _board_people(tb, there, going, fate, waiting, room, taken, extra, aboard):
    """Fill the seats of the rotations that go, in planned order; the rest is left waiting.

    People of the plan take the seats planned for them. Those beyond it, or whose vehicle was lost,
    take seats that are free in later vehicles which suit them.
    """
    pool = np.minimum(going, tb.cell_planned)
    waiting[:] = going - pool
    aboard[:] = 0
    beyond = waiting.sum()
    for load in range(tb.load_rot.size):
        rot = tb.load_rot[load]
        first, last = tb.load_ptr[load], tb.load_ptr[load + 1]
        if fate[rot] != GOES:
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
        if beyond > 0 and seats > 0:
            to = tb.load_to[load]
            for k in range(tb.fit_ptr[load], tb.fit_ptr[load + 1]):
                cell = tb.fit_cell[k]
                got = min(waiting[cell], seats, room[to])
                if got > 0:
                    extra[k] = got
                    waiting[cell] -= got
                    beyond -= got
                    seats -= got
                    room[to] -= got
                    aboard[rot] += got
    waiting += pool  # of rotations that have not begun


@bare
def _credit(sizes, cell_group, cell_limit, tally, cell, persons, depart, arrive):
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


@bare
def carry_out(tb, dr, i, on, off, hold_gap, until, st, there, missing, fate, short, work):
    """Follow the steps of the timetable; rotations that would begin at ``until`` or later do not.

    ``fate`` [rotations] says on entry which are cancelled, on return what became of each. Returns
    the arrivals in ``work`` and crossings and teams in ``st``.
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
    bay_free[0] = veh_free[0] = 0.0
    for e in range(event_leave.size):
        never = short[tb.event_rot[e]]
        event_leave[e] = event_arrive[e] = INF if never else -INF
    for o in range(step.shape[0]):
        r = step[o, ROT]
        kind = step[o, KIND]
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
        elif kind == BOARD:
            t = max(step[o, FLOOR], position[r], bay_free[step[o, A]], veh_free[step[o, B]])
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
            t = max(step[o, FLOOR], position[r], bay_free[step[o, A]])
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
            t = max(float(step[o, FLOOR]), position[r])
            end = _pass(tb, server, t, d, on, off, server_free, holds)
            if end == INF:
                _stuck(tb, st, r, fate, full, event_leave, event_arrive)
                continue
            stood[r] = position[r] + d
            position[r] = end
        elif kind == ARRIVE:
            arrived[r] = position[r]
            if rot_team[r] >= 0:
                team_free[rot_team[r]] = arrived[r]
                team_place[rot_team[r]] = rot_to[r]
        else:
            t = float(step[o, FLOOR])
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
                t, end = _departure(tb, dr, i, pace, n, t, on, off)
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
                        _note(log, logged, t)
                        break
            position[r] = end


@bare
def _late(tb, dr, i, r):
    """Return before when a convoy may not depart because its side moves late."""
    t, side, bits = 0.0, 0, tb.rot_side[r]
    while bits:
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
            st.veh_place[v] = tb.rot_to[r]
            if fate[r] == NEVER or tb.kind_once[tb.veh_kind[v]]:
                st.veh_free[v] = INF
            else:
                st.veh_free[v] = veh_free[node] if node >= 0 else arrived[r]


@njit(cache=True, inline="always")
def _pass(tb, server, t, d, on, off, server_free, holds):
    """Take a convoy through a crossing, inspected for d seconds; return when it is free again.

    The inspection takes place within one stretch of open time; a suspension stops the work, which
    goes on afterwards if the stretch lasts, and else is done anew.
    """
    hold_next, hold_k, hold_gap, hold_s, log, logged = holds
    c = server >> 1
    high = tb.open_ptr[c + 1]
    t = max(t, server_free[server] + tb.sizes[1])
    k = _first_open(t, tb.open_ptr[c], high, tb.open_to)
    begin = end = INF
    while k < high:
        at = _resumed(max(t, tb.open_from[k]), on, off)
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
            _note(log, logged, end)
        server_free[server] = end
    return end


@njit(cache=True, inline="always")
def _guess(tb, pace, inspecting, server_free, route, kind, m, t, inward):
    """Return about when a convoy is there, leaving windows and suspensions out."""
    t += tb.drive[tb.route_drive[route, 0, kind], 0] * pace
    for j in range(tb.route_n[route]):
        server = tb.route_server[route, j] + inward
        d = m * tb.inspect[server, kind] * inspecting[server]
        t = max(t, server_free[server] + tb.sizes[1]) + d
        t += tb.drive[tb.route_drive[route, j + 1, kind], 0] * pace
    return t


@njit(cache=True, inline="always")
def _line_up(veh_kind, veh_free, veh_place, veh_turn, lost, places, line, line_n):
    """Put the vehicles that can still go into lines by type and place, the first free first."""
    line_n[:] = 0
    for v in range(veh_kind.size):
        free = veh_free[v]
        if free < INF and veh_turn[v] < lost[v]:
            at = veh_kind[v] * places + veh_place[v]
            n = line_n[at]
            if n == line.shape[1]:
                n -= 1
                if free >= veh_free[line[at, n]]:
                    continue
            else:
                line_n[at] = n + 1
            while n > 0 and veh_free[line[at, n - 1]] > free:
                line[at, n] = line[at, n - 1]
                n -= 1
            line[at, n] = v


@bare
def _choose(tb, dr, i, st, line, line_n, rule, choice):
    """Choose the next convoy; return whether there is one, and put it into ``choice``."""
    places, best, least = tb.sizes[3], INF, tb.sizes[0]
    pace, boarding, inspecting = dr.driving[i], dr.boarding[i], dr.inspecting[i]
    waiting, room, veh_free, server_free = st.waiting, st.room, st.veh_free, st.server_free
    carry_ptr, carry_to, carry_route = tb.carry_ptr, tb.carry_to, tb.carry_route
    carry_fits, fetch_route, kind_seats = tb.carry_fits, tb.fetch, tb.kind_seats
    bay_n, bay_s, size, cell_order = tb.bay_n, tb.bay_s, tb.size, tb.cell_order
    for p in range(places):
        for option in range(carry_ptr[p], carry_ptr[p + 1]):
            to, route = carry_to[option], carry_route[option]
            for kind in range(kind_seats.size):
                seats, persons, rank = kind_seats[kind], 0, 0
                for k in range(cell_order.size - 1, -1, -1):
                    c = cell_order[k]
                    if waiting[c] and carry_fits[option, kind, c]:
                        persons += waiting[c]
                        rank = k
                persons = min(persons, room[to])
                if persons <= 0 or seats == 0:
                    continue
                most = max(min(-(-persons // seats), size[kind, p]), least)
                for place in range(places):
                    fetch = fetch_route[place, p]
                    at = kind * places + place
                    n = line_n[at]
                    if n == 0 or (fetch < 0 and place != p):
                        continue
                    if n < least:
                        # Others of any kind make the convoy up, and go along empty.
                        there = 0
                        for other in range(kind_seats.size):
                            there += line_n[other * places + place]
                        if there < least:
                            continue
                    m = min(n, most)
                    t = veh_free[line[at, m - 1]]
                    if place != p:
                        t = _guess(tb, pace, inspecting, server_free, fetch, kind, m, t, 1)
                    t += -(-m // max(bay_n[p], 1)) * bay_s[p, kind] * boarding
                    t = _guess(tb, pace, inspecting, server_free, route, kind, m, t, 0)
                    if rule == 1:
                        server = tb.route_server[route, 0]
                        taking = m * tb.inspect[server, kind] + tb.sizes[1] + 1
                        t -= 1e9 * min(persons, m * seats) / taking
                    elif rule == 2:
                        t += 1e9 * rank
                    if t < best:
                        best = t
                        choice[0], choice[1], choice[2], choice[3] = kind, place, p, option
                        choice[4] = m
    return best < INF


@njit(cache=True, inline="always")
def _earliest_bay(bay_free, first, n):
    best = first
    for bay in range(first + 1, first + n):
        if bay_free[bay] < bay_free[best]:
            best = bay
    return best


@bare
def dispatch(tb, dr, i, on, off, until, st, lost, rule, tally, line, line_n, choice):
    """Send convoys for those who wait until all are gone, or the next would begin at ``until``."""
    rest = st.waiting.sum()
    pace, boarding, inspecting = dr.driving[i], dr.boarding[i], dr.inspecting[i]
    holds = st.hold_next, st.hold_k, dr.hold_gap[i], dr.hold_s[i], st.log, st.logged
    veh_kind, veh_free, veh_place, veh_turn = tb.veh_kind, st.veh_free, st.veh_place, st.veh_turn
    places, teams = tb.sizes[3], tb.sizes[2]
    server_free, bay_free, inspect = st.server_free, st.bay_free, tb.inspect
    route_n, route_server, route_drive = tb.route_n, tb.route_server, tb.route_drive
    team_free, team_place, team_s = st.team_free, st.team_place, tb.team_s
    bay_first, bay_n, bay_s, cell_order = tb.bay_first, tb.bay_n, tb.bay_s, tb.cell_order
    waiting, room, fits, once = st.waiting, st.room, tb.carry_fits, tb.kind_once
    while rest > 0:
        _line_up(veh_kind, veh_free, veh_place, veh_turn, lost, places, line, line_n)
        if not _choose(tb, dr, i, st, line, line_n, rule, choice):
            return
        kind, place, p, option, m = choice[0], choice[1], choice[2], choice[3], choice[4]
        row = line[kind * places + place]
        to, team = tb.carry_to[option], -1
        t = veh_free[row[m - 1]]
        if teams > 0:
            come = INF
            for k in range(teams):
                way = team_s[team_place[k], place] if team_place[k] >= 0 else 0.0
                if team_free[k] + way * pace < come:
                    come, team = team_free[k] + way * pace, k
            t = max(t, come)
        full, gone = t, INF
        for half in range(2):
            # First to fetch the people, then with them aboard.
            if half == 0 and place == p:
                t = _resumed(t, on, off)
                if t >= until or t == INF:
                    return
            elif t < INF:
                route = tb.fetch[place, p] if half == 0 else tb.carry_route[option]
                for j in range(route_n[route] + 1):
                    if j > 0:
                        server = route_server[route, j - 1] + 1 - half
                        d = m * inspect[server, kind] * inspecting[server]
                        t = _pass(tb, server, t, d, on, off, server_free, holds)
                    begin, t = _departure(tb, dr, i, pace, route_drive[route, j, kind], t, on, off)
                    if half == 0 and j == 0 and (begin >= until or begin == INF):
                        return
                    gone = begin if j == 0 else gone
            if half == 0:
                full = t
                for k in range(m if t < INF else 0):
                    s = bay_s[p, kind] * boarding
                    if once[kind] and place == p:
                        # Evacuees' own vehicles need no bay.
                        full = max(full, t + s)
                        continue
                    bay = _earliest_bay(bay_free, bay_first[p], bay_n[p])
                    bay_free[bay] = max(t, bay_free[bay], veh_free[row[k]]) + s
                    full = max(full, bay_free[bay])
                t = full
        seats = min(m * tb.kind_seats[kind], room[to])
        for k in range(cell_order.size):
            c = cell_order[k]
            if seats and waiting[c] and fits[option, kind, c]:
                got = min(seats, waiting[c])
                seats -= got
                rest -= got
                waiting[c] -= got
                room[to] -= got
                _credit(tb.sizes, tb.cell_group, tb.cell_limit, tally, c, got, gone, t)
        for k in range(m):
            v = row[k]
            free = INF
            if t < INF and not once[kind]:
                bay = _earliest_bay(bay_free, bay_first[to], bay_n[to])
                free = max(t, bay_free[bay]) + bay_s[to, kind] * boarding
                bay_free[bay] = free
            veh_free[v] = free
            veh_place[v] = to
            veh_turn[v] += 1
        if team >= 0:
            team_free[team], team_place[team] = t, to


@inner
def _reset(tb, hold_gap, st):
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
    to.logged[0] = 0


@inner
def _cancel(tb, dr, willing, going, taken, aboard, fate, short):
    """Cancel rotations that nobody is left for, and mark those that come short of their part."""
    for r in range(fate.size):
        if fate[r] == GOES and tb.rot_planned[r] > 0 and aboard[r] == 0:
            fate[r] = CANCELLED
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
                _credit(sizes, group, limit, tally, tb.item_cell[k], taken[k], depart, at)
        for k in range(tb.fit_ptr[load], tb.fit_ptr[load + 1]):
            if extra[k]:
                _credit(sizes, group, limit, tally, tb.fit_cell[k], extra[k], depart, at)


@inner
def _clear(tally):
    tally.curve[:] = 0
    tally.late[:] = 0
    tally.last[0] = 0.0
    tally.first[:], tally.final[:] = INF, -INF


@inner
def _slip(tb, dr, i, on, off, gap, until, st, lost, who, work, tally, lines):
    """Hold the timetable from the beginning, and go on with whoever is left after it.

    Rotations that would begin at ``until`` or later are left out, and with them what comes after
    the timetable; then ``st`` is how things stand. ``gap`` are the times to holds.
    """
    willing, going, fate, aboard, short, taken, extra, there = who
    _reset(tb, gap, st)
    missing = _present(tb, lost, there)
    fate[:] = GOES
    extra[:] = 0
    _board_people(tb, there, going, fate, st.waiting, st.room, taken, extra, aboard)
    _cancel(tb, dr, willing, going, taken, aboard, fate, short)
    carry_out(tb, dr, i, on, off, gap, until, st, there, missing, fate, short, work)
    if until < INF:
        extra[:] = 0
        taken[:] = 0
        st.room[:] = tb.room
        _board_people(tb, there, going, fate, st.waiting, st.room, taken, extra, aboard)
    _clear(tally)
    _credit_all(tb, tally, taken, extra, fate, work[8], work[2])
    left = st.waiting.sum() > 0
    if until < INF or left:
        _stand(tb, st, fate, work[2], work[6], work[7])
    if until == INF and left:
        dispatch(tb, dr, i, on, off, INF, st, lost, 0, tally, *lines)


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
        _clear(trial)
        dispatch(tb, dr, i, on, off, INF, future, lost, v, trial, *lines)
        late = before.late.sum() + trial.late.sum() + future.waiting.sum()
        last = INF if future.waiting.sum() else max(before.last[0], trial.last[0])
        if late < best[0] or (late == best[0] and last < best[1] - 1.0):
            best[0], best[1], rule = late, last, v + 1
    return rule


@inner
def _replan(tb, dr, i, st, who, work, tally, lines, spare):
    """Carry the timetable out; at each event plan again, by what is known at that moment."""
    on, off, lost, gap = dr.stop_on[i], dr.stop_off[i], dr.lost[i], dr.hold_gap[i]
    at, future, who2, work2, before, trial, held, seen, best = spare
    _slip(tb, dr, i, on, off, gap, INF, st, lost, who, work, tally, lines)
    who2[0][:], who2[1][:] = who[0], who[1]
    count_known = tb.sizes[8] if who[1].sum() != tb.cell_planned.sum() else INF
    t, rule = -INF, 0
    for _ in range(MOST_EVENTS):
        t = _next_event(t, off, count_known, st)
        if t >= tally.last[0] or t == INF:
            return
        _slip(tb, dr, i, on, off, gap, t, at, lost, who2, work2, before, lines)
        if at.waiting.sum() == 0:
            return
        for v in range(lost.size):
            seen[v] = lost[v] if at.veh_turn[v] > lost[v] else NOT_LOST
            at.veh_free[v] = max(at.veh_free[v], t)
        held[:] = INF
        for c in range(gap.shape[0]):
            held[c, : at.hold_k[c]] = gap[c, : at.hold_k[c]]
        n = np.searchsorted(on, t)
        _slip(tb, dr, i, on[:n], off[:n], held, INF, future, seen, who2, work2, trial, lines)
        best[0] = trial.late.sum() + future.waiting.sum()
        best[1] = INF if future.waiting.sum() else trial.last[0]
        if best[0] == 0 and tb.sizes[9]:
            continue  # all are in time, as far as is known: a timetable that holds is kept
        # A timetable that all know is not dropped for a gain that the next event may undo.
        best[0], best[1] = (1.0 - SAVED) * best[0], t + (1.0 - SOONER) * (best[1] - t)
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
    _, future, _, _, _, trial, _, seen, best = spare
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


@njit(cache=True)
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
        last departure [n, groups]; held too long [n], arrivals [n, rotations] (without ``replan``).
    """
    clearance, in_time, left, curve, apart, held, arrivals = columns
    st, who, work, tally, lines, spare = space
    for i in range(clearance.size):
        who[0][:] = willing[i]
        who[1][:] = going[i]
        if replan:
            _replan(tb, dr, i, st, who, work, tally, lines, spare)
        else:
            on, off, gap = dr.stop_on[i], dr.stop_off[i], dr.hold_gap[i]
            _slip(tb, dr, i, on, off, gap, INF, st, dr.lost[i], who, work, tally, lines)
        if arrivals.size:
            arrivals[i] = work[2]
        for c in range(willing.shape[1]):
            never = st.waiting[c] + willing[i, c] - going[i, c]
            if never:
                _credit(tb.sizes, tb.cell_group, tb.cell_limit, tally, c, never, INF, INF)
        clearance[i] = tally.last[0]
        in_time[i] = willing[i].sum() - tally.late.sum()
        left[i], held[i] = tally.late, int(work[10][0])
        apart[i] = tally.final - tally.first
        curve[i] = tally.curve[: curve.shape[1]]
