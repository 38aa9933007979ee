"""Read the roads of an OpenStreetMap extract (PBF or XML) as columns.

A node of the network is a node of the map at which ways meet or end; the others only give a link
its shape. A link is the piece of a way between two of them, in one direction, with the id
``w<way>-<piece>`` along the way and ``w<way>-<piece>b`` against it.

The file is read once, by libosmium; only roads and turn restrictions reach Python.

References
----------
OPL file format manual, osmcode.org.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
from osmium.filter import EntityFilter, TagFilter

from safepassage.city.impute import impute
from safepassage.city.osm_tags import DRIVABLE, RELEVANT, Direction, Way, read_way
from safepassage.city.roads import NOT_TOLD, TEXT_COLUMNS, Floats, Ints, Roads, TextPool
from safepassage.city.transit import transit_times
from safepassage.city.turns import Restriction, read_restriction
from safepassage.errors import BadInput

__all__ = ["OsmRoads", "read_osm"]

#: Largest file read, in bytes; most countries fit, a planet does not. libosmium keeps the places of
#: all nodes, 16 bytes each, so that 1 GB of PBF takes about 2 GB of memory.
MOST_OSM_BYTES = 1_000_000_000
#: Nodes of an XML file, which may be packed a thousandfold.
MOST_XML_NODES = 20_000_000
#: Nodes of roads, with repetitions; so many take about 2 GB.
MOST_POINTS = 20_000_000
#: Mean radius of the Earth, in metres (IUGG); great circles on it are within 0.5 % of the truth.
EARTH_RADIUS_M = 6_371_008.8
_SCALE = 10_000_000
_NOWHERE = 2_147_483_647
_ESCAPE = re.compile(r"%([0-9a-fA-F]+)%")
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
    names: list[str | None] = field(default_factory=list)
    refs: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("q"))
    """In 10^-7 degrees; ``_NOWHERE``: the node is not in the file."""
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
    except (RuntimeError, osmium.InvalidLocationError) as error:
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


def _damaged(file: Path, error: Exception) -> BadInput:
    said = " ".join(str(error).split())[:120]
    line = _XML_LINE.search(said)
    where = f"{file}:{line[1]}" if line else str(file)
    message = f"expected an OpenStreetMap file (PBF or XML), got: {said}; fetch it again"
    return BadInput.one(where, "not-osm", message)


def _repeated(file: Path, what: str) -> BadInput:
    message = (
        f"expected everything once, got {what} again; is it a history file, or are several "
        "extracts joined? merge them with osmium merge"
    )
    return BadInput.one(str(file), "duplicate-id", message)


class _Once(osmium.SimpleHandler):
    """Refuses a node that stands twice: which place is meant, nobody knows."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.seen: set[int] = set()

    def node(self, node: osmium.osm.Node) -> None:
        """Take a node."""
        if node.id in self.seen:
            raise _repeated(self.file, f"node {node.id}")
        self.seen.add(node.id)
        if len(self.seen) > MOST_XML_NODES:
            message = (
                f"expected at most {MOST_XML_NODES:,} nodes in XML, got more; "
                "cut the place out of it, or save it as PBF, with osmium extract"
            )
            raise BadInput.one(str(self.file), "file-too-large", message)


def _refuse_without_room(file: Path) -> None:
    """Refuse to fill up the disk: what libosmium writes is shorter than what it reads."""
    free, size = shutil.disk_usage(tempfile.gettempdir()).free, file.stat().st_size
    if free < 4 * size + 50_000_000:
        message = (
            f"expected {4 * size / 1e6 + 50:.0f} MB for temporary files, got {free / 1e6:.0f}; "
            "make room, or name another folder in TMPDIR"
        )
        raise BadInput.one(tempfile.gettempdir(), "folder-not-writable", message)


def _read(file: Path, *, service: bool, progress: Callable[[str], None] | None) -> _Ways:
    """Have libosmium pick the roads and keep coordinates, and read what it wrote.

    It writes OPL, one line a thing; reading that takes a fraction of the time that a Python object
    for each tag and node would.
    """
    _refuse_without_room(file)
    with tempfile.TemporaryDirectory(prefix="safepassage-") as folder:
        lines = Path(folder) / "roads.opl"
        writer = osmium.WriteHandler(f"{lines}")
        places = osmium.index.create_map("flex_mem")
        keep_places = osmium.NodeLocationsForWays(places)
        keep_places.ignore_errors()
        kinds = (*DRIVABLE, "service") if service else DRIVABLE
        # XML is written and joined by hand, so every node is looked at there. In a PBF file that
        # would take longer than reading its roads.
        once = () if file.name.lower().endswith(".pbf") else (_Once(file),)
        osmium.apply(
            str(file),
            keep_places,
            *once,
            EntityFilter(osmium.osm.WAY | osmium.osm.RELATION),
            TagFilter(*(("highway", kind) for kind in kinds), ("type", "restriction")),
            writer,
        )
        writer.close()
        with lines.open(encoding="utf-8") as stream:
            ways = _ways(file, stream, service=service, progress=progress)
    _place(ways, places)
    return ways


