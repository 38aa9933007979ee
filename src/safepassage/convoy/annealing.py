"""Simulated annealing of convoys that are formed anew, one linked step after another.

Rows change places, alone or together; convoys grow and shrink, merge and dissolve, go to other
places, take vehicles of another type along, and wait for more vehicles or do not. What a step is
worth is its end and, for a part, its mean wait: by its end alone, few changes tell. Some searches
race for each step; where a short one follows, the race is won by what that one can end first after.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from safepassage.convoy.anew import PATIENT, Anew
from safepassage.convoy.kernel import (
    CREW_OF,
    GUEST_OF,
    GUESTS,
    HELD_AT,
    HOLD_AT,
    HOLD_OUT,
    PAIR_OF,
    PATIENCE,
)
from safepassage.convoy.search import Order, key, move_row
from safepassage.convoy.waits import Settling, release, settle
from safepassage.instance import Operation

__all__ = ["improve_anew"]

HEAT = 60.0
"""Worsening (s) that is accepted at first ..."""
COOLER = 0.7
"""... of the first turn; each further one begins that much cooler, from the best so far on."""
FIELD = (4, 2, 1, 1)
"""Searches in each turn, where there are tries enough; else there is one in each."""
RACED = 20_000
"""Tries of a step that are enough."""
WAITING = 0.3
"""Worth of a mean wait, as a part of the end of a step."""
SHORT = 0.5
"""Rows, as a part of those of the step before, up to which a step is arranged to see how it goes on
from that one; what a longer one gains by few tries tells little."""
ARRANGED = 400
"""Tries for that."""
EVENLY = 0.2
"""Part of the tries that each step has alike; the others go by the number of rows."""
NEAR_ROWS = 8
BLOCK = 8
"""Rows that move together, at most."""
SELDOM = 0.2
"""How often rows are drawn from those of one type, so that types that go seldom have a turn."""


def improve_anew(
    made: Anew,
    op: Operation,
    seed: int,
    tries: int,
    enough: Callable[[], bool],
    seconds: float = math.inf,
) -> Anew:
    """Improve one step after another by so many tries in all; returns what is better.

    Each step has its share of the tries, and of ``seconds`` if that is less. Stops where
    ``enough`` says so.
    """
    settling = Settling(made.board, made.stages)
    draw = random.Random(seed)  # noqa: S311 - no secret
    order = made.order.copy()
    release(order)
    settling.restart()
    cuts = made.stages.cuts
    for k, (first, last) in enumerate(pairwise(cuts)):
        settling.begin()
        share = (1 - EVENLY) * (last - first) / cuts[-1] + EVENLY / (len(cuts) - 1)
        search = _Search(op, made, settling, draw, first, last)
        found = search.anneal(order, int(tries * share), seconds * share, enough)
        if len(found) > 1 and k + 2 < len(cuts) and cuts[k + 2] - last <= SHORT * (last - first):
            found = [_going_on_best(found, search, k)]
        if not found or not settling.stretch(found[0], first, last):
            return made
        order = found[0]
    # With the holds that were carried over, and without.
    fresh = order.copy()
    release(fresh)
    for final in (order, fresh):
        if settle(made.board, made.stages, final) and key(made.board) < made.tally:
            made = replace(made, order=final, tally=key(made.board))
    return made


def _going_on_best(found: Sequence[Order], search: _Search, k: int) -> Order:
    """Choose among orders of step ``k`` the one after which the next step can end first.

    That one is arranged a little for each, since it may need vehicles that others came to last.
    """
    settling, cuts = search.settling, search.made.stages.cuts
    chosen, least = found[0], math.inf
    for order in found:
        settling.stretch(order, search.first, search.last)
        settling.begin()
        draw = random.Random(k)  # noqa: S311 - no secret
        then = replace(search, draw=draw, first=search.last, last=cuts[k + 2])
        for arranged in then.anneal(order, ARRANGED, math.inf, lambda: False):
            if settling.stretch(arranged, then.first, then.last):
                end = key(search.made.board)[1]
                if end < least:
                    chosen, least = order, end
        settling.restart()
        for first, last in pairwise(cuts[: k + 1]):
            settling.begin()
            settling.stretch(order, first, last)
        settling.begin()
    return chosen


@dataclass(frozen=True)
class _Search:
    """Changes of the rows of one stretch."""

    op: Operation
    made: Anew
    settling: Settling
    draw: random.Random
    first: int
    last: int

    def anneal(
        self, order: Order, steps: int, seconds: float, enough: Callable[[], bool]
    ) -> list[Order]:
        """Return the best orders found, one of each search; none where the first fits nothing.

        Where there are tries enough, some searches begin alike, and after each turn the better
        half of them goes on.
        """
        if not self.settling.stretch(order, self.first, self.last):
            return []
        over = self.settling.released()
        released = np.array([over.get(b, 0) for b in self.made.stages.batch_of], np.int64)
        field = FIELD if steps >= RACED else (1,) * len(FIELD)
        value = self.value()
        draws = [self.draw, *(random.Random(self.draw.random()) for _ in range(field[0] - 1))]  # noqa: S311 - no secret
        runs = [_Run(replace(self, draw=draw), order, value) for draw in draws]
        for turn, count in enumerate(field):
            for run in runs[:count]:
                heat = HEAT * COOLER**turn
                run.turn(heat, steps // sum(field), seconds / sum(field), released, enough)
            runs.sort(key=lambda run: run.value)
        return [run.order for run in runs]

    def value(self) -> float:
        """What the last decode is worth: the less, the better."""
        board = self.made.board
        _, arrival, waiting = key(board)
        return arrival + WAITING * waiting / max(1, board.persons)

    def above(self, most: float) -> bool:
        """Whether the last decode is worth less than that."""
        return self.value() > most

    def hold_first(self, trial: Order, order: Order) -> None:
        """Free rows of their holds, but those that wait for the first convoy of another side.

        When that one is there seldom changes, so keeping it saves a decode; not where others
        than those who wait are changed.
        """
        rows, before = trial[self.first : self.last], order[self.first : self.last]
        held = rows[:, HOLD_AT]
        if not held.any():
            release(rows)
            return
        early = held == held[held > 0].min()
        one = int(early.argmax())
        moment, server = rows[one, [HOLD_AT, HELD_AT]].tolist()
        batch_of = self.settling.batch_of
        changed = (rows[:, [PAIR_OF, CREW_OF]] != before[:, [PAIR_OF, CREW_OF]]).any(axis=1)
        others = (batch_of[rows[changed, PAIR_OF]] != batch_of[rows[one, PAIR_OF]]).any()
        release(rows)
        if not others:
            rows[early, HOLD_AT], rows[early, HELD_AT] = moment, server

    def change(self, order: Order) -> bool:
        """Change some rows; tells whether anything is changed."""
        draw, first, last = self.draw, self.first, self.last
        i, j = draw.randrange(first, last), draw.randrange(first, last)
        if draw.random() < SELDOM:
            kinds = self._kinds(order)
            alike = np.flatnonzero(kinds == draw.choice(np.unique(kinds).tolist())) + first
            i, j = (int(alike[draw.randrange(alike.size)]) for _ in range(2))
        elif draw.random() < 0.7:
            j = min(last - 1, max(first, i + draw.choice((-1, 1)) * draw.randint(1, NEAR_ROWS)))
        change = draw.choice(_CHANGES if self.made.along else _CHANGES[:-1])
        if change not in _MOVES and order[i, CREW_OF] <= 0:
            return False
        return change(self, order, i, j)

    def _kinds(self, order: Order) -> Order:
        kinds: Order = self.made.board.tables.pair_kind[order[self.first : self.last, PAIR_OF]]
        return kinds

    def exchange(self, order: Order, i: int, j: int) -> bool:
        """Exchange two rows."""
        order[[i, j]] = order[[j, i]]
        return bool((order[i] != order[j]).any())

    def shift(self, order: Order, i: int, j: int) -> bool:
        """Move a row."""
        move_row(order, i, j)
        return i != j

    def shift_block(self, order: Order, i: int, j: int) -> bool:
        """Move some rows that follow on one another together."""
        size = self.draw.randint(2, BLOCK)
        a, b = min(i, j), max(i, j)
        if i == j or b + size > self.last:
            return False
        cut = a + size if i < j else b
        order[a : b + size] = np.concatenate([order[cut : b + size], order[a:cut]])
        return True

    def exchange_places(self, order: Order, i: int, j: int) -> bool:
        """Let two convoys of a type go to each other's place."""
        return self._exchange(order, i, j, [PAIR_OF, GUEST_OF, GUESTS])

    def exchange_sizes(self, order: Order, i: int, j: int) -> bool:
        """Let two convoys of a type have each other's size."""
        return self._exchange(order, i, j, [CREW_OF])

    def _exchange(self, order: Order, i: int, j: int, columns: list[int]) -> bool:
        pair_kind = self.made.board.tables.pair_kind
        if pair_kind[order[i, PAIR_OF]] != pair_kind[order[j, PAIR_OF]]:
            return False
        before = order[i, columns]
        order[i, columns] = order[j, columns]
        order[j, columns] = before
        return bool((order[i, columns] != before).any())

    def divide(self, order: Order, i: int, _j: int) -> bool:
        """Divide some convoys of one type that follow on one another by other lanes."""
        kinds = self._kinds(order)[i - self.first :]
        lanes = self.draw.choice(self.made.lanes[self.op.kinds[int(kinds[0])].id])
        alike = np.flatnonzero(kinds == kinds[0]) + i
        for n, row in enumerate(alike[: len(lanes) * self.draw.randint(1, 3)]):
            order[row, CREW_OF] = lanes[n % len(lanes)]
        return True

    def hand_over(self, order: Order, i: int, j: int) -> bool:
        """Let one convoy have a vehicle more, another one less."""
        more, less = self._grow(order, i, 1), self._grow(order, j, -1)
        return more or less

    def grow(self, order: Order, i: int, _j: int) -> bool:
        """Let a convoy have a vehicle more or less."""
        return self._grow(order, i, self.draw.choice((-1, 1)))

    def _grow(self, order: Order, i: int, by: int) -> bool:
        size = order[i, CREW_OF] + by
        fits = order[i, CREW_OF] > 0 and self.op.convoy_least <= size <= self.op.convoy_most
        if fits:
            order[i, CREW_OF] = size
        return bool(fits)

    def merge(self, order: Order, i: int, _j: int) -> bool:
        """Let a convoy take over the next one of its place and batch, or as much as may be."""
        least, most = self.op.convoy_least, self.op.convoy_most
        later = self._of_pair(order, i)
        later = later[later > i]
        if not later.size or order[i, CREW_OF] >= most:
            return False
        j, both = int(later[0]), int(order[i, CREW_OF] + order[later[0], CREW_OF])
        order[i, CREW_OF] = min(most, both)
        if both > most:
            order[j, CREW_OF] = max(least, both - most)
        else:
            self._spare(order, j)
        return True

    def dissolve(self, order: Order, i: int, _j: int) -> bool:
        """Divide the vehicles of a convoy over the nearest ones of its place and batch."""
        others = self._of_pair(order, i)
        others = others[(others != i) & (order[others, CREW_OF] < self.op.convoy_most)]
        nearest = np.argsort(np.abs(others - i), kind="stable")[: order[i, CREW_OF]]
        order[others[nearest], CREW_OF] += 1
        self._spare(order, i)
        return bool(nearest.size)

    def _of_pair(self, order: Order, i: int) -> Order:
        """Rows of the same place, type and batch as row ``i``, itself included."""
        return np.flatnonzero(order[self.first : self.last, PAIR_OF] == order[i, PAIR_OF]) + (
            self.first
        )

    def _spare(self, order: Order, i: int) -> None:
        """Put a row last, in case that something is left over."""
        move_row(order, i, self.last - 1)
        order[self.last - 1, CREW_OF] = self.op.convoy_least

    def wait(self, order: Order, i: int, _j: int) -> bool:
        """Let a convoy wait for more vehicles, or not."""
        before = order[i, PATIENCE]
        order[i, PATIENCE] = self.draw.choice(PATIENT)
        return bool(order[i, PATIENCE] != before)

    def invite(self, order: Order, i: int, _j: int) -> bool:
        """Let more or fewer vehicles of another type go along with a convoy."""
        others = self.made.along.get(int(order[i, PAIR_OF]))
        if not others:
            return False
        guest, by = self.draw.choice(others), self.draw.choice((-2, -1, -1, 1, 1, 2))
        before = order[i, GUESTS] if order[i, GUEST_OF] == guest else 0
        order[i, GUEST_OF], order[i, GUESTS] = guest, max(0, before + by)
        return bool(order[i, GUESTS] != before)


