"""Ways by which convoys can be sent without a timetable, and the sizes they are sent in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from safepassage.network.routes import fastest_route
from safepassage.plan.document import Rotation
from safepassage.simulate.timetable_steps import Numbers
from safepassage.simulate.timetable_terms import Cell, Terms
from safepassage.terms.places import AssemblyPoint, Corridor, Crossing, ReceptionPoint

__all__ = ["MOMENTS", "services"]

MOMENTS = 96
"""Moments of a curve after the first."""

Way = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]
"""Crossings in order, and the drives between them."""


def services(
    terms: Terms, numbers: Numbers, rotations: Sequence[Rotation], cells: Sequence[Cell]
) -> dict[str, Any]:
    """Return the tables of dispatching; drives met here are numbered with the others."""
    routes: list[Way] = []
    known: dict[Way, int] = {}

    def number(way: Way) -> int:
        if way not in known:
            known[way] = len(routes)
            routes.append(way)
        return known[way]

    open_corridors = [c for c in terms.case.corridors if any(c.id in x.corridors for x in cells)]
    assembly = sorted({c.place for c in cells})
    fetch = np.full((len(numbers.places),) * 2, -1, np.int64)
    for place in assembly:
        for source in numbers.places:
            if source == place or isinstance(terms.places[source], AssemblyPoint):
                continue
            ways = [_way(terms, source, place, c, out=False) for c in (None, *open_corridors)]
            found = [way for way in ways if way is not None]
            if found:
                best = min(found, key=lambda way: _drive_s(terms, way))
                fetch[numbers.places[source], numbers.places[place]] = number(best)
    carry: dict[str, list[tuple[int, int, int]]] = {name: [] for name in numbers.places}
    for place in assembly:
        for to in dict.fromkeys(x for c in cells if c.place == place for x in c.to):
            for corridor in open_corridors:
                way = _way(terms, place, to, corridor, out=True)
                at = terms.case.corridors.index(corridor)
                if way is not None:
                    carry[place].append((number(way), numbers.places[to], at))
    return {
        **_routes(terms, numbers, routes),
        "fetch": fetch,
        "carry_ptr": np.concatenate([[0], np.cumsum([len(x) for x in carry.values()])]).astype(
            np.int64
        ),
        "carry_route": _column(carry, 0),
        "carry_to": _column(carry, 1),
        **_suiting(numbers, carry, cells),
        "bay_first": np.array(list(numbers.bay_first.values()), np.int64),
        "bay_n": np.array([terms.bays(p) for p in numbers.places], np.int64),
        "bay_s": np.array(
            [[terms.bay_s(p, k) for k in numbers.kinds] for p in numbers.places], np.float64
        ),
        "team_s": _teams(terms, numbers),
        "size": _sizes(terms, numbers, rotations),
        "sizes": _few(terms, numbers, rotations),
    }


def _suiting(
    numbers: Numbers, carry: dict[str, list[tuple[int, int, int]]], cells: Sequence[Cell]
) -> dict[str, Any]:
    """By option and type of vehicle the cells whose people may go so, the first in rank first."""
    ranked = list(enumerate(sorted(range(len(cells)), key=lambda i: cells[i].rank)))
    corridors = [c.id for c in numbers.terms.case.corridors]
    suits = [
        [
            (rank, i)
            for rank, i in ranked
            if cells[i].place == place
            and kind in cells[i].kinds
            and corridors[at] in cells[i].corridors
            and to in {numbers.places[x] for x in cells[i].to}
        ]
        for place, rows in carry.items()
        for _, to, at in rows
        for kind in numbers.kinds
    ]
    return {
        "suit_ptr": np.cumsum([0, *(len(x) for x in suits)]).astype(np.int64),
        "suit_cell": np.array([i for x in suits for _, i in x], np.int64),
        "suit_rank": np.array([rank for x in suits for rank, _ in x], np.int64),
    }


def _column(carry: dict[str, list[tuple[int, int, int]]], at: int) -> Any:
    return np.array([row[at] for rows in carry.values() for row in rows], np.int64)


def _way(terms: Terms, start: str, end: str, corridor: Corridor | None, *, out: bool) -> Way | None:
    """Return the fastest way between places, by a corridor or by no crossing at all."""
    node = {p.id: p.node for p in terms.case.places}
    avoid = frozenset(p.node for p in terms.case.places if isinstance(p, Crossing))
    crossings = corridor.crossings if corridor is not None else ()
    middle = [*(node[c] for c in crossings), *(corridor.via if corridor is not None else ())]
    order = crossings if out else crossings[::-1]
    stops = [node[start], *(middle if out else middle[::-1]), node[end]]
    drives: list[tuple[str, ...]] = []
    links: tuple[str, ...] = ()
    for pair in pairwise(stops):
        hop = fastest_route(terms.network, pair, avoid)
        if hop is None:
            return None
        links += hop
        if len(drives) < len(order) and pair[1] == node[order[len(drives)]]:
            drives.append(links)
            links = ()
    return tuple(order), (*drives, links)


def _drive_s(terms: Terms, way: Way) -> int:
    return sum(terms.network.links[x].drive_s for drive in way[1] for x in drive)


def _routes(terms: Terms, numbers: Numbers, routes: Sequence[Way]) -> dict[str, Any]:
    most = max((len(order) for order, _ in routes), default=0)
    servers = np.zeros((len(routes), most + 1), np.int64)
    drives = np.zeros((len(routes), most + 1, len(numbers.kinds)), np.int64)
    for i, (order, parts) in enumerate(routes):
        servers[i, : len(order)] = [2 * numbers.crossings[c] for c in order]
        for j, links in enumerate(parts):
            for k, kind in enumerate(terms.kinds.values()):
                drives[i, j, k] = numbers.drive(links, terms.factor(kind))
    return {
        "route_n": np.array([len(order) for order, _ in routes], np.int64),
        "route_server": servers,
        "route_drive": drives,
    }


def _teams(terms: Terms, numbers: Numbers) -> Any:
    table = np.zeros((len(numbers.places),) * 2)
    if terms.teams():
        ends = [p for p in numbers.places if isinstance(terms.places[p], ReceptionPoint)]
        for start in ends:
            for end in numbers.places:
                table[numbers.places[start], numbers.places[end]] = terms.between_s(start, end)
    return table


def _sizes(terms: Terms, numbers: Numbers, rotations: Sequence[Rotation]) -> Any:
    """Vehicles of a convoy by type and place: as most often in the plan, else as many as may."""
    rules = terms.case.fleet.convoys
    most = rules.max_vehicles.value if rules is not None else 1
    table = np.full((len(numbers.kinds), len(numbers.places)), most, np.int64)
    for k, kind in enumerate(numbers.kinds):
        for p, place in enumerate(numbers.places):
            sizes = Counter(
                len(r.vehicles)
                for r in rotations
                if r.place == place and {terms.kind_of(v).id for v in r.vehicles} == {kind}
            )
            if sizes:
                table[k, p] = max(sizes, key=lambda n: (sizes[n], n))
    return table


def _few(terms: Terms, numbers: Numbers, rotations: Sequence[Rotation]) -> list[int]:
    rules = terms.case.fleet.convoys
    least = rules.min_vehicles.value if rules is not None else 1
    spacing = rules.spacing.value if rules is not None and rules.spacing is not None else 0
    ends = [r.loaded_leg.arrive_s for r in rotations]
    last = max([*ends, terms.plan.answer.deadline_s or 0])
    step = max(600, -(-2 * last // MOMENTS // 600) * 600)
    return [least, spacing, terms.teams(), len(numbers.places), MOMENTS, step]
