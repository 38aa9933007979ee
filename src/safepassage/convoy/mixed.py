"""Convoys of two types of vehicles.

The type with most to do, the *hosts*, goes in convoys smaller than the terms allow, which vehicles
of another type, the *guests*, make up. Where guests are inspected more quickly, every round of the
hosts is shorter; and guests take along people who would need seats of hosts.

Hosts go round in *lanes*: so many that pass the crossings one after another within a round, each
with as many vehicles all the time. Small lanes make rounds short, and more of them make the first
and the last ones longer apart; which are best is estimated, and some are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from safepassage.convoy.kernel import (
    CREW_OF,
    GUEST_OF,
    GUESTS,
    HELD_AT,
    HOLD,
    HOLD_AT,
    HOLD_OUT,
    NO_SERVER,
    PAIR_OF,
    WISHES,
    decode,
)
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board, build
from safepassage.convoy.trips import Trips, allot
from safepassage.convoy.units import Unit, form_units
from safepassage.instance import Cell, Demand, Operation, Route, VehicleKind

__all__ = ["Mixed", "Pairing", "form_mixed", "pairings"]

ALONG = 2
"""Guests in a convoy, at most."""
MOST_LANES = 12
"""Lanes, at most; with larger fleets crossings are what limits."""
LANES = 4
"""Ways to divide the hosts that are tried, at most."""
SHARES = 4
"""Ways to share people who may go with either type, at most."""
SPARE = 8
"""Rows of each pair beyond those that are needed."""
EVENLY, LAST = (0.0, 1.0), (2.0, 3.0)
"""Where in an order of rounds from 0 to 1 those stand who make one journey."""
LEVEL = 0.03
"""How much fuller a place without guests may be where a convoy of hosts alone goes there."""

Lanes = tuple[int, ...]
"""Hosts in each lane, the largest first."""


@dataclass(frozen=True)
class Pairing:
    """Hosts and guests, and what their convoys take."""

    host: VehicleKind
    guest: VehicleKind
    least: int
    """Vehicles of a convoy, at least."""
    most: int
    round_s: int
    """Seconds of a round of one host without its inspections."""
    own: tuple[int, int]
    """Seconds of inspections in a round: of a host, and of a guest."""
    passing: tuple[int, int, int]
    """Seconds at the crossing that takes longest: of a host, of a guest, and after each convoy."""
    rounds: float
    """Rounds of each host."""
    aside: int
    """Seconds at that crossing in each round that others need to pass at all, between hosts."""

    def guests(self, hosts: int) -> int:
        """Guests that make a convoy up."""
        return max(0, self.least - hosts)

    def waits(self, hosts: int) -> int:
        """Seconds of inspections in a round of a convoy."""
        return hosts * self.own[0] + self.guests(hosts) * self.own[1]

    def passes(self, hosts: int) -> int:
        """Seconds from the pass of one convoy to the next one's."""
        return hosts * self.passing[0] + self.guests(hosts) * self.passing[1] + self.passing[2]

    def lanes(self) -> list[Lanes]:
        """Ways to divide the hosts so that all pass within a round, the best by estimate first."""
        least = max(1, self.least - min(ALONG, self.guest.total))
        sizes = range(min(self.most, self.least + 1), least - 1, -1)
        room = self.round_s + self.waits(self.least) - self.aside
        found = self._divided(self.host.total, list(sizes), room, MOST_LANES)
        return sorted(found, key=lambda lanes: (self._estimate(lanes), lanes))[:LANES]

    def _divided(self, hosts: int, sizes: Sequence[int], room: int, most: int) -> Iterator[Lanes]:
        """Divide so many hosts into lanes of some sizes, at most so many, which pass in time."""
        if hosts == 0:
            yield ()
        elif sizes and hosts <= most * sizes[0]:
            first, *others = sizes
            yield from self._divided(hosts, others, room, most)
            left = room - self.passes(first)
            if hosts >= first and left >= 0:
                for rest in self._divided(hosts - first, sizes, left, most - 1):
                    yield (first, *rest)

    def _estimate(self, lanes: Lanes) -> float:
        """Seconds that lanes cost each host: waits in rounds, and in turn at both ends."""
        total = after = 0.0
        for hosts in lanes:
            total += hosts * (self.rounds * self.waits(hosts) + 2 * after)
            after += self.passes(hosts)
        return total / self.host.total


