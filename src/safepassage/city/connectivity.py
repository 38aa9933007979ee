"""What can be reached from where: directed search and strongly connected parts.

References
----------
R. Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from safepassage.city.roads import Ints, Roads

__all__ = ["connected_parts", "leading_to", "reached_from", "strong_parts"]

Mask = npt.NDArray[np.bool_]


def reached_from(roads: Roads, nodes: Iterable[int]) -> Mask:
    """Return which nodes can be reached from some of the given ones, themselves among them."""
    return _search(_neighbours(roads.from_node, roads.to_node, roads.nodes), nodes)


def leading_to(roads: Roads, nodes: Iterable[int]) -> Mask:
    """Return from which nodes some of the given ones can be reached, themselves among them."""
    return _search(_neighbours(roads.to_node, roads.from_node, roads.nodes), nodes)


def _neighbours(start: Ints, end: Ints, count: int) -> list[list[int]]:
    order = np.argsort(start, kind="stable")
    sorted_ends = end[order].tolist()
    bounds = np.searchsorted(start[order], np.arange(count + 1)).tolist()
    return [sorted_ends[bounds[v] : bounds[v + 1]] for v in range(count)]


def _search(neighbours: list[list[int]], nodes: Iterable[int]) -> Mask:
    found = bytearray(len(neighbours))
    stack = list(nodes)
    for node in stack:
        found[node] = 1
    while stack:
        for other in neighbours[stack.pop()]:
            if not found[other]:
                found[other] = 1
                stack.append(other)
    return np.array(found, dtype=bool)


def connected_parts(roads: Roads) -> Ints:
    """Return the number of each node's part, where directions do not count; 0 is the largest."""
    both = (
        np.concatenate((roads.from_node, roads.to_node)),
        np.concatenate((roads.to_node, roads.from_node)),
    )
    neighbours = _neighbours(*both, roads.nodes)
    part = [-1] * roads.nodes
    number = 0
    for root in range(roads.nodes):
        if part[root] >= 0:
            continue
        part[root] = number
        stack = [root]
        while stack:
            for other in neighbours[stack.pop()]:
                if part[other] < 0:
                    part[other] = number
                    stack.append(other)
        number += 1
    return _by_size(part)


def strong_parts(roads: Roads) -> Ints:
    """Return the number of each node's strongly connected part; 0 is the largest."""
    neighbours = _neighbours(roads.from_node, roads.to_node, roads.nodes)
    index = [-1] * roads.nodes
    low = [0] * roads.nodes
    part = [-1] * roads.nodes
    pending: list[int] = []
    count = number = 0
    for root in range(roads.nodes):
        if index[root] >= 0:
            continue
        # Each entry: a node, and how many of its neighbours have been looked at.
        stack = [(root, 0)]
        while stack:
            node, seen = stack.pop()
            if seen == 0:
                index[node] = low[node] = count
                count += 1
                pending.append(node)
            for at in range(seen, len(neighbours[node])):
                other = neighbours[node][at]
                if index[other] < 0:
                    stack += [(node, at + 1), (other, 0)]
                    break
                if part[other] < 0:
                    low[node] = min(low[node], index[other])
            else:
                if low[node] == index[node]:
                    while part[node] < 0:
                        part[pending.pop()] = number
                    number += 1
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
    return _by_size(part)


def _by_size(part: list[int]) -> Ints:
    """Number parts by size, the largest first; among equals the one met first."""
    numbers = np.array(part, dtype=np.int64)
    sizes = np.bincount(numbers) if len(numbers) else np.zeros(0, dtype=np.int64)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[numbers]
