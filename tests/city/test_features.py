"""Points and polygons: both formats say the same, and what is not WGS 84 is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from safepassage.city.features import read_features, read_polygon
from safepassage.errors import BadInput, Fault
from tests.city.maps import box, point, write_geojson, write_geopackage

TRIANGLE = '{"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}'
ZONES = (
    ({"population": 100, "adm3_pcode": "SY0200"}, box(0, 0, 1, 1)),
    ({"population": None, "adm3_pcode": "SY0201"}, point(2, 2)),
)


def faults(file: Path) -> tuple[Fault, ...]:
    """The faults of a file, none for a good one."""
    try:
        read_features(file)
    except BadInput as error:
        return error.faults
    return ()


def test_both_formats_say_the_same(tmp_path: Path):
    """Properties and places; the number of a row is one more property of GeoPackage."""
    json_file = write_geojson(tmp_path / "zones.geojson", *ZONES)
    package = write_geopackage(tmp_path / "zones.gpkg", *ZONES)
    a, b = read_features(json_file), read_features(package)
    assert [f.properties for f in a] == [
        {k: v for k, v in f.properties.items() if k != "fid"} for f in b
    ]
    assert all(x.geometry.equals(y.geometry) for x, y in zip(a, b, strict=True))


def test_a_single_feature_or_geometry_will_do(tmp_path: Path):
    """Map editors write either."""
    file = tmp_path / "area.geojson"
    for text in (
        TRIANGLE,
        '{"type": "Feature", "properties": null, "geometry": ' + TRIANGLE + "}",
    ):
        file.write_text(text)
        assert read_polygon(file).area == 0.5


def test_polygons_of_a_file_are_one_area(tmp_path: Path):
    """Districts that touch are left as a whole."""
    file = write_geojson(tmp_path / "area.geojson", ({}, box(0, 0, 1, 1)), ({}, box(1, 0, 2, 1)))
    assert read_polygon(file).equals(box(0, 0, 2, 1))
    write_geojson(file, ({}, point(0, 0)))
    with pytest.raises(BadInput, match="expected a polygon, got a Point"):
        read_polygon(file)


METRES = ({"population": 1}, point(712_475, 1_855_780))
CROSSED = ({}, shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))


@pytest.mark.parametrize(
    ("features", "more", "code"),
    [
        ([METRES], {}, "wrong-coordinates"),
        ([({}, point(181, 0))], {}, "wrong-coordinates"),
        ([({}, point(0, 91))], {}, "wrong-coordinates"),
        (
            [({}, point(0, 0))],
            {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}},
            "wrong-coordinates",
        ),
        ([({}, shapely.LineString([(0, 0), (1, 1)]))], {}, "bad-geometry"),
        ([CROSSED], {}, "bad-geometry"),
        ([({}, point(float("nan"), 0))], {}, "bad-geometry"),
        ([], {}, "empty-table"),
        ([({"surname": "x"}, point(0, 0))], {}, "identity-field"),
    ],
)
def test_geojson_that_is_refused(
    tmp_path: Path, features: list[Any], more: dict[str, Any], code: str
):
    """One line each, with the feature where it is one's."""
    found = faults(write_geojson(tmp_path / "bad.geojson", *features, **more))
    assert [f.code for f in found] == [code]
    assert "\n" not in found[0].message


def test_the_nearest_good_geojson(tmp_path: Path):
    """The edge of the world, and WGS 84 by its old name."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    file = write_geojson(
        tmp_path / "good.geojson", ({"name": "x"}, point(180, 90)), ({}, box(0, 0, 1, 1)), crs=crs
    )
    assert faults(file) == ()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", ":1"),
        ("{", ":1"),
        ("[]", ""),
        ('{"type": "FeatureCollection"}', ""),
        ('{"type": "FeatureCollection", "features": [{}]}', ": feature 1"),
        ('{"type": "FeatureCollection", "features": [3]}', ": feature 1"),
        ("[" * 100_000, ""),
    ],
)
def test_what_is_no_geojson(tmp_path: Path, text: str, where: str):
    """Any other text is refused, however deep."""
    file = tmp_path / "bad.geojson"
    file.write_text(text)
    (found,) = faults(file)
    assert found.code == "not-geojson"
    assert found.where == f"{file}{where}"


def test_geopackages_that_are_refused(tmp_path: Path):
    """Other coordinates, several layers, no database at all; and none is made by looking."""
    metres = write_geopackage(tmp_path / "metres.gpkg", *ZONES, crs=3857)
    several = write_geopackage(tmp_path / "several.gpkg", *ZONES, layers=2)
    text = tmp_path / "text.gpkg"
    text.write_text("hello, this is no database at all")
    missing = tmp_path / "missing.gpkg"
    told = {file: [f.code for f in faults(file)] for file in (metres, several, text, missing)}
    assert told == {
        metres: ["wrong-coordinates"],
        several: ["not-geopackage"],
        text: ["not-geopackage"],
        missing: ["missing-file"],
    }
    assert not missing.exists()


def test_all_faults_come_at_once(tmp_path: Path):
    """Every feature is looked at."""
    found = faults(write_geojson(tmp_path / "bad.geojson", METRES, ZONES[0], CROSSED))
    assert [f.where.rpartition(" ")[2] for f in found] == ["1", "3"]
