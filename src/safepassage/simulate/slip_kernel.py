"""The compiled heart of the simulator: one future after another of a disturbed timetable.

What happens is defined in ``docs/design/simulation-model.md``. ``carry_out`` follows the plan's
steps in their planned order: each begins no earlier than planned, and no earlier than all that it
needs is there. ``dispatch`` sends convoys without a timetable, the next one that can be at safety
first. Time is in seconds after the plan's start, as float64, so that factors need no rounding; where
nothing is disturbed every moment is a whole number.

The functions stay in one file, because numba's cache notices a change only in the file of the
function that it holds.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

__all__ = ["ARRIVE", "BEGIN", "BOARD", "INSPECT", "LEAVE", "UNLOAD", "Drawn", "Tables", "run"]

INF = np.inf
FAR = 1 << 40

# Kinds of steps
BEGIN = 0  # vehicles and team set out; a: drive (or -1 where they stand at the place already)
BOARD = 1  # a: bay or -1, b: vehicle
LEAVE = 2  # from where the convoy stands; a: drive, b: 1 at the assembly point
INSPECT = 3  # a: server (a direction of a crossing)
UNLOAD = 4  # a: bay, b: vehicle
ARRIVE = 5  # the convoy is at the reception point

# What becomes of a rotation
GOES, CANCELLED, NEVER, NOT_YET = 0, 1, 2, 3

Tables = namedtuple(  # noqa: PYI024 - numba knows collections.namedtuple
    "Tables",
    [
        # steps in their planned order
        "step_kind",
        "step_rot",
        "step_a",
        "step_b",
        "step_floor",  # [steps] planned beginning
        "step_s",  # [steps] seconds at a bay or a crossing
        "step_turn",  # [steps] which of its rotations it is for the vehicle (bays)
        "step_gate",  # [steps] where ranks begin in ``begun``, or -1
        "step_low",  # [steps] least and greatest rank aboard
        "step_high",
        "step_event",  # [steps] its number among those that others wait for, or -1
        "wait_ptr",  # [steps + 1] into wait_event, wait_arrival
        "wait_event",
        "wait_arrival",  # 1: waits for the arrival, 0: for the departure
        "event_rot",
        # rotations
        "rot_ptr",  # [rotations + 1] into rot_vehicle, rot_turn
        "rot_vehicle",
        "rot_turn",
        "rot_team",  # or -1
        "rot_gap",  # seconds of the team from where it was
        "rot_to",  # place of arrival
        "rot_planned",  # persons planned
        "rot_side",  # bits of the late sides whose people it carries
        # drives
        "drive",  # [drives, columns] seconds
        "drive_moves",  # [drives] 0 where there is no link
        "change_at",
        "change_col",
        "move_from",
        "move_to",
        # crossings: server 2 c is outward, 2 c + 1 inward
        "open_ptr",
        "open_from",
        "open_to",
        "inspect",  # [servers, kinds]
        # vehicles
        "veh_kind",
        "veh_place",
        "kind_seats",
        "kind_once",
        # people
        "group_ptr",  # [groups + 1] into places of groups
        "place_share",
        "place_ptr",  # [places of groups + 1] into cells
        "cell_share",
        "cell_group",
        "cell_limit",  # inf where there is none
        "cell_planned",
        "cell_place",
        "cell_kinds",  # bits
        "cell_to",  # bits of places
        "cell_corridors",  # bits
        "cell_order",  # cells by rank
        "load_rot",
        "load_kind",
        "load_n",  # vehicles
        "load_to",
        "load_ptr",  # [loads + 1] into item_cell, item_n
        "item_cell",
        "item_n",
        "fit_ptr",  # [loads + 1] into fit_cell
        "fit_cell",
        "room",  # [places] people that can be received beyond the plan
        # dispatch
        "bay_first",  # [places]
        "bay_n",
        "bay_s",  # [places, kinds]
        "route_n",
        "route_server",
        "route_drive",  # [routes, most crossings + 1, kinds]
        "fetch",  # [places, places] route or -1
        "carry_ptr",  # [places + 1]
        "carry_route",
        "carry_to",
        "carry_corridor",
        "team_s",  # [places, places] seconds of a team
        "size",  # [kinds, places] vehicles of a convoy
        "sizes",  # least convoy, spacing, teams, places, moments, their step, bays, gates
    ],
)

Drawn = namedtuple(  # noqa: PYI024 - as above
    "Drawn",
    [
        "persons",  # [n, groups]
        "refusing",  # [n, groups]
        "part",  # [n, groups] share of the group that is let go
        "late",  # [n, sides] seconds
        "side_first",  # [sides] first planned departure of the side
        "side_cells",  # [sides, cells] 1 where the cell is of the side
        "halts",  # 1: a step delivered in part is never over
        "boarding",  # [n] factor of times
        "driving",  # [n]
        "inspecting",  # [n, servers]
        "lost",  # [n, vehicles] rotation from which a vehicle is missing
        "stop_on",  # [n, k] suspensions in order
        "stop_off",
        "hold_gap",  # [n, crossings, k] time to the next hold
        "hold_s",
        "snow_on",  # [n, w]
        "snow_off",
        "snow_factor",  # of times
    ],
)

State = namedtuple(  # noqa: PYI024 - as above
    "State",
    [
        "veh_free",
        "veh_place",
        "veh_turn",
        "team_free",
        "team_place",
        "server_free",
        "bay_free",
        "hold_next",
        "hold_k",
        "waiting",  # [cells] people beyond the timetable
        "room",
    ],
)

Tally = namedtuple(  # noqa: PYI024 - as above
    "Tally",
    [
        "curve",  # [moments + 1] persons by the moment from which they count
        "late",  # [groups]
        "last",  # [1] last arrival
    ],
)


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
        middle = (low + high) // 2
        if ends[middle] < t:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, inline="always")
def _inspection(k, high, open_from, open_to, t, d, on, off):
    """Return when an inspection of d seconds begins and ends; suspensions break it off.

    It takes place within one stretch of open time, of k to ``high``; a suspension stops the work,
    which goes on afterwards if the stretch lasts, and else is done anew.
    """
    begin = end = INF
    k = _first_open(t, k, high, open_to)
    while k < high:
        at = _resumed(max(t, open_from[k]), on, off)
        if at <= open_to[k]:
            done = at + d
            for s in range(on.size):
                if on[s] >= done:
                    break
                if on[s] >= at:
                    done += off[s] - on[s]
            if done <= open_to[k]:
                begin, end = at, done
                break
        k += 1
    return begin, end


@njit(cache=True, inline="always")
def _drive_s(drive, n, change_at, change_col, t, pace, snow_on, snow_off, snow_factor):
    """Return the seconds of drive n that begins at t."""
    col = 0
    if change_at.size:
        col = change_col[np.searchsorted(change_at, t, side="right")]
    seconds = drive[n, col] * pace
    for w in range(snow_on.size):
        if snow_on[w] <= t < snow_off[w]:
            seconds *= snow_factor[w]
    return seconds


@njit(cache=True)
def _in_hours(drive, n, changes, moves, t, pace, on, off, snow):
    """Return when drive n begins and ends, within one stretch in which wheels may turn."""
    move_from, move_to = moves
    k = _first_open(t, 0, move_to.size, move_to)
    while k < move_to.size:
        begin = _resumed(max(t, move_from[k]), on, off)
        if begin <= move_to[k]:
            end = begin + _drive_s(
                drive, n, changes[0], changes[1], begin, pace, snow[0], snow[1], snow[2]
            )
            if end <= move_to[k]:
                return begin, end
        k += 1
    return INF, INF


@njit(cache=True, inline="always")
def _departure(drive, n, bound, changes, moves, t, pace, on, off, snow):
    """Return when drive n begins and ends, that may begin at t at the earliest.

    ``bound`` says whether it has to lie in hours of movement.
    """
    begin = _resumed(t, on, off)
    if bound:
        begin, end = _in_hours(drive, n, changes, moves, begin, pace, on, off, snow)
    elif begin < INF:
        end = begin + _drive_s(
            drive, n, changes[0], changes[1], begin, pace, snow[0], snow[1], snow[2]
        )
    else:
        end = INF
    return begin, end


@njit(cache=True, inline="always")
def _held(next_, k, gap, length, c, begin, end):
    """Return when a crossing is free again: held if the time of a hold has come."""
    if begin >= next_[c]:
        end += length[c, k[c]]
        k[c] += 1
        next_[c] = end + gap[c, k[c]] if k[c] < gap.shape[1] else INF
    return end


@njit(cache=True)
def _split(total, shares, first, last, out):
    """Split people by shares and largest remainders into ``out[first:last]``."""
    given = 0
    for k in range(first, last):
        out[k] = int(np.floor(shares[k] * total + 1e-9))
        given += out[k]
    while given < total:
        best, most = -1, -1.0
        for k in range(first, last):
            rest = shares[k] * total - out[k]
            if rest > most + 1e-9:
                best, most = k, rest
        out[best] += 1
        given += 1


@njit(cache=True)
def _count(tb, dr, i, at_place, willing, going):
    """Fill the willing and those of them who are let go, by cell; return those who refuse."""
    refused = 0
    for g in range(tb.group_ptr.size - 1):
        first, last = tb.group_ptr[g], tb.group_ptr[g + 1]
        _split(int(dr.persons[i, g]), tb.place_share, first, last, at_place)
        for p in range(first, last):
            no = int(np.floor(at_place[p] * dr.refusing[i, g] + 1e-9))
            refused += no
            _split(at_place[p] - no, tb.cell_share, tb.place_ptr[p], tb.place_ptr[p + 1], willing)
            for c in range(tb.place_ptr[p], tb.place_ptr[p + 1]):
                going[c] = int(np.floor(willing[c] * dr.part[i, g] + 1e-9))
    return refused


@njit(cache=True)
def _present(tb, lost, load):
    """Return how many vehicles of a load are still there."""
    rot, kind, there = tb.load_rot[load], tb.load_kind[load], 0
    for k in range(tb.rot_ptr[rot], tb.rot_ptr[rot + 1]):
        v = tb.rot_vehicle[k]
        if tb.veh_kind[v] == kind and tb.rot_turn[k] < lost[v]:
            there += 1
    return there


@njit(cache=True)
def _board_people(tb, lost, any_lost, going, fate, waiting, room, taken, extra, aboard):
    """Fill the seats of the rotations that go, in planned order; the rest is left waiting.

    People of the plan take the seats planned for them. Those beyond it, or whose vehicle was lost,
    take seats that are free in later vehicles which suit them.
    """
    pool = np.empty(going.size, np.int64)
    for c in range(going.size):
        pool[c] = min(going[c], tb.cell_planned[c])
        waiting[c] = going[c] - pool[c]
    aboard[:] = 0
    beyond = waiting.sum()
    for load in range(tb.load_rot.size):
        rot = tb.load_rot[load]
        first, last = tb.load_ptr[load], tb.load_ptr[load + 1]
        if fate[rot] == NOT_YET:
            continue
        there = _present(tb, lost, load) if any_lost else tb.load_n[load]
        seats = there * tb.kind_seats[tb.load_kind[load]]
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
    for c in range(going.size):
        waiting[c] += pool[c]  # of rotations that have not begun


@njit(cache=True)
def _credit(tb, tally, cell, persons, arrive):
    """Count people who arrive."""
    if arrive < INF:
        step = tb.sizes[5]
        at = int(np.ceil(arrive / step))
        tally.curve[min(max(at, 0), tb.sizes[4])] += persons
        tally.last[0] = max(tally.last[0], arrive)
        if arrive > tb.cell_limit[cell]:
            tally.late[tb.cell_group[cell]] += persons
    else:
        tally.last[0] = INF
        tally.late[tb.cell_group[cell]] += persons


@njit(cache=True)
def carry_out(tb, dr, i, on, off, until, st, lost, any_lost, fate, short, work):
    """Follow the steps of the timetable; rotations that would begin at ``until`` or later do not.

    ``fate`` [rotations] says on entry which are cancelled, on return what became of each. Returns
    the arrivals in ``work`` and the state in ``st``.
    """
    # Named one by one: a tuple of arrays costs more to pass, or to look into, than a step.
    position, full, arrived, event_leave, event_arrive, begun = work
    step_kind, step_rot, step_a, step_b = tb.step_kind, tb.step_rot, tb.step_a, tb.step_b
    step_floor, step_s, step_turn = tb.step_floor, tb.step_s, tb.step_turn
    step_gate, step_low, step_high = tb.step_gate, tb.step_low, tb.step_high
    wait_ptr, wait_event, wait_arrival = tb.wait_ptr, tb.wait_event, tb.wait_arrival
    rot_ptr, rot_vehicle, rot_turn, rot_team = tb.rot_ptr, tb.rot_vehicle, tb.rot_turn, tb.rot_team
    drive, drive_moves = tb.drive, tb.drive_moves
    open_ptr, open_from, open_to = tb.open_ptr, tb.open_from, tb.open_to
    changes, moves = (tb.change_at, tb.change_col), (tb.move_from, tb.move_to)
    veh_free, bay_free, server_free = st.veh_free, st.bay_free, st.server_free
    pace, boarding, inspecting = dr.driving[i], dr.boarding[i], dr.inspecting[i]
    snow = dr.snow_on[i], dr.snow_off[i], dr.snow_factor[i]
    hold_gap, hold_s = dr.hold_gap[i], dr.hold_s[i]
    spacing, hours = tb.sizes[1], tb.move_to.size > 0
    full[:] = 0.0
    arrived[:] = INF
    begun[:] = -INF
    for e in range(event_leave.size):
        never = short[tb.event_rot[e]]
        event_leave[e] = event_arrive[e] = INF if never else -INF
    for o in range(step_kind.size):
        r = step_rot[o]
        if fate[r] != GOES:
            continue
        kind = step_kind[o]
        if kind == BOARD:
            v = step_b[o]
            if any_lost and step_turn[o] >= lost[v]:
                continue
            t = max(step_floor[o], position[r], veh_free[v])
            bay = step_a[o]
            if bay >= 0:
                t = max(t, bay_free[bay])
            gate = step_gate[o]
            if gate >= 0:
                for k in range(gate, gate + step_high[o]):
                    t = max(t, begun[k])
                begun[gate + step_low[o]] = max(t, begun[gate + step_low[o]])
                begun[gate + step_high[o]] = max(t, begun[gate + step_high[o]])
            t += step_s[o] * boarding
            if bay >= 0:
                bay_free[bay] = t
            full[r] = max(full[r], t)
        elif kind == UNLOAD:
            v = step_b[o]
            if any_lost and step_turn[o] >= lost[v]:
                continue
            bay = step_a[o]
            t = max(step_floor[o], position[r], bay_free[bay]) + step_s[o] * boarding
            bay_free[bay] = t
            veh_free[v] = max(veh_free[v], t)
        elif kind == INSPECT:
            server = step_a[o]
            c = server // 2
            t = max(step_floor[o], position[r], server_free[server] + spacing)
            d = step_s[o]
            if any_lost:
                d = 0.0
                for k in range(rot_ptr[r], rot_ptr[r + 1]):
                    if rot_turn[k] < lost[rot_vehicle[k]]:
                        d += tb.inspect[server, tb.veh_kind[rot_vehicle[k]]]
            d *= inspecting[server]
            begin, end = _inspection(
                open_ptr[c], open_ptr[c + 1], open_from, open_to, t, d, on, off
            )
            if begin == INF:
                _stuck(tb, st, r, fate, event_leave, event_arrive)
                continue
            if server % 2 == 0:
                end = _held(st.hold_next, st.hold_k, hold_gap, hold_s, c, begin, end)
            server_free[server] = end
            position[r] = end
        elif kind == LEAVE:
            t = max(step_floor[o], position[r])
            if step_b[o]:
                t = max(t, full[r], _late(tb, dr, i, r))
            for k in range(wait_ptr[o], wait_ptr[o + 1]):
                e = wait_event[k]
                t = max(t, event_arrive[e] if wait_arrival[k] else event_leave[e])
            n = step_a[o]
            t, end = _departure(
                drive, n, hours and drive_moves[n], changes, moves, t, pace, on, off, snow
            )
            e = tb.step_event[o]
            if e >= 0 and not short[r]:
                event_leave[e], event_arrive[e] = t, end
            if t == INF:
                _stuck(tb, st, r, fate, event_leave, event_arrive)
                continue
            position[r] = end
        elif kind == BEGIN:
            t = step_floor[o]
            team = rot_team[r]
            if team >= 0:
                t = max(t, st.team_free[team] + tb.rot_gap[r] * pace)
            n = step_a[o]
            end = t
            if n >= 0:
                for k in range(rot_ptr[r], rot_ptr[r + 1]):
                    if not any_lost or rot_turn[k] < lost[rot_vehicle[k]]:
                        t = max(t, veh_free[rot_vehicle[k]])
                t, end = _departure(
                    drive, n, hours and drive_moves[n], changes, moves, t, pace, on, off, snow
                )
            if t == INF:
                _stuck(tb, st, r, fate, event_leave, event_arrive)
                continue
            if t >= until:
                fate[r] = NOT_YET
                continue
            position[r] = end
            for k in range(rot_ptr[r], rot_ptr[r + 1]):
                st.veh_turn[rot_vehicle[k]] = rot_turn[k] + 1
        else:
            arrived[r] = position[r]
            team = rot_team[r]
            if team >= 0:
                st.team_free[team] = arrived[r]
                st.team_place[team] = tb.rot_to[r]
            for k in range(rot_ptr[r], rot_ptr[r + 1]):
                v = rot_vehicle[k]
                st.veh_place[v] = tb.rot_to[r]
                veh_free[v] = INF if tb.kind_once[tb.veh_kind[v]] else arrived[r]


@njit(cache=True)
def _late(tb, dr, i, r):
    """Return before when a convoy may not depart because its side moves late."""
    t, side, bits = 0.0, 0, tb.rot_side[r]
    while bits:
        if bits & 1 and dr.late[i, side] > 0.0:
            t = max(t, dr.side_first[side] + dr.late[i, side])
        bits >>= 1
        side += 1
    return t


@njit(cache=True)
def _stuck(tb, st, r, fate, event_leave, event_arrive):
    """A convoy stands for ever: nothing after it happens, and its vehicles and team are gone."""
    fate[r] = NEVER
    for k in range(tb.rot_ptr[r], tb.rot_ptr[r + 1]):
        st.veh_free[tb.rot_vehicle[k]] = INF
    if tb.rot_team[r] >= 0:
        st.team_free[tb.rot_team[r]] = INF
    for e in range(event_leave.size):
        if tb.event_rot[e] == r and event_arrive[e] == -INF:
            event_leave[e] = event_arrive[e] = INF


@njit(cache=True)
def _ride(tb, dr, i, route, kind, m, t, inward, st, on, off):
    """Drive a convoy along a route from t on; return when it is there."""
    pace, hours = dr.driving[i], tb.move_to.size > 0
    changes, moves = (tb.change_at, tb.change_col), (tb.move_from, tb.move_to)
    snow = dr.snow_on[i], dr.snow_off[i], dr.snow_factor[i]
    for j in range(tb.route_n[route] + 1):
        if j > 0:
            server = tb.route_server[route, j - 1] + inward
            c = server // 2
            d = m * tb.inspect[server, kind] * dr.inspecting[i, server]
            t = max(t, st.server_free[server] + tb.sizes[1])
            begin, t = _inspection(
                tb.open_ptr[c], tb.open_ptr[c + 1], tb.open_from, tb.open_to, t, d, on, off
            )
            if t == INF:
                return INF
            if not inward:
                t = _held(st.hold_next, st.hold_k, dr.hold_gap[i], dr.hold_s[i], c, begin, t)
            st.server_free[server] = t
        n = tb.route_drive[route, j, kind]
        _, t = _departure(
            tb.drive, n, hours and tb.drive_moves[n], changes, moves, t, pace, on, off, snow
        )
        if t == INF:
            return INF
    return t


@njit(cache=True)
def _guess(tb, dr, i, route, kind, m, t, inward, st):
    """Return about when a convoy is there, leaving windows and suspensions out."""
    t += tb.drive[tb.route_drive[route, 0, kind], 0] * dr.driving[i]
    for j in range(tb.route_n[route]):
        server = tb.route_server[route, j] + inward
        d = m * tb.inspect[server, kind] * dr.inspecting[i, server]
        t = max(t, st.server_free[server] + tb.sizes[1]) + d
        t += tb.drive[tb.route_drive[route, j + 1, kind], 0] * dr.driving[i]
    return t


@njit(cache=True)
def _fits(tb, cell, kind, to, corridor):
    bit = np.int64(1)
    return (
        tb.cell_kinds[cell] & (bit << kind)
        and tb.cell_to[cell] & (bit << to)
        and tb.cell_corridors[cell] & (bit << corridor)
    )


@njit(cache=True)
def _line_up(tb, st, lost, any_lost, line, line_n):
    """Put the vehicles that can still go into lines by type and place, the first free first."""
    places = tb.sizes[3]
    line_n[:] = 0
    for v in range(tb.veh_kind.size):
        free = st.veh_free[v]
        if free == INF or (any_lost and st.veh_turn[v] >= lost[v]):
            continue
        at = tb.veh_kind[v] * places + st.veh_place[v]
        n = line_n[at]
        if n == line.shape[1]:
            if free >= st.veh_free[line[at, n - 1]]:
                continue
            n -= 1
        else:
            line_n[at] = n + 1
        while n > 0 and st.veh_free[line[at, n - 1]] > free:
            line[at, n] = line[at, n - 1]
            n -= 1
        line[at, n] = v


@njit(cache=True)
def _choose(tb, dr, i, st, line, line_n, rule, choice):
    """Choose the next convoy; return whether there is one, and put it into ``choice``."""
    places, best = tb.sizes[3], INF
    for p in range(places):
        for option in range(tb.carry_ptr[p], tb.carry_ptr[p + 1]):
            to, corridor = tb.carry_to[option], tb.carry_corridor[option]
            for kind in range(tb.kind_seats.size):
                seats, persons, rank = tb.kind_seats[kind], 0, 0
                for k in range(tb.cell_order.size - 1, -1, -1):
                    c = tb.cell_order[k]
                    if st.waiting[c] and tb.cell_place[c] == p and _fits(tb, c, kind, to, corridor):
                        persons += st.waiting[c]
                        rank = k
                persons = min(persons, st.room[to])
                if persons <= 0 or seats == 0:
                    continue
                most = max(min(-(-persons // seats), tb.size[kind, p]), tb.sizes[0])
                for place in range(places):
                    fetch = tb.fetch[place, p]
                    n = line_n[kind * places + place]
                    if n < tb.sizes[0] or n == 0 or (fetch < 0 and place != p):
                        continue
                    m = min(n, most)
                    t = st.veh_free[line[kind * places + place, m - 1]]
                    if place != p:
                        t = _guess(tb, dr, i, fetch, kind, m, t, 1, st)
                    bays = max(tb.bay_n[p], 1)
                    t += -(-m // bays) * tb.bay_s[p, kind] * dr.boarding[i]
                    t = _guess(tb, dr, i, tb.carry_route[option], kind, m, t, 0, st)
                    if rule == 1:
                        server = tb.route_server[tb.carry_route[option], 0]
                        taking = m * tb.inspect[server, kind] + tb.sizes[1] + 1
                        t -= 1e9 * min(persons, m * seats) / taking
                    elif rule == 2:
                        t += 1e9 * rank
                    if t < best:
                        best = t
                        choice[0], choice[1], choice[2], choice[3] = kind, place, p, option
                        choice[4] = m
    return best < INF


@njit(cache=True)
def _earliest_bay(st, first, n):
    best = first
    for bay in range(first + 1, first + n):
        if st.bay_free[bay] < st.bay_free[best]:
            best = bay
    return best


@njit(cache=True)
def dispatch(tb, dr, i, on, off, until, st, lost, any_lost, rule, tally, line, line_n):
    """Send convoys for those who wait until all are gone, or the next would begin at ``until``."""
    choice = np.zeros(5, np.int64)
    pace, boarding = dr.driving[i], dr.boarding[i]
    while st.waiting.sum() > 0:
        _line_up(tb, st, lost, any_lost, line, line_n)
        if not _choose(tb, dr, i, st, line, line_n, rule, choice):
            return
        kind, place, p, option, m = choice
        row = line[kind * tb.sizes[3] + place]
        route, to = tb.carry_route[option], tb.carry_to[option]
        ready, team = st.veh_free[row[m - 1]], -1
        if tb.sizes[2] > 0:
            come = INF
            for k in range(st.team_free.size):
                way = tb.team_s[st.team_place[k], place] if st.team_place[k] >= 0 else 0
                at = st.team_free[k] + way * pace
                if at < come:
                    come, team = at, k
            if team < 0:
                return
            ready = max(ready, come)
        if place != p:
            snow = dr.snow_on[i], dr.snow_off[i], dr.snow_factor[i]
            n = tb.route_drive[tb.fetch[place, p], 0, kind]
            ready, _ = _departure(
                tb.drive,
                n,
                tb.move_to.size > 0 and tb.drive_moves[n],
                (tb.change_at, tb.change_col),
                (tb.move_from, tb.move_to),
                ready,
                pace,
                on,
                off,
                snow,
            )
        if ready >= until or ready == INF:
            return
        t = ready
        if place != p:
            t = _ride(tb, dr, i, tb.fetch[place, p], kind, m, t, 1, st, on, off)
        full = t
        if t < INF:
            for k in range(m):
                if place == p and tb.kind_once[kind] and tb.bay_n[p] == 0:
                    full = max(full, t + tb.bay_s[p, kind] * boarding)
                    continue
                bay = _earliest_bay(st, tb.bay_first[p], tb.bay_n[p])
                end = max(t, st.bay_free[bay], st.veh_free[row[k]]) + tb.bay_s[p, kind] * boarding
                st.bay_free[bay] = end
                full = max(full, end)
            t = _ride(tb, dr, i, route, kind, m, full, 0, st, on, off)
        seats = min(m * tb.kind_seats[kind], st.room[to])
        for k in range(tb.cell_order.size):
            c = tb.cell_order[k]
            if seats and st.waiting[c] and tb.cell_place[c] == p:
                if _fits(tb, c, kind, to, tb.carry_corridor[option]):
                    got = min(seats, st.waiting[c])
                    seats -= got
                    st.waiting[c] -= got
                    st.room[to] -= got
                    _credit(tb, tally, c, got, t)
        for k in range(m):
            v = row[k]
            free = INF
            if t < INF and not tb.kind_once[kind]:
                bay = _earliest_bay(st, tb.bay_first[to], tb.bay_n[to])
                free = max(t, st.bay_free[bay]) + tb.bay_s[to, kind] * boarding
                st.bay_free[bay] = free
            st.veh_free[v] = free
            st.veh_place[v] = to
            st.veh_turn[v] += 1
        if team >= 0:
            st.team_free[team], st.team_place[team] = t, to


@njit(cache=True)
def _reset(tb, dr, i, st):
    st.veh_free[:] = 0.0
    st.veh_place[:] = tb.veh_place
    st.veh_turn[:] = 0
    st.team_free[:] = 0.0
    st.team_place[:] = -1
    st.server_free[:] = -INF
    st.bay_free[:] = 0.0
    st.hold_k[:] = 0
    for c in range(st.hold_next.size):
        st.hold_next[c] = dr.hold_gap[i, c, 0] if dr.hold_gap.shape[2] else INF
    st.room[:] = tb.room


@njit(cache=True)
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


@njit(cache=True)
def _credit_all(tb, tally, taken, extra, fate, arrived):
    """Count the people in the rotations of the timetable."""
    for load in range(tb.load_rot.size):
        r = tb.load_rot[load]
        at = arrived[r] if fate[r] == GOES else INF
        for k in range(tb.load_ptr[load], tb.load_ptr[load + 1]):
            if taken[k]:
                _credit(tb, tally, tb.item_cell[k], taken[k], at)
        for k in range(tb.fit_ptr[load], tb.fit_ptr[load + 1]):
            if extra[k]:
                _credit(tb, tally, tb.fit_cell[k], extra[k], at)


@njit(cache=True)
def run(tb, dr, clearance, in_time, left, curve, refused):
    """Carry the timetable out in each of n futures, slipping; fill the columns of the outcomes."""
    cells, rots, events = tb.cell_group.size, tb.rot_team.size, tb.event_rot.size
    places, kinds = tb.sizes[3], tb.kind_seats.size
    st = State(
        np.zeros(tb.veh_kind.size),
        np.zeros(tb.veh_kind.size, np.int64),
        np.zeros(tb.veh_kind.size, np.int64),
        np.zeros(tb.sizes[2]),
        np.zeros(tb.sizes[2], np.int64),
        np.zeros(tb.inspect.shape[0]),
        np.zeros(tb.sizes[6]),
        np.zeros(tb.inspect.shape[0] // 2),
        np.zeros(tb.inspect.shape[0] // 2, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(places, np.int64),
    )
    tally = Tally(
        np.zeros(curve.shape[1] + 1, np.int64), np.zeros(left.shape[1], np.int64), np.zeros(1)
    )
    work = (
        np.zeros(rots),
        np.zeros(rots),
        np.zeros(rots),
        np.zeros(events),
        np.zeros(events),
        np.zeros(tb.sizes[7]),
    )
    fate, aboard = np.zeros(rots, np.int64), np.zeros(rots, np.int64)
    short = np.zeros(rots, np.bool_)
    taken, extra = np.zeros(tb.item_cell.size, np.int64), np.zeros(tb.fit_cell.size, np.int64)
    willing, going = np.zeros(cells, np.int64), np.zeros(cells, np.int64)
    at_place = np.zeros(tb.place_share.size, np.int64)
    line = np.zeros((kinds * places, max(1, tb.size.max())), np.int64)
    line_n = np.zeros(kinds * places, np.int64)
    for i in range(clearance.size):
        on, off, lost = dr.stop_on[i], dr.stop_off[i], dr.lost[i]
        any_lost = lost.min() < FAR if lost.size else False
        tally.curve[:] = 0
        tally.late[:] = 0
        tally.last[0] = 0.0
        _reset(tb, dr, i, st)
        refused[i] = _count(tb, dr, i, at_place, willing, going)
        fate[:] = GOES
        extra[:] = 0
        _board_people(tb, lost, any_lost, going, fate, st.waiting, st.room, taken, extra, aboard)
        _cancel(tb, dr, willing, going, taken, aboard, fate, short)
        carry_out(tb, dr, i, on, off, INF, st, lost, any_lost, fate, short, work)
        _credit_all(tb, tally, taken, extra, fate, work[2])
        if st.waiting.sum() > 0:
            dispatch(tb, dr, i, on, off, INF, st, lost, any_lost, 0, tally, line, line_n)
        for c in range(cells):
            never = st.waiting[c] + willing[c] - going[c]
            if never:
                _credit(tb, tally, c, never, INF)
        clearance[i] = tally.last[0]
        people = willing.sum()
        in_time[i] = people - tally.late.sum()
        left[i] = tally.late
        out = 0
        for k in range(curve.shape[1]):
            out += tally.curve[k]
            curve[i, k] = out
