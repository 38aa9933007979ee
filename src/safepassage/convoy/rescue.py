"""Whom to carry where no timetable for all is found: as many as can be, the others are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from safepassage.convoy.seating import NOT_FOUND, allotted
from safepassage.convoy.trips import NO_SEAT, Load, Pair, Trips
from safepassage.convoy.units import unit_sizes
from safepassage.instance import Demand, Operation

__all__ = ["rescue"]

Made = TypeVar("Made")
Make = Callable[[Trips, Mapping[str, int]], Made | None]
"""Builds a timetable for loads and convoy sizes, or None."""

STEPS = 20
"""Loads are left behind in about so many steps."""


def rescue(op: Operation, demand: Demand, make: Make[Made]) -> Made | None:
    """Build a timetable for those who can be carried; None where nobody can."""
    banned: set[tuple[str, str]] = set()
    trips = allotted(op, demand)
    while trips.pairs:
        alone = {(p.place, p.kind) for p in trips.pairs if _any(op, _least(p), make) is None}
        if not alone:
            break
        banned |= alone
        trips = allotted(op, demand, banned=frozenset(banned))
    tried = {place for place, _ in banned}
    trips.left = [
        (group, place, n, NOT_FOUND if reason == NO_SEAT and place in tried else reason)
        for group, place, n, reason in trips.left
    ]
    many = max(1, sum(len(p.loads) for p in trips.pairs) // STEPS)
    while trips.pairs:
        made = _any(op, trips, make)
        if made is not None:
            return made
        trips = _fewer(op, trips, many)
    return None


def _any(op: Operation, trips: Trips, make: Make[Made]) -> Made | None:
    for sizes in unit_sizes(op, trips):
        made = make(trips, sizes)
        if made is not None:
            return made
    return None


def _least(pair: Pair) -> Trips:
    """One load of each sort of a pair: whether they can be carried at all."""
    loads: dict[tuple[str, frozenset[str]], Load] = {}
    for load in pair.loads:
        loads.setdefault((load.destination, load.corridors), load)
    return Trips([replace(pair, loads=list(loads.values()))], [])


def _fewer(op: Operation, trips: Trips, many: int) -> Trips:
    """Leave some loads: of types that make one journey, as others only need longer."""
    once = [p for p in trips.pairs if not op.kind(p.kind).returns] or trips.pairs
    longest = max(once, key=lambda p: (len(p.loads), p.place, p.kind))
    kept, dropped = longest.loads[:-many], longest.loads[-many:]
    left: dict[tuple[str, str, str], int] = {(g, p, r): n for g, p, n, r in trips.left}
    for load in dropped:
        for group, n in load.persons.items():
            key = (group, longest.place, NOT_FOUND)
            left[key] = left.get(key, 0) + n
    pairs = [replace(p, loads=kept) if p is longest else p for p in trips.pairs]
    return Trips([p for p in pairs if p.loads], [(g, p, n, r) for (g, p, r), n in left.items()])
