"""Flows, bottleneck and places as GeoJSON (RFC 7946), for any map program."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from safepassage.report.clearance.facts import ClearanceFacts
from safepassage.report.clearance.uses import Point, RoadUse, line_of

__all__ = ["features", "geojson"]

Feature = tuple[str, tuple[Point, ...] | None, dict[str, Any]]
"""Layer (``flow``, ``bottleneck`` or ``place``), line or point, properties."""


def features(facts: ClearanceFacts, uses: Sequence[RoadUse]) -> Iterator[Feature]:
    """Yield what is worth a place on a map; a link in use and in the bottleneck comes twice.

    Parameters
    ----------
    facts
        The facts of a result.
    uses
        Every link that is used or in the bottleneck.
    """
    for use in uses:
        link = use.link
        line = line_of(facts.instance, link)
        named = {"link_id": link.id, "name": link.name}
        if use.vehicles > 0:
            yield (
                "flow",
                line,
                {
                    **named,
                    "vehicles": round(use.vehicles, 3),
                    "from_s": round(use.from_s, 3),
                    "to_s": round(use.to_s, 3),
                    "share_of_capacity": None if use.share is None else round(use.share, 4),
                },
            )
        if use.cut is not None:
            yield (
                "bottleneck",
                line,
                {
                    **named,
                    "vehicles": round(float(use.cut.vehicles), 3),
                    "from_s": round(float(use.cut.from_s), 3),
                    "to_s": round(float(use.cut.to_s), 3),
                },
            )
    yield from _places(facts)


def _places(facts: ClearanceFacts) -> Iterator[Feature]:
    starting: defaultdict[str, Fraction] = defaultdict(Fraction)
    for origin in facts.instance.origins:
        starting[origin.node] += origin.vehicles
    amounts = [("origin", name, float(n)) for name, n in sorted(starting.items())]
    ends = sorted(d.node for d in facts.instance.destinations)
    amounts += [("destination", name, facts.received.get(name, 0.0)) for name in ends]
    for role, name, vehicles in amounts:
        node = facts.instance.network.nodes[name]
        at = None if node.lon is None or node.lat is None else ((node.lon, node.lat),)
        yield (
            "place",
            at,
            {
                "node_id": name,
                "name": node.name,
                "role": role,
                "vehicles": round(vehicles, 3),
            },
        )


def geojson(facts: ClearanceFacts, uses: Sequence[RoadUse]) -> str:
    """Write the features as one collection, a feature a line; without coordinates, of no place."""
    lines = []
    for layer, points, properties in features(facts, uses):
        geometry: dict[str, Any] | None = None
        if points is not None:
            shape = "Point" if layer == "place" else "LineString"
            coordinates = [list(p) for p in points]
            geometry = {
                "type": shape,
                "coordinates": coordinates[0] if layer == "place" else coordinates,
            }
        feature = {
            "type": "Feature",
            "geometry": geometry,
            "properties": {"layer": layer, **properties},
        }
        lines.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"
