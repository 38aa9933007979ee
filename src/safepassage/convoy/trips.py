"""From people to vehicle loads: which vehicle types carry whom, where to.

A *pair* is an assembly point and a vehicle type. Its loads are filled in order of rank, so that
the k-th vehicle of the pair to board takes the k-th load and the priority rule holds by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from safepassage.convoy.dividing import usable
from safepassage.instance import Cell, Demand, Operation, VehicleKind

__all__ = [
    "NO_SEAT",
    "Left",
    "Load",
    "Pair",
    "Part",
    "Trips",
    "allot",
    "fill",
    "least_cycle",
    "one_journey",
    "options",
    "suited",
    "why_left",
]

Left = tuple[str, str, int, str]
"""People nobody carries: group, place, number, reason."""

Part = tuple[Cell, str, int]
"""So many people of a cell, who go to a reception point."""


@dataclass(slots=True)
class Load:
    """What one vehicle carries: people by group, all to one reception point."""

    destination: str
    corridors: frozenset[str]
    rank: int
    in_time: int | None
    persons: dict[str, int] = field(default_factory=dict)
    total: int = 0
    """People aboard."""

    def take(self, group: str, persons: int) -> None:
        """Have people of a group aboard."""
        self.persons[group] = self.persons.get(group, 0) + persons
        self.total += persons


@dataclass(slots=True)
class Pair:
    """All loads of one vehicle type at one assembly point, in order of rank."""

    place: str
    kind: str
    loads: list[Load]
    paced: bool = False
    """Whether a pace counts those who depart, so that vehicles take loads in the order in which
    they are sent."""

    @property
    def ordered(self) -> bool:
        """Whether loads of different classes have to board in this very order."""
        if self.paced:
            return True
        ranks: dict[tuple[str, frozenset[str]], set[int]] = defaultdict(set)
        for load in self.loads:
            ranks[load.destination, load.corridors].add(load.rank)
        return len(ranks) > 1 and len({r for s in ranks.values() for r in s}) > 1


@dataclass(slots=True)
class Trips:
    """Every pair, and the people nobody can carry."""

    pairs: list[Pair]
    left: list[Left]
    parts: Mapping[tuple[str, str], Sequence[Part]] = field(default_factory=dict, compare=False)
    """Who goes in vehicles of each pair, by place and type; empty where that is not known."""

    @classmethod
    def of(
        cls,
        op: Operation,
        parts: Mapping[tuple[str, str], Sequence[Part]],
        left: Sequence[Left] = (),
    ) -> Trips:
        """Fill loads with those who go in vehicles of each pair."""
        pairs = [
            Pair(place, kind, fill(op.kind(kind).seats, some), bool(op.paces))
            for (place, kind), these in sorted(parts.items())
            for some in _apart(op, these)
            if some
        ]
        return cls(pairs, list(left), parts)

    def changed(self, op: Operation, parts: Mapping[tuple[str, str], Sequence[Part]]) -> Trips:
        """Have others go in vehicles of some pairs."""
        new = Trips.of(op, parts)
        kept = [p for p in self.pairs if (p.place, p.kind) not in parts]
        pairs = sorted([*kept, *new.pairs], key=lambda p: (p.place, p.kind))
        return Trips(pairs, self.left, {**self.parts, **parts})


def least_cycle(op: Operation, place: str, kind: str, to: str) -> int | None:
    """Least seconds of a whole rotation by way of ``place`` to ``to`` for one vehicle alone."""
    k = op.kind(kind)
    out = [
        sum(op.least_drive(s, kind) for s in r.segments)
        + sum(c.out[kind] for c in op.crossings if c.id in r.crossings)
        for r in op.carry.get((place, to), ())
    ]
    back = [
        sum(op.least_drive(s, kind) for s in r.segments)
        + sum(c.back[kind] for c in op.crossings if c.id in r.crossings)
        for (start, end), routes in op.fetch.items()
        if end == place
        for r in routes
    ]
    if not out or (not back and not k.own):
        return None
    board = next(a.handling[kind] for a in op.assembly if a.id == place)
    unload = next(d.handling[kind] for d in op.reception if d.id == to)
    return min(out) + board + (0 if k.own else min(back) + unload)


def allot(
    op: Operation,
    demand: Demand,
    *,
    own_vehicles: bool = True,
    by_choice: bool = True,
    banned: frozenset[tuple[str, str]] = frozenset(),
    room: dict[str, int | None] | None = None,
    stock: dict[tuple[str, str], int] | None = None,
    busy: dict[str, float] | None = None,
) -> Trips:
    """Choose vehicle types and destinations where the terms leave a choice, and fill loads.

    The share of each type follows the time its fleet needs for what it has been given so far; a
    destination is the nearest with room. ``own_vehicles=False`` leaves evacuees' own vehicles
    standing wherever others can take their people. With ``by_choice`` those with least choice of
    type are served first, and the others fill what is left of every fleet; else by rank.
    ``banned`` are pairs of place and type not to be used. ``room`` at reception points and the
    ``stock`` of vehicles that make one journey are used up in place, for several calls on end, and
    ``busy`` grows, the time that each type has been given so far.
    """
    busy = defaultdict(float) if busy is None else busy
    if room is None:
        room = {d.id: d.capacity for d in op.reception}
    if stock is None:
        stock = one_journey(op)
    chosen: dict[tuple[str, str], list[Part]] = defaultdict(list)
    left: list[Left] = []

    def turn(cell: Cell) -> tuple[int, ...]:
        return (len(cell.kinds), len(cell.destinations), cell.rank) if by_choice else (cell.rank,)

    for cell in sorted(demand.cells, key=turn):
        rest = cell.persons
        for to in _by_distance(op, cell):
            if not rest:
                break
            space = room[to]
            part = rest if space is None else min(rest, space)
            able = {
                k: v
                for k, v in options(op, cell, to, own_vehicles=own_vehicles).items()
                if (cell.place, k) not in banned
            }
            moved = _spread(cell, to, part, able, op, busy, stock, chosen)
            rest -= moved
            if space is not None:
                room[to] = space - moved
        if rest:
            left.append((cell.group, cell.place, rest, why_left(op, cell)))
    return Trips.of(op, chosen, left)


NO_SEAT: Final = "no seat left in vehicles that make one journey"
"""Why people are left whom the terms would let go."""


def one_journey(op: Operation) -> dict[tuple[str, str], int]:
    """Evacuees' own vehicles by type and place."""
    return {(k.id, p): usable(op, k, p) for k in op.kinds if k.own for p, _ in k.counts}