@dataclass(frozen=True)
class Mixed:
    """A timetable of mixed convoys, as an order for a board."""

    pairing: Pairing
    lanes: Lanes
    board: Board
    order: Order
    tally: Tally
    hosts: Mapping[int, int]
    """Loads of each pair of the hosts."""
    along: Mapping[int, int]
    """By pair of the hosts: the pair of guests at its place, if any."""


def pairings(op: Operation, demand: Demand, trips: Trips) -> list[Pairing]:
    """Types that may go with the type that has most to do."""
    if op.convoy_least < 2 or op.paces:
        return []
    loads: dict[str, dict[str, int]] = {}
    for p in trips.pairs:
        if op.kind(p.kind).returns and not op.kind(p.kind).own:
            loads.setdefault(p.kind, {})[p.place] = len(p.loads)
    work = {k: sum(places.values()) / op.kind(k).total for k, places in loads.items()}
    if not work:
        return []
    host = max(work, key=lambda k: (work[k], k))
    others = sorted(k.id for k in op.kinds if k.returns and not k.own and k.id != host)
    alone = [p.kind for p in trips.pairs if p.kind != host]
    made = (_paired(op, demand, host, k, loads[host], alone) for k in others)
    return [p for p in made if p is not None]


def _paired(
    op: Operation,
    demand: Demand,
    host: str,
    guest: str,
    loads: Mapping[str, int],
    alone: Sequence[str],
) -> Pairing | None:
    """Look at a pairing by the place with most loads where both may gather; None without any."""
    legs = [
        (loads[c.place], c.place, to)
        for c in demand.cells
        if guest in c.kinds and c.place in loads and op.kind(guest).total and op.kind(guest).seats
        for to in c.destinations
        if op.carry.get((c.place, to)) and op.fetch.get((to, c.place))
    ]
    if not legs:
        return None
    _, place, to = max(legs)

    def drive(route: Route) -> int:
        return sum(op.least_drive(s, host) for s in route.segments)

    out = min(op.carry[place, to], key=drive)
    back = min(op.fetch[to, place], key=drive)
    crossings = {c.id: c for c in op.crossings}
    outward = [crossings[c].out for c in out.crossings]
    times = [*outward, *(crossings[c].back for c in back.crossings)]
    nothing = dict.fromkeys((host, guest, *alone), 0)
    slowest = max(outward, key=lambda seconds: seconds[host], default=nothing)
    handled = next(a for a in op.assembly if a.id == place).handling[host]
    handled += next(d for d in op.reception if d.id == to).handling[host]
    return Pairing(
        host=op.kind(host),
        guest=op.kind(guest),
        least=op.convoy_least,
        most=op.convoy_most,
        round_s=drive(out) + drive(back) + handled,
        own=(sum(t[host] for t in times), sum(t[guest] for t in times)),
        passing=(slowest[host], slowest[guest], op.spacing),
        rounds=sum(loads.values()) / op.kind(host).total,
        aside=max((_largest(op, k) * slowest[k] + op.spacing for k in alone), default=0),
    )


def _largest(op: Operation, kind: str) -> int:
    """Vehicles in a convoy of a type that goes without hosts."""
    k = op.kind(kind)
    return op.convoy_least if k.returns and not k.own else min(op.convoy_most, k.total)


def form_mixed(op: Operation, demand: Demand, trips: Trips, horizon: int) -> list[Mixed]:
    """Form convoys of two types by one order each; the best first, empty where there are none.

    ``trips``: how people are shared among types where none go along with others. ``horizon``:
    seconds within which all have to be over.
    """
    found: list[Mixed] = []
    for pairing in pairings(op, demand, trips):
        lanes = pairing.lanes()
        for shared in _shares(op, demand, pairing) if lanes else ():
            found += _Layout.of(op, pairing, shared, horizon).tried(lanes)
    return sorted(found, key=lambda m: m.tally)


