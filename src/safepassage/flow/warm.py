"""Compile the road engine's kernels ahead of the first clearance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from safepassage.flow.arrays import compile_roads
from safepassage.flow.clear import clear_roads
from safepassage.flow.completion import Completion
from safepassage.flow.limited_waiting import without_waiting
from safepassage.flow.search import Search
from safepassage.flow.tail import straight_ms
from safepassage.flow.timed_roads import compile_roads as compile_timed
from safepassage.network.network import Link, Network, Node
from safepassage.network.road_instance import CapacityPeriod, Destination, Origin, RoadInstance
from safepassage.stop import Gap

__all__ = ["warm"]


def warm(progress: Callable[[str], None] = lambda _: None) -> None:
    """Clear two origins over two roads each, with and without a closure, and without waiting."""
    progress("compiling the road engine (once, some seconds)")
    closed = {"1": (CapacityPeriod(Fraction(0), Fraction(3), Fraction(0)),)}
    for instance in (_smallest({}), _smallest(closed)):
        clearance = clear_roads(instance, stop=Gap(0.5), max_routes=1)
        without_waiting(instance, clearance)
    instance = _smallest({})
    roads = compile_roads(instance)
    straight_ms(roads, roads.demand)
    search = Search(roads, Gap(0.5), progress)
    timed = compile_timed(instance)
    Completion(roads, timed, search.tight, Gap(0.5), progress).run([search.mixture()])
    progress("the road engine is ready")


def _smallest(changes: Mapping[str, tuple[CapacityPeriod, ...]]) -> RoadInstance:
    ends = (("a", "d", 1), ("a", "d", 2), ("b", "a", 1), ("b", "d", 4))
    links = {
        str(i): Link(str(i), v, w, Fraction(10 * n), Fraction(36), Fraction(3600))
        for i, (v, w, n) in enumerate(ends)
    }
    nodes = {v: Node(v, None, None, 0.0, 0.0) for v in "abd"}
    origins = tuple(Origin(v, Fraction(5), Fraction(0)) for v in "ab")
    return RoadInstance(Network(nodes, links), origins, (Destination("d", None),), changes)
