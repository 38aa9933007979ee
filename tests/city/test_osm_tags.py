"""What tags say: which ways are for cars, in which direction, with how many lanes, how fast."""

from __future__ import annotations

import pytest

from safepassage.city.osm_tags import Way, read_way
from safepassage.city.speed_limits import COUNTRY_LIMITS, zone_limit


def way(**tags: str) -> Way:
    """A residential road with further tags; ``__`` in a key stands for ``:``."""
    written = {key.replace("__", ":"): value for key, value in tags.items()}
    read = read_way({"highway": "residential", **written})
    assert isinstance(read, Way), read
    return read


def kmh(**tags: str) -> float:
    """The speed along the way."""
    forward = way(**tags).forward
    assert forward is not None
    return forward.speed / 1e6


def lanes(**tags: str) -> tuple[int | None, int | None]:
    """Lanes along and against the way."""
    read = way(**tags)
    return tuple(d.lanes if d else None for d in (read.forward, read.backward))  # type: ignore[return-value]  # two of them


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({"highway": "footway"}, "kind"),
        ({"highway": "service"}, "kind"),
        ({"highway": "residential", "area": "yes"}, "kind"),
        ({"highway": "residential", "access": "no"}, "access"),
        ({"highway": "residential", "access": "private"}, "access"),
        ({"highway": "residential", "motor_vehicle": "no"}, "access"),
        ({"highway": "residential", "motorcar": "no", "access": "yes"}, "access"),
        ({"highway": "residential", "oneway": "reversible"}, "reversible"),
    ],
)
def test_what_is_left_out_says_why(tags: dict[str, str], why: str):
    """Ways that are not for cars, and those open to one side at a time, are no roads."""
    assert read_way(tags) == why


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway"},
        {"highway": "residential", "access": "destination"},
        {"highway": "residential", "access": "no", "motor_vehicle": "yes"},
        {"highway": "residential", "access": "private", "motorcar": "designated"},
        {"highway": "residential", "bicycle": "no"},
    ],
)
def test_the_most_special_access_counts(tags: dict[str, str]):
    """What is said of cars goes before what is said of everyone."""
    assert isinstance(read_way(tags), Way)


def test_service_ways_come_on_request_without_driveways():
    """A hospital's road is one, the way to a single house is not."""
    assert isinstance(read_way({"highway": "service"}, service=True), Way)
    assert read_way({"highway": "service", "service": "driveway"}, service=True) == "kind"


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({}, (True, True)),
        ({"oneway": "no"}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "circular"}, (True, False)),
        ({"junction": "roundabout", "oneway": "no"}, (True, True)),
        ({"oneway": "yes", "oneway__motorcar": "no"}, (True, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"highway": "motorway_link"}, (True, True)),
    ],
)
def test_directions(tags: dict[str, str], open_: tuple[bool, bool]):
    """One-way as told; motorways and roundabouts are unless told otherwise."""
    read = way(**tags)
    assert (read.forward is not None, read.backward is not None) == open_


def test_alternating_is_open_both_ways_and_says_so():
    """One lane in turn: both directions, marked."""
    read = way(oneway="alternating")
    assert read.alternating
    assert read.forward is not None
    assert read.backward is not None


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        ({}, (0, 0)),
        ({"lanes": "2"}, (1, 1)),
        ({"lanes": "4"}, (2, 2)),
        ({"lanes": "3"}, (1, 1)),
        ({"lanes": "1"}, (1, 1)),
        ({"lanes": "3", "lanes__forward": "2"}, (2, 1)),
        ({"lanes": "3", "lanes__backward": "2"}, (1, 2)),
        ({"lanes__forward": "2", "lanes__backward": "3"}, (2, 3)),
        ({"lanes": "3", "lanes__both_ways": "1"}, (1, 1)),
        ({"lanes": "4", "lanes__psv": "2"}, (1, 1)),
        ({"lanes": "3", "oneway": "yes"}, (3, None)),
        ({"lanes": "3", "oneway": "-1"}, (None, 3)),
        ({"lanes": "2.5", "oneway": "yes"}, (2, None)),
        ({"lanes": "many"}, (0, 0)),
        ({"lanes": "-2"}, (0, 0)),
        ({"lanes": "nan"}, (0, 0)),
        ({"lanes": "1e400"}, (0, 0)),
    ],
)
def test_lanes(tags: dict[str, str], count: tuple[int | None, int | None]):
    """Lanes for cars in each direction; what cannot be read counts as not told."""
    assert lanes(**tags) == count


