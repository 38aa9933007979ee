"""From a map and people to an instance that can be cleared."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import networkx as nx
import pytest

from safepassage.city.folder import IMPORT_FORMAT, write_city
from safepassage.city.importing import City, ImportOptions, import_city
from safepassage.errors import BadInput
from safepassage.network.clearance_folder import read_clearance_folder
from tests.city.maps import box, write_geojson
from tests.city.town import NODES, WAYS, ban, write_osm

PEOPLE = "id,lon,lat,population\nmill,0.0001,0.0001,250\nhigh,0.0009,0.0011,100\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The town, its people, and the area that is left: all but node 8."""
    write_osm(tmp_path / "town.osm.pbf", relations={1: ban("no_right_turn", 11, 5, 13)})
    (tmp_path / "people.csv").write_text(PEOPLE)
    write_geojson(tmp_path / "area.geojson", ({}, box(-0.001, -0.001, 0.003, 0.003)))
    return tmp_path


def imported(files: Path, **options: object) -> City:
    """The town with people and exits."""
    told = {"demand": files / "people.csv", "leave": files / "area.geojson", **options}
    return import_city(files / "town.osm.pbf", ImportOptions(**told))  # type: ignore[arg-type]  # keywords of the class


def test_what_is_written_is_an_instance(files: Path):
    """Vehicles by occupancy, one exit, and nodes that stand in the tables."""
    city = imported(files, occupancy=Fraction(5, 2))
    write_city(city, files / "town")
    instance = read_clearance_folder(files / "town")
    assert [(o.node, o.vehicles) for o in instance.origins] == [("1", 100), ("2", 40)]
    assert [d.node for d in instance.destinations] == ["exit-1"]
    assert instance.network == city.roads.network()


def test_everyone_has_the_way_out_that_the_map_has(files: Path):
    """From both origins the exit can be reached; the forbidden turn is impossible."""
    city = imported(files)
    assert not [f for f in city.findings if f.severity == "warning"]
    assert "turn-restricted" in {f.code for f in city.findings}
    links = city.roads.network().links.values()
    graph = nx.DiGraph((link.from_node, link.to_node) for link in links)
    assert nx.has_path(graph, "1", "exit-1")


def test_source_links_lead_back_to_the_map(files: Path):
    """Every link but those of turns names pieces of ways that are there."""
    city = imported(files)
    known = set(city.source.roads.link_id)
    for link, parts in zip(city.roads.link_id, city.roads.source_links, strict=True):
        assert set(parts) <= known
        assert parts or link.startswith("turn-")


def test_keeping_nodes_keeps_the_unsimplified_network(files: Path):
    """And simplifying makes it smaller."""
    assert imported(files, simplified=False).roads.links > imported(files).roads.links


def test_the_record_says_how_the_folder_was_made(files: Path):
    """Source, digest, licence, options, counts and findings; no path of the machine."""
    city = imported(files)
    write_city(city, files / "town")
    text = (files / "town" / "import.json").read_text()
    record = json.loads(text)
    assert record["format"] == IMPORT_FORMAT
    assert record["source"]["licence"].startswith("© OpenStreetMap contributors")
    assert record["source"]["sha256"] == city.source.sha256
    assert record["options"]["demand"] == "people.csv"
    assert record["imputed"] == city.imputed
    assert [f["code"] for f in record["findings"]] == [f.code for f in city.findings]
    assert str(files) not in text


def test_the_same_import_gives_the_same_bytes(files: Path):
    """No clock, no order of hashing."""
    for name in ("a", "b"):
        write_city(imported(files), files / name)
    for file in (files / "a").iterdir():
        assert file.read_bytes() == (files / "b" / file.name).read_bytes()


def test_a_second_import_leaves_nothing_of_the_first(files: Path):
    """Also where it has fewer tables; what is no import's is not touched."""
    out = files / "town"
    write_city(imported(files), out)
    (out / "notes.txt").write_text("mine")
    write_city(import_city(files / "town.osm.pbf"), out)
    assert {f.name for f in out.iterdir()} == {
        "node.csv", "link.csv", "config.csv", "import.json", "notes.txt",
    }  # fmt: skip


def test_other_folders_are_not_written(files: Path):
    """One that holds somebody's files, and one that is a file."""
    city = import_city(files / "town.osm.pbf")
    for folder, code in (
        (files, "folder-not-empty"),
        (files / "people.csv", "folder-not-writable"),
        (files / "people.csv" / "x", "folder-not-writable"),
    ):
        with pytest.raises(BadInput) as caught:
            write_city(city, folder)
        assert [f.code for f in caught.value.faults] == [code]
    assert {f.name for f in files.iterdir()} == {"town.osm.pbf", "people.csv", "area.geojson"}


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"leave": None}, "--demand"),
        ({"demand": None, "occupancy": Fraction(2)}, "--occupancy"),
        ({"demand": None, "population": "x"}, "--population"),
        ({"destinations": Path("x.csv")}, "--leave"),
    ],
)
def test_options_that_do_not_go_together(files: Path, options: dict[str, object], where: str):
    """Told before any file is read."""
    with pytest.raises(BadInput) as caught:
        imported(files, **options)
    assert [(f.where, f.code) for f in caught.value.faults] == [(where, "usage")]


def test_listed_destinations(files: Path):
    """At the nearest node that a road leads to, with what they receive."""
    safe = files / "safe.csv"
    safe.write_text("lon,lat,name,capacity\n0.004,0,Camp,70\n")
    city = imported(files, leave=None, destinations=safe)
    write_city(city, files / "town")
    instance = read_clearance_folder(files / "town")
    assert [(d.node, d.capacity) for d in instance.destinations] == [("8", 70)]


def test_unknown_formats_and_missing_files(tmp_path: Path):
    """Told apart."""
    (tmp_path / "roads.shp").write_text("")
    for name, code in (("roads.shp", "unknown-network-format"), ("no.osm", "missing-file")):
        with pytest.raises(BadInput) as caught:
            import_city(tmp_path / name)
        assert [f.code for f in caught.value.faults] == [code]


def test_people_outside_of_every_road(files: Path):
    """An area on another continent: nobody is left to start, which is said before the exits are."""
    write_geojson(files / "area.geojson", ({}, box(100, 0, 101, 1)))
    with pytest.raises(BadInput) as caught:
        imported(files)
    assert [f.code for f in caught.value.faults] == ["no-exit"]


def test_service_roads_on_request(tmp_path: Path):
    """A hospital behind one can be an origin only with it."""
    ways = {**WAYS, 20: ([1, 7], {"highway": "service"})}
    file = write_osm(tmp_path / "town.osm.pbf", NODES, ways)
    without = import_city(file).roads
    with_ = import_city(file, ImportOptions(service_roads=True)).roads
    assert not any(link.startswith("w20") for link in without.link_id)
    assert any(link.startswith("w20") for link in with_.link_id)
