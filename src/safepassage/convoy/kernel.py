"""The compiled heart of the planner: from an order of departures to a timetable.

``decode`` takes tokens (pairs of assembly point and vehicle type) in order of precedence and gives
each the earliest rotation that the reservations made so far leave room for. Reservations are
calendars of busy time, so a later token may slip into a gap before an earlier one.

Everything is whole seconds in int64 arrays. The functions are compiled by numba and cached; they
hold no Python objects. ``tb`` and ``wk`` are
:class:`~safepassage.convoy.arrays.Tables` and :class:`~safepassage.convoy.arrays.Work`.
"""

from __future__ import annotations

import numpy as np

from safepassage.convoy.compiling import bare, entry, inner
from safepassage.convoy.loads_kernel import at_pace, count, invited
from safepassage.convoy.states_kernel import copy_state, fill

__all__ = [
    "FAR",
    "WISHES",
    "advance",
    "advance_rows",
    "begin",
    "complete",
    "copy",
    "decode",
    "reset",
]

FAR = 1 << 50
"""Later than any time."""

# Columns of Work.rec
UNIT, PAIR, TRIP, SIZE, IN_ROUTE, OUT_ROUTE, IN_ARRIVE, OUT_ARRIVE, FULL, TEAM = range(10)
# Row of the order; and of a mixed convoy: vehicles of the first type, pair of the others (or -1),
# their first load and how many they take
ROW, HOSTS, GUEST, GUEST_TRIP, GUEST_FULL = range(10, 15)
FIELDS = 15

NO_PACE = (0.0, 0.0)

# Columns of an order: pair, not before, way in and way out (-1: whichever arrives first), unit (-1:
# whichever is there first); the loaded leg departs not before, and leaves a crossing (a server) not
# before (linked steps); vehicles of a convoy formed anew of units of one (else not above 0), and a
# pair of the same place and class of loads whose vehicles go along, with how many (else 0); how
# long a convoy that is large enough waits for more vehicles (-1: for all that it asks for)
PAIR_OF, HOLD, WISH_IN, WISH_OUT, WISH_UNIT, HOLD_OUT, HOLD_AT, HELD_AT, CREW_OF = range(9)
GUEST_OF, GUESTS, PATIENCE = 9, 10, 11
WISHES = 12

NO_SERVER = -1
SEEN = 62
"""Places that are told apart by the bits of a number."""


@inner
def _column(tb, t):
    n = tb.cond_at.size
    if n == 1:
        return tb.cond_col[0]
    i = 0
    while i + 1 < n and tb.cond_at[i + 1] <= t:
        i += 1
    return tb.cond_col[i]


@inner
def _start_drive(tb, segment, kind, guest, t):
    """Earliest moment from ``t`` at which both types can drive the segment inside moving time."""
    n = tb.move_from.size
    i = 0
    if n > 1:
        i = np.searchsorted(tb.move_to, t, side="right")
    while i < n:
        t = max(t, tb.move_from[i])
        column = _column(tb, t)
        seconds = max(tb.drive[segment, kind, column], tb.drive[segment, guest, column])
        if t + seconds <= tb.move_to[i]:
            return t, seconds
        i += 1
        if i < n:
            t = tb.move_from[i]
    return FAR, 0


@inner
def _free(wk, c, t, length):
    """Earliest moment from ``t`` at which calendar ``c`` is free for ``length``."""
    n = wk.cal_n[c]
    ends = wk.cal_to[c]
    if n == 0 or ends[n - 1] <= t:
        return t
    lo, hi = 0, n
    while lo < hi:
        mid = (lo + hi) >> 1
        if ends[mid] <= t:
            lo = mid + 1
        else:
            hi = mid
    while lo < n and wk.cal_from[c, lo] < t + length:
        t = ends[lo]
        lo += 1
    return t