@pytest.mark.parametrize(
    ("tags", "count"),
    [
        # Numbers for each direction, with and without the total.
        ({"lanes__forward": "3", "lanes__backward": "2", "lanes__psv__forward": "1"}, (2, 2)),
        ({"lanes__forward": "3", "lanes__backward": "2", "lanes__bus__backward": "1"}, (3, 1)),
        (
            {"lanes": "6", "lanes__forward": "4", "lanes__bus__forward": "1",
             "lanes__bus__backward": "1"},
            (3, 1),
        ),
        ({"lanes": "4", "lanes__psv__forward": "1", "lanes__psv__backward": "1"}, (1, 1)),
        # A number for both together: shared evenly, or with the wider side.
        ({"lanes__forward": "2", "lanes__backward": "2", "lanes__psv": "2"}, (1, 1)),
        ({"lanes__forward": "3", "lanes__backward": "1", "lanes__psv": "1"}, (2, 1)),
        ({"lanes__forward": "2", "lanes__backward": "2", "lanes__bus": "1"}, (1, 1)),
        (
            {"lanes__forward": "2", "lanes__backward": "2", "lanes__psv": "2",
             "lanes__psv__forward": "1"},
            (1, 1),
        ),
        # Both keys may be there for the same lane.
        ({"lanes": "3", "oneway": "yes", "lanes__psv": "1", "lanes__bus": "1"}, (2, None)),
        # One-way for cars, with a lane for buses in the other direction.
        (
            {"lanes": "3", "oneway": "yes", "lanes__forward": "2", "lanes__backward": "1",
             "lanes__bus__backward": "1"},
            (2, None),
        ),
        ({"lanes": "3", "oneway": "yes", "lanes__bus__backward": "1"}, (2, None)),
        ({"lanes": "3", "oneway": "yes", "lanes__backward": "1", "lanes__psv": "1"}, (2, None)),
        ({"lanes": "3", "oneway": "-1", "lanes__forward": "1", "lanes__psv": "1"}, (None, 2)),
        ({"lanes": "3", "oneway": "yes", "busway": "opposite_lane"}, (2, None)),
        # A word for each lane.
        ({"lanes": "3", "oneway": "yes", "bus__lanes": "yes|yes|designated"}, (2, None)),
        ({"oneway": "yes", "psv__lanes": "||designated"}, (2, None)),
        (
            {"lanes": "3", "oneway": "yes", "access__lanes": "yes|yes|no",
             "bus__lanes": "yes|yes|designated"},
            (2, None),
        ),
        # A lane of bicycles is none of ``lanes``.
        ({"lanes": "2", "oneway": "yes", "vehicle__lanes": "yes|yes|no"}, (2, None)),
        ({"lanes": "2", "oneway": "yes", "vehicle__lanes": "yes|no|yes",
          "bicycle__lanes": "yes|designated|yes"}, (2, None)),
        # What is said of cars goes before what is said of everyone, and of buses.
        (
            {"oneway": "yes", "access__lanes": "yes|no|no", "motorcar__lanes": "||yes"},
            (2, None),
        ),
        (
            {"lanes": "2", "oneway": "yes", "motor_vehicle__lanes": "yes|yes",
             "bus__lanes": "yes|designated"},
            (2, None),
        ),
        ({"lanes": "3", "bus__lanes__forward": "yes|designated"}, (1, 1)),
        (
            {"lanes": "4", "vehicle__lanes__forward": "yes|no",
             "bus__lanes__forward": "yes|designated"},
            (1, 2),
        ),
        # The older scheme.
        ({"lanes": "4", "busway": "lane"}, (1, 1)),
        ({"lanes": "3", "oneway": "yes", "busway__right": "lane"}, (2, None)),
        ({"lanes__forward": "2", "lanes__backward": "1", "busway__right": "lane"}, (1, 1)),
        # One scheme beside another says the same lane twice.
        (
            {"lanes": "3", "oneway": "yes", "busway": "lane", "lanes__psv": "1",
             "psv__lanes": "yes|yes|designated"},
            (2, None),
        ),
    ],
)  # fmt: skip
def test_lanes_for_buses_are_not_for_cars(tags: dict[str, str], count: tuple[int, int]):
    """A lane that only buses may use is taken off, however it is told, and once."""
    assert lanes(**tags) == count


def test_a_direction_with_lanes_for_buses_alone_is_closed_to_cars():
    """Where every lane of one direction is for buses, cars go one way; else they go both."""
    tags = {"lanes": "3", "lanes__forward": "2", "lanes__backward": "1"}
    assert lanes(**tags, lanes__bus__backward="1") == (2, None)
    assert lanes(**tags, vehicle__lanes__backward="no") == (2, None)
    assert lanes(lanes="2", vehicle__lanes__backward="no") == (2, None)
    assert lanes(**tags) == (2, 1)
    closed = {"highway": "residential", "oneway": "yes", "vehicle:lanes": "no|no"}
    assert read_way(closed) == "access"


