"""Least drive times for bounds: over any way, whatever way a plan takes."""

from __future__ import annotations

import heapq
from collections.abc import Set as AbstractSet
from fractions import Fraction

from safepassage.network.network import Network
from safepassage.units import drive_seconds

__all__ = ["least_drive"]


def least_drive(
    network: Network, start: str, end: str, avoid: AbstractSet[str], factor: Fraction
) -> int:
    """Seconds of the fastest way that runs through no node of ``avoid`` but its ends.

    Raises
    ------
    KeyError
        If there is no way.
    """
    heap = [(0, start)]
    settled: set[str] = set()
    while heap:
        seconds, node = heapq.heappop(heap)
        if node == end:
            return seconds
        if node in settled:
            continue
        settled.add(node)
        if node in avoid and node != start:
            continue
        for link_id in network.out_links(node):
            link = network.links[link_id]
            step = drive_seconds(link.length_m, link.free_speed_kmh, factor)
            heapq.heappush(heap, (seconds + step, link.to_node))
    raise KeyError((start, end))
