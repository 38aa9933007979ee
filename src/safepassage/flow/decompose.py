"""From a flow over time to departures: who leaves when, at what rate, by which roads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from safepassage.errors import InternalFault
from safepassage.flow.arrays import SECOND_MS, Amounts, RoadArrays
from safepassage.flow.kernel import Arcs, assemble
from safepassage.flow.lexicographic import Column
from safepassage.flow.mix import PARTS
from safepassage.flow.tail import Tail, straight_ms
from safepassage.flow.unpick_kernel import unpick
from safepassage.plan.clearance import Departure
from safepassage.plan.departures import Departures

__all__ = ["Flow", "Part", "Trips", "changes_of", "departures_of"]

Trips = tuple[Amounts, Amounts]
"""Rows of origin, begin, end (ms), rate, end of its links in the other; rows of link and wait
before it (ms)."""

#: Spans are halved down to this one (ms); what is left then is taken moment by moment.
_SHORTEST_MS = 8000
#: So many links are looked into at most.
_MOST_LOOKED = 12_000_000


@dataclass(frozen=True)
class Part:
    """A column as it takes part in a flow."""

    column: Column
    parts: int
    """Its share in ``PARTS``."""
    arcs: Arcs
    clock: Amounts
    """What each node's clock reads at the column's time 0 (ms)."""


@dataclass(frozen=True)
class Flow:
    """Columns, and the time at which all of them are over."""

    parts: tuple[Part, ...]
    horizon: int
    """Milliseconds."""


def departures_of(roads: RoadArrays, flow: Flow) -> Departures | None:
    """Return departures that bring out exactly the vehicles of each origin.

    One column is taken apart after the other, as their sum splits into far more pieces where there
    are few origins. What the flow sends beyond the vehicles is left out, and what it leaves short
    comes after its horizon. Departures come in the order of their origins, then of time.

    Returns
    -------
    Departures or None
        None where that is more than is worth while.

    Raises
    ------
    InternalFault
        If the flow does not add up.
    """
    wanted = np.array([roads.amount(v) * PARTS for v in roads.vehicles], object)
    effort = _Effort(_MOST_LOOKED)
    found = []
    for part in flow.parts:
        sent = part.column.sent.astype(object) * part.parts
        found.append(_picked(roads, (part,), sent, effort))
    left = wanted - _brought(roads, found)
    short = np.array([max(0, math.ceil(amount / PARTS)) for amount in left], np.int64)
    if short.any() and not effort.spent:
        after = _after(roads, flow.horizon, short)
        found.append(_picked(roads, (after,), np.maximum(left, 0), effort))
    if effort.spent:
        return None
    told = Departures(SECOND_MS, roads.scale * PARTS)
    for departure in _told(roads, _pieces(roads, found)):
        told.append(departure)
    return told


@dataclass
class _Effort:
    """How many links may still be looked into: the same on every machine."""

    left: int

    @property
    def spent(self) -> bool:
        return self.left <= 0


def _after(roads: RoadArrays, horizon: int, short: Amounts) -> Part:
    """Return a flow that brings out what is short after everyone else."""
    tail = Tail(roads)
    column = tail.column(short, straight_ms(roads, short))
    if column is None:
        raise InternalFault("what is left over does not get out")
    return Part(column, PARTS, tail.arcs, horizon - roads.distance)


def _brought(roads: RoadArrays, found: Iterable[Trips]) -> NDArray[np.object_]:
    """Return what trips bring out, by origin."""
    total: dict[int, int] = dict.fromkeys(roads.origins.tolist(), 0)
    for trips, _ in found:
        for node, begin, end, rate, _ in trips.tolist():
            total[node] += rate * (end - begin)
    return np.array(list(total.values()), object)


def changes_of(roads: RoadArrays, part: Part) -> Amounts:
    """Return rows of link (or number of links plus origin), time and change of rate."""
    column = part.column
    room = 2 * (len(column.path) + 2 * len(column.log)) + len(roads.links) + 64
    count = -1
    while count < 0:
        rows = np.empty((room, 3), np.int64)
        count = assemble(
            part.arcs,
            roads.is_destination,
            column.log,
            column.path,
            column.horizon,
            part.clock,
            rows,
        )
        room *= 2
    return rows[:count]


def _added_up(rows: Amounts) -> Amounts:
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    link, time = rows[:, 0], rows[:, 1]
    begins = np.nonzero(np.r_[True, (link[1:] != link[:-1]) | (time[1:] != time[:-1])])[0]
    change = np.add.reduceat(rows[:, 2], begins)
    kept = change != 0
    return np.column_stack((link[begins][kept], time[begins][kept], change[kept]))


Segments = tuple[Amounts, Amounts, Amounts, Amounts, Amounts]


def _segments(roads: RoadArrays, parts: Sequence[Part]) -> Segments:
    """Sum columns up to segments of constant rate; see :func:`unpick`."""
    told = []
    for part in parts:
        rows = _added_up(changes_of(roads, part))
        rows[:, 2] *= part.parts
        told.append(rows)
    rows = _added_up(np.concatenate(told))
    link, starts, rates = rows[:, 0], rows[:, 1], np.cumsum(rows[:, 2])
    lasts = np.r_[link[1:] != link[:-1], True]
    if np.any(rates < 0) or np.any(rates[lasts] != 0):
        raise InternalFault("a flow over time has a negative rate, or never ends")
    after = np.where(lasts, -1, np.arange(1, len(link) + 1))
    # A segment without flow stands for links that are never used.
    head = np.full(len(roads.links) + len(roads.nodes), len(link), np.int64)
    firsts = np.r_[True, lasts[:-1]]
    head[link[firsts]] = np.nonzero(firsts)[0]
    finger = np.full(len(head), -1, np.int64)
    return np.append(starts, 0), np.append(rates, 0), np.append(after, -1), head, finger


def _picked(
    roads: RoadArrays, parts: Sequence[Part], wanted: NDArray[np.object_], effort: _Effort
) -> Trips:
    """Take up to what is wanted out of a flow, by pieces that last long first.

    Returns
    -------
    tuple
        ``trips`` and ``ways`` of :func:`unpick`.
    """
    starts, rates, after, head, finger = _segments(roads, parts)
    state = np.array([0, 0, 0, len(starts), 0, effort.left], np.int64)
    # As much as one piece can take up.
    room = 8 * len(roads.nodes) + 16
    trips, ways = np.empty((1024, 5), np.int64), np.empty((room, 2), np.int64)
    starts, rates, after = (_longer(x, room) for x in (starts, rates, after))
    missing = np.zeros(len(roads.nodes))
    # A little more, as floating point might end too early.
    missing[roads.origins] = wanted.astype(np.float64) * (1 + 1e-12)
    span = max(part.column.horizon for part in parts) // 2
    while True:
        if span < _SHORTEST_MS:
            span = 1
        state[0] = 0
        while not unpick(
            roads.arcs,
            roads.is_destination,
            roads.distance,
            (starts, rates, after, head, finger),
            roads.origins,
            missing,
            span,
            trips,
            ways,
            state,
        ):
            if state[1] == len(trips):
                trips = _longer(trips, room)
            if state[2] + room > len(ways):
                ways = _longer(ways, room)
            if state[3] + room > len(starts):
                starts, rates, after = (_longer(x, room) for x in (starts, rates, after))
        if span == 1 or state[4] >= state[5]:
            effort.left -= int(state[4])
            return trips[: state[1]], ways[: state[2]]
        span //= 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """A constant rate (units in ``PARTS``) along one way (ms)."""

    begin: int
    end: int
    rate: int
    way: Amounts
    """Rows of link and wait before it (ms)."""

    @property
    def amount(self) -> int:
        return self.rate * (self.end - self.begin)


def _longer(rows: Amounts, room: int) -> Amounts:
    return np.concatenate((rows, np.empty((len(rows) + room, *rows.shape[1:]), np.int64)))


def _pieces(roads: RoadArrays, found: Iterable[Trips]) -> Iterable[list[_Piece]]:
    """Yield the pieces of each origin."""
    pieces: dict[int, list[_Piece]] = {node: [] for node in roads.origins.tolist()}
    for trips, ways in found:
        start = 0
        for node, begin, end, rate, stop in trips.tolist():
            pieces[node].append(_Piece(begin, end, rate, ways[start:stop]))
            start = stop
    yield from pieces.values()


def _told(roads: RoadArrays, pieces: Iterable[list[_Piece]]) -> Iterable[Departure]:
    """Turn pieces into departures of just the vehicles there are."""
    writer = _Writer(roads)
    for node, vehicles, mine in zip(roads.origins.tolist(), roads.vehicles, pieces, strict=True):
        spare = sum(piece.amount for piece in mine) - roads.amount(vehicles) * PARTS
        if spare < 0:
            raise InternalFault("a flow over time sends fewer vehicles than there are")
        for piece, end in _ends(mine, spare):
            yield writer.departure(node, piece, end)


def _ends(pieces: list[_Piece], spare: Fraction) -> list[tuple[_Piece, int | Fraction]]:
    """Choose pieces, and when each ends, so that they bring out less by what is spare."""
    pieces = sorted(pieces, key=lambda piece: (piece.amount, piece.begin))
    whole, small = math.floor(spare), 0
    while small < len(pieces) and pieces[small].amount <= whole:
        whole -= pieces[small].amount
        small += 1
    spare += whole - math.floor(spare)
    rest = sorted(pieces[small:], key=lambda piece: (piece.end, piece.begin, piece.rate))
    ends: list[int | Fraction] = [piece.end for piece in rest]
    if spare > 0:
        # No piece is as small as what is spare, so that the last one is only shortened.
        ends[-1] -= spare / rest[-1].rate
    return sorted(zip(rest, ends, strict=True), key=lambda kept: kept[0].begin)


class _Writer:
    """Turns pieces into departures; what many have in common is made once."""

    def __init__(self, roads: RoadArrays) -> None:
        self._roads = roads
        self._unit = roads.scale * PARTS
        self._ways: dict[bytes, tuple[tuple[str, ...], str]] = {}
        self._times: dict[int, Fraction] = {}

    def departure(self, node: int, piece: _Piece, end: int | Fraction) -> Departure:
        links, destination = self._way(piece.way[:, 0])
        waits = piece.way[:, 1].tolist()
        # Who waits at the origin leaves later.
        first = waits[0]
        return Departure(
            origin=self._roads.nodes[node],
            destination=destination,
            links=links,
            waits_s=(Fraction(0), *map(self._time, waits[1:])) if any(waits[1:]) else (),
            from_s=self._time(piece.begin + first),
            to_s=self._time(end + first) if isinstance(end, int) else (end + first) / SECOND_MS,
            vehicles_per_hour=Fraction(piece.rate, self._unit),
        )

    def _way(self, links: Amounts) -> tuple[tuple[str, ...], str]:
        key = links.tobytes()
        way = self._ways.get(key)
        if way is None:
            roads = self._roads
            names = tuple(roads.links[link] for link in links.tolist())
            way = self._ways[key] = names, roads.nodes[roads.head[links[-1]]]
        return way

    def _time(self, ms: int) -> Fraction:
        time = self._times.get(ms)
        if time is None:
            time = self._times[ms] = Fraction(ms, SECOND_MS)
        return time
