"""Read and write GMNS tables: ``node.csv``, ``link.csv`` and, optionally, ``config.csv``.

Columns beyond the standard carry provenance: ``name_local`` (nodes), ``length_source``,
``length_assumed``, ``speed_source``, ``speed_assumed`` (links). ``config.csv`` states the units of
``length`` (column ``long_length``; default km) and of ``free_speed`` (column ``speed``; default
km/h). A link with ``directed`` 0 stands for two, ``X`` and ``X~``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from safepassage.errors import BadInput, Fault
from safepassage.files import Row, Table, did_you_mean, read_table, shown, too_many
from safepassage.network.cells import Cells, exact_text, read_line, write_line
from safepassage.network.network import Link, Network, Node

__all__ = ["link_places", "read_network", "write_network"]

NODE_COLUMNS = ("node_id", "x_coord", "y_coord")
NODE_EXTRA = ("name", "name_local")
LINK_COLUMNS = (
    "link_id",
    "from_node_id",
    "to_node_id",
    "directed",
    "length",
    "free_speed",
)
LINK_EXTRA = (
    "name",
    "capacity",
    "lanes",
    "geometry",
    "length_source",
    "length_assumed",
    "speed_source",
    "speed_assumed",
)

_METRES: Mapping[str, Fraction] = {
    "km": Fraction(1000),
    "m": Fraction(1),
    "mi": Fraction(1_609_344, 1000),
    "ft": Fraction(3048, 10_000),
}
_KMH: Mapping[str, Fraction] = {
    "kph": Fraction(1),
    "km/h": Fraction(1),
    "kmh": Fraction(1),
    "mph": Fraction(1_609_344, 1_000_000),
    "m/s": Fraction(36, 10),
}

#: Longest single link taken, in metres, and fastest free speed, in km/h.
MOST_LENGTH_M = 1_000_000
MOST_SPEED_KMH = 200


def read_network(folder: Path) -> Network:
    """Read a GMNS folder.

    Raises
    ------
    BadInput
        With every fault of all tables.
    """
    faults: list[Fault] = []
    length_unit, speed_unit = _units(folder, faults)
    nodes_table = _table(folder / "node.csv", NODE_COLUMNS, NODE_EXTRA, faults)
    links_table = _table(folder / "link.csv", LINK_COLUMNS, LINK_EXTRA, faults)
    nodes = _nodes(nodes_table, faults) if nodes_table is not None else {}
    links: dict[str, Link] = {}
    if links_table is not None:
        node_ids = nodes if nodes_table is not None else None
        links = _links(links_table, node_ids, length_unit, speed_unit, faults)
    if faults:
        raise BadInput(faults)
    return Network(nodes, links)


def _table(
    file: Path, required: tuple[str, ...], optional: tuple[str, ...], faults: list[Fault]
) -> Table | None:
    try:
        table = read_table(file, required, optional)
    except BadInput as error:
        faults += error.faults
        return None
    if not table.rows:
        faults.append(Fault(f"{file}:1", "empty-table", "expected at least one row, got none"))
    return table


def _units(folder: Path, faults: list[Fault]) -> tuple[Fraction, Fraction]:
    """Return metres a unit of length, and km/h a unit of speed."""
    file = folder / "config.csv"
    if not file.exists():
        return _METRES["km"], _KMH["kph"]
    try:
        table = read_table(file, (), ("long_length", "speed"))
    except BadInput as error:
        faults += error.faults
        return _METRES["km"], _KMH["kph"]
    found = []
    for column, units, default in (("long_length", _METRES, "km"), ("speed", _KMH, "kph")):
        row = table.rows[0] if table.rows else None
        name = (row.get(column) if row is not None else None) or default
        if name not in units:
            message = f"{column}: expected one of {', '.join(units)}, got {shown(name)}"
            faults.append(Fault(table.where(row), "unknown-unit", message))
        found.append(units.get(name, units[default]))
    return found[0], found[1]


def _nodes(table: Table, faults: list[Fault]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        node_id = cells.identifier("node_id", nodes)
        lon = cells.decimal("x_coord", -180, 180, "a longitude in degrees")
        lat = cells.decimal("y_coord", -90, 90, "a latitude in degrees")
        if node_id is not None:
            # With a fault the node is kept, so that its links are not told as unknown as well.
            nodes[node_id] = Node(
                node_id, row.get("name"), row.get("name_local"), float(lon or 0), float(lat or 0)
            )
    return nodes


def _links(
    table: Table,
    nodes: Mapping[str, Node] | None,
    length_unit: Fraction,
    speed_unit: Fraction,
    faults: list[Fault],
) -> dict[str, Link]:
    links: dict[str, Link] = {}
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        link_id = cells.identifier("link_id", links)
        ends = _ends(cells, nodes)
        length = cells.positive("length", length_unit, MOST_LENGTH_M, "m")
        speed = cells.positive("free_speed", speed_unit, MOST_SPEED_KMH, "km/h")
        directed = cells.flag("directed")
        link = _link(row, cells, link_id or "?", ends, length or Fraction(1), speed or Fraction(1))
        if link_id is None:
            continue
        links[link_id] = link
        if directed is False:
            back = _reversed(link)
            if back.id in links:
                cells.fault("duplicate-id", f"link_id: expected {back.id!r} to be free")
            links[back.id] = back
    return links


def _ends(cells: Cells, nodes: Mapping[str, Node] | None) -> tuple[str, str]:
    ends = []
    for column in ("from_node_id", "to_node_id"):
        node = cells.row.get(column) or ""
        ends.append(node)
        if nodes is not None and node not in nodes:
            near = did_you_mean(node, nodes)
            message = f"{column}: expected the id of a node, got {shown(node)}{near}"
            cells.fault("unknown-node", message)
    if ends[0] and ends[0] == ends[1]:
        message = f"expected a link between two nodes, got one from {ends[0]!r} to itself"
        cells.fault("link-to-itself", message)
    return ends[0], ends[1]


def _link(
    row: Row, cells: Cells, link_id: str, ends: tuple[str, str], length: Fraction, speed: Fraction
) -> Link:
    lanes = cells.whole("lanes", 100)
    capacity = cells.decimal("capacity", 0, 1_000_000, "vehicles an hour", required=False)
    return Link(
        id=link_id,
        from_node=ends[0],
        to_node=ends[1],
        length_m=length,
        free_speed_kmh=speed,
        capacity_vph=capacity,
        lanes=lanes,
        name=row.get("name"),
        geometry=read_line(cells, row.get("geometry")),
        length_source=row.get("length_source"),
        length_assumed=row.get("length_assumed"),
        speed_source=row.get("speed_source"),
        speed_assumed=row.get("speed_assumed"),
    )


def _reversed(link: Link) -> Link:
    return replace(
        link,
        id=f"{link.id}~",
        from_node=link.to_node,
        to_node=link.from_node,
        geometry=link.geometry[::-1] if link.geometry is not None else None,
    )


def link_places(file: Path) -> dict[str, str]:
    """Return ``file:line`` of every link id, for faults that are found only later.

    Raises
    ------
    BadInput
        If the table has lost its shape since it was read.
    """
    table = read_table(file, LINK_COLUMNS, LINK_EXTRA)
    return {row.values["link_id"]: table.where(row) for row in table.rows}


def write_network(network: Network, folder: Path) -> None:
    """Write ``node.csv``, ``link.csv`` and ``config.csv`` (km, km/h) into an existing folder.

    Every link is written directed. Lengths and speeds are written exactly, as a decimal where
    there is one, else as a fraction; :func:`read_network` reads the same network back.
    """
    nodes = ((n.id, n.name, n.lon, n.lat, n.name_local) for n in network.nodes.values())
    _write(folder / "node.csv", ("node_id", "name", "x_coord", "y_coord", "name_local"), nodes)
    columns = (*LINK_COLUMNS, *LINK_EXTRA)
    _write(folder / "link.csv", columns, (_link_row(link) for link in network.links.values()))
    _write(folder / "config.csv", ("long_length", "speed"), [("km", "kph")])


def _link_row(link: Link) -> tuple[object, ...]:
    return (
        link.id,
        link.from_node,
        link.to_node,
        1,
        exact_text(link.length_m / 1000),
        exact_text(link.free_speed_kmh),
        link.name,
        exact_text(link.capacity_vph) if link.capacity_vph is not None else None,
        link.lanes,
        write_line(link.geometry),
        link.length_source,
        link.length_assumed,
        link.speed_source,
        link.speed_assumed,
    )


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
