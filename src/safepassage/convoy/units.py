"""Convoy units: vehicles of one type that rotate together through the whole operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from safepassage.convoy.dividing import divide
from safepassage.convoy.trips import Trips
from safepassage.instance import Operation

__all__ = ["Division", "Unit", "divided", "form_units", "unit_sizes", "units_of"]

Division = dict[tuple[str, int], tuple[int, ...]]
"""Sizes of units, by type and entry of the vehicles that stand at one place."""


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
    loads = _loads(trips)
    kinds = [k for k in op.kinds if not k.own and k.id in loads]
    if op.teams:
        # As many units as there are teams: the smallest convoys that leave no vehicle idle, ...
        sizes.add(_each(op, sum(k.total for k in kinds)))
        # ... or none that is needed.
        sizes.add(_each(op, sum(min(k.total, loads[k.id]) for k in kinds)))
    choices = [
        dict(zip((k.id for k in kinds), pick, strict=True))
        for pick in product(sorted(sizes), repeat=len(kinds))
    ]
    if len(choices) > 36:
        choices = [{k.id: size for k in kinds} for size in sorted(sizes)]
    return [{**{k.id: most for k in op.kinds}, **choice} for choice in choices]


def _each(op: Operation, vehicles: int) -> int:
    """Size of a convoy for each team that takes all of so many vehicles, within the rules."""
    return min(op.convoy_most, max(op.convoy_least, -(-vehicles // (op.teams or 1))))


def _loads(trips: Trips) -> dict[str, int]:
    """Loads of each type."""
    loads: dict[str, int] = {}
    for pair in trips.pairs:
        loads[pair.kind] = loads.get(pair.kind, 0) + len(pair.loads)
    return loads


def divided(
    op: Operation, trips: Trips, sizes: Mapping[str, int], *, idle: bool = True
) -> Division:
    """Divide each type's vehicles, place by place, into units as even as can be.

    Vehicles that do not make up the least convoy are left out; so are types nobody boards, and
    evacuees' own vehicles that nobody boards. Without ``idle`` so are vehicles beyond what whole
    units of the size take to carry everybody at once.
    """
    parts: Division = {}
    for kind in op.kinds:
        size = sizes[kind.id]
        loads: dict[str, int] = {}
        for pair in trips.pairs:
            if pair.kind == kind.id:
                loads[pair.place] = loads.get(pair.place, 0) + len(pair.loads)
        needed = sum(-(-n // size) * size for n in loads.values())
        # Vehicles of a type that stand at several places are not alike.
        spared = idle or len(kind.counts) > 1
        for entry, (place, count) in enumerate(kind.counts if loads else ()):
            use = count if spared else min(count, max(needed, op.convoy_least))
            if kind.own:
                there = loads.get(place, 0)
                use = min(count, max(there, op.convoy_least)) if there else 0
            parts[kind.id, entry] = tuple(divide(use, size, op.convoy_least, op.convoy_most))
    return parts


def units_of(op: Operation, division: Division) -> list[Unit]:
    """Form units of the first vehicles of each place."""
    units: list[Unit] = []
    for kind in op.kinds:
        first = 1
        for entry, (place, count) in enumerate(kind.counts):
            number = first
            for size in division.get((kind.id, entry), ()):
                taken = tuple(range(number, number + size))
                units.append(Unit(kind.id, place, taken, kind.own, kind.returns))
                number += size
            first += count
    return units


def form_units(op: Operation, trips: Trips, sizes: Mapping[str, int]) -> list[Unit]:
    """Form units of all vehicles of types that anybody boards, as even as can be."""
    return units_of(op, divided(op, trips, sizes))
