"""The moves of vehicles between places: fetch, board, carry, unload, by slot of time."""

from __future__ import annotations

import numpy as np

from safepassage.convoy.builder import Builder, Ends, Flow, Passes
from safepassage.convoy.programme import Ints
from safepassage.convoy.ways import after_crossing, way
from safepassage.instance import Route, VehicleKind, Yard

__all__ = ["add_moves"]


def add_moves(b: Builder, kind: VehicleKind) -> None:
    """Add every state and every event of one vehicle type."""
    places = [
        a for a in b.op.assembly if any((a.id, kind.id, d.id) in b.served for d in b.op.reception)
    ]
    if not places or not kind.total or not kind.seats:
        return
    counts: dict[str, int] = {}
    for p, n in ((p, n) for p, n in kind.counts if n):
        counts[p] = counts.get(p, 0) + n
    boarded = {
        a.id: b.stock("boarded", kind.id, a.id, counts.get(a.id, 0) if kind.own else 0, kind.total)
        for a in places
    }
    if b.released and not kind.own:
        _begin_anywhere(b, kind, boarded)
        counts = {}
    ready: dict[str, Ints] = {}
    if not kind.own:
        sources = {s for s, _ in b.op.fetch} if kind.returns else {p for p, n in kind.counts if n}
        anywhere = any(a.id in b.floors for a in places)
        ready = {
            s: b.stock("ready", kind.id, s, 0 if anywhere else counts.get(s, 0), kind.total)
            for s in sorted(sources)
        }
        if anywhere:
            # Journeys with nobody aboard before the first release are left out of account.
            _begin_anywhere(b, kind, ready)
        for a in places:
            _fetch_and_board(b, kind, a, ready, boarded[a.id])
    for d in b.op.reception:
        there = [a for a in places if (a.id, kind.id, d.id) in b.served]
        if not there:
            continue
        unloaded, rest = _unload(b, kind, d, ready)
        for a in there:
            for route in b.op.carry.get((a.id, d.id), ()):
                if route.corridor in b.open_by[a.id, d.id]:
                    _carry(b, kind, a, route, boarded[a.id], unloaded, rest)


def _begin_anywhere(b: Builder, kind: VehicleKind, states: dict[str, Ints]) -> None:
    """Let every vehicle begin in whichever of some states."""
    row = b.lp.row(("begin", kind.id), float(kind.total))
    for rows in states.values():
        column = b.lp.block(1, float(kind.total))
        b.lp.fill(row, column, 1.0)
        b.lp.put(rows[:1], column, -1.0)


def _fetch_and_board(
    b: Builder, kind: VehicleKind, place: Yard, ready: dict[str, Ints], boarded: Ints
) -> None:
    upper = b.upper(kind.id)
    board = place.handling[kind.id]
    arrived = b.stock("arrived", kind.id, place.id, 0, kind.total) if b.bays else boarded
    for s, stock in ready.items():
        for route in b.op.fetch.get((s, place.id), ()):
            w = way(b.op, route, kind.id, outward=False)
            ends = b.ends(w.server, w.inspect)
            lag = w.tail + (0 if b.bays else board)
            columns = b.move(stock, w.lead, arrived, lag, upper, ends)
            if w.server is not None:
                b.use.setdefault(w.server, []).append(Passes(columns, ends.slots, w.inspect))
            b.fetches.append(Flow(kind.id, w, ends, columns))
            b.motion.append((b.taken(w.lead)[ends.slots], columns, 1.0))
    if b.bays:
        columns = b.move(arrived, board, boarded, 0, upper, b.every)
        b.use.setdefault(("board", place.id), []).append(Passes(columns, b.every.slots, board))


def _unload(
    b: Builder, kind: VehicleKind, place: Yard, ready: dict[str, Ints]
) -> tuple[Ints | None, int]:
    """State that carries give to, if any, and the seconds after the arrival until they do."""
    if not kind.returns or kind.own:
        return None, 0
    seconds = place.handling[kind.id]
    if not b.bays:
        return ready[place.id], seconds
    unloaded = b.stock("unload", kind.id, place.id, 0, kind.total)
    columns = b.move(unloaded, seconds, ready[place.id], 0, b.upper(kind.id), b.every)
    b.use.setdefault(("unload", place.id), []).append(Passes(columns, b.every.slots, seconds))
    return unloaded, 0


def _carry(
    b: Builder,
    kind: VehicleKind,
    place: Yard,
    route: Route,
    boarded: Ints,
    unloaded: Ints | None,
    rest: int,
) -> None:
    w = way(b.op, route, kind.id, outward=True)
    ends = b.ends(w.server, w.inspect)
    # An own vehicle stands ready to board from the start.
    lead = w.lead + (place.handling[kind.id] if kind.own and not b.released else 0)
    goes, arrive = ends, 0
    if floor := b.floors.get(place.id):
        # Inspected or not, nobody arrives before those released first could.
        arrive = floor.moment + after_crossing(b.op, route, kind.id, floor.crossing)
        goes = Ends(ends.slots, np.maximum(ends.first, arrive - w.tail))
    columns = b.move(boarded, lead, unloaded, w.tail + rest, b.upper(kind.id), ends, goes)
    if w.server is not None:
        b.use.setdefault(w.server, []).append(Passes(columns, ends.slots, w.inspect))
    flow = Flow(kind.id, w, goes, columns, arrive)
    b.carries.append(flow)
    b.out.setdefault((place.id, kind.id, route.end), []).append(b.in_time(flow))
    if not kind.own:
        b.motion.append((b.given(goes, w.tail), columns, -1.0))
