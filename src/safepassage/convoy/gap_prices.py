"""Prices of convoys for gaps: found by a linear programme, made whole, and evaluated exactly.

Each gap allows all that fits into it, far too much to write down; so a row is added for what breaks
the prices found so far, until nothing does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import highspy
import numpy as np

from safepassage.convoy.gap_value import (
    SCALE,
    Prices,
    Slack,
    Value,
    evaluate,
    least,
    pack,
)
from safepassage.convoy.gaps import Convoy, Gaps
from safepassage.convoy.programme import Floats, Ints

__all__ = ["choose_prices"]

TURNS = 60
CLOSINGS = 0.8
"""Part of the closings up to the end of the timetable that the bound is thought to lie after."""
ROUNDINGS = 5
NEAR = 0.5
"""By how much (s) a gap may be too short for what a convoy is worth before a row is added."""

Row = dict[int, float]
Matrix = tuple[int, Ints, Ints, Floats]
"""Number of rows; of each entry its row, its column, and itself."""


@dataclass
class _Columns:
    """Columns of the programme, by what they are prices of."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    index: dict[tuple[object, ...], int] = field(default_factory=dict)

    def __call__(self, *key: object, cost: float = 0.0, lower: float = 0.0) -> int:
        if key not in self.index:
            self.index[key] = len(self.cost)
            self.cost.append(cost)
            self.lower.append(lower)
        return self.index[key]


