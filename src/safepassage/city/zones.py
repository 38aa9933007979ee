"""Zones: how many people start where, as a table or a map tells it.

A zone is a row of a CSV file (at a node, or at a longitude and latitude: a point, the middle of a
hexagon), or a feature of a GeoJSON or GeoPackage file (a point or a polygon). P-codes, the place
codes of humanitarian operations, are kept wherever a column's name says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from shapely import Point
from shapely.geometry.base import BaseGeometry

from safepassage.city.features import Feature, read_features
from safepassage.errors import BadInput, Fault
from safepassage.files import Row, Table, read_table, shown, too_many
from safepassage.network.cells import Cells

__all__ = ["ZoneColumns", "ZonePlace", "read_destinations", "read_zones"]

#: People, or vehicles, of one zone; more is a slip of the pen.
MOST_PERSONS = 100_000_000
MOST_SECONDS = 366 * 86_400

_LON = ("lon", "x_coord", "longitude", "x")
_LAT = ("lat", "y_coord", "latitude", "y")
_PERSONS = ("persons", "population", "people", "pop", "T_TL")
_IDS = ("zone_id", "id", "fid", "OBJECTID")
_NAMES = ("name", "zone_name")
_KNOWN = (*_LON, *_LAT, *_PERSONS, *_IDS, *_NAMES, "node_id", "vehicles", "ready_s", "capacity")
_PCODE = re.compile(r"(?i)(?:adm(?:in)?\d?_?)?p[-_]?code")


@dataclass(frozen=True, slots=True)
class ZoneColumns:
    """Which column holds what, where the file does not use a usual name."""

    persons: str | None = None


@dataclass(frozen=True, slots=True)
class ZonePlace:
    """People, or vehicles, and where they start; or a place where they are safe."""

    where: str
    """File and row, for faults."""
    id: str
    name: str | None = None
    pcode: str | None = None
    persons: Fraction | None = None
    vehicles: Fraction | None = None
    """Where the file counts vehicles; for a destination what it receives at most."""
    ready_s: Fraction = Fraction(0)
    node: str | None = None
    """Id of a node, where the file names one; else there is a geometry."""
    geometry: BaseGeometry | None = field(default=None, compare=False)


def read_zones(file: Path, columns: ZoneColumns = ZoneColumns()) -> list[ZonePlace]:
    """Read where how many people, or vehicles, start.

    Raises
    ------
    BadInput
        With every fault of the file.
    """
    return _read(file, columns, "persons")


def read_destinations(file: Path) -> list[ZonePlace]:
    """Read places where a vehicle is safe; a column ``capacity`` limits the vehicles received.

    Raises
    ------
    BadInput
        With every fault of the file.
    """
    return _read(file, ZoneColumns(), "capacity")


def _read(file: Path, columns: ZoneColumns, kind: str) -> list[ZonePlace]:
    faults: list[Fault] = []
    if file.suffix.lower() in (".csv", ".txt"):
        zones = _of_table(file, columns, kind, faults)
    else:
        zones = _of_features(file, columns, kind, faults)
    if faults:
        raise BadInput(faults)
    return zones


def _of_table(file: Path, columns: ZoneColumns, kind: str, faults: list[Fault]) -> list[ZonePlace]:
    table = read_table(file, (columns.persons,) if columns.persons else (), _KNOWN)
    lon, lat = _first(_LON, table.columns), _first(_LAT, table.columns)
    where = table.where()
    if "node_id" not in table.columns and (lon is None or lat is None):
        message = "expected columns lon and lat, or node_id, got neither; name them so"
        raise BadInput.one(where, "missing-column", message)
    persons = columns.persons or _first(_PERSONS, table.columns)
    if kind == "persons" and persons is None and "vehicles" not in table.columns:
        message = (
            "expected a column population, persons or vehicles, got none; "
            "name one so, or point to it with --population COLUMN"
        )
        raise BadInput.one(where, "missing-column", message)
    if not table.rows:
        raise BadInput.one(where, "empty-table", "expected at least one row, got none")
    zones = []
    for number, row in enumerate(table.rows, 1):
        if too_many(faults, table.where(row)):
            break
        cells = Cells(table, row, faults)
        if row.get("role") not in (None, "origin" if kind == "persons" else "destination"):
            message = f"role: expected none or the file's own, got {shown(row.get('role'))}"
            cells.fault("unknown-word", f"{message}; origins and destinations are two files")
        node = row.get("node_id")
        geometry = None if node or lon is None or lat is None else _point(cells, lon, lat)
        if node is None and (lon is None or lat is None):
            cells.fault("bad-value", "node_id: expected the id of a node, got nothing")
        zones.append(_zone(cells, kind, persons, number, (node, geometry)))
    _refuse_repeated(zones, faults)
    return zones


def _first(names: Iterable[str], columns: Iterable[str]) -> str | None:
    """Return the first of some usual names that a file has, as the file spells it."""
    found = {column.lower(): column for column in columns}
    return next((found[name.lower()] for name in names if name.lower() in found), None)


def _point(cells: Cells, lon: str, lat: str) -> BaseGeometry | None:
    x = cells.decimal(lon, -180, 180, "a longitude in degrees")
    y = cells.decimal(lat, -90, 90, "a latitude in degrees")
    return Point(float(x), float(y)) if x is not None and y is not None else None


def _zone(
    cells: Cells,
    kind: str,
    persons: str | None,
    number: int,
    place: tuple[str | None, BaseGeometry | None],
) -> ZonePlace:
    row = cells.row
    count = vehicles = None
    if kind == "capacity":
        vehicles = _amount(cells, "capacity")
    else:
        vehicles = _amount(cells, "vehicles")
        if persons is not None:
            count = _amount(cells, persons)
    ready = cells.decimal("ready_s", 0, MOST_SECONDS, "seconds after the start", required=False)
    pcode = next((c for c in reversed(tuple(row.values)) if _PCODE.fullmatch(c)), None)
    return ZonePlace(
        where=cells.where,
        id=_text(row.values, _IDS) or (row.get(pcode) if pcode else None) or str(number),
        name=_text(row.values, _NAMES),
        pcode=row.get(pcode) if pcode else None,
        persons=count,
        vehicles=vehicles,
        ready_s=ready or Fraction(0),
        node=place[0],
        geometry=place[1],
    )


def _amount(cells: Cells, column: str) -> Fraction | None:
    return cells.decimal(column, 0, MOST_PERSONS, "a number", required=False)


def _text(values: Mapping[str, str], names: Iterable[str]) -> str | None:
    name = _first(names, values)
    return (values[name] or None) if name is not None else None


def _refuse_repeated(zones: Iterable[ZonePlace], faults: list[Fault]) -> None:
    seen: set[str] = set()
    for zone in zones:
        if zone.id in seen and not too_many(faults, zone.where):
            message = f"expected each zone once, got {shown(zone.id)} again; join or rename them"
            faults.append(Fault(zone.where, "duplicate-id", message))
        seen.add(zone.id)


def _of_features(
    file: Path, columns: ZoneColumns, kind: str, faults: list[Fault]
) -> list[ZonePlace]:
    features = read_features(file)
    known = {key for feature in features for key in feature.properties}
    persons = columns.persons or _first(_PERSONS, known)
    if kind == "persons" and persons not in known and "vehicles" not in known:
        message = (
            f"expected a property {columns.persons or 'population, persons or vehicles'}, got "
            "none; name one so, or point to it with --population NAME"
        )
        raise BadInput.one(str(file), "missing-column", message)
    zones = []
    for number, feature in enumerate(features, 1):
        if too_many(faults, feature.where):
            break
        cells = _cells(feature, number, faults)
        zones.append(_zone(cells, kind, persons, number, (None, feature.geometry)))
    _refuse_repeated(zones, faults)
    return zones


def _cells(feature: Feature, number: int, faults: list[Fault]) -> Cells:
    """Return the properties of a feature as the cells of a row, so that both are read alike."""
    row = Row(number, {key: _cell(value) for key, value in feature.properties.items()})
    return _FeatureCells(Table(feature.where, tuple(row.values), (row,)), row, faults)


class _FeatureCells(Cells):
    """Cells whose place is a feature's, not a line's."""

    @property
    def where(self) -> str:
        return self.table.file


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
