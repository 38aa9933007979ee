"""Rows of unloading between journeys: worked out by hand, bent, and held against timetables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check.proof.unloading import unloading_places
from tests.check.proof.duals import certificate
from tests.check.proof.setting import codes, opened, programme, proves, timetable
from tests.check.proof.strategies import fleets, relaxed, timetables
from tests.check.proof.village import Group, Kind, Village


@settings(relaxed, max_examples=150)
@given(data=st.data())
def test_bays_have_time_for_all_that_arrive_in_a_valid_timetable(data: st.DataObject) -> None:
    """What vehicles take of the bays of a reception point fits into its row by itself."""
    drawn = data.draw(fleets())
    village = replace(drawn, unloading=data.draw(st.sampled_from([60, 400])), bays=1)
    made = data.draw(timetables(village))
    assume(made.rotations)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    places = unloading_places(rows)
    assert places
    for place, unloading in places.items():
        taken = sum(
            village.unloading
            for rotation in made.rotations
            for vehicle in rotation["vehicles"]
            if rotation["loaded_leg"]["arrive_s"] <= by_s
            and rotation["loaded_leg"]["to"] == place
            and not village.kinds[made.kind(vehicle)].own
        )
        limit = unloading.limit_s(by_s, released=False)
        event(f"tight: {taken == limit}")
        assert taken <= limit


ONE_BAY = Village(
    kinds={"bus": Kind(10, {"i": 3})},
    groups={"people": Group(60, "a", ("bus",))},
    boarding=0,
    unloading=500,
    bays=1,
)
"""Three buses are there after 390 s, and again 680 s after they have been unloaded for 500 s."""


def unloading(value: int, price: int = 1) -> dict[str, Any]:
    """Ten people for 500 s of the bay. Each bus may be unloaded once more after all is over."""
    prices = {"unloading/r": price, "seats/a/bus/r": 50}
    return certificate("clearance-at-least", value, value - 1, [0, value - 1], prices, scale=50)


def test_a_bay_unloads_all_but_the_last_loads_of_vehicles_in_time() -> None:
    """For six loads three have to be unloaded before the last one sets out to be fetched."""
    legs = [([f"bus-{i}"], "a", "r") for i in (1, 2, 3, 1, 2, 3)]
    assert timetable(ONE_BAY, *legs).clearance_s == 390 + 3 * 500 + 680
    assert proves(unloading(2_570), ONE_BAY)
    assert not proves(unloading(2_571), ONE_BAY)


def test_unloading_proves_nothing_with_another_bay_price_or_fleet() -> None:
    """A second bay, a fourth bus, or a multiplier of nothing leave room for the sixth load."""
    four = replace(ONE_BAY, kinds={"bus": Kind(10, {"i": 4})})
    assert not proves(unloading(2_570), replace(ONE_BAY, bays=2))
    assert not proves(unloading(2_570), four)
    assert not proves(unloading(2_570, price=0), ONE_BAY)


def test_a_place_where_nobody_arrives_has_no_row() -> None:
    """A row that is not there is a fault."""
    paper = unloading(2_570)
    paper["multipliers"]["unloading/q"] = 1
    assert codes(ONE_BAY, paper) == {"certificate-malformed"}
