"""The search for a plan and a bound that meet, when capacities are constant."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from safepassage.errors import InternalFault
from safepassage.flow.arrays import SECOND_MS, RoadArrays
from safepassage.flow.cover import Cover
from safepassage.flow.cut import first_bound, quickest, tightest_prefix
from safepassage.flow.decompose import Flow, Part
from safepassage.flow.lexicographic import Column, Pass, Shipper
from safepassage.flow.mix import PARTS, Mixture
from safepassage.flow.tail import Tail, straight_ms
from safepassage.stop import Stop

__all__ = ["MANY", "Search"]

#: Gaps aimed at one after the other; each horizon lies above the bound by a share of the gap, so
#: that a mixture has room, and columns found for a longer horizon are of no use for a shorter one.
_GAPS = (0.01, 0.003, 0.001, 0.0002, 0.00005)
_ROOM = 0.4
MANY = 150
"""Up to so many origins the bound itself is aimed at from the start."""
#: Columns after which a mixture that hardly improves is left, with few and with many origins: with
#: many, columns by price take far longer than what is still short takes to shrink.
_FEW, _FEW_OF_MANY = 8, 60
#: What a column has to take off what is missing for the mixture to be continued.
_PROGRESS = 0.97
#: What has to be taken off before another plan is completed.
_WORTH = 0.9
#: With many origins, how far above the bound (a share) everyone is to be out, and which share of
#: the vehicles a mixture may leave short: what is left is sent in cells of time.
_ABOVE, _SHORT = 0.002, 0.004
#: How near to the bound a plan is exact: the fineness of time and shares (ms).
_EXACT_MS = 10


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
        self.tight = first_bound(roads, self._shipper, alone=len(roads.origins) <= MANY)

    def run(self) -> Flow:
        """Search until the stopping rule says so, or plan and bound meet; return the best flow.

        What it leaves short is to follow after its horizon.
        """
        many = len(self._roads.origins) > MANY
        for gap in (*(_GAPS if many else ()), 0.0):
            # What is asked for is the last to be aimed at; nothing nearer is of use.
            last = gap == 0 or self._is_asked(gap)
            while not self._stage(gap) and not self._done():
                pass
            if last or self._done():
                break
        if self.plan is None:
            raise InternalFault("the search ended without a plan")
        return self._flow(self.plan.columns, self.plan.parts, self.plan.horizon)

    def mixture(self) -> Flow:
        """Mix columns that nearly send everyone, by a horizon just above the bound.

        Where there are many origins, columns for who is still short would cost more than it does
        to send them by other means.
        """
        while True:
            horizon = math.ceil(self.tight.time_s * Fraction(1 + _ABOVE) * SECOND_MS)
            mixture = Mixture(self._roads, self._shipper, horizon)
            before = math.inf
            mixture.grow()
            while not self._raise_bound(mixture.rarest_first, horizon):
                short = float(mixture.short.sum()) / float(self._roads.demand.sum())
                if self._enough(short, before, horizon):
                    return self._flow(mixture.columns, _parts(mixture.share), horizon)
                before = short
                mixture.grow()

    def _enough(self, short: float, before: float, horizon: int) -> bool:
        """Say whether a mixture that leaves a share short is good enough to be completed."""
        bound = float(self.tight.time_s)
        self._progress(f"out in {bound:,.1f} s at least; {short:.2%} have no place yet")
        if short <= _SHORT or short > before * _PROGRESS:
            return True
        return self._stop(horizon / SECOND_MS * (1 + 2 * short), bound)

    def _flow(self, columns: Sequence[Column], parts: Sequence[int], horizon: int) -> Flow:
        start = np.zeros(len(self._roads.nodes), np.int64)
        told = zip(columns, parts, strict=True)
        return Flow(
            tuple(Part(column, part, self._roads.arcs, start) for column, part in told if part),
            horizon,
        )

    def _is_asked(self, gap: float) -> bool:
        bound = float(self.tight.time_s)
        return self._stop(bound * (1 + gap), bound)

    def _stage(self, gap: float) -> bool:
        """Come within a gap of the bound; False if the bound was raised, to be called again."""
        horizon = math.ceil(self.tight.time_s * Fraction(1 + _ROOM * gap) * SECOND_MS)
        mixture = Mixture(self._roads, self._shipper, horizon)
        few = _FEW_OF_MANY if len(self._roads.origins) > MANY else _FEW
        before, offered = math.inf, math.inf
        while True:
            mixture.grow()
            short = float(mixture.short.sum())
            # If all are sent, no set of origins needs longer.
            if short > 0 and self._raise_bound(mixture.rarest_first, horizon):
                return False
            if short <= offered * _WORTH:
                self._offer(mixture.columns, mixture.share, horizon)
                offered = short
            if self._done() or self._within(gap):
                return True
            if len(mixture.columns) >= few and short > before * _PROGRESS:
                self._offer(mixture.columns, mixture.share, horizon)
                return self._within(gap) or self._cover(mixture.columns, horizon, gap)
            before = short

    def _within(self, gap: float) -> bool:
        if self.plan is None:
            return False
        bound_ms = self.tight.time_s * SECOND_MS
        return self.plan.time_ms <= bound_ms * Fraction(1 + gap) + _EXACT_MS

    def _done(self) -> bool:
        if self.plan is None:
            return False
        bound = float(self.tight.time_s)
        time_s = self.plan.time_ms / SECOND_MS
        self._progress(f"out in {time_s:,.1f} s, at least {bound:,.1f} s")
        return self._within(0.0) or self._stop(time_s, bound)

    def _raise_bound(self, order: NDArray[np.int64], horizon: int) -> bool:
        """Look for a set of origins that needs longer than is known; say whether there is one."""
        chosen = tightest_prefix(self._roads, self._shipper, order, horizon)
        if chosen is None:
            return False
        tight = quickest(self._roads, self._shipper, chosen, self.tight.time_s)
        if tight is None:
            return False
        self.tight = tight
        return True

    def _offer(self, columns: list[Column], share: NDArray[np.float64], horizon: int) -> None:
        """Complete a mixture, and keep it if it is the best plan so far."""
        parts = np.array(_parts(share), np.int64)
        used = np.nonzero(parts)[0].tolist()
        sent = sum(
            (int(parts[i]) * columns[i].sent.astype(object) for i in used),
            np.zeros(len(self._roads.origins), object),
        )
        short = -((sent - self._roads.demand.astype(object) * PARTS) // PARTS)
        left = np.maximum(short, 0).astype(np.int64)
        tail: Column | None = None
        if left.any():
            most = straight_ms(self._roads, left)
            if self.plan is not None:
                most = min(most, self.plan.time_ms - horizon - 1)
            tail = self._tail.column(left, most) if most > 0 else None
            if tail is None:
                return
        plan = Plan(tuple(columns[i] for i in used), tuple(parts[used].tolist()), horizon, tail)
        if self.plan is None or plan.time_ms < self.plan.time_ms:
            self.plan = plan

    def _cover(self, columns: list[Column], horizon: int, gap: float) -> bool:
        """Generate columns by price until within the gap; False if the bound was raised."""
        cover = Cover(self._roads)
        columns = list(columns)
        for column in columns:
            cover.add(column)
        most = np.full(len(self._roads.origins), 4 * int(self._roads.demand.sum()))
        demand = self._roads.demand
        smooth: NDArray[np.float64] | None = None
        offered = math.inf
        while True:
            share, prices = cover.solve()
            excess = float(share.sum()) - 1
            if excess <= offered * _WORTH:
                self._offer(columns, share, horizon)
                offered = excess
            if self._done() or self._within(gap):
                return True
            smooth = prices if smooth is None else (smooth + prices) / 2
            met = np.array([column.sent for column in columns]).T @ share / demand
            order = np.lexsort((met, -np.round(smooth * demand.sum(), 6)))
            if self._raise_bound(order, horizon):
                return False
            column = self._shipper.column(horizon, [Pass(order, most)])
            columns.append(column)
            cover.add(column)


def _parts(share: NDArray[np.float64]) -> list[int]:
    """Shares in ``PARTS``, so that they sum to no more than that."""
    parts: list[int] = np.floor(share / max(1.0, float(share.sum())) * PARTS).astype(int).tolist()
    return parts
