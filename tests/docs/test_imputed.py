"""The page on importing shows the values that are filled in."""

from __future__ import annotations

import re

from safepassage.city.impute import CLASSES, capacity_a_lane
from tests.docs.pages import text_of


def _rows() -> list[list[str]]:
    """The cells of the table, class by class."""
    section = text_of("docs/how-to-import-a-city.md").partition("## What is filled in")[2]
    lines = re.findall(r"^\| (`.*) \|$", section.partition("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def test_the_table_of_the_page_is_that_of_the_code() -> None:
    """Every class with its lanes, its speed and, with signals, its capacity."""
    shown = {}
    for names, lanes, speeds, capacity in _rows()[1:]:
        kmh = speeds.split(", ")
        for i, name in enumerate(re.findall(r"`(\w+)`", names)):
            shown[name] = (int(lanes), int(kmh[min(i, len(kmh) - 1)]), capacity)
    assert set(shown) == set(CLASSES)
    for name, road in CLASSES.items():
        lanes_shown, kmh_shown, capacity = shown[name]
        assert (lanes_shown, kmh_shown) == (road.lanes, road.free_speed_kmh), name
        if road.flow == "signals":
            assert int(capacity) == capacity_a_lane(road, 1, road.free_speed_kmh * 1_000_000)
