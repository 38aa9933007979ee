"""Plan a proposal with linked steps.

Step after step is decoded by the same kernel as any timetable, each batch after what it waits for;
vehicles that are free may fetch and board for a later step, and wait there. Drawn settings, the
division over batches and convoy sizes are tried, and the best is kept.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.convoy.anew import Anew, form_anew
from safepassage.convoy.annealing import improve_anew
from safepassage.convoy.batches import Division, Filling, divide_demand
from safepassage.convoy.bounds import Bound, clearance_bound, people_bound
from safepassage.convoy.chain import chain_bound
from safepassage.convoy.construction import LAST_HORIZON
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import FAR, PAIR_OF, WISHES
from safepassage.convoy.planner import Planned, Stranded
from safepassage.convoy.search import Order, Tally, key, move_row
from safepassage.convoy.seating import NOT_FOUND
from safepassage.convoy.tables import Board, build
from safepassage.convoy.together import apart
from safepassage.convoy.units import Unit, form_units, unit_sizes
from safepassage.convoy.waits import Stages, release, settle
from safepassage.errors import InternalFault
from safepassage.instance import Demand, Linked, Operation
from safepassage.stop import Stop, seconds_left

__all__ = ["plan_linked"]

FIRST_HORIZON = 20 * 86_400
FILLINGS: tuple[Filling, ...] = ("far-first", "near-first", "evenly")
LEADS = (None, 3_600, 4 * 3_600, 10 * 3_600)
"""How long before its turn a rotation may begin (s)."""
CUTS = 6
"""Parts between which near and distant places are divided, at most."""
SCREENED = 3
"""Divisions that every convoy size is tried with."""
DRAWN = 40
"""Drawn divisions over batches, at most."""
REFINED = 2
"""Divisions whose convoy sizes are refined, besides the first."""
FINALISTS = 12
REFORMED = 8
"""Choices whose convoys are formed anew, at most."""
QUICK_CHANGES = 2_500
"""Changes tried of the first of these for a quick answer, at least; ..."""
ROW_CHANGES, MOST_QUICK = 40, 10_000
"""... as many for each row of its order, up to so many."""
CHANGES = 20_000
"""Changes tried in one round, unless time is limited."""
MOST_CHANGES = 1_000_000
IN_TIME = 0.95
"""Part of the time left that one round takes."""
LEAST_TURNS = 20
"""Further tries below which an answer is to come at once."""
GLANCE_CHANGES = 1_000
"""Changes tried of the first choice for such an answer."""
NEAR_ROWS = 8
"""How far a row moves near by."""
TRIES = 80
LEAST_TRIES = 30
"""Drawn orders for each finalist, at most, and to be worth it."""

Sizes = Mapping[str, int]
Progress = Callable[[str, int | None, int | None], None]


@dataclass
class _Choice:
    """Division, convoy sizes, and the best order found for them."""

    division: Division
    sizes: Sizes
    lead: int | None
    board: Board
    stages: Stages
    order: Order
    tally: Tally

    @property
    def rank(self) -> tuple[int, Tally]:
        """People left, then the objective."""
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
    found = _construct(op, demand, linked, hints, effort)
    if not found:
        trips = divide_demand(op, demand, linked, FILLINGS[0], large=True).trips
        lost = [(c.group, c.place, c.persons, NOT_FOUND) for c in demand.cells]
        return Stranded(lost if trips.pairs else trips.left)

    def over(clearance: int, bound: int) -> bool:
        """Whether to stop; a quick answer does not depend on the machine's speed."""
        return effort.rounds > 0 and stop(clearance, bound)

    progress("first timetable", found[0].tally[1], None)
    starts: list[Anew] = []
    if all(c.together is None for c in demand.cells):
        starts = _formed_anew(op, linked, found[: REFORMED if effort.rounds else 1])
    affordable = 4 * effort.trips // max(1, found[0].board.total_trips)
    finalists = found[: max(1, min(FINALISTS, affordable // LEAST_TRIES))]
    # Drawn orders of whole units gain less in the same time.
    for choice in finalists if not starts else ():
        tries = min(TRIES, 2 * effort.more_tries, affordable // len(finalists))
        _draw(choice, seed, tries, lambda: over(FAR, 0))
    best = min(found, key=lambda c: c.rank)
    if starts:
        changes = _first_changes(effort, len(starts[0].order))
        first = improve_anew(starts[0], op, seed, changes, lambda: over(FAR, 0))
        best = _instead(best, first)
    complete = not best.division.trips.left
    bound = _bound(op, demand, linked, best.tally[1], effort, over) if complete else None
    if bound is not None:
        progress("bound", best.tally[1], bound.value)
    lower = bound.value if bound else 0

    def near() -> bool:
        """Whether the timetable is near enough to the bound, or time is up."""
        return stop(best.tally[1], lower)

    for i in range(effort.rounds):
        if near():
            break
        if starts:
            # Not from what is improved already: little heat does not get away from there.
            anew = starts[i % len(starts)]
            best = _instead(best, _round(anew, op, seed + 1 + i, near, seconds_left(stop)))
        else:
            _draw(best, seed + 1 + i, 2 * TRIES, near)
        progress("improving", best.tally[1], lower)
    people = None
    if best.tally[0] and demand.in_time is not None:
        people = people_bound(op, demand, demand.in_time)
    if not settle(best.board, best.stages, best.order):
        raise InternalFault("an order that kept every wait does not when decoded again")
    trips = best.division.trips
    return Planned(
        best.board, best.order, trips, best.tally, complete, bound, people, (best.sizes,)
    )


def _first_changes(effort: Effort, rows: int) -> int:
    """How many changes of the first order are tried before anything is bounded."""
    if effort.more_tries < LEAST_TURNS:
        return GLANCE_CHANGES
    return max(QUICK_CHANGES, min(MOST_QUICK, ROW_CHANGES * rows))


def _round(
    anew: Anew, op: Operation, seed: int, enough: Callable[[], bool], seconds: float
) -> Anew:
    """Improve by as much as fits into some seconds, or by a set number of tries."""
    changes = CHANGES if seconds == math.inf else MOST_CHANGES
    return improve_anew(anew, op, seed, changes, enough, IN_TIME * seconds)


def _bound(
    op: Operation,
    demand: Demand,
    linked: Linked,
    taken: int,
    effort: Effort,
    over: Callable[[int, int], bool],
) -> Bound:
    """Bound the clearance time below ``taken``, that of the timetable."""
    bound = chain_bound(op, demand, taken, fine=False)
    if effort.fine and not over(taken, bound.value):
        finer = chain_bound(op, demand, taken, fine=True, enough=lambda x: over(taken, x))
        bound = max(bound, finer, key=lambda b: b.value)
    if bound.value == 0 or not _all_bound(demand, linked):
        # Whoever is in no step may be the last.
        plain = clearance_bound(op, demand, taken, goal=effort.goal, fine=effort.fine)
        bound = max(bound, plain, key=lambda b: b.value)
    return bound


def _formed_anew(op: Operation, linked: Linked, found: Sequence[_Choice]) -> list[Anew]:
    """Form the convoys of some choices anew at every rotation; the best first."""
    formed = [
        form_anew(op, linked, choice.division, _stages(linked), choice.sizes, FIRST_HORIZON)
        for choice in found
    ]
    return sorted((m for m in formed if m is not None), key=lambda m: m.tally)


def _loads(division: Division) -> frozenset[tuple[str, str, int, int]]:
    """How many loads of which batch go from where in what."""
    pairs = zip(division.trips.pairs, division.batch_of, strict=True)
    return frozenset((p.place, p.kind, batch, len(p.loads)) for p, batch in pairs)


def _instead(best: _Choice, anew: Anew) -> _Choice:
    """Convoys formed anew, where they are better."""
    made = _Choice(anew.division, anew.sizes, None, anew.board, anew.stages, anew.order, anew.tally)
    return made if made.rank < best.rank else best


def _all_bound(demand: Demand, linked: Linked) -> bool:
    """Whether everybody is in some step."""
    in_steps = {g for b in linked.batches if b.step for g in b.groups}
    return all(b.step for b in linked.batches) and all(c.group in in_steps for c in demand.cells)


def _construct(
    op: Operation, demand: Demand, linked: Linked, hints: Sequence[Sizes], effort: Effort
) -> list[_Choice]:
    """Try divisions and convoy sizes by one order each, the best refined type by type.

    Returns choices with different divisions, the best first.
    """
    fillings = (*FILLINGS, *_cuts(demand, linked))
    divisions = list(_divisions(op, demand, linked, fillings))
    if not divisions:
        return []
    best: _Choice | None = None
    for sizes in [*hints, *_even_sizes(op, divisions[0])]:
        for division in divisions[:SCREENED]:
            best = _better(best, _first(op, demand, linked, division, sizes, None))
        if best is not None and hints:
            break
    if best is None:
        return []
    best = _refined(op, demand, linked, best, sizes=effort.fine or not hints)
    drawn = min(DRAWN, effort.more_tries // 2, effort.trips // (4 * best.board.total_trips))
    divisions += [d for d in _divisions(op, demand, linked, range(drawn)) if d not in divisions]
    # Who sits in which load matters little: each number of loads is tried once.
    different = {_loads(d): d for d in reversed(divisions)}
    others = [
        made
        for loads, division in different.items()
        if loads != _loads(best.division)
        and (made := _first(op, demand, linked, division, best.sizes, best.lead)) is not None
    ]
    others.sort(key=lambda c: c.rank)
    # A quick answer refines none but the first, nor does it help where convoys are formed anew.
    n = REFINED if effort.fine and op.convoy_least == op.convoy_most else 0
    refined = [_refined(op, demand, linked, c) for c in others[:n]]
    return sorted([best, *refined, *others[n:]], key=lambda c: c.rank)


def _cuts(demand: Demand, linked: Linked) -> list[Filling]:
    """Ways to keep near and distant places of a side apart."""
    most = max(
        (len({c.place for c in demand.cells if c.group in b.groups}) for b in linked.batches),
        default=0,
    )
    counts = sorted({round(most * k / CUTS) for k in range(1, CUTS)} - {0, most})
    return [(first, n) for first in ("far", "near") for n in counts]


def _better(best: _Choice | None, made: _Choice | None) -> _Choice | None:
    if best is None or (made is not None and made.rank < best.rank):
        return made
    return best


def _even_sizes(op: Operation, division: Division) -> list[Sizes]:
    """The same convoy size for every type that is used."""
    used = {p.kind for p in division.trips.pairs}
    kinds = [k.id for k in op.kinds if k.id in used and not k.own]
    return [s for s in unit_sizes(op, division.trips) if len({s[k] for k in kinds}) <= 1]


def _refined(
    op: Operation, demand: Demand, linked: Linked, best: _Choice, *, sizes: bool = True
) -> _Choice:
    """Change the convoy size of one type at a time, and the lead, as long as that helps.

    Where ``sizes`` are told well enough, the lead alone.
    """
    least, most = op.convoy_least, op.convoy_most
    used = {p.kind for p in best.division.trips.pairs}
    steps = sorted({least, min(most, least + 1), (least + most) // 2, most - most // 5, most})
    while True:
        before = best
        for kind in op.kinds if sizes and most > least else ():
            for size in steps if kind.id in used else ():
                other = {**best.sizes, kind.id: size}
                made = _first(op, demand, linked, best.division, other, best.lead)
                best = _better(best, made) or best
        for lead in LEADS:
            made = _first(op, demand, linked, best.division, best.sizes, lead)
            best = _better(best, made) or best
        if best is before:
            return best


def _divisions(
    op: Operation, demand: Demand, linked: Linked, fillings: Sequence[Filling]
) -> list[Division]:
    """Different divisions, those who leave fewest people first."""
    known: list[Division] = []
    choice = any(len(c.kinds) > 1 for c in demand.cells)
    for large in (True, False) if choice else (True,):
        for filling in fillings:
            division = divide_demand(op, demand, linked, filling, large=large)
            if division.trips.pairs and division not in known:
                known.append(division)
    return sorted(known, key=lambda d: sum(x[2] for x in d.trips.left))


def _first(
    op: Operation,
    demand: Demand,
    linked: Linked,
    division: Division,
    sizes: Sizes,
    lead: int | None,
) -> _Choice | None:
    units = form_units(op, division.trips, sizes)
    horizon = FIRST_HORIZON
    while units and horizon <= LAST_HORIZON:
        board = build(op, division.trips, units, horizon)
        # Batches leave gaps, which starts on a beat would only make longer.
        free = board.tables._replace(beat=np.zeros_like(board.tables.beat))
        board = replace(board, tables=free)
        order, cuts = _order(linked, division, units, None)
        stages = Stages(op, linked, division.batch_of, cuts, lead)
        if settle(board, stages, order):
            if apart(board, demand):
                return None
            return _Choice(division, sizes, lead, board, stages, order, key(board))
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
    rows: list[tuple[int, float, int, int]] = []
    for p, pair in enumerate(division.trips.pairs):
        count = -(-len(pair.loads) // least.get(pair.kind, 1))
        first, last = 0.0, 1.0
        if draw is not None and draw.random() < 0.6:
            first, last = draw.choice([-0.2, 0.0, draw.random() * 0.6]), draw.uniform(0.2, 1.05)
        stage = stages[division.batch_of[p]]
        rows += [(stage, first + (last - first) * j / count, count, p) for j in range(count)]
    # Where two begin together, the one whose convoys stand for more of their batch goes first.
    rows.sort()
    order = np.full((len(rows), WISHES), -1, np.int64)
    order[:, PAIR_OF] = [p for *_, p in rows]
    release(order)
    marks = [stage for stage, *_ in rows]
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
    draw = random.Random(seed)  # noqa: S311 - no secret
    for i in range(tries):
        if enough():
            return
        if i % 3:
            order = _changed(choice.order, choice.stages, draw)
            cuts: Sequence[int] = choice.stages.cuts
        else:
            order, cuts = _order(choice.stages.linked, choice.division, choice.board.units, draw)
        stages = replace(choice.stages, cuts=cuts)
        settled = settle(choice.board, stages, order)
        if settled and key(choice.board) < choice.tally:
            choice.order, choice.stages, choice.tally = order, stages, key(choice.board)


def _changed(order: Order, stages: Stages, draw: random.Random) -> Order:
    """Move some rows within their stretch, near by or far; holds are computed anew."""
    new = order.copy()
    release(new)
    near = draw.random() < 0.5
    for _ in range(draw.randint(1, 2 if near else 4)):
        k = draw.randrange(len(stages.cuts) - 1)
        first, last = stages.cuts[k], stages.cuts[k + 1]
        i, j = draw.randrange(first, last), draw.randrange(first, last)
        if near:
            j = min(last - 1, max(first, i + draw.choice((-1, 1)) * draw.randint(1, NEAR_ROWS)))
        move_row(new, i, j)
    return new
