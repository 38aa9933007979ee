"""Ways through the network, divided at the crossings into drive segments."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from safepassage.instance.least import least_drive
from safepassage.instance.operation import Route, Segment
from safepassage.network.network import Network
from safepassage.network.routes import fastest_route
from safepassage.terms.case import Case
from safepassage.terms.places import Corridor
from safepassage.terms.places import Crossing as CrossingPlace

__all__ = ["RouteFinder"]


class RouteFinder:
    """Finds ways through the network and divides them at the crossings."""

    def __init__(self, case: Case, network: Network) -> None:
        self.network = network
        self.node = {p.id: p.node for p in case.places}
        self.crossing_at = {p.node: p.id for p in case.places if isinstance(p, CrossingPlace)}
        self.between: dict[Segment, list[tuple[str, str]]] = {}
        self.known: dict[tuple[tuple[str, str], Fraction], int] = {}

    def route(self, start: str, end: str, corridor: Corridor | None, *, out: bool) -> Route | None:
        """Return the fastest way, or None where there is none."""
        middle: list[str] = []
        if corridor is not None:
            middle = [*(self.node[c] for c in corridor.crossings), *corridor.via]
            if not out:
                middle.reverse()
        stops = [self.node[start], *middle, self.node[end]]
        # A way to one crossing must not run through another, not even one that comes later.
        avoid = frozenset(self.crossing_at)
        hops = [fastest_route(self.network, pair, avoid) for pair in pairwise(stops)]
        if any(hop is None for hop in hops):
            return None
        wanted = corridor.crossings if corridor is not None else ()
        crossings = wanted if out else wanted[::-1]
        segments = self._divide(stops, [hop or () for hop in hops], crossings)
        return Route(start, end, corridor.id if corridor else None, segments, tuple(crossings))

    def _divide(
        self,
        stops: Sequence[str],
        hops: Sequence[Sequence[str]],
        crossings: Sequence[str],
    ) -> tuple[Segment, ...]:
        """Cut the hops into segments at the crossings, and keep each segment's stops."""
        segments: list[Segment] = []
        nodes = [self.node[c] for c in crossings]
        links: list[str] = []
        pairs: list[tuple[str, str]] = []
        for pair, hop in zip(pairwise(stops), hops, strict=True):
            links += hop
            pairs.append(pair)
            if len(segments) < len(nodes) and pair[1] == nodes[len(segments)]:
                segments.append(tuple(links))
                self.between[segments[-1]] = pairs
                links, pairs = [], []
        segments.append(tuple(links))
        self.between[segments[-1]] = pairs
        return tuple(segments)

    def least(self, segment: Segment, factor: Fraction) -> int:
        """Least seconds between the segment's stops over any way, at a speed factor."""
        return sum(self._least_hop(pair, factor) for pair in self.between[segment])

    def _least_hop(self, pair: tuple[str, str], factor: Fraction) -> int:
        key = (pair, factor)
        if key not in self.known:
            self.known[key] = least_drive(
                self.network, pair[0], pair[1], frozenset(self.crossing_at), factor
            )
        return self.known[key]
