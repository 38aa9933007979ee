"""One link of a chain: by when some batches of linked steps can be there, from a release on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safepassage.convoy.builder import Floor
from safepassage.convoy.grid import grid_points
from safepassage.convoy.proving import certificate, load, prove
from safepassage.convoy.refinement import LEAST_STEP
from safepassage.convoy.relaxation import batch_model
from safepassage.instance import Cell, Demand, Linked, Operation
from safepassage.instance.timeline import ConditionSpan, Timeline, unite

__all__ = ["Link", "ask_link", "is_full", "later"]

TURNS = 12
COARSE_TURNS = 5
"""Moments asked about for a link, at most; on a coarse grid where it is large."""
SMALL = 1_000
"""Columns of a programme that costs next to nothing."""
FIRST_S = 1_800
CLOSE_S = 20
"""First moment asked about after a release (s), and how near bounds are taken to what holds."""
FEWEST_SLOTS, MOST_SLOTS = 20, 90


@dataclass(frozen=True)
class Link:
    """What asking about batches proves: no sooner there than ``value`` (s), and by what."""

    value: int
    data: dict[str, Any] | None
    load: dict[str, float]


def is_full(demand: Demand, linked: Linked, stretch: Sequence[int]) -> bool:
    """Whether as many leave as fill these batches, after all earlier ones of their side."""
    for i in stretch:
        side = linked.batches[i].groups
        leaving = sum(c.persons for c in demand.cells if c.group in side)
        if sum(b.persons for b in linked.batches[: i + 1] if b.groups == side) > leaving:
            return False
    return True


def later(timeline: Timeline, seconds: int) -> Timeline:
    """Return a timeline whose clock starts so much later."""
    terms = tuple(
        replace(t, start=t.start - seconds, end=None if t.end is None else t.end - seconds)
        for t in timeline.terms
    )
    conditions = tuple(
        ConditionSpan(c.factor, (c.when[0] - seconds, c.when[1] - seconds))
        if isinstance(c.when, tuple)
        else c
        for c in timeline.conditions
    )
    return Timeline(timeline.midnight - seconds, terms, timeline.hours, conditions)


def _unit(op: Operation) -> int:
    """Least step (s) of grids: inspections divide it evenly, so that little is lost to rounding."""
    times = [t for c in op.crossings for t in (*c.out.values(), *c.back.values()) if t]
    unit = math.gcd(*times) if times else LEAST_STEP
    return unit * -(-LEAST_STEP // unit)


def _open(op: Operation, until: int) -> list[tuple[int, int]]:
    """Time up to a moment in which some crossing is open."""
    spans = (s for c in op.crossings for s in op.timeline.crossing_open(c.id, until + 1))
    return unite(spans) or [(0, until)]


def ask_link(
    op: Operation,
    demand: Demand,
    linked: Linked,
    stretch: Sequence[int],
    release: int,
    floors: Mapping[str, Floor],
    between: tuple[int, int],
    *,
    fine: bool,
) -> Link:
    """Least moment at which batches can be there, by halving between what is known and the end.

    What would prove no more than is known already is not asked for.
    """
    wanted: dict[frozenset[str], int] = {}
    for i in stretch:
        batch = linked.batches[i]
        wanted[batch.groups] = wanted.get(batch.groups, 0) + batch.persons
    cells: list[Cell] = []
    for side, most in wanted.items():
        mine = [c for c in demand.cells if c.group in side]
        if sum(c.persons for c in mine) < most or not is_full(demand, linked, stretch):
            return Link(0, None, {})
        cells += [replace(c, persons=min(c.persons, most)) for c in mine]
    # In the order of the case, by which their multipliers are named.
    rank = {(c.group, c.place): n for n, c in enumerate(demand.cells)}
    cells.sort(key=lambda c: rank[c.group, c.place])
    persons = sum(wanted.values())
    timeline = later(op.timeline, release)
    clearance = between[1]
    unit = _unit(op)
    low, high = max(0, between[0] - release), clearance - release
    best = Link(0, None, {})
    known: list[tuple[int, float]] = []
    by = max(low, 1)
    for turn in range(TURNS):
        if turn and (high - low <= CLOSE_S or best.data is None):
            break
        moved = replace(op, timeline=timeline).within(0, by)
        open_s = sum(b - a for a, b in _open(moved, by))
        step = -(-open_s // (MOST_SLOTS if fine else FEWEST_SLOTS) // unit) * unit
        grid = grid_points(moved, by, max(step, unit))
        m = batch_model(
            moved, demand, cells, persons, grid, by, released=release > 0, floors=floors
        )
        proof = prove(m, whole=False)
        if proof is not None and proof.most < m.target:
            low = by
            known.append((by, proof.short))
            data = certificate(m, proof, "clearance-at-least", by + 1, by)
            kept = {k: data[k] for k in ("value", "by_s", "grid", "scale", "multipliers")}
            best = Link(release + by + 1, kept, load(m, proof))
        else:
            high = by
        by = _next(known, low, high)
        if turn + 1 >= COARSE_TURNS and not fine and m.programme.columns > SMALL:
            break
    return best


def _next(known: Sequence[tuple[int, float]], low: int, high: int) -> int:
    """Where to ask next: where the shortfall would vanish if it went on shrinking as it does.

    Without that, so much later again as was asked for already, or in the middle.
    """
    guess = min((low + high) // 2, max(2 * low, FIRST_S))
    if len(known) > 1:
        (a, short_a), (b, short_b) = known[-2:]
        if b > a and short_a > short_b:
            guess = b + int(short_b * (b - a) / (short_a - short_b)) - CLOSE_S // 2
    if guess >= high:
        # It was said that this is too late: what falls short does not shrink evenly.
        guess = (low + high) // 2
    return min(max(guess, low + CLOSE_S // 2), max((low + 3 * high) // 4, low + 1), high - 1)