def _shares(op: Operation, demand: Demand, pairing: Pairing) -> Iterator[Trips]:
    """Share out people who may go with either type: few with hosts, then some loads more.

    With hosts go those who fill seats that would be empty, since a load more costs a round.
    """
    host, guest = pairing.host.id, pairing.guest.id
    either = [c for c in demand.cells if host in c.kinds and guest in c.kinds]
    others = [c for c in demand.cells if c not in either]
    alone = _allotted(op, demand, [*others, *(replace(c, kinds=(guest,)) for c in either)])
    if alone is None:
        return
    # Seats that would be empty, where hosts go at all.
    free = {
        p.place: sum(pairing.host.seats - load.total for load in p.loads)
        for p in alone.pairs
        if p.kind == host
    }
    known: list[Trips] = []
    for more in range(SHARES if free else 1):
        seats = dict(free)
        for _ in range(more):
            # A load more where most of them would need guests.
            place = max(free, key=lambda p: (_persons(either, p) - seats[p], p))
            seats[place] += pairing.host.seats
        shared = _allotted(op, demand, [*others, *_divided(either, seats, host, guest)])
        if shared is not None and shared not in known:
            known.append(shared)
            yield shared


def _persons(cells: Sequence[Cell], place: str) -> int:
    return sum(c.persons for c in cells if c.place == place)


def _divided(
    cells: Sequence[Cell], seats: Mapping[str, int], host: str, guest: str
) -> Iterator[Cell]:
    """Divide cells: so many of each place with hosts, the others with guests."""
    left = dict(seats)
    for c in cells:
        first = min(c.persons, left.get(c.place, 0))
        if first:
            left[c.place] -= first
            yield replace(c, kinds=(host,), persons=first)
        if c.persons > first:
            yield replace(c, kinds=(guest,), persons=c.persons - first)


def _allotted(op: Operation, demand: Demand, cells: Sequence[Cell]) -> Trips | None:
    """Allot cells to types; None where somebody is left."""
    trips = allot(op, replace(demand, cells=tuple(cells)))
    return None if trips.left else trips


