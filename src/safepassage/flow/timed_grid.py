"""Cells of time over a road network, from coarse to fine, and the flow over them.

Each node has its own clock, which runs ahead by the least time to a destination. A cell of a link
is an interval of its tail's clock, in which vehicles enter at a constant rate. On the way of least
time a cell then becomes the same cell of the next node; elsewhere what arrives inside a cell is
taken to be there from the next one on. A flow over the cells is so a flow in continuous time,
whatever their width; what is lost is no more than a cell on each link off the shortest ways.

When cells are halved, the flow stays one, with the same rates. It is only augmented by what the
finer cells have room for, so that most of the work is done with few cells (as capacity scaling
does with amounts). Gale (1959) and Ford and Fulkerson (1962) expand the network over time; that
residual labels are upward closed in time needs that waiting is free.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from safepassage.flow.timed_kernel import Cells, Labels, augment, label, waiting
from safepassage.flow.timed_roads import TICKS, TimedRoads
from safepassage.network.capacity_steps import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["TimedGrid", "quanta"]

_MOST: Final = 1 << 59
"""No sum of rate cells may come near the end of a machine word."""
_VISITS: Final = 16


def quanta(roads: TimedRoads, finest: int) -> int:
    """The unit of rates: parts of a vehicle an hour, a power of ten up to the ninth.

    It is the finest with which all supplies can be counted in cells of ``finest`` ticks.
    """
    cells = roads.vehicles * 3600 * TICKS / finest
    unit = 10**9
    while unit > 1 and cells * unit > _MOST:
        unit //= 10
    return unit


class TimedGrid:
    """A flow over cells of one width, and its residual network.

    Parameters
    ----------
    roads
        The network.
    width
        Of a cell, ticks.
    horizon
        Ticks by which everyone is to arrive; what remains of it after whole cells is not used.
    unit
        Parts of a vehicle an hour in which rates are counted.
    relaxed
        Round the other way: who arrives inside a cell is taken to have been there from its
        beginning. More is then possible than is, and where even that is not enough, the minimum
        cut is close to that of the network as it is.
    clock
        Other clocks, by node, 0 at destinations and at most a cell later than those of least
        times; not where relaxed.
    """

    def __init__(
        self,
        roads: TimedRoads,
        width: int,
        horizon: int,
        unit: int,
        *,
        relaxed: bool = False,
        clock: Ints | None = None,
    ) -> None:
        self.roads = roads
        self.width = width
        self.unit = unit
        self.relaxed = relaxed
        self.clock: Ints = -roads.distance if clock is None else clock
        self.n_cells = max(-(-horizon // width) if relaxed else horizon // width, 1)
        self.supply = self._supplies()
        reduced = roads.transit + self.clock[roads.tail] - self.clock[roads.head]
        self.delay: Ints = reduced // width if relaxed else -(-reduced // width)
        self.late: Ints = self.delay * width - reduced
        self.cells = self._empty()
        self.space: Ints = self.cells.room.copy()
        """By sink, what it can receive in all: no more than everyone."""
        self.labels = self._labels()

    def _supplies(self) -> Ints:
        amounts = [
            ceil(o.vehicles * 3600 * TICKS * self.unit / self.width) for o in self.roads.origins
        ]
        return np.array(amounts, np.int64)

    @property
    def left(self) -> int:
        """Rate cells that have not been sent."""
        return int(self.cells.left.sum())

    @property
    def sent(self) -> Ints:
        """By supply, rate cells."""
        sent: Ints = self.supply - self.cells.left
        return sent

    def spare(self, supply: int) -> Fraction:
        """Rate cells that a supply has sent too many, as amounts are rounded up."""
        if self.cells.left[supply] > 0:
            return Fraction(0)
        one = self.vehicles(Fraction(1))
        return int(self.supply[supply]) - self.roads.origins[supply].vehicles / one

    def vehicles(self, amount: Fraction) -> Fraction:
        """Turn rate cells into vehicles."""
        return amount * self.width / (3600 * TICKS * self.unit)

    @property
    def share_left(self) -> float:
        """Share of the vehicles that have not been sent."""
        return self.left / max(int(self.supply.sum()), 1)

    @property
    def horizon(self) -> int:
        """Ticks at the end of the last cell, at destinations."""
        return self.n_cells * self.width

    def copy(self) -> TimedGrid:
        """Return a grid with the same flow that can be changed apart from this one."""
        other = object.__new__(TimedGrid)
        for name in (
            "roads",
            "width",
            "unit",
            "relaxed",
            "clock",
            "n_cells",
            "supply",
            "delay",
            "late",
            "space",
        ):
            setattr(other, name, getattr(self, name))
        flow = ("left", "room", "rate", "waiting")
        other.cells = self.cells._replace(**{f: getattr(self.cells, f).copy() for f in flow})
        other.labels = self._labels()
        return other

    def pack(self) -> None:
        """Keep the flow in as few bytes as hold it; only ``halved`` and ``unpack`` may follow."""
        rate, nobody = self.cells.rate, np.zeros((len(self.roads.nodes), 0), np.int64)
        few = np.min_scalar_type(int(rate.max(initial=0)))
        self.cells = self.cells._replace(rate=rate.astype(few), waiting=nobody)

    def unpack(self) -> None:
        """Take up a flow that was packed."""
        cells = self.cells
        if cells.waiting.shape[1] < self.n_cells:
            waits = np.zeros((len(self.roads.nodes), self.n_cells), np.int64)
            self.cells = cells._replace(rate=cells.rate.astype(np.int64), waiting=waits)
            waiting(self.cells, self.sent)

    def halved(self, horizon: int) -> TimedGrid:
        """Return a grid of half the width with the same flow, up to another horizon.

        If that is earlier, it is no flow yet: who is out later is still under way at the end.
        """
        width = self.width // 2
        clock = (self.clock + self.roads.distance) % width - self.roads.distance
        fine = TimedGrid(self.roads, width, horizon, self.unit, clock=clock)
        n = min(fine.n_cells, 2 * self.n_cells)
        for k in (0, 1):
            fine.cells.rate[:, k:n:2] = self.cells.rate[:, : (n - k + 1) // 2]
        # Clocks are kept within a cell of those of least times.
        for e in np.flatnonzero((self.clock > clock)[self.roads.tail]).tolist():
            fine.cells.rate[e, 1:n] = fine.cells.rate[e, : n - 1]
            fine.cells.rate[e, 0] = 0
        # Amounts stay as they were rounded up, or more would be under way than there are.
        fine.supply = 2 * self.supply
        fine.cells.left[:] = 2 * self.cells.left
        everyone = int(fine.supply.sum())
        for s, room in enumerate(self.roads.rooms):
            if room is not None:
                received = 2 * int(self.space[s] - self.cells.room[s])
                fine.space[s] = min(fine._room(room), everyone)
                fine.cells.room[s] = max(int(fine.space[s]) - received, 0)
        waiting(fine.cells, fine.sent)
        return fine

    def eased(self) -> TimedGrid:
        """Return a relaxed grid of the same width with the same flow, which it can carry too."""
        loose = TimedGrid(self.roads, self.width, self.horizon, self.unit, relaxed=True)
        loose.supply = self.supply
        loose.cells.rate[:] = self.cells.rate
        loose.cells.left[:] = self.cells.left
        loose.cells.room[:] = self.cells.room
        loose.space = self.space
        waiting(loose.cells, self.sent)
        return loose

    @property
    def exact(self) -> bool:
        """Whether nothing was rounded: its minimum cut is that of the network as it is."""
        return self.roads.grid % self.width == 0

    def extend(self, n_cells: int) -> None:
        """Add cells at the end; the flow stays as it is."""
        more = n_cells - self.n_cells
        if more <= 0:
            return
        self.n_cells = n_cells
        pad = ((0, 0), (0, more))
        cells = self.cells
        keeping = cells.sink[cells.keeps]
        kept = cells.waiting[keeping, -1:]
        row, changing = self._rates()
        # One after the other, so that only one of them is there twice.
        self.cells = cells = cells._replace(
            rate=np.pad(cells.rate, pad), row=row, changing=changing
        )
        self.cells = cells = cells._replace(waiting=np.pad(cells.waiting, pad))
        cells.waiting[keeping, -more:] = kept
        self.labels = self._labels()

    def maximise(self, stop: Callable[[], bool]) -> bool:
        """Augment until everyone is sent or nobody more can arrive; returns whether it got there.

        Afterwards, where some are left, the labels are a minimum cut.
        """
        sinks = self.cells.sink
        while self.left > 0 and not stop():
            label(self.cells, self.labels)
            reached = self.labels.earliest[sinks] < self.n_cells
            if not (reached & (self.cells.room > 0)).any():
                return True
            if augment(self.cells, self.labels, self.n_cells, True) == 0:
                augment(self.cells, self.labels, self.n_cells, False)
        return self.left == 0

    def cut(self) -> Ints:
        """Ticks from which on each node lies on the origins' side; beyond the horizon: never."""
        earliest = self.labels.earliest
        times: Ints = np.maximum(self.clock + earliest * self.width, 0)
        times[earliest >= self.n_cells] = np.iinfo(np.int64).max
        return times

    def _whole(self, ticks: int) -> int:
        return ticks // self.width if self.relaxed else -(-ticks // self.width)

    def _room(self, room: Fraction) -> int:
        return floor(room * 3600 * TICKS * self.unit / self.width)

    def _empty(self) -> Any:
        roads, n = self.roads, len(self.roads.nodes)
        total = int(self.supply.sum())
        most = [
            total
            if link[0].vph is None
            else min(floor(link[0].vph * self.unit) + self.relaxed, total)
            for link in roads.steps
        ]
        row, changing = self._rates()
        in_ptr, in_link = _incidence(roads.head, n)
        out_ptr, out_link = _incidence(roads.tail, n)
        at = np.array(roads.origin_node, np.int64)
        ready = [
            self._whole(ceil(o.ready_s * TICKS) - int(self.clock[v]))
            for o, v in zip(roads.origins, roads.origin_node, strict=True)
        ]
        return Cells(
            tail=roads.tail,
            head=roads.head,
            delay=self.delay,
            most=np.array(most, np.int64),
            row=row,
            changing=changing,
            in_ptr=in_ptr,
            in_link=in_link,
            out_ptr=out_ptr,
            out_link=out_link,
            ready_ptr=_incidence(at, n)[0],
            ready=np.array(ready, np.int64),
            left=self.supply.copy(),
            sink=np.array(roads.sinks, np.int64),
            room=np.array(
                [total if r is None else min(self._room(r), total) for r in roads.rooms], np.int64
            ),
            keeps=np.array([r is not None for r in roads.rooms], np.bool_),
            rate=np.zeros((len(roads.links), self.n_cells), np.int64),
            waiting=np.zeros((n, self.n_cells), np.int64),
        )

    def _rates(self) -> tuple[Ints, Ints]:
        """By link, a row of highest rates by cell where they change, the least within a cell."""
        total = int(self.supply.sum())
        row = np.full(len(self.roads.links), -1, np.int64)
        rows: list[Ints] = []
        for e, steps in enumerate(self.roads.steps):
            if len(steps) > 1:
                row[e] = len(rows)
                start = int(self.clock[self.roads.tail[e]])
                rates = _mean_rates if self.relaxed else _least_rates
                rows.append(rates(steps, start, self.width, self.n_cells, self.unit, total))
        changing = np.array(rows, np.int64) if rows else np.zeros((0, self.n_cells), np.int64)
        return row, changing

    def _labels(self) -> Any:
        n = len(self.roads.nodes)

        def numbers(size: int) -> Ints:
            return np.zeros(size, np.int64)

        return Labels(
            earliest=numbers(n),
            via=numbers(n),
            last=numbers(n),
            before=numbers(_VISITS * n),
            cell=numbers(_VISITS * n),
            arc=numbers(_VISITS * n),
            first=numbers(self.n_cells + 1),
            end=numbers(self.n_cells + 1),
            next=numbers(n),
            previous=numbers(n),
            mark=numbers(n),
            vain_from=numbers(2 * len(self.roads.links)),
            vain_to=numbers(2 * len(self.roads.links)),
            wait_from=numbers(n),
            wait_to=numbers(n),
            open=numbers(n),
            stack=np.zeros((8 * n + 64, 10), np.int64),
        )


