"""Lexicographic flows over time with origins held to what they want: the oracle of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.flow.arrays import Amounts, RoadArrays
from safepassage.flow.kernel import MOST, ship

__all__ = ["Column", "Pass", "Shipper", "Static"]


@dataclass(frozen=True)
class Pass:
    """Origins in order of priority (indices), and up to how much each has to have sent after it."""

    order: NDArray[np.int64]
    want: Amounts
    """By origin, not by position."""


@dataclass(frozen=True)
class Static:
    """A minimum-cost circulation and what it is worth.

    For horizons near the one it was found for it sends ``rate * horizon - cost``.
    """

    rate: int
    cost: int
    potential: Amounts
    """By node: cost to the super-origin (ms); at least ``-horizon``."""


@dataclass(frozen=True)
class Column:
    """A flow over time as augmentations of a circulation."""

    sent: Amounts
    """By origin."""
    horizon: int
    """Milliseconds."""
    log: Amounts
    path: NDArray[np.int32]


class Shipper:
    """Runs the kernel on one instance; keeps the scratch memory between runs."""

    def __init__(self, roads: RoadArrays, transit_ms: Amounts | None = None) -> None:
        """Take other transit times than those of the roads where given (ms, by arc)."""
        self._roads = roads
        self._arcs = roads.arcs if transit_ms is None else roads.arcs._replace(cost=transit_ms)
        self._to_destination = (
            roads.distance if transit_ms is None else np.zeros_like(roads.distance)
        )
        self._log = np.empty((1024, 6), np.int64)
        self._path = np.empty(16_384, np.int32)

    def column(self, horizon: int, passes: Sequence[Pass], enough: Amounts | None = None) -> Column:
        """Send what the passes ask for, one after the other, by a horizon (ms).

        Where all origins have sent ``enough``, the passes that are left are left out.
        """
        sent, progress, *_ = self._run(horizon, passes, enough)
        rows, arcs = progress[1], progress[2]
        return Column(
            sent[self._roads.origins], horizon, self._log[:rows].copy(), self._path[:arcs].copy()
        )

    def static(self, horizon: int, chosen: NDArray[np.int64]) -> Static:
        """Return the circulation that sends most from the chosen origins by a horizon (ms)."""
        want = np.full(len(self._roads.origins), MOST)
        sent, _, source, potential = self._run(horizon, [Pass(chosen, want)])
        rate = int(source.sum())
        # What is sent is ``rate * horizon - cost``; products may be beyond 64 bits.
        cost = rate * horizon - sum(sent[self._roads.origins].tolist())
        return Static(rate, cost, potential)

    def _run(
        self, horizon: int, passes: Sequence[Pass], enough: Amounts | None = None
    ) -> tuple[Amounts, Amounts, Amounts, Amounts]:
        roads = self._roads
        nodes = len(roads.nodes)
        left = roads.left.copy()
        sent, source = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
        potential = self._to_destination - horizon
        want = np.zeros(nodes, np.int64)
        progress = np.zeros(3, np.int64)
        for step in passes:
            want[roads.origins] = step.want
            order = roads.origins[step.order]
            progress[0] = 0
            while not ship(
                self._arcs,
                left,
                roads.is_destination,
                horizon,
                order,
                want,
                sent,
                source,
                potential,
                self._log,
                self._path,
                progress,
            ):
                self._log = np.concatenate((self._log, np.empty_like(self._log)))
                self._path = np.concatenate((self._path, np.empty_like(self._path)))
            if enough is not None and np.all(sent[roads.origins] >= enough):
                break
        return sent, progress, source, potential
