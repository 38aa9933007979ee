"""From whole passes to an order of rotations with departures held to their beats."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from safepassage.convoy.beats import DAY, BeatModel, Passes
from safepassage.convoy.kernel import HOLD, HOLD_OUT, PAIR_OF, WISH_IN, WISH_OUT, WISH_UNIT, WISHES
from safepassage.convoy.programme import Floats
from safepassage.convoy.search import Order
from safepassage.convoy.tables import Board
from safepassage.instance import Operation

__all__ = ["Turn", "appointed", "in_turn"]

FREE = -1


Turn = tuple[int, Passes, int]
"""Departure, what passes, and arrival of one vehicle (s)."""


def appointed(op: Operation, board: Board, turns: Iterable[Turn]) -> tuple[Order, int]:
    """Give passes, in order of departure, to vehicles: first come first served.

    The board's units are single vehicles. The order is that of their boarding.

    Returns
    -------
    The order, and how many loads at its end no pass serves; those have no hold.
    """
    routes = {r: i for i, r in enumerate(board.routes)}
    pairs = {(p.place, p.kind): i for i, p in enumerate(board.trips.pairs)}
    boarding = {(a.id, k): t for a in op.assembly for k, t in a.handling.items()}
    unloading = {(d.id, k): t for d in op.reception for k, t in d.handling.items()}
    ready: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, made in enumerate(board.units):
        ready[made.kind, made.place].append((0, number))
    boarded: dict[tuple[str, str], list[tuple[int, int, int, int, int]]] = defaultdict(list)
    rows: list[tuple[int, int, int, int, int, int, int]] = []
    left = [len(p.loads) for p in board.trips.pairs]
    for depart, passes, arrive in turns:
        kind, place, route = passes.kind, passes.place, routes[passes.route]
        if (place, kind) not in pairs:
            # A type that shares passes may have none to carry here; its loads are loose instead.
            continue
        if passes.inward:
            waiting = ready[kind, passes.route.start]
            if not waiting or waiting[0][0] > depart:
                continue
            _, unit = heapq.heappop(waiting)
            done = arrive + boarding[place, kind]
            heapq.heappush(boarded[kind, place], (done, arrive, depart, route, unit))
            continue
        at = boarded[kind, place]
        pair = pairs[place, kind]
        if not at or at[0][0] > depart or not left[pair]:
            continue
        _, begin, hold, way_in, unit = heapq.heappop(at)
        left[pair] -= 1
        rows.append((begin, pair, hold, way_in, route, unit, depart))
        end = passes.route.end
        heapq.heappush(ready[kind, end], (arrive + unloading[end, kind], unit))
    rows.sort()
    order = np.full((len(rows) + sum(left), WISHES), FREE, np.int64)
    order[: len(rows), [PAIR_OF, HOLD, WISH_IN, WISH_OUT, WISH_UNIT, HOLD_OUT]] = np.array(
        [row[1:] for row in rows], np.int64
    ).reshape(-1, 6)
    rest = order[len(rows) :]
    rest[:, PAIR_OF] = np.repeat(np.arange(len(left)), left)
    rest[:, [HOLD, HOLD_OUT]] = 0
    return order, sum(left)


def in_turn(model: BeatModel, x: Floats) -> Iterator[Turn]:
    """Passes of a solution in order of departure, those of a typical day on each of its days."""
    found: list[tuple[int, int, int, int]] = []
    for n, passes in enumerate(model.passes):
        for i in np.flatnonzero(x[passes.columns] > 0.5).tolist():
            for day in range(int(passes.days[i])):
                shift = day * DAY
                depart = int(passes.depart[i]) + shift
                found.append((depart, int(passes.inward), n, int(passes.arrive[i]) + shift))
    for depart, _, n, arrive in sorted(found):
        yield depart, model.passes[n], arrive
