"""From a file of roads, and files of people and ways out, to a clearance instance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from safepassage.city.connectivity import leading_to, strong_parts
from safepassage.city.demand import DemandRow, Settlement, destination_rows, settle
from safepassage.city.exits import leave
from safepassage.city.features import read_polygon
from safepassage.city.findings import Finding
from safepassage.city.formats import read_source
from safepassage.city.gmns_source import carried_demand, carried_tables
from safepassage.city.inspect import inspect
from safepassage.city.roads import Roads
from safepassage.city.simplify import simplify
from safepassage.city.source import Source
from safepassage.city.tntp_trips import read_trips
from safepassage.city.turns import restrict_turns
from safepassage.city.zones import ZoneColumns, ZonePlace, read_destinations, read_zones
from safepassage.errors import BadInput

__all__ = ["City", "ImportOptions", "import_city"]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is wanted of an import."""

    service_roads: bool = False
    """Import service ways of OpenStreetMap as well."""
    units: tuple[str, str] | None = None
    """Of length and time in a TNTP file; None: as it tells, else assumed."""
    simplified: bool = True
    demand: Path | None = None
    """Who starts where: CSV, GeoJSON, GeoPackage, or a TNTP table of trips."""
    population: str | None = None
    """Column of the number of people, where it has no usual name."""
    occupancy: Fraction | None = None
    """People in a vehicle; None: assumed."""
    leave: Path | None = None
    """Polygon that is to be left: each road out of it ends at a destination."""
    destinations: Path | None = None
    """List of destinations: CSV, GeoJSON or GeoPackage."""


@dataclass(frozen=True, slots=True)
class City:
    """A clearance instance in the making."""

    source: Source
    options: ImportOptions
    roads: Roads
    demand: tuple[DemandRow, ...]
    findings: tuple[Finding, ...]
    tables: Mapping[str, str]
    """Tables of the source that go along, as text by name."""

    @property
    def imputed(self) -> dict[str, int]:
        """Number of links with an assumed value, by what is assumed."""
        return {
            column: self.roads.imputed(column)
            for column in ("length", "speed", "lanes", "capacity")
        }


def import_city(
    file: Path, options: ImportOptions = ImportOptions(), progress: Progress | None = None
) -> City:
    """Read roads, people and ways out, and prepare them for ``safepassage clear``.

    Parameters
    ----------
    file
        Roads: OpenStreetMap (PBF, XML), a TNTP ``_net`` file, or a GMNS folder.
    options
        What is wanted.
    progress
        Told now and then what is being done.

    Raises
    ------
    BadInput
        With the faults of the first file that has any.
    """
    _refuse_half_a_demand(options)
    say = progress or (lambda _: None)
    say("reading roads")
    source = read_source(
        file, service=options.service_roads, units=options.units, progress=progress
    )
    roads, findings = source.roads, list(source.findings)
    area = read_polygon(options.leave) if options.leave is not None else None
    zones = _zones(options)
    say("finding origins and destinations")
    roads, ends = _destinations(roads, area, options)
    roads, turned = _turns(roads, source, [row.node for row in ends])
    findings += turned
    outside = frozenset(source.roads.node_id) - frozenset(roads.node_id)
    settlement = Settlement(options.occupancy, area, outside)
    starts, placed = _origins(roads, zones, ends, settlement)
    findings += placed
    demand = (*starts, *ends)
    if options.simplified:
        say("simplifying")
        roads, demand = _simplified(roads, demand, source)
    findings += inspect(roads, demand or carried_demand(source, roads))
    tables = carried_tables(source, roads, own_demand=bool(demand))
    return City(source, options, roads, demand, tuple(_in_order(findings)), tables)


def _refuse_half_a_demand(options: ImportOptions) -> None:
    if options.demand is None and (options.occupancy is not None or options.population):
        option = "--occupancy" if options.occupancy is not None else "--population"
        message = "expected --demand FILE beside it, got none; add it"
        raise BadInput.one(option, "usage", message)
    if options.leave is not None and options.destinations is not None:
        message = "expected either --leave or --destinations, got both; leave one out"
        raise BadInput.one("--leave", "usage", message)
    if options.demand is not None and options.leave is None and options.destinations is None:
        message = "expected --leave POLYGON or --destinations FILE beside it, got neither; add one"
        raise BadInput.one("--demand", "usage", message)


