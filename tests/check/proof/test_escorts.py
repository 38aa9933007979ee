"""Rows of the escorts' time: worked out by hand, bent, and held against timetables one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check.proof.escorts import Escorts
from tests.check.proof.duals import certificate
from tests.check.proof.setting import opened, programme, proves, timetable
from tests.check.proof.strategies import fleets, relaxed, timetables
from tests.check.proof.timetable import Timetable
from tests.check.proof.village import BESIDE, Group, Kind, Village


@settings(relaxed, max_examples=200)
@given(data=st.data())
def test_every_team_has_time_for_what_it_does_in_a_valid_timetable(data: st.DataObject) -> None:
    """The convoys of all teams, and of the best of them, fit into both rows by themselves."""
    drawn = data.draw(fleets(parallel=data.draw(st.booleans())))
    village = replace(drawn, teams=data.draw(st.integers(1, 4)))
    made = data.draw(timetables(village))
    assume(made.rotations)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    escorts = Escorts(rows, by_s)
    ways = {
        (f.kind.id, w.start, w.end, w.corridor): (f, w) for f in rows.fleets for w in f.carrying
    }
    went: list[int] = []
    worth: list[int] = []
    for number in range(village.teams):
        legs = [
            (rotation["loaded_leg"], rotation["vehicles"])
            for rotation in made.rotations
            if rotation["team"] == f"escort-{number + 1}"
            and rotation["loaded_leg"]["arrive_s"] <= by_s
        ]
        used = [
            ways[made.kind(v), leg["from"], leg["to"], leg["corridor"]]
            for leg, convoy in legs
            for v in convoy
        ]
        went.append(len(used))
        worth.append(sum(escorts.worth(f, w) for f, w in used))
    for does, most in ((went, escorts.most_vehicles()), (worth, escorts.most_worth())):
        event(f"tight: {sum(does) == sum(most)}")
        assert sum(does) <= sum(most)
        assert all(n <= m for n, m in zip(sorted(does, reverse=True), most, strict=True))


LOADS = Village(
    kinds={"bus": Kind(10, {"i": 4}, out=(30, 0))},
    groups={"people": Group(40, "a", ("bus",))},
    most=3,
    teams=1,
    unloading=0,
)
"""A first convoy of ``x`` buses is fetched in 50 s, boards two at a time in 60 s, drives 100 s, is
inspected for 30 s a bus, and is there after 240 s. Of a later one the empty leg takes 340 s, since
the team comes along with it. That makes 480, 510, 600 s and 770, 800, 890 s by size.
"""


def few(value: int, price: int = 10) -> dict[str, Any]:
    """Counted in vehicles, with ten people aboard."""
    prices = {"journeys-escorted": price, "seats/a/bus/r": 1}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=1)


def shares(value: int, price: int = 1) -> dict[str, Any]:
    """Counted in time: a third of a convoy of three is the least share, times three 890 s."""
    prices = {"escorts": price, "seats/a/bus/r": 89}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=89)


def test_four_buses_go_two_by_two() -> None:
    """Three and one would wait for a bay, and a fourth finds no room in a convoy."""
    made = timetable(LOADS, (["bus-1", "bus-2"], "a", "r"), (["bus-1", "bus-2"], "a", "r"))
    assert made.clearance_s == 510 + 800
    for paper in (few, shares):
        assert proves(paper(1_310), LOADS)
        assert not proves(paper(1_311), LOADS)


@pytest.mark.parametrize("bent", [few(1_310, price=9), shares(1_310, price=0)])
def test_another_price_proves_nothing(bent: dict[str, Any]) -> None:
    """A multiplier that does not pay for the seats leaves them free."""
    assert not proves(bent, LOADS)


@pytest.mark.parametrize(
    "freer",
    [replace(LOADS, most=4), replace(LOADS, teams=2)],
    ids=["size", "teams"],
)
def test_more_room_is_not_overlooked(freer: Village) -> None:
    """With a larger convoy or a second team the same proof fails."""
    assert not proves(few(1_310), freer)
    assert not proves(shares(1_310), freer)


def test_teams_begin_and_end_one_after_another() -> None:
    """Two teams with two convoys each: the second is inspected 230 s after the first one.

    Both have work for 480 + 770 s, and lose 230 s together at each end.
    """
    village = replace(LOADS, most=1, teams=2, spacing=200)
    made = timetable(village, *[([f"bus-{n}"], "a", "r") for n in (1, 2, 1, 2)])
    assert made.clearance_s == 480 + 770 + 230

    def worth(value: int) -> dict[str, Any]:
        prices = {"escorts": 1, "seats/a/bus/r": 77}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=77)

    for paper in (few, worth):
        assert proves(paper(1_480), village)
        assert not proves(paper(1_481), village)
        assert not proves(paper(1_480), replace(village, spacing=190))
        assert not proves(paper(1_480), replace(village, teams=3))


def test_teams_at_several_crossings_do_not_wait_for_one_another() -> None:
    """Where a second crossing lies beside the first, each team has one for itself."""
    village = replace(
        LOADS,
        kinds={"bus": Kind(10, {"i": 4}, out=(30, 30))},
        roads=LOADS.roads | BESIDE | {("a", "z"): 100, ("z", "y"): 40},
        parallel=True,
        most=1,
        teams=2,
        spacing=200,
    )
    made = Timetable(village)
    for n, by in ((1, "x"), (2, "z"), (1, "x"), (2, "z")):
        made.rotation([f"bus-{n}"], "a", "r", by, by)
    assert made.clearance_s == 480 + 770
    assert proves(few(1_250), village)
    assert not proves(few(1_251), village)


def test_a_convoy_boards_in_turns() -> None:
    """Six buses go by threes: with a bay for each, both convoys are 60 s quicker."""
    village = replace(
        LOADS,
        kinds={"bus": Kind(10, {"i": 3}, out=(30, 0))},
        groups={"people": Group(60, "a", ("bus",))},
    )
    threes = ["bus-1", "bus-2", "bus-3"]
    for bays, clearance in ((2, 600 + 890), (3, 540 + 830)):
        here = replace(village, bays=bays)
        assert timetable(here, (threes, "a", "r"), (threes, "a", "r")).clearance_s == clearance
        assert proves(few(clearance), here)
        assert not proves(few(clearance + 1), here)


def test_many_convoys_are_counted_by_their_shares() -> None:
    """Fourteen loads one by one: 480 s, and 770 s for each after the first."""
    village = replace(LOADS, most=1, groups={"people": Group(140, "a", ("bus",))})
    made = timetable(village, *[(["bus-1"], "a", "r")] * 14)
    assert made.clearance_s == 480 + 13 * 770
    assert proves(few(made.clearance_s), village)
    assert not proves(few(made.clearance_s + 1), village)


def test_a_team_begins_at_the_place_that_it_is_longest_on_its_way_to() -> None:
    """What a team spares of its first convoy is the way to it.

    Own cars at ``a`` and ``b`` are there 370 s and 420 s after boarding; the team's way back takes
    340 s and 390 s, so it begins at ``b``.
    """
    village = Village(
        kinds={"car": Kind(10, {"a": 1, "b": 1}, out=(30, 0), own=True, returns=False)},
        groups={"one": Group(10, "a", ("car",)), "two": Group(10, "b", ("car",))},
        teams=1,
    )
    made = timetable(village, (["car-2"], "b", "r"), (["car-1"], "a", "r"))
    assert made.clearance_s == 60 + 420 + 340 + 60 + 370

    def both(value: int) -> dict[str, Any]:
        # Two from ``a`` take no longer than 1,200 s, but they are worth less.
        prices = {"escorts": 1, "seats/a/car/r": 77, "seats/b/car/r": 87, "people": [10, 0]}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=87)

    assert proves(both(made.clearance_s), village)
    assert not proves(both(made.clearance_s + 1), village)
