"""Read points and polygons with their properties: GeoJSON and GeoPackage, in WGS 84 only.

References
----------
RFC 7946 (GeoJSON); OGC 12-128r18 (GeoPackage).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from safepassage.errors import BadInput, Fault
from safepassage.files import read_text, shown, too_many
from safepassage.identity import identity_fault

__all__ = ["Feature", "read_features", "read_polygon"]

#: Largest GeoJSON, in bytes (in memory it takes ten times that), and most features.
MOST_BYTES = 64 * 1024 * 1024
MOST_FEATURES = 500_000
_DEGREES = (4326, 4979)
#: Bytes of a GeoPackage envelope by its kind, before the WKB (OGC 12-128r18, 2.1.3).
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_SOME = ("Point", "MultiPoint", "Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Feature:
    """A place on the map, and what the file says of it."""

    where: str
    """The file, and which of its features."""
    properties: Mapping[str, Any]
    geometry: BaseGeometry
    """A point or a polygon (or several), in degrees."""


def read_features(file: Path) -> list[Feature]:
    """Read every feature with a point or polygon.

    Raises
    ------
    BadInput
        If the file is missing, damaged, in other coordinates than WGS 84, or has no feature.
    """
    raw = (_geopackage if file.suffix.lower() == ".gpkg" else _geojson)(file)
    faults: list[Fault] = []
    features = []
    for number, (properties, geometry) in enumerate(raw, 1):
        where = f"{file}: feature {number}"
        if too_many(faults, where):
            break
        found = _faults(where, properties, geometry)
        faults += found
        if not found:
            features.append(Feature(where, properties, geometry))
    if not features and not faults:
        message = "expected at least one feature, got none"
        faults.append(Fault(str(file), "empty-table", message))
    if faults:
        raise BadInput(faults)
    return features


def read_polygon(file: Path) -> BaseGeometry:
    """Return the polygon of a file, all of its polygons together.

    Raises
    ------
    BadInput
        As :func:`read_features`; and if a feature is not a polygon.
    """
    features = read_features(file)
    faults = [
        Fault(f.where, "bad-geometry", f"expected a polygon, got a {f.geometry.geom_type}")
        for f in features
        if "Polygon" not in f.geometry.geom_type
    ]
    if faults:
        raise BadInput(faults)
    return shapely.unary_union([f.geometry for f in features])


def _faults(where: str, properties: Mapping[str, Any], geometry: BaseGeometry) -> list[Fault]:
    faults = [fault for key in properties if (fault := identity_fault(where, key))]
    if geometry.geom_type not in _SOME:
        message = f"expected a point or a polygon, got a {geometry.geom_type}"
        return [*faults, Fault(where, "bad-geometry", message)]
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        message = "expected coordinates, got none, or some that are no numbers"
        return [*faults, Fault(where, "bad-geometry", message)]
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        message = (
            f"expected longitude and latitude in degrees (WGS 84), got {west:.6g} {south:.6g} to "
            f"{east:.6g} {north:.6g}; save the file in EPSG:4326"
        )
        return [*faults, Fault(where, "wrong-coordinates", message)]
    if not geometry.is_valid:
        message = f"expected a polygon without crossings, got: {explain_validity(geometry)}"
        return [*faults, Fault(where, "bad-geometry", f"{message}; mend it in a map editor")]
    return faults


def _geojson(file: Path) -> Iterator[tuple[Mapping[str, Any], BaseGeometry]]:
    text = read_text(file, MOST_BYTES)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        message = f"expected GeoJSON, got: {shown(str(error), 100)}"
        raise BadInput.one(f"{file}{line}", "not-geojson", message) from None
    _refuse_other_crs(file, data)
    found = data.get("features") if isinstance(data, dict) else None
    if isinstance(data, dict) and data.get("type") == "Feature":
        found = [data]
    elif isinstance(data, dict) and data.get("type") in _SOME:
        found = [{"geometry": data, "properties": {}}]
    if not isinstance(found, list):
        message = "expected a GeoJSON feature collection, got something else"
        raise BadInput.one(str(file), "not-geojson", message)
    for number, feature in enumerate(found, 1):
        try:
            properties = feature["properties"] or {}
            geometry = shape(feature["geometry"])
            yield dict(properties), geometry
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            message = "expected a feature with properties and a geometry, got something else"
            where = f"{file}: feature {number}"
            raise BadInput.one(where, "not-geojson", message) from None


def _refuse_other_crs(file: Path, data: Any) -> None:
    """GeoJSON is WGS 84; files from before RFC 7946 may name another system."""
    crs = data.get("crs") if isinstance(data, dict) else None
    if crs is None:
        return
    try:
        name = str(crs["properties"]["name"])
    except (KeyError, TypeError):
        name = str(crs)
    if not name.endswith(("CRS84", ":4326")):
        message = f"expected WGS 84, got {shown(name)}; save the file in EPSG:4326"
        raise BadInput.one(str(file), "wrong-coordinates", message)


def _geopackage(file: Path) -> Iterator[tuple[Mapping[str, Any], BaseGeometry]]:
    if not file.is_file():
        raise BadInput.one(str(file), "missing-file", "expected a file, got none; add it")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            yield from _layer(file, database)
    except sqlite3.DatabaseError as error:
        message = f"expected a GeoPackage, got: {shown(str(error), 100)}"
        raise BadInput.one(str(file), "not-geopackage", message) from None


def _layer(
    file: Path, database: sqlite3.Connection
) -> Iterator[tuple[Mapping[str, Any], BaseGeometry]]:
    layers = database.execute(
        "select c.table_name as name, g.column_name as geometry, s.organization as organization,"
        " s.organization_coordsys_id as crs from gpkg_contents c"
        " join gpkg_geometry_columns g on g.table_name = c.table_name"
        " join gpkg_spatial_ref_sys s on s.srs_id = g.srs_id"
        " where c.data_type = 'features'"
    ).fetchall()
    if len(layers) != 1:
        names = ", ".join(str(layer["name"]) for layer in layers) or "none"
        message = f"expected one layer of features, got {shown(names)}; save only the one"
        raise BadInput.one(str(file), "not-geopackage", message)
    (layer,) = layers
    if str(layer["organization"]).upper() != "EPSG" or layer["crs"] not in _DEGREES:
        got = f"{layer['organization']}:{layer['crs']}"
        message = f"expected WGS 84 (EPSG:4326), got {shown(got)}; save the layer in EPSG:4326"
        raise BadInput.one(str(file), "wrong-coordinates", message)
    name = str(layer["name"]).replace('"', '""')
    # A table's name cannot be a parameter; it is quoted as SQL has it.
    rows = database.execute(f'select * from "{name}" limit {MOST_FEATURES + 1}')  # noqa: S608 - quoted
    for number, row in enumerate(rows, 1):
        where = f"{file}: feature {number}"
        if number > MOST_FEATURES:
            message = f"expected at most {MOST_FEATURES:,} features, got more; divide the file"
            raise BadInput.one(str(file), "too-many-rows", message)
        properties = dict(row)
        yield properties, _geometry(where, properties.pop(layer["geometry"]))


def _geometry(where: str, blob: object) -> BaseGeometry:
    """Return the geometry of a GeoPackage blob: a header, then well-known binary."""
    try:
        if not isinstance(blob, bytes) or blob[:2] != b"GP":
            raise ValueError("no GeoPackage geometry")
        begin = 8 + _ENVELOPES[blob[3] >> 1 & 7]
        return shapely.from_wkb(blob[begin:])
    except (ValueError, KeyError, IndexError, shapely.errors.ShapelyError):
        message = "expected a geometry, got none, or a damaged one"
        raise BadInput.one(where, "bad-geometry", message) from None
