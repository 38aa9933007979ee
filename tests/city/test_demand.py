"""Bringing people to roads: the nearest that lead out, spread over the zones, exactly counted."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from safepassage.city.demand import Placed, Settlement, destination_rows, settle
from safepassage.city.roads import Roads
from safepassage.city.zones import ZonePlace
from safepassage.errors import BadInput
from tests.city.maps import box, point
from tests.city.rows import roads

#: Nodes a to d, a thousandth of a degree apart (111 m) along the equator; d leads nowhere.
PLACES = {name: (i / 1000, 0.0) for i, name in enumerate("abcd")}
LINE = roads(("a", "b", 111, 36, 9), ("b", "c", 111, 36, 9), ("d", "d", 1, 36, 9), places=PLACES)
OUT = np.array([True, True, True, False])
EVERYWHERE = np.ones(4, dtype=bool)
STATED = Settlement(Fraction(2))


def zone(
    geometry: BaseGeometry | None, persons: int | None = 100, name: str = "z", **more: object
) -> ZonePlace:
    """A zone with people."""
    count = None if persons is None else Fraction(persons)
    return ZonePlace("zones.csv:2", name, persons=count, geometry=geometry, **more)  # type: ignore[arg-type]  # keywords of the class


def placed(*zones: ZonePlace, settlement: Settlement = STATED, on: Roads = LINE) -> Placed:
    """Zones on the line."""
    return settle(on, zones, settlement, EVERYWHERE[: on.nodes], OUT[: on.nodes])


def nodes(found: Placed) -> list[str]:
    """Where people start."""
    return [LINE.node_id[row.node] for row in found.rows]


def test_people_of_a_point_start_at_the_nearest_node():
    """With their vehicles, and how that came about."""
    found = placed(zone(point(0.0012, 0.0001)))
    assert nodes(found) == ["b"]
    (row,) = found.rows
    assert (row.persons, row.vehicles) == (100, 50)
    assert row.vehicles_source == "2 persons a vehicle, as stated"
    assert row.vehicles_assumed is None
    assert row.place_assumed == "nearest junction, 25 m"


def test_an_assumed_occupancy_is_marked_and_told():
    """Nobody stated it, so every row says so."""
    found = placed(zone(point(0, 0)), settlement=Settlement())
    (row,) = found.rows
    assert row.vehicles == 40
    assert row.vehicles_assumed == "2.5 persons a vehicle"
    assert row.vehicles_source is None
    assert [f.code for f in found.findings] == ["occupancy-assumed"]


def test_counted_vehicles_need_no_occupancy():
    """What the file counts is not assumed."""
    found = placed(zone(None, None, vehicles=Fraction(7), node="c"), settlement=Settlement())
    assert [row.vehicles for row in found.rows] == [7]
    assert found.findings == ()


def test_roads_that_lead_nowhere_are_passed_over_near_by():
    """d is nearest and leads nowhere; c is within a kilometre, and a finding says so."""
    found = placed(zone(point(0.003, 0)))
    assert nodes(found) == ["c"]
    assert [(f.code, f.ids) for f in found.findings] == [("zone-moved", ("z",))]


def test_roads_that_lead_out_too_far_away_are_not_taken():
    """Whoever would have to walk further stays, and will be told as unreachable."""
    far = roads(
        ("a", "b", 9, 36, 9),
        ("d", "d", 1, 36, 9),
        places={"a": (0, 0), "b": (0.001, 0), "d": (0.1, 0)},
    )
    found = settle(
        far,
        [zone(point(0.1, 0))],
        Settlement(Fraction(2)),
        np.ones(3, bool),
        np.array([1, 1, 0], bool),
    )
    assert far.node_id[found.rows[0].node] == "d"


def test_people_of_a_polygon_are_spread_over_its_nodes():
    """Evenly over a, b and c; nobody is lost by dividing."""
    found = placed(zone(box(-0.0005, -1, 0.0025, 1)))
    assert nodes(found) == ["a", "b", "c"]
    assert {row.persons for row in found.rows} == {Fraction(100, 3)}
    assert sum(row.vehicles or 0 for row in found.rows) == 50
    assert found.rows[0].place_assumed == "spread over 3 junctions of the zone"


def test_a_polygon_without_nodes_starts_at_the_nearest():
    """As a point at its middle would."""
    assert nodes(placed(zone(box(0.0001, 0.0001, 0.0002, 0.0002)))) == ["a"]


def test_only_people_within_the_area_are_counted():
    """Half of the polygon, none of the point outside, all of the point inside."""
    area = box(-1, -1, 0.0015, 1)
    found = placed(
        zone(box(0.0005, -1, 0.0025, 1), name="half"),
        zone(point(0.002, 0), name="out"),
        zone(point(0.001, 0), name="in"),
        settlement=Settlement(Fraction(2), area),
    )
    assert {row.zone.id: row.persons for row in found.rows} == {"half": 50, "in": 100}
    assert [(f.code, f.ids) for f in found.findings] == [("zone-outside", ("out",))]


def test_empty_zones_and_unknown_numbers_are_told_apart():
    """Nobody is information; no number is a warning."""
    found = placed(zone(point(0, 0)), zone(point(0, 0), 0, "none"), zone(point(0, 0), None, "open"))
    assert {f.code: f.severity for f in found.findings} == {
        "people-missing": "warning",
        "zone-empty": "info",
    }


def test_far_from_any_road():
    """Eleven kilometres are told as a warning."""
    found = placed(zone(point(0, 0.1)))
    assert [(f.code, f.severity) for f in found.findings] == [("zone-far-from-roads", "warning")]


@pytest.mark.parametrize(
    ("bad", "good", "code"),
    [
        (zone(None, node="x"), zone(None, node="a"), "unknown-node"),
        (zone(point(0, 0), 0), zone(point(0, 0), 1), "no-vehicles"),
    ],
)
def test_refused_and_the_nearest_that_is_not(bad: ZonePlace, good: ZonePlace, code: str):
    """With the row of the zone."""
    with pytest.raises(BadInput) as caught:
        placed(bad)
    assert [(f.where, f.code) for f in caught.value.faults] == [("zones.csv:2", code)]
    placed(good)


def test_points_need_coordinates_of_nodes():
    """On a network without any, zones have to name nodes."""
    bare = roads(("a", "b", 9, 36, 9))
    with pytest.raises(BadInput, match="node_id"):
        placed(zone(point(0, 0)), on=bare)
    assert placed(zone(None, node="a"), on=bare).rows


@given(st.lists(st.tuples(st.integers(0, 10**6), st.floats(-0.01, 0.01)), min_size=1, max_size=9))
def test_nobody_is_lost_or_counted_twice(people: list[tuple[int, float]]):
    """All persons of all zones start somewhere."""
    zones = [zone(box(x, -1, x + 0.002, 1), n, f"z{i}") for i, (n, x) in enumerate(people)]
    total = sum(n for n, _ in people)
    if total == 0:
        return
    found = placed(*zones)
    assert sum(row.persons or 0 for row in found.rows) == total
    assert sum(row.vehicles or 0 for row in found.rows) == Fraction(total, 2)


def test_destinations_come_to_the_nearest_node_once():
    """Two that come to the same node are refused, as are unknown nodes."""
    near_c, near_a = zone(point(0.002, 0.0002)), zone(point(-0.001, 0))
    found = destination_rows(LINE, [near_c, near_a], EVERYWHERE)
    assert [LINE.node_id[row.node] for row in found] == ["c", "a"]
    for bad, code in (([near_c, near_c], "duplicate-id"), ([zone(None, node="x")], "unknown-node")):
        with pytest.raises(BadInput) as caught:
            destination_rows(LINE, bad, EVERYWHERE)
        assert [f.code for f in caught.value.faults] == [code]