def why_left(op: Operation, cell: Cell) -> str:
    """Say why people of a cell are left where those before them took what there is."""
    if all(op.kind(k).total == 0 or op.kind(k).seats == 0 for k in cell.kinds):
        return "no vehicle that suits them"
    if not any(usable(op, op.kind(k)) for k in cell.kinds):
        return "too few vehicles of a type that suits them for the least convoy"
    if not any(
        r.corridor in cell.corridors
        for to in cell.destinations
        for r in op.carry.get((cell.place, to), ())
    ):
        return "no open way to a reception point"
    if not any(_comes(op, op.kind(k), cell.place) for k in cell.kinds):
        return (
            "no way to them for the vehicles that suit them: from where these stand, a way in "
            "passes no crossing, or all those of an open corridor"
        )
    capacities = [next(d.capacity for d in op.reception if d.id == t) for t in cell.destinations]
    if None not in capacities:
        return "no room at the reception points open to them"
    return NO_SEAT


def _comes(op: Operation, kind: VehicleKind, place: str) -> bool:
    """Say whether a vehicle of the type stands at an assembly point, or has a way there."""
    return any(n and (p == place or bool(op.fetch.get((p, place)))) for p, n in kind.counts)


def _by_distance(op: Operation, cell: Cell) -> list[str]:
    cycles = {}
    for to in cell.destinations:
        known = [c for k in cell.kinds if (c := least_cycle(op, cell.place, k, to)) is not None]
        open_ = any(r.corridor in cell.corridors for r in op.carry.get((cell.place, to), ()))
        if known and open_:
            cycles[to] = min(known)
    return sorted(cycles, key=lambda to: (cycles[to], to))


