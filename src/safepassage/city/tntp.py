"""Read networks of the TNTP format (Transportation Networks for Research, ``_net.tntp``).

The format states no units; the line ``<ORIGINAL HEADER>`` often does, as ``length (miles)``. Where
it and the import say nothing, times are taken as minutes and lengths as miles, and marked. What
counts for a clearance is the free flow time: a length that does not fit is replaced, and marked.

Nodes before ``<FIRST THRU NODE>`` are zones that no road passes. Each is divided into ``N``, where
its people start, and ``N-in``, where people may end.

References
----------
github.com/bstabler/TransportationNetworks, README.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from safepassage.city.findings import Finding
from safepassage.city.roads import Roads, roads_of
from safepassage.city.source import Source, file_digest
from safepassage.errors import BadInput, Fault
from safepassage.files import read_text, shown, too_many
from safepassage.network.gmns import MOST_LENGTH_M, MOST_SPEED_KMH
from safepassage.network.network import Link, Network, Node

__all__ = ["read_tntp_source"]

MOST_BYTES = 256 * 1024 * 1024
MOST_LINES = 500_000
_METADATA = re.compile(r"<([^>]+)>\s*(.*)")
_COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time")
_METRES = {
    "mi": Fraction(1_609_344, 1000),
    "mile": Fraction(1_609_344, 1000),
    "miles": Fraction(1_609_344, 1000),
    "ft": Fraction(3048, 10_000),
    "feet": Fraction(3048, 10_000),
    "km": Fraction(1000),
    "m": Fraction(1),
}
_SECONDS = {
    "min": Fraction(60),
    "minutes": Fraction(60),
    "s": Fraction(1),
    "sec": Fraction(1),
    "h": Fraction(3600),
}
_NUMBER = re.compile(r"[-+]?(?:\d{1,20}\.?\d{0,30}|\.\d{1,30})(?:[eE][-+]?\d{1,2})?")
#: Speed of roads whose length is not believable, in km/h.
_USUAL_KMH = 50
_MOST_CAPACITY = 1_000_000_000
#: A link may be this much longer or shorter than the line between its ends, in the middle of all.
_DETOUR = 5.0


@dataclass(frozen=True, slots=True)
class _Header:
    first_through: int
    zones: int
    length: Fraction
    """Metres in the unit of length."""
    time: Fraction
    """Seconds in the unit of time."""
    assumed: str | None
    """Which units are assumed, if any."""
    links: int | None
    """How many links it says there are."""
    rows_from: int


def read_tntp_source(file: Path, units: tuple[str, str] | None = None) -> Source:
    """Read a ``_net.tntp`` file, and the ``_node.tntp`` beside it where there is one.

    Parameters
    ----------
    file
        The network.
    units
        Of length (``mi``, ``ft``, ``km``, ``m``) and time (``min``, ``s``, ``h``); None: as the
        file tells, else assumed.

    Raises
    ------
    BadInput
        With every fault of the files.
    """
    lines = _text_lines(file)
    faults: list[Fault] = []
    header = _header(file, lines, units, faults)
    rows = list(_rows(file, lines[header.rows_from :], header.rows_from, faults))
    places = _places(file, faults)
    if not rows and not faults:
        message = "expected at least one link, got none"
        faults.append(Fault(f"{file}:{len(lines)}", "empty-table", message))
    links = [] if faults else _links(file, rows, header, faults)
    if faults:
        raise BadInput(faults)
    network, findings = _network(links, places, header)
    roads, more = _believable(roads_of(network))
    return Source(
        file=file.name,
        format="tntp",
        sha256=file_digest(file),
        licence="Transportation Networks for Research; cite the network's source",
        roads=roads,
        findings=(*_counted(file, len(links), header), *findings, *more),
        protected=frozenset(
            node for node in roads.node_id if int(node.removesuffix("-in")) <= header.zones
        ),
    )


def _counted(file: Path, links: int, header: _Header) -> Iterator[Finding]:
    """Doubt a file that has another number of links than it says."""
    if header.links not in (None, links):
        message = (
            f"{file.name} says that it has {header.links:,} link(s), and has {links:,}; "
            "was it cut off? fetch it again"
        )
        yield Finding.of("links-missing", message, count=links)


def _text_lines(file: Path) -> list[str]:
    lines = read_text(file, MOST_BYTES).splitlines()
    if len(lines) > MOST_LINES:
        message = f"expected at most {MOST_LINES:,} lines, got {len(lines):,}; divide the file"
        raise BadInput.one(str(file), "too-many-rows", message)
    return lines


def _header(
    file: Path, lines: list[str], units: tuple[str, str] | None, faults: list[Fault]
) -> _Header:
    metadata: dict[str, str] = {}
    for number, line in enumerate(lines):
        match = _METADATA.match(line.strip())
        if match is None:
            continue
        key = match[1].strip().upper()
        if key == "END OF METADATA":
            found, assumed = _units(metadata.get("ORIGINAL HEADER", ""))
            if units is not None:
                found, assumed = (_METRES[units[0]], _SECONDS[units[1]]), None
            counts = []
            for name in ("FIRST THRU NODE", "NUMBER OF ZONES", "NUMBER OF LINKS"):
                count = metadata.get(name, "0")
                if not count.isdecimal() or len(count) > 15:
                    message = f"{name}: expected a whole number, got {shown(count)}"
                    faults.append(Fault(f"{file}:{number + 1}", "bad-value", message))
                    count = "0"
                counts.append(int(count))
            through, zones, links = counts
            told = links if "NUMBER OF LINKS" in metadata else None
            return _Header(through, zones, found[0], found[1], assumed, told, number + 1)
        metadata[key] = match[2].strip()
    message = "expected <END OF METADATA> after the head of a _net file, got none; is it TNTP?"
    raise BadInput.one(f"{file}:1", "not-tntp", message)


def _units(original: str) -> tuple[tuple[Fraction, Fraction], str | None]:
    """Return metres and seconds in the units that the original header tells."""
    told = re.findall(r"(length|time|fftt)[^(\t~]*\(([^)]*)\)", original.lower())
    length = next((_METRES.get(unit.strip()) for what, unit in told if what == "length"), None)
    time = next((_SECONDS.get(unit.strip()) for what, unit in told if what != "length"), None)
    assumed = [
        word for word, unit in (("lengths in miles", length), ("times in minutes", time))
        if unit is None
    ]  # fmt: skip
    return (length or _METRES["mi"], time or _SECONDS["min"]), " and ".join(assumed) or None


def _rows(
    file: Path, lines: list[str], skipped: int, faults: list[Fault]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells of each link; a line with ``~`` names the columns."""
    names: tuple[str, ...] = (*_COLUMNS, "b", "power", "speed", "toll", "link_type")
    for number, line in enumerate(lines, skipped + 1):
        cells = line.replace(";", " ").split()
        if not cells:
            continue
        if cells[0].startswith("~"):
            found = tuple(name.lower() for name in " ".join(cells).lstrip("~ ").split())
            if "init_node" in found:
                names = found
                missing = [name for name in _COLUMNS if name not in found]
                if missing:
                    message = f"expected columns {', '.join(missing)}, got none; add them"
                    faults.append(Fault(f"{file}:{number}", "missing-column", message))
                    return
            continue
        if len(cells) < len(_COLUMNS):
            message = f"expected {len(names)} cells, got {len(cells)}; is the file cut off?"
            faults.append(Fault(f"{file}:{number}", "csv-shape", message))
        else:
            yield number, dict(zip(names, cells, strict=False))
        if too_many(faults, f"{file}:{number}"):
            return


