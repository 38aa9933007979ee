"""``safepassage network import``."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from safepassage.cli.exits import GOOD, NO
from safepassage.cli.output import json_option, write_json, write_line
from safepassage.cli.progress import shown_progress
from safepassage.report.wording import plural

if TYPE_CHECKING:
    from safepassage.city.importing import City

__all__ = ["command"]


@click.group("network", short_help="Make a network of roads from map data.")
def command() -> None:
    """Make a network of roads from map data."""


def _occupancy(_: click.Context, __: click.Parameter, value: str | None) -> Fraction | None:
    if value is None:
        return None
    from safepassage.network.cells import exact_number

    number = exact_number(value)
    if number is None or not 0 < number <= 100:
        raise click.BadParameter("expected persons a vehicle, over 0 and at most 100")
    return number


def _units(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    length, _comma, time = value.partition(",")
    if length not in ("mi", "ft", "km", "m") or time not in ("min", "s", "h"):
        raise click.BadParameter("expected mi, ft, km or m, a comma, and min, s or h")
    return length, time


@command.command("import", short_help="Make a GMNS folder from OpenStreetMap, TNTP or GMNS.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    help="Write the tables into this folder: new, empty, or of an earlier import.",
)
@click.option(
    "--demand",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who starts where: CSV (lon, lat or node_id; persons or vehicles), GeoJSON or GeoPackage "
    "of points or polygons, or a TNTP table of trips.",
)
@click.option(
    "--population", metavar="COLUMN", help="Column of FILE that holds the number of people."
)
@click.option(
    "--occupancy",
    callback=_occupancy,
    metavar="N",
    help="Persons in a vehicle; without it 2.5 are assumed, and marked so.",
)
@click.option(
    "--leave",
    type=click.Path(path_type=Path),
    metavar="POLYGON",
    help="Leave this area (GeoJSON, GeoPackage): every road out of it ends at a destination.",
)
@click.option(
    "--destinations",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where people are safe: CSV, GeoJSON or GeoPackage of points, with capacity if limited.",
)
@click.option("--service-roads", is_flag=True, help="Import service roads of OpenStreetMap too.")
@click.option(
    "--units",
    callback=_units,
    metavar="LENGTH,TIME",
    help="Units of a TNTP file, such as mi,min or m,s; else those that it states, or mi,min.",
)
@click.option("--keep-nodes", is_flag=True, help="Do not contract the roads to their junctions.")
@json_option
def import_(
    file: Path,
    out: Path,
    demand: Path | None,
    population: str | None,
    occupancy: Fraction | None,
    leave: Path | None,
    destinations: Path | None,
    *,
    service_roads: bool,
    units: tuple[str, str] | None,
    keep_nodes: bool,
    as_json: bool,
) -> int:
    """Make a GMNS folder from the roads in FILE, for `safepassage clear`.

    FILE is an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz), a TNTP network (_net.tntp) or a
    GMNS folder. Only roads for cars are taken; missing lanes, speeds and capacities are filled in
    from tables, and marked. Roads are contracted to their junctions, which changes no clearance
    time; the column source_links leads back. How the folder was made stands in import.json.

    Exits with 1 if there are warnings, such as people who have no way out.
    """
    from safepassage.city.folder import refuse_folder, write_city
    from safepassage.city.importing import ImportOptions, import_city

    refuse_folder(out)
    options = ImportOptions(
        service_roads=service_roads,
        units=units,
        simplified=not keep_nodes,
        demand=demand,
        population=population,
        occupancy=occupancy,
        leave=leave,
        destinations=destinations,
    )
    with shown_progress() as progress:
        city = import_city(file, options, progress)
        files = write_city(city, out)
    if as_json:
        write_json(_data(city, files))
    else:
        _tell(city, out)
    return NO if any(f.severity == "warning" for f in city.findings) else GOOD


def _data(city: City, files: tuple[Path, ...]) -> dict[str, object]:
    origins = [row for row in city.demand if row.role == "origin"]
    return {
        "nodes": city.roads.nodes,
        "links": city.roads.links,
        "imputed": sum(city.imputed.values()),
        "imputed_by_column": city.imputed,
        "findings": [finding.to_json() for finding in city.findings],
        "origins": len({row.node for row in origins}),
        "destinations": len(city.demand) - len(origins),
        "persons": float(sum(row.persons or 0 for row in origins)),
        "vehicles": float(sum(row.vehicles or 0 for row in origins)),
        "source": {"format": city.source.format, "sha256": city.source.sha256},
        "files": [str(file) for file in files],
    }


def _tell(city: City, out: Path) -> None:
    before = city.source.roads
    write_line(
        f"{city.roads.nodes:,} nodes and {city.roads.links:,} links, "
        f"from {before.nodes:,} and {before.links:,} in {city.source.file}"
    )
    origins = [row for row in city.demand if row.role == "origin"]
    if city.demand:
        vehicles = float(sum(row.vehicles or 0 for row in origins))
        write_line(
            f"{vehicles:,.0f} vehicles at {plural(len({r.node for r in origins}), 'origin')}, "
            f"{plural(len(city.demand) - len(origins), 'destination')}"
        )
    for found in city.findings:
        write_line(f"  {found.severity}: {found.message} ({found.code})")
    if city.source.licence:
        write_line(f"Roads: {city.source.licence}")
    if city.demand:
        write_line(f"Next: safepassage clear {out}")
