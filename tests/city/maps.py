"""GeoJSON and GeoPackage files made for a test."""

from __future__ import annotations

import json
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

Feature = tuple[dict[str, Any], BaseGeometry]


def write_geojson(file: Path, *features: Feature, **more: Any) -> Path:
    """A feature collection, with further members."""
    data = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": properties, "geometry": mapping(geometry)}
            for properties, geometry in features
        ],
        **more,
    }
    file.write_text(json.dumps(data))
    return file


def write_geopackage(file: Path, *features: Feature, crs: int = 4326, layers: int = 1) -> Path:
    """A GeoPackage with as little as the standard asks for."""
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(
            "create table gpkg_spatial_ref_sys (srs_id integer, organization text,"
            " organization_coordsys_id integer);"
            "create table gpkg_contents (table_name text, data_type text, srs_id integer);"
            "create table gpkg_geometry_columns"
            " (table_name text, column_name text, srs_id integer);"
        )
        database.execute("insert into gpkg_spatial_ref_sys values (?, 'EPSG', ?)", (crs, crs))
        for layer in range(layers):
            name = f"zones {layer}"
            keys = list(features[0][0]) if features else []
            columns = "".join(f', "{key}"' for key in keys)
            database.execute(f'create table "{name}" (fid integer primary key, geom{columns})')
            database.execute("insert into gpkg_contents values (?, 'features', ?)", (name, crs))
            database.execute("insert into gpkg_geometry_columns values (?, 'geom', ?)", (name, crs))
            for properties, geometry in features:
                values = [_blob(geometry, crs), *(properties[key] for key in keys)]
                marks = ", ".join("?" * len(values))
                database.execute(f'insert into "{name}" (geom{columns}) values ({marks})', values)
    return file


def _blob(geometry: BaseGeometry, crs: int) -> bytes:
    """Header with an envelope, then well-known binary."""
    west, south, east, north = geometry.bounds
    header = b"GP\x00\x03" + struct.pack("<i4d", crs, west, east, south, north)
    return header + bytes(shapely.to_wkb(geometry))


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A rectangle."""
    return shapely.box(west, south, east, north)


def point(lon: float, lat: float) -> BaseGeometry:
    """A point."""
    return shapely.Point(lon, lat)
