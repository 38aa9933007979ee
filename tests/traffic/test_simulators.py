"""Files for SUMO, and replays in simulators where they are installed."""

from __future__ import annotations

import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest

from safepassage.errors import BadInput
from safepassage.network.network import Network
from safepassage.network.road_instance import RoadInstance
from safepassage.plan.clearance import Departure
from safepassage.traffic import sumo, whole_vehicles
from safepassage.traffic.roads import LEAST_LENGTH_M, places, streets
from safepassage.traffic.sumo import SUMO_FILES, replay_in_sumo, sumo_files
from safepassage.traffic.uxsim import replay_in_uxsim
from tests.check.clearance.small import build


@pytest.fixture(scope="module")
def instance() -> RoadInstance:
    """Two a second leave, one a second passes the bridge: sixty are out after 65 s."""
    plain = build(
        [
            ("ab", "a", "b", 3, 2),
            ("ba", "b", "a", 3, 2),
            ("bc", "b", "c", 2, 1),
            ("zero", "a", "a", 0, 1),
        ],
        [("a", 60, 0)],
        {"c": None},
    )
    at = {"a": (10.0, 50.0), "b": (10.001, 50.0), "c": (10.001, 50.0)}
    nodes = {n: replace(x, lon=at[n][0], lat=at[n][1]) for n, x in plain.network.nodes.items()}
    return replace(plain, network=Network(nodes, plain.network.links))


VEHICLES = whole_vehicles(
    [Departure("a", "c", ("ab", "bc"), (), Fraction(0), Fraction(60), Fraction(3600))]
)


def test_streets_have_the_lanes_their_capacity_needs(instance: RoadInstance):
    """At 10 m/s and 5 m a standing vehicle a lane takes 2,400 an hour: 7,200 need three."""
    found = {s.link: s for s in streets(instance, 5.0)}
    assert {name: s.lanes for name, s in found.items()} == {"ab": 3, "ba": 3, "bc": 2, "zero": 2}
    assert found["zero"].length_m == LEAST_LENGTH_M
    assert [s.lanes for s in streets(instance, 5.0, 2)] == [5, 5, 4, 4]


def test_places_are_metres_from_the_middle(instance: RoadInstance):
    """A thousandth of a degree of longitude at 50 north is 71.5 m."""
    a, b, _ = places(instance)
    assert b.x - a.x == pytest.approx(71.5, abs=0.1)
    assert a.y == b.y == pytest.approx(0)


def test_sumo_files_hold_the_plan(instance: RoadInstance):
    """Every vehicle in order, on edges that are there, over connections that are there."""
    files = sumo_files(VEHICLES, instance)
    assert tuple(files) == SUMO_FILES
    trees = {name: ET.fromstring(text) for name, text in files.items()}
    edges = {e.get("id"): e for e in trees["edges.edg.xml"]}
    assert set(edges) == {"ab", "ba", "bc"}
    assert edges["ab"].get("length") == "30.00"
    turns = {(c.get("from"), c.get("to")) for c in trees["connections.con.xml"]}
    assert turns == {("ab", "bc")}
    spots = [(n.get("x"), n.get("y")) for n in trees["nodes.nod.xml"]]
    assert len(set(spots)) == 3
    routes = [r.get("edges") for r in trees["vehicles.rou.xml"].iter("route")]
    assert routes == ["ab bc"]
    departs = [float(v.get("depart", "")) for v in trees["vehicles.rou.xml"].iter("vehicle")]
    assert len(departs) == 60
    assert departs == sorted(departs)


def test_names_that_sumo_does_not_take_are_numbered(instance: RoadInstance):
    """One odd id, and all edges are numbered, so that no two can fall together."""
    links = {n: replace(x, name='A "road" & more') for n, x in instance.network.links.items()}
    links["new|one"] = replace(links["ba"], id="new|one")
    odd = replace(instance, network=Network(instance.network.nodes, links))
    files = sumo_files(VEHICLES, odd)
    edges = ET.fromstring(files["edges.edg.xml"])
    assert [e.get("id") for e in edges] == ["edge0", "edge1", "edge2", "edge4"]
    assert edges[0].get("name") == 'A "road" & more'


def test_changes_cannot_be_told_to_sumo(instance: RoadInstance):
    """A closure is refused rather than left out."""
    shut = build([("ab", "a", "b", 3, 2)], [("a", 1, 0)], {"b": None}, {"ab": ((1, 2, 0),)})
    with pytest.raises(BadInput) as caught:
        sumo_files([], shut)
    assert caught.value.faults[0].code == "not-modelled"


def test_a_simulator_that_is_not_there_is_told(
    instance: RoadInstance, monkeypatch: pytest.MonkeyPatch
):
    """How to install it, in one line."""
    monkeypatch.setattr(sumo.shutil, "which", lambda *_, **__: None)
    with pytest.raises(BadInput) as caught:
        replay_in_sumo([], instance)
    assert "pip install eclipse-sumo" in caught.value.faults[0].message
    monkeypatch.setitem(sys.modules, "uxsim", None)
    with pytest.raises(BadInput) as caught:
        replay_in_uxsim([], instance)
    assert "pip install uxsim" in caught.value.faults[0].message


def test_uxsim_drives_the_plan(instance: RoadInstance):
    """Everyone arrives there, not before the plan has them, and not much later."""
    pytest.importorskip("uxsim", reason="the extra uxsim is not installed")
    replay = replay_in_uxsim(VEHICLES, instance)
    assert len(replay.arrived_s) == 60
    assert replay.planned_s[-1] <= replay.arrived_s[-1] + 1 <= replay.planned_s[-1] * 1.3
    assert replay.mean_delay_s is not None
    assert replay.mean_delay_s > -1


def test_uxsim_shuts_a_road_while_it_is_closed():
    """Nobody enters a road while it is closed, however early they set out."""
    pytest.importorskip("uxsim", reason="the extra uxsim is not installed")
    roads = [("ab", "a", "b", 10, 1), ("bc", "b", "c", 10, 1)]
    shut = build(roads, [("a", 3, 0)], {"c": None}, {"bc": ((0, 100, 0),)})
    replay = replay_in_uxsim(VEHICLES[:3], shut)
    assert len(replay.arrived_s) == 3
    assert all(t >= 108 for t in replay.arrived_s)


@pytest.mark.skipif(shutil.which("sumo") is None, reason="SUMO is not installed")
def test_sumo_drives_the_plan(instance: RoadInstance):
    """Everyone arrives there, not before the plan has them."""
    replay = replay_in_sumo(VEHICLES, instance)
    assert len(replay.arrived_s) == 60
    assert replay.planned_s[-1] <= replay.arrived_s[-1] + 1
