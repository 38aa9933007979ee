"""Read a clearance instance: a GMNS folder with ``demand.csv``.

Beside the tables of a network (capacities stated, coordinates optional) these are read:

``demand.csv``
    ``node_id``, ``role`` (``origin`` or ``destination``), ``vehicles``, ``ready_s``, ``pce``. An
    origin may stand on several rows, one for each moment at which some of its vehicles are ready.
``node.csv``
    ``longest_wait_s`` limits a single wait at the node.
``link_tod.csv``
    Capacities and closures by time; see :mod:`safepassage.network.link_tod`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from safepassage.errors import BadInput, Fault
from safepassage.files import (
    Table,
    did_you_mean,
    is_folder,
    read_table,
    shown,
    tables_digest,
    too_many,
)
from safepassage.network.cells import Cells
from safepassage.network.gmns import NetworkRules, open_table, read_network_tables
from safepassage.network.link_tod import read_changes
from safepassage.network.network import Network
from safepassage.network.road_instance import Destination, Origin, RoadInstance

__all__ = ["CLEARANCE_TABLES", "EXAMPLE", "open_clearance", "read_clearance_folder"]

EXAMPLE = "(example)"
"""Location of the bundled instance, a town on a river that does not exist."""

_EXAMPLE_FOLDER = Path(__file__).parent / "example"

CLEARANCE_TABLES = ("config.csv", "demand.csv", "link.csv", "link_tod.csv", "node.csv")
"""What the digest of an instance is made over; tables that are not there are left out."""

_RULES = NetworkRules(
    coordinates=False, capacity=True, degenerate=True, most_capacity=1_000_000_000
)
_DEMAND_COLUMNS = ("node_id", "role")
_DEMAND_EXTRA = ("vehicles", "ready_s", "pce", "vehicle_class", "name")
_ROLES = ("origin", "destination")

#: Vehicles on one row, and of all origins together; more is a slip of the pen.
MOST_VEHICLES = 100_000_000
MOST_SECONDS = 366 * 86_400
#: Passenger-car equivalents of one vehicle.
MOST_PCE = 100


def open_clearance(location: str | Path) -> RoadInstance:
    """Read the instance at a location that a result file records: a folder, or the example.

    Raises
    ------
    BadInput
        With every fault of all tables.
    """
    if str(location) == EXAMPLE:
        return replace(read_clearance_folder(_EXAMPLE_FOLDER), location=EXAMPLE)
    return read_clearance_folder(location)


def read_clearance_folder(folder: str | Path) -> RoadInstance:
    """Read a clearance instance.

    Parameters
    ----------
    folder
        Holds ``node.csv``, ``link.csv`` and ``demand.csv``, optionally ``config.csv`` and
        ``link_tod.csv``.

    Raises
    ------
    BadInput
        With every fault of all tables.
    """
    path = Path(folder)
    if not is_folder(path):
        message = "expected a folder with node.csv, link.csv and demand.csv, got none"
        raise BadInput.one(str(folder), "missing-file", message)
    faults: list[Fault] = []
    _check_capacity_over(path, faults)
    tables = read_network_tables(path, _RULES, faults, ("longest_wait_s",))
    waits = _longest_waits(tables.node_table, faults) if tables.node_table is not None else {}
    changes, told_until = read_changes(path, tables.links, faults)
    demand = open_table(path / "demand.csv", _DEMAND_COLUMNS, _DEMAND_EXTRA, faults)
    origins: list[Origin] = []
    destinations: dict[str, Destination] = {}
    if demand is not None and demand.rows:
        origins, destinations = _demand(demand, tables.nodes, faults)
    if faults or tables.nodes is None or tables.links is None:
        raise BadInput(faults)
    return RoadInstance(
        network=Network(tables.nodes, tables.links),
        origins=tuple(origins),
        destinations=tuple(destinations.values()),
        changes=changes,
        longest_wait_s=MappingProxyType(waits),
        told_until_s=told_until,
        location=str(folder),
        digest=tables_digest(path, CLEARANCE_TABLES),
    )


def _check_capacity_over(folder: Path, faults: list[Fault]) -> None:
    """Refuse capacities a lane where ``config.csv`` says that they are."""
    try:
        table = read_table(folder / "config.csv", ())
    except BadInput:
        return  # told when the units are read, or there is none
    over = table.rows[0].get("capacity_over") if table.rows else None
    if over not in (None, "link"):
        message = (
            f"capacity_over: expected 'link' (capacities over all lanes), got {shown(over)}; "
            "make such tables with 'safepassage network import', or multiply by the lanes"
        )
        faults.append(Fault(table.where(table.rows[0]), "bad-value", message))


def _longest_waits(table: Table, faults: list[Fault]) -> dict[str, Fraction]:
    if "longest_wait_s" not in table.columns:
        return {}
    waits = {}
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        what = "seconds (or nothing: no limit)"
        cells = Cells(table, row, faults)
        wait = cells.decimal("longest_wait_s", 0, MOST_SECONDS, what, required=False)
        if wait is not None:
            waits[row.values["node_id"]] = wait
    return waits


def _demand(
    table: Table, nodes: Container[str] | None, faults: list[Fault]
) -> tuple[list[Origin], dict[str, Destination]]:
    origins: list[Origin] = []
    destinations: dict[str, Destination] = {}
    roles = set()
    for row in table.rows:
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        node = _node(cells, nodes)
        role = row.get("role") or ""
        roles.add(role)
        if role == "origin":
            origin = _origin(cells, node)
            if origin is not None:
                origins.append(origin)
        elif role == "destination":
            if node in destinations:
                message = f"node_id: expected each destination once, got {shown(node)} again"
                cells.fault("duplicate-id", message)
            destinations[node] = Destination(node, _reception(cells))
        else:
            near = did_you_mean(role, _ROLES)
            message = f"role: expected 'origin' or 'destination', got {shown(role or 'nothing')}"
            cells.fault("unknown-word", message + near)
    _whole(table, origins, roles, faults)
    return origins, destinations


def _node(cells: Cells, nodes: Container[str] | None) -> str:
    node = cells.row.get("node_id") or ""
    if nodes is not None and node not in nodes:
        near = did_you_mean(node, nodes) if isinstance(nodes, Mapping) else ""
        message = f"node_id: expected the id of a node, got {shown(node or 'nothing')}{near}"
        cells.fault("unknown-node", message)
    return node


def _origin(cells: Cells, node: str) -> Origin | None:
    """Return the vehicles of a row; None where it has none, or faults."""
    vehicles = cells.decimal("vehicles", 0, MOST_VEHICLES, "a number of vehicles")
    ready = cells.decimal("ready_s", 0, MOST_SECONDS, "seconds after the start", required=False)
    pce = Fraction(1)
    if cells.row.get("pce") is not None:
        pce = cells.positive("pce", Fraction(1), MOST_PCE, "cars a vehicle") or pce
    return Origin(node, vehicles * pce, ready or Fraction(0)) if vehicles else None


def _reception(cells: Cells) -> Fraction | None:
    what = "a number of vehicles (or nothing: no limit)"
    capacity = cells.decimal("vehicles", 0, MOST_VEHICLES, what, required=False)
    # The limit is one of equivalents, as the flow is; a column for a class says nothing of it.
    for column in ("ready_s", "pce"):
        text = cells.row.get(column)
        if text is not None and Fraction(cells.number(column, "a number") or 0) not in (0, 1):
            message = f"{column}: expected nothing for a destination, got {shown(text)}; empty it"
            cells.fault("bad-value", message)
    return capacity


def _whole(table: Table, origins: list[Origin], roles: set[str], faults: list[Fault]) -> None:
    """Add what is wrong with the demand as a whole."""
    where = table.where()
    for role in _ROLES:
        if role not in roles:
            message = f"expected at least one row of role {role!r}, got none; add it"
            faults.append(Fault(where, "role-missing", message))
    vehicles = sum((origin.vehicles for origin in origins), Fraction(0))
    if vehicles > MOST_VEHICLES:
        message = (
            f"vehicles: expected at most {MOST_VEHICLES:,} in all, got {float(vehicles):,.0f}; "
            "check the numbers and their unit"
        )
        faults.append(Fault(where, "absurd-number", message))
    if "origin" in roles and not faults and vehicles == 0:
        message = "vehicles: expected at least one vehicle at some origin, got none"
        faults.append(Fault(where, "no-vehicles", message))
