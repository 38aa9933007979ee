"""Reading OpenStreetMap: what is a node, what a link, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from safepassage.city.osm import read_osm
from safepassage.city.osm_ways import opl_tags
from safepassage.city.roads import Roads
from safepassage.errors import BadInput, Fault
from tests.city.rows import ways_of
from tests.city.town import NODES, STEP_M, WAYS, ban, write_osm


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Roads:
    """The town, from PBF."""
    return read_osm(write_osm(tmp_path_factory.mktemp("town") / "town.osm.pbf")).roads


def at(roads: Roads, link: str) -> int:
    """The position of a link."""
    return roads.link_id.index(link)


def fault(file: Path) -> Fault:
    """The only fault of a file."""
    with pytest.raises(BadInput) as caught:
        read_osm(file)
    (found,) = caught.value.faults
    assert "\n" not in found.message
    return found


def test_nodes_are_where_ways_meet_or_end(town: Roads):
    """Node 3 only bends a road; 17 and 16 are no roads."""
    assert set(town.node_id) == {"1", "2", "4", "5", "6", "7", "8"}
    both_ways = {("1", "2"), ("2", "5"), ("2", "4"), ("5", "6"), ("6", "4"), ("4", "7")}
    expected = both_ways | {(b, a) for a, b in both_ways} | {("7", "8")}
    assert len(town.link_id) == len(expected)
    assert set(ways_of(town)) == expected


def test_links_are_named_by_way_and_piece(town: Roads):
    """``w11-1b`` is the second piece of way 11, against its direction."""
    assert ways_of(town)[at(town, "w11-1b")] == ("5", "2")
    assert town.source_links[at(town, "w12-0")] == ("w12-0",)


def test_lengths_are_along_the_line(town: Roads):
    """In whole millimetres; High Street bends nowhere and is two steps long."""
    assert town.length[at(town, "w12-0")] / 1e6 == pytest.approx(2 * STEP_M, abs=0.05)
    assert town.length[at(town, "w12-0")] % 1000 == 0
    assert town.geometry(at(town, "w12-0")) == ((0.0, 0.001), (0.001, 0.001), (0.002, 0.001))
    assert town.geometry(at(town, "w12-0b")) == ((0.002, 0.001), (0.001, 0.001), (0.0, 0.001))


def test_values_of_tags_carry_their_source_and_imputed_ones_their_mark(town: Roads):
    """Told: source, no mark. Not told: mark, no source."""
    network = town.network()
    told, imputed = network.links["w13-0"], network.links["w14-0"]
    assert (told.free_speed_kmh, told.lanes) == (60, 1)
    assert (told.speed_source, told.speed_assumed) == ("osm", None)
    assert (told.lanes_source, told.lanes_assumed) == ("osm", None)
    assert (imputed.free_speed_kmh, imputed.lanes) == (30, 1)
    assert imputed.speed_source is None
    assert imputed.speed_assumed == "residential: 30 km/h"
    assert imputed.lanes_assumed == "residential: 1 lane(s) each way"
    assert all(link.capacity_assumed for link in network.links.values())
    assert network.links["w12-0"].name == "High Street"


def test_transit_times_are_those_of_the_network(town: Roads):
    """Columns and records round alike."""
    from safepassage.units import transit_seconds

    links = town.network().links.values()
    assert town.transit_s.tolist() == [
        transit_seconds(link.length_m, link.free_speed_kmh) for link in links
    ]


def test_xml_and_pbf_and_gzip_say_the_same(tmp_path: Path, town: Roads):
    """The format of the file changes nothing."""
    xml = write_osm(tmp_path / "town.osm")
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress(xml.read_bytes()))
    for file in (xml, packed):
        again = read_osm(file).roads
        assert again.network() == town.network()


def test_a_way_out_of_the_extract_ends_at_its_edge(tmp_path: Path):
    """Its nodes within are kept, also on both sides of a gap; the finding counts it."""
    ways = {1: ([1, 2, 99, 3, 4], {"highway": "primary"})}
    read = read_osm(write_osm(tmp_path / "cut.osm", ways=ways))
    assert sorted(ways_of(read.roads)) == [("1", "2"), ("2", "1"), ("3", "4"), ("4", "3")]
    assert read.cut == 1


def test_a_node_said_twice_in_a_row_is_one(tmp_path: Path):
    """A slip of the mapper makes no link of no length."""
    ways = {1: ([1, 1, 2, 2], {"highway": "primary", "oneway": "yes"})}
    assert ways_of(read_osm(write_osm(tmp_path / "m.osm", ways=ways)).roads) == [("1", "2")]


def test_a_ring_begins_and_ends_at_the_same_node(tmp_path: Path):
    """A roundabout with two arms has a link from each to the other."""
    ways = {
        1: ([2, 3, 4, 5, 2], {"highway": "primary", "junction": "roundabout"}),
        2: ([1, 2], {"highway": "primary"}),
        3: ([4, 7], {"highway": "primary"}),
    }
    read = read_osm(write_osm(tmp_path / "ring.osm", ways=ways)).roads
    assert ("2", "4") in ways_of(read)
    assert ("4", "2") in ways_of(read)


def test_restrictions_are_read_and_others_counted(tmp_path: Path):
    """One at a node; one over a way is odd; other relations are nobody's business."""
    relations = {
        1: ban("no_left_turn", 12, 4, 14),
        2: ([("w", 11, "from"), ("w", 12, "via"), ("w", 13, "to")],
            {"type": "restriction", "restriction": "no_u_turn"}),
        3: ([("w", 11, "outer")], {"type": "multipolygon", "highway": "pedestrian"}),
    }  # fmt: skip
    read = read_osm(write_osm(tmp_path / "r.osm.pbf", relations=relations))
    assert [(r.from_way, r.via, r.to_way) for r in read.restrictions] == [(12, 4, 14)]
    assert dict(read.odd_restrictions) == {"over several nodes": 1}