def _links(
    file: Path, rows: list[tuple[int, dict[str, str]]], header: _Header, faults: list[Fault]
) -> list[Link]:
    links = []
    for count, (line, cells) in enumerate(rows, 1):
        where = f"{file}:{line}"
        if too_many(faults, where):
            break
        figures = {
            name: _figure(where, name, cells[name], faults)
            for name in ("capacity", "length", "free_flow_time")
        }
        ends = [_node(where, name, cells[name], faults) for name in ("init_node", "term_node")]
        length = figures["length"] * header.length
        seconds = figures["free_flow_time"] * header.time
        if not faults:
            link = _link(str(count), ends, length, seconds, (figures["capacity"], header))
            if link.length_m > MOST_LENGTH_M:
                message = (
                    f"free_flow_time: expected one of a road of {MOST_LENGTH_M // 1_000:,} km at"
                    f" most, at {_USUAL_KMH} km/h, got {shown(cells['free_flow_time'])}"
                )
                faults.append(Fault(where, "absurd-number", message))
            links.append(link)
    return links


def _figure(where: str, name: str, text: str, faults: list[Fault]) -> Fraction:
    if not _NUMBER.fullmatch(text):
        message = f"{name}: expected a number, got {shown(text)}"
        faults.append(Fault(where, "bad-value", message))
        return Fraction(0)
    number = Fraction(text)
    if not 0 <= number <= _MOST_CAPACITY:
        message = f"{name}: expected a number from 0 to {_MOST_CAPACITY:,}, got {shown(text)}"
        faults.append(Fault(where, "absurd-number", message))
        return Fraction(0)
    return number


def _node(where: str, name: str, text: str, faults: list[Fault]) -> str:
    if not text.isdecimal() or len(text) > 15:
        message = f"{name}: expected the number of a node, got {shown(text)}"
        faults.append(Fault(where, "bad-value", message))
    return text


