"""Lower bounds on ever finer grids of time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from safepassage.convoy.alike import alike_kinds
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import Proof, certificate, load
from safepassage.convoy.questions import Bound, Watch, ask, late, open_spans
from safepassage.convoy.relaxation import Model
from safepassage.instance import Demand, Operation

__all__ = ["LEAST_STEP", "Refinement", "bays_bind", "steps_for"]

FIRST_STEP = 300
LEAST_STEP = 50
"""Steps of the finer grids (s)."""
MOST_COLUMNS = 65_000
"""Size of a programme that takes some seconds."""
ASKS = 4
LAST_ASKS = 3
FEW_ASKS = 2
"""Moments asked about: on most grids, on the finest, and on those before it where bays bind, since
those tell little."""
MARGIN_S = 900
"""How far before closed hours it is tried whether they pass in vain."""
BAYS_AMPLE = 1.2
"""Bays for so many times what crossings let pass do not bind."""
HOPE = 0.97
"""Share of the clearance at hand at which a fine programme is asked first."""
NEAR = 0.02
"""Thresholds expected within this share are trusted."""
LONGEST_S = 25.0
"""Seconds for one programme."""


def bays_bind(op: Operation) -> bool:
    """Whether all bays together board few more vehicles than all crossings let out."""

    def rate(seconds: Iterable[int]) -> float:
        least = min(seconds, default=0)
        return 1 / least if least else math.inf

    boarded = sum(y.bays * rate(y.handling.values()) for y in op.assembly)
    passed = sum(rate(c.out.values()) for c in op.crossings)
    return boarded < BAYS_AMPLE * passed


def steps_for(op: Operation, until: int) -> list[int]:
    """Steps of the finer grids (s): the finest is what can be solved in some seconds.

    A grid that inspections divide evenly loses nothing to rounding, so the finest is a multiple of
    what their times have in common.
    """
    times = [t for c in op.crossings for t in (*c.out.values(), *c.back.values()) if t]
    unit = math.gcd(*times) if times else FIRST_STEP
    unit *= -(-LEAST_STEP // unit)
    kinds = len(set(alike_kinds(op).values()))
    flows = sum(len(r) for ways in (op.fetch, op.carry) for r in ways.values()) * kinds
    states = kinds * (len(op.assembly) + len(op.reception) + 1)
    steps = [FIRST_STEP] if bays_bind(op) else [900, FIRST_STEP]
    while unit < FIRST_STEP:
        if len(grid_points(op, until, unit)) * (flows + states) <= MOST_COLUMNS:
            steps.append(unit)
            break
        unit += unit if unit < 100 else 50
    return steps


@dataclass
class Refinement:
    """Finer programmes, one grid after another."""

    op: Operation
    demand: Demand
    clearance: int
    goal: float
    watch: Watch
    bays: bool
    alike: Mapping[str, str] | None = None
    """By type, the type that stands for it, where alike types are taken as one."""
    rate: float | None = None
    """How fast the shortfall shrinks, a second; at the end of an operation the same on any grid."""
    expected: int = 0
    """Where the last grid puts the threshold."""

    def refine(self, best: Bound, step: int) -> Bound:
        """Ask a finer programme at a few moments, unless the bound will do."""
        near = self.clearance <= best.value * (1 + self.goal)
        if near or self.watch.enough(best.value):
            return best
        best = self._refined(best, step)
        self.watch.progress(best.value)
        return best

    def _refined(self, best: Bound, step: int) -> Bound:
        """Ask at moments between the bound and the clearance time.

        At the bound so far it falls short by something; the shortfall and how fast it shrinks tell
        where its threshold is.
        """
        known: list[tuple[int, float]] = []
        high = self.clearance
        # A good timetable is mostly within some per cent of the bound.
        hoped = int(HOPE * self.clearance) if step <= FIRST_STEP else 0
        by = max(best.value, self.expected or hoped)
        if late(self.op, by) >= high:
            by = best.value
        if self.bays and step < FIRST_STEP:
            # States of bays lose much on coarser grids: most of the way to what would be enough.
            by = (by + 2 * int(self.clearance / (1 + self.goal))) // 3
        first = FEW_ASKS if self.bays else ASKS
        asks = first if step >= FIRST_STEP else LAST_ASKS
        missed = False
        # Where the last one was too late, one more tells most of what is left.
        while asks > 0 or (asks == 0 and missed and step < FIRST_STEP):
            asks -= 1
            # A last slot of another length would cost more than it tells.
            even = max(-(-best.value // step), by // step) * step
            by = late(self.op, even) // step * step
            if by >= high:
                break
            if step <= FIRST_STEP and not known and by > even + MARGIN_S:
                # Through a night: what holds before it mostly holds until its end.
                self.watch.expect(by, self.bays)
            asked = self._ask(by, step)
            if asked is None:
                break
            m, proof = asked
            missed = proof.most >= m.target
            if not missed:
                known.append((by, proof.short))
                if by + 1 > best.value:
                    proven = certificate(m, proof, "clearance-at-least", by + 1, by)
                    best = Bound(by + 1, proven, load(m, proof))
            else:
                high = by
            near = self.clearance <= best.value * (1 + self.goal)
            if near or self.watch.enough(best.value) or high - best.value <= step:
                break
            by = self._next(known, proof, by, high, step) if known else (best.value + by) // 2
        return best

    def _ask(self, by: int, step: int) -> tuple[Model, Proof] | None:
        seconds = min(LONGEST_S, self.watch.left())
        if seconds <= 0:
            return None
        grid = grid_points(self.op, by, step)
        m, proof = ask(
            self.op,
            self.demand,
            grid,
            by,
            whole=True,
            bays=self.bays,
            seconds=seconds,
            alike=self.alike,
        )
        return None if proof is None else (m, proof)

    def _next(
        self, known: list[tuple[int, float]], proof: Proof, by: int, high: int, step: int
    ) -> int:
        """Where the threshold should be, a little below."""
        if len(known) > 1 and known[-2][1] > known[-1][1]:
            self.rate = (known[-2][1] - known[-1][1]) / (known[-1][0] - known[-2][0])
        if self.rate is None:
            # Over the whole operation; at the end it is mostly higher.
            open_s = sum(b - a for a, b in open_spans(self.op, by))
            self.rate = (proof.everybody - proof.short) / max(open_s, 1)
        at, short = known[-1]
        if self.rate <= 0:
            # Nobody can be out so early: that tells nothing of how fast they will be.
            self.rate = None
            return (at + high) // 2
        expected = min(at + int(short / self.rate), high)
        self.expected = expected if step <= FIRST_STEP else 0
        if step <= FIRST_STEP and (expected < at * (1 + NEAR) or expected == high < self.clearance):
            self.watch.expect(expected, self.bays)
        # The first guess on a grid rests on how fast the shortfall shrank on another.
        share = 0.95 if len(known) > 1 or expected < at * (1 + NEAR / 2) else 0.7
        by = min(at + max(int(share * short / self.rate), 1), (at + 3 * high) // 4)
        # Where a night is at hand, what holds before it mostly holds until its end.
        if (morning := late(self.op, by + MARGIN_S)) > by + MARGIN_S:
            by = morning
        return by
