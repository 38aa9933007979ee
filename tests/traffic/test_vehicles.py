"""From a fluid to whole vehicles: nobody is lost, and they set out in step with it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from safepassage.plan.clearance import Departure
from safepassage.traffic import Replay, whole_vehicles
from safepassage.traffic.replay import planned_arrivals
from tests.check.clearance.small import build


def leaving(links: str, begin: int, end: int, vph: Fraction | int, origin: str = "a") -> Departure:
    ways = tuple(links.split())
    return Departure(origin, "z", ways, (), Fraction(begin), Fraction(end), Fraction(vph))


def test_vehicles_leave_in_step_by_hand():
    """Six at one a second, then two at one in two: in the middle of what each stands for."""
    found = whole_vehicles([leaving("r", 0, 6, 3600), leaving("r", 6, 10, 1800)])
    assert [v.depart_s for v in found] == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 7, 9]


def test_ways_share_the_vehicles_of_an_origin():
    """Of 3.0 vehicles by three ways of 1.5, 0.9 and 0.6 the larger parts are rounded up."""
    third = [leaving("r", 0, 3600, Fraction(3, 2)), leaving("s", 0, 3600, Fraction(9, 10))]
    third.append(leaving("t", 0, 3600, Fraction(6, 10)))
    assert sorted(v.links[0] for v in whole_vehicles(third)) == ["r", "s", "t"]


def test_a_first_wait_is_a_later_departure_and_those_who_are_there_do_not_drive():
    """Who waits before the first road sets out later; who starts at a destination is out."""
    waits = Departure("a", "z", ("r",), (Fraction(9),), Fraction(0), Fraction(1), Fraction(3600))
    there = Departure("z", "z", (), (), Fraction(0), Fraction(1), Fraction(3600))
    (vehicle,) = whole_vehicles([waits, there])
    assert vehicle.depart_s == 9.5


@given(
    some=st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.sampled_from(["r", "s", "r s"]),
            st.integers(0, 50),
            st.integers(1, 50),
            st.fractions(0, 5000),
        ),
        max_size=12,
    )
)
def test_each_origin_sends_what_it_has(some: list[tuple[str, str, int, int, Fraction]]):
    """To the nearest whole number, each while its fluid leaves."""
    fluid = [leaving(way, t, t + lasting, vph, origin) for origin, way, t, lasting, vph in some]
    found = whole_vehicles(fluid)
    assert [v.depart_s for v in found] == sorted(v.depart_s for v in found)
    for origin in "ab":
        mine = [d for d in fluid if d.origin == origin]
        sent = [v for v in found if v.origin == origin]
        assert len(sent) == round(sum((d.vehicles for d in mine), Fraction(0)))
        for v in sent:
            assert any(
                d.from_s <= v.depart_s <= d.to_s and d.links == v.links and d.vehicles for d in mine
            )


def test_a_replay_is_measured_against_the_plan():
    """Shares, mean delay, and by how many it is behind at worst, by hand."""
    replay = Replay("x", (1.0, 2.0, 3.0, 4.0), (1.0, 4.0, 5.0, 6.0), 9.0)
    assert replay.reached() == {50: (2.0, 4.0), 90: (4.0, 6.0), 100: (4.0, 6.0)}
    assert replay.mean_delay_s == 1.5
    assert replay.most_behind == 2
    lost = Replay("x", (1.0, 2.0), (1.0,), 9.0)
    assert lost.reached()[100] == (2.0, None)
    assert lost.mean_delay_s is None


def test_whom_nothing_holds_up():
    """In the plan a vehicle arrives after the transit times of its roads."""
    instance = build([("r", "a", "b", 3, 1), ("s", "b", "z", 4, 1)], [("a", 1, 0)], {"z": None})
    assert planned_arrivals(whole_vehicles([leaving("r s", 0, 1, 3600)]), instance) == (7.5,)
