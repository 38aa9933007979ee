"""Timetables that stand at the very edge of what the programme's rows allow.

Each of these is valid, and each would be ruled out if one row were drawn a little tighter.
"""

from __future__ import annotations

from safepassage.check.proof.verify import least_bound
from tests.check.proof.duals import certificate, frame_of, prices_of, solve
from tests.check.proof.setting import opened, programme, timetable
from tests.check.proof.timetable import Timetable
from tests.check.proof.village import Group, Kind, Village

PEOPLE = {"people": Group(10, "a", ("bus",))}


def _optimum(made: Timetable, by_s: int, grid: list[int], *, bays: bool = False) -> float:
    """Return the share of the people whom the programme lets out by then, at most 1."""
    paper = certificate("clearance-at-least", by_s + 1, by_s, grid, {}, bays=bays)
    frame = frame_of(programme(opened(made.village)), paper)
    return solve(frame).optimum / sum(entry.persons for entry in frame.entries)


def _fits(made: Timetable, *moments: int, bays: bool = False) -> None:
    """All are out by the clearance time, and the programme says so."""
    grid = sorted({0, *moments, made.clearance_s})
    assert _optimum(made, made.clearance_s, grid, bays=bays) >= 1 - 1e-9


def test_a_vehicle_may_depart_as_soon_as_all_begins() -> None:
    village = Village({"bus": Kind(10, {"i": 1})}, PEOPLE)
    made = timetable(village, (["bus-1"], "a", "r"))
    # From 0 s it drives 50 s without a crossing, boards 60 s, and is at the crossing at 210 s.
    assert made.clearance_s == 450
    _fits(made, 110, 210)
    _fits(made, 50, 110, 210, bays=True)
    assert _optimum(made, 449, [0, 110, 209, 449]) < 1


def test_a_crossing_without_inspection_is_passed_as_it_opens() -> None:
    village = Village({"bus": Kind(10, {"i": 1})}, PEOPLE, hours=((5, 10),))
    made = timetable(village, (["bus-1"], "a", "r"))
    assert made.clearance_s == 300 + 240
    _fits(made, 300)
    _fits(made, 299, 300, 301)
    # Even on a grid that puts this moment at the end of a long slot it is not a second earlier.
    assert _optimum(made, 539, [0, 300, 539]) < 1


def test_spacing_may_pass_while_the_crossing_is_closed() -> None:
    village = Village(
        {"bus": Kind(10, {"i": 2}, out=(60, 0))},
        {"people": Group(20, "a", ("bus",))},
        hours=((5, 6), (8, 9)),
        spacing=100,
    )
    made = timetable(village, (["bus-1"], "a", "r"), (["bus-2"], "a", "r"))
    # Two minutes are open, and both are needed: the spacing lies between them.
    assert made.clearance_s == 540 + 240
    _fits(made, 300, 360, 480, 540)
    # Only where one opening has to do, there is no room for two and their spacing.
    assert _optimum(made, 360 + 240, [0, 300, 360, 600]) < 1


def test_a_first_journey_comes_without_the_inspections_of_later_ones() -> None:
    village = Village(
        {"bus": Kind(10, {"i": 3}, back=(60, 0))},
        {"people": Group(30, "a", ("bus",))},
        least=3,
        most=3,
        bays=3,
    )
    made = timetable(village, (["bus-1", "bus-2", "bus-3"], "a", "r"))
    assert made.clearance_s == 450
    _fits(made)


def test_a_convoy_mixes_types_that_other_crossings_hold_up_longest() -> None:
    village = Village(
        {"bus": Kind(10, {"d": 1}, out=(60, 0)), "van": Kind(10, {"d": 1}, out=(0, 5))},
        {"one": Group(10, "a", ("bus",)), "other": Group(10, "a", ("van",))},
        two_crossings=True,
        least=2,
        most=2,
    )
    made = timetable(village, (["bus-1", "van-1"], "a", "r"))
    assert {way.key for f in programme(opened(village)).fleets for way in f.carrying} == {"x", "y"}
    _fits(made)


def test_an_escort_is_free_before_its_vehicles_are_unloaded() -> None:
    village = Village(
        {"bus": Kind(10, {"d": 2})},
        {"people": Group(20, "a", ("bus",))},
        teams=1,
        unloading=600,
    )
    made = timetable(village, (["bus-1"], "a", "r"), (["bus-2"], "a", "r"))
    # The team comes back to the depot in 230 s, long before the first bus is empty.
    assert made.clearance_s == 570 + 230 + 570
    _fits(made, *range(0, 1370, 50), 570, 800)
    assert _optimum(made, 1100, sorted({*range(0, 1100, 50), 570, 1100})) < 1


def test_journeys_that_take_no_time_have_no_end() -> None:
    village = Village(
        {"bus": Kind(1, {"d": 1})},
        {"people": Group(8, "a", ("bus",))},
        boarding=0,
        unloading=0,
        at_one_node=True,
    )
    paper = certificate("clearance-at-least", 1, 0, [0, 1], {"seats/a/bus/r": 1}, scale=1)
    frame = frame_of(programme(opened(village)), paper)
    assert least_bound(frame, prices_of(frame, paper["multipliers"]), 1) is None


def test_people_who_can_share_a_vehicle_with_others_need_not_fill_one() -> None:
    village = Village(
        {"bus": Kind(10, {"i": 1}), "van": Kind(2, {"i": 1})},
        {"one": Group(5, "a", ("bus",)), "other": Group(7, "a", ("bus", "van"))},
    )
    made = timetable(village, (["bus-1"], "a", "r"), (["van-1"], "a", "r"))
    assert made.clearance_s == 450
    _fits(made, 110, 210)


def test_bays_board_until_the_last_vehicle_departs() -> None:
    """A bay is free from the first arrival to the last departure, and busy all the time."""
    village = Village(
        {"bus": Kind(10, {"i": 3})}, {"people": Group(30, "a", ("bus",))}, boarding=300, bays=1
    )
    legs = [([f"bus-{i}"], "a", "r") for i in (1, 2, 3)]
    made = timetable(village, *legs)
    # There after 50 s, three times 300 s at the bay, and 340 s on the way.
    assert made.clearance_s == 50 + 900 + 340
    _fits(made, 950)
    assert _optimum(made, made.clearance_s - 1, [0, 949, made.clearance_s - 1]) < 1
