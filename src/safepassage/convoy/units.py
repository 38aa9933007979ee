"""Convoy units: vehicles of one type that rotate together through the whole operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from safepassage.convoy.dividing import divide
from safepassage.convoy.trips import Trips
from safepassage.instance import Operation

__all__ = ["Unit", "form_units", "unit_sizes"]


@dataclass(frozen=True, slots=True)
class Unit:
    """Vehicles of one type that stay together, by their numbers within the type (from 1)."""

    kind: str
    place: str
    vehicles: tuple[int, ...]
    own: bool
    returns: bool


def unit_sizes(op: Operation, trips: Trips) -> list[dict[str, int]]:
    """Convoy sizes by vehicle type worth trying; the evacuees' own vehicles go in large ones."""
    least, most = op.convoy_least, op.convoy_most
    if least == most:
        return [{k.id: least for k in op.kinds}]
    sizes = {least, most, (least + most) // 2, min(most, least + 1)}
    used = {p.kind for p in trips.pairs}
    fleet = sum(k.total for k in op.kinds if not k.own and k.id in used)
    if op.teams:
        # As many units as there are teams: the smallest convoys that leave no vehicle idle.
        sizes.add(min(most, max(least, -(-fleet // op.teams))))
    kinds = [k.id for k in op.kinds if not k.own and k.id in used]
    choices = [
        dict(zip(kinds, pick, strict=True)) for pick in product(sorted(sizes), repeat=len(kinds))
    ]
    if len(choices) > 36:
        choices = [dict.fromkeys(kinds, size) for size in sorted(sizes)]
    return [{**{k.id: most for k in op.kinds}, **choice} for choice in choices]


def form_units(op: Operation, trips: Trips, sizes: Mapping[str, int]) -> list[Unit]:
    """Divide each type's vehicles, place by place, into units as even as can be.

    Vehicles that do not make up the least convoy are left out; so are types nobody boards.
    """
    wanted: dict[str, int] = {}
    for pair in trips.pairs:
        wanted[pair.kind] = wanted.get(pair.kind, 0) + len(pair.loads)
    here: dict[tuple[str, str], int] = {}
    for pair in trips.pairs:
        here[pair.kind, pair.place] = here.get((pair.kind, pair.place), 0) + len(pair.loads)
    units: list[Unit] = []
    for kind in op.kinds:
        if kind.id not in wanted:
            continue
        first = 1
        for place, count in kind.counts:
            numbers = range(first, first + count)
            first += count
            use = count
            if kind.own:
                needed = here.get((kind.id, place), 0)
                use = min(count, max(needed, op.convoy_least)) if needed else 0
            for part in divide(use, sizes[kind.id], op.convoy_least, op.convoy_most):
                taken, numbers = numbers[:part], numbers[part:]
                units.append(Unit(kind.id, place, tuple(taken), kind.own, kind.returns))
    return units
