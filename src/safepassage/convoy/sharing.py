"""Types of vehicles share passes that were planned for one type.

Each type takes some of the passes, so that at no moment more of its vehicles leave a place than
stand there, nor more of all together. For one type after another that is a flow over time: what
passes, and what stands at each place, between 0 and how many stand there of all types left. Only
that its loads add up at each place couples the flow, so its programme is almost whole as it is.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from safepassage.convoy.appointments import Turn
from safepassage.convoy.linear import stated
from safepassage.convoy.programme import Ints, Programme
from safepassage.convoy.trips import Trips
from safepassage.instance import Operation

__all__ = ["shared"]

LONGEST_S = 5.0
"""Seconds for the programme of one type."""
HALF = 0.5

Pool = tuple[str, str]
"""Where vehicles stand: ready at a place, or boarded at one."""


@dataclass
class _Stand:
    """Vehicles in a pool, between one departure and the next."""

    came: list[int] = field(default_factory=list)
    """Passes by which they have come ..."""
    left: list[int] = field(default_factory=list)
    """... and leave."""


def shared(op: Operation, trips: Trips, turns: Iterable[Turn]) -> list[Turn]:
    """Say which type makes each pass, so that each carries its own loads as far as can be.

    Types are alike in all that takes time. Ways in that no loaded way out follows are left out.
    """
    every = list(turns)
    used, pools = _pools(op, trips, every)
    loads = {(p.place, p.kind): len(p.loads) for p in trips.pairs}
    by_kind: Counter[str] = Counter()
    for (_, kind), n in loads.items():
        by_kind[kind] += n
    kinds = sorted(by_kind, key=lambda k: (by_kind[k], k))
    kind_of = dict.fromkeys(used, kinds[-1])
    counts = {k: Counter({("ready", p): n for p, n in op.kind(k).counts}) for k in kinds}
    for n, kind in enumerate(kinds[:-1]):
        free = [t for t in used if kind_of[t] == kinds[-1]]
        others: Counter[Pool] = sum((counts[k] for k in kinds[n + 1 :]), Counter())
        wanted = {place: loads.get((place, kind), 0) for place, _ in loads}
        for t in _taken(every, free, pools, counts[kind], others, wanted):
            kind_of[t] = kind
    return [
        (depart, replace(passes, kind=kind_of[n]), arrive)
        for n, (depart, passes, arrive) in enumerate(every)
        if n in kind_of
    ]


def _pools(
    op: Operation, trips: Trips, turns: Sequence[Turn]
) -> tuple[list[int], dict[Pool, list[_Stand]]]:
    """Follow the passes, first come first served: those that serve, and by pool its stands."""
    kinds = {p.kind for p in trips.pairs}
    board = {a.id: max(a.handling[k] for k in kinds) for a in op.assembly}
    unload = {d.id: max(d.handling[k] for k in kinds) for d in op.reception}
    ready: dict[str, list[int]] = defaultdict(list)
    for k in op.kinds:
        for place, count in k.counts if k.id in kinds else ():
            ready[place] += [0] * count
    boarded: dict[str, list[tuple[int, int]]] = defaultdict(list)
    events: dict[Pool, list[tuple[int, bool, int]]] = defaultdict(list)
    used: list[int] = []
    for n, (depart, passes, arrive) in enumerate(turns):
        place, route = passes.place, passes.route
        if passes.inward:
            if ready[route.start] and ready[route.start][0] <= depart:
                heapq.heappop(ready[route.start])
                heapq.heappush(boarded[place], (arrive + board[place], n))
        elif boarded[place] and boarded[place][0][0] <= depart:
            done, way_in = heapq.heappop(boarded[place])
            free = arrive + unload[route.end]
            heapq.heappush(ready[route.end], free)
            start = turns[way_in][1].route.start
            used += [way_in, n]
            events["ready", start].append((turns[way_in][0], True, way_in))
            events["boarded", place] += [(done, False, way_in), (depart, True, n)]
            events["ready", route.end].append((free, False, n))
    return sorted(used), {pool: _stands(found) for pool, found in sorted(events.items())}


def _stands(events: list[tuple[int, bool, int]]) -> list[_Stand]:
    """Divide what comes and leaves: who comes at a moment can leave at it."""
    stands = [_Stand()]
    for _, leaves, turn in sorted(events):
        if leaves:
            stands[-1].left.append(turn)
        else:
            if stands[-1].left:
                stands.append(_Stand())
            stands[-1].came.append(turn)
    return stands


def _taken(
    turns: Sequence[Turn],
    free: Sequence[int],
    pools: dict[Pool, list[_Stand]],
    mine: Counter[Pool],
    others: Counter[Pool],
    wanted: dict[str, int],
) -> list[int]:
    """Passes that a type takes of those that are free, missing as few loads as can be."""
    lp = Programme()
    passes = lp.block(len(free), 1.0)
    column = dict(zip(free, passes.tolist(), strict=True))

    def columns(found: Iterable[int]) -> Ints:
        return np.array([column[t] for t in found if t in column], np.int64)

    for pool, stands in pools.items():
        came = [columns(s.came) for s in stands]
        left = [columns(s.left) for s in stands]
        change = [a.size - b.size for a, b in zip(came, left, strict=True)]
        most = mine[pool] + others[pool] + np.cumsum(change)
        rows = lp.rows_of(pool, [float(mine[pool])] + [0.0] * (len(stands) - 1), equal=True)
        held = lp.block(len(stands), np.maximum(most, 0).astype(float))
        lp.put(rows, held, 1.0)
        lp.put(rows[1:], held[:-1], -1.0)
        for row, a, b in zip(rows.tolist(), came, left, strict=True):
            lp.fill(row, a, -1.0)
            lp.fill(row, b, 1.0)
    for place, n in wanted.items():
        row = lp.row(("loads", place), float(n), equal=True)
        lp.fill(row, columns(t for t in free if _carries(turns[t], place)), 1.0)
        lp.fill(row, lp.block(1, np.inf, -1.0), 1.0)
        lp.fill(row, lp.block(1, np.inf, -1.0), -1.0)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", LONGEST_S)
    solver.passModel(stated(lp, np.concatenate(lp.gain)))
    whole = np.full(passes.size, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(passes.size, passes.astype(np.int32), whole)
    solver.run()
    x = np.array(solver.getSolution().col_value)
    if x.size < lp.columns:
        return []
    return [t for t in free if x[column[t]] > HALF]


def _carries(turn: Turn, place: str) -> bool:
    return not turn[1].inward and turn[1].place == place
