"""Certificates worked out by hand, and what becomes of them when they are bent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.check.proof.duals import certificate
from tests.check.proof.setting import codes, opened, programme, proves, timetable
from tests.check.proof.village import Group, Kind, Village

ONE_BUS = Village(
    kinds={"bus": Kind(10, {"d": 1}, out=(30, 0))},
    groups={"people": Group(20, "a", ("bus",))},
)
"""A bus of 10 seats has to go twice.

It drives 30 + 40 + 100 = 170 s from the depot to the people, boards for 60 s, drives 100 s to the
crossing, is inspected for 30 s, and drives 40 + 200 = 240 s to the reception point: there at 600 s.
It unloads for 30 s, drives 200 + 40 + 100 = 340 s back, and is there again 60 + 130 + 240 s later:
at 1400 s.
"""


def rotations(value: int, multipliers: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everybody needs 1400 s, by the time that the bus has.

    A rotation from the reception point takes 340 + 60 + 370 + 30 = 800 s. Until D the bus has
    D + 30 + 170 s: the last unloading may come after D, and the first way is 170 s shorter. So it
    goes (D + 200) / 800 times and carries ten times as many people: (D + 200) / 80. With the
    scale 80 the row's multiplier is 1, and a seat's is 80: then a carry event costs
    800 - 10 x 80 = 0, and a person 80, which is the gain.
    """
    prices = {"whole/bus": 1, "seats/a/bus/r": 80, **(multipliers or {})}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=80)


def test_the_ways_are_those_worked_out() -> None:
    (bus,) = programme(opened(ONE_BUS)).fleets
    (carry,) = bus.carrying
    assert (carry.key, carry.key_s, carry.lead, carry.tail) == ("x", 30, 130, 240)
    assert (carry.drive, carry.own, carry.whole) == (340, 30, 370)
    fetches = {w.start: (w.lead, w.tail, w.whole) for w in bus.fetching if w.corridor == "way"}
    assert fetches == {"d": (70, 100, 170), "r": (240, 100, 340), "q": (300, 100, 400)}


def test_a_bound_by_the_time_of_the_bus_is_exact() -> None:
    made = timetable(ONE_BUS, (["bus-1"], "a", "r"), (["bus-1"], "a", "r"))
    assert made.clearance_s == 1400
    assert proves(rotations(1400), ONE_BUS)
    assert not proves(rotations(1401), ONE_BUS)


def crossing(value: int, moment: int) -> dict[str, Any]:
    """A hundred people in ten buses are inspected one after another.

    The last inspection must end 240 s before D. In the slot up to then floor((D - 240) / 30) of
    them can end, with 10 people each; in the slot after it none is in time.
    """
    multipliers = {"capacity/x/out": [[0, 0, 10]], "seats/a/bus/r": 1}
    grid = [0, moment, value - 1]
    return certificate("clearance-at-least", value, value - 1, grid, multipliers, scale=1)


MANY_BUSES = Village(
    kinds={"bus": Kind(10, {"d": 50}, out=(30, 0))},
    groups={"people": Group(100, "a", ("bus",))},
)


def test_a_bound_by_the_crossing() -> None:
    assert proves(crossing(540, 299), MANY_BUSES)
    assert not proves(crossing(541, 300), MANY_BUSES)
    # A grid that cuts elsewhere leaves events in time on both sides.
    assert not proves(crossing(540, 250), MANY_BUSES)
    assert not proves(crossing(540, 330), MANY_BUSES)


def test_a_bound_by_the_crossings_hours() -> None:
    # Open from 300 s on, so all is 300 s later.
    late = replace(MANY_BUSES, hours=((5, 1440),))
    assert proves(crossing(840, 599), late)
    assert not proves(crossing(841, 600), late)
    # Closed from 480 s to 600 s: the six inspections of the first hours are over by then, and the
    # other four have to wait.
    broken = replace(MANY_BUSES, hours=((5, 8), (10, 1440)))
    assert proves(crossing(960, 719), broken)
    assert not proves(crossing(961, 720), broken)


def test_a_bound_by_the_bays() -> None:
    """With two bays, 60 s each, ceil(W / 60) x 2 vehicles board in W seconds."""
    village = replace(MANY_BUSES, kinds={"bus": Kind(10, {"d": 50}, out=(0, 0))}, boarding=60)
    # A boarding ends at least 100 + 240 s before D. A boarded vehicle is worth its ten people up
    # to then, and nothing later; nobody is fetched before 170 s, but no price says so.
    worth = [10, 10, 0, 0]

    def paper(value: int) -> dict[str, Any]:
        multipliers = {
            "board/a": [[0, 0, 10]],
            "boarded/bus/a": worth,
            "seats/a/bus/r": 1,
        }
        grid = [0, value - 341, value - 241, value - 1]
        claim = "clearance-at-least"
        return certificate(claim, value, value - 1, grid, multipliers, scale=1, bays=True)

    # 240 s have room for 8 boardings, 241 s for 10.
    assert proves(paper(581), village)
    assert not proves(paper(582), village)


