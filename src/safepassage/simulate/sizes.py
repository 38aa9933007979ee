"""How many futures each part of a study takes, so that all of it is told within a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.simulate.futures import Policy

__all__ = ["SIZES", "Sizes"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of futures, by what they are for."""

    runs: int
    """Of the study itself, unless other runs are asked for."""
    most: int
    """Of a study of a wanted precision."""
    block: int
    """Of one task."""
    points: int
    """Rows of the design for sensitivity; a power of 2."""
    worth: int
    """For the worth of knowing, for each of three timetables."""
    changes: int
    """For each change of the terms."""
    curves: int
    """For each point of the curves against fleet and deadline."""
    robust: int
    """To choose a robust timetable, for each candidate, and to compare."""


SIZES: Mapping[Policy, Sizes] = {
    "slip": Sizes(
        runs=10_000,
        most=10_000_000,
        block=1_000,
        points=1_024,
        worth=4_096,
        changes=4_096,
        curves=2_048,
        robust=4_096,
    ),
    # Planning again takes some hundred times as long as slipping.
    "replan": Sizes(
        runs=400,
        most=100_000,
        block=10,
        points=32,
        worth=100,
        changes=100,
        curves=50,
        robust=100,
    ),
}
