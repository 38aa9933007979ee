"""The same features as a GeoPackage (OGC 12-128r19): SQLite with three tables of features.

Written by hand on top of ``sqlite3``: the part of the standard that is needed is one page long, and
the libraries that write it bring GDAL along.
"""

from __future__ import annotations

import sqlite3
import struct
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from safepassage.report.clearance.facts import ClearanceFacts
from safepassage.report.clearance.geojson import features
from safepassage.report.clearance.uses import Point, RoadUse

__all__ = ["write_geopackage"]

_APPLICATION_ID: Final = 0x47504B47  # "GPKG"
_VERSION: Final = 10_300
_WGS84: Final = 4326
_DEFINITION: Final = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)
#: The same result gives the same file, so no table says when it was written.
_CHANGED: Final = "2000-01-01T00:00:00.000Z"

_SCHEMA: Final = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL, min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""
_ENTERED: Final = "link_id TEXT, name TEXT, vehicles DOUBLE, from_s DOUBLE, to_s DOUBLE"
_LAYERS: Final = {
    "flow": ("LINESTRING", f"{_ENTERED}, share_of_capacity DOUBLE"),
    "bottleneck": ("LINESTRING", _ENTERED),
    "place": ("POINT", "node_id TEXT, name TEXT, role TEXT, vehicles DOUBLE"),
}


def write_geopackage(facts: ClearanceFacts, uses: Sequence[RoadUse], file: Path) -> None:
    """Write a new GeoPackage with the layers ``flow``, ``bottleneck`` and ``place``.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    rows: defaultdict[str, list[tuple[tuple[Point, ...] | None, dict[str, Any]]]] = defaultdict(
        list
    )
    for layer, points, properties in features(facts, uses):
        rows[layer].append((points, properties))
    try:
        with closing(sqlite3.connect(file)) as database:
            database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            database.execute(f"PRAGMA user_version = {_VERSION}")
            database.executescript(_SCHEMA)
            _reference_systems(database)
            for layer in _LAYERS:
                _layer(database, layer, rows[layer])
            database.commit()
    except sqlite3.Error as error:
        raise OSError(f"the GeoPackage could not be written: {error}") from None


def _reference_systems(database: sqlite3.Connection) -> None:
    database.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
            ("WGS 84 geodetic", _WGS84, "EPSG", _WGS84, _DEFINITION, None),
        ],
    )


def _layer(
    database: sqlite3.Connection,
    layer: str,
    rows: Sequence[tuple[tuple[Point, ...] | None, dict[str, Any]]],
) -> None:
    shape, columns = _LAYERS[layer]
    database.execute(
        f"CREATE TABLE {layer} (fid INTEGER PRIMARY KEY AUTOINCREMENT, geom {shape}, {columns})"
    )
    points = [point for line, _ in rows for point in line or ()]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    box = (min(lons), min(lats), max(lons), max(lats)) if points else (None,) * 4
    database.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        (layer, layer, _CHANGED, *box, _WGS84),
    )
    database.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (layer, shape, _WGS84)
    )
    names = [column.split()[0] for column in columns.split(", ")]
    places = ", ".join("?" * (len(names) + 1))
    # Names of tables and columns are those of the constant above.
    database.executemany(
        f"INSERT INTO {layer} (geom, {', '.join(names)}) VALUES ({places})",  # noqa: S608 - our own names
        [(_geometry(shape, line), *(told[name] for name in names)) for line, told in rows],
    )


def _geometry(shape: str, points: tuple[Point, ...] | None) -> bytes | None:
    """Write a geometry: the header of the standard, then well-known binary, little-endian."""
    if points is None:
        return None
    header = b"GP" + struct.pack("<BBi", 0, 1, _WGS84)
    if shape == "POINT":
        return header + struct.pack("<BIdd", 1, 1, *points[0])
    flat = [number for point in points for number in point]
    return header + struct.pack(f"<BII{len(flat)}d", 1, 2, len(points), *flat)
