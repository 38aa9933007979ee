"""First timetables: who goes in which type, in what convoys, sent in an order by greedy choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safepassage.convoy.choices import Changes, Choice
from safepassage.convoy.effort import Effort
from safepassage.convoy.rescue import rescue
from safepassage.convoy.search import Order, Tally, sample
from safepassage.convoy.seating import allotted
from safepassage.convoy.tables import Board, build
from safepassage.convoy.trips import Trips, allot
from safepassage.convoy.units import Division, unit_sizes
from safepassage.instance import Demand, Operation

__all__ = ["LAST_HORIZON", "Draft", "Sizes", "construct", "rank"]

FIRST_HORIZON = 4 * 86_400
LAST_HORIZON = 400 * 86_400

FEW_LOADS = 300
"""Loads up to which every way to share people is tried, in a moment, ..."""
LIKELY = 3
"""... each with so many convoy sizes, where else one does."""

Sizes = Mapping[str, int]
"""Convoy size by vehicle type."""


@dataclass(eq=False)
class Draft:
    """A timetable under construction, in its board's work area."""

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


def construct(
    op: Operation, demand: Demand, seed: int, effort: Effort, hints: Sequence[Sizes]
) -> tuple[list[Draft], list[Sizes]]:
    """Screen convoy sizes, then allotments, by one greedy timetable each; look closer at the best.

    Returns finalists, the best first, and the convoy sizes in the order in which they did.
    """
    allotments = _allotments(op, demand, effort.allotments)
    if not allotments:
        return [], []
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
    found.sort(key=rank)
    # One greedy timetable says little of small gains: what they begin from is looked at, too.
    better = _chosen_better(op, found, seed, effort)
    others = (better, found) if any(b not in found for b in better) else (found,)
    drawn = [draft for some in others for draft in _drawn(op, some, seed, effort)]
    drawn = _distinct(sorted([*drawn, *found], key=rank))
    ranking = [best.choice.sizes for best in screened]
    if drawn:
        first = drawn[0].choice.sizes
        ranking = [first, *(s for s in ranking if s != first)]
    return drawn, ranking


def _screened(op: Operation, trips: Trips, choice: Sequence[Sizes], seed: int) -> list[Draft]:
    """Make a greedy timetable for each of some convoy sizes that differ; the best first."""
    made: list[Draft] = []
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
    return sorted(made, key=rank)


def _distinct(drafts: Sequence[Draft]) -> list[Draft]:
    """Leave out those that send the same convoys with the same people as one before."""
    kept: list[Draft] = []
    for draft in drafts:
        made = draft.choice
        if all(made.division != d.choice.division or made.trips != d.choice.trips for d in kept):
            kept.append(draft)
    return kept


def _drawn(op: Operation, found: Sequence[Draft], seed: int, effort: Effort) -> Sequence[Draft]:
    """Draw further greedy timetables for the first choices, and more for the best of them."""
    finalists = found[: effort.finalists]
    if not finalists:
        return []
    for best in finalists:
        _sample(op, best, seed, _affordable(effort.tries, best.board, effort))
    best = min(finalists, key=rank)
    _sample(op, best, seed + 1, _affordable(effort.more_tries, best.board, effort))
    return finalists


def rank(best: Draft) -> tuple[int, Tally]:
    """The objective: people left, people late, last arrival, waiting."""
    return sum(x[2] for x in best.trips.left), best.tally


def _affordable(tries: int, board: Board, effort: Effort) -> int:
    """Long operations gain little from tuning the ends, and each try costs more."""
    return max(3, min(tries, effort.trips // max(1, board.total_trips)))


def _chosen_better(op: Operation, found: Sequence[Draft], seed: int, effort: Effort) -> list[Draft]:
    """Change what is chosen for the first that differ, as long as it is affordable; best first.

    Where it is not, they stay as they are.
    """
    starts: list[Draft] = []
    for best in found:
        if len(starts) < effort.starts and all(best.tally != s.tally for s in starts):
            starts.append(best)
    made: list[Draft] = []
    left = effort.choices
    for best in starts:
        better, left = _descend(op, best, seed, left)
        made.append(better)
    return sorted(made, key=rank)


def _descend(op: Operation, best: Draft, seed: int, left: int) -> tuple[Draft, int]:
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


def _worth(made: Draft, best: Draft) -> bool:
    """Say whether a change is worth it: less waiting alone is not worth more convoys."""
    sooner = rank(made)[0], made.tally[:2]
    before = rank(best)[0], best.tally[:2]
    fewer = made.convoys <= best.convoys and made.tally[2] < best.tally[2]
    return sooner < before or (sooner == before and fewer)


def _first(op: Operation, trips: Trips, sizes: Sizes, seed: int) -> Draft | None:
    """A greedy timetable for loads and convoy sizes."""
    return _greedy(Choice(op, trips, sizes), seed)


def _greedy(choice: Choice, seed: int, horizon: int = FIRST_HORIZON) -> Draft | None:
    """A greedy timetable for one choice, over a horizon long enough for it."""
    op, trips, units = choice.op, choice.trips, choice.units()
    while units and horizon <= LAST_HORIZON:
        board = build(op, trips, units, horizon)
        found = []
        for mode in _modes(board):
            order, tally = sample(mode, op, seed=seed, tries=1, target=0)
            if order is not None:
                found.append(Draft(mode, order, tally, choice, horizon))
        if found:
            return min(found, key=rank)
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


def _sample(op: Operation, best: Draft, seed: int, tries: int) -> None:
    order, tally = sample(best.board, op, seed=seed, tries=tries, target=0)
    if order is not None and tally < best.tally:
        best.order, best.tally = order, tally
