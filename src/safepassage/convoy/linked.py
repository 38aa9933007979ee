"""Plan a proposal with linked steps.

Step after step is decoded by the same kernel as any timetable, each batch after what it waits for;
vehicles that are free may fetch and board for a later step, and wait there. Drawn settings, the
division over batches and convoy sizes are tried, and the best is kept.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.convoy.batches import Division, Filling, divide_demand
from safepassage.convoy.bounds import clearance_bound, people_bound
from safepassage.convoy.chain import chain_bound
from safepassage.convoy.kernel import HELD_AT, HOLD, HOLD_AT, HOLD_OUT, PAIR_OF, WISHES
from safepassage.convoy.planner import LAST_HORIZON, Effort, Planned, Stranded
from safepassage.convoy.rescue import NOT_FOUND
from safepassage.convoy.search import Order, Tally, key
from safepassage.convoy.tables import Board, build
from safepassage.convoy.together import apart
from safepassage.convoy.units import Unit, form_units, unit_sizes
from safepassage.convoy.waits import Runs, Stages, settle
from safepassage.errors import InternalFault
from safepassage.instance import Demand, Linked, Operation
from safepassage.stop import Stop

__all__ = ["plan_linked"]

FIRST_HORIZON = 8 * 86_400
FILLINGS: tuple[Filling, ...] = ("far-first", "near-first", "evenly")
TRIES = 30
"""Drawn settings for the best choices, in a quick answer."""

Sizes = Mapping[str, int]
Progress = Callable[[str, int | None, int | None], None]


@dataclass
class _Choice:
    """Division, convoy sizes, and the best order found for them."""

    division: Division
    sizes: Sizes
    board: Board
    stages: Stages
    order: Order
    runs: Runs
    tally: Tally

    @property
    def rank(self) -> tuple[int, Tally]:
        return sum(x[2] for x in self.division.trips.left), self.tally


def plan_linked(
    op: Operation,
    demand: Demand,
    *,
    seed: int,
    stop: Stop,
    effort: Effort,
    progress: Progress = lambda *_: None,
    hints: Sequence[Sizes] = (),
) -> Planned | Stranded:
    """Plan one level of the estimates, where steps are linked.

    The objective is that of :func:`safepassage.convoy.planner.plan_demand`. Whoever waits for
    people who do not come is left.
    """
    linked = demand.linked
    if linked is None:
        raise InternalFault("a plan of linked steps without any")
    best = _construct(op, demand, linked, seed, effort, hints)
    if best is None:
        return Stranded([(c.group, c.place, c.persons, NOT_FOUND) for c in demand.cells])
    progress("first timetable", best.tally[1], None)
    _draw(best, seed, TRIES if effort.rounds == 0 else 4 * TRIES, lambda: False)
    complete = not best.division.trips.left
    bound = None
    if complete:
        bound = chain_bound(op, demand, best.tally[1], fine=effort.fine)
        progress("bound", best.tally[1], bound.value)
        plain = clearance_bound(op, demand, best.tally[1], goal=effort.goal, fine=False)
        bound = max(bound, plain, key=lambda b: b.value)
    lower = bound.value if bound else 0
    for i in range(effort.rounds):
        if stop(best.tally[1], lower):
            break
        _draw(best, seed + 1 + i, 4 * TRIES, lambda: stop(best.tally[1], lower))
        progress("improving", best.tally[1], lower)
    people = None
    if best.tally[0] and demand.in_time is not None:
        people = people_bound(op, demand, demand.in_time)
    if settle(best.board, best.stages, best.order) is None:
        raise InternalFault("an order that kept every wait does not when decoded again")
    trips = best.division.trips
    return Planned(
        best.board, best.order, trips, best.tally, complete, bound, people, (best.sizes,)
    )


def _construct(
    op: Operation,
    demand: Demand,
    linked: Linked,
    seed: int,
    effort: Effort,
    hints: Sequence[Sizes],
) -> _Choice | None:
    """Try divisions and convoy sizes by one order each, then look closer at the best."""
    found: list[_Choice] = []
    divisions = list(_divisions(op, demand, linked))
    tried: list[Sizes] = list(hints) or unit_sizes(op, divisions[0].trips) if divisions else []
    for division in divisions:
        for sizes in tried:
            made = _first(op, demand, linked, division, sizes)
            if made is not None:
                found.append(made)
        if found and len(tried) > 3:
            # What suits one division mostly suits the others.
            found.sort(key=lambda c: c.rank)
            tried = [c.sizes for c in found[:3]]
    found.sort(key=lambda c: c.rank)
    for choice in found[: effort.finalists]:
        _draw(choice, seed, effort.tries, lambda: False)
    return min(found, key=lambda c: c.rank, default=None)


def _divisions(op: Operation, demand: Demand, linked: Linked) -> Iterator[Division]:
    known: list[Division] = []
    for own in (True, False) if any(k.own and k.total for k in op.kinds) else (True,):
        for filling in FILLINGS:
            division = divide_demand(op, demand, linked, filling, own_vehicles=own)
            if division.trips.pairs and division not in known:
                known.append(division)
    yield from sorted(known, key=lambda d: sum(x[2] for x in d.trips.left))


def _first(
    op: Operation, demand: Demand, linked: Linked, division: Division, sizes: Sizes
) -> _Choice | None:
    units = form_units(op, division.trips, sizes)
    horizon = FIRST_HORIZON
    while units and horizon <= LAST_HORIZON:
        board = build(op, division.trips, units, horizon)
        free = board.tables._replace(beat=np.zeros_like(board.tables.beat))
        board = replace(board, tables=free)
        order, cuts = _order(linked, division, units, None)
        stages = Stages(op, linked, division.batch_of, cuts)
        runs = settle(board, stages, order)
        if runs is not None and not apart(board, demand):
            return _Choice(division, sizes, board, stages, order, runs, key(board))
        horizon *= 7
    return None


def _order(
    linked: Linked, division: Division, units: Sequence[Unit], draw: random.Random | None
) -> tuple[Order, list[int]]:
    """Rows of every pair, spread evenly over its batch; batches stage by stage.

    With ``draw``, each pair has a share of the stage of its own.
    """
    least: dict[str, int] = {}
    for u in units:
        least[u.kind] = min(least.get(u.kind, len(u.vehicles)), len(u.vehicles))
    stages = _stages(linked)
    rows: list[tuple[int, float, int]] = []
    for p, pair in enumerate(division.trips.pairs):
        count = -(-len(pair.loads) // least.get(pair.kind, 1))
        first, last = 0.0, 1.0
        if draw is not None and draw.random() < 0.6:
            first, last = draw.choice([0.0, 0.0, draw.random() * 0.6]), draw.uniform(0.4, 1.05)
        stage = stages[division.batch_of[p]]
        rows += [(stage, first + (last - first) * (j + 0.5) / count, p) for j in range(count)]
    rows.sort()
    order = np.full((len(rows), WISHES), -1, np.int64)
    order[:, PAIR_OF] = [p for _, _, p in rows]
    order[:, [HOLD, HOLD_OUT, HOLD_AT]] = 0
    order[:, HELD_AT] = -1
    marks = [stage for stage, _, _ in rows]
    cuts = [i for i in range(len(rows)) if i == 0 or marks[i] != marks[i - 1]]
    return order, [*cuts, len(rows)]


def _stages(linked: Linked) -> list[int]:
    """Stage of each batch, and of people in no batch: after all that it waits for."""
    count = len(linked.batches)
    stage = [0] * (count + 1)
    changed = True
    while changed:
        changed = False
        for i in range(count):
            least = max((stage[a] + 1 for a in linked.before(i)), default=0)
            if stage[i] < least:
                stage[i], changed = least, True
        changed |= _together(linked, stage)
    stage[count] = max(stage)
    return stage


def _together(linked: Linked, stage: list[int]) -> bool:
    """Batches that are exchanged are of one stage; those of a side follow on one another."""
    changed = False
    for wait in linked.waits:
        if wait.kind == "exchange":
            late = max(stage[i] for i in (*wait.waiting, *wait.awaited))
            for i in (*wait.waiting, *wait.awaited):
                changed |= stage[i] < late
                stage[i] = late
    last: dict[frozenset[str], int] = {}
    for i, batch in enumerate(linked.batches):
        least = last.get(batch.groups, 0)
        if stage[i] < least:
            stage[i], changed = least, True
        last[batch.groups] = stage[i]
    return changed


def _draw(choice: _Choice, seed: int, tries: int, enough: Callable[[], bool]) -> None:
    """Try orders with drawn settings, and changes of the best; keeps what is better."""
    draw = random.Random(seed)
    for i in range(tries):
        if enough():
            return
        if i % 3:
            order = _changed(choice.order, choice.stages, draw)
            cuts: Sequence[int] = choice.stages.cuts
        else:
            order, cuts = _order(
                choice.stages.linked, choice.division, choice.board.units, draw
            )
        stages = Stages(choice.stages.op, choice.stages.linked, choice.division.batch_of, cuts)
        runs = settle(choice.board, stages, order)
        if runs is not None and key(choice.board) < choice.tally:
            choice.order, choice.stages, choice.runs = order, stages, runs
            choice.tally = key(choice.board)


def _changed(order: Order, stages: Stages, draw: random.Random) -> Order:
    """Move some rows within their stretch; holds are computed anew."""
    new = order.copy()
    new[:, [HOLD, HOLD_OUT, HOLD_AT]] = 0
    new[:, HELD_AT] = -1
    for _ in range(draw.randint(1, 4)):
        k = draw.randrange(len(stages.cuts) - 1)
        first, last = stages.cuts[k], stages.cuts[k + 1]
        i, j = draw.randrange(first, last), draw.randrange(first, last)
        row = new[i].copy()
        if i < j:
            new[i:j] = new[i + 1 : j + 1]
        else:
            new[j + 1 : i + 1] = new[j:i].copy()
        new[j] = row
    return new
