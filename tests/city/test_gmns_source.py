"""GMNS as a source: what it leaves open is imputed, and its other tables go along."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from safepassage.city.folder import write_city
from safepassage.city.gmns_source import carried_demand, read_gmns_source
from safepassage.city.importing import ImportOptions, import_city
from safepassage.errors import BadInput
from safepassage.network.clearance_folder import read_clearance_folder
from safepassage.network.road_instance import RoadInstance
from tests.network.instances import write_folder

NODES = """node_id,x_coord,y_coord,longest_wait_s
a,,,
m,,,
b,10.1,50.0,60
c,10.2,50.1,
"""
LINKS = """link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,lanes
am,a,m,1,0.5,36,1800,
mb,m,b,1,0.5,36,1700,
bc,b,c,0,2,72,900,
ac,a,c,1,9,36,unlimited,
"""
OPEN = "link_id,from_node_id,to_node_id,directed,length,lanes,capacity\n"


def again(folder: Path, out: Path, **options: object) -> RoadInstance:
    """A folder, imported and read as an instance."""
    write_city(import_city(folder, ImportOptions(**options)), out)  # type: ignore[arg-type]  # keywords of the class
    return read_clearance_folder(out)


def test_an_instance_stays_the_same_instance(tmp_path: Path):
    """Demand, waits and times of day; every road that is not contracted, to the last figure."""
    tod = "link_id,from_s,to_s,capacity\nbc,0,60,0\n"
    folder = write_folder(tmp_path / "in", node=NODES, link=LINKS, link_tod=tod)
    before, after = read_clearance_folder(folder), again(folder, tmp_path / "out")
    assert after.origins == before.origins
    assert after.destinations == before.destinations
    assert after.longest_wait_s == before.longest_wait_s
    assert after.changes == before.changes
    assert set(after.network.links) == set(before.network.links)
    for name, link in before.network.links.items():
        found = after.network.links[name]
        assert found.capacity_vph == link.capacity_vph
        assert after.transit_s(name) == before.transit_s(name)
        assert (found.length_m, found.free_speed_kmh) == (link.length_m, link.free_speed_kmh)


def test_roads_to_a_node_that_limits_waiting_are_not_contracted(tmp_path: Path):
    """Waiting at the road's beginning would be no waiting at the node; without a limit it is."""
    folder = write_folder(tmp_path / "in", node=NODES, link=LINKS)
    assert "m" in again(folder, tmp_path / "limited").network.nodes
    free = write_folder(tmp_path / "free", node=NODES.replace("60", ""), link=LINKS)
    found = again(free, tmp_path / "out").network
    assert "m" not in found.nodes
    assert found.links["am"].source_links == ("am", "mb")
    assert found.links["am"].capacity_vph == 1700


def test_imported_twice_is_imported_once(tmp_path: Path):
    """Nothing is left to contract or to impute."""
    folder = write_folder(tmp_path / "in", node=NODES.replace("60", ""), link=LINKS)
    once = again(folder, tmp_path / "once")
    assert again(tmp_path / "once", tmp_path / "twice").network == once.network


def test_capacities_are_a_lane_s_unless_the_folder_is_an_instance(tmp_path: Path):
    """As GMNS has it; and as a clearance instance, or ``capacity_over``, has it."""
    folder = tmp_path / "gmns"
    folder.mkdir()
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\na,0,0\nb,1,0\n")
    (folder / "link.csv").write_text(
        "link_id,from_node_id,to_node_id,directed,length,free_speed,lanes,capacity\n"
        "ab,a,b,1,1,36,3,1000\n"
    )
    source = read_gmns_source(folder)
    assert source.roads.capacity.tolist() == [3_000_000_000]
    assert [f.code for f in source.findings] == ["capacity-a-lane"]
    (folder / "config.csv").write_text("capacity_over\nlink\n")
    source = read_gmns_source(folder)
    assert source.roads.capacity.tolist() == [1_000_000_000]
    assert source.findings == ()
    (folder / "config.csv").unlink()
    (folder / "demand.csv").write_text("node_id,role,vehicles\na,origin,1\nb,destination,\n")
    assert read_gmns_source(folder).roads.capacity.tolist() == [1_000_000_000]


def test_line_ends_of_any_system_are_taken(tmp_path: Path):
    """Tables that go along are read as the others are, whatever ends their lines."""
    folder = tmp_path / "gmns"
    folder.mkdir()
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\na,0,0\nb,1,0\n")
    (folder / "link.csv").write_text(OPEN + "ab,a,b,1,1,1,1000\n")
    for end in ("\n", "\r\n", "\r"):
        rows = ("node_id,role,vehicles", "a,origin,1", "b,destination,", "")
        (folder / "demand.csv").write_bytes(end.join(rows).encode())
        source = read_gmns_source(folder)
        assert source.protected == {"a", "b"}
        assert len(carried_demand(source, source.roads)) == 2


def test_open_speeds_lanes_and_capacities_are_imputed(tmp_path: Path):
    """And an unlimited capacity is not an open one."""
    folder = tmp_path / "gmns"
    folder.mkdir()
    (folder / "node.csv").write_text("node_id,x_coord,y_coord\na,0,0\nb,1,0\n")
    (folder / "link.csv").write_text(OPEN + "ab,a,b,0,1,,\nba,b,a,1,1,,unlimited\n")
    links = read_gmns_source(folder).roads.network().links
    assert (links["ab"].free_speed_kmh, links["ab"].lanes) == (40, 1)
    assert links["ab~"].capacity_vph == Fraction(665)
    assert links["ab~"].capacity_assumed
    assert links["ba"].capacity_vph is None
    assert links["ba"].capacity_assumed is None


def test_faults_are_those_of_the_tables(tmp_path: Path):
    """All at once, with their lines."""
    folder = write_folder(tmp_path / "in", link=LINKS + "x,a,z,1,-1,0,9,\n")
    with pytest.raises(BadInput) as caught:
        read_gmns_source(folder)
    assert {f.where.rpartition("/")[2] for f in caught.value.faults} >= {"link.csv:6"}


def test_a_new_demand_replaces_the_old_one(tmp_path: Path):
    """The source's own is left behind."""
    folder = write_folder(tmp_path / "in", node=NODES, link=LINKS)
    (tmp_path / "people.csv").write_text("node_id,vehicles\na,7\n")
    (tmp_path / "safe.csv").write_text("node_id\nc\n")
    found = again(
        folder,
        tmp_path / "out",
        demand=tmp_path / "people.csv",
        destinations=tmp_path / "safe.csv",
    )
    assert [(o.node, o.vehicles) for o in found.origins] == [("a", 7)]
    assert [d.node for d in found.destinations] == ["c"]


def test_a_speed_too_low_to_be_written_is_bad_input(tmp_path: Path):
    """It says which link; no folder is half made."""
    links = LINKS.replace("0.5,36,1800", "1,0.0000001,9")
    folder = write_folder(tmp_path / "in", node=NODES, link=links)
    with pytest.raises(BadInput, match="link am: it takes"):
        read_gmns_source(folder)
