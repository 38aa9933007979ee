"""A small town on the equator, where a thousandth of a degree is 111.195 m either way.

::

    5 --(W3 secondary, 60)-- 6                  20 (cut off)
    |                        |
    2 --- 3 --- 4 (W1 residential)
    |           |
    1           7 --(W5 oneway)-- 8
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium

Nodes = Mapping[int, tuple[float, float]]
Ways = Mapping[int, tuple[Sequence[int], Mapping[str, str]]]
Relations = Mapping[int, tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]]

#: Metres of a thousandth of a degree along a great circle.
STEP_M = 111.195

NODES: Nodes = {
    1: (0.000, 0.000),
    2: (0.000, 0.001),
    3: (0.001, 0.001),
    4: (0.002, 0.001),
    5: (0.000, 0.002),
    6: (0.002, 0.002),
    7: (0.002, 0.000),
    8: (0.004, 0.000),
}
WAYS: Ways = {
    11: ([1, 2, 5], {"highway": "tertiary", "name": "Mill Lane"}),
    12: ([2, 3, 4], {"highway": "residential", "name": "High Street", "maxspeed": "30"}),
    13: ([5, 6], {"highway": "secondary", "maxspeed": "60", "lanes": "2"}),
    14: ([6, 4, 7], {"highway": "residential"}),
    15: ([7, 8], {"highway": "primary", "oneway": "yes", "lanes": "3", "maxspeed": "50 mph"}),
    16: ([1, 7], {"highway": "footway"}),
    17: ([1, 8], {"highway": "residential", "access": "private"}),
}


def write_osm(
    file: Path, nodes: Nodes = NODES, ways: Ways = WAYS, relations: Relations | None = None
) -> Path:
    """Write a map; PBF or XML by the ending of the file's name."""
    from osmium.osm.mutable import Node, Relation, Way

    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for number, place in nodes.items():
            writer.add_node(Node(id=number, location=place))
        for number, (refs, tags) in ways.items():
            writer.add_way(Way(id=number, nodes=list(refs), tags=dict(tags)))
        for number, (members, tags) in (relations or {}).items():
            writer.add_relation(Relation(id=number, members=list(members), tags=dict(tags)))
    return file


Ban = tuple[list[tuple[str, int, str]], dict[str, str]]


def ban(kind: str, start: int, via: int, end: int) -> Ban:
    """A turn restriction at a node."""
    members = [("w", start, "from"), ("n", via, "via"), ("w", end, "to")]
    return members, {"type": "restriction", "restriction": kind}