def test_a_lane_for_buses_of_one_direction_or_the_other_is_marked():
    """Where nobody tells which side it is on, the lanes that are left are assumed."""
    tags = {"lanes__forward": "2", "lanes__backward": "2"}
    unsure, sure = way(**tags, lanes__psv="1"), way(**tags, lanes__psv="2")
    assert unsure.forward is not None
    assert unsure.forward.lanes_assumed == "a bus lane of one direction, taken off both"
    assert sure.forward is not None
    assert sure.forward.lanes_assumed is None


@pytest.mark.parametrize(
    "tags",
    [
        {"lanes": "1", "lanes__psv": "1"},
        {"lanes": "1", "lanes__psv": "1", "oneway": "yes"},
        {"lanes__forward": "1", "lanes__backward": "1", "lanes__psv": "2"},
        {"oneway": "yes", "bus__lanes": "yes|designated", "psv__lanes": "yes"},
    ],
)
def test_lanes_that_contradict_one_another_are_not_believed(tags: dict[str, str]):
    """More lanes for buses than there are, or lists of unequal length, count as not told."""
    read = way(**tags)
    assert read.forward is not None
    assert read.forward.lanes == 0
    written = {f"{key.replace('__', ':')}={value}" for key, value in tags.items()}
    assert set(read.unread) == written - {"oneway=yes"}


def test_shared_out_lanes_are_marked():
    """Three lanes for two directions are divided by assumption, four are not."""
    three, four = way(lanes="3").forward, way(lanes="4").forward
    assert three is not None
    assert three.lanes_assumed
    assert four is not None
    assert four.lanes_assumed is None


@pytest.mark.parametrize(
    ("tags", "speed"),
    [
        ({}, 0),
        ({"maxspeed": "50"}, 50),
        ({"maxspeed": "50 km/h"}, 50),
        ({"maxspeed": "30 mph"}, 48.28032),
        ({"maxspeed": "30mph"}, 48.28032),
        ({"maxspeed": "10 knots"}, 18.52),
        ({"maxspeed": "walk"}, 5),
        ({"maxspeed": "none"}, 0),
        ({"maxspeed": "DE:urban"}, 50),
        ({"maxspeed": "GB:nsl_single"}, 96.56064),
        ({"maxspeed": "DE:zone:30"}, 30),
        ({"maxspeed": "DE:zone30"}, 30),
        ({"maxspeed": "XX:urban"}, 50),
        ({"maxspeed": "500"}, 0),
        ({"maxspeed": "0"}, 0),
        ({"maxspeed": "fast"}, 0),
        ({"maxspeed": "50", "maxspeed__forward": "30"}, 30),
        ({"maxspeed__backward": "30"}, 0),
        ({"maxspeed__type": "FR:rural"}, 80),
        ({"source__maxspeed": "sign"}, 0),
        ({"maxspeed": "none", "source__maxspeed": "DE:rural"}, 100),
    ],
)
def test_speeds(tags: dict[str, str], speed: float):
    """Speeds in every unit, exactly; 0 where nothing believable is told."""
    assert kmh(**tags) == speed


def test_what_was_not_understood_is_named():
    """Each tag that counts as not told stands in ``unread``; what was understood does not."""
    assert way(maxspeed="fast", lanes="x", oneway="perhaps").unread == (
        "oneway=perhaps",
        "lanes=x",
        "maxspeed=fast",
    )
    assert way(maxspeed="signals", lanes="2", oneway="no").unread == ()


def test_limits_by_law_are_marked_and_not_those_of_signs():
    """A country's general limit is an assumption about this road."""
    law, sign = way(maxspeed="DE:urban").forward, way(maxspeed="50").forward
    assert law is not None
    assert law.speed_assumed == "DE:urban: 50 km/h by law"
    assert sign is not None
    assert sign.speed_assumed is None


def test_a_motorway_has_no_rural_limit():
    """``DE:rural`` on a motorway is of the country around it."""
    assert zone_limit("DE:rural", "motorway") is None
    assert zone_limit("DE:rural", "trunk") is not None


def test_the_table_of_limits_is_believable():
    """Codes of two letters; urban slower than rural slower than motorway."""
    for country, limits in COUNTRY_LIMITS.items():
        assert len(country) == 2
        assert limits["urban"] <= limits["rural"] <= limits.get("motorway", 999)


def test_conditional_rules_are_noticed():
    """They are left out, so they have to be counted."""
    assert way(motor_vehicle__conditional="no @ (22:00-06:00)").conditional
    assert not way(maxspeed="30").conditional
