"""Rows of rounds: worked out by hand, bent, and held against timetables one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check.proof.columns import stretch_columns
from safepassage.check.proof.frame import Frame
from tests.check.proof.duals import certificate, frame_of, prices_of
from tests.check.proof.setting import codes, opened, programme, proves, timetable
from tests.check.proof.strategies import fleets, relaxed, timetables
from tests.check.proof.timetable import Timetable
from tests.check.proof.village import BESIDE, Group, Kind, Village


def _uses(
    made: Timetable, frame: Frame, crossing: str, i: int, j: int
) -> list[Counter[tuple[str, str, str]]]:
    """List the convoys that pass a stretch, to arrive in time: vehicles by type and way."""
    lane, found = frame.lanes[crossing], []
    for rotation in made.rotations:
        leg = rotation["loaded_leg"]
        for stop in (s for s in leg["stops"] if s["crossing"] == crossing):
            inside = lane.openings[i][0] <= stop["inspect_from_s"] <= lane.openings[j][1]
            inside &= stop["inspect_to_s"] <= lane.openings[j][1]
            if inside and leg["arrive_s"] <= frame.by_s:
                found.append(
                    Counter((made.kind(v), leg["from"], leg["to"]) for v in rotation["vehicles"])
                )
    return found


@settings(relaxed, max_examples=200)
@given(data=st.data())
def test_every_row_of_rounds_has_room_for_every_valid_timetable(data: st.DataObject) -> None:
    """Whatever convoys do in a stretch of openings fits into each of its rows by itself."""
    village = data.draw(fleets())
    made = data.draw(timetables(village))
    assume(len(made.rotations) > 1)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    grid = sorted({0, *(60 * m for h in village.hours for m in h if 60 * m < by_s), by_s})
    frame = frame_of(rows, certificate("out-by-at-most", 0, by_s, grid, {}))
    assert len(frame.lanes) == 1
    ((crossing, lane),) = frame.lanes.items()
    ways = {(f.kind.id, w.start, w.end): (f, w) for f in rows.fleets for w in f.carrying}
    assert lane.stretches
    for i, j in lane.stretches:
        convoys = _uses(made, frame, crossing, i, j)
        count = len(convoys)
        vehicles = [n for c in convoys for n in c.values()]
        sizes = [sum(c.values()) for c in convoys]
        assert all(village.least <= n <= village.most for n in sizes)
        seconds = sum(ways[key][1].key_s * n for c in convoys for key, n in c.items())
        assert seconds + village.spacing * count <= lane.spaced_s(i, j)
        assert count <= lane.most_convoys(i, j)
        for kind, rounds in lane.rounds.items():
            within = lane.within(kind, i, j)
            mine = [(ways[key][1], n) for c in convoys for key, n in c.items() if key[0] == kind]
            turns = rounds.turns(within)
            event(f"turns tight: {sum(n for _, n in mine) == turns}")
            assert sum(n for _, n in mine) <= turns
            for v in range(village.most):
                taken = sum((rounds.round_s(w) + rounds.steeper(v)) * n for w, n in mine)
                assert taken - rounds.less(v) * count <= rounds.time_s(within, v)
        del vehicles


@settings(relaxed, max_examples=200)
@given(data=st.data())
def test_every_row_of_shared_rounds_has_room_for_every_valid_timetable(
    data: st.DataObject,
) -> None:
    """Whichever of two crossings convoys pass, what they do fits into the rows of both together."""
    village = data.draw(fleets(parallel=True))
    made = data.draw(timetables(village))
    assume(len(made.rotations) > 1)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    grid = sorted({0, *(60 * m for h in village.hours for m in h if 60 * m < by_s), by_s})
    frame = frame_of(rows, certificate("out-by-at-most", 0, by_s, grid, {}))
    ways = {(w.key, f.kind.id, w.start, w.end): w for f in rows.fleets for w in f.carrying}
    assert sorted(frame.shared) == ["bus", "van"]
    for kind, shared in frame.shared.items():
        for i, j in shared.lane.stretches:
            convoys = [(c, n) for c in shared.lanes for n in _uses(made, frame, c, i, j)]
            mine = [
                (c, ways[c, *key], n)
                for c, convoy in convoys
                for key, n in convoy.items()
                if key[0] == kind
            ]
            turns = shared.turns(i, j)
            event(f"turns tight: {sum(n for _, _, n in mine) == turns}")
            assert sum(n for _, _, n in mine) <= turns
            for v in range(village.most):
                by = shared.rounds
                taken = sum((by(c).round_s(w) + by(c).steeper(v)) * n for c, w, n in mine)
                taken -= sum(by(c).less(v) for c, _ in convoys)
                assert taken <= shared.time_s(i, j, v)


BY_MINUTES = Village(
    kinds={"bus": Kind(10, {"i": 1}, out=(30, 0))},
    groups={"people": Group(30, "a", ("bus",))},
    hours=((5, 20), (60, 1440)),
)
"""A bus is at the crossing after 50 s of driving, 60 s of boarding and 100 s, before it opens.

