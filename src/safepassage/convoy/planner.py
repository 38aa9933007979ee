"""Plan one level of the estimates: construct, bound, improve, until the stop criterion is met."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from safepassage.convoy.bounds import Bound, Watch, clearance_bound, people_bound
from safepassage.convoy.by_beats import NOT_BEFORE, Aside, plan_by_beats
from safepassage.convoy.construction import Draft, Sizes, construct, rank
from safepassage.convoy.effort import Effort
from safepassage.convoy.kernel import decode
from safepassage.convoy.paced import paced_clearance, paced_people
from safepassage.convoy.search import Order, Tally, improve
from safepassage.convoy.seating import NOT_FOUND
from safepassage.convoy.tables import Board
from safepassage.convoy.together import apart, gather
from safepassage.convoy.trips import NO_SEAT, Left, Trips, allot
from safepassage.instance import Demand, Operation
from safepassage.stop import Stop, seconds_left

__all__ = ["Effort", "Planned", "Stranded", "plan_demand"]

APART = "no timetable was found that keeps the group together"

LONG = 120
"""Convoys of an order beyond which only the best finalist is annealed before any round."""
LEAST_STEPS = 200
"""Changes that make a round worth while."""
UNTIL, UNTIL_LOOSE = 1.0, 1.7
"""End of the programme over beats, in shares of the goal above the bound to be expected: where that
is near the last, and where more may come of it ..."""
AIM = 0.5
"""... and what it aims at, in shares of that."""

Progress = Callable[[str, int | None, int | None], None]
"""Told what is being done, the best clearance time and the best bound so far (s)."""


@dataclass(frozen=True)
class Planned:
    """A timetable in a board's work area, with its bounds."""

    board: Board
    order: Order
    trips: Trips
    tally: Tally
    complete: bool
    """Whether everyone is carried."""
    clearance: Bound | None
    people: Bound | None
    ranking: tuple[Sizes, ...]
    """Convoy sizes, best first; hints for the next level."""

    @property
    def left(self) -> Sequence[Left]:
        """People whom the timetable does not carry."""
        return self.trips.left


@dataclass(frozen=True)
class Stranded:
    """Nobody can be carried: everybody is left, each with a reason."""

    left: Sequence[Left]


def plan_demand(
    op: Operation,
    demand: Demand,
    *,
    seed: int,
    stop: Stop,
    effort: Effort,
    progress: Progress = lambda *_: None,
    hints: Sequence[Sizes] = (),
) -> Planned | Stranded:
    """Plan one level of the estimates.

    The order of the objective: most people in time, least clearance time, least waiting. A group
    that cannot be kept together as its terms ask is left, so that the timetable stays valid.
    """
    planned = _plan(op, demand, seed, stop, effort, progress, hints)
    if planned is None:
        return _stranded(op, demand)
    if not (broken := apart(planned.board, demand)):
        return planned
    gathered = gather(op, demand, planned.board, planned.order)
    if gathered is not None:
        order, tally = gathered
        decode(planned.board.tables, planned.board.work, order, (0.0, 0.0), 0)
        return replace(planned, order=order, tally=tally)
    others = Demand(demand.level, tuple(c for c in demand.cells if c.group not in broken))
    left = [(c.group, c.place, c.persons, APART) for c in demand.cells if c.group in broken]
    rest = plan_demand(
        op, others, seed=seed, stop=stop, effort=effort, progress=progress, hints=hints
    )
    if isinstance(rest, Stranded):
        return Stranded([*rest.left, *left])
    trips = Trips(rest.trips.pairs, [*rest.left, *left])
    return replace(rest, trips=trips, complete=False, clearance=None, people=None)


def _stranded(op: Operation, demand: Demand) -> Stranded:
    """Leave everybody: for the reason that the terms give, where they give one."""
    known = {
        (group, place): reason
        for group, place, _, reason in allot(op, demand).left
        if reason != NO_SEAT  # where nobody leaves, no seat is taken
    }
    return Stranded(
        [
            (c.group, c.place, c.persons, known.get((c.group, c.place), NOT_FOUND))
            for c in demand.cells
        ]
    )


def _plan(
    op: Operation,
    demand: Demand,
    seed: int,
    stop: Stop,
    effort: Effort,
    progress: Progress,
    hints: Sequence[Sizes],
) -> Planned | None:
    drafts, ranking = construct(op, demand, seed, effort, hints)
    if not drafts:
        return None
    best = drafts[0]
    progress("first timetable", best.tally[1], None)
    complete = not best.trips.left
    bound = _bound(op, demand, best, stop, effort, progress) if complete else None
    lower = bound.value if bound else 0
    best = _polished(drafts, lower, seed, stop, effort)
    _improve(best, lower, seed, stop, effort, progress)
    people = _people(op, demand, best)
    decode(best.board.tables, best.board.work, best.order, (0.0, 0.0), 0)
    return Planned(
        best.board, best.order, best.trips, best.tally, complete, bound, people, tuple(ranking)
    )