@inner
def _reserve(wk, c, start, end):
    """Mark time as busy, merging with what it touches; False when the calendar is full."""
    if end <= start:
        return True
    n = wk.cal_n[c]
    froms, tos = wk.cal_from[c], wk.cal_to[c]
    i = n
    while i > 0 and froms[i - 1] >= end:
        i -= 1
    left = i > 0 and tos[i - 1] == start
    right = i < n and froms[i] == end
    if left and right:
        tos[i - 1] = tos[i]
        for j in range(i, n - 1):
            froms[j] = froms[j + 1]
            tos[j] = tos[j + 1]
        wk.cal_n[c] = n - 1
    elif left:
        tos[i - 1] = end
    elif right:
        froms[i] = start
    else:
        if n >= froms.size:
            return False
        for j in range(n, i, -1):
            froms[j] = froms[j - 1]
            tos[j] = tos[j - 1]
        froms[i] = start
        tos[i] = end
        wk.cal_n[c] = n + 1
    return True


@inner
def _take(tb, wk, c, start, length):
    """Reserve a crossing or a bay; what takes no time still must not lie within another's time."""
    if length > 0:
        return _reserve(wk, c, start, start + length)
    if tb.timed[c] and _free(wk, c, start, 1) == start:
        return _reserve(wk, c, start, start + 1)
    return True


@inner
def _pass(tb, wk, server, t, length, gap):
    """Earliest start of an inspection from ``t``: crossing open, nobody else in it."""
    last = tb.open_ptr[server + 1]
    # Openings are few (days); halving without a slice costs less than a call.
    i, high = tb.open_ptr[server], last
    while i < high:
        mid = (i + high) >> 1
        if tb.open_to[mid] <= t:
            i = mid + 1
        else:
            high = mid
    while i < last:
        t = max(t, tb.open_from[i])
        if t + length <= tb.open_to[i]:
            t = _free(wk, server, t, length + gap)
            beat = tb.beat[server]
            if beat > 0:
                # A start off the beat would leave gaps that no vehicle fits.
                off = (t - tb.open_from[i]) % beat
                while off:
                    t = _free(wk, server, t + beat - off, length + gap)
                    off = (t - tb.open_from[i]) % beat
            if t + length <= tb.open_to[i]:
                return t
        while i < last and tb.open_to[i] < t + length:
            i += 1
    return FAR


@inner
def _travel(tb, wk, route, who, t, run, leg, keep, held=NO_SERVER, until=0):
    """Arrival of a convoy that may leave from ``t``; with ``keep`` the way is reserved.

    ``who``: type and number of its vehicles, and of those who go along. It does not leave the
    crossing ``held`` before ``until``.
    """
    kind, size, guest, guests = who
    gap = tb.sizes[0]
    n = tb.route_n[route]
    for j in range(n + 1):
        t, seconds = _start_drive(tb, tb.route_seg[route, j], kind, guest, t)
        if t >= FAR:
            return FAR
        if keep:
            if j == 0:
                wk.departs[run, leg] = t
            else:
                wk.stops[run, leg, j - 1, 3] = t
        t += seconds
        if j < n:
            server = tb.route_server[route, j]
            length = size * tb.inspect[server, kind] + guests * tb.inspect[server, guest]
            start = _pass(tb, wk, server, t, length, gap)
            if start >= FAR:
                return FAR
            if keep:
                wk.stops[run, leg, j, 0] = t
                wk.stops[run, leg, j, 1] = start
                wk.stops[run, leg, j, 2] = start + length
                if not _take(tb, wk, server, start, length + gap):
                    return FAR
            t = start + length
            if server == held:
                t = max(t, until)
    return t


@inner
def _best_way(tb, wk, ways, wish, who, t):
    best, chosen = FAR, -1
    if ways.size == 1:
        return ways[0]
    for route in ways:
        if route == wish:
            return route
    for route in ways:
        arrival = _travel(tb, wk, route, who, t, 0, 0, False)
        if arrival < best:
            best, chosen = arrival, route
    return chosen


