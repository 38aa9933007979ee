"""Types of vehicles that differ in nothing that takes time, planned as one type."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from safepassage.convoy.trips import Load, Pair, Trips
from safepassage.instance import Operation, VehicleKind

__all__ = ["alike_kinds", "as_one"]


def alike_kinds(op: Operation) -> dict[str, str]:
    """By type, the first type that drives, boards, unloads and is inspected in the same time."""
    first: dict[object, str] = {}
    return {k.id: first.setdefault(_times(op, k), k.id) for k in op.kinds}


def _times(op: Operation, kind: VehicleKind) -> object:
    """Everything about a type that takes time; own vehicles are like no other."""
    handled = [y.handling.get(kind.id) for y in (*op.assembly, *op.reception)]
    passed = [(c.out.get(kind.id), c.back.get(kind.id)) for c in op.crossings]
    return (
        kind.id if kind.own else kind.returns,
        tuple(handled),
        tuple(passed),
        frozenset((s, t) for (s, k), t in op.least.items() if k == kind.id),
        frozenset((s, f, t) for (s, k, f), t in op.drive.items() if k == kind.id),
    )


def as_one(op: Operation, trips: Trips) -> tuple[Operation, Trips] | None:
    """Take all types that carry somebody as one type.

    Returns
    -------
    The operation and the loads of the one type; None where there is only one, where times differ,
    or where the loads of a place go different ways.
    """
    named = {p.kind for p in trips.pairs}
    kinds = [k for k in op.kinds if k.id in named]
    alike = alike_kinds(op)
    if len(kinds) < 2 or len({alike[k.id] for k in kinds}) > 1:
        return None
    at: dict[str, list[Load]] = defaultdict(list)
    for pair in trips.pairs:
        at[pair.place] += [replace(x, rank=0) for x in pair.loads]
    if any(len({(x.destination, x.corridors) for x in loads}) > 1 for loads in at.values()):
        return None
    counts: dict[str, int] = defaultdict(int)
    for k in kinds:
        for place, count in k.counts:
            counts[place] += count
    one = replace(kinds[0], counts=tuple(counts.items()))
    pairs = [Pair(place, one.id, loads) for place, loads in at.items()]
    return replace(op, kinds=(one,)), Trips(pairs, trips.left)