@dataclass
class _Run:
    """One of the searches that begin alike."""

    search: _Search
    order: Order
    """The best so far."""
    value: float

    def turn(
        self,
        heat: float,
        steps: int,
        seconds: float,
        released: Order,
        enough: Callable[[], bool],
    ) -> None:
        """Anneal from the best so far on, from some heat to none.

        ``released``: for each pair, when it may depart.
        """
        search, now, value = self.search, self.order, self.value
        rows = slice(search.first, search.last)
        begin, most_s = time.monotonic(), max(seconds, 1e-6)
        for i in range(steps):
            part = max(i / steps, (time.monotonic() - begin) / most_s)
            if part >= 1 or enough():
                break
            trial = now.copy()
            if not search.change(trial):
                continue
            search.hold_first(trial, now)
            trial[rows, HOLD_OUT] = released[trial[rows, PAIR_OF]]
            most = value - (heat * (1 - part) ** 2 + 1) * math.log(1 - search.draw.random())
            # Holds make nothing earlier, so what is bad without them need not be settled.
            spoilt = partial(search.above, most)
            if not search.settling.stretch(trial, search.first, search.last, spoilt):
                continue
            now, value = trial, search.value()
            if value < self.value:
                self.order, self.value = now, value


_MOVES = (_Search.exchange, _Search.shift, _Search.shift_block)
_CHANGES = (
    *_MOVES,
    _Search.exchange_places,
    _Search.exchange_sizes,
    _Search.divide,
    _Search.hand_over,
    _Search.grow,
    _Search.merge,
    _Search.dissolve,
    _Search.wait,
    _Search.invite,
)
