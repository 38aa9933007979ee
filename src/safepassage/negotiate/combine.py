"""The cheapest combination of changes, under weights that the user gives.

What suffices is upward closed: turning a lever further never hurts. So a combination that is proven
not to suffice rules out every one that turns no lever further, and the cheapest one that is not
ruled out is a lower bound on the cost of any that suffices. The search asks about that one, again
and again: each answer either raises the bound or ends the search.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from safepassage.errors import BadInput
from safepassage.files import did_you_mean, shown
from safepassage.negotiate.levers import Lever, together
from safepassage.negotiate.session import Answer, Reply, Session
from safepassage.plan.document import Level
from safepassage.workers import Crew

__all__ = ["Combination", "cheapest", "known_weights", "unit"]

ASKED = 30
"""Rounds of questions, at most."""
TOGETHER = 2
"""Combinations asked about in a round, in however many processes."""
PARTS = 12
"""Steps into which a lever is divided up to where it suffices alone."""

Point = tuple[int, ...]


@dataclass(frozen=True)
class Combination:
    """The cheapest combination found, and what any other costs at least."""

    weights: Mapping[str, float]
    grids: Mapping[str, tuple[int, ...]]
    """Amounts of each lever that has a weight, from the terms as they stand on."""
    parts: tuple[tuple[Lever, int], ...]
    """Levers that are turned, and how far."""
    settings: tuple[str, ...]
    cost: float | None
    """None where no combination was found that suffices."""
    cost_at_least: float
    """No combination in these steps costs less."""
    reply: Reply | None
    ruled_out: tuple[tuple[Mapping[str, int], Reply], ...]
    """Amounts by lever that are proven not to suffice; together they rule out what is cheaper."""


def unit(lever: Lever) -> int:
    """What a weight is for: a vehicle, a team, an hour a day, ten seconds a vehicle, an hour."""
    return {"hours": 3_600, "inspection": 10, "deadline": 3_600}.get(lever.kind, 1)


def cheapest(
    session: Session,
    levers: Sequence[Lever],
    weights: Mapping[str, float],
    level: Level,
    alone: Sequence[tuple[Lever, int | None]],
    crew: Crew[Session] | None = None,
) -> Combination:
    """Search for the cheapest combination of the levers that have a weight.

    Parameters
    ----------
    alone
        How far each lever has to be turned by itself, where that suffices.
    crew
        Processes that ask; by default this one.

    Raises
    ------
    BadInput
        If a weight names no lever, or is not over 0.
    """
    known_weights(levers, weights)
    used = [lever for lever in levers if lever.id in weights]
    reach = {lever.id: to for lever, to in alone}
    grids = [_grid(lever, reach.get(lever.id)) for lever in used]
    return _Lattice(session, used, grids, weights, level).run(crew or Crew(session, 1))


def known_weights(levers: Sequence[Lever], weights: Mapping[str, float]) -> None:
    """Refuse weights that name no lever.

    Raises
    ------
    BadInput
        If a weight names no lever, or is not over 0.
    """
    known = [lever.id for lever in levers]
    for name, weight in weights.items():
        if name not in known:
            near = did_you_mean(name, known) or f"; known: {', '.join(known)}"
            message = f"expected the name of a change, got {shown(name)}{near}"
            raise BadInput.one(f"--weight {name}", "unknown-id", message)
        if not (math.isfinite(weight) and weight > 0):
            message = f"expected a weight over 0, got {weight:g}"
            raise BadInput.one(f"--weight {name}", "bad-value", message)


def _grid(lever: Lever, to: int | None) -> list[int]:
    """Amounts in equal steps, from the terms as they stand to where the lever suffices alone."""
    last = lever.amounts.index(to) if to is not None else len(lever.amounts) - 1
    stride = max(1, -(-last // PARTS))
    return [lever.amounts[min(i, last)] for i in range(0, last + stride, stride)]


class _Lattice:
    """Combinations as indices into the grids of the levers."""

    def __init__(
        self,
        session: Session,
        levers: Sequence[Lever],
        grids: Sequence[Sequence[int]],
        weights: Mapping[str, float],
        level: Level,
    ) -> None:
        self.session, self.levers, self.grids, self.level = session, levers, grids, level
        self.weights = weights
        self.short: list[tuple[Point, Reply]] = []
        self.open: set[Point] = set()
        self.best: tuple[float, Point, Reply] | None = None

    def cost(self, point: Point) -> float:
        """Weights times units turned."""
        return sum(
            self.weights[lever.id] * abs(grid[i] - grid[0]) / unit(lever)
            for lever, grid, i in zip(self.levers, self.grids, point, strict=True)
        )

    def settings(self, point: Point) -> tuple[str, ...]:
        """Settings of a combination; a lever that is not turned is left alone."""
        return together(
            setting
            for lever, grid, i in zip(self.levers, self.grids, point, strict=True)
            if i
            for setting in lever.settings(grid[i])
        )

    def run(self, crew: Crew[Session]) -> Combination:
        """Ask about the cheapest combinations that are not ruled out, until there are none."""
        bound: float | None = None
        for _ in range(ASKED):
            points = self._next()
            if not points:
                break
            questions = [_Question(self.settings(point), self.level) for point in points]
            for point, answer in zip(points, crew.run(_replied, questions), strict=True):
                self._learn(point, answer.reply(self.session.opened))
        left = next(self._cheapest(set()), None)
        bound = self.cost(left) if left is not None else math.inf
        if self.best is not None:
            bound = min(bound, self.best[0])
        return self._found(bound)

    def _next(self) -> list[Point]:
        """Choose combinations of which none can rule out another."""
        chosen: list[Point] = []
        for point in self._cheapest(self.open):
            if self.best is not None and self.cost(point) >= self.best[0]:
                break
            further = self._further(point)
            if not any(_below(point, p) or _below(further, p) for p in chosen):
                chosen.append(further)
            if len(chosen) == TOGETHER:
                break
        return chosen

    def _further(self, point: Point) -> Point:
        """Look beyond a combination where that can rule out more at once: half way to the best."""
        top = tuple(len(grid) - 1 for grid in self.grids)
        reach = self.best[1] if self.best is not None else top
        between = tuple((i + max(i, j)) // 2 for i, j in zip(point, reach, strict=True))
        known = between in self.open or any(_below(between, p) for p, _ in self.short)
        dear = self.best is not None and self.cost(between) >= self.best[0]
        return point if known or dear else between

    def _learn(self, point: Point, reply: Reply) -> None:
        if reply.impossible:
            self.short = [(p, r) for p, r in self.short if not _below(p, point)]
            self.short.append((point, reply))
        elif reply.suffices:
            if self.best is None or self.cost(point) < self.best[0]:
                self.best = (self.cost(point), point, reply)
        else:
            self.open.add(point)

    def _cheapest(self, skipped: set[Point]) -> Iterator[Point]:
        """Yield combinations that are not ruled out, the cheapest first."""
        start = (0,) * len(self.grids)
        heap: list[tuple[float, Point]] = [(0.0, start)]
        seen = {start}
        while heap:
            _, point = heapq.heappop(heap)
            if point not in skipped and not any(_below(point, p) for p, _ in self.short):
                yield point
            for k, grid in enumerate(self.grids):
                if point[k] + 1 < len(grid):
                    after = (*point[:k], point[k] + 1, *point[k + 1 :])
                    if after not in seen:
                        seen.add(after)
                        heapq.heappush(heap, (self.cost(after), after))

    def _found(self, bound: float) -> Combination:
        point = self.best[1] if self.best is not None else None
        parts: tuple[tuple[Lever, int], ...] = ()
        if point is not None:
            turned = zip(self.levers, self.grids, point, strict=True)
            parts = tuple((lever, grid[i]) for lever, grid, i in turned if i)
        cheaper = [
            ({x.id: g[i] for x, g, i in zip(self.levers, self.grids, p, strict=True)}, r)
            for p, r in self.short
        ]
        return Combination(
            weights=self.weights,
            grids={x.id: tuple(g) for x, g in zip(self.levers, self.grids, strict=True)},
            parts=parts,
            settings=self.settings(point) if point is not None else (),
            cost=self.best[0] if self.best is not None else None,
            cost_at_least=bound if math.isfinite(bound) else 0.0,
            reply=self.best[2] if self.best is not None else None,
            ruled_out=tuple(cheaper),
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of one combination."""

    settings: tuple[str, ...]
    level: Level


def _replied(session: Session, question: _Question) -> Answer:
    """Answer at once, and with more care where that settles nothing."""
    reply = session.ask(question.settings, question.level)
    if not reply.suffices and not reply.impossible:
        reply = session.refine(question.settings, question.level)
    return Answer.of(reply, session.opened)


def _below(point: Point, other: Point) -> bool:
    """Whether no lever is turned further than in another combination."""
    return all(i <= j for i, j in zip(point, other, strict=True))
