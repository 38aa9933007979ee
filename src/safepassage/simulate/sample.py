"""Futures reduced to what plans and unknowns are judged by: in time, how long, who is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.estimate import quantile_rank
from safepassage.simulate.executors import Executor
from safepassage.simulate.outcomes import Outcomes
from safepassage.simulate.study import Simulates

__all__ = ["Given", "Numbered", "Sample", "Sampler"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Futures, one entry each."""

    succeeds: NDArray[np.bool_]
    clearance_s: NDArray[np.float64]
    """Infinite where somebody never leaves."""
    left: NDArray[np.int64]
    """Willing people not out by the deadline; without one, never."""
    drawn: NDArray[np.float64]
    """[futures, unknowns]"""

    def __len__(self) -> int:
        return len(self.succeeds)

    @property
    def p(self) -> float:
        """Share that succeeds."""
        return float(self.succeeds.mean())

    @property
    def mean_left(self) -> float:
        """People left on average."""
        return float(self.left.mean())

    def clearance_at(self, q: float) -> float | None:
        """Clearance time not exceeded in a share of the futures; None where they never clear."""
        at = quantile_rank(len(self), q) - 1
        found = float(np.partition(self.clearance_s, at)[at])
        return found if np.isfinite(found) else None


@dataclass(frozen=True, slots=True)
class Numbered:
    """Simulate futures by their numbers."""

    first: int
    count: int
    seed: int

    def __call__(self, futures: Simulates) -> Sample:
        """Return what they come to."""
        return _reduced(futures.outcomes(self.first, self.count, self.seed))


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Simulate futures whose unknowns are given as shares of their distributions."""

    uniforms: NDArray[np.float64]
    first: int
    seed: int

    def __call__(self, futures: Simulates) -> Sample:
        """Return what they come to."""
        return _reduced(futures.outcomes_at(self.uniforms, self.seed, self.first))


def _reduced(outcomes: Outcomes) -> Sample:
    left = outcomes.left_by_group.sum(axis=1)
    return Sample(outcomes.succeeded, outcomes.clearance_s, left, outcomes.drawn)


@dataclass(frozen=True, slots=True)
class Sampler:
    """Simulates futures and reduces them, wherever its executor does that."""

    executor: Executor
    seed: int
    block: int = 512
    """Futures of one task."""

    def numbered(self, futures: Simulates, first: int, count: int) -> Sample:
        """Simulate futures by their numbers."""
        tasks = (Numbered(i, n, self.seed) for i, n in self._blocks(first, count))
        return _joined(self.executor.run(futures, tasks))

    def given(self, futures: Simulates, uniforms: NDArray[np.float64], first: int) -> Sample:
        """Simulate futures whose unknowns are given; what else happens goes by their numbers."""
        tasks = (
            Given(uniforms[i - first : i - first + n], i, self.seed)
            for i, n in self._blocks(first, len(uniforms))
        )
        return _joined(self.executor.run(futures, tasks))

    def _blocks(self, first: int, count: int) -> Iterator[tuple[int, int]]:
        for i in range(first, first + count, self.block):
            yield i, min(self.block, first + count - i)


def _joined(parts: Iterable[Sample]) -> Sample:
    found = list(parts)
    return Sample(
        np.concatenate([p.succeeds for p in found]),
        np.concatenate([p.clearance_s for p in found]),
        np.concatenate([p.left for p in found]),
        np.concatenate([p.drawn for p in found]),
    )
