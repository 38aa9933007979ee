"""From a flow over time to departures: who leaves when, at what rate, by which roads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from safepassage.errors import InternalFault
from safepassage.flow.arrays import SECOND_MS, Amounts, RoadArrays
from safepassage.flow.kernel import Arcs, chains
from safepassage.flow.lexicographic import Column
from safepassage.flow.mix import PARTS
from safepassage.plan.clearance import Departure

__all__ = ["Part", "departures_of"]


@dataclass(frozen=True)
class Part:
    """A column as it takes part in a flow."""

    column: Column
    parts: int
    """Its share in ``PARTS``."""
    arcs: Arcs
    clock: Amounts
    """What each node's clock reads at the column's time 0 (ms)."""


def departures_of(roads: RoadArrays, flow: Sequence[Part]) -> tuple[Departure, ...]:
    """Return departures that bring out exactly the vehicles of each origin.

    What a flow sends beyond them is left out, the smallest pieces and the last of the others.
    Departures come in the order of their origins, then of time.

    Raises
    ------
    InternalFault
        If the flow does not add up, or sends less than there is.
    """
    waiting: dict[int, list[_Piece]] = {node: [] for node in roads.origins.tolist()}
    for part in flow:
        for piece in _pieces(part):
            waiting[piece.node].append(piece)
    writer = _Writer(roads)
    told = []
    for node, vehicles in zip(waiting, roads.vehicles, strict=True):
        wanted = roads.amount(vehicles) * PARTS
        told += [writer.departure(piece, end) for piece, end in _kept(waiting[node], wanted)]
    return tuple(told)


class _Piece(NamedTuple):
    """A constant rate (units in ``PARTS``) along one way."""

    begin: int
    end: int
    amount: int
    rate: int
    node: int
    links: tuple[int, ...]


def _pieces(part: Part) -> Iterable[_Piece]:
    """Take a column apart."""
    ways, pieces, pool = _chained(part)
    for node, start, stop, x in ways.tolist():
        links = tuple(pool[start:stop, 0].tolist())
        clock = int(part.clock[node])
        piece = x
        while piece >= 0:
            begin, end, rate, piece = pieces[piece].tolist()
            if end > 0:
                begin, rate = max(begin, 0), rate * part.parts
                amount = rate * (end - begin)
                yield _Piece(begin + clock, end + clock, amount, rate, node, links)


def _chained(part: Part) -> tuple[Amounts, Amounts, Amounts]:
    log, path = part.column.log, part.column.path
    size = 1
    while True:
        bits = (8 * size * (len(log) + 64)).bit_length()
        memory = (
            pool := np.empty((2 * size * (len(path) + 2048), 2), np.int64),
            pieces := np.empty((16 * size * (len(log) + 256), 4), np.int64),
            ways := np.empty((2 * size * (len(log) + 64), 4), np.int64),
            np.empty((2 * size * (len(path) + 2048), 3), np.int64),
            np.empty((32 * size, 6), np.int64),
            np.empty((32 * size, 256 * size), np.int64),
        )
        used = chains(part.arcs, log, path, np.full(1 << bits, -1), memory)
        if used >= 0:
            return ways[:used], pieces, pool
        if used == -2:
            raise InternalFault("a flow over time does not add up")
        size *= 2


def _kept(pieces: list[_Piece], wanted: Fraction) -> Iterable[tuple[_Piece, int | Fraction]]:
    """Choose pieces, and when each ends, so that they bring out just what is wanted."""
    spare = sum(piece.amount for piece in pieces) - wanted
    if spare < 0:
        raise InternalFault("a flow over time sends fewer vehicles than there are")
    pieces.sort(key=lambda piece: piece.amount)
    whole, small = math.floor(spare), 0
    while small < len(pieces) and pieces[small].amount <= whole:
        whole -= pieces[small].amount
        small += 1
    spare += whole - math.floor(spare)
    rest = sorted(pieces[small:], key=lambda piece: (piece.end, piece))
    ends: list[int | Fraction] = [piece.end for piece in rest]
    while spare > 0:
        # No piece is as small as what is spare, so that the last one is only shortened.
        ends[-1] -= spare / rest[-1].rate
        spare = Fraction(0)
    return sorted(zip(rest, ends, strict=True))


class _Writer:
    """Turns pieces into departures; what many have in common is made once."""

    def __init__(self, roads: RoadArrays) -> None:
        self._roads = roads
        self._unit = roads.scale * PARTS
        self._ways: dict[tuple[int, ...], _Way] = {}
        self._times: dict[int, Fraction] = {}

    def departure(self, piece: _Piece, end: int | Fraction) -> Departure:
        way = self._ways.get(piece.links)
        if way is None:
            way = self._ways[piece.links] = _way(self._roads, piece)
        return Departure(
            origin=self._roads.nodes[piece.node],
            destination=way.destination,
            links=way.links,
            waits_s=way.waits_s,
            from_s=self._time(piece.begin),
            to_s=self._time(end) if isinstance(end, int) else end / SECOND_MS,
            vehicles_per_hour=Fraction(piece.rate, self._unit),
        )

    def _time(self, ms: int) -> Fraction:
        time = self._times.get(ms)
        if time is None:
            time = self._times[ms] = Fraction(ms, SECOND_MS)
        return time


@dataclass(frozen=True, slots=True)
class _Way:
    links: tuple[str, ...]
    waits_s: tuple[Fraction, ...]
    destination: str


def _way(roads: RoadArrays, piece: _Piece) -> _Way:
    """Return links and the waits before them, where one waits instead of coming back."""
    links: list[int] = []
    waits = [0]
    place = {piece.node: 0}
    for link in piece.links:
        links.append(link)
        node = int(roads.head[link])
        back = place.get(node)
        if back is None:
            place[node] = len(links)
            waits.append(0)
            continue
        lost = sum(int(roads.transit_s[x]) for x in links[back:]) + sum(
            waits[back + 1 : len(links)]
        )
        place = {v: at for v, at in place.items() if at <= back}
        del links[back:], waits[back + 1 :]
        waits[back] += lost
    return _Way(
        tuple(roads.links[link] for link in links),
        tuple(Fraction(wait) for wait in waits[: len(links)]) if any(waits) else (),
        roads.nodes[roads.head[links[-1]]],
    )