def _place(ways: _Ways, places: osmium.index.LocationTable) -> None:
    """Put coordinates to the nodes of the ways."""
    for ref in ways.refs:
        try:
            place = places.get(ref)
        except KeyError:
            ways.x.append(_NOWHERE)
            ways.y.append(_NOWHERE)
        else:
            ways.x.append(place.x)
            ways.y.append(place.y)


def _ways(
    file: Path, lines: Iterable[str], *, service: bool, progress: Callable[[str], None] | None
) -> _Ways:
    """Read ways and turn restrictions from OPL."""
    ways = _Ways()
    rules: dict[tuple[tuple[str, str], ...], Way | str] = {}
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        name, *cells = line.rstrip("\n").split(" ")
        told = {cell[0]: cell for cell in cells if cell}
        if name in seen:
            raise _repeated(file, f"{'way' if name[0] == 'w' else 'relation'} {name[1:]}")
        seen.add(name)
        if progress is not None and number % _STEP == 0:
            progress(f"reading roads: {number:,} ways")
        tags = opl_tags(told.get("T", "T"))
        if name[0] == "r":
            _restriction(ways, tags, told.get("M", "M"))
            continue
        kind = tuple(tag for tag in tags.items() if tag[0] in RELEVANT)
        rule = rules.get(kind)
        if rule is None:
            rule = rules[kind] = read_way(tags, service=service)
        if isinstance(rule, str):
            ways.left_out[rule] += 1
        else:
            ways.rules.append(rule)
            ways.names.append(tags.get("name") or tags.get("ref"))
            _way(ways, int(name[1:]), told.get("N", "N"), file)
    return ways


def opl_tags(text: str) -> dict[str, str]:
    """Read the tags of an OPL line, ``Tkey=value,key=value``."""
    tags = {}
    # Blanks are by far the commonest of what is escaped.
    for pair in text[1:].replace("%20%", " ").split(","):
        key, _, value = pair.partition("=")
        if "%" in pair:
            key, value = _unescaped(key), _unescaped(value)
        tags[key] = value
    return tags


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _restriction(ways: _Ways, tags: Mapping[str, str], members_text: str) -> None:
    members = [
        (member[0], int(member[1:].partition("@")[0]), _unescaped(member.partition("@")[2]))
        for member in members_text[1:].split(",")
        if member
    ]
    read = read_restriction(tags, members)
    if isinstance(read, str):
        ways.odd_restrictions[read] += 1
    else:
        ways.restrictions.append(read)


def _way(ways: _Ways, way: int, nodes: str, file: Path) -> None:
    ways.refs.extend(int(node[1:].partition("x")[0]) for node in nodes[1:].split(",") if node)
    ways.ids.append(way)
    ways.start.append(len(ways.refs))
    if len(ways.refs) > MOST_POINTS:
        message = (
            f"expected at most {MOST_POINTS:,} points of roads, got more; "
            "cut the place out of it, with osmium extract or where you got it"
        )
        raise BadInput.one(str(file), "file-too-large", message)


def _pieces(ways: _Ways, file: Path) -> OsmRoads:
    """Cut ways where they meet, and make a link of each direction of each piece."""
    refs = np.frombuffer(ways.refs, dtype=np.int64)
    x, y = (
        np.where(whole == _NOWHERE, np.nan, whole / _SCALE)
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
    ways: _Ways,
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
    both = np.concatenate((start_node, end_node))
    nodes = np.sort(both)
    nodes = nodes[np.append(True, nodes[1:] != nodes[:-1])]
    ends_at = np.searchsorted(nodes, both)
    at = np.searchsorted(refs, nodes, sorter=(order := np.argsort(refs, kind="stable")))
    lon, lat = x[order[at]], y[order[at]]
    link_id = [
        f"w{way_id}-{k}b" if b else f"w{way_id}-{k}"
        for way_id, k, b in zip(
            np.frombuffer(ways.ids, dtype=np.int64)[way[number]].tolist(),
            piece[number].tolist(),
            back.tolist(),
            strict=True,
        )
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


def _columns(ways: _Ways, way: Ints, back: Ints) -> dict[str, Any]:
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
