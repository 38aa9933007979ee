"""Who goes in which batch of linked steps, and in which vehicles.

Membership is a decision. People fill the batches of their side in order of rank; among equals,
place by place (so that few vehicles go half full, and a batch has ways of one length) or evenly.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from safepassage.convoy.dividing import usable
from safepassage.convoy.trips import Left, Load, Pair, Trips, allot, least_cycle, one_journey
from safepassage.instance import Cell, Demand, Linked, Operation, Wait

__all__ = ["Division", "Filling", "divide_demand", "part_in_two"]

Filling = Literal["far-first", "near-first", "evenly"] | tuple[Literal["far", "near"], int] | int
"""In which order people fill batches. A pair: evenly from all places but so many of the nearest,
or from these, and only then from the others. A number draws an order for each batch."""


@dataclass(frozen=True)
class Division:
    """Loads by pair, each pair of one batch (or of none, for people whom no step binds)."""

    trips: Trips
    batch_of: tuple[int, ...]
    """Batch of each pair; the number of batches stands for none."""
    carried: tuple[int, ...]
    """People of each batch who are carried."""
    parted: frozenset[int] = frozenset()
    """Pairs with the part of a batch that goes last, where the rest of it goes first."""


def divide_demand(
    op: Operation, demand: Demand, linked: Linked, filling: Filling, *, large: bool
) -> Division:
    """Divide everybody over the batches, and the batches over vehicles.

    Who waits for what can never happen (a batch that somebody does not come to) is left. With
    ``large``, whoever may go in several types of vehicle goes in the largest of the operator's.
    """
    own_vehicles = not large
    if large:
        demand = replace(demand, cells=tuple(_in_largest(op, c) for c in demand.cells))
    left: list[Left] = list(allot(op, demand, own_vehicles=own_vehicles).left)
    lacking = {(g, p): n for g, p, n, _ in left}
    cells = []
    for cell in demand.cells:
        short = min(cell.persons, lacking.get((cell.group, cell.place), 0))
        if short:
            lacking[cell.group, cell.place] -= short
        if cell.persons > short:
            cells.append(replace(cell, persons=cell.persons - short))
    members = _members(op, cells, linked, filling)
    members = _without_stranded(members, linked, left)
    pairs: list[Pair] = []
    batch_of: list[int] = []
    carried = []
    room = {d.id: d.capacity for d in op.reception}
    stock = one_journey(op)
    busy: dict[str, float] = defaultdict(float)
    for i, batch in enumerate(members):
        passing = _crossings(linked, i)
        part = [_by_way_of(op, c, passing) for c in batch]
        trips = allot(
            op,
            Demand(demand.level, tuple(part)),
            own_vehicles=own_vehicles,
            room=room,
            stock=stock,
            busy=busy,
        )
        pairs += trips.pairs
        batch_of += [i] * len(trips.pairs)
        left += trips.left
        carried.append(sum(c.persons for c in batch) - sum(x[2] for x in trips.left))
    return Division(Trips(pairs, left), tuple(batch_of), tuple(carried))


def part_in_two(op: Operation, linked: Linked, division: Division) -> Division:
    """Divide batches that have to go both first and last over two convoys, where one takes them.

    Somebody of another side may go neither before the first of them nor after the last; so all of
    that side would have to depart at one moment. Who is alone cannot be parted.
    """
    pairs, batch_of = list(division.trips.pairs), list(division.batch_of)
    parted = set()
    for i in _first_and_last(linked, set(batch_of)):
        mine = [p for p, batch in enumerate(batch_of) if batch == i]
        pair = pairs[mine[0]]
        alone = len(mine) == 1 and len(pair.loads) <= max(1, op.convoy_least)
        loads = _halves(pair.loads) if alone and op.kind(pair.kind).returns else None
        if loads is not None:
            pairs[mine[0]], rest = (replace(pair, loads=half) for half in loads)
            parted.add(len(pairs))
            pairs.append(rest)
            batch_of.append(i)
    trips = replace(division.trips, pairs=pairs)
    return replace(division, trips=trips, batch_of=tuple(batch_of), parted=frozenset(parted))


def _first_and_last(linked: Linked, carried: set[int]) -> set[int]:
    """Batches that alone are awaited by a side's first convoy, and wait alone for its last."""
    found: set[int] = set()
    for first in linked.waits:
        for last in linked.waits:
            if (first.kind, last.kind) == ("first", "last") and carried & {*first.waiting} & {
                *last.awaited
            }:
                leading, closing = carried & {*first.awaited}, carried & {*last.waiting}
                if leading == closing and len(leading) == 1:
                    found |= leading
    return found


