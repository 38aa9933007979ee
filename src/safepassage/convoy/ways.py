"""Routes as the relaxation sees them: cut at the key crossing, in least seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safepassage.instance import Demand, Operation, Route

__all__ = [
    "Way",
    "after_crossing",
    "before_crossing",
    "chain",
    "fetches",
    "least_rotation",
    "loaded",
    "way",
    "whole",
]


@dataclass(frozen=True)
class Way:
    """A route seen from its key crossing: least seconds before and after, for one vehicle type."""

    route: Route
    server: tuple[str, str] | None
    inspect: int
    lead: int
    """From the departure to the end of the vehicle's own inspection at the key crossing."""
    tail: int
    """From there to the arrival."""
    whole: int
    """The whole leg in the least convoy."""
    drive: int
    """The drive alone."""
    inspections: int
    """The type's own inspection times together."""
    rest: tuple[int, int] = (0, 0)
    """The drive alone after the key crossing, and the type's own inspections there."""
    larger: int = 0
    """By how much one more vehicle in the convoy makes the leg longer, whatever its type."""


_Known = dict[tuple[int, str, bool], Way]
_last: list[tuple[Operation, _Known]] = []
"""What was cut of the operation that was asked about last: a programme asks for each way often."""


def way(op: Operation, route: Route, kind: str, *, outward: bool) -> Way:
    """Cut a route at its slowest crossing (the first of equals).

    A convoy is inspected in one piece. So a vehicle spends its convoy's time at every crossing but
    the key one, where its own inspection may be the first or the last of the convoy.
    """
    owner, known = _last[0] if _last else (None, {})
    if owner is not op:
        known = {}
        _last[:] = [(op, known)]
    # A route is kept by its way, so that no other has its number. To compare routes takes longer.
    key = id(route), kind, outward
    if key not in known:
        known[key] = _cut(op, route, kind, outward=outward)
    return known[key]


def _cut(op: Operation, route: Route, kind: str, *, outward: bool) -> Way:
    times = {c.id: (c.out if outward else c.back)[kind] for c in op.crossings}
    quickest = {c.id: min((c.out if outward else c.back).values()) for c in op.crossings}
    convoy = {c: own + (op.convoy_least - 1) * quickest[c] for c, own in times.items()}
    least = [op.least_drive(s, kind) for s in route.segments]
    drive = sum(least)
    if not route.crossings:
        return Way(route, None, 0, 0, drive, drive, drive, 0)
    n = max(range(len(route.crossings)), key=lambda i: (times[route.crossings[i]], -i))
    key = route.crossings[n]
    lead = sum(least[: n + 1]) + sum(convoy[c] for c in route.crossings[:n]) + times[key]
    tail = sum(least[n + 1 :]) + sum(convoy[c] for c in route.crossings[n + 1 :])
    return Way(
        route,
        (key, "out" if outward else "in"),
        times[key],
        lead,
        tail,
        drive + sum(convoy[c] for c in route.crossings),
        drive,
        sum(times[c] for c in route.crossings),
        (sum(least[n + 1 :]), sum(times[c] for c in route.crossings[n + 1 :])),
        sum(quickest[c] for c in route.crossings),
    )


def before_crossing(op: Operation, route: Route, kind: str, crossing: str) -> int:
    """Least seconds of a loaded leg from its departure to its arrival at a crossing."""
    drives, convoy = loaded(op, route, kind)
    at = route.crossings.index(crossing)
    return sum(drives[: at + 1]) + sum(convoy[:at])


def after_crossing(op: Operation, route: Route, kind: str, crossing: str) -> int:
    """Least seconds of a loaded leg from leaving a crossing to its arrival; 0 if it passes none."""
    if crossing not in route.crossings:
        return 0
    drives, convoy = loaded(op, route, kind)
    at = route.crossings.index(crossing)
    return sum(drives[at + 1 :]) + sum(convoy[at + 1 :])


def loaded(op: Operation, route: Route, kind: str) -> tuple[list[int], list[int]]:
    """Least drives of a loaded leg, and what the least convoy takes at each crossing (s)."""
    out = {c.id: c.out for c in op.crossings}
    convoy = [out[c][kind] + (op.convoy_least - 1) * min(out[c].values()) for c in route.crossings]
    return [op.least_drive(s, kind) for s in route.segments], convoy


def fetches(
    op: Operation, place: str, kind: str, sources: Iterable[str] | None = None
) -> list[Way]:
    """Ways of empty vehicles to an assembly point, from these places, or from anywhere.

    Vehicles that do not return come from nowhere but where they start.
    """
    if sources is None and not op.kind(kind).returns:
        sources = {p for p, n in op.kind(kind).counts if n}
    return [
        way(op, r, kind, outward=False)
        for (s, a), routes in op.fetch.items()
        if a == place and (sources is None or s in sources)
        for r in routes
    ]


def whole(ways: Sequence[Way]) -> int:
    """Least seconds of a whole leg among some ways; 0 without any."""
    return min((w.whole for w in ways), default=0)


def chain(op: Operation, way_: Way, kind: str, leads: dict[tuple[str, str], int]) -> int:
    """Least seconds from a pass of the key crossing to the vehicle's next pass of one.

    ``leads`` keeps what was worked out for other ways with the same end.
    """
    end = way_.route.end
    if (end, kind) not in leads:
        outward = end in {a.id for a in op.assembly}
        onward = op.carry if outward else op.fetch
        known = [
            way(op, r, kind, outward=outward).lead
            for (start, _), routes in onward.items()
            if start == end
            for r in routes
        ]
        leads[end, kind] = min(known, default=0)
    yard = next(y for y in (*op.assembly, *op.reception) if y.id == end)
    return way_.tail + yard.handling[kind] + leads[end, kind]


def least_rotation(op: Operation, demand: Demand, kind: str) -> tuple[int, int]:
    """Least whole rotation of a type in the least convoy, and the time to spare at both ends (s).

    Vehicles ``N`` of the type can end at most ``N (D + spare) / rotation`` rotations by ``D``.
    """
    served = {(c.place, d) for c in demand.cells if kind in c.kinds for d in c.destinations}
    open_by: dict[tuple[str, str], set[str]] = {}
    for c in demand.cells:
        for d in c.destinations:
            open_by.setdefault((c.place, d), set()).update(c.corridors)
    yards = {y.id: y for y in (*op.assembly, *op.reception)}
    back = {d for _, d in served}
    starts = {p for p, n in op.kind(kind).counts if n}
    rotations, first = [], 0
    for place, to in served:
        fetch = whole(fetches(op, place, kind, back))
        first = max(first, fetch - whole(fetches(op, place, kind, starts)))
        handled = yards[place].handling[kind] + yards[to].handling[kind]
        rotations += [
            fetch + handled + way(op, r, kind, outward=True).whole
            for r in op.carry.get((place, to), ())
            if r.corridor in open_by[place, to]
        ]
    unload = max((d.handling[kind] for d in op.reception), default=0)
    return max(1, min(rotations, default=1)), unload + first
