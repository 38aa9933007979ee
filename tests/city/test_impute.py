"""Imputed values: from the table, by the formulas cited, and always marked."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.city.impute import CLASSES, capacity_a_lane, impute
from safepassage.city.osm_tags import DRIVABLE
from safepassage.city.roads import NOT_TOLD, Roads, TextPool
from tests.city.rows import roads


def open_roads(kind: str, **columns: int) -> Roads:
    """A link of a kind with columns that are still to be imputed."""
    made = roads(("a", "b", 1000, 36, 1000))
    pool = TextPool()
    text = dict(made.text) | {"facility_type": np.array([pool.code(kind)])}
    told = {name: np.array([value]) for name, value in columns.items()}
    return made.changed(text=text, texts=pool.texts, **told)


def test_every_class_that_is_imported_has_values():
    """The table leaves no road without lanes, speed and capacity."""
    assert set(DRIVABLE) | {"service"} == set(CLASSES)
    for road in CLASSES.values():
        assert capacity_a_lane(road, road.lanes, road.free_speed_kmh * 10**6) > 0


@pytest.mark.parametrize(
    ("kind", "lanes", "mph", "capacity"),
    [
        # HCM 6th edition, equation 12-6: 2,200 + 10 (FFS - 50), at most 2,400.
        ("motorway", 2, 70, 2400),
        ("motorway", 2, 75, 2400),
        ("motorway", 2, 60, 2300),
        ("motorway", 2, 40, 2200),
        # Equation 12-7: 1,900 + 20 (FFS - 45), at most 2,300.
        ("trunk", 2, 65, 2300),
        ("trunk", 2, 60, 2200),
        ("trunk", 2, 45, 1900),
        # Chapter 15: 1,700 in one direction of a two-lane highway.
        ("trunk", 1, 60, 1700),
        # Exhibit 14-12.
        ("motorway_link", 1, 55, 2200),
        ("motorway_link", 1, 45, 2100),
        ("motorway_link", 1, 35, 2000),
        ("motorway_link", 1, 25, 1900),
        ("motorway_link", 1, 15, 1800),
        # Exhibit 19-11: 1,900 times the share of green.
        ("primary", 2, 30, 950),
        ("secondary", 1, 30, 855),
        ("residential", 1, 20, 665),
    ],
)
def test_capacities_by_the_manual(kind: str, lanes: int, mph: int, capacity: int):
    """Worked out by hand from the equations."""
    assert capacity_a_lane(CLASSES[kind], lanes, mph * 1_609_344) == capacity


def test_what_is_missing_is_filled_and_marked():
    """Lanes, speed, then the capacity that follows from both, over all lanes."""
    found = impute(open_roads("trunk", lanes=0, free_speed=0, capacity=NOT_TOLD))
    assert found.lanes.tolist() == [2]
    assert found.free_speed.tolist() == [90_000_000]
    assert found.capacity.tolist() == [2 * 2118 * 10**6]
    assert found.transit_s.tolist() == [40]
    marks = [found.words(f"{column}_assumed")[0] for column in ("lanes", "speed", "capacity")]
    assert marks == [
        "trunk: 2 lane(s) each way",
        "trunk: 90 km/h",
        "trunk: 2118 vehicles an hour and lane",
    ]


def test_what_is_told_stays_unmarked():
    """Also a capacity of 0, which is a closed road, and one that is not limited."""
    for capacity in (0, -1, 5_000_000):
        found = impute(open_roads("trunk", lanes=0, capacity=capacity))
        assert found.capacity.tolist() == [capacity]
        assert found.lanes.tolist() == [0]
        assert found.free_speed.tolist() == [36_000_000]
        assert [found.imputed(c) for c in ("lanes", "speed", "capacity")] == [0, 0, 0]


def test_unknown_kinds_are_roads():
    """Words of other sources get the values of a road of unknown class."""
    found = impute(open_roads("Collector", free_speed=0))
    assert found.words("speed_assumed") == ["road: 40 km/h"]


def test_a_lane_in_turn_has_half_of_the_capacity():
    """And says why."""
    half = impute(open_roads("primary", lanes=1, capacity=NOT_TOLD), np.array([1]))
    assert half.capacity.tolist() == [475_000_000]
    assert "in turn" in str(half.words("capacity_assumed")[0])