class _Search:
    """The programme of prices: the worth of all people less what does not count in full."""

    def __init__(self, gaps: Gaps) -> None:
        self.gaps = gaps
        self.column = _Columns()
        self.rows: list[tuple[Row, float]] = []
        self.lists: dict[str, list[str]] = {}
        """Types that people at a place list."""
        self.passes: list[tuple[Convoy, Row]] = []
        """What those aboard are worth less the price in the gaps of others, of each convoy."""
        closings = CLOSINGS * (len(gaps.open) - 1) if gaps.closes else 0.0
        self.lost = self.column("lost", cost=-closings * gaps.number)
        self._worth()
        self._ends()
        for convoy in gaps.convoys:
            self._pass(convoy)

    def _worth(self) -> None:
        """People of a side who need not all pass are those who are worth least."""
        for n, side in enumerate(self.gaps.sides):
            least = self.column("least", n, cost=float(side.persons))
            for i, c in enumerate(side.cells):
                person = self.column("person", c.group, c.place)
                less = self.column("less", n, i, cost=-float(c.persons))
                self.rows.append(({least: 1.0, person: -1.0, less: -1.0}, 0.0))
                for k in c.kinds:
                    self.lists.setdefault(c.place, []).append(k)
                    aboard = self.column("aboard", c.place, k)
                    self.rows.append(({person: float(self.gaps.seats[k]), aboard: -1.0}, 0.0))

    def _ends(self) -> None:
        """What is left over at the beginnings and ends of phases, and won at an open start."""
        gaps = self.gaps
        departed = gaps.phases - gaps.open_start
        room = gaps.early.room if gaps.early is not None else 0
        limit = float(gaps.number * (gaps.longest * gaps.unit + max(c.after for c in gaps.convoys)))
        end = self.column("end", cost=float(gaps.phases), lower=-np.inf)
        self.rows.append(({end: 1.0}, limit))
        self.column("begin", 0, cost=float(departed), lower=-np.inf)
        won = self.column("won", cost=-float(gaps.open_start), lower=-np.inf)
        vehicles = gaps.early.vehicles if gaps.early is not None else ()
        dear = self.column("room") if vehicles else -1
        counted = next((v for v in vehicles if v[0] == gaps.vehicle), None)
        worth = self.column("early")
        for place in counted[1] if counted else ():
            if gaps.vehicle in self.lists.get(place, ()):
                self.rows.append(
                    ({self.column("aboard", place, gaps.vehicle): 1.0, worth: -1.0}, 0)
                )
        others: Row = {}
        for i, (kind, places, number, weight) in enumerate(vehicles):
            more = self.column("other", i)
            for place in places if kind != gaps.vehicle else ():
                if kind in self.lists.get(place, ()):
                    aboard = self.column("aboard", place, kind)
                    self.rows.append(({aboard: 1.0, more: -1.0, dear: -float(weight)}, 0.0))
                    others[more] = -float(number)
        most = min(counted[2], room // counted[3]) if counted else 0
        for gone in range(most + 1):
            begin = self.column("begin", gone, lower=-np.inf)
            self.rows.append(({begin: 1.0}, limit))
            row = {won: -1.0, begin: -1.0, worth: float(gone)}
            row.update({j: -x for j, x in others.items()})
            if vehicles:
                row[dear] = float(room - gone * (counted[3] if counted else 0))
            if gaps.open_start:
                self.rows.append((row, 0.0))

    def carried(self, convoy: Convoy) -> Row:
        """What those aboard are worth."""
        return {
            self.column("aboard", convoy.place, k): float(n)
            for k, n in convoy.numbers
            if k in self.lists.get(convoy.place, ())
        }

    def price(self, convoy: Convoy) -> Row:
        """What a convoy is priced at in each gap that it passes in."""
        if not convoy.counted:
            return {j: x / self.gaps.number for j, x in self.carried(convoy).items()}
        guests = [(k, n) for k, n in convoy.numbers if k != self.gaps.vehicle]
        row = {self.column("guest", k, convoy.counted): float(n) for k, n in guests}
        return {self.column("size", convoy.counted): 1.0, **row}

    def _pass(self, convoy: Convoy) -> None:
        n, others = convoy.counted, self.gaps.number - convoy.counted
        price = self.price(convoy)
        self.rows.append((price, float(convoy.hold)))
        if not n:
            return
        row = self.carried(convoy)
        for j, x in price.items():
            row[j] = row.get(j, 0.0) - others * x
        # Until something fills it, a gap costs all its length.
        self.rows.append((row, float(n * (convoy.hold + convoy.lag))))
        self.passes.append((convoy, row))
        excess = self.column("excess", n)
        self.rows.append(({**row, excess: -float(n)}, float(n * convoy.hold)))
        if self.gaps.closes:
            # What a gap is needed for at most is lost at each closing.
            self.rows.append(({**row, self.lost: -float(n)}, float(n * convoy.hold)))

    def solve(self) -> Floats:
        """Columns of the best prices, as near as the rows added tell."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        count = len(self.column.cost)
        lower = np.array(self.column.lower)
        solver.addVars(count, lower, np.full(count, np.inf))
        solver.changeColsCost(count, np.arange(count, dtype=np.int32), -np.array(self.column.cost))
        _add(solver, self.rows)
        found: Floats = np.zeros(count)
        for _ in range(TURNS):
            solver.run()
            found = np.array(solver.getSolution().col_value)
            rows = self.broken(found)
            if not rows:
                break
            _add(solver, rows)
        return found

    @cached_property
    def _priced(self) -> Matrix:
        return _matrix([self.price(convoy) for convoy in self.gaps.convoys])

    @cached_property
    def _gained(self) -> Matrix:
        return _matrix([row for _, row in self.passes])

    def broken(self, found: Floats) -> list[tuple[Row, float]]:
        """Rows of convoys that cost less than those aboard are worth, by what fills their gaps."""
        gaps = self.gaps
        price = dict(zip(gaps.convoys, _products(self._priced, found), strict=True))
        packing = pack(gaps, price)
        keys = list({(c.lag, c.counted): None for c, _ in self.passes})
        shortest = dict(zip(keys, least(gaps, packing, keys), strict=True))
        filled: dict[tuple[int, int | None], Row] = {}
        rows = []
        gains = _products(self._gained, found)
        for (convoy, gain), gained in zip(self.passes, gains, strict=True):
            n = convoy.counted
            length, units, vehicles = shortest[convoy.lag, n]
            if gained <= n * (convoy.hold + length + NEAR):
                continue
            # Gaps of many lengths are filled by the same convoys.
            if (units, vehicles) not in filled:
                filled[units, vehicles] = self._together(packing.content(units, vehicles))
            row = {**gain}
            for j, x in filled[units, vehicles].items():
                row[j] = row.get(j, 0.0) + n * x
            rows.append((row, float(n * (convoy.hold + max(convoy.lag, units * gaps.unit)))))
        return rows + self._left(found, price)

    def _left(self, found: Floats, price: dict[Convoy, float]) -> list[tuple[Row, float]]:
        """Rows of beginnings and ends at which less is left over than the programme has it."""
        gaps, index = self.gaps, self.column.index
        sizes = {c.counted for c in gaps.convoys if c.counted}
        excess = {n: float(found[index["excess", n]]) for n in sizes}
        slack = Slack(gaps, {c: c.hold - price[c] for c in gaps.convoys}, excess)
        rows = []
        # Where the crossing closes, arrivals may be in closed time.
        second = 0 if gaps.closes else 1
        total, convoys = slack.end(second)
        if total < found[index["end",]] - NEAR * gaps.number:
            row, limit, idle = (
                {index["end",]: 1.0},
                float(gaps.number * convoys[0].after * second),
                gaps.number,
            )
            for convoy in convoys:
                idle = max(0, idle - convoy.counted)
                limit += self._leave(row, convoy, idle)
            rows.append((row, limit))
        for gone, total in enumerate(slack.begins()[:-1]):
            column = index.get(("begin", gone))
            if column is None or total >= found[column] - NEAR * gaps.number:
                continue
            row, limit, idle = {column: 1.0}, 0.0, gaps.number - gone
            while idle:
                n, some = slack.firsts[gaps.number - idle]
                idle -= some
                limit += self._leave(row, slack.best[n], idle)
                row[index["excess", n]] = row.get(index["excess", n], 0.0) + some
            rows.append((row, limit))
        return rows

    def _together(self, convoys: list[Convoy]) -> Row:
        """Price of some convoys together."""
        row: Row = {}
        for convoy in convoys:
            for j, x in self.price(convoy).items():
                row[j] = row.get(j, 0.0) + x
        return row

    def _leave(self, row: Row, convoy: Convoy, idle: int) -> float:
        """Enter what a convoy leaves over for some vehicles; returns what the row's limit gains."""
        if not self.gaps.busy:
            return 0.0
        for j, x in self.price(convoy).items():
            row[j] = row.get(j, 0.0) + idle * x
        return float(idle * convoy.hold)


def choose_prices(gaps: Gaps) -> tuple[Prices, Value] | None:
    """Prices that prove most, with what they prove; None where they prove nothing."""
    search = _Search(gaps)
    found = search.solve()
    index = search.column.index

    def of(*key: object) -> float:
        return float(found[index[key]]) * SCALE if key in index else 0.0

    guests = {k for c in gaps.convoys for k, _ in c.numbers} - {gaps.vehicle}
    most = max(c.counted for c in gaps.convoys)
    prices = Prices(
        {
            (c.group, c.place): int(of("person", c.group, c.place))
            for s in gaps.sides
            for c in s.cells
        },
        tuple(int(of("size", n + 1)) for n in range(most)),
        {k: tuple(int(of("guest", k, n + 1)) for n in range(most)) for k in sorted(guests)},
    )
    for _ in range(ROUNDINGS):
        value = evaluate(gaps, prices)
        if value.dear <= 1:
            return prices, value
        # What is rounded makes some convoys worth a little more than they cost.
        part = 1 / value.dear
        people = {k: int(x * part) for k, x in prices.people.items()}
        prices = replace(prices, people=people)
    return None


def _matrix(rows: Sequence[Row]) -> Matrix:
    entries = [(i, j, x) for i, row in enumerate(rows) for j, x in row.items()]
    at, columns, numbers = zip(*entries, strict=True) if entries else ((), (), ())
    indices = np.array(at, np.int64), np.array(columns, np.int64)
    return len(rows), *indices, np.array(numbers, float)


def _products(matrix: Matrix, found: Floats) -> list[float]:
    count, at, columns, numbers = matrix
    products: list[float] = np.bincount(at, numbers * found[columns], count).tolist()
    return products


def _add(solver: highspy.Highs, rows: list[tuple[Row, float]]) -> None:
    starts = np.cumsum([0, *(len(row) for row, _ in rows)])[:-1].astype(np.int32)
    index = np.array([j for row, _ in rows for j in row], np.int32)
    values = np.array([x for row, _ in rows for x in row.values()])
    limits = np.array([limit for _, limit in rows])
    below = np.full(len(rows), -np.inf)
    solver.addRows(len(rows), below, limits, index.size, starts, index, values)