def _incidence(end: Ints, n: int) -> tuple[Ints, Ints]:
    """Links by one of their ends: pointers by node, and links in order of node."""
    counts = np.bincount(end, minlength=n)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), np.argsort(
        end, kind="stable"
    ).astype(np.int64)


def _least_rates(
    steps: tuple[Step, ...], start: int, width: int, n_cells: int, unit: int, total: int
) -> Ints:
    """The least rate within each cell, in units; ``total`` where there is no limit.

    Times are widened to whole ticks, so that no cell takes more than its link at any moment.
    """
    rates = np.full(n_cells, total, np.int64)
    for k, step in enumerate(steps):
        if step.vph is None:
            continue
        rate = min(floor(step.vph * unit), total)
        first = (floor(step.from_s * TICKS) - start) // width if k else 0
        last = n_cells
        if k + 1 < len(steps):
            last = -(-(ceil(steps[k + 1].from_s * TICKS) - start) // width)
        part = slice(max(first, 0), max(last, 0))
        rates[part] = np.minimum(rates[part], rate)
    return rates


def _mean_rates(
    steps: tuple[Step, ...], start: int, width: int, n_cells: int, unit: int, total: int
) -> Ints:
    """The mean rate within each cell, in units and rounded up; ``total`` where not limited.

    It is in floating point: nothing is claimed from it, only a cut found that is evaluated anew.
    """
    begin = (start + width * np.arange(n_cells)) / TICKS
    rates = np.zeros(n_cells)
    for k, step in enumerate(steps):
        until = float(steps[k + 1].from_s) if k + 1 < len(steps) else np.inf
        since = float(step.from_s) if k else -np.inf
        part = np.minimum(begin + width / TICKS, until) - np.maximum(begin, since)
        vph = total / unit if step.vph is None else float(step.vph)
        rates += np.maximum(part, 0) * vph / (width / TICKS)
    most = np.minimum(np.ceil(rates * unit) + 1, total)
    return np.where(rates > 0, most, 0).astype(np.int64)