def test_a_bound_on_the_people_in_time() -> None:
    def paper(value: int, by_s: int) -> dict[str, Any]:
        multipliers = {"whole/bus": 1, "seats/a/bus/r": 80}
        return certificate("out-by-at-most", value, by_s, [0, by_s], multipliers, scale=80)

    # (1399 + 200) / 80 = 19.98...
    assert proves(paper(19, 1399), ONE_BUS)
    assert not proves(paper(19, 1400), ONE_BUS)
    assert proves(paper(20, 1400), ONE_BUS)


def test_full_vehicles_are_counted() -> None:
    # 11 people need a second journey as well as 20 do.
    eleven = replace(ONE_BUS, groups={"people": Group(11, "a", ("bus",))})
    assert proves(rotations(1400), eleven)
    # Where the people are counted at the reception point, nobody is added to them.
    assert not proves(rotations(1400), replace(eleven, room=100))


def test_noughts_prove_nothing() -> None:
    assert not proves(rotations(1400, multipliers={"whole/bus": 0, "seats/a/bus/r": 0}), ONE_BUS)
    nothing = certificate("clearance-at-least", 1, 0, [0, 1], {})
    assert not proves(nothing, ONE_BUS)


@pytest.mark.parametrize(
    "changes",
    [
        {"multipliers": {"whole/bus": 0}},
        {"multipliers": {"whole/bus": 2}},
        {"multipliers": {"seats/a/bus/r": 79}},
        {"multipliers": {"seats/a/bus/r": 81}},
        {"multipliers": {"people": [1]}},
        {"multipliers": {"ready/bus/r": [0, 5]}},
        {"multipliers": {"ready/bus/d": [1, 1]}},
        {"scale": 79},
        {"value": 1401, "by_s": 1400, "grid": [0, 1400]},
        {"claim": "out-by-at-most", "value": 18},
    ],
)
def test_a_bent_certificate_does_not_prove(changes: dict[str, Any]) -> None:
    paper = rotations(1400, multipliers=changes.pop("multipliers", {})) | changes
    assert codes(ONE_BUS, rotations(1400)) == set()
    assert codes(ONE_BUS, paper) == {"certificate-does-not-prove"}


@pytest.mark.parametrize(
    "changes",
    [
        {"by_s": 1398},
        {"claim": "nobody-ever"},
        {"value": -1},
        {"value": True},
        {"bays": 0},
        {"scale": 0},
        {"sentence": None},
        {"multipliers": []},
        {"oath": 1},
        {"grid": [0, 1398]},
        {"grid": [1, 1399]},
        {"grid": [0]},
        {"grid": [0, 700, 700, 1399]},
        {"grid": [0, 1399.0]},
        {"grid": [0, 10**12]},
        {"grid": list(range(30_000))},
        {"multipliers": {"whole/bus": -1}},
        {"multipliers": {"whole/bus": 1.0}},
        {"multipliers": {"whole/bus": [1]}},
        {"multipliers": {"whole/tram": 1}},
        {"multipliers": {"motion": [0, 0]}},
        {"multipliers": {"escorts": 1}},
        {"multipliers": {"journeys-escorted": 1}},
        {"multipliers": {"journeys/bus": -1}},
        {"multipliers": {"journeys/tram": 1}},
        {"multipliers": {"rotations/bus/0": 1}},
        {"multipliers": {"room/r": 1}},
        {"multipliers": {"board/a": []}},
        {"multipliers": {"arrived/bus/a": [0, 0]}},
        {"multipliers": {"ready/bus/i": [0, 0]}},
        {"multipliers": {"ready/bus/d": [0]}},
        {"multipliers": {"people": [0, 0]}},
        {"multipliers": {"people": [-1]}},
        {"multipliers": {"people": [True]}},
        {"multipliers": {"people": [10**60]}},
        {"scale": 10**60},
        {"multipliers": {"capacity/x/in": []}},
        {"multipliers": {"capacity/x/out": 1}},
        {"multipliers": {"capacity/x/out": [[0, 1, 1]]}},
        {"multipliers": {"capacity/x/out": [[0, 0, -1]]}},
        {"multipliers": {"capacity/x/out": [[0, 0]]}},
        {"multipliers": {"time/bus": [[5, 4, 1]]}},
        {"multipliers": {"time/bus": [[-1, 4, 1]]}},
    ],
)
def test_a_certificate_of_bad_form_is_told(changes: dict[str, Any]) -> None:
    bad = changes.get("multipliers")
    paper = rotations(1400) | changes
    if isinstance(bad, dict):
        paper["multipliers"] = rotations(1400)["multipliers"] | bad
    assert codes(ONE_BUS, paper) == {"certificate-malformed"}