def _link(
    link_id: str,
    ends: list[str],
    length: Fraction,
    seconds: Fraction,
    others: tuple[Fraction, _Header],
) -> Link:
    """Return a link that takes its free flow time; its length gives way where it must."""
    capacity, header = others
    assumed = header.assumed
    speed = length * 36 / (seconds * 10) if seconds else Fraction(0)
    if not seconds:
        # No time, whatever the length says: a connector between a zone and the roads.
        if length:
            assumed = "none, as the link takes no time"
        length, speed = Fraction(0), Fraction(_USUAL_KMH)
    elif not 1 <= speed <= MOST_SPEED_KMH or length > MOST_LENGTH_M:
        speed = Fraction(_USUAL_KMH)
        length = seconds * speed * 10 / 36
        assumed = f"free flow time at {_USUAL_KMH} km/h"
    return Link(
        id=link_id,
        from_node=ends[0],
        to_node=ends[1],
        length_m=length,
        free_speed_kmh=speed,
        capacity_vph=capacity,
        length_source="tntp",
        length_assumed=assumed,
        speed_source="tntp",
        capacity_source="tntp",
    )


def _places(file: Path, faults: list[Fault]) -> dict[str, tuple[float, float]]:
    """Return coordinates by node from the file beside the network, as they are."""
    nodes = file.with_name(re.sub(r"_net\.tntp$", "_node.tntp", file.name))
    if nodes == file or not nodes.is_file():
        return {}
    places = {}
    for number, line in enumerate(_text_lines(nodes), 1):
        cells = line.replace(";", " ").split()
        if len(cells) < 3 or not cells[0].isdecimal():
            continue
        if not (_NUMBER.fullmatch(cells[1]) and _NUMBER.fullmatch(cells[2])):
            message = f"expected two coordinates, got {shown(' '.join(cells[1:3]))}"
            faults.append(Fault(f"{nodes}:{number}", "bad-value", message))
            continue
        places[cells[0]] = (float(cells[1]), float(cells[2]))
    return places


def _network(
    links: list[Link], places: dict[str, tuple[float, float]], header: _Header
) -> tuple[Network, list[Finding]]:
    """Divide zones that no road passes, and bring nodes and links together."""
    zones = set()
    turned = []
    for link in links:
        end = link.to_node
        if int(end) < header.first_through:
            zones.add(end)
            end = f"{end}-in"
        turned.append((link, end))
    ids = sorted(
        {link.from_node for link in links} | {end for _, end in turned},
        key=lambda node: (int(node.partition("-")[0]), node),
    )
    nodes = {}
    for node in ids:
        lon, lat = places.get(node.partition("-")[0], (None, None))
        nodes[node] = Node(node, None, None, lon, lat)
    network = Network(nodes, {link.id: replace(link, to_node=end) for link, end in turned})
    findings = []
    if zones:
        message = f"{len(zones):,} zone(s) were divided, so that no way leads through them"
        findings.append(Finding.of("zone-not-through", message, sorted(zones, key=int)))
    return network, [*findings, *_length_findings(links, header)]


def _length_findings(links: list[Link], header: _Header) -> Iterator[Finding]:
    made = [
        link.id for link in links
        if link.length_assumed is not None and link.length_assumed != header.assumed
    ]  # fmt: skip
    told = f"{header.assumed} are assumed; " if header.assumed else ""
    if len(made) > len(links) / 2:
        message = (
            f"{told}{len(made):,} of {len(links):,} lengths do not fit to the free flow times; "
            "state the units with --units LENGTH,TIME"
        )
        yield Finding.of("units-doubtful", message, made)
    elif made or told:
        message = f"{told}{len(made):,} length(s) were made from free flow times"
        yield Finding.of("length-from-time", message, made)


def _believable(roads: Roads) -> tuple[Roads, list[Finding]]:
    """Drop coordinates that are no degrees: out of range, or far from what lengths say."""
    x, y = roads.x_coord, roads.y_coord
    known = ~(np.isnan(x) | np.isnan(y))
    degrees = bool(known.any()) and bool(
        (np.abs(x[known]) <= 180).all() and (np.abs(y[known]) <= 90).all()
    )
    if degrees:
        a, b = roads.from_node, roads.to_node
        shrink = np.cos(np.radians(y[known].mean()))
        line = np.hypot((x[a] - x[b]) * shrink, y[a] - y[b]) * 111_195
        length = roads.length / 1e6
        made = [text is not None and "free flow" in text for text in roads.texts]
        stated = ~np.array(made)[roads.text["length_assumed"]]
        both = stated & (line > 1) & (length > 1)
        # Without a stated length nothing speaks for degrees.
        ratio = float(np.median(length[both] / line[both])) if both.any() else 0.0
        degrees = 1 / _DETOUR < ratio < _DETOUR
    if degrees and known.all():
        return roads, []
    message = "nodes have no coordinates in degrees" + (
        "; those of the file are in another system" if known.any() and not degrees else ""
    )
    count = roads.nodes if not degrees else int((~known).sum())
    finding = Finding.of("coordinates-missing", message, count=count)
    if degrees:
        return roads, [finding]
    nowhere = np.full(roads.nodes, np.nan)
    return roads.changed(x_coord=nowhere, y_coord=nowhere.copy()), [finding]