@inner
def _bays(tb, wk, first, bays, seconds, vehicles, t, run, which):
    """Put vehicles of a convoy, from one to before another, on bays; when the last is done."""
    done = t
    for v in range(vehicles[0], vehicles[1]):
        best, bay = FAR, 0
        for b in range(bays):
            start = _free(wk, first + b, t, seconds)
            if start < best:
                best, bay = start, b
                if start == t:
                    break
        if best >= FAR or not _take(tb, wk, first + bay, best, seconds):
            return FAR
        wk.bays[run, which, v, 0] = bay
        wk.bays[run, which, v, 1] = best
        wk.bays[run, which, v, 2] = best + seconds
        done = max(done, best + seconds)
    return done


@inner
def _choose_unit(tb, place, kind, free, source, used, hold):
    best, chosen = FAR, -1
    for u in range(tb.unit_kind.size):
        if tb.unit_kind[u] != kind or used[u]:
            continue
        s = source[u]
        if s < 0:
            if -1 - s != place:
                continue
            reach = max(free[u], hold)
        else:
            near = tb.near[s, place, kind]
            if near >= FAR:
                continue
            reach = max(free[u], hold) + near
        if reach < best:
            best, chosen = reach, u
    return chosen


@inner
def _earliest_unit(tb, kind, free, used, hold):
    best, chosen = FAR, -1
    for u in range(tb.unit_kind.size):
        if tb.unit_kind[u] == kind and not used[u] and max(free[u], hold) < best:
            best, chosen = max(free[u], hold), u
    return chosen


@inner
def _bay_start(wk, first, bays, seconds, t):
    best = FAR
    for b in range(bays):
        best = min(best, _free(wk, first + b, t, seconds))
        if best == t:
            break
    return best