def test_numbers_as_large_as_may_be_prove_nothing_and_break_nothing() -> None:
    """What they come to is told, whatever its size."""
    largest = 10**60 - 1
    paper = rotations(1400) | {"scale": 1, "multipliers": {"people": [largest]}}
    assert codes(ONE_BUS, paper) == {"certificate-does-not-prove"}


def test_a_key_left_out_is_told() -> None:
    for key in rotations(1400):
        paper = rotations(1400)
        del paper[key]
        told = "certificate-unknown" if key == "format" else "certificate-malformed"
        assert codes(ONE_BUS, paper) == {told}


def test_a_certificate_for_another_case_or_count_is_refused() -> None:
    fewer = replace(ONE_BUS, groups={"people": Group(10, "a", ("bus",))})
    assert codes(fewer, rotations(1400)) == {"certificate-does-not-prove"}
    quicker = replace(ONE_BUS, boarding=59)
    assert codes(quicker, rotations(1400)) == {"certificate-does-not-prove"}
    two = replace(ONE_BUS, kinds={"bus": Kind(10, {"d": 2}, out=(30, 0))})
    assert codes(two, rotations(1400)) == {"certificate-does-not-prove"}


def test_the_answer_states_no_more_than_is_proven() -> None:
    missing = "bound-without-certificate"
    assert codes(ONE_BUS, rotations(1400), lower_bound_s=1400) == set()
    assert codes(ONE_BUS, rotations(1400), lower_bound_s=1401) == {missing}
    assert codes(ONE_BUS, rotations(1300), rotations(1400), lower_bound_s=1400) == set()
    assert codes(ONE_BUS, lower_bound_s=1) == {missing}


def test_the_people_in_time_are_no_fewer_than_is_proven() -> None:
    missing = "bound-without-certificate"
    multipliers = {"whole/bus": 1, "seats/a/bus/r": 80}

    def paper(by_s: int, value: int) -> dict[str, Any]:
        return certificate("out-by-at-most", value, by_s, [0, by_s], multipliers, scale=80)

    late = replace(ONE_BUS, deadline=1399)
    assert codes(late, paper(1399, 19), evacuated_at_most=19) == set()
    assert codes(late, paper(1399, 19), evacuated_at_most=18) == {missing}
    # A bound for a moment before the deadline says nothing of those who come after it.
    assert codes(late, paper(1398, 19), evacuated_at_most=19) == {missing}
    # That not everybody is out by then is no number of people.
    assert codes(late, rotations(1400), evacuated_at_most=19) == {missing}
    # Without a deadline everybody is in time some day.
    assert codes(ONE_BUS, paper(1399, 19), evacuated_at_most=19) == {missing}


def boarding(value: int, price: int = 1) -> dict[str, Any]:
    """Seven buses board at two bays, for 60 s each, with ten people aboard.

    The first is there 170 s after the start, and the last needs 370 s from its departure on. So
    each bay has D - 540 s; in whole minutes. A bus takes 60 s of them and lets ten people out.
    """
    prices = {"boarding/a": price, "seats/a/bus/r": 6}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=6)


SEVEN_BUSES = Village(
    kinds={"bus": Kind(10, {"d": 7}, out=(30, 0))},
    groups={"people": Group(70, "a", ("bus",))},
)


def test_a_bound_by_the_bays_counts_whole_vehicles_at_each() -> None:
    """Two bays need four turns for seven vehicles, and not a second less is proven or needed."""
    # Three turns let six buses out, so D - 540 < 240 proves that the seventh is not.
    assert proves(boarding(540 + 4 * 60), SEVEN_BUSES)
    assert not proves(boarding(540 + 4 * 60 + 1), SEVEN_BUSES)
    legs = [([f"bus-{i}"], "a", "r") for i in range(1, 8)]
    assert timetable(SEVEN_BUSES, *legs).clearance_s >= 540 + 4 * 60


