"""Read the roads of an OpenStreetMap extract (PBF or XML) as columns.

A node of the network is a node of the map at which ways meet or end; the others only give a link
its shape. A link is the piece of a way between two of them, in one direction, with the id
``w<way>-<piece>`` along the way and ``w<way>-<piece>b`` against it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from safepassage.city.impute import impute
from safepassage.city.osm_tags import Direction, Way
from safepassage.city.osm_ways import NOWHERE, OsmWays, read_ways
from safepassage.city.roads import NOT_TOLD, TEXT_COLUMNS, Floats, Ints, Roads, TextPool
from safepassage.city.transit import transit_times
from safepassage.city.turns import Restriction
from safepassage.errors import BadInput

__all__ = ["OsmRoads", "read_osm"]

#: Mean radius of the Earth, in metres (IUGG); great circles on it are within 0.5 % of the truth.
EARTH_RADIUS_M = 6_371_008.8
_SCALE = 10_000_000


@dataclass(slots=True)
class OsmRoads:
    """What an extract holds of roads."""

    roads: Roads
    restrictions: list[Restriction]
    left_out: Counter[str]
    """Ways that are not for cars, by reason (see :func:`~safepassage.city.osm_tags.read_way`)."""
    unread: Counter[str]
    """Tags whose value was not understood, as ``key=value``."""
    conditional: int
    """Ways with rules that hold at times only."""
    alternating: int
    """Links on which both directions share one lane."""
    cut: int
    """Ways that lead out of the extract: some of their nodes are not in the file."""
    odd_restrictions: Counter[str] = field(default_factory=Counter)
    """Turn restrictions that could not be read, by reason."""


def read_osm(
    file: Path, *, service: bool = False, progress: Callable[[str], None] | None = None
) -> OsmRoads:
    """Read an OpenStreetMap extract as links between junctions.

    Parameters, and what is raised, are those of :func:`~safepassage.city.osm_ways.read_ways`.
    """
    return _pieces(read_ways(file, service=service, progress=progress), file)


def _pieces(ways: OsmWays, file: Path) -> OsmRoads:
    """Cut ways where they meet, and make a link of each direction of each piece."""
    refs = np.frombuffer(ways.refs, dtype=np.int64)
    x, y = (
        np.where(whole == NOWHERE, np.nan, whole / _SCALE)
        for whole in (np.frombuffer(column, dtype=np.int64) for column in (ways.x, ways.y))
    )
    start = np.frombuffer(ways.start, dtype=np.int64)
    way_of = np.repeat(np.arange(len(ways.ids)), np.diff(start))
    known = ~np.isnan(x)
    _refuse_outside(file, refs, x, y)
    # A point that says the same node again is no way to anywhere.
    again = np.zeros(len(refs), dtype=bool)
    again[1:] = (refs[1:] == refs[:-1]) & (way_of[1:] == way_of[:-1])
    cut_ways = int(np.count_nonzero(np.bincount(way_of[~known])))
    # Runs of points within the extract: a way that leaves it and comes back is two.
    broken = np.cumsum(~known)
    keep = known & ~again
    refs, x, y, way_of, run = refs[keep], x[keep], y[keep], way_of[keep], broken[keep]
    begins = np.ones(len(refs), dtype=bool)
    begins[1:] = (way_of[1:] != way_of[:-1]) | (run[1:] != run[:-1])
    ends = np.append(begins[1:], True)
    is_node = begins | ends | _shared(refs)
    is_node |= _within(refs, [r.via for r in ways.restrictions])
    at = np.flatnonzero(is_node)
    first, last = at[:-1], at[1:]
    within = ~begins[last]
    first, last = first[within], last[within]
    if not len(first):
        message = (
            "expected the nodes of the roads before the roads, got none of them; "
            "sort the file with osmium sort, or cut it with osmium extract"
        )
        raise BadInput.one(str(file), "no-roads", message)
    metres = np.concatenate(([0.0], np.cumsum(_steps(x, y))))
    length = np.round((metres[last] - metres[first]) * 1000).astype(np.int64) * 1000
    return _links(ways, (refs, x, y, way_of), (first, last), length, cut_ways)


def _shared(refs: Ints) -> npt.NDArray[np.bool_]:
    """Say of each point whether its node is met again, on this way or another."""
    order = np.argsort(refs, kind="stable")
    again = refs[order][1:] == refs[order][:-1]
    shared = np.zeros(len(refs), dtype=bool)
    shared[order[1:][again]] = True
    shared[order[:-1][again]] = True
    return shared


def _within(refs: Ints, some: list[int]) -> npt.NDArray[np.bool_]:
    """Say of each point whether its node is one of a few."""
    few = np.array(sorted(some), dtype=np.int64)
    at = np.minimum(np.searchsorted(few, refs), max(len(few) - 1, 0))
    return few[at] == refs if len(few) else np.zeros(len(refs), dtype=bool)


def _refuse_outside(file: Path, refs: Ints, x: Floats, y: Floats) -> None:
    outside = np.flatnonzero((np.abs(x) > 180) | (np.abs(y) > 90)).tolist()
    if outside:
        at = outside[0]
        message = (
            f"expected longitude and latitude in degrees, got {x[at]:g} {y[at]:g} for node "
            f"{refs[at]}; export it in WGS 84"
        )
        raise BadInput.one(str(file), "wrong-coordinates", message)


def _steps(lon: Floats, lat: Floats) -> Floats:
    """Return metres from each point to the next, along a great circle (haversine)."""
    lam, phi = np.radians(lon), np.radians(lat)
    h = (
        np.sin(np.diff(phi) / 2) ** 2
        + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h)))


def _links(
    ways: OsmWays,
    points: tuple[Ints, Floats, Floats, Ints],
    ends: tuple[Ints, Ints],
    length: Ints,
    cut: int,
) -> OsmRoads:
    refs, x, y, way_of = points
    first, last = ends
    way = way_of[first]
    piece = np.arange(len(way)) - np.searchsorted(way, way)
    directions = np.array(
        [(r.forward is not None, r.backward is not None) for r in ways.rules], dtype=bool
    )
    # Links in the order of the file: each piece along its way, then against it.
    number, back = np.nonzero(directions[way])
    start_node = np.where(back, refs[last[number]], refs[first[number]])
    end_node = np.where(back, refs[first[number]], refs[last[number]])
    nodes, ends_at, (lon, lat) = _nodes(refs, (x, y), np.concatenate((start_node, end_node)))
    way_id = np.frombuffer(ways.ids, dtype=np.int64)[way[number]].tolist()
    link_id = [
        f"w{i}-{k}b" if b else f"w{i}-{k}"
        for i, k, b in zip(way_id, piece[number].tolist(), back.tolist(), strict=True)
    ]
    point_start, line = _lines((x, y), first[number], last[number], back)
    columns = _columns(ways, way[number], back)
    shared = columns.pop("shared")
    roads = Roads(
        node_id=tuple(map(str, nodes.tolist())),
        node_name=(None,) * len(nodes),
        x_coord=lon,
        y_coord=lat,
        link_id=tuple(link_id),
        from_node=ends_at[: len(number)].astype(np.int64),
        to_node=ends_at[len(number) :].astype(np.int64),
        length=length[number],
        transit_s=_transit(length[number], columns["free_speed"]),
        capacity=np.full(len(number), NOT_TOLD),
        point_start=point_start,
        points=line,
        source_links=tuple((i,) for i in link_id),
        **columns,
    )
    return OsmRoads(
        roads=impute(roads, shared),
        restrictions=ways.restrictions,
        left_out=ways.left_out,
        unread=Counter(text for rule in ways.rules for text in rule.unread),
        conditional=sum(rule.conditional for rule in ways.rules),
        alternating=int(np.count_nonzero(shared)),
        cut=cut,
        odd_restrictions=ways.odd_restrictions,
    )


def _nodes(
    refs: Ints, places: tuple[Floats, Floats], ends: Ints
) -> tuple[Ints, Ints, tuple[Floats, Floats]]:
    """Return the nodes that are ends of links, the position of each end, and the nodes' places."""
    nodes = np.sort(ends)
    nodes = nodes[np.append(True, nodes[1:] != nodes[:-1])]
    order = np.argsort(refs, kind="stable")
    at = order[np.searchsorted(refs, nodes, sorter=order)]
    return nodes, np.searchsorted(nodes, ends), (places[0][at], places[1][at])


