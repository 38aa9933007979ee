"""Convex combinations of lexicographic flows over time that come near to what everyone wants."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import RoadArrays
from safepassage.flow.kernel import mix
from safepassage.flow.lexicographic import Column, Pass, Shipper

__all__ = ["PARTS", "Mixture"]

PARTS = 100_000_000
"""Shares of columns are whole numbers that sum to this."""

#: Columns kept; beyond, those without a share are dropped.
_MOST_COLUMNS = 400
_STEPS = 2000


@dataclass
class Mixture:
    """Columns and their shares.

    A column sends each origin's demand as far as its order of priority allows, and what one leaves
    short the next makes up for: its targets are the demand plus all that is still missing, times
    the number of columns so far. So what is missing on average falls with that number.
    """

    roads: RoadArrays
    shipper: Shipper
    horizon: int
    columns: list[Column] = field(default_factory=list)
    share: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Prepare what does not change."""
        roads = self.roads
        self._demand = roads.demand.astype(np.float64)
        self._far = np.argsort(-roads.distance[roads.origins], kind="stable")
        self._most = np.full(len(roads.origins), 4 * int(roads.demand.sum()))
        self.mixed = np.zeros(len(roads.origins))

    @property
    def short(self) -> NDArray[np.float64]:
        """What is missing, by origin."""
        return np.maximum(0.0, self._demand - self.mixed)

    @property
    def rarest_first(self) -> NDArray[np.int64]:
        """Origins by how far their demand is met."""
        return np.lexsort((self._far, self.mixed / self._demand))

    def grow(self, critical: NDArray[np.int64] | None = None) -> None:
        """Add a column that makes up for what is missing, and mix anew."""
        passes = self._passes(critical)
        # With all of its targets met, the mixture is complete.
        self._add(self.shipper.column(self.horizon, passes, passes[0].want))
        amounts = np.array([column.sent for column in self.columns], np.float64)
        self.mixed = mix(amounts, self._demand, 1 / self._demand, self.share, _STEPS)

    def _add(self, column: Column) -> None:
        count = len(self.columns)
        if count >= _MOST_COLUMNS:
            used = np.nonzero(self.share > 0)[0]
            self.columns = [self.columns[i] for i in used]
            self.share = self.share[used]
        self.columns.append(column)
        self.share = np.append(self.share * count / (count + 1), 1 / (count + 1))

    def _passes(self, critical: NDArray[np.int64] | None) -> list[Pass]:
        far = self._far
        missing = self._demand - self.mixed if self.columns else np.zeros(len(far))
        targets = np.ceil(np.maximum(0.0, self._demand + len(self.columns) * missing))
        urgent = np.round(np.maximum(0.0, missing) / max(missing.max(), 1.0), 1)
        order = np.lexsort((np.argsort(far), -urgent))
        first = far
        if critical is not None:
            inside = np.zeros(len(far), np.bool_)
            inside[critical] = True
            first = far[inside[far]]
        targets = targets.astype(np.int64)
        passes = [Pass(order, targets)]
        wanted = np.where(targets > 0, self._most, 0)
        passes += [Pass(first, 2 * targets), Pass(first, wanted)]
        return passes
