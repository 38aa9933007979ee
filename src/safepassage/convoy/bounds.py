"""Lower bounds on clearance and upper bounds on people out, each with its certificate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.convoy.alike import alike_kinds
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import Proof, certificate, load, prove
from safepassage.convoy.relaxation import Model, model
from safepassage.errors import InternalFault
from safepassage.instance import Demand, Operation

__all__ = ["Asking", "Bound", "Watch", "bays_bind", "clearance_bound", "people_bound"]

FIRST_STEP = 300
LEAST_STEP = 50
"""Steps of the finer grids (s)."""
MOST_COLUMNS = 65_000
"""Size of a programme that takes some seconds."""
ASKS = 4
LAST_ASKS = 3
"""Moments asked about, on most grids and on the finest."""
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
EXACT, ROUGH = 0.001, 0.005
"""To what share of the clearance time the first bound is found: alone, and before finer ones."""
AS_SHORT = 0.99
"""Share of the shortfall that a programme with alike types as one has to keep to be used."""


@dataclass(frozen=True)
class Asking:
    """Which moments the programme of a few slots is asked about."""

    most: int = 12
    """Moments, at most."""
    begin: float = 0.95
    """The first, as a share of the clearance time of the plan. From well below, two or three
    moments are mostly enough, since the shortfall shrinks evenly."""
    begin_closed: float = 0.95
    """The same where crossings close in between: quick plans are then further from the bound."""
    vain: int = 0
    """Further moments, for those at the beginning by which nothing is proven."""


@dataclass(frozen=True)
class Bound:
    """A proven number and what proves it."""

    value: int
    certificate: dict[str, Any] | None
    load: dict[str, float]
    """Share of the bound that each family of limits carries, for naming the bottleneck."""


@dataclass(frozen=True)
class Watch:
    """Who is told of a bound on its way, and can end it."""

    enough: Callable[[int], bool] = lambda _: False
    """Whether a bound will do."""
    progress: Callable[[int], None] = lambda _: None
    """Told each better bound (s)."""
    left: Callable[[], float] = lambda: math.inf
    """Seconds that are left."""
    expect: Callable[[int, bool], None] = lambda *_: None
    """Told what bound a fine grid will come to, as soon as that can be seen, and whether finer ones
    may come to much more."""


def _coarse(op: Operation, until: int) -> list[int]:
    """A few slots: openings and closings, and finer ones at the two ends.

    Where crossings close in between, the hours of each opening are divided too: what a vehicle
    can still do before the closing is then told apart.
    """
    points = {0, until}
    spans = {
        span
        for crossing in op.crossings
        for span in op.timeline.crossing_open(crossing.id, until + 1)
    }
    for a, b in spans:
        points.update(p for p in (a, b) if p <= until)
    if _closes(op, until):
        total = sum(b - a for a, b in spans)
        step = max(1_800, total // 80)
        points.update(p for a, b in spans for p in range(a, min(b, until), step))
    step = 1_800
    for k in range(1, 5):
        points.update(p for p in (k * step, until - k * step) if 0 < p < until)
    return sorted(points)


def _closes(op: Operation, until: int) -> bool:
    """Whether some crossing closes and opens again."""
    return any(len(op.timeline.crossing_open(c.id, until + 1)) > 1 for c in op.crossings)


def _ask(
    op: Operation,
    demand: Demand,
    grid: Sequence[int],
    by: int,
    *,
    whole: bool,
    bays: bool,
    seconds: float | None = None,
    alike: Mapping[str, str] | None = None,
) -> tuple[Model, Proof | None]:
    m = model(op, demand, grid, by, whole=whole, bays=bays)
    seats = {k.id: k.seats for k in op.kinds}
    return m, prove(m, whole=whole, seconds=seconds, alike=alike, seats=seats)


def _alike(op: Operation) -> dict[str, str] | None:
    """Types that are alike, where there are some."""
    alike = alike_kinds(op)
    return alike if len(set(alike.values())) < len(alike) else None


def _as_good(op: Operation, demand: Demand, by: int, alike: Mapping[str, str]) -> bool:
    """Whether taking alike types as one proves as much of a moment, in a few slots."""
    short = [
        proof.short if proof is not None else 0.0
        for kept in (alike, None)
        for _, proof in (_ask(op, demand, _coarse(op, by), by, whole=True, bays=False, alike=kept),)
    ]
    return short[0] > AS_SHORT * short[1]


def people_bound(op: Operation, demand: Demand, by: int, *, step: int | None = None) -> Bound:
    """Upper bound on the people out by a moment."""
    grid = _coarse(op, by) if step is None else grid_points(op, by, step)
    m, proof = _ask(op, demand, grid, by, whole=False, bays=step is not None)
    if proof is None:
        raise InternalFault("a programme without a time limit was not solved")
    if proof.most >= demand.persons:
        # That no more are out than there are needs no proof, and this programme proves no less.
        return Bound(demand.persons, None, load(m, proof))
    most = max(proof.most, 0)
    return Bound(most, certificate(m, proof, "out-by-at-most", most, by), load(m, proof))


def clearance_bound(
    op: Operation,
    demand: Demand,
    clearance: int,
    *,
    goal: float,
    watch: Watch | None = None,
    fine: bool = True,
    asking: Asking | None = None,
) -> Bound:
    """Lower bound on the clearance time, refined until it is within ``goal`` of ``clearance``.

    First a programme of a few slots; then finer grids, which only tell more where crossings close
    in between, or where bays are as scarce as crossings.
    """
    watch = watch or Watch()
    bays = bays_bind(op)
    steps = _steps(op, clearance) if fine and (bays or _closes(op, clearance)) else []
    alike = _alike(op) if steps and not bays else None
    within = max(60, int((ROUGH if steps else EXACT) * clearance))
    best = _threshold(op, demand, clearance, asking or Asking(), within, alike)
    watch.progress(best.value)
    if alike and not _as_good(op, demand, best.value - 1, alike):
        alike = None
    refinement = _Refinement(op, demand, clearance, goal, watch, bays, alike)
    for step in steps:
        best = refinement.refine(best, step)
    if refinement.alike and steps:
        refinement.alike = None
        best = refinement.refine(best, steps[-1])
    return best


def bays_bind(op: Operation) -> bool:
    """Whether all bays together board few more vehicles than all crossings let out."""

    def rate(seconds: Iterable[int]) -> float:
        least = min(seconds, default=0)
        return 1 / least if least else math.inf

    boarded = sum(y.bays * rate(y.handling.values()) for y in op.assembly)
    passed = sum(rate(c.out.values()) for c in op.crossings)
    return boarded < BAYS_AMPLE * passed


def _steps(op: Operation, until: int) -> list[int]:
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


def _threshold(
    op: Operation,
    demand: Demand,
    clearance: int,
    asking: Asking,
    within: int,
    alike: Mapping[str, str] | None,
) -> Bound:
    """Largest moment by which the programme of a few slots proves that not all can be out.

    It is found to within so many seconds.

    The shortfall grows almost in proportion to the time that is missing, so a secant through two
    of them finds the threshold in a few steps; halving is the fallback.
    """
    low, high = 0, clearance
    best = Bound(0, None, {})
    known: list[tuple[int, float]] = []
    begin = asking.begin_closed if _closes(op, clearance) else asking.begin
    by = int(clearance * begin)
    missed, vain, turn = False, 0, 0
    closes = _closes(op, clearance)
    while turn < asking.most + vain:
        # What holds before closed hours holds until nothing more can have arrived.
        by = min(_late(op, by), high - 1) if closes else by
        m, proof = _ask(op, demand, _coarse(op, by), by, whole=True, bays=False, alike=alike)
        missed = proof is None or proof.most >= m.target
        if proof is not None and not missed:
            low = by
            known.append((by, proof.short))
            proven = certificate(m, proof, "clearance-at-least", by + 1, by)
            best = Bound(by + 1, proven, load(m, proof))
        else:
            high = by
            # Until something is proven, nothing is known of how the shortfall shrinks.
            vain = min(vain + 1, asking.vain) if not known else vain
        if high - low <= within:
            break
        # A guess that was too late says that the shortfall does not shrink evenly: halve once.
        if missed and len(known) > 1:
            by = (low + high) // 2
        else:
            everybody = proof.everybody if proof is not None else 0.0
            by = _guess(known, low, high, (1 - begin) * 0.8 * 2**turn, everybody)
        turn += 1
    return best


def _guess(
    known: list[tuple[int, float]], low: int, high: int, drop: float, everybody: float
) -> int:
    middle = (low + high) // 2
    if not known:
        # Still too late to prove anything: the threshold is mostly not far below, but may be.
        return max(middle, int(high * (1 - drop)))
    if len(known) < 2:
        # As if vehicles had arrived evenly from the start; they began a little later.
        short = known[0][1]
        rest = low * short / (everybody - short) if everybody > short else float(high - low)
        return max(low + 1, min(low + int(0.97 * rest), low + (high - low) * 3 // 4))
    if len(known) > 6:
        return middle
    (a, short_a), (b, short_b) = known[-2:]
    if b <= a or short_a <= short_b:
        return middle
    guess = b + int(short_b * (b - a) / (short_a - short_b))
    # A little below the threshold there is something to prove; at it there is not.
    return min(max(guess - 20, low + 1), max(high - 50, low + 1))


@dataclass
class _Refinement:
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
        if _late(self.op, by) >= high:
            by = best.value
        if self.bays and step < FIRST_STEP:
            # States of bays lose much on coarser grids: most of the way to what would be enough.
            by = (by + 2 * int(self.clearance / (1 + self.goal))) // 3
        for _ in range(ASKS if step >= FIRST_STEP else LAST_ASKS):
            # A last slot of another length would cost more than it tells.
            even = max(-(-best.value // step), by // step) * step
            by = _late(self.op, even) // step * step
            if by >= high:
                break
            if step <= FIRST_STEP and not known and by > even + MARGIN_S:
                # Through a night: what holds before it mostly holds until its end.
                self.watch.expect(by, self.bays)
            asked = self._ask(by, step)
            if asked is None:
                break
            m, proof = asked
            if proof.most < m.target:
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
        m, proof = _ask(
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
            open_s = sum(b - a for a, b in _open(self.op, by))
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
        if (morning := _late(self.op, by + MARGIN_S)) > by + MARGIN_S:
            by = morning
        return by


def _open(op: Operation, until: int) -> list[tuple[int, int]]:
    """Time up to a moment in which some crossing is open."""
    spans = sorted(
        (a, min(b, until))
        for c in op.crossings
        for a, b in op.timeline.crossing_open(c.id, until + 1)
    )
    merged: list[tuple[int, int]] = []
    for a, b in spans or [(0, until)]:
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def _late(op: Operation, by: int) -> int:
    """The last moment by which no more can have arrived than by ``by``.

    Through closed hours nobody arrives but those who passed before.
    """
    tails = [
        (sum(op.least_drive(s, k.id) for s in r.segments[-1:]), c.out[k.id])
        for ways in op.carry.values()
        for r in ways
        for k in op.kinds
        for c in op.crossings
        if r.crossings and c.id == r.crossings[-1]
    ]
    if not tails or any(not r.crossings for ways in op.carry.values() for r in ways):
        return by
    latest = max(tail for tail, _ in tails)
    spans = _open(op, by + 2 * 86_400)
    if any(a < by and b > by - latest for a, b in spans):
        return by
    opens = min((a for a, _ in spans if a >= by), default=None)
    return by if opens is None else opens + min(tail + own for tail, own in tails) - 1
