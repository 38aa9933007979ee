"""What is kept of the futures of a study: counts that can be added up, and nothing for each future.

Clearance times are counted by the whole second, rounded up. Numbers of people are counted exactly
under 2,048; above, only their first eleven binary digits count, which is less than one in a
thousand too few. So memory is bounded by how many different values there can be, whatever the
number of futures, and adding up is exact: the sum is the same in whatever blocks it was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.outcomes import Outcomes

__all__ = ["Counts", "Tally", "coarse", "tally_of"]

Ints = NDArray[np.int64]

DIGITS = 11
_SHIFT = 40
"""Above it a key holds which moment or group it belongs to."""
_PENDING = 1 << 16


def coarse(people: Ints) -> Ints:
    """Keep the first eleven binary digits of numbers of people."""
    _, exponent = np.frexp(people.astype(np.float64))
    shift = np.maximum(exponent - DIGITS, 0).astype(np.int64)
    kept: Ints = (people >> shift) << shift
    return kept


class Counts:
    """How often each whole number occurs."""

    def __init__(self, keys: Ints | None = None, counts: Ints | None = None) -> None:
        empty = np.empty(0, np.int64)
        self._keys = empty if keys is None else keys
        self._counts = empty if counts is None else counts
        self._waiting: list[tuple[Ints, Ints]] = []
        self._held = 0

    @classmethod
    def of(cls, values: Ints) -> Counts:
        """Count values."""
        keys, counts = np.unique(values, return_counts=True)
        return cls(keys.astype(np.int64), counts.astype(np.int64))

    def add(self, other: Counts) -> None:
        """Add what another one has counted."""
        self._waiting.append(other.table())
        self._held += len(self._waiting[-1][0])
        # Sorted anew only once as much has come as there is: each count is moved a few times only.
        if self._held > max(_PENDING, len(self._keys)):
            self.table()

    def table(self) -> tuple[Ints, Ints]:
        """Return the numbers that occur, ascending, and how often each does."""
        if self._waiting:
            keys = np.concatenate([self._keys, *(k for k, _ in self._waiting)])
            counts = np.concatenate([self._counts, *(c for _, c in self._waiting)])
            self._keys, place = np.unique(keys, return_inverse=True)
            self._counts = np.zeros(len(self._keys), np.int64)
            np.add.at(self._counts, place, counts)
            self._waiting, self._held = [], 0
        return self._keys, self._counts

    def part(self, index: int) -> tuple[Ints, Ints]:
        """Return the table of one moment or group."""
        keys, counts = self.table()
        first, last = np.searchsorted(keys, [index << _SHIFT, (index + 1) << _SHIFT])
        return keys[first:last] - (index << _SHIFT), counts[first:last]


def _by_column(people: Ints) -> Counts:
    """Count a table of people column by column."""
    columns = np.arange(people.shape[1], dtype=np.int64) << _SHIFT
    return Counts.of((coarse(people) + columns).ravel())


@dataclass
class Tally:
    """Counts over the futures of a study, or of a block of it."""

    runs: int = 0
    successes: int = 0
    """Futures in which everyone who is willing is out by the deadline, or out at all where there
    is none."""
    clearance: Counts = field(default_factory=Counts)
    """Seconds, of the futures that clear."""
    curve: Counts = field(default_factory=Counts)
    """People out at each moment."""
    left: Counts = field(default_factory=Counts)
    """People left, by group."""
    left_sum: list[int] = field(default_factory=list)
    left_any: list[int] = field(default_factory=list)
    """Futures in which somebody of the group is left."""
    broken: list[int] = field(default_factory=list)
    """Futures that break each of the terms that may be broken."""
    refused: Counts = field(default_factory=Counts)
    refused_sum: int = 0

    def add(self, other: Tally) -> None:
        """Add what another one has counted."""
        self.runs += other.runs
        self.successes += other.successes
        for name in _COUNTED:
            getattr(self, name).add(getattr(other, name))
        self.left_sum = _added(self.left_sum, other.left_sum)
        self.left_any = _added(self.left_any, other.left_any)
        self.broken = _added(self.broken, other.broken)
        self.refused_sum += other.refused_sum

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what it holds as arrays by name, for a file."""
        found: dict[str, NDArray[Any]] = {
            "numbers": np.array([self.runs, self.successes, self.refused_sum], np.int64),
            "left_sum": np.array(self.left_sum, np.int64),
            "left_any": np.array(self.left_any, np.int64),
            "broken": np.array(self.broken, np.int64),
        }
        for name in _COUNTED:
            keys, counts = getattr(self, name).table()
            found[f"{name}_keys"], found[f"{name}_counts"] = keys, counts
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Tally:
        """Make it again from its arrays.

        Raises
        ------
        KeyError, ValueError
            If the arrays are not those of a tally.
        """
        runs, successes, refused = (int(x) for x in arrays["numbers"])
        counted = {n: _counts(arrays[f"{n}_keys"], arrays[f"{n}_counts"]) for n in _COUNTED}
        return cls(
            runs=runs,
            successes=successes,
            refused_sum=refused,
            left_sum=_sums(arrays["left_sum"]),
            left_any=_sums(arrays["left_any"]),
            broken=_sums(arrays["broken"]),
            **counted,
        )


_COUNTED = ("clearance", "curve", "left", "refused")


def _counts(keys: NDArray[Any], counts: NDArray[Any]) -> Counts:
    whole = all(x.dtype == np.int64 and x.ndim == 1 for x in (keys, counts))
    if not whole or len(keys) != len(counts):
        raise ValueError("expected whole numbers and as many counts")
    return Counts(keys, counts)


def _sums(values: NDArray[Any]) -> list[int]:
    if values.dtype != np.int64 or values.ndim != 1 or (values < 0).any():
        raise ValueError("expected whole numbers, from 0")
    return [int(x) for x in values]


def _added(a: Sequence[int], b: Sequence[int]) -> list[int]:
    if not a or not b:
        return list(a or b)
    return [x + y for x, y in zip(a, b, strict=True)]


def tally_of(outcomes: Outcomes) -> Tally:
    """Count the futures of a block."""
    clears = np.isfinite(outcomes.clearance_s)
    left = outcomes.left_by_group
    return Tally(
        runs=len(outcomes),
        successes=int(outcomes.succeeded.sum()),
        clearance=Counts.of(np.ceil(outcomes.clearance_s[clears]).astype(np.int64)),
        curve=_by_column(outcomes.curve),
        left=_by_column(left),
        left_sum=[int(x) for x in left.sum(axis=0)],
        left_any=[int(x) for x in (left > 0).sum(axis=0)],
        broken=[int(x) for x in outcomes.broken.sum(axis=0)],
        refused=Counts.of(coarse(outcomes.refused)),
        refused_sum=int(outcomes.refused.sum()),
    )
