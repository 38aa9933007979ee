"""Linked steps with convoys that are formed anew at every rotation.

Vehicles that stand together make up each convoy, of the size that its row of the order asks for,
so sizes can follow the bays of a place and balance what crossings lose between convoys against
what vehicles lose in large ones. Vehicles of another type may go along, which costs a crossing
less than a convoy of theirs; and who waits for more vehicles need not wait for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, pairwise

import numpy as np

from safepassage.convoy.batches import Division
from safepassage.convoy.kernel import (
    CREW_OF,
    GUEST_OF,
    GUESTS,
    PAIR_OF,
    PATIENCE,
    WISHES,
)
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board, build
from safepassage.convoy.units import Unit, form_units
from safepassage.convoy.waits import Stages, release, settle
from safepassage.instance import Linked, Operation

__all__ = ["AT_LAST", "PATIENT", "Anew", "form_anew"]

Lanes = tuple[int, ...]
"""Sizes of convoys of one type that are on their way together."""


@dataclass(frozen=True)
class Style:
    """How rows are laid out before anything is improved."""

    lanes: Mapping[str, Lanes]
    along: int = 0
    """How many vehicles of the type with least to carry go along with each convoy, if they can."""
    patience: int = -1
    """How long (s) a convoy that is large enough waits for more vehicles; -1: for all."""


ALONG = 2
"""Vehicles of another type that go along with a convoy at first, at most."""
PATIENT = (-1, 0, 300, 600, 1_200, 2_400)
"""How long (s) convoys wait for more vehicles."""
AT_LAST = 1.5
"""Where rows of those stand who go after all others of their stage, between 0 and 1."""
SPARE = 2
"""Rows of each pair beyond those that the least convoys would need."""


@dataclass
class Anew:
    """A board of single vehicles, and the best order found for it."""

    division: Division
    sizes: Mapping[str, int]
    """Convoy sizes of whole units, that it began from."""
    board: Board
    stages: Stages
    order: Order
    tally: Tally
    lanes: Mapping[str, Sequence[Lanes]]
    """Ways to divide each fleet into convoys."""
    along: Mapping[int, Sequence[int]]
    """By pair: pairs whose vehicles may go along with its own."""


def form_anew(
    op: Operation,
    linked: Linked,
    division: Division,
    stage_of: Sequence[int],
    sizes: Mapping[str, int],
    horizon: int,
) -> Anew | None:
    """Find good convoy sizes, from those of whole units on, by one order each.

    ``stage_of``: stage of each batch. None where the terms leave no convoys to form, or none that
    were tried keep every wait.
    """
    used = {p.kind for p in division.trips.pairs}
    kinds = [k.id for k in op.kinds if k.id in used and k.returns and not k.own]
    if op.convoy_most == op.convoy_least or not kinds:
        return None
    units = [x for u in form_units(op, division.trips, sizes) for x in _apart(u, kinds)]
    units += _idle(op, kinds, units)
    board = build(op, division.trips, units, horizon, anew=True)
    # Batches leave gaps, which starts on a beat would only make longer.
    board = replace(board, tables=board.tables._replace(beat=np.zeros_like(board.tables.beat)))
    every = {k: _lanes(op, k) for k in kinds}
    style = Style({k: _nearest(lanes, sizes[k]) for k, lanes in every.items()})
    best = _tried(op, linked, division, stage_of, board, style)

    def better(best: Anew | None, other: Style) -> tuple[Anew | None, Style]:
        made = _tried(op, linked, division, stage_of, board, other)
        if made is not None and (best is None or made.tally < best.tally):
            return made, other
        return best, style

    # Those who drive most first: the others find their place among them.
    for kind in sorted(kinds, key=lambda k: -_loads(division, k)):
        for lanes in every[kind]:
            best, style = better(best, replace(style, lanes={**style.lanes, kind: lanes}))
    for along in range(ALONG + 1):
        for patience in (-1, PATIENT[-1]):
            best, style = better(best, replace(style, along=along, patience=patience))
    return None if best is None else replace(best, sizes=sizes)


def _nearest(every: Sequence[Lanes], size: int) -> Lanes:
    return min(every, key=lambda lanes: abs(max(lanes) - size))


def _loads(division: Division, kind: str) -> int:
    return sum(len(p.loads) for p in division.trips.pairs if p.kind == kind)


def _lanes(op: Operation, kind: str) -> list[Lanes]:
    """Ways to divide a fleet into convoys: even, or one larger and one smaller for their bays."""
    least, most = op.convoy_least, op.convoy_most
    fleet = op.kind(kind).total
    found: list[Lanes] = []
    for parts in range(max(1, -(-fleet // most)), max(2, fleet // least + 1)):
        even, more = divmod(min(fleet, parts * most), parts)
        lanes = [even + 1] * more + [even] * (parts - more)
        found.append(tuple(lanes))
        if parts > 1 and lanes[0] < most and lanes[-1] > least:
            found.append((lanes[0] + 1, *lanes[1:-1], lanes[-1] - 1))
    return [x for x in found if min(x) >= least] or [(least,)]


def _apart(unit: Unit, kinds: Sequence[str]) -> Iterator[Unit]:
    if unit.kind not in kinds:
        yield unit
        return
    for number in unit.vehicles:
        yield replace(unit, vehicles=(number,))


def _idle(op: Operation, kinds: Sequence[str], units: Sequence[Unit]) -> list[Unit]:
    """Vehicles of these types that units of the first sizes left out."""
    known = {(u.kind, n) for u in units for n in u.vehicles}
    return [
        Unit(kind.id, place, (n,), kind.own, kind.returns)
        for kind in op.kinds
        if kind.id in kinds
        for n, place in enumerate((p for p, count in kind.counts for _ in range(count)), start=1)
        if (kind.id, n) not in known
    ]


def _tried(
    op: Operation,
    linked: Linked,
    division: Division,
    stage_of: Sequence[int],
    board: Board,
    style: Style,
) -> Anew | None:
    lanes = style.lanes
    along = _along(board, division, lanes)
    order, cuts = _rows(op, division, stage_of, style, along)
    stages = Stages(op, linked, division.batch_of, cuts)
    if not settle(board, stages, order):
        return None
    sizes = {k: max(x) for k, x in lanes.items()}
    every = {k: _lanes(op, k) for k in lanes}
    return Anew(division, sizes, board, stages, order, key(board), every, along)


def _along(board: Board, division: Division, kinds: Iterable[str]) -> dict[int, list[int]]:
    """Pairs of the same place, batch and class of loads, whose types form convoys anew too."""
    tables, pairs = board.tables, division.trips.pairs
    classes = [set(tables.trip_class[a:b].tolist()) for a, b in pairwise(tables.trip_ptr.tolist())]
    found = {
        p: [
            q
            for q in range(len(pairs))
            if q != p
            and pairs[q].kind in kinds
            and pairs[q].kind != pairs[p].kind
            and classes[q] & classes[p]
            and division.batch_of[p] == division.batch_of[q]
        ]
        for p in range(len(pairs))
        if pairs[p].kind in kinds
    }
    return {p: others for p, others in found.items() if others}


def _rows(
    op: Operation,
    division: Division,
    stage_of: Sequence[int],
    style: Style,
    along: Mapping[int, Sequence[int]],
) -> tuple[Order, list[int]]:
    """Rows of each batch and type, spread evenly over its stage; rows to spare come last."""
    rows: list[tuple[int, float, int, int, int]] = []
    together: dict[tuple[int, str], list[int]] = {}
    for p, pair in enumerate(division.trips.pairs):
        together.setdefault((division.batch_of[p], pair.kind), []).append(p)
    for (batch, kind), pairs in together.items():
        stage = stage_of[batch]
        loads = {p: len(division.trips.pairs[p].loads) for p in pairs}
        if kind not in style.lanes:
            made = [(p, -1) for p in pairs for _ in range(loads[p])]
            spare = []
        else:
            made = list(_in_lanes(op, division, loads, style))
            # As many as the least convoys need.
            needed = {p: -(-loads[p] // op.convoy_least) + SPARE for p in pairs}
            for p, _ in made:
                needed[p] -= 1
            spare = [(p, op.convoy_least) for p, n in needed.items() for _ in range(n)]
        count = len(made)
        rows += [
            (stage, AT_LAST if p in division.parted else j / count, count, p, size)
            for j, (p, size) in enumerate(made)
        ]
        rows += [(stage, 2.0, count, p, size) for p, size in spare]
    rows.sort()
    order = np.full((len(rows), WISHES), -1, np.int64)
    order[:, PAIR_OF] = [row[3] for row in rows]
    order[:, CREW_OF] = [row[4] for row in rows]
    order[order[:, CREW_OF] > 0, PATIENCE] = style.patience
    release(order)
    for p, others in along.items() if style.along else ():
        guest = min(others, key=lambda q: _persons(division, q))
        if _persons(division, guest) < _persons(division, p):
            order[order[:, PAIR_OF] == p, GUEST_OF] = guest
            order[order[:, PAIR_OF] == p, GUESTS] = style.along
    marks = [row[0] for row in rows]
    cuts = [i for i in range(len(rows)) if i == 0 or marks[i] != marks[i - 1]]
    return order, [*cuts, len(rows)]


def _persons(division: Division, pair: int) -> int:
    return sum(load.total for load in division.trips.pairs[pair].loads)


def _in_lanes(
    op: Operation, division: Division, loads: Mapping[int, int], style: Style
) -> Iterator[tuple[int, int]]:
    """Pairs and sizes of convoys, by turns of the lanes: to where they board at once, and level."""
    lanes = style.lanes[division.trips.pairs[next(iter(loads))].kind]
    bays = {a.id: a.bays for a in op.assembly}
    left = dict(loads)
    for lane in cycle(lanes):
        open_ = [p for p, n in left.items() if n > 0]
        if not open_:
            return

        turns = {p: -(-lane // bays[division.trips.pairs[p].place]) for p in open_}
        p = min(open_, key=lambda p: (turns[p], -left[p] / loads[p]))
        room = max(bays[division.trips.pairs[p].place], op.convoy_least)
        # A vehicle or two less cost little; a second turn at the bays costs as much as the first.
        size = min(lane, room) if 3 * lane <= 4 * room else lane
        left[p] -= size
        yield p, size