def suited(op: Operation, cell: Cell, to: str) -> frozenset[str]:
    """Types that can serve people of a cell who go to a reception point."""
    return frozenset(options(op, cell, to, own_vehicles=True))


def options(
    op: Operation, cell: Cell, to: str, *, own_vehicles: bool
) -> dict[str, tuple[int, bool]]:
    """Types that can serve: cycle, and whether each vehicle makes one journey only."""
    able = {}
    for kind_id in cell.kinds:
        kind = op.kind(kind_id)
        cycle = least_cycle(op, cell.place, kind_id, to)
        here = usable(op, kind, cell.place if kind.own else None)
        if cycle is not None and kind.seats and here and _comes(op, kind, cell.place):
            able[kind_id] = (cycle, not kind.returns)
    if not own_vehicles and any(not op.kind(k).own for k in able):
        able = {k: v for k, v in able.items() if not op.kind(k).own}
    return able


def _spread(
    cell: Cell,
    to: str,
    persons: int,
    options: Mapping[str, tuple[int, bool]],
    op: Operation,
    busy: dict[str, float],
    stock: dict[tuple[str, str], int],
    chosen: dict[tuple[str, str], list[Part]],
) -> int:
    """Give people to types, always to the one whose fleet is done first; returns how many."""
    given: dict[str, int] = defaultdict(int)
    kinds = {k: op.kind(k) for k in options}
    keys = {k: (k, cell.place) if kind.own else (k, "") for k, kind in kinds.items()}
    for kind_id, (_, once) in options.items():
        if once and keys[kind_id] not in stock:
            stock[keys[kind_id]] = usable(op, kinds[kind_id])
    rest = persons
    while rest:
        best: tuple[float, str] | None = None
        for kind_id, (cycle, once) in options.items():
            if once and stock[keys[kind_id]] <= 0:
                continue
            done = busy[kind_id] + cycle / (1 if once else kinds[kind_id].total)
            if best is None or (done, kind_id) < best:
                best = (done, kind_id)
        if best is None:
            break
        kind = kinds[best[1]]
        cycle, once = options[kind.id]
        # Steps of several vehicles keep a population of 100,000 quick; the split stays even.
        vehicles = 1 if once else max(1, min(rest // kind.seats // 50, 20))
        part = min(rest, vehicles * kind.seats)
        if once:
            stock[keys[kind.id]] -= 1
        else:
            busy[kind.id] += cycle * vehicles / kind.total
        given[kind.id] += part
        rest -= part
    for kind_id, part in given.items():
        chosen[cell.place, kind_id].append((cell, to, part))
    return persons - rest


def _apart(op: Operation, parts: Sequence[Part]) -> list[Sequence[Part]]:
    """Part people by where they go, where convoys may then be sent in any order."""
    ranks = {cell.rank for cell, _, _ in parts}
    if op.convoy_most == 1 or op.paces or len(ranks) > 1:
        return [parts]
    ends = dict.fromkeys(to for _, to, _ in parts)
    return [[part for part in parts if part[1] == to] for to in ends]


def fill(seats: int, parts: Sequence[Part]) -> list[Load]:
    """Fill vehicles in order of rank; people of several cells share one where they may."""
    loads: list[Load] = []
    for cell, to, persons in sorted(parts, key=lambda p: p[0].rank):
        last = loads[-1] if loads else None
        rest = persons
        while rest:
            if (
                last is None
                or last.total >= seats
                or last.destination != to
                or last.corridors != cell.corridors
                or last.in_time != cell.in_time
            ):
                last = Load(to, cell.corridors, cell.rank, cell.in_time)
                loads.append(last)
            taken = min(rest, seats - last.total)
            last.take(cell.group, taken)
            rest -= taken
    return loads
