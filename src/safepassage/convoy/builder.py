"""What the parts of the relaxation share: grid, columns of movements, balance of vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.programme import Floats, Ints, Programme
from safepassage.convoy.ways import Way, way
from safepassage.instance import Demand, Operation

__all__ = ["Builder", "Flow", "Passes"]


@dataclass(frozen=True)
class Flow:
    """Columns of one kind of movement: vehicles of a type on one way, by slot."""

    kind: str
    way: Way
    slots: Ints
    columns: Ints


@dataclass(frozen=True)
class Passes:
    """Columns of events that take a crossing or a bay for some seconds, by slot."""

    columns: Ints
    slots: Ints
    seconds: int


class Builder:
    """A relaxation under construction."""

    def __init__(
        self, op: Operation, demand: Demand, grid: Sequence[int], by: int, *, bays: bool
    ) -> None:
        self.op, self.demand, self.by, self.bays = op, demand, by, bays
        self.grid = np.array(grid, np.int64)
        self.slots = len(grid) - 1
        # The first slot holds the moment 0 as well: much can happen as soon as all begins.
        self.first = self.grid[:-1] + 1
        self.first[0] = 0
        self.every = np.arange(self.slots, dtype=np.int64)
        self.lp = Programme()
        self.served = {
            (c.place, k, d) for c in demand.cells for k in c.kinds for d in c.destinations
        }
        self.open_by: dict[tuple[str, str], set[str]] = {}
        for c in demand.cells:
            for d in c.destinations:
                self.open_by.setdefault((c.place, d), set()).update(c.corridors)
        self.fetches: list[Flow] = []
        self.carries: list[Flow] = []
        self.out: dict[tuple[str, str, str], list[Ints]] = {}
        """Columns of carries in time, by place, type and reception point."""
        self.use: dict[tuple[str, str], list[Passes]] = {}
        """What takes time at a crossing (id, direction) or at bays (``board``, place)."""
        self.motion: list[tuple[Ints, Ints, float]] = []
        """Grid indices at which columns need an escort from (1) or leave it (-1)."""

    def taken(self, lag: int) -> Ints:
        """For slots 1..n: first grid index at or after the slot's end less the lag."""
        return np.searchsorted(self.grid, self.grid[1:] - lag, side="left")

    def given(self, lag: int) -> Ints:
        """For slots 1..n: first grid index at or after the slot's first moment plus the lag."""
        index = np.searchsorted(self.grid, self.first + lag, side="left")
        return np.where(index <= self.slots, index, -1)

    def stock(self, name: str, kind: str, place: str, first: int, most: int) -> Ints:
        """Balance rows of vehicles of a type in one state at one place, by grid index."""
        limits = [float(first)] + [0.0] * self.slots
        rows = self.lp.rows_of((name, kind, place), limits, equal=True)
        held = self.lp.block(self.slots + 1, float(most))
        # what comes in + what was held - what goes out - what is held = -first
        self.lp.put(rows, held, 1.0)
        self.lp.put(rows[1:], held[:-1], -1.0)
        return rows

    def move(
        self, source: Ints, lead: int, sink: Ints | None, lag: int, upper: Floats, open_: Ints
    ) -> Ints:
        """Columns, one for each slot in ``open_``: out of one stock, into another."""
        columns = self.lp.block(len(open_), upper[open_])
        index = self.taken(lead)[open_]
        fits = self.grid[1:][open_] - lead >= 0
        rows = np.where(fits, source[index], -1)
        self.lp.put(rows, columns, 1.0)
        # What would have to leave before the start cannot happen at all.
        self.lp.close(columns[~fits])
        if sink is not None:
            index = self.given(lag)[open_]
            rows = np.where(index >= 0, sink[index], -1)
            self.lp.put(rows, columns, -1.0)
        return columns

    def upper(self, kind: str) -> Floats:
        """Most events of one sort in each slot: each vehicle once, and again after a leg."""
        total = float(self.op.kind(kind).total)
        if not self.op.kind(kind).returns:
            return np.full(self.slots, total)
        return total * (1.0 + np.diff(self.grid) // self.least_leg(kind))

    def least_leg(self, kind: str) -> int:
        """Least leg of a type: between two events of one sort a vehicle drives one in full."""
        op = self.op
        legs = [
            w.lead + w.tail
            for table, outward in ((op.fetch, False), (op.carry, True))
            for ways in table.values()
            for r in ways
            for w in (way(op, r, kind, outward=outward),)
        ]
        return max(1, min(legs, default=1))

    def open_slots(self, server: tuple[str, str] | None, seconds: int) -> Ints:
        """Slots that can hold the end of an inspection of so many seconds."""
        if server is None:
            return self.every
        spans = self.op.timeline.crossing_open(server[0], int(self.grid[-1]) + 1)
        fits = np.zeros(self.slots, bool)
        g = self.grid
        for s, e in spans:
            # the inspection began at or after the opening
            fits |= (g[1:] >= s + seconds) & (g[:-1] < e) & (g[1:] > s)
        return np.flatnonzero(fits)

    def in_time(self, flow: Flow) -> Ints:
        """Columns of a carry whose vehicles can arrive by the moment asked about."""
        return flow.columns[self.first[flow.slots] + flow.way.tail <= self.by]
