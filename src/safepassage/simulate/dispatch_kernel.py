"""Convoys without a timetable: the next one that can be at safety first, and rules like it.

What happens is defined in ``docs/design/simulation-model.md``.
"""

from __future__ import annotations

from safepassage.simulate.compiling import bare, inlined
from safepassage.simulate.passing_kernel import credit, departure, pass_crossing, resumed
from safepassage.simulate.slip_tables import INF

__all__ = ["dispatch"]


@inlined
def _guess(tb, pace, inspecting, server_free, route, kind, m, t, inward):
    """Return about when a convoy is there, leaving windows and suspensions out."""
    t += tb.drive[tb.route_drive[route, 0, kind], 0] * pace
    for j in range(tb.route_n[route]):
        server = tb.route_server[route, j] + inward
        d = m * tb.inspect[server, kind] * inspecting[server]
        t = max(t, server_free[server] + tb.sizes[1]) + d
        t += tb.drive[tb.route_drive[route, j + 1, kind], 0] * pace
    return t


@bare
def _line_up(tb, kind, st, lost, line, line_n):
    """Put the vehicles of a type that can still go into lines by place, the first free first."""
    places = tb.sizes[3]
    veh_free, veh_place, veh_turn = st.veh_free, st.veh_place, st.veh_turn
    base = kind * places
    line_n[base : base + places] = 0
    for v in range(tb.kind_ptr[kind], tb.kind_ptr[kind + 1]):
        free = veh_free[v]
        if free < INF and veh_turn[v] < lost[v]:
            at = base + veh_place[v]
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
def _paced_from(tb, st, suit, seats, counted):
    """Return when a convoy with so many seats keeps to every pace; with ``counted`` it goes."""
    t = -INF
    for pace in range(tb.pace_s.size):
        left, joining = seats, 0
        for k in range(tb.suit_ptr[suit], tb.suit_ptr[suit + 1]):
            cell = tb.suit_cell[k]
            got = min(left, st.waiting[cell])
            left -= got
            joining += got if tb.pace_cell[pace, cell] else 0
        if joining:
            periods = (st.paced[pace] + joining - 1) // tb.pace_persons[pace]
            t = max(t, periods * tb.pace_s[pace])
            if counted:
                st.paced[pace] += joining
    return t


@bare
def _choose(tb, dr, i, st, line, line_n, rule, choice):
    """Choose the next convoy; return whether there is one, and put it into ``choice``."""
    places, best, least = tb.sizes[3], INF, tb.sizes[0]
    pace, boarding, inspecting = dr.driving[i], dr.boarding[i], dr.inspecting[i]
    waiting, room, veh_free, server_free = st.waiting, st.room, st.veh_free, st.server_free
    carry_ptr, carry_to, carry_route = tb.carry_ptr, tb.carry_to, tb.carry_route
    suit_ptr, suit_cell, suit_rank = tb.suit_ptr, tb.suit_cell, tb.suit_rank
    fetch_route, kind_seats = tb.fetch, tb.kind_seats
    bay_n, bay_s, size, kinds = tb.bay_n, tb.bay_s, tb.size, tb.kind_seats.size
    for p in range(places):
        for option in range(carry_ptr[p], carry_ptr[p + 1]):
            to, route = carry_to[option], carry_route[option]
            for kind in range(kinds):
                seats, persons, rank, suit = kind_seats[kind], 0, -1, option * kinds + kind
                for k in range(suit_ptr[suit], suit_ptr[suit + 1]):
                    found = waiting[suit_cell[k]]
                    if found and rank < 0:
                        rank = suit_rank[k]
                    persons += found
                persons = min(persons, room[to])
                if persons <= 0 or seats == 0:
                    continue
                most = max(min(-(-persons // seats), size[kind, p]), least)
                for place in range(places):
                    at = kind * places + place
                    n = line_n[at]
                    if n == 0:
                        continue
                    fetch = fetch_route[place, p]
                    if fetch < 0 and place != p:
                        continue
                    if n < least:
                        # Others of any kind make the convoy up, and go along empty.
                        there = 0
                        for other in range(kinds):
                            there += line_n[other * places + place]
                        if there < least:
                            continue
                    m = min(n, most)
                    t = veh_free[line[at, m - 1]]
                    if place != p:
                        t = _guess(tb, pace, inspecting, server_free, fetch, kind, m, t, 1)
                    t += -(-m // max(bay_n[p], 1)) * bay_s[p, kind] * boarding
                    if tb.pace_s.size:
                        t = max(t, _paced_from(tb, st, suit, min(m * seats, room[to]), False))
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


@inlined
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
    veh_free, veh_place, veh_turn = st.veh_free, st.veh_place, st.veh_turn
    places, teams = tb.sizes[3], tb.sizes[2]
    server_free, bay_free, inspect = st.server_free, st.bay_free, tb.inspect
    route_n, route_server, route_drive = tb.route_n, tb.route_server, tb.route_drive
    team_free, team_place, team_s = st.team_free, st.team_place, tb.team_s
    bay_first, bay_n, bay_s = tb.bay_first, tb.bay_n, tb.bay_s
    waiting, room, once, kinds = st.waiting, st.room, tb.kind_once, tb.kind_seats.size
    for kind in range(kinds if rest > 0 else 0):
        _line_up(tb, kind, st, lost, line, line_n)
    while rest > 0:
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
            if half == 1 and tb.pace_s.size and t < INF:
                seats = min(m * tb.kind_seats[kind], room[to])
                t = max(t, _paced_from(tb, st, option * kinds + kind, seats, True))
            if half == 0 and place == p:
                t = resumed(t, on, off)
                if t >= until or t == INF:
                    return
            elif t < INF:
                route = tb.fetch[place, p] if half == 0 else tb.carry_route[option]
                for j in range(route_n[route] + 1):
                    if j > 0:
                        server = route_server[route, j - 1] + 1 - half
                        d = m * inspect[server, kind] * inspecting[server]
                        t = pass_crossing(tb, server, t, d, on, off, server_free, holds)
                    begin, t = departure(tb, dr, i, pace, route_drive[route, j, kind], t, on, off)
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
        suit = option * kinds + kind
        for k in range(tb.suit_ptr[suit], tb.suit_ptr[suit + 1]):
            c = tb.suit_cell[k]
            if seats and waiting[c]:
                got = min(seats, waiting[c])
                seats -= got
                rest -= got
                waiting[c] -= got
                room[to] -= got
                credit(tb.sizes, tb.cell_group, tb.cell_limit, tally, c, got, gone, t)
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
        _line_up(tb, kind, st, lost, line, line_n)
        if team >= 0:
            team_free[team], team_place[team] = t, to
