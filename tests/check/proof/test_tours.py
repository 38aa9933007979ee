"""Tours of single vehicles: worked out by hand, bent, and held against timetables one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check.proof.tours import has_tours, most_of_tour
from tests.check.proof.duals import certificate
from tests.check.proof.setting import codes, opened, programme, proves, timetable
from tests.check.proof.strategies import fleets, relaxed, timetables
from tests.check.proof.village import Group, Kind, Village


@settings(relaxed, max_examples=200)
@given(data=st.data())
def test_no_vehicle_does_more_than_the_best_tour(data: st.DataObject) -> None:
    """Whatever loaded legs are worth, those of a vehicle in a valid timetable are a tour."""
    village = data.draw(fleets(parallel=data.draw(st.booleans())))
    made = data.draw(timetables(village))
    assume(made.rotations)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    fleet = data.draw(st.sampled_from([f for f in rows.fleets if f.carrying]))
    assume(has_tours(rows, fleet, by_s))
    legs = sorted({(w.start, w.end, w.corridor or "") for w in fleet.carrying})
    worth = {leg: data.draw(st.integers(0, 5)) for leg in legs}
    most = most_of_tour(rows, fleet, rows.open_time(by_s), by_s, worth)
    done: dict[str, int] = {}
    for rotation in made.rotations:
        leg = rotation["loaded_leg"]
        for vehicle in rotation["vehicles"] if leg["arrive_s"] <= by_s else ():
            if made.kind(vehicle) == fleet.kind.id:
                key = leg["from"], leg["to"], leg["corridor"]
                done[vehicle] = done.get(vehicle, 0) + worth[key]
    event(f"tight: {max(done.values(), default=0) == most}")
    assert all(n <= most for n in done.values())


ROUND = Village(
    kinds={"bus": Kind(10, {"i": 1}, out=(30, 0))},
    groups={"near": Group(10, "a", ("bus",)), "far": Group(20, "b", ("bus",))},
)
"""One bus, three loads. A first journey to ``a`` is over at 480 s (50 s to drive, 60 s to board,
100 s to drive, 30 s of inspection, 240 s to drive), one to ``b`` at 550 s. After 30 s of unloading
a later one takes 770 s more by ``a``, 870 s by ``b``.
"""


def paper(value: int, near: int = 10, far: int = 20) -> dict[str, Any]:
    """A load from ``b`` is worth two from ``a``."""
    prices = {
        "tours/bus": [["a", "r", "way", near], ["b", "r", "way", far]],
        "seats/a/bus/r": 1,
        "seats/b/bus/r": 2,
    }
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=2)


def test_one_journey_follows_on_another() -> None:
    """To ``b`` first, then ``a``, then ``b``: no other order is over so soon, nor sooner."""
    bus = ["bus-1"]
    made = timetable(ROUND, (bus, "b", "r"), (bus, "a", "r"), (bus, "b", "r"))
    assert made.clearance_s == 550 + 800 + 900
    assert proves(paper(2_250), ROUND)
    assert not proves(paper(2_251), ROUND)


@pytest.mark.parametrize("bent", [paper(2_250, near=9), paper(2_250, far=19), paper(2_250, far=0)])
def test_another_worth_proves_nothing(bent: dict[str, Any]) -> None:
    """Loads that are worth less than the seats they take leave these free."""
    assert not proves(bent, ROUND)


@pytest.mark.parametrize(
    "freer",
    [
        replace(ROUND, kinds={"bus": Kind(10, {"i": 2}, out=(30, 0))}),
        replace(ROUND, kinds={"bus": Kind(10, {"i": 1}, out=(29, 0))}),
        replace(ROUND, unloading=29),
        replace(ROUND, roads=ROUND.roads | {("y", "r"): 199}),
    ],
    ids=["a second bus", "inspection", "unloading", "road"],
)
def test_more_room_is_not_overlooked(freer: Village) -> None:
    """With anything a second shorter, or a second bus, the same proof fails."""
    assert not proves(paper(2_250), freer)


NIGHT = Village(
    kinds={"bus": Kind(10, {"i": 1}, out=(30, 0))},
    groups={"near": Group(20, "a", ("bus",))},
    hours=((5, 10), (30, 60)),
)


def test_a_journey_waits_for_the_next_opening() -> None:
    """The first one passes at 300 s; the empty bus is back at 840 s, and let in at 1,800 s."""

    def nights(value: int) -> dict[str, Any]:
        prices = {"tours/bus": [["a", "r", "way", 10]], "seats/a/bus/r": 1}
        return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=1)

    made = timetable(NIGHT, (["bus-1"], "a", "r"), (["bus-1"], "a", "r"))
    assert made.clearance_s == 1_800 + 100 + 60 + 100 + 30 + 240
    assert proves(nights(2_330), NIGHT)
    assert not proves(nights(2_331), NIGHT)
    assert not proves(nights(2_330), replace(NIGHT, hours=((5, 60),)))


@pytest.mark.parametrize(
    "legs",
    [
        1,
        [["a", "r", "way"]],
        [["a", "r", "way", -1]],
        [["a", 0, "way", 1]],
        [["a", "r", "way", True]],
        [["a", "r", "way", 1], ["a", "r", "way", 1]],
    ],
)
def test_legs_that_are_told_wrongly_are_refused(legs: object) -> None:
    """Each loaded leg is told once, by two places, a corridor and a whole number."""
    bent = paper(2_250)
    bent["multipliers"] = {**bent["multipliers"], "tours/bus": legs}
    assert "certificate-malformed" in codes(ROUND, bent)
    assert "certificate-malformed" not in codes(ROUND, paper(2_250))


def test_there_are_no_tours_of_many_journeys() -> None:
    """Where a vehicle has time for sixteen of the quickest, such rows are refused."""
    assert "certificate-malformed" not in codes(ROUND, paper(16 * 800))
    assert "certificate-malformed" in codes(ROUND, paper(16 * 800 + 1))
