"""What the parts of the relaxation share: grid, columns of movements, balance of vehicles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.convoy.programme import Floats, Ints, Programme
from safepassage.convoy.ways import Way, way
from safepassage.instance import Demand, Operation

__all__ = ["Builder", "Ends", "Floor", "Flow", "Passes"]


@dataclass(frozen=True)
class Ends:
    """Slots in which events can end, and the first moment in each at which they can."""

    slots: Ints
    first: Ints


@dataclass(frozen=True)
class Floor:
    """Nobody is released at a crossing before a moment."""

    crossing: str
    moment: int


@dataclass(frozen=True)
class Flow:
    """Columns of one kind of movement: vehicles of a type on one way, by slot."""

    kind: str
    way: Way
    ends: Ends
    columns: Ints
    floor: int = 0
    """Least moment of arrival."""

    @property
    def slots(self) -> Ints:
        """Slots of the columns."""
        return self.ends.slots


@dataclass(frozen=True)
class Passes:
    """Columns of events that take a crossing or a bay for some seconds, by slot."""

    columns: Ints
    slots: Ints
    seconds: int


class Builder:
    """A relaxation under construction."""

    def __init__(
        self,
        op: Operation,
        demand: Demand,
        grid: Sequence[int],
        by: int,
        *,
        bays: bool,
        released: bool = False,
        floors: Mapping[str, Floor] | None = None,
    ) -> None:
        self.op, self.demand, self.by, self.bays = op, demand, by, bays
        self.released = released
        """Whether vehicles stand boarded anywhere at 0, in the midst of an operation."""
        self.floors = floors or {}
        """By assembly point, when convoys are released at an exchange point, at the earliest."""
        self.grid = np.array(grid, np.int64)
        self.slots = len(grid) - 1
        # The first slot holds the moment 0 as well: much can happen as soon as all begins.
        self.first = self.grid[:-1] + 1
        self.first[0] = 0
        self.every = Ends(np.arange(self.slots, dtype=np.int64), self.first)
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
        self._least_legs: dict[str, int] = {}

    def taken(self, lag: int) -> Ints:
        """For slots 1..n: first grid index at or after the slot's end less the lag."""
        return np.searchsorted(self.grid, self.grid[1:] - lag, side="left")

    def given(self, ends: Ends, lag: int) -> Ints:
        """First grid index at or after the first moment of each end plus the lag; else -1."""
        index = np.searchsorted(self.grid, ends.first + lag, side="left")
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
        self,
        source: Ints,
        lead: int,
        sink: Ints | None,
        lag: int,
        upper: Floats,
        ends: Ends,
        goes: Ends | None = None,
    ) -> Ints:
        """Columns, one for each slot of ``ends``: out of one stock, into another.

        ``goes``: the same with later first moments, from when on they go on.
        """
        columns = self.lp.block(len(ends.slots), upper[ends.slots])
        index = self.taken(lead)[ends.slots]
        fits = self.grid[1:][ends.slots] - lead >= 0
        rows = np.where(fits, source[index], -1)
        self.lp.put(rows, columns, 1.0)
        # What would have to leave before the start cannot happen at all.
        self.lp.close(columns[~fits])
        if sink is not None:
            index = self.given(goes or ends, lag)
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
        if kind not in self._least_legs:
            self._least_legs[kind] = self._least_leg(kind)
        return self._least_legs[kind]

    def _least_leg(self, kind: str) -> int:
        op = self.op
        legs = [
            w.lead + w.tail
            for table, outward in ((op.fetch, False), (op.carry, True))
            for ways in table.values()
            for r in ways
            for w in (way(op, r, kind, outward=outward),)
        ]
        return max(1, min(legs, default=1))

    def ends(self, server: tuple[str, str] | None, seconds: int) -> Ends:
        """Slots that can hold the end of an inspection of so many seconds, and from when on."""
        if server is None:
            return self.every
        spans = self.op.timeline.crossing_open(server[0], int(self.grid[-1]) + 1)
        first = np.full(self.slots, -1, np.int64)
        for x, y in spans:
            if x + seconds <= y:
                fits = (self.grid[1:] >= x + seconds) & (self.first <= y) & (first < 0)
                first = np.where(fits, np.maximum(self.first, x + seconds), first)
        slots = np.flatnonzero(first >= 0)
        return Ends(slots, first[slots])

    def in_time(self, flow: Flow) -> Ints:
        """Columns of a carry whose vehicles can arrive by the moment asked about."""
        return flow.columns[flow.ends.first + flow.way.tail <= self.by]