It is inspected for 30 s and needs 240 s on, 30 s to unload, 340 s back, 60 s to board and 100 s to
the crossing again: from the beginning of one inspection to the end of the next 830 s.
"""


def turns(value: int, price: int = 10, stretch: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    """In the first opening the bus passes twice, and whoever passes in the second is out too late.

    There it cannot be inspected before 3600 + 30 s, and is there 240 s later.
    """
    prices = {"turns/bus/x": [[*stretch, price]], "seats/a/bus/r": 1}
    grid = [0, 1080, 1200, 3600, value - 1]
    return certificate("clearance-at-least", value, value - 1, grid, prices, scale=1)


def test_a_vehicle_makes_a_whole_number_of_rounds_in_an_opening() -> None:
    """Two passes fit into 900 s, and not into 780 s; what is left is for the next opening."""
    made = timetable(BY_MINUTES, *[(["bus-1"], "a", "r")] * 3)
    assert [r["loaded_leg"]["arrive_s"] for r in made.rotations] == [570, 1370, 4130]
    assert proves(turns(3870), BY_MINUTES)
    assert not proves(turns(3871), BY_MINUTES)
    assert not proves(turns(3870, price=9), BY_MINUTES)
    two = replace(BY_MINUTES, groups={"people": Group(20, "a", ("bus",))})
    assert not proves(turns(3870), two)
    short = replace(two, hours=((5, 18), (60, 1440)))
    assert timetable(short, *[(["bus-1"], "a", "r")] * 2).clearance_s == 3870
    assert proves(turns(3870), short)


@pytest.mark.parametrize(
    "listed", [[1, 0, 1], [0, 2, 1], [-1, 0, 1], [1, 2, 1], [0, 0, -1], [0, 0], [0, 0, 1, 1]]
)
def test_a_stretch_that_is_not_there_is_a_fault(listed: list[int]) -> None:
    """Openings are counted from 0 and in order; a stretch is one, or all up to one."""
    paper = turns(3870)
    paper["multipliers"]["turns/bus/x"] = [listed]
    assert codes(BY_MINUTES, paper) == {"certificate-malformed"}


def test_the_grid_has_to_part_one_opening_from_the_next() -> None:
    """A slot that holds moments of both tells not in which of them a vehicle passed."""
    paper = turns(3870)
    assert proves(paper, BY_MINUTES)
    paper["grid"] = [0, 1080, 3660, 3869]
    assert codes(BY_MINUTES, paper) == {"certificate-malformed"}


def test_two_vehicles_make_each_other_wait_at_both_ends_of_an_opening() -> None:
    """Of 900 s the one that is second loses 30 s at the beginning, the other 30 s at the end.

    Before its first pass, 500 s of a round can lie, after its last 270 s. So both together have
    room for 2 x 900 + 2 x 770 - 30 - 30 s, which is 3280 s, and each round takes 800 s.
    """
    village = replace(
        BY_MINUTES,
        kinds={"bus": Kind(10, {"i": 2}, out=(30, 0))},
        groups={"people": Group(50, "a", ("bus",))},
    )

    def rounds(value: int, price: int = 1) -> dict[str, Any]:
        prices = {"rounds/bus/x": [[0, 0, 0, price]], "seats/a/bus/r": 80}
        grid = [0, 1200, 3600, value - 1]
        return certificate("clearance-at-least", value, value - 1, grid, prices, scale=80)

    made = timetable(village, *[([f"bus-{i}"], "a", "r") for i in (1, 2, 1, 2, 1)])
    assert made.clearance_s > 3870
    lane = frame_of(programme(opened(village)), rounds(3870)).lanes["x"]
    assert lane.rounds["bus"].time_s(lane.within("bus", 0, 0), 0) == 3280
    assert proves(rounds(3870), village)
    assert not proves(rounds(3871), village)
    assert not proves(rounds(3870, price=0), village)
    four = replace(village, groups={"people": Group(40, "a", ("bus",))})
    assert not proves(rounds(3870), four)
    paper = rounds(3870)
    paper["multipliers"]["rounds/bus/x"] = [[0, 0, 1, 1]]
    assert codes(village, paper) == {"certificate-malformed"}


TWO_ROADS = replace(
    BY_MINUTES,
    kinds={"bus": Kind(10, {"i": 1}, out=(30, 20))},
    roads=BY_MINUTES.roads | BESIDE,
    parallel=True,
)
"""By ``z`` a bus is inspected for 20 s, 130 s after it departs, and needs 260 s on.

