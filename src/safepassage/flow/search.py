"""The search for a plan and a bound that meet, when capacities are constant."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import SECOND_MS, Amounts, RoadArrays
from safepassage.flow.cover import Cover
from safepassage.flow.cut import Tight, quickest, tightest_prefix
from safepassage.flow.decompose import Part
from safepassage.flow.lexicographic import Column, Pass, Shipper
from safepassage.flow.mix import PARTS, Mixture
from safepassage.flow.tail import Tail
from safepassage.stop import Stop

__all__ = ["Plan", "Search"]

#: Columns after which a mixture that hardly improves is left.
_FEW = 8
#: What a column has to take off what is missing for the mixture to be continued.
_PROGRESS = 0.97
#: A day in milliseconds; a first plan is looked for up to powers of two of it.
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Plan:
    """Columns with their shares in ``PARTS``, and what comes after them."""

    columns: tuple[Column, ...]
    parts: tuple[int, ...]
    horizon: int
    """When the last of the columns is over (ms)."""
    tail: Column | None

    @property
    def time_ms(self) -> int:
        """When everyone is out."""
        return self.horizon + (self.tail.horizon if self.tail is not None else 0)


class Search:
    """Finds plans and bounds; both only get better."""

    def __init__(self, roads: RoadArrays, stop: Stop, progress: Callable[[str], None]) -> None:
        """Take roads with at least one origin that has to drive."""
        self._roads = roads
        self._stop = stop
        self._progress = progress
        self._shipper = Shipper(roads)
        self._tail = Tail(roads)
        self.plan: Plan | None = None
        self.tight = quickest(roads, self._shipper, np.arange(len(roads.origins)))

    def run(self) -> None:
        """Search until the stopping rule says so, or plan and bound meet."""
        mixture = Mixture(self._roads, self._shipper, self._horizon())
        before = math.inf
        while True:
            mixture.grow()
            if self._raise_bound(mixture.rarest_first, mixture.horizon):
                fresh = Mixture(self._roads, self._shipper, self._horizon())
                fresh.mixed = mixture.mixed
                mixture, before = fresh, math.inf
                continue
            self._offer(mixture.columns, mixture.share, mixture.horizon)
            if self._done():
                return
            short = float(mixture.short.sum())
            if len(mixture.columns) >= _FEW and short > before * _PROGRESS:
                break
            before = short
        self._cover(mixture.columns)

    def parts(self) -> list[Part]:
        """Return the best plan as it is taken apart."""
        plan, roads = self.plan, self._roads
        if plan is None:
            return []
        start = np.zeros(len(roads.nodes), np.int64)
        parts = [
            Part(column, share, roads.arcs, start)
            for column, share in zip(plan.columns, plan.parts, strict=True)
        ]
        if plan.tail is not None:
            parts.append(Part(plan.tail, PARTS, self._tail.arcs, plan.horizon - roads.distance))
        return parts

    def _horizon(self) -> int:
        return math.ceil(self.tight.time_s * SECOND_MS)

    def _done(self) -> bool:
        if self.plan is None:
            return False
        bound = self.tight.time_s
        time_s = Fraction(self.plan.time_ms, SECOND_MS)
        self._progress(f"out in {float(time_s):,.1f} s, at least {float(bound):,.1f} s")
        # One millisecond is how finely time is divided.
        return self.plan.time_ms <= self._horizon() or self._stop(float(time_s), float(bound))

    def _raise_bound(self, order: NDArray[np.int64], horizon: int) -> bool:
        """Look for a set of origins that needs longer than is known; say whether there is one."""
        chosen = tightest_prefix(self._roads, self._shipper, order, horizon)
        if chosen is None:
            return False
        tight = quickest(self._roads, self._shipper, chosen, math.floor(self.tight.time_s))
        if tight.time_s <= self.tight.time_s:
            return False
        self.tight = tight
        return True

    def _offer(self, columns: list[Column], share: NDArray[np.float64], horizon: int) -> None:
        """Complete a mixture, and keep it if it is the best plan so far."""
        parts = np.floor(share / max(1.0, share.sum()) * PARTS).astype(np.int64)
        parts[np.argmax(parts)] += PARTS - parts.sum()
        left = self._left(columns, parts)
        tail: Column | None = None
        if left.any():
            most = _DAY_MS if self.plan is None else self.plan.time_ms - horizon - 1
            if most <= 0:
                return
            tail = self._tail.column(left, most)
            while tail is None and self.plan is None:
                most *= 2
                tail = self._tail.column(left, most)
            if tail is None:
                return
        used = np.nonzero(parts)[0].tolist()
        plan = Plan(
            tuple(columns[i] for i in used), tuple(int(parts[i]) for i in used), horizon, tail
        )
        if self.plan is None or plan.time_ms < self.plan.time_ms:
            self.plan = plan

    def _left(self, columns: list[Column], parts: Amounts) -> Amounts:
        """What columns leave of each origin's demand, in whole amounts, rounded up."""
        sent = [0] * len(self._roads.origins)
        for column, share in zip(columns, parts.tolist(), strict=True):
            if share:
                sent = [x + share * y for x, y in zip(sent, column.sent.tolist(), strict=True)]
        wanted = self._roads.demand.tolist()
        return np.array(
            [max(0, -((x - PARTS * y) // PARTS)) for x, y in zip(sent, wanted, strict=True)],
            np.int64,
        )

    def _cover(self, columns: list[Column]) -> None:
        """Generate columns by price until everyone is out by the bound, or it is raised."""
        cover = Cover(self._roads)
        columns = list(columns)
        for column in columns:
            cover.add(column)
        most = np.full(len(self._roads.origins), 4 * int(self._roads.demand.sum()))
        demand = self._roads.demand
        smooth: NDArray[np.float64] | None = None
        while True:
            share, prices = cover.solve()
            self._offer(columns, share, self._horizon())
            if self._done():
                return
            smooth = prices if smooth is None else (smooth + prices) / 2
            met = np.array([column.sent for column in columns]).T @ share / demand
            order = np.lexsort((met, -np.round(smooth * demand.sum(), 6)))
            if self._raise_bound(order, self._horizon()):
                self._progress("a set of origins needs longer")
            column = self._shipper.column(self._horizon(), [Pass(order, most)])
            columns.append(column)
            cover.add(column)
