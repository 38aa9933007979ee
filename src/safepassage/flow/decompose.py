"""From a flow over time to departures: who leaves when, at what rate, by which roads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from safepassage.errors import InternalFault
from safepassage.flow.arrays import HOUR_MS, SECOND_MS, Amounts, RoadArrays
from safepassage.flow.chains_kernel import assemble, chains
from safepassage.flow.kernel import Arcs, take, unpick
from safepassage.flow.lexicographic import Column
from safepassage.flow.mix import PARTS
from safepassage.flow.tail import straight_ms
from safepassage.plan.clearance import Departure

__all__ = ["Flow", "departures_of"]

#: Arcs of all columns up to which chains are followed; with more it would take too long.
_MOST_ARCS = 8_000_000
#: Rates that are followed at once in a chain; beyond, some are given up.
_CARRIERS = 32
#: Shortest time that a piece lasts while long ones are looked for (ms).
_SHORTEST_MS = 30_000
#: Pieces of less than this share of an origin's vehicles are left over where there are many.
_SLIVER = 1e-3


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


def departures_of(roads: RoadArrays, flow: Flow, *, whole: bool) -> tuple[Departure, ...]:
    """Return departures that bring out exactly the vehicles of each origin.

    What the flow sends beyond them is left out. What it leaves short, and with ``whole`` unset
    what would take many small pieces, comes after its horizon. Departures come in the order of
    their origins, then of time.

    Raises
    ------
    InternalFault
        If the flow does not add up.
    """
    picker = _Picker(roads, _segments(roads, flow))
    if sum(len(part.column.path) for part in flow.parts) <= _MOST_ARCS:
        for part in flow.parts:
            picker.hint(part)
    longest = max(_SHORTEST_MS, flow.horizon)
    span = longest
    while span >= _SHORTEST_MS:
        picker.pick(span, 0.0 if whole else _SLIVER)
        span //= 2
    if whole:
        picker.pick(0, 0.0)
    return tuple(_told(roads, picker.pieces(), flow.horizon))


def _changes(roads: RoadArrays, part: Part) -> Amounts:
    """Rows of link (or number of links plus origin), time and change of rate, added up."""
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
    return _added_up(rows[:count])


def _added_up(rows: Amounts) -> Amounts:
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    link, time = rows[:, 0], rows[:, 1]
    begins = np.nonzero(np.r_[True, (link[1:] != link[:-1]) | (time[1:] != time[:-1])])[0]
    change = np.add.reduceat(rows[:, 2], begins)
    kept = change != 0
    return np.column_stack((link[begins][kept], time[begins][kept], change[kept]))


Segments = tuple[Amounts, Amounts, Amounts, Amounts]


def _segments(roads: RoadArrays, flow: Flow) -> Segments:
    """Sum columns up to segments of constant rate; see :func:`unpick`."""
    told = []
    for part in flow.parts:
        rows = _changes(roads, part)
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
    return np.append(starts, 0), np.append(rates, 0), np.append(after, -1), head


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


def _chained(part: Part) -> tuple[Amounts, Amounts]:
    """Return rows of origin, begin, end, rate and range in the pool; and the pool of links."""
    log, path = part.column.log, part.column.path
    size = 1
    while True:
        bits = (8 * size * (len(log) + 64)).bit_length()
        memory = (
            pool := np.empty((2 * size * (len(path) + 2048), 2), np.int64),
            pieces := np.empty((16 * size * (len(log) + 256), 4), np.int64),
            ways := np.empty((2 * size * (len(log) + 64), 4), np.int64),
            np.empty((2 * size * (len(path) + 2048), 3), np.int64),
            np.empty((_CARRIERS, 6), np.int64),
            np.empty((_CARRIERS, 4096), np.int64),
        )
        used = chains(part.arcs, log, path, np.full(1 << bits, -1), memory)
        if used >= 0:
            break
        size *= 2
    rows = []
    for node, start, stop, x in ways[:used].tolist():
        piece = x
        while piece >= 0:
            begin, end, rate, piece = pieces[piece].tolist()
            if end > 0:
                rows.append((node, max(begin, 0), end, rate, start, stop))
    return np.array(rows, np.int64).reshape(-1, 6), pool[:, 0].copy()


class _Picker:
    """Takes a flow apart; keeps what the kernel works on."""

    def __init__(self, roads: RoadArrays, segments: Segments) -> None:
        self._roads = roads
        starts, rates, after, self._head = segments
        self._state = np.array([0, 0, 0, len(starts)], np.int64)
        self._starts, self._rates, self._after = map(_longer, (starts, rates, after))
        self._trips, self._ways = np.empty((4096, 5), np.int64), np.empty((65_536, 2), np.int64)
        self._demand = np.zeros(len(roads.nodes))
        self._demand[roads.origins] = roads.demand.astype(np.float64) * PARTS
        self._wanted = self._demand * (1 + 1e-12)

    def hint(self, part: Part) -> None:
        """Take out what the chains of a column tell, as far as it is there; large pieces first."""
        pieces, pool = _chained(part)
        pieces[:, 3] *= part.parts
        amounts = pieces[:, 3].astype(np.float64) * (pieces[:, 2] - pieces[:, 1])
        pieces = pieces[np.argsort(-amounts, kind="stable")]
        self._state[0] = 0
        while not take(
            self._roads.arcs,
            (self._starts, self._rates, self._after, self._head),
            pieces,
            pool,
            self._wanted,
            np.zeros(len(self._demand)),
            self._trips,
            self._ways,
            self._state,
        ):
            self._grow()

    def pick(self, span: int, share: float) -> None:
        """Take out pieces that last at least a span (ms), and are no smaller than a share."""
        self._state[0] = 0
        least: NDArray[np.float64] = self._demand * share
        while not unpick(
            self._roads.arcs,
            self._roads.is_destination,
            self._roads.distance,
            (self._starts, self._rates, self._after, self._head),
            self._roads.origins,
            self._wanted,
            span,
            least,
            self._trips,
            self._ways,
            self._state,
        ):
            self._grow()

    def _grow(self) -> None:
        self._starts, self._rates, self._after, self._trips, self._ways = map(
            _longer, (self._starts, self._rates, self._after, self._trips, self._ways)
        )

    def pieces(self) -> Iterable[list[_Piece]]:
        """Yield the pieces of each origin."""
        trips = self._trips[: self._state[1]]
        begins = np.r_[0, trips[:-1, 4]] if len(trips) else trips[:, 4]
        found: dict[int, list[_Piece]] = {node: [] for node in self._roads.origins.tolist()}
        for (node, begin, end, rate, stop), start in zip(
            trips.tolist(), begins.tolist(), strict=True
        ):
            found[node].append(_Piece(begin, end, rate, self._ways[start:stop]))
        yield from found.values()


def _longer(rows: Amounts) -> Amounts:
    return np.concatenate((rows, np.empty_like(rows), np.empty((64, *rows.shape[1:]), np.int64)))


def _told(roads: RoadArrays, pieces: Iterable[list[_Piece]], horizon: int) -> Iterable[Departure]:
    """Turn pieces into departures, and send what is left after the horizon."""
    writer = _Writer(roads)
    told: list[list[Departure]] = []
    left: list[Fraction] = []
    for node, vehicles, mine in zip(roads.origins.tolist(), roads.vehicles, pieces, strict=True):
        spare = sum(piece.amount for piece in mine) - roads.amount(vehicles) * PARTS
        ends = _ends(mine, max(spare, Fraction(0)))
        told.append([writer.departure(node, piece, end) for piece, end in ends])
        left.append(max(-spare, Fraction(0)) / (HOUR_MS * roads.scale * PARTS))
    short = np.array([math.ceil(roads.amount(vehicles)) for vehicles in left], np.int64)
    lasting = straight_ms(roads, short)
    for node, vehicles, mine in zip(roads.origins.tolist(), left, told, strict=True):
        yield from mine
        if vehicles > 0:
            yield writer.last(node, vehicles, horizon, lasting)


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

    def last(self, node: int, vehicles: Fraction, horizon: int, lasting: int) -> Departure:
        """Return the departure of those who are left, on a shortest way."""
        roads = self._roads
        way, v = [], node
        while roads.onward[v] >= 0:
            way.append(int(roads.arcs.link[roads.onward[v]]))
            v = int(roads.arcs.to[roads.onward[v]])
        links, destination = self._way(np.array(way, np.int64))
        begin = horizon - int(roads.distance[node])
        return Departure(
            origin=roads.nodes[node],
            destination=destination,
            links=links,
            waits_s=(),
            from_s=self._time(begin),
            to_s=self._time(begin + lasting),
            vehicles_per_hour=vehicles * HOUR_MS / lasting,
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