@inner
def _least_waste(tb, wk, u, kind, at, source, t, pace):
    """Pair whose rotation by unit ``u`` would lose the least time to waiting.

    ``pace`` keeps the assembly points level: the price, in seconds, of a pair being ahead of its
    type by all its loads; and by how much a pair may lead for each second that it is farther than
    the mean. A rotation is costed against the reservations made so far.
    """
    places = tb.board_bays.size
    size = tb.unit_size[u]
    done = total = 0
    far = 0.0
    for q in range(at.size):
        if tb.pair_kind[q] == kind:
            loads = tb.trip_ptr[q + 1] - tb.trip_ptr[q]
            done += at[q] - tb.trip_ptr[q]
            total += loads
            far += loads * tb.far[tb.trip_class[tb.trip_ptr[q]], kind]
    far /= total
    best, chosen = 1e300, -1
    for q in range(at.size):
        left = tb.trip_ptr[q + 1] - at[q]
        if tb.pair_kind[q] != kind or left <= 0:
            continue
        place = tb.pair_place[q]
        s = source[u]
        if s < 0 and -1 - s != place:
            continue
        cls = tb.trip_class[at[q]]
        aboard = size if tb.unit_returns[u] else max(min(size, left), tb.sizes[1])
        who = (kind, aboard, kind, 0)
        least = tb.far[cls, kind]
        arrive = t
        if s >= 0:
            leg = s * places + place
            ways = tb.fetch[tb.fetch_ptr[leg] : tb.fetch_ptr[leg + 1]]
            arrive = FAR
            for route in ways:
                arrive = min(arrive, _travel(tb, wk, route, who, t, 0, 0, False))
            if arrive >= FAR:
                continue
            least += tb.near[s, place, kind]
            seconds = tb.board_s[place, kind]
            arrive = _bay_start(wk, tb.board_first[place], tb.board_bays[place], seconds, arrive)
            # A convoy larger than the bays boards in turns.
            arrive += seconds * ((aboard + tb.board_bays[place] - 1) // tb.board_bays[place])
        else:
            arrive += tb.board_s[place, kind]
        out = FAR
        for route in tb.carry[tb.carry_ptr[cls] : tb.carry_ptr[cls + 1]]:
            out = min(out, _travel(tb, wk, route, who, arrive, 0, 1, False))
        if out >= FAR:
            continue
        share = (at[q] - tb.trip_ptr[q]) / (tb.trip_ptr[q + 1] - tb.trip_ptr[q])
        # Far points are served ahead of near ones, so that the last vehicles have short ways.
        lead = pace[1] * (tb.far[cls, kind] - far)
        cost = out - t - least + pace[0] * (share - done / total - lead)
        if cost < best:
            best, chosen = cost, q
    return chosen


@inner
def _choose_team(tb, team_free, team_at, to, t):
    """Team that can be at ``to`` first, and when."""
    best, chosen = FAR, -1
    for i in range(team_free.size):
        move = 0
        if team_at[i] >= 0 and team_at[i] != to:
            move = tb.team_drive[team_at[i], to]
        ready = team_free[i] + move
        if max(ready, t) < best:
            best, chosen = max(ready, t), i
    return chosen, best


@inner
def reset(tb, wk):
    """Set the work area to the start of the operation."""
    wk.cal_n[:] = 0
    wk.unit_free[:] = 0
    wk.unit_used[:] = False
    fill(tb.unit_source, wk.unit_at)
    fill(tb.trip_ptr, wk.done)
    wk.last_begin[:] = 0
    wk.team_free[:] = 0
    wk.team_at[:] = -1
    wk.paced[:] = 0
    wk.tally[:] = 0


@inner
def _gather(tb, wk, source, kind, most, crew):
    """Put into ``crew`` those who are free first at a source; how many, and when the last is."""
    n = 0
    for u in range(tb.unit_kind.size):
        if tb.unit_kind[u] != kind or wk.unit_at[u] != source or wk.unit_used[u]:
            continue
        free, i = wk.unit_free[u], n
        while i > 0 and wk.unit_free[crew[i - 1]] > free:
            i -= 1
        if i < most:
            n = min(n + 1, most)
            for j in range(n - 1, i, -1):
                crew[j] = crew[j - 1]
            crew[i] = u
    return n, wk.unit_free[crew[n - 1]] if n else -1


@inner
def _form(tb, wk, place, kind, least, most, wish, crew):
    """Form a convoy of units of one vehicle that stand together and can reach ``place`` first.

    ``crew`` receives them, ``most`` or as many as stand there; returns how many, 0 where fewer
    than ``least``.
    """
    best, size, source = FAR, 0, -1
    seen = 0
    for u in range(tb.unit_kind.size):
        s = wk.unit_at[u]
        if tb.unit_kind[u] != kind or s < 0 or tb.near[s, place, kind] >= FAR:
            continue
        if s < SEEN and (seen >> s) & 1:
            continue
        seen |= 1 << min(s, SEEN)
        n, last = _gather(tb, wk, s, kind, most, crew)
        if n >= least and wish[PATIENCE] >= 0:
            until = max(wk.unit_free[crew[least - 1]], wish[HOLD]) + wish[PATIENCE]
            while n > least and wk.unit_free[crew[n - 1]] > until:
                n -= 1
            last = wk.unit_free[crew[n - 1]]
        if n >= least and max(last, wish[HOLD]) + tb.near[s, place, kind] < best:
            best, size = max(last, wish[HOLD]) + tb.near[s, place, kind], n
            source = s
    crew[:] = -1
    if size:
        _gather(tb, wk, source, kind, size, crew)
    return size


@inner
def _board(tb, wk, p, at, vehicles, t, run):
    """Board vehicles of a convoy for a pair; returns when the last of them is done."""
    place = tb.pair_place[p]
    seconds = tb.board_s[place, tb.pair_kind[p]]
    if tb.pair_ordered[p]:
        t = max(t, wk.last_begin[p])
    if at >= 0:
        first, bays = tb.board_first[place], tb.board_bays[place]
        t = _bays(tb, wk, first, bays, seconds, vehicles, t, run, 0)
    else:
        for v in range(vehicles[0], vehicles[1]):
            wk.bays[run, 0, v, 0] = -1
            wk.bays[run, 0, v, 1] = t
            wk.bays[run, 0, v, 2] = t + seconds
        t += seconds
    for v in range(vehicles[0], vehicles[1]):
        wk.last_begin[p] = max(wk.last_begin[p], wk.bays[run, 0, v, 1])
    return t


@inner
def _unload(tb, wk, to, kind, vehicles, t, run):
    first, bays = tb.unload_first[to], tb.unload_bays[to]
    return _bays(tb, wk, first, bays, tb.unload_s[to, kind], vehicles, t, run, 1)


@inner
def _more(tb, wk, kind):
    """How many loads of a type are left."""
    loads = 0
    for q in range(wk.done.size):
        if tb.pair_kind[q] == kind:
            loads += tb.trip_ptr[q + 1] - wk.done[q]
    return loads


@inner
def _rotate(tb, wk, p, u, wish, target):
    """Give unit ``u`` a rotation for pair ``p``; False where the horizon is too short.

    ``wish``: row of an order. Where it asks for a convoy formed anew, that goes instead of a unit.
    """
    places = tb.board_bays.size
    sources = tb.unload_bays.size
    place, kind = tb.pair_place[p], tb.pair_kind[p]
    at = wk.unit_at[u]
    run = wk.tally[4]
    trip = wk.done[p]
    cls = tb.trip_class[trip]
    crew = wk.crew[run]
    crew[:] = -1
    most = tb.unit_size[u]
    ready = wk.unit_free[u]
    q, guest, guests = -1, kind, 0
    if wish[CREW_OF] > 0:
        if wish[GUESTS] > 0:
            q = wish[GUEST_OF]
            guests = invited(tb, wk, q, cls, min(wish[GUESTS], crew.size - 1))
        least = max(1, tb.sizes[1] - guests)
        wanted = max(min(wish[CREW_OF], tb.trip_ptr[p + 1] - trip, crew.size - guests), least)
        most = _form(tb, wk, place, kind, least, wanted, wish, crew)
        if most == 0:
            return False
        u, ready = crew[0], wk.unit_free[crew[most - 1]]
        at = wk.unit_at[u]
        if guests > 0:
            guests, last = _gather(tb, wk, at, tb.pair_kind[q], guests, crew[most:])
            ready = max(ready, last)
            guest = tb.pair_kind[q] if guests > 0 else kind
            if most + guests < tb.sizes[1]:
                return False
    full = 1
    while full < most and trip + full < tb.trip_ptr[p + 1] and tb.trip_class[trip + full] == cls:
        full += 1
    hosts = max(full, tb.sizes[1])
    if crew[0] >= 0 or (tb.unit_returns[u] and _more(tb, wk, kind) > full):
        # A unit that comes again stays whole: whoever stayed behind would be missing next time.
        hosts = most
    size = hosts + guests
    who = (kind, hosts, guest, guests)
    t = max(ready, wish[HOLD])
    team = -1
    if tb.sizes[2] >= 0:
        team, t = _choose_team(tb, wk.team_free, wk.team_at, at if at >= 0 else sources + place, t)
        if team < 0:
            return False
    rec = wk.rec[run]
    rec[IN_ROUTE] = -1
    if at >= 0:
        leg = at * places + place
        ways = tb.fetch[tb.fetch_ptr[leg] : tb.fetch_ptr[leg + 1]]
        way = _best_way(tb, wk, ways, wish[WISH_IN], who, t)
        if way < 0:
            return False
        rec[IN_ROUTE] = way
        t = _travel(tb, wk, way, who, t, run, 0, True)
        if t >= FAR:
            return False
    rec[IN_ARRIVE] = t
    done = _board(tb, wk, p, at, (0, hosts), t, run)
    if guests > 0:
        done = max(done, _board(tb, wk, q, at, (hosts, size), t, run))
    if done >= FAR:
        return False
    t = done
    ways = tb.carry[tb.carry_ptr[cls] : tb.carry_ptr[cls + 1]]
    t = at_pace(tb, wk, trip, full, max(t, wish[HOLD_OUT]))
    joining = 0
    if guests > 0:
        joining = min(guests, tb.trip_ptr[q + 1] - wk.done[q])
        t = at_pace(tb, wk, wk.done[q], joining, t)
    way = _best_way(tb, wk, ways, wish[WISH_OUT], who, t)
    if way < 0:
        return False
    t = _travel(tb, wk, way, who, t, run, 1, True, wish[HELD_AT], wish[HOLD_AT])
    if t >= FAR:
        return False
    rec[UNIT], rec[PAIR], rec[TRIP], rec[SIZE], rec[FULL] = u, p, trip, size, full
    rec[OUT_ROUTE], rec[OUT_ARRIVE], rec[TEAM] = way, t, team
    rec[HOSTS], rec[GUEST], rec[GUEST_TRIP], rec[GUEST_FULL] = hosts, -1, 0, 0
    count(tb, wk, p, full, t, target)
    if guests > 0:
        rec[GUEST], rec[GUEST_TRIP], rec[GUEST_FULL] = q, wk.done[q], joining
        count(tb, wk, q, joining, t, target)
    to = tb.class_to[cls]
    if team >= 0:
        wk.team_free[team] = t
        wk.team_at[team] = to
    if tb.unit_source[u] >= 0 and tb.unload_bays[to] > 0:
        t = _unload(tb, wk, to, kind, (0, hosts), rec[OUT_ARRIVE], run)
        if guests > 0:
            t = max(t, _unload(tb, wk, to, guest, (hosts, size), rec[OUT_ARRIVE], run))
        if t >= FAR:
            return False
    wk.unit_free[u] = t
    wk.unit_at[u] = to
    if not tb.unit_returns[u]:
        wk.unit_used[u] = True
    for v in range(size if crew[0] >= 0 else 0):
        # Whoever has unloaded is free for another convoy.
        wk.unit_free[crew[v]] = wk.bays[run, 1, v, 2] if tb.unload_bays[to] > 0 else t
        wk.unit_at[crew[v]] = to
    wk.tally[4] = run + 1
    return True


@bare
def advance_rows(tb, wk, order, first, last, pace, target):
    """Decode rows ``first`` to ``last`` of an order on top of the state in ``wk``."""
    for i in range(first, last):
        p, hold = order[i, PAIR_OF], order[i, HOLD]
        if p < 0:
            kind = -1 - p
            u = _earliest_unit(tb, kind, wk.unit_free, wk.unit_used, hold)
            if u < 0:
                continue
            t = max(wk.unit_free[u], hold)
            p = _least_waste(tb, wk, u, kind, wk.done, wk.unit_at, t, pace)
            if p < 0:
                continue
        else:
            if wk.done[p] >= tb.trip_ptr[p + 1]:
                continue
            u = order[i, WISH_UNIT]
            if u < 0 and order[i, CREW_OF] <= 0:
                place, kind = tb.pair_place[p], tb.pair_kind[p]
                u = _choose_unit(tb, place, kind, wk.unit_free, wk.unit_at, wk.unit_used, hold)
                if u < 0:
                    return False
        if not _rotate(tb, wk, p, u, order[i], target):
            return False
        wk.rec[wk.tally[4] - 1, ROW] = i
    return True


@entry
def begin(tb, wk):
    """Set the work area to the start of the operation, for :func:`advance`."""
    reset(tb, wk)


@entry
def copy(src, dst):
    """Copy the state of one decode into another; records of rotations stay where they are."""
    copy_state(src, dst)


@entry
def advance(tb, wk, order, first, last, target):
    """Decode a stretch of an order after those before it; False where the horizon is too short."""
    return advance_rows(tb, wk, order, first, last, NO_PACE, target)


@inner
def complete(tb, wk):
    """Say whether all loads are under way."""
    for p in range(wk.done.size):
        if wk.done[p] < tb.trip_ptr[p + 1]:
            return False
    return True


@entry
def decode(tb, wk, order, pace, target):
    """Build the timetable of an order of rotations in ``wk``.

    ``wk.tally`` receives: people late, arrival of the last vehicle, person-seconds of waiting,
    vehicle-seconds of arrival beyond ``target``, number of rotations. Returns False where the
    horizon is too short or somebody is left behind.
    """
    reset(tb, wk)
    return advance_rows(tb, wk, order, 0, order.shape[0], pace, target) and complete(tb, wk)