def test_names_with_odd_signs_are_read_as_they_are(tmp_path: Path):
    """Commas, blanks, equal signs, per cent signs and other scripts survive."""
    name = "A=b, 50% ة, @x"
    ways = {1: ([1, 2], {"highway": "primary", "name": name})}
    read = read_osm(write_osm(tmp_path / "n.osm.pbf", ways=ways)).roads
    assert read.words("name") == [name, name]


def test_opl_tags():
    """Key and value by the first equal sign; escapes are code points in hexadecimals."""
    assert opl_tags("Thighway=primary,name=A%20%B") == {"highway": "primary", "name": "A B"}
    assert opl_tags("Tname=50%25%%2c%x")["name"] == "50%,x"


XML = '<osm version="0.6">{}</osm>'
NODE = '<node id="{}" lat="{}" lon="{}"/>'
ROAD = '<way id="3"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
GOOD = XML.format(NODE.format(1, 0, 0) + NODE.format(2, 0, 1) + ROAD)

BAD = {
    "a web page": ("<html><body>not found</body></html>", "not-osm"),
    "text": ("hello", "not-osm"),
    "nothing": ("", "not-osm"),
    "an empty map": (XML.format(""), "no-roads"),
    "footways only": (GOOD.replace("primary", "footway"), "no-roads"),
    "xml cut off": (GOOD[:-20], "not-osm"),
    "no id": (GOOD.replace('id="1"', 'id="99999999999999999999"', 1), "not-osm"),
    "no number": (GOOD.replace('lat="0"', 'lat="NaN"'), "not-osm"),
    "metres": (GOOD.replace('lon="1"', 'lon="190"'), "wrong-coordinates"),
    "a node twice": (GOOD.replace(ROAD, NODE.format(1, 0, 2) + ROAD), "duplicate-id"),
    "a way twice": (GOOD.replace(ROAD, ROAD + ROAD), "duplicate-id"),
    "no nodes": (XML.format(ROAD), "no-roads"),
    "entities": (
        GOOD.replace("<osm", '<!DOCTYPE osm [<!ENTITY a "aaaa">]><osm').replace("primary", "&a;"),
        "not-osm",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, name: str):
    """Whatever is wrong with the map, it is told once, with its file."""
    text, code = BAD[name]
    file = tmp_path / "bad.osm"
    file.write_text(text)
    found = fault(file)
    assert found.code == code
    assert found.where.startswith(str(file))


def test_the_nearest_good_file_is_read(tmp_path: Path):
    """The map that the bad ones were made from."""
    file = tmp_path / "good.osm"
    file.write_text(GOOD)
    assert read_osm(file).roads.links == 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_pbf_is_refused(tmp_path: Path, share: float):
    """A download that broke off is no smaller map."""
    whole = write_osm(tmp_path / "town.osm.pbf").read_bytes()
    file = tmp_path / "cut.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * share)])
    assert fault(file).code == "not-osm"


def test_a_missing_file(tmp_path: Path):
    """No file is no map."""
    assert fault(tmp_path / "none.osm").code == "missing-file"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Neither a file too large nor too many points are taken into memory."""
    import safepassage.city.osm_ways as module

    file = write_osm(tmp_path / "town.osm.pbf")
    monkeypatch.setattr(module, "MOST_POINTS", len(NODES))
    assert fault(file).code == "file-too-large"
    monkeypatch.setattr(module, "MOST_XML_NODES", len(NODES) - 1)
    assert fault(write_osm(tmp_path / "town.osm")).code == "file-too-large"
    monkeypatch.setattr(module, "MOST_OSM_BYTES", 10)
    assert fault(file).code == "file-too-large"


def test_every_way_for_cars_is_there(town: Roads):
    """The ways of the map that are roads, and no others."""
    roads = {f"w{way}" for way, (_, tags) in WAYS.items() if way not in (16, 17)}
    assert {link.partition("-")[0] for link in town.link_id} == roads
