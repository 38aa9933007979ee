"""What a flow leaves short, sent after everyone else."""

from __future__ import annotations

import numpy as np

from safepassage.flow.arrays import Amounts, RoadArrays
from safepassage.flow.kernel import loads

__all__ = ["tail_ms"]


def tail_ms(roads: RoadArrays, left: Amounts) -> int:
    """Return how long amounts that are left by origin need after a flow has ended (ms).

    A vehicle that is over at ``T`` passes a node ``v`` by ``T - d(v)``, where ``d`` is the least
    time from it to a destination. From then on the roads out of ``v`` are empty. So whoever leaves
    an origin at ``T - d(origin)`` and takes a shortest way finds empty roads ahead; all origins
    do so together, at constant rates, for as long as the busiest road needs.
    """
    load = loads(roads.arcs, roads.onward, roads.origins, left)
    return int(np.max(-(-load // np.maximum(roads.capacity, 1)), initial=0))
