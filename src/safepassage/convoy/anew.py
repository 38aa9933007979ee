"""Linked steps with convoys that are formed anew at every rotation.

Vehicles that stand together make up each convoy, of the size that its row of the order asks for,
so sizes can follow the bays of a place and balance what crossings lose between convoys against
what vehicles lose in large ones. Steps are then improved one after another, since each waits for
the end of the one before: rows change places, and convoys grow and shrink.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, pairwise

import numpy as np

from safepassage.convoy.batches import Division
from safepassage.convoy.kernel import CREW_OF, HELD_AT, HOLD, HOLD_AT, HOLD_OUT, PAIR_OF, WISHES
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board, build
from safepassage.convoy.units import Unit, form_units
from safepassage.convoy.waits import Settling, Stages
from safepassage.instance import Linked, Operation

__all__ = ["Anew", "form_anew", "improve_anew"]

Lanes = tuple[int, ...]
"""Sizes of convoys of one type that are on their way together."""
HEAT = 60.0
"""Worsening (s) that is accepted at first."""
WAITING = 1.0
"""Worth of a mean wait, as a part of the end of a step."""
NEAR_ROWS = 8


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
    chosen = {k: _nearest(lanes, sizes[k]) for k, lanes in every.items()}
    best = _tried(op, linked, division, stage_of, board, chosen)
    # Those who drive most first: the others find their place among them.
    for kind in sorted(kinds, key=lambda k: -_loads(division, k)):
        for lanes in every[kind]:
            made = _tried(op, linked, division, stage_of, board, {**chosen, kind: lanes})
            if made is not None and (best is None or made.tally < best.tally):
                best, chosen = made, {**chosen, kind: lanes}
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
    lanes: Mapping[str, Lanes],
) -> Anew | None:
    order, cuts = _rows(op, division, stage_of, lanes)
    stages = Stages(op, linked, division.batch_of, cuts)
    if Settling(board, stages).all(order) is None:
        return None
    sizes = {k: max(x) for k, x in lanes.items()}
    every = {k: _lanes(op, k) for k in lanes}
    return Anew(division, sizes, board, stages, order, key(board), every)


def _rows(
    op: Operation, division: Division, stage_of: Sequence[int], lanes: Mapping[str, Lanes]
) -> tuple[Order, list[int]]:
    """Rows of each batch and type, spread evenly over its stage; rows to spare come last."""
    rows: list[tuple[int, float, int, int, int]] = []
    together: dict[tuple[int, str], list[int]] = {}
    for p, pair in enumerate(division.trips.pairs):
        together.setdefault((division.batch_of[p], pair.kind), []).append(p)
    for (batch, kind), pairs in together.items():
        stage = stage_of[batch]
        loads = {p: len(division.trips.pairs[p].loads) for p in pairs}
        if kind not in lanes:
            made = [(p, -1) for p in pairs for _ in range(loads[p])]
            spare = []
        else:
            made = list(_in_lanes(op, division, loads, lanes[kind]))
            spare = [(p, op.convoy_least) for p in pairs for _ in range(loads[p])]
            spare = spare[:: op.convoy_least]
        count = len(made)
        rows += [(stage, j / count, count, p, size) for j, (p, size) in enumerate(made)]
        rows += [(stage, 2.0, count, p, size) for p, size in spare]
    rows.sort()
    order = np.full((len(rows), WISHES), -1, np.int64)
    order[:, PAIR_OF] = [row[3] for row in rows]
    order[:, CREW_OF] = [row[4] for row in rows]
    _unheld(order)
    marks = [row[0] for row in rows]
    cuts = [i for i in range(len(rows)) if i == 0 or marks[i] != marks[i - 1]]
    return order, [*cuts, len(rows)]


def _in_lanes(
    op: Operation, division: Division, loads: Mapping[int, int], lanes: Lanes
) -> Iterator[tuple[int, int]]:
    """Pairs and sizes of convoys, by turns of the lanes: to where they board at once, and level."""
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


def _unheld(order: Order) -> None:
    order[:, [HOLD, HOLD_OUT, HOLD_AT]] = 0
    order[:, HELD_AT] = -1


def improve_anew(
    made: Anew, op: Operation, seed: int, tries: int, enough: Callable[[], bool]
) -> Anew:
    """Improve one step after another by simulated annealing of its rows; returns what is better.

    Each has its share of ``tries`` by the number of its rows. Stops where ``enough`` says so.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret
    settling = Settling(made.board, made.stages)
    order = made.order.copy()
    _unheld(order)
    settling.restart()
    cuts = made.stages.cuts
    persons = max(1, made.board.persons)

    def value() -> float:
        _, last, waiting = key(made.board)
        return last + WAITING * waiting / persons

    for first, last in pairwise(cuts):
        settling.begin()
        if not settling.stretch(order, first, last):
            return made
        now = best = value()
        kept = order.copy()
        steps = tries * (last - first) // cuts[-1]
        for i in range(steps):
            if enough():
                break
            trial = order.copy()
            _unheld(trial[first:last])
            if not _change(trial, (first, last), made, op, draw):
                continue
            settled = settling.stretch(trial, first, last)
            found = value() if settled else math.inf
            heat = HEAT * (1 - i / steps) ** 2 + 1
            if found <= now or draw.random() < math.exp((now - found) / heat):
                order, now = trial, found
                if now < best:
                    kept, best = trial, now
        order = kept.copy()
        if not settling.stretch(order, first, last):
            return made
    if Settling(made.board, made.stages).all(order) is None or key(made.board) >= made.tally:
        return made
    return replace(made, order=order, tally=key(made.board))


def _change(
    order: Order, stretch: tuple[int, int], made: Anew, op: Operation, draw: random.Random
) -> bool:
    """Move a row, exchange two, or change sizes of convoys; tells whether any of it did."""
    first, last = stretch
    i, j = draw.randrange(first, last), draw.randrange(first, last)
    kind = draw.randrange(6)
    if draw.random() < 0.7:
        j = min(last - 1, max(first, i + draw.choice((-1, 1)) * draw.randint(1, NEAR_ROWS)))
    if kind == 0:
        order[[i, j]] = order[[j, i]]
        return bool((order[i] != order[j]).any())
    if kind == 1:
        row = order[i].copy()
        if i < j:
            order[i:j] = order[i + 1 : j + 1]
        else:
            order[j + 1 : i + 1] = order[j:i].copy()
        order[j] = row
        return i != j
    if order[i, CREW_OF] <= 0:
        return False
    kinds = made.board.tables.pair_kind[order[:, PAIR_OF]]
    if kind == 2:
        # Other places, the same sizes.
        if kinds[i] != kinds[j] or order[i, PAIR_OF] == order[j, PAIR_OF]:
            return False
        order[[i, j], PAIR_OF] = order[[j, i], PAIR_OF]
        return True
    if kind == 3:
        lanes = draw.choice(made.lanes[op.kinds[kinds[i]].id])
        alike = [r for r in range(i, last) if kinds[r] == kinds[i]]
        for n, row in enumerate(alike[: len(lanes) * draw.randint(1, 3)]):
            order[row, CREW_OF] = lanes[n % len(lanes)]
        return True
    changed = False
    for row, by in ((i, 1), (j, -1)) if kind == 4 else ((i, draw.choice((-1, 1))),):
        size = order[row, CREW_OF] + by
        if order[row, CREW_OF] > 0 and op.convoy_least <= size <= op.convoy_most:
            order[row, CREW_OF] = size
            changed = True
    return changed