def _transit(length: Ints, free_speed: Ints) -> Ints:
    """Return transit times where the speed is told; the rest is imputed later."""
    return np.where(free_speed == 0, 0, transit_times(length, np.maximum(free_speed, 1)))


def _lines(xy: tuple[Floats, Floats], first: Ints, last: Ints, back: Ints) -> tuple[Ints, Floats]:
    """Return the shape of each link, in its direction of travel."""
    counts = last - first + 1
    start = np.concatenate(([0], np.cumsum(counts)))
    within = np.arange(start[-1]) - np.repeat(start[:-1], counts)
    turned = np.repeat(back, counts) != 0
    at = np.where(turned, np.repeat(last, counts) - within, np.repeat(first, counts) + within)
    return start, np.stack((xy[0][at], xy[1][at]), axis=1)


def _columns(ways: OsmWays, way: Ints, back: Ints) -> dict[str, Any]:
    """Return the columns that the tags give, 0 where they say nothing."""
    pool = TextPool()
    closed = Direction(0, None, 0, None)
    # One row for each kind of way and direction; each link then takes the row of its kind.
    kinds = {id(rule): rule for rule in ways.rules}
    place = {kind: i for i, kind in enumerate(kinds)}
    rows = [
        _row(rule, direction or closed, pool)
        for rule in kinds.values()
        for direction in (rule.forward, rule.backward)
    ]
    kind_of_way = np.array([place[id(rule)] for rule in ways.rules], dtype=np.int64)
    at = 2 * kind_of_way[way] + back
    columns = {
        name: np.array([row[name] for row in rows], dtype=np.int64)[at]
        for name in (*TEXT_COLUMNS, "lanes", "free_speed", "shared")
    }
    names = np.array([pool.code(name) for name in ways.names], dtype=np.int64)
    columns["name"] = names[way]
    return {
        "lanes": columns["lanes"],
        "free_speed": columns["free_speed"],
        "shared": columns["shared"],
        "text": {name: columns[name] for name in TEXT_COLUMNS},
        "texts": pool.texts,
    }


def _row(rule: Way, direction: Direction, pool: TextPool) -> Mapping[str, int]:
    row = dict.fromkeys(TEXT_COLUMNS, 0)
    source = pool.code("osm")
    row["facility_type"] = pool.code(rule.highway)
    row["length_source"] = source
    row["lanes"] = direction.lanes
    row["lanes_source"] = source if direction.lanes else 0
    row["lanes_assumed"] = pool.code(direction.lanes_assumed)
    row["free_speed"] = direction.speed
    row["speed_source"] = source if direction.speed else 0
    row["speed_assumed"] = pool.code(direction.speed_assumed)
    row["shared"] = int(rule.alternating)
    return row
