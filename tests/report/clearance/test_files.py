"""The files of a report: whole, the same each time, safe to open, and read by other programs."""

from __future__ import annotations

import json
import re
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from safepassage.errors import BadInput
from safepassage.network.network import Network
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Clearance
from safepassage.report.clearance.files import write_clearance_report

FILES = {
    "result.json",
    "report.html",
    "departures.csv",
    "flows.geojson",
    "flows.gpkg",
    "curve.png",
    "map.png",
}


@pytest.fixture(scope="module")
def folder(
    result: Clearance, instance: RoadInstance, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A report: drawing it takes a second, so it is done once."""
    path = tmp_path_factory.mktemp("report") / "r"
    assert {file.name for file in write_clearance_report(result, instance, path)} == FILES
    return path


def test_every_file_is_there(folder: Path):
    """What is told to be written is, and no draft is left beside it."""
    assert {path.name for path in folder.iterdir()} == FILES
    assert [path.name for path in folder.parent.iterdir()] == ["r"]


def test_the_same_result_gives_the_same_bytes(
    folder: Path, result: Clearance, instance: RoadInstance, tmp_path: Path
):
    """Nothing in a report depends on when or where it is written."""
    write_clearance_report(result, instance, tmp_path / "again")
    for name in sorted(FILES):
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_page_loads_nothing_and_runs_nothing(folder: Path):
    """Names from the tables are text; pictures are within the page."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<b>Old Bridge</b>" not in page
    assert "&lt;b&gt;Old Bridge&lt;/b&gt;" in page
    assert not re.search(r"(?:src|href|srcset)=\"(?!data:|#)", page)
    assert "<script" not in page
    assert page.count("data:image/svg+xml") == 4
    assert "never a guarantee of safety" in page


def test_geojson_is_what_rfc_7946_asks_for(folder: Path):
    """Lon before lat, a line for each road in use and in the bottleneck, a point for each end."""
    told = json.loads((folder / "flows.geojson").read_text(encoding="utf-8"))
    assert told["type"] == "FeatureCollection"
    layers = [f["properties"]["layer"] for f in told["features"]]
    assert layers == ["flow", "flow", "bottleneck", "place", "place"]
    first = told["features"][0]
    assert first["geometry"]["coordinates"] == [[10.0, 50.0], [10.01, 50.0]]
    assert first["properties"]["vehicles"] == 12
    assert told["features"][3]["geometry"] == {"type": "Point", "coordinates": [10.0, 50.0]}


def test_geopackage_holds_the_same(folder: Path):
    """Application id, required tables, and geometries with the header of the standard."""
    with closing(sqlite3.connect(folder / "flows.gpkg")) as database:
        assert database.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
        assert database.execute("PRAGMA user_version").fetchone()[0] == 10300
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        systems = {row[0] for row in database.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")}
        assert systems == {-1, 0, 4326}
        columns = list(
            database.execute(
                "SELECT table_name, geometry_type_name, srs_id FROM gpkg_geometry_columns"
            )
        )
        assert columns == [
            ("flow", "LINESTRING", 4326),
            ("bottleneck", "LINESTRING", 4326),
            ("place", "POINT", 4326),
        ]
        boxes = database.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents").fetchall()
        assert boxes[0] == (10.0, 50.0, 10.02, 50.01)
        rows = database.execute("SELECT geom, link_id, vehicles FROM flow").fetchall()
    assert [row[1:] for row in rows] == [("ab", 12.0), ("bc", 12.0)]
    blob = rows[0][0]
    assert blob[:2] == b"GP"
    assert struct.unpack("<BBi", blob[2:8]) == (0, 1, 4326)
    assert struct.unpack("<BII4d", blob[8:]) == (1, 2, 2, 10.0, 50.0, 10.01, 50.0)


def test_without_coordinates_there_is_no_map(
    result: Clearance, instance: RoadInstance, tmp_path: Path
):
    """Tables without places give every other file, with features of no place."""
    nodes = {n: replace(node, lon=None, lat=None) for n, node in instance.network.nodes.items()}
    nowhere = replace(instance, network=Network(nodes, instance.network.links))
    files = write_clearance_report(result, nowhere, tmp_path)
    assert {file.name for file in files} == FILES - {"map.png"}
    told = json.loads((tmp_path / "flows.geojson").read_text(encoding="utf-8"))
    assert all(f["geometry"] is None for f in told["features"])
    assert "no coordinates" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_broken_search_can_be_reported(
    stopped: Clearance, instance: RoadInstance, tmp_path: Path
):
    """An incomplete result has a page as well, which says what it is."""
    write_clearance_report(stopped, instance, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "stopped before everyone had a departure" in page


def test_a_place_that_cannot_be_written(result: Clearance, instance: RoadInstance, tmp_path: Path):
    """A file in the way is told, and nothing is left behind."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput) as caught:
        write_clearance_report(result, instance, tmp_path / "file" / "r")
    assert caught.value.faults[0].code == "folder-not-writable"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
