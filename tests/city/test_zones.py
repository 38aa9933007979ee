"""Zones: who starts where, from tables and from maps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.city.tntp_trips import read_trips
from safepassage.city.zones import ZoneColumns, read_destinations, read_zones
from safepassage.errors import BadInput, Fault
from tests.city.maps import box, point, write_geojson

USUAL = ZoneColumns()
HEXAGONS = """id,lon,lat,population,schools
89a901291abffff,-51.158,-30.053,0,0
89a9012a3cfffff,-51.211,-30.100,159,0
"""


def table(folder: Path, text: str) -> Path:
    """A CSV file."""
    file = folder / "zones.csv"
    file.write_text(text)
    return file


def faults(file: Path, columns: ZoneColumns = USUAL) -> tuple[Fault, ...]:
    """The faults of a file, none for a good one."""
    try:
        read_zones(file, columns)
    except BadInput as error:
        return error.faults
    return ()


def test_hexagons_are_points_with_a_population(tmp_path: Path):
    """As the data of many cities come; further columns are nobody's business."""
    first, second = read_zones(table(tmp_path, HEXAGONS))
    assert (second.id, second.persons) == ("89a9012a3cfffff", 159)
    assert second.geometry is not None
    assert second.geometry.coords[0] == (-51.211, -30.1)
    assert first.persons == 0


def test_p_codes_are_kept(tmp_path: Path):
    """Of several levels the last column, which is the finest; it names the zone where none else."""
    text = "adm1_pcode,adm3_pcode,lon,lat,T_TL\nSY02,SY020001,37.1,36.2,1000\n"
    (zone,) = read_zones(table(tmp_path, text))
    assert (zone.id, zone.pcode, zone.persons) == ("SY020001", "SY020001", 1000)


def test_vehicles_may_be_counted_instead_of_people(tmp_path: Path):
    """At a node, with the moment at which they are ready; fractions are exact."""
    text = "node_id,vehicles,ready_s\n17,12.5,600\n"
    (zone,) = read_zones(table(tmp_path, text))
    assert (zone.node, zone.vehicles, zone.persons) == ("17", Fraction(25, 2), None)
    assert zone.ready_s == 600


def test_the_column_of_people_can_be_named(tmp_path: Path):
    """Census tables have names of their own."""
    text = "lon,lat,V0001\n1,2,30\n"
    (zone,) = read_zones(table(tmp_path, text), ZoneColumns(persons="V0001"))
    assert zone.persons == 30


def test_features_are_zones_as_rows_are(tmp_path: Path):
    """Properties are read by the rules of cells, whole floats as whole numbers."""
    file = write_geojson(
        tmp_path / "zones.geojson",
        ({"id": 7, "population": 10.0, "name": "Old town", "PCODE": "X1"}, box(0, 0, 1, 1)),
        ({"id": 8, "population": None, "name": None, "PCODE": None}, point(0, 0)),
    )
    first, second = read_zones(file)
    assert (first.id, first.persons, first.name, first.pcode) == ("7", 10, "Old town", "X1")
    assert (second.persons, second.name) == (None, None)


def test_usual_names_may_be_in_capitals(tmp_path: Path):
    """As many map programs write them."""
    (zone,) = read_zones(table(tmp_path, "ID,NAME,LON,LAT,POPULATION\n7,Citadel,1,2,30\n"))
    assert (zone.id, zone.name, zone.persons) == ("7", "Citadel", 30)


def test_destinations_may_have_a_capacity(tmp_path: Path):
    """What a shelter can receive, in vehicles."""
    file = table(tmp_path, "lon,lat,name,capacity\n1,2,Stadium,300\n1,3,Park,\n")
    stadium, park = read_destinations(file)
    assert (stadium.name, stadium.vehicles) == ("Stadium", 300)
    assert park.vehicles is None


@pytest.mark.parametrize(
    ("bad", "good", "code"),
    [
        ("lon,lat,heads\n1,2,3\n", "lon,lat,people\n1,2,3\n", "missing-column"),
        ("lat,population\n1,2\n", "lat,lon,population\n1,2,3\n", "missing-column"),
        ("lon,lat,population\n", "lon,lat,population\n1,2,3\n", "empty-table"),
        ("lon,lat,population\n1,2,-3\n", "lon,lat,population\n1,2,0\n", "absurd-number"),
        ("lon,lat,population\n1,2,1e9\n", "lon,lat,population\n1,2,1e8\n", "absurd-number"),
        ("lon,lat,population\n1,2,nan\n", "lon,lat,population\n1,2,\n", "bad-value"),
        ("lon,lat,population\n1,2,many\n", "lon,lat,population\n1,2,3.5\n", "bad-value"),
        ("lon,lat,population\n181,2,3\n", "lon,lat,population\n180,2,3\n", "absurd-number"),
        ("lon,lat,population\n,2,3\n", "lon,lat,population\n0,2,3\n", "bad-value"),
        ("id,lon,lat,population\na,1,2,3\na,1,2,3\n", "id,lon,lat,population\na,1,2,3\nb,1,2,3\n",
         "duplicate-id"),
        ("node_id,role,vehicles\n1,destination,3\n", "node_id,role,vehicles\n1,origin,3\n",
         "unknown-word"),
        ("node_id,vehicles,ready_s\n1,3,-1\n", "node_id,vehicles,ready_s\n1,3,0\n",
         "absurd-number"),
        ("lon,lat,population,surname\n1,2,3,x\n", "lon,lat,population,name\n1,2,3,x\n",
         "identity-field"),
    ],
)  # fmt: skip
def test_refused_and_the_nearest_that_is_not(tmp_path: Path, bad: str, good: str, code: str):
    """Each slip is told once."""
    assert [f.code for f in faults(table(tmp_path, bad))] == [code]
    assert faults(table(tmp_path, good)) == ()


def test_properties_are_refused_by_the_same_rules(tmp_path: Path):
    """With the feature as the place."""
    file = write_geojson(tmp_path / "z.geojson", ({"population": -5}, point(0, 0)))
    (found,) = faults(file)
    assert (found.where, found.code) == (f"{file}: feature 1", "absurd-number")
    assert [f.code for f in faults(file, ZoneColumns("people"))] == ["missing-column"]


TRIPS = """<NUMBER OF ZONES> 3
<END OF METADATA>

Origin 1
    1 : 5.0;  2 : 10.5;
    3 : 4.5;
Origin  2
    1 : 0.0;
"""


def test_trips_that_leave_their_zone_are_vehicles(tmp_path: Path):
    """Trips within a zone stay there."""
    file = tmp_path / "x_trips.tntp"
    file.write_text(TRIPS)
    assert [(z.node, z.vehicles) for z in read_trips(file)] == [("1", 15), ("2", 0)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("10.5", "-10.5", "bad-value"),
        ("10.5", "nan", "bad-value"),
        ("10.5", "1e99", "bad-value"),
        ("Origin  2", "Origin  1", "duplicate-id"),
        ("Origin", "From", "not-tntp"),
    ],
)
def test_bad_trips(tmp_path: Path, old: str, new: str, code: str):
    """Told with the line where it is one's."""
    file = tmp_path / "x_trips.tntp"
    file.write_text(TRIPS.replace(old, new))
    with pytest.raises(BadInput) as caught:
        read_trips(file)
    assert [f.code for f in caught.value.faults] == [code]
