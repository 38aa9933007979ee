"""The one way into the road engine."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from safepassage.flow.timed import clear_timed
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.stop import Stop

__all__ = ["clear_roads"]


def clear_roads(
    instance: RoadInstance,
    *,
    stop: Stop,
    deadline_s: Fraction | None = None,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Clearance:
    """Find the least time in which everyone can drive out, with a plan and a proof."""
    return clear_timed(instance, stop=stop, deadline_s=deadline_s, seed=seed, progress=progress)
