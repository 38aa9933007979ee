"""Leaving an area: what is cut where, and what stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from safepassage.city.exits import LeftArea, leave
from safepassage.city.osm import read_osm
from safepassage.errors import BadInput
from tests.city.maps import box
from tests.city.rows import ways_of
from tests.city.town import NODES, STEP_M, WAYS, write_osm

FILE = Path("area.geojson")


@pytest.fixture
def left(tmp_path: Path) -> LeftArea:
    """The town west of the half of High Street: nodes 1, 2 and 5 (and 3, which is none)."""
    roads = read_osm(write_osm(tmp_path / "town.osm.pbf")).roads
    return leave(roads, box(-0.001, -0.001, 0.0015, 0.0025), FILE)


def test_every_road_out_ends_at_an_exit_of_its_own(left: LeftArea):
    """High Street and the road to node 6 leave; nobody needs a road within the safe part."""
    names = [left.roads.node_id[node] for node in left.exits]
    assert names == ["exit-1", "exit-2"]
    assert set(left.roads.node_id) == {"1", "2", "5", *names}
    inside = {("1", "2"), ("2", "1"), ("2", "5"), ("5", "2")}
    assert set(ways_of(left.roads)) == inside | {("2", "exit-1"), ("5", "exit-2")}


def test_a_cut_road_has_its_share_of_length_and_time(left: LeftArea):
    """Three quarters of two steps, to the edge at 0.0015; the mark says so."""
    at = left.roads.link_id.index("w12-0")
    assert left.roads.length[at] / 1e6 == pytest.approx(1.5 * STEP_M, abs=0.05)
    assert left.roads.transit_s[at] == 20
    assert left.roads.words("length_assumed")[at] == "cut at the edge of the area"
    assert left.roads.geometry(at) == ((0.0, 0.001), (0.001, 0.001), (0.0015, 0.001))
    assert left.roads.x_coord[left.exits[0]] == 0.0015
    assert left.roads.node_name[left.exits[0]] == "High Street"


def test_roads_within_are_as_they_were(left: LeftArea, tmp_path: Path):
    """Everything but the cut ones."""
    roads = read_osm(write_osm(tmp_path / "t.osm", NODES, WAYS)).roads
    for name in ("w11-0", "w11-1b"):
        a, b = roads.link_id.index(name), left.roads.link_id.index(name)
        assert roads.length[a] == left.roads.length[b]
        assert roads.geometry(a) == left.roads.geometry(b)


@pytest.mark.parametrize(
    "area", [box(10, 10, 11, 11), box(-1, -1, 1, 1), box(0.0003, 0.0003, 0.0004, 0.0004)]
)
def test_areas_without_roads_or_exits_are_refused(tmp_path: Path, area: object):
    """Elsewhere on Earth (mostly swapped coordinates), or larger than the map."""
    roads = read_osm(write_osm(tmp_path / "town.osm.pbf")).roads
    with pytest.raises(BadInput) as caught:
        leave(roads, area, FILE)
    assert [(f.where, f.code) for f in caught.value.faults] == [(str(FILE), "no-exit")]
