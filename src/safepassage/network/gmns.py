"""Read and write GMNS tables: ``node.csv``, ``link.csv`` and, optionally, ``config.csv``.

Columns beyond the standard carry provenance: ``name_local`` (nodes), ``length_source``,
``length_assumed`` and the same for ``speed``, ``lanes`` and ``capacity`` (links), and
``source_links`` the way back to the links of a network that this one was simplified from, divided
by ``;``. ``config.csv`` states the units of ``length`` (column ``long_length``; default km) and of
``free_speed`` (column ``speed``; default km/h). A link with ``directed`` 0 stands for two, ``X``
and ``X~``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from safepassage.errors import BadInput, Fault
from safepassage.files import Table, did_you_mean, is_there, read_table, shown, too_many
from safepassage.network.cells import Cells, exact_text, read_line, write_line
from safepassage.network.network import Link, Network, Node

__all__ = [
    "NetworkRules",
    "NetworkTables",
    "link_places",
    "open_table",
    "read_network",
    "read_network_tables",
    "write_network",
]

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
    "lanes_source",
    "lanes_assumed",
    "capacity_source",
    "capacity_assumed",
    "facility_type",
    "source_links",
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

#: What a capacity says where a road limits nobody; an empty cell could as well be forgotten.
UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """What the tables of a network have to state, which depends on their use."""

    coordinates: bool = True
    """Every node has coordinates."""
    capacity: bool = False
    """Every link states its capacity, or that it is not limited (``unlimited``)."""
    degenerate: bool = False
    """A link may have no length, and may lead back to its own node."""
    open_speed: bool = False
    """A link may leave its speed open, which then is 0 until it is imputed."""
    most_capacity: int = 1_000_000
    """Vehicles an hour."""


@dataclass(frozen=True, slots=True)
class NetworkTables:
    """What could be read of a network whose tables may have faults."""

    nodes: dict[str, Node] | None
    """None where ``node.csv`` could not be read at all."""
    links: dict[str, Link] | None
    node_table: Table | None
    link_table: Table | None


def read_network(folder: Path) -> Network:
    """Read a GMNS folder.

    Raises
    ------
    BadInput
        With every fault of all tables.
    """
    faults: list[Fault] = []
    tables = read_network_tables(folder, NetworkRules(), faults)
    if faults or tables.nodes is None or tables.links is None:
        raise BadInput(faults)
    return Network(tables.nodes, tables.links)


def read_network_tables(
    folder: Path,
    rules: NetworkRules,
    faults: list[Fault],
    node_extra: tuple[str, ...] = (),
) -> NetworkTables:
    """Read the tables of a network, and add what is wrong with them to ``faults``.

    Parameters
    ----------
    folder
        The GMNS folder.
    rules
        What the tables have to state.
    faults
        Takes every fault.
    node_extra
        Further columns of ``node.csv`` that the caller knows.
    """
    length_unit, speed_unit = _units(folder, faults)
    node_table = open_table(folder / "node.csv", NODE_COLUMNS, (*NODE_EXTRA, *node_extra), faults)
    required = tuple(c for c in LINK_COLUMNS if c != "free_speed" or not rules.open_speed)
    if rules.capacity:
        required = (*required, "capacity")
    link_table = open_table(folder / "link.csv", required, LINK_EXTRA, faults)
    nodes = _nodes(node_table, rules, faults) if node_table is not None else None
    links = None
    if link_table is not None:
        links = _links(link_table, nodes, (length_unit, speed_unit), rules, faults)
    return NetworkTables(nodes, links, node_table, link_table)


def open_table(
    file: Path, required: tuple[str, ...], optional: tuple[str, ...], faults: list[Fault]
) -> Table | None:
    """Read a table that has to have rows; None, and its faults, where it cannot be read."""
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
    table = open_table(file, (), ("long_length", "speed"), faults) if is_there(file) else None
    if table is None or not table.rows:
        return _METRES["km"], _KMH["kph"]
    row = table.rows[0]
    for other in table.rows[1:2]:
        message = "expected one row, got another; units hold for the whole network"
        faults.append(Fault(table.where(other), "bad-value", message))
    found = []
    for column, units, default in (("long_length", _METRES, "km"), ("speed", _KMH, "kph")):
        name = row.get(column) or default
        if name not in units:
            message = f"{column}: expected one of {', '.join(units)}, got {shown(name)}"
            faults.append(Fault(table.where(row), "unknown-unit", message))
        found.append(units.get(name, units[default]))
    return found[0], found[1]


def _nodes(table: Table, rules: NetworkRules, faults: list[Fault]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        node_id = cells.identifier("node_id", nodes)
        lon, lat = _coordinates(cells, rules)
        if node_id is not None:
            # With a fault the node is kept, so that its links are not told as unknown as well.
            nodes[node_id] = Node(node_id, row.get("name"), row.get("name_local"), lon, lat)
    return nodes


def _coordinates(cells: Cells, rules: NetworkRules) -> tuple[float | None, float | None]:
    needed = rules.coordinates or not (
        cells.row.get("x_coord") is None and cells.row.get("y_coord") is None
    )
    lon = cells.degrees("x_coord", 180, "a longitude in degrees", required=needed)
    lat = cells.degrees("y_coord", 90, "a latitude in degrees", required=needed)
    return (lon, lat) if lon is not None and lat is not None else (None, None)


def _links(
    table: Table,
    nodes: Mapping[str, Node] | None,
    units: tuple[Fraction, Fraction],
    rules: NetworkRules,
    faults: list[Fault],
) -> dict[str, Link]:
    links: dict[str, Link] = {}
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        link_id = cells.identifier("link_id", links)
        ends = _ends(cells, nodes, rules)
        length = cells.positive("length", units[0], MOST_LENGTH_M, "m", zero=rules.degenerate)
        speed: Fraction | None = Fraction(0)
        if not rules.open_speed or cells.row.get("free_speed") is not None:
            speed = cells.positive("free_speed", units[1], MOST_SPEED_KMH, "km/h")
        directed = cells.flag("directed")
        link = _link(cells, rules, link_id or "?", ends, (length, speed))
        if link_id is None:
            continue
        links[link_id] = link
        if directed is False:
            back = _reversed(link)
            if back.id in links:
                cells.fault("duplicate-id", f"link_id: expected {back.id!r} to be free")
            links[back.id] = back
    return links


def _ends(cells: Cells, nodes: Mapping[str, Node] | None, rules: NetworkRules) -> tuple[str, str]:
    ends = []
    for column in ("from_node_id", "to_node_id"):
        node = cells.row.get(column) or ""
        ends.append(node)
        if nodes is not None and node not in nodes:
            near = did_you_mean(node, nodes)
            message = f"{column}: expected the id of a node, got {shown(node)}{near}"
            cells.fault("unknown-node", message)
    if ends[0] and ends[0] == ends[1] and not rules.degenerate:
        message = f"expected a link between two nodes, got one from {ends[0]!r} to itself"
        cells.fault("link-to-itself", message)
    return ends[0], ends[1]


def _link(
    cells: Cells,
    rules: NetworkRules,
    link_id: str,
    ends: tuple[str, str],
    figures: tuple[Fraction | None, Fraction | None],
) -> Link:
    text = cells.row.values.get
    length, speed = (figure if figure is not None else Fraction(1) for figure in figures)
    lanes = cells.whole("lanes", 100)
    capacity = _capacity(cells, rules)
    source = text("source_links")
    return Link(
        id=link_id,
        from_node=ends[0],
        to_node=ends[1],
        length_m=length,
        free_speed_kmh=speed,
        capacity_vph=capacity,
        lanes=lanes,
        name=text("name") or None,
        geometry=read_line(cells, text("geometry") or None),
        length_source=text("length_source") or None,
        length_assumed=text("length_assumed") or None,
        speed_source=text("speed_source") or None,
        speed_assumed=text("speed_assumed") or None,
        lanes_source=text("lanes_source") or None,
        lanes_assumed=text("lanes_assumed") or None,
        capacity_source=text("capacity_source") or None,
        capacity_assumed=text("capacity_assumed") or None,
        facility_type=text("facility_type") or None,
        source_links=tuple(source.split(";")) if source else (),
    )


def _capacity(cells: Cells, rules: NetworkRules) -> Fraction | None:
    if (cells.row.get("capacity") or "").lower() == UNLIMITED:
        return None
    what = f"vehicles an hour (or {UNLIMITED!r})"
    most = rules.most_capacity
    return cells.decimal("capacity", 0, most, what, required=rules.capacity)


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


def write_network(
    network: Network,
    folder: Path,
    *,
    rules: NetworkRules = NetworkRules(),
    node_extra: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    config: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write ``node.csv``, ``link.csv`` and ``config.csv`` (km, km/h) into an existing folder.

    Every link is written directed. Lengths and speeds are written exactly, as a decimal where
    there is one, else as a fraction; :func:`read_network` reads the same network back.

    Parameters
    ----------
    network
        The network.
    folder
        Where the tables go.
    rules
        What the tables have to state: where every capacity is asked for, one that is not limited
        is written as ``unlimited``, else left out.
    node_extra
        Further columns of ``node.csv``, each with its values by node.
    config
        Further columns of ``config.csv`` with their values.
    """
    nodes = (
        (n.id, n.name, n.lon, n.lat, n.name_local, *(v.get(n.id) for v in node_extra.values()))
        for n in network.nodes.values()
    )
    columns = ("node_id", "name", "x_coord", "y_coord", "name_local", *node_extra)
    _write(folder / "node.csv", columns, nodes)
    links = (_link_row(link, rules) for link in network.links.values())
    _write(folder / "link.csv", (*LINK_COLUMNS, *LINK_EXTRA), links)
    units = ("km", "kph", *config.values())
    _write(folder / "config.csv", ("long_length", "speed", *config), [units])


def _link_row(link: Link, rules: NetworkRules) -> tuple[object, ...]:
    unlimited = UNLIMITED if rules.capacity else None
    return (
        link.id,
        link.from_node,
        link.to_node,
        1,
        exact_text(link.length_m / 1000),
        exact_text(link.free_speed_kmh),
        link.name,
        exact_text(link.capacity_vph) if link.capacity_vph is not None else unlimited,
        link.lanes,
        write_line(link.geometry),
        link.length_source,
        link.length_assumed,
        link.speed_source,
        link.speed_assumed,
        link.lanes_source,
        link.lanes_assumed,
        link.capacity_source,
        link.capacity_assumed,
        link.facility_type,
        ";".join(link.source_links) or None,
    )


def _write(file: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