@dataclass(frozen=True)
class _Layout:
    """A board of single vehicles, and which of its pairs go with which."""

    pairing: Pairing
    board: Board
    hosts: Mapping[int, int]
    """Loads of each pair of the hosts."""
    along: Mapping[int, int]
    """By pair of the hosts: the pair of guests at its place, if any."""

    @classmethod
    def of(cls, op: Operation, pairing: Pairing, trips: Trips, horizon: int) -> _Layout:
        """Lay out the arrays for loads."""
        together = {k.id for k in op.kinds if k.returns and not k.own}
        sizes = {k.id: op.convoy_most for k in op.kinds}
        units = [u for u in form_units(op, trips, sizes) if u.kind not in together]
        used = {p.kind for p in trips.pairs}
        units += [
            Unit(k.id, place, (n,), own=False, returns=True)
            for k in op.kinds
            if k.id in together & used
            for n, place in enumerate((p for p, count in k.counts for _ in range(count)), start=1)
        ]
        board = build(op, trips, units, horizon, anew=True)
        # On a beat convoys of different sizes would only wait longer.
        free = board.tables._replace(beat=np.zeros_like(board.tables.beat))
        at = {p.place: i for i, p in enumerate(trips.pairs) if p.kind == pairing.guest.id}
        hosts = {i: len(p.loads) for i, p in enumerate(trips.pairs) if p.kind == pairing.host.id}
        along = {i: at[p.place] for i in hosts if (p := trips.pairs[i]).place in at}
        return cls(pairing, replace(board, tables=free), hosts, along)

    def tried(self, lanes: Sequence[Lanes]) -> list[Mixed]:
        """Timetables for some choices of lanes; for the best of them also with others last."""
        made = [m for choice in lanes if (m := self._made(choice, EVENLY)) is not None]
        made.sort(key=lambda m: m.tally)
        last = self._made(made[0].lanes, LAST) if made else None
        return made if last is None or last.tally >= made[0].tally else [last, *made[1:]]

    def _made(self, lanes: Lanes, others: tuple[float, float]) -> Mixed | None:
        """Make one order; ``others``: where in it those stand who make one journey."""
        rows, left = self._rounds(lanes)
        order = self._order([*rows, *self._others(left, *others)])
        board = self.board
        if not decode(board.tables, board.work, order, (0.0, 0.0), 0):
            return None
        return Mixed(self.pairing, lanes, board, order, key(board), self.hosts, self.along)

    def _rounds(self, lanes: Lanes) -> tuple[list[_Row], dict[int, int]]:
        """Rows of the hosts, lane after lane; what is left of each pair.

        In each round small convoys go to the place that has most left, so that they stay as far
        apart as they are; large ones go where there are no guests, as long as that is level.
        """
        pairs = self.board.trips.pairs
        left = {p: len(pair.loads) for p, pair in enumerate(pairs)}
        chosen: list[tuple[int, int, int]] = []
        goal = -1
        for n, lane in enumerate(cycle(lanes)):
            open_ = [p for p in self.hosts if left[p] > 0]
            if not open_:
                break
            if n % len(lanes) == 0:
                goal = -1
            guests = self.pairing.guests(lane)
            p = self._place(open_, left, guests, goal)
            if guests and self._may_go(p, left, guests):
                goal = p
                left[self.along[p]] -= guests
                chosen.append((p, lane, guests))
            else:
                chosen.append((p, max(lane, self.pairing.least), 0))
            left[p] -= chosen[-1][1]
        return [(n / len(chosen), *row) for n, row in enumerate(chosen)], left

    def _may_go(self, p: int, left: Mapping[int, int], guests: int) -> bool:
        return p in self.along and left[self.along[p]] >= guests

    def _place(self, open_: Sequence[int], left: Mapping[int, int], guests: int, goal: int) -> int:
        """Where a convoy goes."""

        def level(p: int) -> float:
            return left[p] / self.hosts[p]

        able = [p for p in open_ if not guests or self._may_go(p, left, guests)] or list(open_)
        if guests:
            return goal if goal in able else max(able, key=level)
        alone = [p for p in open_ if p not in self.along]
        fullest = max(alone, key=level, default=-1)
        if alone and level(fullest) >= min(map(level, open_)) - LEVEL:
            return fullest
        return max(able, key=level)

    def _others(self, left: Mapping[int, int], first: float, last: float) -> Iterator[_Row]:
        """Rows of everybody else, and to spare."""
        pairing, pairs = self.pairing, self.board.trips.pairs
        single = {u.kind for u in self.board.units if u.returns and not u.own}
        once = [p for p, pair in enumerate(pairs) if pair.kind not in single]
        turns = [p for p in once for _ in range(-(-left[p] // pairing.most))]
        yield from (
            (first + (last - first) * (n + 0.5) / len(turns), p, -1, 0) for n, p in enumerate(turns)
        )
        for p, pair in enumerate(pairs):
            if pair.kind in single:
                count = max(0, -(-left[p] // pairing.least))
                yield from ((1.0 + n / max(1, count), p, pairing.least, 0) for n in range(count))
            spare = pairing.least if pair.kind in single else -1
            yield from ((4.0, p, spare, 0) for _ in range(SPARE))

    def _order(self, rows: Sequence[_Row]) -> Order:
        order = np.full((len(rows), WISHES), -1, np.int64)
        for i, (_, p, hosts, guests) in enumerate(sorted(rows)):
            order[i, [PAIR_OF, CREW_OF, GUESTS]] = p, hosts, guests
            order[i, GUEST_OF] = self.along[p] if guests else -1
        order[:, [HOLD, HOLD_OUT, HOLD_AT]] = 0
        order[:, HELD_AT] = NO_SERVER
        return order


_Row = tuple[float, int, int, int]
"""Where a row stands, its pair, vehicles of that pair's type (-1: a unit), and guests."""
