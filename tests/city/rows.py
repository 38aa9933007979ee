"""Roads written as rows, for tests that need no map."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from safepassage.city.roads import Roads, roads_of
from safepassage.network.network import Link, Network, Node

#: From, to, metres, km/h, vehicles an hour (None: not limited).
Row = tuple[str, str, int, int, int | None]


def roads(*rows: Row, places: dict[str, tuple[float, float]] | None = None) -> Roads:
    """Roads with the links ``0``, ``1`` ... between nodes in the order of the alphabet."""
    return roads_of(network(rows, places or {}))


def network(rows: Sequence[Row], places: dict[str, tuple[float, float]]) -> Network:
    """The same as a network."""
    ids = sorted({node for row in rows for node in row[:2]} | set(places))
    nodes = {n: Node(n, None, None, *places.get(n, (None, None))) for n in ids}
    links = {
        str(i): Link(
            str(i), a, b, Fraction(m), Fraction(kmh), None if vph is None else Fraction(vph)
        )
        for i, (a, b, m, kmh, vph) in enumerate(rows)
    }
    return Network(nodes, links)


def ways_of(found: Roads) -> list[tuple[str, str]]:
    """The ends of every link, by name."""
    return [
        (found.node_id[a], found.node_id[b])
        for a, b in zip(found.from_node.tolist(), found.to_node.tolist(), strict=True)
    ]
