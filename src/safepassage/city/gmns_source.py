"""Read a GMNS folder as a source of roads, with what it leaves open imputed.

GMNS states a capacity a lane (``link.csv``, *capacity*, in version 0.96); a clearance instance,
which has a ``demand.csv``, states it over all lanes, and so does a folder whose ``config.csv`` says
``capacity_over`` ``link``. Elsewhere, capacities of links with several lanes are multiplied, and a
finding says so.
"""

from __future__ import annotations

import csv
import hashlib
import io
from fractions import Fraction
from pathlib import Path

import numpy as np

from safepassage.city.demand import DemandRow
from safepassage.city.findings import Finding
from safepassage.city.impute import impute
from safepassage.city.roads import NOT_TOLD, Roads, roads_of
from safepassage.city.source import Source
from safepassage.city.zones import ZonePlace
from safepassage.errors import BadInput, Fault
from safepassage.files import MOST_TABLE_BYTES, Table, is_file, read_table, read_text
from safepassage.network.cells import exact_number
from safepassage.network.gmns import (
    NetworkRules,
    NetworkTables,
    read_network_tables,
)
from safepassage.network.network import Network

__all__ = ["CAPACITY_OVER", "carried_demand", "carried_tables", "read_gmns_source"]

#: Column of ``config.csv`` that says what a capacity counts: ``link`` or ``lane``.
CAPACITY_OVER = "capacity_over"
_RULES = NetworkRules(
    coordinates=False, degenerate=True, open_speed=True, most_capacity=1_000_000_000
)
_TABLES = {"demand.csv": ("node_id", "role"), "link_tod.csv": ("link_id",)}
_CONFIG = ("start_time",)


def read_gmns_source(folder: Path) -> Source:
    """Read a GMNS folder.

    Raises
    ------
    BadInput
        With every fault of its tables.
    """
    faults: list[Fault] = []
    tables = read_network_tables(folder, _RULES, faults, ("longest_wait_s",))
    if faults or tables.nodes is None or tables.links is None or tables.link_table is None:
        raise BadInput(faults)
    roads = roads_of(Network(tables.nodes, tables.links))
    config = _config(folder)
    extra = {}
    for name, required in _TABLES.items():
        if is_file(folder / name):
            read_table(folder / name, required)
            extra[name] = read_text(folder / name, MOST_TABLE_BYTES)
    roads, findings = _capacities(roads, tables.link_table, config, instance="demand.csv" in extra)
    names = sorted(("node.csv", "link.csv", "config.csv", *extra))
    digest = hashlib.sha256()
    for name in names:
        if is_file(folder / name):
            digest.update((folder / name).read_bytes())
    return Source(
        file=folder.resolve().name,
        format="gmns",
        sha256=digest.hexdigest(),
        licence=None,
        roads=roads,
        findings=tuple(findings),
        protected=_protected(tables, extra),
        tables=extra,
        longest_wait_s=_waits(tables),
        config={name: config[name] for name in _CONFIG if config.get(name)},
    )


def _config(folder: Path) -> dict[str, str]:
    if not is_file(folder / "config.csv"):
        return {}
    table = read_table(folder / "config.csv", ())
    return dict(table.rows[0].values) if table.rows else {}


def _capacities(
    roads: Roads, table: Table, config: dict[str, str], *, instance: bool
) -> tuple[Roads, list[Finding]]:
    """Return the roads with capacities over all lanes, and those that are missing imputed."""
    told = {row.values["link_id"]: row.get("capacity") for row in table.rows}
    capacity = roads.capacity.copy()
    for i, link in enumerate(roads.link_id):
        # The way back of a link with ``directed`` 0 is not in the table.
        text = told[link] if link in told else told[link.removesuffix("~")]
        if text is None:
            capacity[i] = NOT_TOLD
    a_lane = (capacity > 0) & (roads.lanes > 1)
    findings = []
    if not instance and config.get(CAPACITY_OVER) != "link" and a_lane.any():
        capacity = np.where(a_lane, capacity * roads.lanes, capacity)
        count = int(np.count_nonzero(a_lane))
        message = (
            f"capacities of {count:,} link(s) with several lanes were taken as a lane's, as GMNS "
            f"has it; state {CAPACITY_OVER} 'link' in config.csv where they are the link's"
        )
        findings.append(Finding.of("capacity-a-lane", message, count=count))
    return impute(roads.changed(capacity=capacity)), findings


def _protected(tables: NetworkTables, extra: dict[str, str]) -> frozenset[str]:
    """Return the nodes that a table says something of.

    Waiting at the beginning of a road instead of within it is what makes contracting exact. Where
    a node limits waiting, the roads that touch it are therefore left as they are.
    """
    nodes: set[str] = set()
    links = tables.links or {}
    limited = set()
    if tables.node_table is not None:
        limited = {
            row.values["node_id"] for row in tables.node_table.rows if row.get("longest_wait_s")
        }
    named = {row.get("link_id") for row in _rows_of(extra.get("link_tod.csv", ""))}
    for link in links.values():
        ends = {link.from_node, link.to_node}
        if link.id.removesuffix("~") in named or link.id in named or ends & limited:
            nodes |= ends
    nodes |= {node for row in _rows_of(extra.get("demand.csv", "")) if (node := row.get("node_id"))}
    return frozenset(nodes | limited)


def _rows_of(text: str) -> list[dict[str, str]]:
    return [
        {(key or "").strip(): (value or "").strip() for key, value in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _waits(tables: NetworkTables) -> dict[str, str]:
    if tables.node_table is None:
        return {}
    return {
        row.values["node_id"]: wait
        for row in tables.node_table.rows
        if (wait := row.get("longest_wait_s"))
    }


def carried_tables(source: Source, roads: Roads, *, own_demand: bool) -> dict[str, str]:
    """Return the tables of the source as they hold for the imported roads.

    Rows for links that are gone are left out.

    Parameters
    ----------
    source
        A GMNS folder, or one without tables of the kind.
    roads
        The roads as they are written.
    own_demand
        The import has a demand of its own, which replaces the source's.
    """
    tables = dict(source.tables)
    if own_demand:
        tables.pop("demand.csv", None)
    if "link_tod.csv" not in tables:
        return tables
    rows = _rows_of(tables["link_tod.csv"])
    there = set(roads.link_id)
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]) if rows else ["link_id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if row.get("link_id") in there)
    tables["link_tod.csv"] = written.getvalue()
    return tables


def carried_demand(source: Source, roads: Roads) -> tuple[DemandRow, ...]:
    """Return the source's own demand, as far as it can be read; ``clear`` reads it strictly."""
    position = {node: i for i, node in enumerate(roads.node_id)}
    rows = []
    for row in _rows_of(source.tables.get("demand.csv", "")):
        node, role = row.get("node_id", ""), row.get("role", "")
        if node in position and role in ("origin", "destination"):
            zone = ZonePlace("demand.csv", row.get("zone_id") or node, node=node)
            vehicles = exact_number(row.get("vehicles", ""))
            if role == "destination" or vehicles:
                rows.append(DemandRow(position[node], role, vehicles, Fraction(0), zone))
    return tuple(rows)