def _halves(loads: Sequence[Load]) -> tuple[list[Load], list[Load]] | None:
    """Divide loads in two, those of the first ranks first; a single one by its people."""
    if len(loads) > 1:
        middle = (len(loads) + 1) // 2
        return list(loads[:middle]), list(loads[middle:])
    load = loads[0]
    if load.total < 2:
        return None
    stay = load.total // 2
    first: dict[str, int] = {}
    part: dict[str, int] = {}
    for group, persons in load.persons.items():
        moved = min(stay, persons)
        stay -= moved
        if moved:
            part[group] = moved
        if persons > moved:
            first[group] = persons - moved
    one, rest = (replace(load, persons=x, total=sum(x.values())) for x in (first, part))
    return [one], [rest]


def _in_largest(op: Operation, cell: Cell) -> Cell:
    """Keep the types with most seats: every vehicle costs time at crossings and room in convoys."""
    kinds = [op.kind(k) for k in cell.kinds]
    able = [k for k in kinds if k.returns and usable(op, k) and k.seats]
    most = max((k.seats for k in able), default=0)
    return replace(cell, kinds=tuple(k.id for k in able if k.seats == most) or cell.kinds)


def _crossings(linked: Linked, index: int) -> set[str]:
    """Crossings that convoys of a batch have to pass, to be exchanged there."""
    return {
        w.crossing
        for w in linked.waits
        if w.crossing is not None and (index in w.waiting or index in w.awaited)
    }


def _by_way_of(op: Operation, cell: Cell, crossings: set[str]) -> Cell:
    """Keep the corridors that pass all of the crossings."""
    if not crossings:
        return cell
    through = {
        r.corridor
        for to in cell.destinations
        for r in op.carry.get((cell.place, to), ())
        if crossings <= set(r.crossings) and r.corridor is not None
    }
    return replace(cell, corridors=cell.corridors & through)


def _members(
    op: Operation, cells: Sequence[Cell], linked: Linked, filling: Filling
) -> list[list[Cell]]:
    """Fill the batches of each side in order; what is left over comes last, in no batch."""
    count = len(linked.batches)
    members: list[list[Cell]] = [[] for _ in range(count + 1)]
    for side in dict.fromkeys(b.groups for b in linked.batches):
        mine = [i for i, b in enumerate(linked.batches) if b.groups == side]
        rest = [c for c in cells if c.group in side]
        for i in mine:
            draw = _draw(filling, i)
            taken, rest = _take(op, rest, linked.batches[i].persons, filling, draw)
            members[i] = taken
        members[count] += rest
    bound = {g for b in linked.batches for g in b.groups}
    members[count] += [c for c in cells if c.group not in bound]
    return members


def _draw(filling: Filling, index: int) -> random.Random | None:
    """Where the order of a batch is drawn, from what."""
    if not isinstance(filling, int):
        return None
    return random.Random(f"{filling}/{index}")  # noqa: S311 - no secret


def _take(
    op: Operation,
    cells: Sequence[Cell],
    persons: int,
    filling: Filling,
    draw: random.Random | None,
) -> tuple[list[Cell], list[Cell]]:
    """Take so many people of the lowest ranks; the rest stay."""
    far: dict[Cell, float] = {c: _cycle(op, c) if draw is None else draw.random() for c in cells}
    sign = -1 if filling == "far-first" else 1
    order = sorted(cells, key=lambda c: (c.rank, sign * far[c], c.place, c.group))
    wanted = dict.fromkeys(order, 0)
    for equal in _equals(order, far, filling):
        wanted |= _evenly(op, equal, persons - sum(wanted.values()))
    for c in order:
        wanted[c] += min(c.persons - wanted[c], persons - sum(wanted.values()))
    taken = [replace(c, persons=n) for c, n in wanted.items() if n]
    stay = [replace(c, persons=c.persons - n) for c, n in wanted.items() if c.persons > n]
    return taken, stay


def _equals(
    order: Sequence[Cell], far: Mapping[Cell, float], filling: Filling
) -> Iterator[list[Cell]]:
    """Yield those who go evenly, one after another."""
    if filling != "evenly" and not isinstance(filling, tuple):
        return
    for rank in sorted({c.rank for c in order}):
        equal = [c for c in order if c.rank == rank]
        if filling == "evenly":
            yield equal
            continue
        first, count = filling
        places = sorted({c.place for c in order}, key=lambda p: _least_of(p, order, far))[:count]
        near = [c for c in equal if c.place in places]
        rest = [c for c in equal if c.place not in places]
        yield from (x for x in ((near, rest) if first == "near" else (rest, near)) if x)


