"""Ways out of an area: every road that leaves a polygon ends where it crosses its edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from safepassage.city.roads import Roads, TextPool
from safepassage.city.transit import transit_times
from safepassage.errors import BadInput

__all__ = ["LeftArea", "leave"]


@dataclass(frozen=True, slots=True)
class LeftArea:
    """The roads within an area, and its exits."""

    roads: Roads
    exits: tuple[int, ...]
    """Nodes on the edge, one for each link that leaves the area."""


def leave(roads: Roads, area: BaseGeometry, file: Path) -> LeftArea:
    """Cut the roads at the edge of an area that is to be left.

    What begins outside goes: whoever is outside is safe. A link that leads out ends at a new node
    ``exit-1``, ``exit-2`` ... on the edge, with its share of the length.

    Parameters
    ----------
    roads
        Every node has coordinates.
    area
        A polygon in degrees.
    file
        Where the polygon stands, for faults.

    Raises
    ------
    BadInput
        If no road is in the area, or none leaves it.
    """
    shapely.prepare(area)
    inside = shapely.contains_xy(area, roads.x_coord, roads.y_coord)
    if not inside.any():
        message = (
            "expected a polygon around roads of the network, got one without any; "
            "are longitude and latitude the right way round?"
        )
        raise BadInput.one(str(file), "no-exit", message)
    roads = roads.take(inside[roads.from_node])
    crossing = np.flatnonzero(~inside[roads.to_node])
    if not len(crossing):
        message = (
            "expected a polygon that roads leave, got one that none does; "
            "is it larger than the network?"
        )
        raise BadInput.one(str(file), "no-exit", message)
    cuts = [_cut(roads, link, area) for link in crossing.tolist()]
    roads = _shorten(roads, crossing.tolist(), cuts)
    roads, _ = roads.without_idle_nodes()
    first = roads.nodes - len(cuts)
    return LeftArea(roads, tuple(range(first, roads.nodes)))


def _cut(roads: Roads, link: int, area: BaseGeometry) -> tuple[LineString, float]:
    """Return the part of a link within the area, and its share of the length."""
    ends = (int(roads.from_node[link]), int(roads.to_node[link]))
    points = roads.geometry(link) or tuple(
        (float(roads.x_coord[node]), float(roads.y_coord[node])) for node in ends
    )
    line = shapely.LineString(points)
    crossings = shapely.get_parts(line.intersection(area.boundary))
    at = [line.project(shapely.Point(p.coords[0])) for p in crossings if not p.is_empty]
    part = substring(line, 0, min(at)) if at else line
    if part.geom_type == "Point":
        part = shapely.LineString([part.coords[0], part.coords[0]])
    whole = _metres(line)
    return part, min(_metres(part) / whole, 1.0) if whole else 1.0


def _metres(line: LineString) -> float:
    """Return a length that is true in proportion, which is all that is asked of it."""
    lon, lat = (np.array(axis) for axis in line.xy)
    shrink = np.cos(np.radians(lat.mean()))
    return float(np.hypot(np.diff(lon) * shrink, np.diff(lat)).sum())


def _shorten(roads: Roads, links: list[int], cuts: list[tuple[LineString, float]]) -> Roads:
    """End each link at its cut, at a node of its own; the new nodes come last."""
    to_node, length = roads.to_node.copy(), roads.length.copy()
    lines = {i: np.array(part.coords) for i, (part, _) in zip(links, cuts, strict=True)}
    for number, (link, (_, share)) in enumerate(zip(links, cuts, strict=True)):
        to_node[link] = roads.nodes + number
        # Whole millimetres, as elsewhere.
        length[link] = round(int(length[link]) * share / 1000) * 1000
    transit = transit_times(length, roads.free_speed)
    pieces = [
        lines[i] if i in lines else roads.points[roads.point_start[i] : roads.point_start[i + 1]]
        for i in range(roads.links)
    ]
    pool = TextPool(roads.texts)
    mark = pool.code("cut at the edge of the area")
    marked = roads.text["length_assumed"].copy()
    marked[links] = mark
    ends = np.array([lines[i][-1] for i in links])
    counts = [len(piece) for piece in pieces]
    names = roads.words("name")
    return roads.changed(
        node_id=roads.node_id + tuple(f"exit-{i}" for i in range(1, len(links) + 1)),
        node_name=roads.node_name + tuple(names[i] for i in links),
        x_coord=np.concatenate((roads.x_coord, ends[:, 0])),
        y_coord=np.concatenate((roads.y_coord, ends[:, 1])),
        to_node=to_node,
        length=length,
        transit_s=transit,
        text={**roads.text, "length_assumed": marked},
        texts=pool.texts,
        point_start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        points=np.concatenate(pieces),
    )
