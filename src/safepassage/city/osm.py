"""Read the roads of an OpenStreetMap extract (PBF or XML) as columns.

A node of the network is a node of the map at which ways meet or end; the others only give a link
its shape. A link is the piece of a way between two of them, in one direction, with the id
``w<way>-<piece>`` along the way and ``w<way>-<piece>~`` against it.

The file is read once, by libosmium; only ways with ``highway`` and relations with ``restriction``
ever reach Python.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium.filter import EntityFilter, KeyFilter

from safepassage.city.impute import impute
from safepassage.city.osm_tags import RELEVANT, Direction, Way, read_way
from safepassage.city.roads import NOT_TOLD, TEXT_COLUMNS, Floats, Ints, Roads, TextPool
from safepassage.city.transit import transit_times
from safepassage.city.turns import Restriction, read_restriction
from safepassage.errors import BadInput

__all__ = ["OsmRoads", "read_osm"]

#: Largest file read, in bytes; a country fits, a planet does not.
MOST_OSM_BYTES = 2_000_000_000
#: Nodes of roads, with repetitions; so many take about 2 GB.
MOST_POINTS = 20_000_000
#: Mean radius of the Earth, in metres (IUGG); great circles on it are within 0.5 % of the truth.
EARTH_RADIUS_M = 6_371_008.8
_SCALE = 10_000_000
_NOWHERE = 2_147_483_647
_XML_LINE = re.compile(r"line (\d+)")
#: How often to say how far the reading has come, in ways.
_STEP = 20_000


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


@dataclass(slots=True)
class _Ways:
    """Ways as they come from the file."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    rules: list[Way] = field(default_factory=list)
    refs: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("q"))
    y: array[int] = field(default_factory=lambda: array("q"))
    start: array[int] = field(default_factory=lambda: array("q", [0]))
    left_out: Counter[str] = field(default_factory=Counter)
    restrictions: list[Restriction] = field(default_factory=list)
    odd_restrictions: Counter[str] = field(default_factory=Counter)


def read_osm(
    file: Path, *, service: bool = False, progress: Callable[[str], None] | None = None
) -> OsmRoads:
    """Read an OpenStreetMap extract.

    Parameters
    ----------
    file
        ``.osm.pbf``, ``.osm``, or ``.osm.gz`` and ``.osm.bz2``.
    service
        Take service ways as well.
    progress
        Told now and then how far the reading has come.

    Raises
    ------
    BadInput
        If the file is missing, too large, damaged, not OpenStreetMap, or holds no roads.
    """
    _refuse_unreadable(file)
    try:
        ways = _read(file, service=service, progress=progress)
    except RuntimeError as error:
        raise _damaged(file, error) from None
    if not ways.rules:
        closed = sum(ways.left_out.values())
        message = (
            f"expected roads for cars, got none ({closed} other ways); "
            "is it an OpenStreetMap extract of the place?"
        )
        raise BadInput.one(str(file), "no-roads", message)
    return _pieces(ways, file)


def _refuse_unreadable(file: Path) -> None:
    if not file.is_file():
        message = "expected an OpenStreetMap file, got none; add it"
        raise BadInput.one(str(file), "missing-file", message)
    size = file.stat().st_size
    if size > MOST_OSM_BYTES:
        message = (
            f"expected at most {MOST_OSM_BYTES // 1_000_000} MB, got {size / 1e6:.0f} MB; "
            "cut the place out of it, with osmium extract or where you got it"
        )
        raise BadInput.one(str(file), "file-too-large", message)


def _damaged(file: Path, error: RuntimeError) -> BadInput:
    said = " ".join(str(error).split())[:120]
    line = _XML_LINE.search(said)
    where = f"{file}:{line[1]}" if line else str(file)
    message = f"expected an OpenStreetMap file (PBF or XML), got: {said}; fetch it again"
    return BadInput.one(where, "not-osm", message)


def _read(file: Path, *, service: bool, progress: Callable[[str], None] | None) -> _Ways:
    wanted = osmium.osm.WAY | osmium.osm.RELATION
    processor = (
        osmium.FileProcessor(str(file), osmium.osm.NODE | wanted)
        .with_locations()
        .with_filter(EntityFilter(wanted))
        .with_filter(KeyFilter("highway", "restriction", "restriction:motorcar"))
    )
    ways = _Ways()
    rules: dict[tuple[tuple[str, str], ...], Way | str] = {}
    seen: set[int] = set()
    for thing in processor:
        if not isinstance(thing, osmium.osm.Way):
            _restriction(ways, thing)
            continue
        if thing.id in seen:
            _refuse_history(file, thing.id)
        seen.add(thing.id)
        if progress is not None and len(seen) % _STEP == 0:
            progress(f"reading roads: {len(seen):,} ways")
        tags = tuple((t.k, t.v) for t in thing.tags if t.k in RELEVANT)
        rule = rules.get(tags)
        if rule is None:
            rule = rules[tags] = read_way(dict(tags), service=service)
        if isinstance(rule, str):
            ways.left_out[rule] += 1
        else:
            _way(ways, thing, rule, file)
    return ways


def _refuse_history(file: Path, way: int) -> None:
    message = (
        f"expected each way once, got way {way} again; is it a history file, or are several "
        "extracts joined? merge them with osmium merge"
    )
    raise BadInput.one(str(file), "duplicate-id", message)


def _restriction(ways: _Ways, relation: Any) -> None:
    tags = {t.k: t.v for t in relation.tags}
    if tags.get("type") != "restriction":
        return
    read = read_restriction(
        tags,
        [(m.type, m.ref, m.role) for m in relation.members],
    )
    if isinstance(read, str):
        ways.odd_restrictions[read] += 1
    else:
        ways.restrictions.append(read)


