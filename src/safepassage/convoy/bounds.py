"""Lower bounds on clearance and upper bounds on people out, each with its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safepassage.convoy.alike import alike_kinds
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import certificate, load
from safepassage.convoy.questions import Bound, Watch, ask, closes, coarse, early, late, open_spans
from safepassage.convoy.refinement import Refinement, bays_bind, steps_for
from safepassage.errors import InternalFault
from safepassage.instance import Demand, Interval, Operation

__all__ = ["Asking", "Bound", "Watch", "clearance_bound", "people_bound"]

EXACT, ROUGH = 0.001, 0.005
"""To what share of the clearance time the first bound is found: alone, and before finer ones."""
EVENLY = 0.97
"""Share of the time that is guessed to be missing for which it is tried."""
NEARLY = 7
"""Eighths of the way to a moment that was too late which are tried next, where few are asked."""
AS_SHORT = 0.99
"""Share of the shortfall that a programme with alike types as one has to keep to be used."""


@dataclass(frozen=True)
class Asking:
    """Which moments the programme of a few slots is asked about."""

    most: int = 12
    """Moments, at most."""
    most_closed: int = 12
    """The same where crossings close in between: programmes are larger then."""
    begin: float = 0.95
    """The first, as a share of the clearance time of the plan. From well below, two or three
    moments are mostly enough, since the shortfall shrinks evenly."""
    begin_closed: float = 0.95
    """The same where crossings close in between: quick plans are then further from the bound."""
    vain: int = 0
    """Further moments, for those at the beginning by which nothing is proven."""
    tours: int = 4
    """Moments between what is proven then and the clearance time that the programme with whole
    tours is asked about, where vehicles make few journeys."""


def _alike(op: Operation) -> dict[str, str] | None:
    """Types that are alike, where there are some."""
    alike = alike_kinds(op)
    return alike if len(set(alike.values())) < len(alike) else None


def _as_good(op: Operation, demand: Demand, by: int, alike: Mapping[str, str]) -> bool:
    """Whether taking alike types as one proves as much of a moment, in a few slots."""
    short = [
        proof.short if proof is not None else 0.0
        for kept in (alike, None)
        for _, proof in (
            ask(op, demand, coarse(op, demand, by), by, whole=True, bays=False, alike=kept),
        )
    ]
    return short[0] > AS_SHORT * short[1]


def people_bound(op: Operation, demand: Demand, by: int, *, step: int | None = None) -> Bound:
    """Upper bound on the people out by a moment."""
    grid = coarse(op, demand, by) if step is None else grid_points(op, by, step)
    m, proof = ask(op, demand, grid, by, whole=False, bays=step is not None)
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
    steps = steps_for(op, clearance) if fine and (bays or closes(op, clearance)) else []
    alike = _alike(op) if steps and not bays else None
    within = max(60, int((ROUGH if steps else EXACT) * clearance))
    best = _threshold(op, demand, clearance, asking or Asking(), within, alike)
    asking = asking or Asking()
    if asking.tours and not watch.enough(best.value):
        best = _toured(op, demand, clearance, best, goal, asking.tours)
    watch.progress(best.value)
    if alike and not _as_good(op, demand, best.value - 1, alike):
        alike = None
    refinement = Refinement(op, demand, clearance, goal, watch, bays, alike)
    for step in steps:
        best = refinement.refine(best, step)
    if refinement.alike and steps:
        refinement.alike = None
        best = refinement.refine(best, steps[-1])
    return best


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
    reopens = closes(op, clearance)
    begin = asking.begin_closed if reopens else asking.begin
    by = int(clearance * begin)
    most = asking.most_closed if reopens else asking.most
    missed, vain, turn = False, 0, 0
    while turn < most + vain:
        # What holds before closed hours holds until nothing more can have arrived.
        by = min(late(op, by), high - 1) if reopens else by
        m, proof = ask(op, demand, coarse(op, demand, by), by, whole=True, bays=False, alike=alike)
        missed = proof is None or proof.most >= m.target
        if proof is not None and not missed:
            low = by
            known.append((by, proof.short))
            proven = certificate(m, proof, "clearance-at-least", by + 1, by)
            best = Bound(by + 1, proven, load(m, proof))
        else:
            # Nor is it proven of any moment of the closed hours before.
            high = early(op, by) if reopens else by
            # Until something is proven, nothing is known of how the shortfall shrinks; later on,
            # whole journeys make it shrink in steps, which a guess may miss.
            vain = min(vain + 1, asking.vain)
        if high - low <= within:
            break
        # A guess that was too late says that the shortfall does not shrink evenly: halve once.
        # Where few are asked, it was mostly little too late.
        if missed and len(known) > 1:
            by = low + (high - low) * (NEARLY if vain == 1 else 4) // 8
        else:
            everybody = proof.everybody if proof is not None else 0.0
            drop = (1 - begin) * 0.8 * 2**turn
            spans = open_spans(op, high) if reopens else []
            by = _guess(known, low, high, drop, everybody, spans)
        turn += 1
    return best


def _toured(
    op: Operation, demand: Demand, clearance: int, best: Bound, goal: float, asks: int
) -> Bound:
    """Halve what is left between a bound and the clearance time by what whole tours prove."""
    low, high = best.value, clearance
    for _ in range(asks):
        if high <= low * (1 + goal / 2):
            break
        by = min(late(op, (low + high) // 2), high - 1)
        m, proof = ask(op, demand, coarse(op, demand, by), by, whole=True, bays=False, tours=True)
        if not m.tours:
            break
        if proof is not None and proof.most < m.target:
            low = by + 1
            proven = certificate(m, proof, "clearance-at-least", low, by)
            best = Bound(low, proven, load(m, proof))
        else:
            high = early(op, by)
        if high <= low:
            break
    return best


def _after_open(spans: Sequence[Interval], moment: int, seconds: int) -> int:
    """When so many open seconds have passed since a moment, or the end of the last ones."""
    for a, b in spans:
        if b > moment:
            begin = max(a, moment)
            if b - begin >= seconds:
                return begin + seconds
            seconds -= b - begin
    return max(moment, spans[-1][1])


def _guess(
    known: list[tuple[int, float]],
    low: int,
    high: int,
    drop: float,
    everybody: float,
    spans: Sequence[Interval],
) -> int:
    """Where the threshold should be; with ``spans`` of open time, as many arrive in each hour."""
    middle = (low + high) // 2
    if not known:
        # Still too late to prove anything: the threshold is mostly not far below, but may be.
        return max(middle, int(high * (1 - drop)))
    if len(known) < 2 or (spans and len(known) < 4):
        # As if vehicles had arrived evenly from the start; they began a little later.
        short = known[-1][1]
        done = everybody - short
        if spans and done > 0:
            gone = sum(min(b, low) - a for a, b in spans if a < low)
            by = _after_open(spans, low, int(EVENLY * gone * short / done))
            return max(low + 1, min(by, low + (high - low) * 7 // 8))
        rest = low * short / done if done > 0 else float(high - low)
        return max(low + 1, min(low + int(EVENLY * rest), low + (high - low) * 3 // 4))
    if len(known) > 6:
        return middle
    (a, short_a), (b, short_b) = known[-2:]
    if b <= a or short_a <= short_b:
        return middle
    guess = b + int(short_b * (b - a) / (short_a - short_b))
    # A little below the threshold there is something to prove; at it there is not.
    return min(max(guess - 20, low + 1), max(high - 50, low + 1))