def _zones(options: ImportOptions) -> list[ZonePlace]:
    if options.demand is None:
        return []
    if options.demand.suffix.lower() == ".tntp":
        return read_trips(options.demand)
    return read_zones(options.demand, ZoneColumns(persons=options.population))


def _destinations(
    roads: Roads, area: BaseGeometry | None, options: ImportOptions
) -> tuple[Roads, tuple[DemandRow, ...]]:
    """Return the roads, cut where they leave the area, and the rows of the destinations."""
    if area is not None and options.leave is not None:
        if np.isnan(roads.x_coord).any():
            message = "expected coordinates for every node, got none for some; leave --leave out"
            raise BadInput.one("--leave", "no-exit", message)
        left = leave(roads, area, options.leave)
        rows = [
            DemandRow(
                node,
                "destination",
                None,
                Fraction(0),
                ZonePlace(
                    str(options.leave),
                    left.roads.node_id[node],
                    left.roads.node_name[node],
                    node=left.roads.node_id[node],
                ),
                place_assumed="where a road leaves the area",
            )
            for node in left.exits
        ]
        return left.roads, tuple(rows)
    if options.destinations is not None:
        entered = np.zeros(roads.nodes, dtype=bool)
        entered[roads.to_node] = True
        places = read_destinations(options.destinations)
        return roads, destination_rows(roads, places, entered)
    return roads, ()


def _turns(roads: Roads, source: Source, destinations: list[int]) -> tuple[Roads, list[Finding]]:
    if not source.restrictions and not source.odd_restrictions:
        return roads, []
    roads, divided, left_out = restrict_turns(roads, source.restrictions, destinations)
    left_out.update(source.odd_restrictions)
    # A ban on a turn into a road that is not there forbids nothing.
    left_out.pop("not on an imported road", None)
    findings = []
    if divided:
        message = f"{divided:,} junction(s) were divided so that forbidden turns are impossible"
        findings.append(Finding.of("turn-restricted", message, count=divided))
    if left_out:
        told = ", ".join(f"{reason}: {n:,}" for reason, n in sorted(left_out.items()))
        message = f"{left_out.total():,} turn restriction(s) are left out ({told})"
        findings.append(Finding.of("turn-not-modelled", message, count=left_out.total()))
    return roads, findings


def _origins(
    roads: Roads,
    zones: list[ZonePlace],
    ends: tuple[DemandRow, ...],
    settlement: Settlement,
) -> tuple[tuple[DemandRow, ...], tuple[Finding, ...]]:
    if not zones:
        return (), ()
    # Copies of a divided node are no place to start: their ids are told nowhere else.
    # Nor is a motorway, which nobody lives on.
    candidates = np.zeros(roads.nodes, dtype=bool)
    candidates[roads.from_node[~_of_kind(roads, "motorway", "motorway_link")]] = True
    candidates[roads.to_node[_of_kind(roads, "turn")]] = False
    out = [row.node for row in ends]
    leads_out = leading_to(roads, out) if out else strong_parts(roads) == 0
    placed = settle(roads, zones, settlement, candidates, leads_out)
    return placed.rows, placed.findings


def _of_kind(roads: Roads, *kinds: str) -> npt.NDArray[np.bool_]:
    codes = [i for i, text in enumerate(roads.texts) if text in kinds]
    return np.isin(roads.text["facility_type"], codes)


def _simplified(
    roads: Roads, demand: tuple[DemandRow, ...], source: Source
) -> tuple[Roads, tuple[DemandRow, ...]]:
    """Contract the roads, with every node kept that demand or a table of the source names."""
    names = {roads.node_id[row.node] for row in demand} | source.protected
    protected = [i for i, node in enumerate(roads.node_id) if node in names]
    complete = bool(demand) or "demand.csv" in source.tables
    smaller = simplify(roads, protected, dead_ends=complete)
    position = {node: i for i, node in enumerate(smaller.node_id)}
    return smaller, tuple(_moved(row, position[roads.node_id[row.node]]) for row in demand)


def _moved(row: DemandRow, node: int) -> DemandRow:
    return replace(row, node=node)


def _in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.severity != "warning")
