"""Convoy units: vehicles of one type that rotate together through the whole operation."""

from __future__ import annotations

from dataclasses import dataclass

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


def unit_sizes(op: Operation) -> list[int]:
    """Convoy sizes worth trying, smallest first."""
    least, most = op.convoy_least, op.convoy_most
    if least == most:
        return [least]
    sizes = {least, most, (least + most) // 2, max(least, most // 3), max(least, 2 * most // 3)}
    if op.teams:
        # As many units as there are teams: the smallest convoys that leave no vehicle idle.
        fleet = sum(k.total for k in op.kinds if not k.own)
        sizes.add(min(most, max(least, -(-fleet // op.teams))))
    return sorted(sizes)


def form_units(op: Operation, trips: Trips, size: int) -> list[Unit]:
    """Divide each type's vehicles, place by place, into units as even as can be.

    Vehicles that do not make up the least convoy are left out; so are types nobody boards.
    """
    wanted: dict[str, int] = {}
    for pair in trips.pairs:
        wanted[pair.kind] = wanted.get(pair.kind, 0) + len(pair.loads)
    here = {(p.kind, p.place): len(p.loads) for p in trips.pairs}
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
                use = min(count, max(here.get((kind.id, place), 0), op.convoy_least))
            for part in _divide(use, size, op.convoy_least, op.convoy_most):
                taken, numbers = numbers[:part], numbers[part:]
                units.append(Unit(kind.id, place, tuple(taken), kind.own, kind.returns))
    return units


def _divide(count: int, size: int, least: int, most: int) -> list[int]:
    if count < least:
        return []
    parts = max(1, min(-(-count // size), count // least))
    if parts * most < count:
        parts = -(-count // most)
        if count // parts < least:
            parts = count // least
    even, more = divmod(min(count, parts * most), parts)
    return [even + 1] * more + [even] * (parts - more)
