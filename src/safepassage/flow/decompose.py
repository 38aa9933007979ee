"""From a flow over time to departures: who leaves when, at what rate, by which roads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
    told = []
    for node, vehicles in zip(waiting, roads.vehicles, strict=True):
        wanted = roads.amount(vehicles) * PARTS
        told += [_departure(roads, piece, end) for piece, end in _kept(waiting[node], wanted)]
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A constant rate (units in ``PARTS``) along one way."""

    node: int
    begin: int
    end: int
    rate: int
    links: tuple[int, ...]

    @property
    def amount(self) -> int:
        return self.rate * (self.end - self.begin)


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
                yield _Piece(node, max(begin, 0) + clock, end + clock, rate * part.parts, links)


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


def _kept(pieces: list[_Piece], wanted: Fraction) -> Iterable[tuple[_Piece, Fraction]]:
    """Choose pieces, and when each ends, so that they bring out just what is wanted."""
    spare = sum(piece.amount for piece in pieces) - wanted
    if spare < 0:
        raise InternalFault("a flow over time sends fewer vehicles than there are")
    small = set()
    for piece in sorted(pieces, key=lambda piece: piece.amount):
        if piece.amount > spare:
            break
        spare -= piece.amount
        small.add(id(piece))
    rest = [piece for piece in pieces if id(piece) not in small]
    shortened = {}
    for piece in sorted(rest, key=lambda piece: -piece.end):
        off = min(spare / piece.rate, Fraction(piece.end - piece.begin))
        shortened[id(piece)] = piece.end - off
        spare -= off * piece.rate
    for piece in sorted(rest, key=lambda piece: piece.begin):
        if shortened[id(piece)] > piece.begin:
            yield piece, shortened[id(piece)]


def _departure(roads: RoadArrays, piece: _Piece, end: Fraction) -> Departure:
    links, waits = _without_circles(roads, piece)
    return Departure(
        origin=roads.nodes[piece.node],
        destination=roads.nodes[roads.head[links[-1]]],
        links=tuple(roads.links[link] for link in links),
        waits_s=tuple(Fraction(wait) for wait in waits) if any(waits) else (),
        from_s=Fraction(piece.begin, SECOND_MS),
        to_s=end / SECOND_MS,
        vehicles_per_hour=Fraction(piece.rate, roads.scale * PARTS),
    )


def _without_circles(roads: RoadArrays, piece: _Piece) -> tuple[list[int], list[int]]:
    """Return links and the waits before them (s), where one waits instead of coming back."""
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
    return links, waits[: len(links)]
