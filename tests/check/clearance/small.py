"""Small instances for tests of the checker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from safepassage.network.network import Link, Network, Node
from safepassage.network.road_instance import CapacityPeriod, Destination, Origin, RoadInstance

Road = tuple[str, str, str, int, int | None]
"""Id, from, to, transit (s), capacity (vehicles a second; None: not limited)."""


def build(
    roads: Sequence[Road],
    origins: Sequence[tuple[str, int, int]],
    destinations: Mapping[str, int | None],
    changes: Mapping[str, Sequence[tuple[int, int, int]]] | None = None,
    longest_wait: Mapping[str, int] | None = None,
    told_until: int | None = None,
) -> RoadInstance:
    """Build an instance from whole seconds and vehicles a second.

    ``origins`` are node, vehicles and ready time; ``changes`` are begin, end and capacity.
    """
    ends = {end for _, a, b, _, _ in roads for end in (a, b)}
    ends |= {node for node, _, _ in origins} | set(destinations)
    nodes = {n: Node(n, None, None, None, None) for n in sorted(ends)}
    links = {
        name: Link(
            name, a, b, Fraction(10 * t), Fraction(36), None if u is None else Fraction(3600 * u)
        )
        for name, a, b, t, u in roads
    }
    periods = {
        name: tuple(
            CapacityPeriod(Fraction(a), Fraction(b), Fraction(3600 * u)) for a, b, u in told
        )
        for name, told in (changes or {}).items()
    }
    return RoadInstance(
        network=Network(nodes, links),
        origins=tuple(Origin(n, Fraction(v), Fraction(r)) for n, v, r in origins),
        destinations=tuple(
            Destination(n, None if c is None else Fraction(c)) for n, c in destinations.items()
        ),
        changes=MappingProxyType(periods),
        longest_wait_s=MappingProxyType({n: Fraction(w) for n, w in (longest_wait or {}).items()}),
        told_until_s=Fraction(told_until) if told_until is not None else None,
        location="small",
        digest="ab" * 32,
    )


def town() -> RoadInstance:
    """Three origins, a bridge that shuts for a while, a camp with few places, one late group."""
    return build(
        roads=(
            ("ab", "a", "b", 3, 4),
            ("ac", "a", "c", 5, 2),
            ("bc", "b", "c", 2, 3),
            ("cb", "c", "b", 2, 3),
            ("bx", "b", "x", 4, 5),
            ("cx", "c", "x", 6, 2),
            ("cy", "c", "y", 1, 1),
            ("xa", "x", "a", 9, 1),
        ),
        origins=(("a", 60, 0), ("a", 20, 10), ("b", 30, 0), ("c", 20, 5)),
        destinations={"x": None, "y": 12},
        changes={"bx": ((12, 20, 0), (30, 40, 2))},
        longest_wait={"c": 20},
    )
