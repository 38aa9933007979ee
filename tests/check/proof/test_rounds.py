"""Rows of rounds: worked out by hand, bent, and held against timetables one by one."""

from __future__ import annotations

from collections import Counter

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from safepassage.check.proof.frame import Frame
from tests.check.proof.duals import certificate, frame_of
from tests.check.proof.setting import opened, programme
from tests.check.proof.strategies import timetables
from tests.check.proof.timetable import Timetable
from tests.check.proof.village import Group, Kind, Village

relaxed = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)

_SECONDS = st.sampled_from([5, 10, 25, 60, 130])
_HOURS = [(), ((5, 25), (30, 50), (60, 600)), ((3, 29), (30, 31), (33, 70), (200, 1440))]


@st.composite
def _fleets(draw: st.DrawFn) -> Village:
    """Draw a village whose convoys all pass one crossing, again and again."""
    two = draw(st.booleans())

    def times() -> tuple[int, int]:
        first = draw(_SECONDS)
        return first, draw(st.integers(0, first - 1)) if two else 0

    least = draw(st.integers(1, 3))
    backs = st.tuples(st.sampled_from([0, 10, 40]), st.sampled_from([0, 15]))
    kinds = {
        "bus": Kind(
            4, {draw(st.sampled_from("di")): draw(st.integers(least, 6))}, times(), draw(backs)
        ),
        "van": Kind(
            2, {draw(st.sampled_from("di")): draw(st.integers(1, 4))}, times(), draw(backs)
        ),
    }
    if draw(st.booleans()):
        kinds["car"] = Kind(5, {"a": draw(st.integers(least, 3))}, times(), own=True)
    listed = tuple(kinds)
    groups = {"one": Group(draw(st.integers(10, 70)), "a", listed, ("r", "q"))}
    if draw(st.booleans()):
        groups["two"] = Group(draw(st.integers(1, 40)), "b", ("bus", "van"), ("r",))
    return Village(
        kinds=kinds,
        groups=groups,
        two_crossings=two,
        hours=draw(st.sampled_from(_HOURS)),
        least=least,
        most=draw(st.integers(least, 5)),
        spacing=draw(st.sampled_from([0, 20, 200])),
        boarding=draw(st.sampled_from([0, 30, 90])),
        unloading=draw(st.sampled_from([0, 20, 60])),
        bays=draw(st.integers(1, 6)),
    )


def _uses(made: Timetable, frame: Frame, i: int, j: int) -> list[Counter[tuple[str, str, str]]]:
    """List the convoys that pass a stretch, to arrive in time: vehicles by type and way."""
    (crossing,) = frame.lanes
    lane, found = frame.lanes[crossing], []
    for rotation in made.rotations:
        leg = rotation["loaded_leg"]
        (stop,) = (s for s in leg["stops"] if s["crossing"] == crossing)
        inside = lane.openings[i][0] <= stop["inspect_from_s"] <= lane.openings[j][1]
        if inside and stop["inspect_to_s"] <= lane.openings[j][1] and leg["arrive_s"] <= frame.by_s:
            found.append(
                Counter((made.kind(v), leg["from"], leg["to"]) for v in rotation["vehicles"])
            )
    return found


@settings(relaxed, max_examples=200)
@given(data=st.data())
def test_every_row_of_rounds_has_room_for_every_valid_timetable(data: st.DataObject) -> None:
    """Whatever convoys do in a stretch of openings fits into each of its rows by itself."""
    village = data.draw(_fleets())
    made = data.draw(timetables(village))
    assume(len(made.rotations) > 1)
    rows = programme(opened(village))
    by_s = data.draw(st.sampled_from([r["loaded_leg"]["arrive_s"] for r in made.rotations]))
    grid = sorted({0, *(60 * m for h in village.hours for m in h if 60 * m < by_s), by_s})
    frame = frame_of(rows, certificate("out-by-at-most", 0, by_s, grid, {}))
    assert len(frame.lanes) == 1
    ((_crossing, lane),) = frame.lanes.items()
    ways = {(f.kind.id, w.start, w.end): (f, w) for f in rows.fleets for w in f.carrying}
    assert lane.stretches
    for i, j in lane.stretches:
        convoys = _uses(made, frame, i, j)
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