def _least_of(place: str, order: Sequence[Cell], far: Mapping[Cell, float]) -> tuple[float, str]:
    return min(far[c] for c in order if c.place == place), place


def _evenly(op: Operation, cells: Sequence[Cell], persons: int) -> dict[Cell, int]:
    """Take as large a part of all, in full vehicles as far as that can be."""
    total = sum(c.persons for c in cells)
    part = min(total, persons)
    if not part:
        return {}
    seats = {c: max((op.kind(k).seats for k in c.kinds), default=0) or 1 for c in cells}
    wanted = {c: c.persons * part // total // seats[c] * seats[c] for c in cells}
    for c in sorted(cells, key=lambda c: wanted[c] - c.persons * part / total):
        wanted[c] += min(seats[c], c.persons - wanted[c], part - sum(wanted.values()))
    return wanted


def _cycle(op: Operation, cell: Cell) -> int:
    known = [
        s
        for k in cell.kinds
        for to in cell.destinations
        if (s := least_cycle(op, cell.place, k, to)) is not None
    ]
    return min(known, default=0)


def _without_stranded(
    members: list[list[Cell]], linked: Linked, left: list[Left]
) -> list[list[Cell]]:
    """Leave those who wait for a batch that is never whole."""
    if linked.goes_on:
        return members
    cap = [sum(c.persons for c in batch) for batch in members]
    changed = True
    while changed:
        before = [*cap]
        for wait in linked.waits:
            broken = [a for a in wait.awaited if cap[a] < linked.batches[a].persons]
            for i in wait.waiting if broken else ():
                cap[i] = min(cap[i], _most(wait, i, broken[0], linked, cap))
        for i in _behind(linked, cap):
            cap[i] = 0
        changed = cap != before
    sizes = zip(linked.batches, cap, strict=False)
    short = {g for batch, n in sizes if n < batch.persons for g in batch.groups}
    cap[-1] = sum(c.persons for c in members[-1] if c.group not in short)
    # Of those in no batch, people of other sides come first, so that these stay.
    members = [*members[:-1], sorted(members[-1], key=lambda c: c.group in short)]
    kept = [*members]
    for i in range(len(members)):
        surplus = sum(c.persons for c in members[i]) - cap[i]
        part = []
        for cell in reversed(members[i]):
            stays = min(surplus, cell.persons)
            surplus -= stays
            if stays:
                left.append((cell.group, cell.place, stays, _waiting(linked, i)))
            if cell.persons > stays:
                part.append(replace(cell, persons=cell.persons - stays))
        kept[i] = part[::-1]
    return kept


def _most(wait: Wait, index: int, broken: int, linked: Linked, cap: Sequence[int]) -> int:
    """Most of a batch who can go where one that it waits for is never whole."""
    if wait.kind == "after":
        return 0
    if wait.kind == "exchange":
        return linked.batches[index].persons * cap[broken] // linked.batches[broken].persons
    if wait.kind == "first" and sum(cap[a] for a in wait.awaited) == 0:
        return 0
    if wait.kind == "last" and index == _last(wait.waiting, cap):
        # Somebody of theirs stays, as long as somebody of the others does.
        return max(0, linked.batches[index].persons - 1)
    return cap[index]


def _behind(linked: Linked, cap: Sequence[int]) -> Iterator[int]:
    """Batches of a side after one that is never whole: whoever went would be of that one."""
    short: set[frozenset[str]] = set()
    for i, batch in enumerate(linked.batches):
        if batch.groups in short:
            yield i
        if cap[i] < batch.persons:
            short.add(batch.groups)


def _last(waiting: Sequence[int], cap: Sequence[int]) -> int | None:
    return max((i for i in waiting if cap[i]), default=None)


def _waiting(linked: Linked, index: int) -> str:
    step = linked.batches[index].step if index < len(linked.batches) else ""
    if not step:
        return (
            "whoever of them went would be of a batch that waits for others who do not come in "
            f"full ({_clauses(linked)})"
        )
    return f"in step {step} they wait for others who do not come in full ({_clauses(linked)})"


def _clauses(linked: Linked) -> str:
    return ", ".join(linked.clause_ids)
