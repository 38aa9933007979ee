"""Seat as many as can be where vehicles make one journey, or reception points fill up.

Filling fleet after fleet may leave somebody whom another choice for others would seat. So where
somebody is left, everybody is shared out anew as a linear programme over seats and room, and what
it says in fractions is filled into whole vehicles. Its value is at least what any choice can seat:
only where that is less than everybody, somebody has no seat.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

import highspy
import numpy as np

from safepassage.convoy.dividing import usable
from safepassage.convoy.linear import stated
from safepassage.convoy.programme import Floats, Programme
from safepassage.convoy.trips import NO_SEAT, Left, Part, Trips, allot, fill, options, why_left
from safepassage.instance import Cell, Demand, Operation

__all__ = ["NOT_FOUND", "allotted"]

NOT_FOUND: Final = "no timetable was found that carries them under these terms"

Pairs = frozenset[tuple[str, str]]
Stock = tuple[str, str]
"""Vehicles that make one journey: their type, and where they stand; empty for any place."""

#: Who goes first counts less than that one more goes, and a shorter way less than who goes first.
_RANK, _WAY = 1e-2, 1e-4


def allotted(op: Operation, demand: Demand, *, banned: Pairs = frozenset()) -> Trips:
    """Choose vehicle types and destinations so that as few as can be are left for want of a seat.

    ``banned`` are pairs of place and type not to be used.
    """
    trips = allot(op, demand, banned=banned)
    if not trips.left:
        return trips
    choices = [c for cell in demand.cells for c in _choices(op, cell, banned)]
    served = {(c.cell.group, c.cell.place) for c in choices}
    if all((group, place) not in served for group, place, _, _ in trips.left):
        return trips
    seated = _Seating(op, demand, choices).seated()
    left, others = (sum(x[2] for x in t.left) for t in (seated, trips))
    return seated if left <= others else trips


@dataclass(frozen=True, slots=True)
class _Choice:
    """People of a cell may go to a reception point in vehicles of a type."""

    cell: Cell
    to: str
    kind: str
    cycle: int
    stock: Stock | None
    """What they use up; None where vehicles come again."""


def _choices(op: Operation, cell: Cell, banned: Pairs) -> list[_Choice]:
    return [
        _Choice(cell, to, kind, cycle, _stock(op, cell, kind) if once else None)
        for to in cell.destinations
        if any(r.corridor in cell.corridors for r in op.carry.get((cell.place, to), ()))
        for kind, (cycle, once) in options(op, cell, to, own_vehicles=True).items()
        if (cell.place, kind) not in banned
    ]


def _stock(op: Operation, cell: Cell, kind: str) -> Stock:
    return kind, cell.place if op.kind(kind).own else ""


@dataclass
class _Seating:
    op: Operation
    demand: Demand
    choices: list[_Choice]
    parts: dict[tuple[str, str], list[Part]] = field(default_factory=lambda: defaultdict(list))
    """Who goes in vehicles of each type, by place and type."""

    def seated(self) -> Trips:
        """Share everybody out, whole people in whole vehicles."""
        shares, most = self._shares()
        everybody = sum(cell.persons for cell in self.demand.cells)
        rest = {cell: cell.persons for cell in self.demand.cells}
        # The greatest shares first: what is left over is then small, and finds room elsewhere.
        for i in sorted(range(len(shares)), key=lambda i: (-shares[i], i)):
            choice = self.choices[i]
            rest[choice.cell] -= self._place(choice, min(int(shares[i]), rest[choice.cell]))
        for choice in sorted(self.choices, key=lambda c: (len(c.cell.kinds), c.cell.rank, c.cycle)):
            rest[choice.cell] -= self._place(choice, rest[choice.cell])
        enough = most > everybody - 0.5
        left: list[Left] = [
            (cell.group, cell.place, n, self._reason(cell, enough=enough))
            for cell, n in rest.items()
            if n
        ]
        return Trips.of(self.op, self.parts, left)

    def _shares(self) -> tuple[list[float], float]:
        """People by choice, in fractions, and how many they are at most in all."""
        lp = Programme()
        columns = lp.block(len(self.choices), upper=np.inf)
        cells = {c: lp.row(("cell", i), c.persons) for i, c in enumerate(self.demand.cells)}
        room = {
            d.id: lp.row(("room", d.id), d.capacity)
            for d in self.op.reception
            if d.capacity is not None
        }
        stocks = {
            stock: lp.row(("seats", *stock), self._vehicles(stock) * self.op.kind(stock[0]).seats)
            for stock in dict.fromkeys(c.stock for c in self.choices)
            if stock is not None
        }
        for rows in (
            [cells[c.cell] for c in self.choices],
            [room.get(c.to, -1) for c in self.choices],
            [-1 if c.stock is None else stocks[c.stock] for c in self.choices],
        ):
            lp.put(np.array(rows, np.int64), columns, 1.0)
        ranks = max(1, *(c.cell.rank for c in self.choices))
        longest = max(1, *(c.cycle for c in self.choices))
        gain = [1 - _RANK * c.cell.rank / ranks - _WAY * c.cycle / longest for c in self.choices]
        # A hair is added to what is whole but for the arithmetic of floating point.
        shares = [float(x) + 1e-6 for x in _solved(lp, np.array(gain))]
        return shares, float(_solved(lp, np.ones(len(self.choices))).sum())

    def _vehicles(self, stock: Stock) -> int:
        return usable(self.op, self.op.kind(stock[0]), stock[1] or None)

    def _place(self, choice: _Choice, persons: int) -> int:
        """Seat as many of so many people as find room; returns how many."""
        room = next(d.capacity for d in self.op.reception if d.id == choice.to)
        if room is not None:
            persons = min(persons, room - self._at(choice.to))
        if choice.stock is not None and persons > 0:
            persons = self._most(choice, choice.stock, persons)
        if persons > 0:
            self.parts[choice.cell.place, choice.kind].append((choice.cell, choice.to, persons))
        return max(persons, 0)

    def _most(self, choice: _Choice, stock: Stock, persons: int) -> int:
        """Find how many can join those who are seated without more vehicles than there are."""
        here = choice.cell.place, choice.kind
        seats, most = self.op.kind(choice.kind).seats, self._vehicles(stock)
        elsewhere = 0 if stock[1] else self._used(choice.kind, but=choice.cell.place)
        low, high = 0, persons
        while low < high:
            tried = (low + high + 1) // 2
            joined = [*self.parts.get(here, ()), (choice.cell, choice.to, tried)]
            if len(fill(seats, joined)) + elsewhere <= most:
                low = tried
            else:
                high = tried - 1
        return low

    def _used(self, kind: str, *, but: str) -> int:
        seats = self.op.kind(kind).seats
        return sum(
            len(fill(seats, parts))
            for (place, k), parts in self.parts.items()
            if k == kind and place != but
        )

    def _at(self, to: str) -> int:
        return sum(n for parts in self.parts.values() for _, there, n in parts if there == to)

    def _reason(self, cell: Cell, *, enough: bool) -> str:
        """Why people of a cell are left; ``enough``: there may be a seat and room for everybody."""
        if all(choice.cell != cell for choice in self.choices):
            return why_left(self.op, cell)
        if enough:
            return NOT_FOUND
        room = {d.id: d.capacity for d in self.op.reception}
        full = all(
            (most := room[to]) is not None and self._at(to) >= most for to in cell.destinations
        )
        return why_left(self.op, cell) if full else NO_SEAT


def _solved(lp: Programme, gain: Floats) -> Floats:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(stated(lp, gain))
    solver.run()
    return np.array(solver.getSolution().col_value)