def test_bays_prove_nothing_with_another_price_or_at_another_place() -> None:
    """A multiplier of nothing leaves vehicles free; a row that is not there is a fault."""
    assert not proves(boarding(540 + 4 * 60, price=0), SEVEN_BUSES)
    paper = boarding(540 + 4 * 60)
    paper["multipliers"]["boarding/b"] = 1
    assert codes(SEVEN_BUSES, paper) == {"certificate-malformed"}


def test_bays_do_not_hold_back_own_vehicles() -> None:
    """Own vehicles board without a bay, so no bay bounds them."""
    cars = Village(
        kinds={"car": Kind(10, {"a": 7}, out=(30, 0), own=True, returns=False)},
        groups={"people": Group(70, "a", ("car",))},
    )
    paper = certificate("clearance-at-least", 500, 499, [0, 499], {"boarding/a": 1}, scale=6)
    assert codes(cars, paper) == {"certificate-malformed"}


def spaced(value: int, more: int = 0) -> dict[str, Any]:
    """Three buses are inspected for 30 s each, 100 s apart.

    The first inspection begins after 170 s to the people, 60 s of boarding and 100 s to the
    crossing, the last ends 240 s before D; its spacing comes after it. So D - 240 - 330 + 100 s
    have room for 130 s a bus, with ten people aboard.
    """
    prices = {"spacing/x": 1, "convoys-most/x": 100, "seats/a/bus/r": 13 + more}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=13)


def test_a_bound_by_spacing_counts_from_the_first_inspection_to_the_last() -> None:
    """Neither the way to the crossing nor that from it is time in which convoys pass."""
    village = Village(
        kinds={"bus": Kind(10, {"d": 3}, out=(30, 0))},
        groups={"people": Group(30, "a", ("bus",))},
        spacing=100,
    )
    made = timetable(village, *[([f"bus-{i}"], "a", "r") for i in (1, 2, 3)])
    assert made.clearance_s == 330 + 3 * 30 + 2 * 100 + 240
    assert proves(spaced(made.clearance_s), village)
    assert not proves(spaced(made.clearance_s + 1), village)
    assert not proves(spaced(made.clearance_s, more=1), village)


def test_each_vehicle_makes_a_whole_number_of_journeys() -> None:
    """Two buses with three loads need as long as one bus with two, by the whole numbers alone."""

    def journeys(value: int, price: int = 10) -> dict[str, Any]:
        prices = {"journeys/bus": price, "seats/a/bus/r": 1}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=1)

    village = Village(
        kinds={"bus": Kind(10, {"d": 2}, out=(30, 0))},
        groups={"people": Group(30, "a", ("bus",))},
    )
    made = timetable(village, *[([bus], "a", "r") for bus in ("bus-1", "bus-2", "bus-1")])
    # (D + 200) / 800 journeys each, rounded down, as worked out for one bus.
    assert made.clearance_s == 1400
    assert proves(journeys(1400), village)
    assert not proves(journeys(1401), village)
    assert not proves(journeys(1400, price=9), village)


CARS = Village(
    kinds={"car": Kind(10, {"a": 3}, out=(30, 0), own=True, returns=False)},
    groups={"people": Group(20, "a", ("car",))},
    teams=1,
)
"""A car boards for 60 s, and is there 370 s later; its team needs 340 s back to the next."""


def test_a_team_goes_back_to_its_next_convoy() -> None:
    """Time that a team needs alone between two convoys is not time with a third."""

    def escorts(value: int, price: int = 1) -> dict[str, Any]:
        # The last way back may come after D, so there are D + 340 s for 770 s a car.
        prices = {"escorts": price, "seats/a/car/r": 77}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=77)

    made = timetable(CARS, (["car-1"], "a", "r"), (["car-2"], "a", "r"))
    assert made.clearance_s == 430 + 340 + 430
    assert proves(escorts(1200), CARS)
    assert not proves(escorts(1201), CARS)
    assert not proves(escorts(1200, price=0), CARS)


def test_each_team_goes_a_whole_number_of_times() -> None:
    """Two teams with three cars need as long as one team with two."""

    def escorted(value: int, price: int = 10) -> dict[str, Any]:
        prices = {"journeys-escorted": price, "seats/a/car/r": 1}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=1)

    village = replace(CARS, teams=2, groups={"people": Group(30, "a", ("car",))})
    made = timetable(village, *[([f"car-{i}"], "a", "r") for i in (1, 2, 3)])
    assert made.clearance_s == 1200
    assert proves(escorted(1200), village)
    assert not proves(escorted(1201), village)
    assert not proves(escorted(1200, price=0), village)
