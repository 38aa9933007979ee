"""Futures whose outcomes can be worked out by hand, in place of those of a timetable."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safepassage.simulate.outcomes import Outcomes

HOUR = 3_600
_MASK = (1 << 64) - 1


def uniforms(seed: int, first: int, count: int, columns: int, stream: int = 0) -> NDArray:
    """One number in (0, 1) for each future and column, by their numbers only (splitmix64)."""
    number = np.arange(first, first + count, dtype=np.uint64)[:, None]
    column = np.arange(columns, dtype=np.uint64)[None, :]
    salt = (seed * 0x9E3779B97F4A7C15 + stream * 0xD1B54A32D192ED03 + 1) & _MASK
    with np.errstate(over="ignore"):
        z = number * np.uint64(0xBF58476D1CE4E5B9) + column * np.uint64(0x94D049BB133111EB)
        z ^= np.uint64(salt)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / 2**53 + 2.0**-54


@dataclass(frozen=True)
class Line:
    """Everyone is out after ``hours + a * u0 + b * u1 + c * event`` hours, or by the end never.

    Two unknowns, ``people.all`` (0 to 1000) and ``driving``; one event that is drawn on the way.
    """

    a: float = 2.0
    b: float = 1.0
    c: float = 0.0
    hours: float = 1.0
    deadline: float | None = 2.5
    end: float = 100.0

    unknowns = ("people.all", "driving")
    groups = ("all",)
    moments_s = tuple(range(0, 6 * HOUR, HOUR))
    origins = ("assumed: made up", "cited: nobody")
    assumed = ("people.all: assumed: made up",)

    @property
    def deadline_s(self) -> int | None:
        return None if self.deadline is None else int(self.deadline * HOUR)

    def outcomes(self, first: int, count: int, seed: int) -> Outcomes:
        return self.outcomes_at(uniforms(seed, first, count, 2), seed, first)

    def outcomes_at(self, u: NDArray, seed: int, first: int) -> Outcomes:
        event = uniforms(seed, first, len(u), 1, stream=1)[:, 0]
        hours = self.hours + self.a * u[:, 0] + self.b * u[:, 1] + self.c * event
        clearance = np.where(hours <= self.end, hours * HOUR, np.inf)
        people = np.rint(1_000 * u[:, 0]).astype(np.int64) + 1
        late = hours > (self.end if self.deadline is None else min(self.deadline, self.end))
        left = np.where(late, people, 0)
        moments = np.array(self.moments_s)
        return Outcomes(
            number=np.arange(first, first + len(u), dtype=np.int64),
            clearance_s=clearance,
            out_by_deadline=people - left if self.deadline is not None else np.full(len(u), -1),
            left_by_group=left[:, None],
            curve=np.where(moments >= clearance[:, None], people[:, None], 0),
            drawn=np.column_stack([1_000 * u[:, 0], u[:, 1]]),
            refused=(people // 100).astype(np.int64),
            broken=(u[:, :1] > 0.75),
        )


@dataclass(frozen=True)
class Fragile(Line):
    """The same futures, but the first worker that comes to future 1,200 dies of it."""

    marker: str = ""

    def outcomes(self, first: int, count: int, seed: int) -> Outcomes:
        if first <= 1_200 < first + count and not Path(self.marker).exists():
            Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().outcomes(first, count, seed)


@dataclass(frozen=True)
class KillOnce:
    """A task whose worker dies the first time that it is done."""

    marker: str
    result: int

    def __call__(self, subject: int) -> int:
        marker = Path(self.marker)
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return subject + self.result


@dataclass(frozen=True)
class KillAlways:
    """A task that no worker survives."""

    def __call__(self, subject: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return subject


@dataclass(frozen=True)
class Add:
    """A task that adds."""

    number: int

    def __call__(self, subject: int) -> int:
        return subject + self.number


@dataclass(frozen=True)
class Refuse:
    """A task that fails."""

    def __call__(self, subject: int) -> int:
        raise ValueError(f"refused {subject}")