def _bound(
    op: Operation, demand: Demand, best: Draft, stop: Stop, effort: Effort, progress: Progress
) -> Bound:
    """Bound the clearance time, and where the first bounds leave a gap, plan by beats meanwhile."""
    paced = paced_clearance(op, demand)
    if stop(best.tally[1], paced.value) or best.tally[1] <= paced.value * (1 + effort.goal):
        return paced
    aside: Aside | None = None
    proven = 0

    def clearance() -> int:
        """The least that is known of so far (s)."""
        found = aside.found if aside is not None else None
        return best.tally[1] if found is None else min(best.tally[1], found.tally[1])

    def told(value: int) -> None:
        nonlocal proven
        proven = value
        progress("bound", clearance(), value)

    def meanwhile(value: int, loose: bool) -> None:
        nonlocal aside
        # Groups that stay together are more than a choice of beats.
        apart_may_go = all(c.together is None for c in demand.cells) and not op.paces
        if aside is None and apart_may_go and seconds_left(stop) > NOT_BEFORE:
            room = (UNTIL_LOOSE if loose else UNTIL) * effort.goal
            until = min(best.tally[1], int(value * (1 + room)))
            aim = int(value * (1 + AIM * room))
            trips = best.trips
            aside = Aside(
                lambda self: plan_by_beats(
                    op,
                    trips,
                    until=until,
                    aim=aim,
                    left=lambda: 0.0 if self.over else seconds_left(stop),
                    enough=lambda found: stop(found, proven),
                    told=self.tell,
                )
            )

    watch = Watch(
        enough=lambda value: stop(clearance(), value),
        progress=told,
        left=lambda: seconds_left(stop),
        expect=meanwhile,
    )
    bound = clearance_bound(
        op,
        demand,
        best.tally[1],
        goal=effort.goal,
        watch=watch,
        fine=effort.fine,
        asking=effort.asking,
    )
    if aside is not None:
        found = aside.result(lambda clearance: stop(clearance, bound.value))
        if found is not None and found.tally < best.tally:
            best.board, best.order, best.tally = found.board, found.order, found.tally
            progress("timetable by beats", best.tally[1], bound.value)
    return max(bound, paced, key=lambda b: b.value)


def _polished(drafts: Sequence[Draft], lower: int, seed: int, stop: Stop, effort: Effort) -> Draft:
    """Anneal some finalists, and the best of them as often again; returns the best.

    Greedy timetables say little of which choice is best: they send a convoy where it loses least
    time next, so they do not have it go over from one place to another before it has to. A few
    short runs from the same order end better than a long one.
    """
    goal = _goal(lower, effort)
    raced = list(drafts[: effort.raced if drafts[0].convoys <= LONG else 1])
    orders = {id(draft): draft.order for draft in raced}
    runs = 2 * len(raced) if len(raced) > 1 else 1

    def anneal(draft: Draft, seed: int) -> None:
        over = stop(draft.tally[1], lower) or (draft.tally[0] == 0 and draft.tally[1] <= goal)
        # A change of an order has half of it decoded again, and what is held of a long one copied.
        decoded = draft.convoys / 2 if draft.convoys <= LONG else draft.convoys
        steps = min(effort.polish, int(effort.moved / max(1.0, decoded))) // runs
        if over or not steps or seconds_left(stop) <= 0:
            return
        order, tally = improve(
            draft.board, orders[id(draft)], target=lower, goal=goal, steps=steps, seed=seed
        )
        if tally < draft.tally:
            draft.order, draft.tally = order, tally

    for draft in raced:
        anneal(draft, seed)
    best = min(raced, key=rank)
    for run in range(runs - len(raced)):
        anneal(best, seed + 1 + run)
    return best


def _goal(lower: int, effort: Effort) -> int:
    """Last arrival that is near enough to the bound to stop improving (s)."""
    return int(lower * (1 + effort.goal / 4))


def _improve(
    best: Draft, lower: int, seed: int, stop: Stop, effort: Effort, progress: Progress
) -> None:
    goal = _goal(lower, effort)
    for i in range(effort.rounds):
        if stop(best.tally[1], lower) or (best.tally[0] == 0 and best.tally[1] <= goal):
            return
        steps = min(effort.steps, _steps_in(best, seconds_left(stop)))
        if steps < LEAST_STEPS:
            return
        order, tally = improve(
            best.board,
            best.order,
            target=lower,
            goal=goal,
            steps=steps,
            seed=seed * 1_000 + i,
        )
        if tally < best.tally:
            best.order, best.tally = order, tally
        progress("improving", best.tally[1], lower)


def _steps_in(best: Draft, seconds: float) -> int:
    """Changes that can be tried in so many seconds; without a limit, any number."""
    if math.isinf(seconds):
        return 1 << 40
    begin = time.monotonic()
    decode(best.board.tables, best.board.work, best.order, (0.0, 0.0), 0)
    return int(max(seconds, 0.0) / max(time.monotonic() - begin, 1e-6))


def _people(op: Operation, demand: Demand, best: Draft) -> Bound | None:
    """Bound on people in time, where somebody is late."""
    by = demand.in_time
    if best.tally[0] == 0 or by is None:
        return None
    paced = paced_people(op, demand, by)
    return min(people_bound(op, demand, by), paced, key=lambda b: b.value)
