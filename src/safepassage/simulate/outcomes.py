"""What came of each of many futures, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["Outcomes"]


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Columns of n futures; what each axis holds is told by :class:`Futures`."""

    number: NDArray[np.int64]
    """[n] which future it is."""
    clearance_s: NDArray[np.float64]
    """[n] seconds from the plan's start to the last arrival; inf where some never leave."""
    out_by_deadline: NDArray[np.int64]
    """[n] persons out in time; -1 where the proposal sets no deadline."""
    left_by_group: NDArray[np.int64]
    """[n, groups] willing persons who are not out in time; without a deadline, never out."""
    curve: NDArray[np.int64]
    """[n, moments] persons out at each of ``moments_s``."""
    drawn: NDArray[np.float64]
    """[n, unknowns] the value of each unknown."""
    refused: NDArray[np.int64]
    """[n] persons who refuse to leave."""
    broken: NDArray[np.bool_]
    """[n, terms] whether the future breaks a term that no policy can hold to."""

    def __len__(self) -> int:
        return len(self.number)

    @property
    def succeeded(self) -> NDArray[np.bool_]:
        """[n] whether everyone who is willing is out in time (without a deadline: at all)."""
        found: NDArray[np.bool_] = self.left_by_group.sum(axis=1) == 0
        return found

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Put blocks one after another, in the order given (at least one)."""
        columns = {
            f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)
        }
        return cls(**columns)
