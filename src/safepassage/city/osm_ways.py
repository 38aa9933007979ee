"""Read the ways for cars and the turn restrictions of an OpenStreetMap extract.

The file is read once, by libosmium, which picks what is wanted and writes it as OPL, one line a
thing; reading that takes a fraction of the time that a Python object for each tag and node would.

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

import osmium
from osmium.filter import EntityFilter, TagFilter

from safepassage.city.osm_tags import DRIVABLE, RELEVANT, Way, read_way
from safepassage.city.turns import Restriction, read_restriction
from safepassage.errors import BadInput

__all__ = ["NOWHERE", "OsmWays", "opl_tags", "read_ways"]

#: Largest file read, in bytes; most countries fit, a planet does not. libosmium keeps the places of
#: all nodes, 16 bytes each, so that 1 GB of PBF takes about 2 GB of memory.
MOST_OSM_BYTES = 1_000_000_000
#: Nodes of an XML file, which may be packed a thousandfold.
MOST_XML_NODES = 20_000_000
#: Nodes of roads, with repetitions; so many take about 2 GB.
MOST_POINTS = 20_000_000
#: Coordinate of a node that is not in the file, as libosmium has it.
NOWHERE = 2_147_483_647
_ESCAPE = re.compile(r"%([0-9a-fA-F]+)%")
_XML_LINE = re.compile(r"line (\d+)")
#: How often to say how far the reading has come, in ways.
_STEP = 20_000


@dataclass(slots=True)
class OsmWays:
    """Ways for cars, as they come from the file; one entry a way, or a point of a way."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    rules: list[Way] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    refs: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("q"))
    """In 10^-7 degrees; :data:`NOWHERE`: the node is not in the file."""
    y: array[int] = field(default_factory=lambda: array("q"))
    start: array[int] = field(default_factory=lambda: array("q", [0]))
    left_out: Counter[str] = field(default_factory=Counter)
    restrictions: list[Restriction] = field(default_factory=list)
    odd_restrictions: Counter[str] = field(default_factory=Counter)


def read_ways(
    file: Path, *, service: bool = False, progress: Callable[[str], None] | None = None
) -> OsmWays:
    """Read what an extract says of roads.

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
    except BadInput:
        raise
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise _damaged(file, error) from None
    if not ways.rules:
        closed = sum(ways.left_out.values())
        message = (
            f"expected roads for cars, got none ({closed} other ways); "
            "is it an OpenStreetMap extract of the place?"
        )
        raise BadInput.one(str(file), "no-roads", message)
    return ways


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


def _read(file: Path, *, service: bool, progress: Callable[[str], None] | None) -> OsmWays:
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


def _place(ways: OsmWays, places: osmium.index.LocationTable) -> None:
    """Put coordinates to the nodes of the ways."""
    for ref in ways.refs:
        try:
            place = places.get(ref)
        except KeyError:
            ways.x.append(NOWHERE)
            ways.y.append(NOWHERE)
        else:
            ways.x.append(place.x)
            ways.y.append(place.y)


def _ways(
    file: Path, lines: Iterable[str], *, service: bool, progress: Callable[[str], None] | None
) -> OsmWays:
    """Read ways and turn restrictions from OPL."""
    ways = OsmWays()
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


def _restriction(ways: OsmWays, tags: Mapping[str, str], members_text: str) -> None:
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


def _way(ways: OsmWays, way: int, nodes: str, file: Path) -> None:
    ways.refs.extend(int(node[1:].partition("x")[0]) for node in nodes[1:].split(",") if node)
    ways.ids.append(way)
    ways.start.append(len(ways.refs))
    if len(ways.refs) > MOST_POINTS:
        message = (
            f"expected at most {MOST_POINTS:,} points of roads, got more; "
            "cut the place out of it, with osmium extract or where you got it"
        )
        raise BadInput.one(str(file), "file-too-large", message)
