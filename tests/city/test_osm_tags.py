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
