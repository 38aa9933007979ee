"""Compile the simulator's kernels ahead of the first study."""

from __future__ import annotations

from collections.abc import Callable

from safepassage.cases import open_case
from safepassage.convoy.effort import Effort
from safepassage.simulate.futures import POLICIES, futures_of
from safepassage.solver import solve
from safepassage.stop import Gap

__all__ = ["CASE", "warm"]

CASE = "aleppo-2016"


def warm(progress: Callable[[str], None] = lambda _: None) -> None:
    """Simulate one future of a bundled case by each policy."""
    progress("compiling the simulator (once, a minute or two)")
    opened = open_case(CASE)
    plans = solve(opened, levels=("low",), effort=Effort.glance(), stop=Gap(1.0)).plans
    for policy in POLICIES:
        futures_of(opened, None, plans, policy).outcomes(0, 1, 0)
