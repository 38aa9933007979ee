"""Fastest ways through a network, the same ones on every machine."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from safepassage.network.network import Network

__all__ = ["drive_time", "fastest_route"]


def fastest_route(
    network: Network, stops: Sequence[str], avoid: AbstractSet[str] = frozenset()
) -> tuple[str, ...] | None:
    """Return the links of the fastest way through ``stops`` in their order, or None.

    Among equally fast ways the one with fewer links goes first, then the one whose link ids come
    first in the order of text.

    Parameters
    ----------
    network
        The network.
    stops
        Node ids, at least one.
    avoid
        Nodes that are passed only where they are a stop themselves, in its turn.

    Raises
    ------
    KeyError
        If a stop is not in the network.
    """
    way: list[str] = []
    for start, end in pairwise(stops):
        part = _fastest(network, start, end, avoid)
        if part is None:
            return None
        way += part
    return tuple(way)


def _fastest(
    network: Network, start: str, end: str, avoid: AbstractSet[str]
) -> tuple[str, ...] | None:
    # Labels are (seconds, links, ids): each is settled in its full order, so ties cannot depend
    # on the order of the file or of the heap.
    if end not in network.nodes:
        raise KeyError(end)
    heap: list[tuple[int, int, tuple[str, ...], str]] = [(0, 0, (), start)]
    settled: set[str] = set()
    while heap:
        seconds, count, way, node = heapq.heappop(heap)
        if node in settled:
            continue
        if node == end:
            return way
        settled.add(node)
        if node in avoid and node != start:
            continue
        for link_id in network.out_links(node):
            link = network.links[link_id]
            if link.to_node not in settled:
                label = (seconds + link.drive_s, count + 1, (*way, link_id), link.to_node)
                heapq.heappush(heap, label)
    return None


def drive_time(network: Network, links: Iterable[str]) -> int:
    """Return the whole seconds to drive links one after another at free speed."""
    return sum(network.links[link].drive_s for link in links)
