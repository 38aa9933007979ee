"""Plan one level of the estimates: construct, bound, improve, until the stop criterion is met."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from safepassage.convoy.bounds import Asking, Bound, Watch, clearance_bound, people_bound
from safepassage.convoy.by_beats import NOT_BEFORE, Aside, plan_by_beats
from safepassage.convoy.choices import Changes, Choice
from safepassage.convoy.kernel import decode
from safepassage.convoy.paced import paced_clearance, paced_people
from safepassage.convoy.rescue import rescue
from safepassage.convoy.search import Order, Tally, improve, sample
from safepassage.convoy.seating import NOT_FOUND, allotted
from safepassage.convoy.tables import Board, build
from safepassage.convoy.together import apart, gather
from safepassage.convoy.trips import NO_SEAT, Left, Trips, allot
from safepassage.convoy.units import Division, unit_sizes
from safepassage.instance import Demand, Operation
from safepassage.stop import Stop, seconds_left

__all__ = ["Effort", "Planned", "Stranded", "plan_demand"]

FIRST_HORIZON = 4 * 86_400
LAST_HORIZON = 400 * 86_400

APART = "no timetable was found that keeps the group together"

FEW_LOADS = 300
"""Loads up to which every way to share people is tried, in a moment, ..."""
LIKELY = 3
"""... each with so many convoy sizes, where else one does."""
LEAST_STEPS = 200
"""Changes that make a round worth while."""
UNTIL, UNTIL_LOOSE = 1.0, 1.7
"""End of the programme over beats, in shares of the goal above the bound to be expected: where that
is near the last, and where more may come of it ..."""
AIM = 0.5
"""... and what it aims at, in shares of that."""

Progress = Callable[[str, int | None, int | None], None]
"""Told what is being done, the best clearance time and the best bound so far (s)."""


Sizes = Mapping[str, int]
"""Convoy size by vehicle type."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work to do where the stop criterion does not end it first."""

    tries: int = 12
    """Greedy timetables for each finalist among the convoy sizes and allotments."""
    finalists: int = 3
    allotments: int = 4
    """Ways to share people among the types of vehicles to begin with, at most, where there are
    many loads."""
    choices: int = 200_000
    """Vehicle loads to decode while choices are improved, at most; ..."""
    starts: int = 6
    """... from so many, the best first."""
    more_tries: int = 150
    """Further ones for the best choice."""
    trips: int = 120_000
    """Vehicle loads to decode in one batch of tries, at most."""
    rounds: int = 6
    steps: int = 4_000
    """Changes tried in one round of annealing."""
    goal: float = 0.01
    """Gap to which bounds are refined."""
    fine: bool = True
    """Whether bounds may use fine grids of time."""
    asking: Asking = field(default_factory=Asking)
    """Moments asked about for the first bound."""

    @classmethod
    def quick(cls) -> Effort:
        """A timetable and a bound in a fraction of a second, for use at the table."""
        return cls(
            tries=6,
            finalists=2,
            choices=40_000,
            starts=2,
            more_tries=40,
            trips=16_000,
            rounds=0,
            fine=False,
        )

    @classmethod
    def glance(cls) -> Effort:
        """The first answer to a what-if: a few timetables of convoy sizes that are told."""
        return cls(
            tries=1,
            finalists=1,
            allotments=1,
            choices=4_000,
            starts=2,
            more_tries=2,
            trips=16_000,
            rounds=0,
            fine=False,
            asking=Asking(most=3, most_closed=2, begin=0.8, begin_closed=0.85, vain=2),
        )


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


@dataclass(eq=False)
class _Best:
    board: Board
    order: Order
    tally: Tally
    choice: Choice
    horizon: int

    @property
    def convoys(self) -> int:
        """Rotations of convoys."""
        return len(self.order)

    @property
    def trips(self) -> Trips:
        """The loads."""
        return self.choice.trips


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
    best, ranking = _construct(op, demand, seed, effort, hints)
    if best is None:
        return None
    progress("first timetable", best.tally[1], None)
    complete = not best.trips.left
    bound = _bound(op, demand, best, stop, effort, progress) if complete else None
    lower = bound.value if bound else 0
    _improve(best, lower, seed, stop, effort, progress)
    people = _people(op, demand, best)
    decode(best.board.tables, best.board.work, best.order, (0.0, 0.0), 0)
    return Planned(
        best.board, best.order, best.trips, best.tally, complete, bound, people, tuple(ranking)
    )


