"""Least drive times between nodes of the unsimplified network, without inspection."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from fractions import Fraction

from safepassage.network.network import Network
from safepassage.units import drive_seconds

__all__ = ["Drives"]


@dataclass(slots=True)
class Drives:
    """Least drives between nodes that run through none of some nodes on the way."""

    network: Network
    avoid: frozenset[str] = frozenset()
    _link_s: dict[Fraction, dict[str, int]] = field(default_factory=dict, init=False)
    _from: dict[tuple[Fraction, str], dict[str, int]] = field(default_factory=dict, init=False)

    def seconds(self, start: str, end: str, factor: Fraction = Fraction(1)) -> int | None:
        """Whole seconds of the fastest way, or None where there is none."""
        if (factor, start) not in self._from:
            self._from[factor, start] = self._spread(start, self._times(factor))
        return self._from[factor, start].get(end)

    def _times(self, factor: Fraction) -> dict[str, int]:
        if factor not in self._link_s:
            self._link_s[factor] = {
                link.id: drive_seconds(link.length_m, link.free_speed_kmh, factor)
                for link in self.network.links.values()
            }
        return self._link_s[factor]

    def _spread(self, start: str, times: dict[str, int]) -> dict[str, int]:
        reached: dict[str, int] = {}
        front = [(0, start)]
        while front:
            seconds, node = heapq.heappop(front)
            if node in reached:
                continue
            reached[node] = seconds
            if node in self.avoid and node != start:
                continue  # a drive may end here, but does not run through
            for link_id in self.network.out_links(node):
                to_node = self.network.links[link_id].to_node
                if to_node not in reached:
                    heapq.heappush(front, (seconds + times[link_id], to_node))
        return reached