def _way(ways: _Ways, thing: Any, rule: Way, file: Path) -> None:
    for node in thing.nodes:
        place = node.location
        ways.refs.append(node.ref)
        ways.x.append(place.x)
        ways.y.append(place.y)
    ways.ids.append(thing.id)
    ways.rules.append(rule)
    ways.start.append(len(ways.refs))
    if len(ways.refs) > MOST_POINTS:
        message = (
            f"expected at most {MOST_POINTS:,} points of roads, got more; "
            "cut the place out of it, with osmium extract or where you got it"
        )
        raise BadInput.one(str(file), "file-too-large", message)


def _pieces(ways: _Ways, file: Path) -> OsmRoads:
    """Cut ways where they meet, and make a link of each direction of each piece."""
    refs, x, y = (np.frombuffer(a, dtype=np.int64) for a in (ways.refs, ways.x, ways.y))
    start = np.frombuffer(ways.start, dtype=np.int64)
    way_of = np.repeat(np.arange(len(ways.ids)), np.diff(start))
    known = (x != _NOWHERE) & (np.abs(x) <= 180 * _SCALE) & (np.abs(y) <= 90 * _SCALE)
    # A point that says the same node again is no way to anywhere.
    again = np.zeros(len(refs), dtype=bool)
    again[1:] = (refs[1:] == refs[:-1]) & (way_of[1:] == way_of[:-1])
    cut_ways = len(np.unique(way_of[~known]))
    # Runs of points within the extract: a way that leaves it and comes back is two.
    broken = np.cumsum(~known)
    keep = known & ~again
    refs, x, y, way_of, run = refs[keep], x[keep], y[keep], way_of[keep], broken[keep]
    if not len(refs):
        message = "expected nodes with coordinates, got none of those that the roads name"
        raise BadInput.one(str(file), "no-roads", message)
    begins = np.ones(len(refs), dtype=bool)
    begins[1:] = (way_of[1:] != way_of[:-1]) | (run[1:] != run[:-1])
    ends = np.append(begins[1:], True)
    _, node, count = np.unique(refs, return_inverse=True, return_counts=True)
    is_node = begins | ends
    is_node |= (count > 1)[node]
    is_node |= np.isin(refs, [r.via for r in ways.restrictions if r.via])
    at = np.flatnonzero(is_node)
    first, last = at[:-1], at[1:]
    within = ~begins[last]
    first, last = first[within], last[within]
    metres = np.concatenate(([0.0], np.cumsum(_steps(x / _SCALE, y / _SCALE))))
    length = np.round((metres[last] - metres[first]) * 1000).astype(np.int64) * 1000
    return _links(ways, (refs, x, y, way_of), (first, last), length, cut_ways)


def _steps(lon: Floats, lat: Floats) -> Floats:
    """Return metres from each point to the next, along a great circle (haversine)."""
    lam, phi = np.radians(lon), np.radians(lat)
    h = (
        np.sin(np.diff(phi) / 2) ** 2
        + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h)))


def _links(
    ways: _Ways,
    points: tuple[Ints, Ints, Ints, Ints],
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
    nodes, ends_at = np.unique(np.concatenate((start_node, end_node)), return_inverse=True)
    at = np.searchsorted(refs, nodes, sorter=(order := np.argsort(refs, kind="stable")))
    lon, lat = x[order[at]] / _SCALE, y[order[at]] / _SCALE
    link_id = [
        f"w{way_id}-{k}~" if b else f"w{way_id}-{k}"
        for way_id, k, b in zip(
            np.frombuffer(ways.ids, dtype=np.int64)[way[number]].tolist(),
            piece[number].tolist(),
            back.tolist(),
            strict=True,
        )
    ]
    point_start, line = _lines((x, y), first[number], last[number], back)
    columns = _columns(ways.rules, way[number], back)
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


def _transit(length: Ints, free_speed: Ints) -> Ints:
    """Return transit times where the speed is told; the rest is imputed later."""
    return np.where(free_speed == 0, 0, transit_times(length, np.maximum(free_speed, 1)))


def _lines(xy: tuple[Ints, Ints], first: Ints, last: Ints, back: Ints) -> tuple[Ints, Floats]:
    """Return the shape of each link, in its direction of travel."""
    counts = last - first + 1
    start = np.concatenate(([0], np.cumsum(counts)))
    within = np.arange(start[-1]) - np.repeat(start[:-1], counts)
    turned = np.repeat(back, counts) != 0
    at = np.where(turned, np.repeat(last, counts) - within, np.repeat(first, counts) + within)
    return start, np.stack((xy[0][at], xy[1][at]), axis=1) / _SCALE


def _columns(rules: list[Way], way: Ints, back: Ints) -> dict[str, Any]:
    """Return the columns that the tags give, 0 where they say nothing."""
    pool = TextPool()
    closed = Direction(0, None, 0, None)
    # One row a way and direction, taken apart by link below.
    rows: list[Mapping[str, int]] = []
    known: dict[tuple[int, int], int] = {}
    which = []
    for w, b in zip(way.tolist(), back.tolist(), strict=True):
        rule = rules[w]
        key = (id(rule), b)
        if key not in known:
            known[key] = len(rows)
            rows.append(_row(rule, (rule.backward if b else rule.forward) or closed, pool))
        which.append(known[key])
    at = np.array(which, dtype=np.int64)
    columns = {
        name: np.array([row[name] for row in rows], dtype=np.int64)[at]
        for name in (*TEXT_COLUMNS, "lanes", "free_speed", "shared")
    }
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
    row["name"] = pool.code(rule.name)
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
