"""Vehicles as reported, as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.cases import open_case
from safepassage.record.tallies import joined, loads, noun, read_tally


@pytest.mark.parametrize(
    ("text", "vehicles"),
    [
        ("297 buses; 240 ambulances; 600 people in own cars", {"bus": 297, "ambulance": 240}),
        ("308 buses; 1231 private vehicles", {"bus": 308, "own": 1231}),
        ("10 batches", {}),
        ("2 convoys; 1 bus", {"bus": 1}),
        ("1000 private cars", {"own": 1000}),
        ("20609 vehicles", {"vehicle": 20609}),
        ("3 buses; 4 buses", {"bus": 7}),
        ("48 buses + 8 ambulances", {"bus": 48, "ambulance": 8}),
        ("48 buses, 8 cars and about 1,231 vehicles", {"bus": 48, "own": 8, "vehicle": 1231}),
        (None, {}),
    ],
)  # fmt: skip
def test_words_become_numbers(text: str | None, vehicles: dict[str, int]) -> None:
    """Convoys and batches are not vehicles; people's own are one kind, however called."""
    tally = read_tally(text)
    assert tally.vehicles == vehicles
    assert tally.unread == ()


def test_people_in_vehicles_not_counted_are_kept() -> None:
    """600 people in own cars came in no bus, and in no car of a known number."""
    assert read_tally("2 buses; 600 people in own cars").aboard == 600


@pytest.mark.parametrize("words", ["over", "more than", "at least", ">"])
def test_a_least_number_bounds_nothing(words: str) -> None:
    """More than 115 buses may be any number, and is told to be."""
    tally = read_tally(f"{words} 115 buses")
    assert tally.vehicles == {"bus": 115}
    assert tally.at_least
    assert not read_tally("about 115 buses").at_least


@pytest.mark.parametrize("text", ["private vehicles", "buses: 3", "3", "-3 buses", "3.5 buses"])
def test_what_is_no_number_is_told(text: str) -> None:
    """Nothing is taken for a number that is not one."""
    assert read_tally(f"5 buses; {text}").unread == (text,)
    assert read_tally(f"5 buses; {text}").vehicles == {"bus": 5}


@given(st.dictionaries(st.sampled_from(["bus", "ambulance", "own"]), st.integers(0, 10**6)))
def test_written_and_read_again(vehicles: dict[str, int]) -> None:
    """What is told in a message is read back as it was."""
    text = "; ".join(noun(word, n).replace(",", "") for word, n in vehicles.items())
    assert read_tally(text).vehicles == vehicles


def test_seats_are_those_of_the_fleet() -> None:
    """A word names a type by id, name or class; the largest load is the largest ever reported."""
    fleet = open_case("aleppo-2016").case.fleet
    found = loads(fleet, ["bus", "ambulance", "own", "vehicle", "boat"])
    assert {w: (x.seats, x.most) for w, x in found.items()} == {
        "bus": (50, 100),
        "ambulance": (2, 2),
        "own": (5, 14),
        "vehicle": (50, 100),
    }


def test_lists_are_joined_for_reading() -> None:
    """One, two, three."""
    assert [joined(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