def _bound(
    op: Operation, demand: Demand, best: _Best, stop: Stop, effort: Effort, progress: Progress
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


def _improve(
    best: _Best, lower: int, seed: int, stop: Stop, effort: Effort, progress: Progress
) -> None:
    goal = int(lower * (1 + effort.goal / 4))
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


def _steps_in(best: _Best, seconds: float) -> int:
    """Changes that can be tried in so many seconds; without a limit, any number."""
    if math.isinf(seconds):
        return 1 << 40
    begin = time.monotonic()
    decode(best.board.tables, best.board.work, best.order, (0.0, 0.0), 0)
    return int(max(seconds, 0.0) / max(time.monotonic() - begin, 1e-6))


def _allotments(op: Operation, demand: Demand, most: int) -> list[Trips]:
    """Ways to share people among the types of vehicles, those first that leave fewest."""
    found: list[Trips] = []
    for own in (True, False) if any(k.own and k.total for k in op.kinds) else (True,):
        for by_choice in (False, True):
            trips = allot(op, demand, own_vehicles=own, by_choice=by_choice)
            if trips.pairs and trips not in found:
                found.append(trips)
            if len(found) >= most and not found[0].left and _loads(found[0]) > FEW_LOADS:
                return found
    if found and all(t.left for t in found):
        fewest = allotted(op, demand)
        found = [fewest, *(t for t in found if t != fewest)]
    return sorted(found, key=lambda t: sum(x[2] for x in t.left))


def _loads(trips: Trips) -> int:
    return sum(len(p.loads) for p in trips.pairs)


def _construct(
    op: Operation, demand: Demand, seed: int, effort: Effort, hints: Sequence[Sizes]
) -> tuple[_Best | None, list[Sizes]]:
    """Screen convoy sizes, then allotments, by one greedy timetable each; look closer at the best.

    Returns the best, and the convoy sizes in the order in which they did.
    """
    allotments = _allotments(op, demand, effort.allotments)
    if not allotments:
        return None, []
    screened = _screened(op, allotments[0], hints, seed)
    if not screened:
        screened = _screened(op, allotments[0], unit_sizes(op, allotments[0]), seed)
    found = list(screened)
    likely = LIKELY if _loads(allotments[0]) <= FEW_LOADS else 1
    for trips in allotments[1:]:
        # Where no convoy size served the first allotment, another may still do for this one.
        for sizes in [b.choice.sizes for b in screened[:likely]] or unit_sizes(op, trips):
            made = _first(op, trips, sizes, seed)
            if made is not None:
                found.append(made)
    if not found:
        made = rescue(op, demand, lambda trips, sizes: _first(op, trips, sizes, seed))
        found = [] if made is None else [made]
    found.sort(key=_rank)
    # One greedy timetable says little of small gains: what they begin from is looked at, too.
    better = _chosen_better(op, found, seed, effort)
    others = (better, found) if any(b not in found for b in better) else (found,)
    drawn = [_drawn(op, some, seed, effort) for some in others if some]
    first = min(drawn, key=_rank, default=None)
    ranking = [best.choice.sizes for best in screened]
    if first is not None:
        ranking = [first.choice.sizes, *(s for s in ranking if s != first.choice.sizes)]
    return first, ranking


def _screened(op: Operation, trips: Trips, choice: Sequence[Sizes], seed: int) -> list[_Best]:
    """Make a greedy timetable for each of some convoy sizes that differ; the best first."""
    made: list[_Best] = []
    known: list[Division] = []
    horizon = FIRST_HORIZON
    for sizes in choice:
        one = Choice(op, trips, sizes)
        if one.division in known:
            continue
        known.append(one.division)
        best = _greedy(one, seed, horizon)
        if best is not None:
            made.append(best)
            # What takes many days for one size does so for others.
            horizon = best.horizon
    return sorted(made, key=_rank)


def _drawn(op: Operation, found: Sequence[_Best], seed: int, effort: Effort) -> _Best:
    """Draw further greedy timetables for the first choices, and more for the best of them."""
    finalists = found[: effort.finalists]
    for best in finalists:
        _sample(op, best, seed, _affordable(effort.tries, best.board, effort))
    best = min(finalists, key=_rank)
    _sample(op, best, seed + 1, _affordable(effort.more_tries, best.board, effort))
    return best


def _rank(best: _Best) -> tuple[int, Tally]:
    return sum(x[2] for x in best.trips.left), best.tally


def _affordable(tries: int, board: Board, effort: Effort) -> int:
    """Long operations gain little from tuning the ends, and each try costs more."""
    return max(3, min(tries, effort.trips // max(1, board.total_trips)))


def _chosen_better(op: Operation, found: Sequence[_Best], seed: int, effort: Effort) -> list[_Best]:
    """Change what is chosen for the first that differ, as long as it is affordable; best first.

    Where it is not, they stay as they are.
    """
    starts: list[_Best] = []
    for best in found:
        if len(starts) < effort.starts and all(best.tally != s.tally for s in starts):
            starts.append(best)
    made: list[_Best] = []
    left = effort.choices
    for best in starts:
        better, left = _descend(op, best, seed, left)
        made.append(better)
    return sorted(made, key=_rank)


def _descend(op: Operation, best: _Best, seed: int, left: int) -> tuple[_Best, int]:
    """Change one thing at a time as long as that helps; also tells what is left of the effort."""
    changes = Changes(op, best.trips)
    tried = changes.of(best.choice)
    vain = i = 0
    while vain < len(tried) and left >= best.board.total_trips:
        choice = changes.changed(best.choice, tried[i])
        made = None
        if choice is not None:
            made = _greedy(choice, seed, best.horizon)
            left -= best.board.total_trips
        if made is not None and _worth(made, best):
            best, vain = made, 0
        else:
            vain += 1
            i = (i + 1) % len(tried)
    return best, left


def _worth(made: _Best, best: _Best) -> bool:
    """Say whether a change is worth it: less waiting alone is not worth more convoys."""
    sooner = _rank(made)[0], made.tally[:2]
    before = _rank(best)[0], best.tally[:2]
    fewer = made.convoys <= best.convoys and made.tally[2] < best.tally[2]
    return sooner < before or (sooner == before and fewer)


def _first(op: Operation, trips: Trips, sizes: Sizes, seed: int) -> _Best | None:
    """A greedy timetable for loads and convoy sizes."""
    return _greedy(Choice(op, trips, sizes), seed)


def _greedy(choice: Choice, seed: int, horizon: int = FIRST_HORIZON) -> _Best | None:
    """A greedy timetable for one choice, over a horizon long enough for it."""
    op, trips, units = choice.op, choice.trips, choice.units()
    while units and horizon <= LAST_HORIZON:
        board = build(op, trips, units, horizon)
        found = []
        for mode in _modes(board):
            order, tally = sample(mode, op, seed=seed, tries=1, target=0)
            if order is not None:
                found.append(_Best(mode, order, tally, choice, horizon))
        if found:
            return min(found, key=_rank)
        horizon *= 3
    return None


def _modes(board: Board) -> list[Board]:
    """The board as it is, and without a beat at the crossings, which costs the first in line time.

    The two share their work area.
    """
    if not board.tables.beat.any():
        return [board]
    free = board.tables._replace(beat=np.zeros_like(board.tables.beat))
    return [board, replace(board, tables=free)]


def _sample(op: Operation, best: _Best, seed: int, tries: int) -> None:
    order, tally = sample(best.board, op, seed=seed, tries=tries, target=0)
    if order is not None and tally < best.tally:
        best.order, best.tally = order, tally


def _people(op: Operation, demand: Demand, best: _Best) -> Bound | None:
    """Bound on people in time, where somebody is late."""
    by = demand.in_time
    if best.tally[0] == 0 or by is None:
        return None
    paced = paced_people(op, demand, by)
    return min(people_bound(op, demand, by), paced, key=lambda b: b.value)
