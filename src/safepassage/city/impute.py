"""Lanes, speeds and capacities that a map does not state: filled in from tables, and marked.

Capacities follow the Highway Capacity Manual (HCM, Transportation Research Board, 6th edition,
2016), as evacuation time studies for the U.S. Nuclear Regulatory Commission do (*Criteria for
Development of Evacuation Time Estimate Studies*, NUREG/CR-7002, 2011): vehicles an hour and lane at
capacity,

freeway
    2,200 + 10 (FFS - 50) with FFS the free-flow speed in mph, at most 2,400 (HCM eq. 12-6).
multilane
    1,900 + 20 (FFS - 45), at most 2,300 (HCM eq. 12-7).
ramp
    1,800 to 2,200 by speed (HCM exhibit 14-12).
two-lane
    1,700 in one direction (HCM chapter 15).
signals
    1,900, the base saturation flow rate (HCM exhibit 19-11), times the share of green time, which
    is an assumption for each class of road.

The number is one of passenger cars in good weather. Chapters and the capacity of two-lane roads
were confirmed from other publications; the numbers of equations and exhibits are quoted from
memory and were not checked against the manual. So every value from here is marked as assumed on
its link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from safepassage.city.roads import NOT_TOLD, Ints, Roads, TextPool
from safepassage.city.transit import MILLION, transit_times

__all__ = ["CLASSES", "RoadClass", "capacity_a_lane", "impute"]


@dataclass(frozen=True, slots=True)
class RoadClass:
    """What is taken for a class of road where the map does not state it."""

    lanes: int
    """In each direction."""
    free_speed_kmh: int
    flow: str
    """How traffic flows: ``freeway``, ``multilane``, ``ramp`` or ``signals``."""
    green: int = 100
    """Hundredths of the time that signals give to the road; of use with ``signals`` only."""


CLASSES: Mapping[str, RoadClass] = {
    "motorway": RoadClass(2, 110, "freeway"),
    "motorway_link": RoadClass(1, 60, "ramp"),
    "trunk": RoadClass(2, 90, "multilane"),
    "trunk_link": RoadClass(1, 50, "ramp"),
    "primary": RoadClass(1, 60, "signals", 50),
    "primary_link": RoadClass(1, 50, "signals", 50),
    "secondary": RoadClass(1, 50, "signals", 45),
    "secondary_link": RoadClass(1, 40, "signals", 45),
    "tertiary": RoadClass(1, 50, "signals", 40),
    "tertiary_link": RoadClass(1, 40, "signals", 40),
    "unclassified": RoadClass(1, 50, "signals", 35),
    "residential": RoadClass(1, 30, "signals", 35),
    "living_street": RoadClass(1, 10, "signals", 20),
    "service": RoadClass(1, 20, "signals", 20),
    "road": RoadClass(1, 40, "signals", 35),
}
"""By the value of ``highway``. Lanes, speeds and green shares are this project's assumptions."""

_OTHER = "road"
_SATURATION = 1900
_TWO_LANE = 1700
#: (over this speed in mph, capacity), of ramps with one lane.
_RAMPS = ((50, 2200), (40, 2100), (30, 2000), (20, 1900), (0, 1800))
_KMH_A_MILE = 1.609344


def capacity_a_lane(road: RoadClass, lanes: int, free_speed: int) -> int:
    """Return vehicles an hour and lane.

    Parameters
    ----------
    road
        The class of the road.
    lanes
        In the direction of travel; a rural road with one is a two-lane highway.
    free_speed
        Millionths of a km/h.
    """
    mph = free_speed / MILLION / _KMH_A_MILE
    if road.flow == "freeway":
        return round(min(max(2200 + 10 * (mph - 50), 2200), 2400))
    if road.flow == "multilane":
        return round(min(max(1900 + 20 * (mph - 45), 1900), 2300)) if lanes > 1 else _TWO_LANE
    if road.flow == "ramp":
        return next(capacity for over, capacity in _RAMPS if mph > over)
    return _SATURATION * road.green // 100


def impute(roads: Roads, shared: Ints | None = None) -> Roads:
    """Fill in what is not told by class, and mark it.

    Speeds of 0, capacities that are not told, and lanes of 0 where the capacity needs them.

    Parameters
    ----------
    roads
        With ``facility_type`` in the words of :data:`CLASSES`; other words count as ``road``.
    shared
        Links whose one lane serves both directions in turn, as a mask: half of the capacity.
    """
    pool = TextPool(roads.texts)
    kind = np.array([_number(text) for text in roads.texts])[roads.text["facility_type"]]
    open_capacity = roads.capacity == NOT_TOLD
    classes = CLASSES.values()
    lanes, lane_marks = _by_class(
        roads, "lanes", (roads.lanes == 0) & open_capacity, [c.lanes for c in classes], kind, pool
    )
    speeds = [c.free_speed_kmh * MILLION for c in classes]
    speed, speed_marks = _by_class(roads, "free_speed", roads.free_speed == 0, speeds, kind, pool)
    capacity, capacity_marks = _capacities(kind, lanes, speed, pool)
    if shared is not None:
        capacity = np.where(shared != 0, capacity // 2, capacity)
        half = pool.code("one lane for both directions in turn: half of the class's capacity")
        capacity_marks = np.where(shared != 0, half, capacity_marks)
    return roads.changed(
        lanes=lanes,
        free_speed=speed,
        capacity=np.where(open_capacity, capacity, roads.capacity),
        transit_s=np.where(
            roads.free_speed == 0, transit_times(roads.length, speed), roads.transit_s
        ),
        text={
            **roads.text,
            "lanes_assumed": lane_marks,
            "speed_assumed": speed_marks,
            "capacity_assumed": np.where(
                open_capacity, capacity_marks, roads.text["capacity_assumed"]
            ),
        },
        texts=pool.texts,
    )


_COLUMNS = {"lanes": ("lanes_assumed", 1, "lane(s) each way"),
            "free_speed": ("speed_assumed", MILLION, "km/h")}  # fmt: skip


def _by_class(
    roads: Roads,
    column: str,
    missing: npt.NDArray[np.bool_],
    values: list[int],
    kind: Ints,
    pool: TextPool,
) -> tuple[Ints, Ints]:
    """Return a column and its marks, with the value of the class where one is missing."""
    marks, unit, noun = _COLUMNS[column]
    told = [f"{name}: {n // unit} {noun}" for name, n in zip(CLASSES, values, strict=True)]
    codes = np.array([pool.code(text) for text in told], dtype=np.int64)
    value: Ints = getattr(roads, column)
    return (
        np.where(missing, np.array(values)[kind], value),
        np.where(missing, codes[kind], roads.text[marks]),
    )


def _number(text: str | None) -> int:
    names: list[str | None] = list(CLASSES)
    return names.index(text if text in names else _OTHER)


def _capacities(kinds: Ints, lanes: Ints, speed: Ints, pool: TextPool) -> tuple[Ints, Ints]:
    """Return the capacity of each link, in millionths an hour, and the mark it carries."""
    names = list(CLASSES)
    known: dict[tuple[int, int, int], tuple[int, int]] = {}
    found = []
    for each in zip(kinds.tolist(), lanes.tolist(), speed.tolist(), strict=True):
        if each not in known:
            kind, count, kmh = each
            capacity = capacity_a_lane(CLASSES[names[kind]], count, kmh)
            mark = pool.code(f"{names[kind]}: {capacity} vehicles an hour and lane")
            known[each] = (capacity * count * MILLION, mark)
        found.append(known[each])
    columns = np.array(found, dtype=np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