A round by it takes 840 s, 40 s more than by ``x``.
"""


def test_crossings_share_the_vehicles() -> None:
    """A bus passes twice in 900 s by whatever crossings, not twice by each of them.

    In the second opening nobody is there before 3600 + 30 + 240 s by one, 10 s later by the other.
    """

    def shared(value: int, family: str, stretch: tuple[int, int] = (0, 0)) -> dict[str, Any]:
        prices = {name: [[*stretch, 10]] for name in family.split()}
        prices |= {"seats/a/bus/r": 1}
        grid = [0, 1200, 3600, value - 1]
        return certificate("clearance-at-least", value, value - 1, grid, prices, scale=1)

    made = Timetable(TWO_ROADS)
    for back, out in (("x", "x"), ("x", "z"), ("z", "x")):
        made.rotation(["bus-1"], "a", "r", back, out)
    assert [r["loaded_leg"]["arrive_s"] for r in made.rotations] == [570, 1410, 4160]
    assert proves(shared(3870, "shared-turns/bus"), TWO_ROADS)
    assert not proves(shared(3871, "shared-turns/bus"), TWO_ROADS)
    assert not proves(shared(3870, "turns/bus/x turns/bus/z"), TWO_ROADS)
    two = replace(TWO_ROADS, groups={"people": Group(20, "a", ("bus",))})
    assert not proves(shared(3870, "shared-turns/bus"), two)
    for family, stretch in (("shared-turns/bus", (1, 0)), ("shared-turns/van", (0, 0))):
        assert codes(TWO_ROADS, shared(3870, family, stretch)) == {"certificate-malformed"}
    assert codes(BY_MINUTES, shared(3870, "shared-turns/bus")) == {"certificate-malformed"}


def test_who_goes_by_the_other_crossing_does_not_wait() -> None:
    """Before a first pass 530 s of a round can lie by ``z`` (500 s by ``x``), after a last 290 s.

    Two buses by ``z`` make each other wait 20 s at both ends. Both pass twice in 300 + 310 + 530 +
    550 s if each goes by another crossing, which fit into 2 x 900 s, not into 2 x 840 s.
    """
    village = replace(TWO_ROADS, kinds={"bus": Kind(10, {"i": 2}, out=(30, 20))})
    paper = certificate("out-by-at-most", 0, 3600, [0, 1200, 3600], {})
    shared = frame_of(programme(opened(village)), paper).shared["bus"]
    assert shared.time_s(0, 0, 0) == 2 * 900 + 2 * (530 + 290) - 20 - 20
    assert shared.turns(0, 0) == 4
    paper["grid"][1] = 1140
    short = replace(village, hours=((5, 19), (60, 1440)))
    assert frame_of(programme(opened(short)), paper).shared["bus"].turns(0, 0) == 3


CONVOYS = Village(
    kinds={"bus": Kind(10, {"d": 3}, out=(60, 0)), "van": Kind(5, {"d": 2}, out=(20, 0))},
    groups={"people": Group(90, "a", ("bus", "van"))},
    hours=((5, 20), (60, 1440)),
    least=2,
    most=3,
    spacing=100,
    bays=3,
)


def _convoys(village: Village) -> Any:
    paper = certificate("out-by-at-most", 0, 3600, [0, village.hours[0][1] * 60, 3600], {})
    return frame_of(programme(opened(village)), paper).lanes["x"]


def test_larger_convoys_make_longer_rounds() -> None:
    """One bus goes with a van (80 s for it), two wait 120 s each, three 180 s each."""
    bus = _convoys(CONVOYS).rounds["bus"]
    assert [bus.steeper(v) for v in (0, 1, 2)] == [80, 160, 300]
    assert [bus.less(v) for v in (0, 1, 2)] == [0, 80, 360]
    # Vans are the quicker ones already, so nobody makes their rounds shorter.
    van = _convoys(CONVOYS).rounds["van"]
    assert [van.steeper(v) for v in (0, 1, 2)] == [40, 40, 100]


def test_a_convoy_with_more_vehicles_than_bays_waits_for_all_of_them() -> None:
    """With two bays three buses board for 60 s longer each: 720 s of a round, and not 540 s.

    So it is best if two begin and then one, who waits 220 s; at the end three lose no more than
    with three bays, 70 s, for what their turns take is told at the beginning.
    """
    here, free = _convoys(replace(CONVOYS, bays=2)), _convoys(CONVOYS)
    bus, within = here.rounds["bus"], here.within("bus", 0, 0)
    assert [bus.steeper(v) for v in (0, 1, 2)] == [80, 160, 480]
    assert [bus.less(v) for v in (0, 1, 2)] == [0, 80, 720]
    assert within.late_s == (0, 0, 0, 60)
    assert free.within("bus", 0, 0).late_s == (0, 0, 0, 0)
    assert bus.time_s(within, 1) == 3 * 870 + 3 * 770 - 220 - 70


def test_convoys_of_own_vehicles_make_no_convoy_of_buses_smaller() -> None:
    """Own vehicles are in convoys of their own, so these take nothing off the rounds of buses."""
    cars = {**CONVOYS.kinds, "car": Kind(5, {"a": 3}, out=(20, 0), own=True, returns=False)}
    village = replace(CONVOYS, kinds=cars, groups={"people": Group(90, "a", ("bus", "van", "car"))})
    paper = certificate("out-by-at-most", 0, 3600, [0, 1200, 3600], {})
    frame = frame_of(programme(opened(village)), paper)
    prices = prices_of(
        frame,
        {
            "rounds/bus/x": [[0, 0, 1, 1]],
            "stretch-spacing/x": [[0, 0, 3]],
            "own-stretch-most/x": [[0, 0, 7]],
        },
    )
    found = {c.name: c.values[0] for c in stretch_columns(frame, prices)}
    assert found == {"stretches/x": 3 * 100 - 80, "own-stretches/x": 3 * 100 - 3 * 7}
    paper["multipliers"] = {"own-stretch-most/x": [[0, 0, 1]]}
    assert codes(CONVOYS, paper) == {"certificate-malformed"}


def test_what_convoys_lose_at_the_ends_of_an_opening() -> None:
    """Three buses together lose least: 140 s beyond the chord, half of it at each end.

    So they have 3 x 870 s, 3 x 770 s of rounds outside, and lose 140 s. A second pass needs 80 s
    for a convoy with one bus, 270 s + 500 s for the round and 80 s again: 930 s; with two buses
    60 s + 20 s more; with three, 200 s more. So in 870 s no bus passes twice, in 930 s one does,
    in 1050 s two do, in 1130 s all.
    """
    lane = _convoys(CONVOYS)
    bus, within = lane.rounds["bus"], lane.within("bus", 0, 0)
    assert within.length_s == 870
    assert bus.time_s(within, 1) == 3 * 870 + 3 * 770 - 140
    for minute, passes in ((20, 3), (21, 4), (23, 5), (25, 6)):
        later = _convoys(replace(CONVOYS, hours=((5, minute), (60, 1440))))
        assert later.rounds["bus"].turns(later.within("bus", 0, 0)) == passes


def test_no_rounds_are_told_where_crossings_differ() -> None:
    """Where a van is held up longest elsewhere, convoys are not counted at one crossing alone."""
    mixed = replace(
        BY_MINUTES,
        kinds={"bus": Kind(10, {"d": 1}, out=(30, 0)), "van": Kind(10, {"d": 1}, out=(0, 5))},
        groups={"people": Group(30, "a", ("bus",)), "other": Group(10, "a", ("van",))},
        two_crossings=True,
    )
    assert codes(mixed, turns(3870)) == {"certificate-malformed"}


def test_convoys_of_a_stretch_are_spaced() -> None:
    """An opening of 240 s and the spacing after it have room for two buses of 140 s, not three."""
    village = Village(
        kinds={"bus": Kind(10, {"i": 3}, out=(40, 0))},
        groups={"people": Group(30, "a", ("bus",))},
        hours=((5, 9), (70, 1440)),
        spacing=100,
    )

    def spaced(value: int, more: int = 0) -> dict[str, Any]:
        prices = {
            "stretch-spacing/x": [[0, 0, 1]],
            "stretch-most/x": [[0, 0, 100]],
            "seats/a/bus/r": 14 + more,
        }
        grid = [0, 540, 4200, value - 1]
        return certificate("clearance-at-least", value, value - 1, grid, prices, scale=14)

    made = timetable(village, *[([f"bus-{i}"], "a", "r") for i in (1, 2, 3)])
    assert made.clearance_s == 4200 + 40 + 240
    assert proves(spaced(made.clearance_s), village)
    assert not proves(spaced(made.clearance_s + 1), village)
    assert not proves(spaced(made.clearance_s, more=2), village)
