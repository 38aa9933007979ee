"""Simulated annealing of mixed convoys: where they go, and who goes first.

Lanes stay as they are. What is worst for them is drifting into each other's turn at a crossing,
so convoys, alone or several that follow on one another, exchange places with others of earlier or
later rounds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from safepassage.convoy.kernel import GUEST_OF, GUESTS, PAIR_OF, decode
from safepassage.convoy.mixed import Mixed
from safepassage.convoy.search import Order, key, move_row

__all__ = ["improve_mixed"]

HEAT = 20.0
"""Worsening (s) that is accepted at first."""
LATE = 20.0
"""Worth (s) of one person late."""
WAITING = 0.3
"""Worth of a mean wait, as a part of the end."""
NEAR_ROUNDS = 4
"""Rounds over which places are exchanged near by."""
NEAR = 0.8
"""How often they are."""
BLOCK = 6
"""Convoys that exchange places with as many others, at most."""
NEAR_ROWS = 12
"""How far a row moves."""
LOOKED = 50
"""Tries after which it is looked whether time is up."""


def improve_mixed(made: Mixed, seed: int, tries: int, enough: Callable[[], bool]) -> Mixed:
    """Improve by so many tries, or until ``enough`` says so; returns what is better."""
    search = _Search(made, random.Random(seed))  # noqa: S311 - no secret
    now = search.value(made.order)
    if now is None:
        return made
    order, best = made.order, now
    for i in range(tries):
        if i % LOOKED == 0 and enough():
            break
        trial = order.copy()
        value = search.value(trial) if search.change(trial) else None
        heat = HEAT * (1 - i / tries) ** 2 + 1
        if value is None or value > now - heat * math.log(1 - search.draw.random()):
            continue
        order, now = trial, value
        if now < best:
            best = now
            made = replace(made, order=order, tally=key(made.board))
    return made


@dataclass(frozen=True)
class _Search:
    """Changes of an order."""

    made: Mixed
    draw: random.Random

    def value(self, order: Order) -> float | None:
        """What an order is worth: the less, the better. None where it does not fit."""
        board = self.made.board
        if not decode(board.tables, board.work, order, (0.0, 0.0), 0):
            return None
        late, last, waiting = key(board)
        return LATE * late + last + WAITING * waiting / max(1, board.persons)

    def change(self, order: Order) -> bool:
        """Change some rows; tells whether anything is changed."""
        kind = self.draw.random()
        if kind < 0.1:
            return self._shift(order)
        return self._exchange(order, 1 if kind < 0.55 else self.draw.randint(2, BLOCK))

    def _shift(self, order: Order) -> bool:
        """Move a row."""
        rows = order.shape[0]
        i = self.draw.randrange(rows)
        j = i + self.draw.choice((-1, 1)) * self.draw.randint(1, NEAR_ROWS)
        j = min(rows - 1, max(0, j))
        move_row(order, i, j)
        return bool(i != j)

    def _exchange(self, order: Order, size: int) -> bool:
        """Let convoys of hosts that follow on one another go to the places of as many others."""
        draw = self.draw
        rows = np.flatnonzero(np.isin(order[:, PAIR_OF], list(self.made.hosts)))
        i = j = draw.randrange(int(rows.size))
        if draw.random() < NEAR:
            by = draw.randint(size, max(size, NEAR_ROUNDS * len(self.made.lanes)))
            j += draw.choice((-1, 1)) * by
        else:
            j = draw.randrange(rows.size)
        if abs(i - j) < size or j < 0 or max(i, j) + size > rows.size:
            return False
        changed = False
        for a, b in zip(rows[i : i + size].tolist(), rows[j : j + size].tolist(), strict=True):
            changed |= self._exchanged(order, a, b)
        return changed

    def _exchanged(self, order: Order, a: int, b: int) -> bool:
        """Let two convoys exchange places, where guests gather at the new ones too."""
        p, q = int(order[a, PAIR_OF]), int(order[b, PAIR_OF])
        if p == q:
            return False
        for row, place in ((a, q), (b, p)):
            if order[row, GUESTS] > 0 and place not in self.made.along:
                return False
        for row, place in ((a, q), (b, p)):
            order[row, PAIR_OF] = place
            if order[row, GUESTS] > 0:
                order[row, GUEST_OF] = self.made.along[place]
        return True
