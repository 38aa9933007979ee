"""What a flow leaves short, sent after everyone else.

A vehicle that is over at ``T`` passes a node ``v`` by ``T - d(v)``, where ``d`` is the least time
from it to a destination. From then on all roads out of ``v`` are empty. So with clocks that read 0
at that moment, the roads are those of the instance with transit times
``transit + d(head) - d(tail)``, which are never negative, and another flow can follow.
"""

from __future__ import annotations

import numpy as np

from safepassage.flow.arrays import Amounts, RoadArrays
from safepassage.flow.kernel import loads
from safepassage.flow.lexicographic import Column, Pass, Shipper

__all__ = ["Tail", "straight_ms"]


class Tail:
    """Plans flows for what is left when another one ends."""

    def __init__(self, roads: RoadArrays) -> None:
        """Prepare the shifted clocks."""
        arcs = roads.arcs
        tail = arcs.to[arcs.twin]
        self._roads = roads
        self.arcs = arcs._replace(cost=arcs.cost + roads.distance[arcs.to] - roads.distance[tail])
        self._shipper = Shipper(roads, self.arcs.cost)

    def column(self, left: Amounts, most: int) -> Column | None:
        """Return a quick flow for what is left of each origin; None beyond ``most`` (ms)."""
        waiting = np.nonzero(left)[0]
        step = Pass(waiting[np.argsort(-left[waiting], kind="stable")], left)

        def sent_by(horizon: int) -> Column | None:
            column = self._shipper.column(horizon, [step])
            return column if bool(np.all(column.sent >= left)) else None

        best = sent_by(most)
        if best is None:
            return None
        low, high = 0, most
        while high - low > max(1, high // 64):
            middle = (low + high) // 2
            column = sent_by(middle)
            if column is None:
                low = middle
            else:
                best, high = column, middle
        return best


def straight_ms(roads: RoadArrays, left: Amounts) -> int:
    """Return how long what is left by origin needs if all go straight to where it is nearest (ms).

    All leave together, at constant rates, for as long as the busiest road needs.
    """
    load = loads(roads.arcs, roads.onward, roads.origins, left)
    return int(np.max(-(-load // np.maximum(roads.capacity, 1)), initial=0))
